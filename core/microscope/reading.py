"""Time grids brought from elsewhere: lists of noise levels in text, CSV and JSON, each in a unit that is named.

No torch here. What other tools write is read as it stands: ComfyUI's manual sigmas ("14.6, 3.9, 0.3, 0"), a printed
tensor, a Python list, diffusers' timesteps=[...], a column of a table, and what `core.microscope.writing` wrote.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal, cast

from core.diffusion.grids.timesteps import TIMESTEPS
from core.diffusion.schedule import Flow, NoiseSchedule
from core.diffusion.time_grid import time_grid
from core.errors import NoisetteError
from core.grid_settings import LISTED, MAX_LEVELS, GridSettings
from core.plain import PlainError, parse_json

Unit = Literal["sigma", "time", "timestep", "log_snr"]
UNITS: tuple[Unit, ...] = ("sigma", "time", "timestep", "log_snr")
UNIT_WORDS: dict[Unit, str] = {
    "sigma": "σ, noise over signal",
    "time": "t, 1 noise to 0 picture",
    "timestep": "timesteps of a thousand",
    "log_snr": "log-SNR",
}
_NAMES: dict[str, Unit] = {
    **dict.fromkeys(("sigma", "sigmas", "ratio", "sigma_over_alpha", "manual_sigmas"), "sigma"),
    **dict.fromkeys(("t", "time", "times", "flow_sigma", "flow_sigmas"), "time"),
    **dict.fromkeys(("timestep", "timesteps"), "timestep"),
    **dict.fromkeys(("log_snr", "logsnr", "log_snrs"), "log_snr"),
}
MOST_CURVES, MOST_TEXT = 32, 1_000_000
_EXAMPLE = "give for example 14.6, 3.9, 1.2, 0.3, 0"


class GridFileError(NoisetteError):
    """A list of levels can't be read."""


@dataclass(frozen=True, slots=True)
class GridList:
    """Numbers as they stood, and what they are. name: of the list, "" where it had none.

    unit: None where nothing named it; `guess_unit` says what it is likely to be.
    """

    name: str
    values: tuple[float, ...]
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """A list made ready: settings of a listed grid, and its own number of steps. unit: as which it was read.

    guessed: the unit was not named. values: the numbers as they stood, () where none did. turned: their noise rose, and
    the grid has them from the last to the first.
    """

    name: str
    settings: GridSettings
    steps: int
    unit: Unit
    guessed: bool
    values: tuple[float, ...] = ()
    turned: bool = False


def read_lists(text: str) -> tuple[GridList, ...]:
    """Every list of the text, in its order. Raises GridFileError: value, rule, remedy."""
    if len(text) > MOST_TEXT:
        raise GridFileError(f"{len(text)} characters given; a list of levels has at most {MOST_TEXT}")
    stripped = text.strip().removeprefix("\ufeff").strip()
    if not stripped:
        raise GridFileError(f"the list is empty; {_EXAMPLE}")
    lists = _json(stripped) if stripped[0] == "{" else _table(stripped)
    if not lists and stripped[0] == "[" and '"' in stripped:
        lists = _json(stripped)
    lists = lists or (_plain(stripped),)
    if len(lists) > MOST_CURVES:
        raise GridFileError(f"{len(lists)} lists given; at most {MOST_CURVES} are read at once")
    return lists


def guess_unit(values: Sequence[float], schedule: NoiseSchedule) -> Unit:
    """What numbers without a unit are: log-SNR where one is negative, timesteps where all are whole and reach 80,
    times where a flow's lie in 0 to 1 and begin at its noise (as ComfyUI has a flow's sigmas), else sigma."""
    if min(values) < 0.0:
        return "log_snr"
    if max(values) >= 80.0 and all(value == int(value) for value in values if math.isfinite(value)):
        return "timestep"
    if isinstance(schedule, Flow) and 0.9 <= max(values) <= 1.0:
        return "time"
    return "sigma"


def ready(found: GridList, schedule: NoiseSchedule, unit: Unit | None = None) -> Imported:
    """Make a listed grid of it. unit: in place of the list's own. Noise that rises is turned round.

    Raises NoisetteError where the levels do not fall, are out of range, or off the schedule.
    """
    as_unit = unit or found.unit or guess_unit(found.values, schedule)
    as_given = _converted(found.values, as_unit)
    turned = len(as_given) > 1 and all(here < there for here, there in pairwise(as_given))
    levels = tuple(reversed(as_given) if turned else as_given)
    if as_unit in ("sigma", "log_snr") and any(math.isinf(level) for level in levels):
        # Pure noise has no sigma, but it has a time.
        levels = tuple(schedule.at_ratio(level).t for level in levels)
        settings = GridSettings(levels=levels, levels_as="time")
    else:
        settings = GridSettings(levels=levels, levels_as="time" if as_unit in ("time", "timestep") else "sigma")
    if not levels:
        raise GridFileError(f"the list is empty; {_EXAMPLE}")
    steps = sum(1 for level in levels if level)
    time_grid(LISTED, schedule, steps, settings=settings)
    guessed = unit is None and found.unit is None
    return Imported(found.name, settings, steps, as_unit, guessed, found.values, turned)


def _converted(values: Sequence[float], unit: Unit) -> list[float]:
    if any(math.isnan(value) for value in values):
        raise GridFileError("a level is no number (nan); leave it out")
    if unit == "timestep":
        for value in values:
            if not 0.0 <= value <= TIMESTEPS - 1:
                raise GridFileError(f"timestep {value:g} is out of range; timesteps lie in 0 to {TIMESTEPS - 1}")
        return [(value + 1.0) / TIMESTEPS for value in values]
    if unit == "log_snr":
        # exp beyond this is no float; such noise is off every schedule.
        return [math.exp(-0.5 * value) if abs(value) < 1000.0 else math.inf if value < 0.0 else 0.0 for value in values]
    return list(values)


