"""Pictures a second of both tabletop renderers, and how far apart their pictures are. Prints a table.

    OMP_NUM_THREADS=1 python packaging/bench/render_speed.py [--scenes N]

One thread, the same scenes, 3 x 3 samples a pixel: the compiled code takes them only where neighbours differ, torch
takes them everywhere. On a CUDA machine a third row is torch on the GPU. The ratio is to torch on the CPU.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch

from core.worlds.tabletop.packing import pack
from core.worlds.tabletop.render_numba import render_arrays
from core.worlds.tabletop.render_torch import render
from core.worlds.tabletop.scene import Scene, sample_scene


def seconds(work: Callable[[], object]) -> float:
    """CPU time of this process for one call."""
    began = time.process_time()
    work()
    return time.process_time() - began


def on_gpu(scenes: list[Scene], size: int) -> float:
    """Wall time on the GPU, after one call that warms it up."""
    render(scenes[:2], size, device="cuda")
    torch.cuda.synchronize()
    began = time.perf_counter()
    render(scenes, size, device="cuda", chunk=16)
    torch.cuda.synchronize()
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", type=int, default=64)
    count = parser.parse_args().scenes
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    scenes = [sample_scene(rng) for _ in range(count)]
    packed = pack(scenes)
    few = scenes[: max(2, count // 16)]
    render_arrays(packed, 16)
    print(f"{'size':>5} {'compiled/s':>11} {'torch/s':>9} {'ratio':>7} {'largest difference':>19} {'gpu/s':>8}")
    for size in (64, 96, 128):
        compiled = count / seconds(lambda size=size: render_arrays(packed, size))
        plain = len(few) / seconds(lambda size=size: render(few, size))
        ours = render_arrays(pack(few), size, everywhere=True)[0]
        theirs = render(few, size, dtype=torch.float64).picture.permute(0, 2, 3, 1).numpy()
        gpu = f"{count / on_gpu(scenes, size):8.0f}" if torch.cuda.is_available() else f"{'none':>8}"
        apart = float(np.abs(ours - theirs).max())
        print(f"{size:5d} {compiled:11.1f} {plain:9.2f} {compiled / plain:6.0f}x {apart:19.1e} {gpu}")


if __name__ == "__main__":
    main()
