"""The planner's file: fp16 safetensors, with the configuration and the vocabulary it was trained on as metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import torch

from core.errors import ModelError
from core.networks import weights
from core.planning.network import PlannerNetwork
from core.planning.slot_model import SlotModelConfig
from core.worlds.tabletop.words import vocabulary

FORMAT = "noisette-planner-1"


def save_planner(network: PlannerNetwork, path: Path, facts: Mapping[str, str]) -> None:
    """Write the network as fp16, in one rename. facts: more metadata."""
    metadata = {
        **facts,
        "format": FORMAT,
        "config": json.dumps(asdict(network.config)),
        "vocabulary": " ".join(vocabulary()),
    }
    weights.save_weights(path, network.state_dict(), metadata, dtype=torch.float16)


def load_planner(path: Path) -> PlannerNetwork:
    """Read the network as float32. Raises ModelError for a file that is missing, damaged or not a planner's."""
    held = weights.load_weights(path)
    if held.metadata.get("format") != FORMAT:
        raise ModelError(
            f"{path} has format {held.metadata.get('format')!r}; a planner has {FORMAT!r}: choose another file"
        )
    trained_on = tuple(held.metadata.get("vocabulary", "").split(" "))
    if trained_on != vocabulary()[: len(trained_on)]:
        raise ModelError(
            f"{path} was trained on other words than this version knows; train it again: noisette train planner"
        )
    try:
        network = PlannerNetwork(SlotModelConfig(**json.loads(held.metadata["config"])))
        network.load_state_dict(held.tensors)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ModelError(f"{path} doesn't hold the weights that its header promises; reinstall the model") from error
    return network.requires_grad_(False).eval()
