"""A training run on disk: one .safetensors file, tensors by name, everything else as JSON in its header.

One file, renamed into place, so a kill at any moment leaves the last whole checkpoint.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import torch
from torch import nn

from core.errors import ModelError, NoisetteError
from core.networks.ema import WeightAverage
from core.networks.weights import load_weights, save_weights
from core.training.pace import Pace

FILE = "checkpoint.safetensors"
FORMAT = 1


class CheckpointError(NoisetteError):
    """A checkpoint is missing, damaged, or of another recipe."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run knows of itself besides its tensors. seconds: of training, over all calls. loss: as last reported."""

    recipe: str
    step: int
    seconds: float
    pace: Pace
    loss: float


def save_checkpoint(
    folder: Path, progress: Progress, module: nn.Module, average: WeightAverage, optimizer: torch.optim.Optimizer
) -> Path:
    """Write the run's state, replacing the checkpoint before it. Returns the file."""
    tensors = {f"module.{name}": value for name, value in module.state_dict().items()}
    tensors |= {f"average.{name}": value for name, value in average.module.state_dict().items()}
    for index, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": value for name, value in state.items()}
    scalars = asdict(progress) | {"format": FORMAT, "average_updates": average.updates}
    path = folder / FILE
    save_weights(path, tensors, {"noisette": json.dumps(scalars)})
    return path


def load_checkpoint(
    folder: Path, recipe: str, module: nn.Module, average: WeightAverage, optimizer: torch.optim.Optimizer
) -> Progress:
    """Put a run's state back into its module, average and optimizer. Raises CheckpointError."""
    path = folder / FILE
    if not path.is_file():
        raise CheckpointError(f"{folder} has no {FILE}; start the run there without resuming first")
    try:
        weights = load_weights(path)
        scalars = cast("dict[str, Any]", json.loads(weights.metadata["noisette"]))
    except (ModelError, KeyError, json.JSONDecodeError) as error:
        raise CheckpointError(f"{path} can't be read as a checkpoint ({error}); remove it and start anew") from error
    if scalars.get("recipe") != recipe or scalars.get("format") != FORMAT:
        raise CheckpointError(
            f"{path} is of recipe {scalars.get('recipe')!r}, format {scalars.get('format')}; "
            f"give {recipe!r} (format {FORMAT}) a folder of its own"
        )
    try:
        module.load_state_dict(weights.part("module."))
        average.module.load_state_dict(weights.part("average."))
    except RuntimeError as error:
        raise CheckpointError(
            f"{path} holds a network of another shape than the recipe's; train in another folder ({error})"
        ) from error
    _restore_optimizer(optimizer, weights.part("optimizer."))
    average.updates = int(scalars["average_updates"])
    return Progress(
        recipe,
        int(scalars["step"]),
        float(scalars["seconds"]),
        Pace(**scalars["pace"]),
        float(scalars.get("loss", "nan")),
    )


def _restore_optimizer(optimizer: torch.optim.Optimizer, tensors: dict[str, torch.Tensor]) -> None:
    state: dict[int, dict[str, torch.Tensor]] = {}
    for name, value in tensors.items():
        index, _, entry = name.partition(".")
        state.setdefault(int(index), {})[entry] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
