"""The planner's file: fp16 safetensors, with the configuration and the vocabulary it was trained on as metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from core.errors import ModelError
from core.planning.network import PlannerNetwork
from core.planning.slot_model import SlotModelConfig
from core.worlds.tabletop.words import vocabulary

FORMAT = "noisette-planner-1"


def save_weights(network: PlannerNetwork, path: Path, facts: Mapping[str, str]) -> None:
    """Write the weights as fp16, to a temporary name first. facts: more metadata."""
    state = {name: value.detach().cpu().half().contiguous() for name, value in network.state_dict().items()}
    metadata = {
        **facts,
        "format": FORMAT,
        "config": json.dumps(asdict(network.config)),
        "vocabulary": " ".join(vocabulary()),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(save(state, metadata))
    partial.replace(path)


def load_weights(path: Path) -> PlannerNetwork:
    """Read the weights as float32. Raises ModelError for a file that is missing, damaged or not a planner's."""
    try:
        state, metadata = _read(path)
    except FileNotFoundError as error:
        raise ModelError(
            f"there is no planner at {path}; reinstall the model or train it: noisette train planner"
        ) from error
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path} can't be read ({error}); reinstall the model") from error
    if metadata.get("format") != FORMAT:
        raise ModelError(f"{path} has format {metadata.get('format')!r}; a planner has {FORMAT!r}: choose another file")
    trained_on = tuple(metadata.get("vocabulary", "").split(" "))
    if trained_on != vocabulary()[: len(trained_on)]:
        raise ModelError(
            f"{path} was trained on other words than this version knows; train it again: noisette train planner"
        )
    try:
        network = PlannerNetwork(SlotModelConfig(**json.loads(metadata["config"])))
        network.load_state_dict(state)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ModelError(f"{path} doesn't hold the weights that its header promises; reinstall the model") from error
    return network.requires_grad_(False).eval()


def _read(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    reader: Any = safe_open(path, "pt")
    with reader as file:
        state = {str(name): cast(torch.Tensor, file.get_tensor(name)).float() for name in file.keys()}  # noqa: SIM118
        return state, dict(file.metadata() or {})
