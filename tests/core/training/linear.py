"""A small thing to train: a line through noisy points."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import nn

from core.networks.weights import save_weights
from core.training.recipe import OptimizerSettings, PaceSettings, Recipe
from core.training.trainable import Batch, Loss, Summary

RECIPE = Recipe(
    name="line",
    builder="core.none:build",
    steps=12,
    batch_size=16,
    seed=5,
    report_steps=4,
    optimizer=OptimizerSettings(learning_rate=0.05),
    pace=PaceSettings(warmup_steps=2, constant_fraction=0.5),
)


def make_network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(2, 8), nn.SiLU(), nn.Linear(8, 1))


@dataclass
class Line:
    folder: Path
    module: nn.Module = field(default_factory=make_network)
    summaries: list[Summary] = field(default_factory=list)

    def batch(self, step: int) -> Batch:
        points = np.random.default_rng((1, step)).normal(size=(16, 2)).astype(np.float32)
        return {"x": torch.from_numpy(points)}

    def loss(self, batch: Batch, generator: torch.Generator) -> Loss:
        x = batch["x"]
        target = (2.0 * x[:, :1] - x[:, 1:]) + 0.1 * torch.randn(16, 1, generator=generator)
        total = (self.module(x) - target).square().mean()
        return Loss(total, {"half": 0.5 * total.detach()})

    def sample_grid(self, module: nn.Module) -> np.ndarray | None:
        with torch.no_grad():
            value = float(module(torch.ones(1, 2)))
        return np.full((4, 6, 3), int(max(0.0, min(255.0, 100.0 * value))), np.uint8)

    def finish(self, module: nn.Module, summary: Summary) -> list[Path]:
        path = self.folder / "line.safetensors"
        save_weights(path, module.state_dict())
        self.summaries.append(summary)
        return [path]


class Clock:
    """A clock that goes on by `tick` seconds each time it is read."""

    def __init__(self, tick: float = 0.0) -> None:
        self.now, self.tick = 0.0, tick

    def __call__(self) -> float:
        self.now += self.tick
        return self.now
