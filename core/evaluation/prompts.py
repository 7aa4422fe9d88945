"""Held-out prompts by category, each with a scene of its own that can be rendered and clearly seen."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence

import numpy as np

from core.planning.sight import clearly_visible
from core.worlds.tabletop.grammar import Category, HeldOut, held_out_captions
from core.worlds.tabletop.packing import pack
from core.worlds.tabletop.scene import Scene

JUDGED: tuple[Category, ...] = ("single", "binding", "count", "relation", "negation")
"""The categories that a model is scored on."""


def evaluation_prompts(count: int, seed: int) -> tuple[HeldOut, ...]:
    """`count` prompts spread evenly over JUDGED, none ever seen in training; a pure function of its arguments.

    Only prompts whose own scene hides nothing are taken, so that a picture that meets them exists. A category may come
    short where it has too few held-out texts.
    """
    prompts: dict[str, HeldOut] = {}
    for number, category in enumerate(JUDGED):
        wanted = count // len(JUDGED) + (number < count % len(JUDGED))
        drawn = held_out_captions(category, 4 * wanted, seed)
        fresh = [entry for entry in drawn if entry.caption.text not in prompts and clearly_visible(entry.scene)]
        prompts |= {entry.caption.text: entry for entry in fresh[:wanted]}
    return tuple(prompts.values())


def compiled_renderer() -> bool:
    """Whether the fast renderer's training-only extra, numba, is installed."""
    return importlib.util.find_spec("numba") is not None


def real_pictures(scenes: Sequence[Scene], size: int) -> np.ndarray:
    """(N, size, size, 3) uint8 sRGB renders, by compiled code where there is some, else by torch, far slower."""
    if compiled_renderer():
        from core.worlds.tabletop.render_numba import render_arrays

        pictures = render_arrays(pack(scenes), size)[0]
    else:
        from core.worlds.tabletop.render_torch import render

        pictures = render(scenes, size).picture.permute(0, 2, 3, 1).numpy()
    return np.round(pictures * 255.0).clip(0, 255).astype(np.uint8)
