"""What the work is carried out with, for the recipe."""

from __future__ import annotations

import os
import platform
from functools import cache
from pathlib import Path

import torch

from core.artifacts.recipe import Environment
from core.models.picture import PictureModel
from core.version import VERSION

SMALL_MODEL = 50_000_000
"""Weights below which one torch thread beats several: barriers between tiny convolutions cost more than they save."""


def settle_threads(parameters: int) -> None:
    """Choose torch's thread count for a model of so many weights."""
    torch.set_num_threads(1 if parameters < SMALL_MODEL else os.cpu_count() or 1)


def environment_of(model: PictureModel) -> Environment:
    return Environment(
        noisette=VERSION,
        python=platform.python_version(),
        torch=torch.__version__,
        system=f"{platform.system()} {platform.machine()}",
        machine=_machine(model.device),
        device=model.device.type,
        dtype=str(model.dtype).removeprefix("torch."),
        threads=torch.get_num_threads(),
    )


def _machine(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return _processor()


@cache
def _processor() -> str:
    """Linux names its processor only in a file; elsewhere the platform module knows."""
    listing = Path("/proc/cpuinfo")
    if listing.is_file():
        for line in listing.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
