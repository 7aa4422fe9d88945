"""A picture's steps saved beside it, on request: half precision, with levels and whose they are. No torch here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as save_arrays

from core.artifacts.atomic import write_atomically
from core.artifacts.trajectory import Glance, TrajectoryInfo, info_of
from core.diffusion.level import Level
from core.errors import NoisetteError, TrajectoryError
from core.plain import from_plain, parse_json, to_plain
from core.requests import ImageRequest

KEY = "noisette"


@dataclass(frozen=True, slots=True)
class TrajectoryCard:
    """What the file says beside the arrays. request: of the job; item: which of its pictures; levels: N + 1."""

    artifact_id: str
    item: int
    request: ImageRequest
    pixels_sha256: str
    levels: tuple[Level, ...]
    hashes: tuple[str, ...]

    def info(self, job_id: str) -> TrajectoryInfo:
        return info_of(job_id, self.request, self.levels, {self.item: len(self.levels) - 1}, exact=False)


def save_trajectory(path: Path, card: TrajectoryCard, glances: Sequence[Glance]) -> None:
    """Write the file atomically: `noisy` and `clean`, (N, *shape) float16 each. Raises OSError."""
    arrays = {
        "noisy": np.stack([glance.noisy for glance in glances]).astype(np.float16, copy=False),
        "clean": np.stack([glance.clean for glance in glances]).astype(np.float16, copy=False),
    }
    body = save_arrays(arrays, metadata={KEY: json.dumps(to_plain(card), ensure_ascii=False)})
    write_atomically(path, lambda file: file.write(body))


def load_card(path: Path) -> TrajectoryCard | None:
    """None where there is no such file. Raises TrajectoryError for one that can't be read."""
    if not path.is_file():
        return None
    try:
        with cast("Any", safe_open)(path, framework="numpy") as file:
            text = dict[str, str](file.metadata() or {}).get(KEY, "")
        return from_plain(TrajectoryCard, parse_json(text, "its card"), "its card")
    except (OSError, SafetensorError, NoisetteError) as error:
        raise _damaged(path, error) from error


def load_glance(path: Path, step: int) -> Glance:
    """One step, from 1; the rest of the file is not read. Raises TrajectoryError."""
    try:
        with cast("Any", safe_open)(path, framework="numpy") as file:
            noisy, clean = file.get_slice("noisy"), file.get_slice("clean")
            steps = int(noisy.get_shape()[0])
            if not 1 <= step <= steps:
                raise TrajectoryError(f"step {step} is not among the {steps} that {path} keeps; give 1 to {steps}")
            return Glance(noisy[step - 1], clean[step - 1])
    except (OSError, SafetensorError, IndexError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> TrajectoryError:
    return TrajectoryError(f"the kept steps {path} can't be read ({error}); make the picture again")