def _unit(words: str) -> Unit | None:
    return _NAMES.get(re.sub(r"[^a-z]+", "_", words.strip().lower()).strip("_"))


def _plain(text: str) -> GridList:
    """Numbers with anything usual between them, a unit or a name before them."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    body = " ".join(lines)
    unit, name = None, ""
    head = re.match(r"\s*([A-Za-z][\w \-]*?)\s*[:=]\s*", body)
    if head is not None:
        unit = _unit(head[1])
        name = "" if unit else head[1]
        body = body[head.end() :]
    tensor = re.fullmatch(r"\s*(?:tensor|array)\s*\(\s*(\[[^\]]*\])[^\]]*\)\s*", body)
    body = tensor[1] if tensor else body
    parts = [part for part in re.split(r"[\s,;]+", body.strip().strip("[]()").strip()) if part]
    if len(parts) > MAX_LEVELS + 1:
        raise GridFileError(f"{len(parts)} levels given; a list holds at most {MAX_LEVELS} and a 0")
    if not parts:
        raise GridFileError(f"the list is empty; {_EXAMPLE}")
    return GridList(name, tuple(_number(part) for part in parts), unit)


def _number(part: Any, where: str = "level") -> float:
    try:
        if isinstance(part, bool):
            raise ValueError
        return float(part)
    except (TypeError, ValueError, OverflowError):
        raise GridFileError(f"{where} {str(part)[:40]!r} is not a number; {_EXAMPLE}") from None


def _table(text: str) -> tuple[GridList, ...]:
    """The lists of a CSV with a row of heads, one of which names a unit; none where this is no such table."""
    lines = text.splitlines()
    heads: list[str] = next(csv.reader(lines[:1], delimiter=_delimiter(lines[0])), list[str]())
    units = [_unit(head) for head in heads]
    if len(lines) < 2 or not any(units) or any(_is_number(head) for head in heads):
        return ()
    at = {unit: units.index(unit) for unit in units if unit is not None}
    place = next((each for each, head in enumerate(heads) if head.strip().lower() in ("curve", "name", "grid")), None)
    rows = [row for row in csv.reader(lines[1:], delimiter=_delimiter(lines[0])) if any(cell.strip() for cell in row)]
    groups: dict[str, list[list[str]]] = {}
    for row in rows:
        if len(row) < len(heads):
            raise GridFileError(f"a row has {len(row)} cells where the heads are {len(heads)}; fill it up")
        groups.setdefault("" if place is None else row[place].strip(), []).append(row)
    if not groups:
        raise GridFileError(f"the table has no rows below its heads; {_EXAMPLE}")
    return tuple(
        _of_columns(name, {unit: [row[col] for row in part] for unit, col in at.items()})
        for name, part in groups.items()
    )


def _json(text: str) -> tuple[GridList, ...]:
    try:
        data = parse_json(text, "the list")
    except PlainError as error:
        raise GridFileError(str(error)) from error
    return tuple(_json_lists(data, ""))


def _json_lists(data: Any, name: str) -> list[GridList]:
    if isinstance(data, list):
        entries = cast("list[Any]", data)
        if entries and all(isinstance(entry, dict) for entry in entries):
            return [each for entry in entries for each in _json_lists(entry, name)]
        return [_of_columns(name, {"": entries})]
    if not isinstance(data, dict):
        raise GridFileError(f"the JSON holds {str(data)[:40]!r}; a list is needed: [14.6, 3.9, 0]")
    entries = cast("dict[str, Any]", data)
    if isinstance(entries.get("curves"), list):
        return _json_lists(entries["curves"], name)
    told = next((entries[key] for key in ("name", "title") if isinstance(entries.get(key), str)), name)
    columns: dict[str, list[Any]] = {
        unit: cast("list[Any]", value)
        for key, value in entries.items()
        if (unit := _unit(key)) and isinstance(value, list)
    }
    if not columns:
        raise GridFileError(
            f"the JSON names no levels ({', '.join(list(entries)[:6]) or 'nothing'}); "
            "name them sigmas, times, timesteps or log_snr"
        )
    return [_of_columns(told, columns)]


def _of_columns(name: str, columns: dict[Any, list[Any]]) -> GridList:
    """Of several units the first that is finite throughout, in the order of `UNITS`."""
    read: dict[Any, tuple[float, ...]] = {}
    for unit in (*UNITS, ""):
        cells = columns.get(unit)
        if cells is None:
            continue
        if len(cells) > MAX_LEVELS + 1:
            raise GridFileError(f"{len(cells)} levels given; a list holds at most {MAX_LEVELS} and a 0")
        whole = not any(cell is None or str(cell).strip() == "" for cell in cells)
        if not whole and len(columns) > 1:
            continue
        read[unit] = tuple(_number(cell) for cell in cells)
        if all(math.isfinite(value) for value in read[unit]):
            break
    if not read or not next(iter(read.values())):
        raise GridFileError(f"the list {name or 'of levels'} is empty; {_EXAMPLE}")
    unit, values = next(((u, v) for u, v in read.items() if all(map(math.isfinite, v))), next(iter(read.items())))
    return GridList(name, values, unit or None)


def _delimiter(line: str) -> str:
    return max(",;\t", key=line.count)


def _is_number(words: str) -> bool:
    try:
        float(words)
    except ValueError:
        return False
    return True


def renamed(found: Imported, name: str) -> Imported:
    """The same by another name."""
    return replace(found, name=name)
