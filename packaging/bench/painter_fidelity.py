"""How near the painter comes to the exact render of the same scene, in dB, beside the codec's limit. Prints a table.

    OMP_NUM_THREADS=1 python packaging/bench/painter_fidelity.py [--scenes N]

Unseen scenes; caption, layout and camera given, no guidance, Euler. PSNR of 8-bit pictures over all pixels of all
scenes; one evaluation is the painter's first guess. The last column is how far below the codec's limit that is.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch

from core.diffusion.time_grid import time_grid
from core.evaluation.painting import Order, painted
from core.latents.codec import to_uint8
from core.models.loader import load_model
from core.models.registry import SHIPPED, ModelRegistry
from core.requests import GuidanceSettings
from core.samplers.euler import euler
from core.worlds.tabletop.dataset import clear_scenes
from core.worlds.tabletop.grammar import write
from core.worlds.tabletop.packing import pack
from core.worlds.tabletop.render_numba import render_arrays

SEED = 90210
EVALUATIONS = (1, 2, 4, 8, 20)


def decibels(pictures: np.ndarray, real: np.ndarray) -> float:
    """PSNR of uint8 pictures."""
    squared = np.square(pictures.astype(np.float64) - real.astype(np.float64)).mean()
    return float(10.0 * np.log10(255.0**2 / squared))


def main() -> None:
    parser = argparse.ArgumentParser(description="The painter's pictures beside exact renders.")
    parser.add_argument("--scenes", type=int, default=64)
    count = parser.parse_args().scenes
    torch.set_num_threads(1)
    model = load_model(ModelRegistry((SHIPPED,)), "tabletop", "cpu")
    size = model.card.sizes[0][0]
    rng = np.random.default_rng(SEED)
    scenes = clear_scenes(rng, count)
    real = np.round(render_arrays(pack(scenes), size)[0] * 255.0).astype(np.uint8)
    exact = torch.from_numpy(real).permute(0, 3, 1, 2).float() / 127.5 - 1.0
    with torch.inference_mode():
        limit = decibels(to_uint8(model.codec.decode(model.codec.encode(exact))), real)
    orders = [Order(write(scene, rng).text, seed, scene.to_json()) for seed, scene in enumerate(scenes)]
    print(f"{count} scenes, {size} px; the codec alone: {limit:.1f} dB")
    print("| evaluations | dB | below the codec |")
    print("|---|---|---|")
    for steps in EVALUATIONS:
        grid = time_grid("uniform", model.schedule, steps)
        pictures = np.concatenate(list(painted(model, orders, euler, grid, GuidanceSettings(1.0), lambda: None)))
        reached = decibels(pictures, real)
        print(f"| {steps} | {reached:.1f} | {limit - reached:.1f} |")


if __name__ == "__main__":
    main()
