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
from core.artifacts.readings import reading_of, record_of
from core.artifacts.trajectory import Glance, TrajectoryInfo, info_of
from core.diffusion.level import Level
from core.dissection import Reading
from core.errors import NoisetteError, TrajectoryError
from core.plain import from_plain, parse_json, to_plain
from core.requests import ImageRequest

KEY = "noisette"
SEEN = "dissection"


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


def save_trajectory(
    path: Path, card: TrajectoryCard, glances: Sequence[Glance], readings: Sequence[Reading] = ()
) -> None:
    """Write the file atomically: `noisy` and `clean`, (N, *shape) float16 each. Raises OSError.

    readings: what was seen of guidance in the picture's steps.
    """
    arrays = {
        "noisy": np.stack([glance.noisy for glance in glances]).astype(np.float16, copy=False),
        "clean": np.stack([glance.clean for glance in glances]).astype(np.float16, copy=False),
    }
    seen = list[dict[str, Any]]()
    for place, reading in enumerate(readings):
        data, own = record_of(reading)
        seen.append(data)
        arrays |= {f"{SEEN}_{place}_{name}": np.ascontiguousarray(array) for name, array in own.items()}
    metadata = {KEY: json.dumps(to_plain(card), ensure_ascii=False), SEEN: json.dumps(seen, ensure_ascii=False)}
    body = save_arrays(arrays, metadata=metadata if seen else {KEY: metadata[KEY]})
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


def load_readings(path: Path) -> tuple[Reading, ...]:
    """What was seen of guidance in a picture's steps; () where nothing was. Raises TrajectoryError."""
    try:
        with cast("Any", safe_open)(path, framework="numpy") as file:
            text = dict[str, str](file.metadata() or {}).get(SEEN, "[]")
            found = list[Reading]()
            for place, data in enumerate(json.loads(text)):
                start = f"{SEEN}_{place}_"
                names = [name for name in file.keys() if name.startswith(start)]  # noqa: SIM118
                found.append(reading_of(data, {name.removeprefix(start): file.get_tensor(name) for name in names}))
            return tuple(found)
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> TrajectoryError:
    return TrajectoryError(f"the kept steps {path} can't be read ({error}); make the picture again")
