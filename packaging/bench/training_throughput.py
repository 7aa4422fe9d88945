"""How many items a second training takes in, and what the loop itself costs of it. Prints a table.

    OMP_NUM_THREADS=1 python packaging/bench/training_throughput.py [--steps N] [--device cpu|cuda|mps]

The painter and the detector at their recipes' sizes and batches, on random data held in memory, so that neither disk
nor rendering counts. "loop" goes through `train_steps` (AdamW, clipping, weight average, journal); "bare" is forward,
backward and AdamW on the same tensors. A first run of each, which allocates, is not counted.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch
from torch import nn

from core.conditioning.layout import CAMERA_CHANNELS, MAP_CHANNELS
from core.evaluation.detections import tabletop_detector_config
from core.models.loader import choose_device
from core.networks.detector import Detector
from core.networks.painter import Painter
from core.networks.unet import UNetConfig
from core.training.loop import train_steps
from core.training.recipe import Recipe, load_recipe
from core.training.trainable import Batch, Loss, Summary
from core.worlds.tabletop.words import MAX_TOKENS, vocabulary


@dataclass
class Synthetic:
    """A Trainable on one random batch. compute: from it to a scalar."""

    module: nn.Module
    data: dict[str, torch.Tensor]
    compute: Callable[[Batch], torch.Tensor]

    def batch(self, step: int) -> Batch:  # noqa: ARG002 - every step takes the same
        return self.data

    def loss(self, batch: Batch, generator: torch.Generator) -> Loss:  # noqa: ARG002 - nothing is drawn
        return Loss(self.compute(batch), {})

    def sample_grid(self, module: nn.Module) -> np.ndarray | None:  # noqa: ARG002
        return None

    def finish(self, module: nn.Module, summary: Summary) -> list[Path]:  # noqa: ARG002
        return []


def painter(recipe: Recipe) -> Synthetic:
    size, factor, cells = recipe.option("size", 96), recipe.option("factor", 6), recipe.option("map_size", 48)
    side, channels, batch = size // factor, recipe.option("channels", 32), recipe.batch_size
    config = UNetConfig(
        in_channels=channels,
        out_channels=channels,
        map_channels=MAP_CHANNELS,
        map_factor=cells // side,
        widths=tuple(recipe.option("widths", [80, 144])),
        blocks=tuple(recipe.option("blocks", [2, 1])),
        condition_width=recipe.option("condition_width", 192),
        text_width=recipe.option("text_width", 128),
        input_gain=recipe.option("input_gain", True),
        guess_width=recipe.option("guess_width", 32),
    )
    network = Painter(config, len(vocabulary()), CAMERA_CHANNELS)
    data = {
        "latent": torch.randn(batch, channels, side, side).contiguous(memory_format=torch.channels_last),
        "t": torch.rand(batch),
        "tokens": torch.randint(0, len(vocabulary()), (batch, MAX_TOKENS)),
        "camera": torch.randn(batch, CAMERA_CHANNELS),
        "layout": torch.randn(batch, MAP_CHANNELS, cells, cells),
    }

    def compute(given: Batch) -> torch.Tensor:
        output = network(given["latent"], given["t"], given["tokens"], given["camera"], given["layout"])
        return (output.float() - given["latent"]).square().mean()

    return Synthetic(network, data, compute)


def detector(recipe: Recipe) -> Synthetic:
    config = tabletop_detector_config(recipe.option("size", 96))
    network = Detector(config)
    image = torch.rand(recipe.batch_size, 3, config.size, config.size) * 2 - 1
    data = {"image": image.contiguous(memory_format=torch.channels_last)}

    def compute(given: Batch) -> torch.Tensor:
        found = network(given["image"])
        parts = [found.heat, found.place, *found.attributes.values()]
        return torch.stack([part.float().square().mean() for part in parts]).sum()

    return Synthetic(network, data, compute)


def through_the_loop(trained: Synthetic, recipe: Recipe, steps: int, device: torch.device) -> float:
    """Items a second."""
    recipe = replace(recipe, steps=steps + 1, report_steps=steps + 1, grid_minutes=1e9, checkpoint_minutes=1e9)
    with tempfile.TemporaryDirectory() as folder:
        running = train_steps(trained, recipe, Path(folder), device=device)
        next(running)
        _wait_for(device)
        began = time.perf_counter()
        for _ in range(steps):
            next(running)
        _wait_for(device)
        seconds = time.perf_counter() - began
        running.close()
    return steps * recipe.batch_size / seconds


def bare(trained: Synthetic, recipe: Recipe, steps: int, device: torch.device) -> float:
    """Items a second."""
    network = trained.module.to(device=device, memory_format=torch.channels_last)
    data = {name: value.to(device) for name, value in trained.data.items()}
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4)
    bf16 = recipe.precision == "bf16" and device.type == "cuda"
    began = 0.0
    for step in range(steps + 1):
        if step == 1:
            _wait_for(device)
            began = time.perf_counter()
        with torch.autocast(device.type, torch.bfloat16, enabled=bf16):
            loss = trained.compute(data)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    _wait_for(device)
    return steps * recipe.batch_size / (time.perf_counter() - began)


def _wait_for(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--steps", type=int, default=8)
    reader.add_argument("--device", choices=["auto", "cpu", "cuda", "mps"], default="cpu")
    given = reader.parse_args()
    device = choose_device(given.device)
    torch.set_num_threads(1)
    print(f"{'network':10} {'parameters':>10} {'batch':>6} {'loop items/s':>13} {'bare items/s':>13} {'loop cost':>10}")
    for name, build in (("painter", painter), ("detector", detector)):
        recipe = load_recipe("tabletop" if name == "painter" else name)
        trained = build(recipe)
        whole, core = (measure(trained, recipe, given.steps, device) for measure in (through_the_loop, bare))
        size = sum(value.numel() for value in trained.module.parameters())
        print(f"{name:10} {size:10,} {recipe.batch_size:6} {whole:13.1f} {core:13.1f} {core / whole - 1:10.1%}")


if __name__ == "__main__":
    main()
