"""What was seen of guidance in a step, as a record of a run's log, and back. No torch here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.dissection import Reading

KIND = "dissection"


def record_of(reading: Reading) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The line of JSON and the arrays of it."""
    data: dict[str, Any] = {
        "kind": KIND,
        "step": reading.step,
        "items": list(reading.items),
        "words": [list(words) for words in reading.words],
        "layers": list(reading.layers),
    }
    arrays = {"figures": reading.figures, "log_snr": np.array(reading.log_snr)}
    arrays |= {f"map_{place}": layer for place, layer in enumerate(reading.maps)}
    if reading.stir is not None:
        arrays["stir"] = reading.stir
    return data, arrays


def reading_of(data: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Reading:
    """Raises KeyError, TypeError, ValueError for what is no reading."""
    layers = tuple(str(each) for each in data["layers"])
    return Reading(
        int(data["step"]),
        tuple(int(each) for each in data["items"]),
        tuple(float(each) for each in arrays["log_snr"]),
        arrays["figures"],
        tuple(tuple(str(word) for word in words) for words in data["words"]),
        layers,
        tuple(arrays[f"map_{place}"] for place in range(len(layers))),
        arrays.get("stir"),
    )


def newest(readings: Sequence[Reading], item: int) -> tuple[Reading, ...]:
    """Of one picture, by rising step; of a step that was made twice, the later reading."""
    found = {reading.step: reading for reading in readings if item in reading.items}
    return tuple(found[step] for step in sorted(found))
