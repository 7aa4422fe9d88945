"""What the Schedules page reads and writes; all of it blocks, so none of it is for the GUI thread."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.diffusion.schedule import schedule_named
from core.errors import NoisetteError
from core.grid_settings import GridSettings
from core.history.kept_grids import KeptGrid
from core.microscope.overlay import Overlay
from core.microscope.picture import Look, Pen, png_of, svg_of
from core.microscope.reading import Imported, read_lists, ready, renamed
from core.microscope.writing import curves_csv, curves_json
from core.plain import from_plain, read_json

if TYPE_CHECKING:
    from studio.theme.tokens import Tokens

OPTIMISED = "Optimised"
"""How the names of grids begin that were measured for a model."""


def look_of(tokens: Tokens) -> Look:
    """The theme's colours and series for a picture of the plot; the reference's series stands apart."""
    pens = tuple(Pen(each.colour, each.marker, each.dash) for each in tokens.plain_series)
    return Look(tokens.bg1, tokens.tx1, tokens.tx3, tokens.line, pens)


def picture_or_numbers(path: Path, shown: Overlay, schedule: str, look: Look) -> bytes:
    """A file's octets, by the ending of its name. Raises NoisetteError for one that is none of the four."""
    title = f"Time grids, {schedule}, {shown.wanted.steps} steps"
    match path.suffix.lower():
        case ".png":
            return png_of(shown.plot, shown.curves, title, look)
        case ".svg":
            return svg_of(shown.plot, shown.curves, title, look).encode()
        case ".csv":
            return curves_csv(shown.curves).encode()
        case ".json":
            return curves_json(shown.curves, schedule).encode()
        case _:
            raise NoisetteError(f"{path.name} can't be told from its name; end it with .png, .svg, .csv or .json")


def lists_in(path: Path, schedule: str) -> tuple[Imported, ...]:
    """The lists of a file, made ready for a schedule. It blocks. Raises NoisetteError."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise NoisetteError(f"{path.name} is no text; choose a text file of levels") from error
    except OSError as error:
        raise NoisetteError(f"{path.name} can't be read ({error.strerror}); choose a text file of levels") from error
    return lists_of(text, schedule, path.stem)


def lists_of(text: str, schedule: str, name: str) -> tuple[Imported, ...]:
    """The lists of a text. name: of those that have none. Raises NoisetteError."""
    return tuple(
        renamed(made, made.name or name)
        for made in (ready(found, schedule_named(schedule)) for found in read_lists(text))
    )


def free_name(name: str, taken: list[str]) -> str:
    """The name, short, with a number after it where it is taken."""
    short = name.replace(":", " ").strip()[:40] or "List"
    return next(each for n in range(1, len(taken) + 2) if (each := short if n == 1 else f"{short} {n}") not in taken)


def optimised_in(folder: Path, models: set[str]) -> tuple[Imported, ...]:
    """Grids that were measured for these models. What can't be read is passed over: `noisette optimise` tells of it."""
    found = list[Imported]()
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        try:
            kept = from_plain(KeptGrid, read_json(path, "the kept grid"), "the kept grid")
            settings = GridSettings(levels=kept.levels, levels_as="time")
        except NoisetteError:
            continue
        if kept.model_id in models:
            name = f"{OPTIMISED} for {kept.model_id}, {kept.sampler}, {kept.steps} steps"
            found.append(Imported(name, settings, kept.steps, "time", guessed=False))
    return tuple(found)
