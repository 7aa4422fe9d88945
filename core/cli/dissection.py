"""What `--dissect` writes: the figures of guidance as JSON, and beside it the maps of words as arrays and pictures."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from core.artifacts.artifact import Artifact
from core.artifacts.atomic import write_atomically
from core.artifacts.readings import newest
from core.dissection import Quantity, Reading, Space
from core.errors import NoisetteError, RequestError

CELL, MARGIN, LINE = 64, 96, 16
"""Pixels of a map, of the words at its left, and of a line above."""
MOST_COLUMNS = 12


def check_target(out: Path) -> None:
    """Raises RequestError for what is no name of such a file."""
    if out.suffix.lower() != ".json" or out.is_dir():
        raise RequestError(f"{out} is not a name for the figures of guidance; end it with .json")


def write_dissection(out: Path, readings: Sequence[Reading], artifacts: Sequence[Artifact]) -> list[Path]:
    """FILE.json, and where the model reads words FILE.npz and a FILE.png a picture; the files written.

    Raises NoisetteError where nothing was seen, or a file can't be written.
    """
    if not readings:
        raise NoisetteError("nothing was seen of guidance: this job's steps could not be kept; free some disk space")
    seen = {artifact.id: newest(readings, artifact.recipe.item) for artifact in artifacts}
    pictures = [_picture(artifact, seen[artifact.id]) for artifact in artifacts]
    told = {"quantities": _units(), "spaces": [space.name.lower() for space in Space], "pictures": pictures}
    files = [(out, json.dumps(told, indent=2, ensure_ascii=False).encode())]
    arrays = dict[str, np.ndarray]()
    for number, artifact in enumerate(artifacts, 1):
        item, own = artifact.recipe.item, seen[artifact.id]
        for reading in own:
            maps = reading.maps_of(item)
            arrays |= {f"picture_{number}/step_{reading.step}/layer_{at}": each for at, each in enumerate(maps)}
        if own and own[0].maps:
            name = out.with_suffix(".png") if number == 1 else out.with_name(f"{out.stem}-{number}.png")
            files.append((name, sheet(own, item)))
    if arrays:
        held = io.BytesIO()
        np.savez_compressed(held, **arrays)  # pyright: ignore[reportArgumentType]
        files.append((out.with_suffix(".npz"), held.getvalue()))
    for path, content in files:
        try:
            write_atomically(path, lambda file, content=content: file.write(content))
        except OSError as error:
            raise NoisetteError(f"{path} can't be written ({error}); the pictures are kept") from error
    return [path for path, _ in files]


def sheet(readings: Sequence[Reading], item: int) -> bytes:
    """A PNG: a row a word ("nothing" is left out), steps across, black no attention, white the most on the sheet."""
    longest = max(readings, key=lambda reading: len(reading.words_of(item)))
    words, stride = longest.words_of(item), math.ceil(len(readings) / MOST_COLUMNS)
    columns = [*readings[:-1:stride], readings[-1]]
    maps = [mean for each in columns if (mean := each.mean_map(item)) is not None]
    top = max((float(each[1:].max(initial=0.0)) for each in maps), default=0.0) or 1.0
    image = Image.new("L", (MARGIN + CELL * len(columns), LINE + CELL * max(len(words), 1)), 32)
    draw = ImageDraw.Draw(image)
    draw.text((4, 2), f"white: {top:.2%}", fill=220)
    for column, (reading, mean) in enumerate(zip(columns, maps, strict=True)):
        draw.text((MARGIN + CELL * column + 4, 2), f"step {reading.step}", fill=220)
        for row, layer in enumerate(mean[1:]):
            tile = Image.fromarray((layer / top * 255.0).round().astype(np.uint8))
            place = (MARGIN + CELL * column, LINE + CELL * row)
            image.paste(tile.resize((CELL - 1, CELL - 1), Image.Resampling.NEAREST), place)
    for row, word in enumerate(words):
        # The picture's own letters know no others.
        shown = word.encode("latin-1", "replace").decode("latin-1")
        draw.text((4, LINE + CELL * row + CELL // 2 - 6), shown[:15], fill=220)
    held = io.BytesIO()
    image.save(held, "PNG")
    return held.getvalue()


def _units() -> dict[str, str]:
    units = dict.fromkeys(Quantity, "root mean square")
    units |= {Quantity.ANGLE: "degrees", Quantity.LEAN: "degrees", Quantity.SCALE: "1"}
    return {quantity.name.lower(): unit for quantity, unit in units.items()}


def _picture(artifact: Artifact, readings: Sequence[Reading]) -> dict[str, Any]:
    item = artifact.recipe.item
    return {"id": artifact.id, "seed": artifact.recipe.seed, "steps": [_step(each, item) for each in readings]}


def _step(reading: Reading, item: int) -> dict[str, Any]:
    evaluations = [
        {"log_snr": _number(log_snr)}
        | {
            space.name.lower(): {
                quantity.name.lower(): _number(reading.figure(item, quantity, space, place)) for quantity in Quantity
            }
            for space in Space
        }
        for place, log_snr in enumerate(reading.log_snr)
    ]
    step: dict[str, Any] = {"step": reading.step, "evaluations": evaluations}
    if reading.maps:
        step["attention"] = _attention(reading, item)
    return step


def _attention(reading: Reading, item: int) -> list[dict[str, Any]]:
    row, said = reading.items.index(item), reading.words_of(item)
    told = list[dict[str, Any]]()
    for at, (layer, maps) in enumerate(zip(reading.layers, reading.maps_of(item), strict=True)):
        shares = [float(each) for each in maps.astype(np.float64).mean(axis=(1, 2))]
        told.append(
            {
                "layer": layer,
                "cells": [maps.shape[2], maps.shape[1]],
                "nothing": round(shares[0], 6),
                "words": [[word, round(share, 6)] for word, share in zip(said, shares[1:], strict=True)],
                "stir": None if reading.stir is None else _number(float(reading.stir[at, row])),
            }
        )
    return told


def _number(value: float) -> float | None:
    """JSON has no infinities."""
    return float(f"{value:.7g}") if math.isfinite(value) else None
