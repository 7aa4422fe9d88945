"""Recipes for tests that need one but not what it says."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.artifacts.recipe import Environment, Recipe, pixels_sha256
from core.requests import GuidanceSettings, ImageRequest

ENVIRONMENT = Environment("0.1.0", "3.11.2", "2.13.0", "Linux x86_64", "A processor", "cpu", "float32", 1)


def picture(seed: int = 0, width: int = 8, height: int = 10) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def recipe(pixels: np.ndarray | None = None, *, made_at: str = "2026-11-21T04:03:53+00:00", **request: Any) -> Recipe:
    pixels = picture() if pixels is None else pixels
    wanted: dict[str, Any] = {"prompt": "a red cube", "guidance": GuidanceSettings(3.0), "seed": 7, **request}
    return Recipe(
        request=ImageRequest(**wanted),
        item=0,
        seed=wanted["seed"],
        layout=None,
        width=pixels.shape[1],
        height=pixels.shape[0],
        model_title="Tabletop",
        model_sha256={"painter": "0123456789abcdef" * 4},
        environment=ENVIRONMENT,
        pixels_sha256=pixels_sha256(pixels),
        made_at=made_at,
    )
