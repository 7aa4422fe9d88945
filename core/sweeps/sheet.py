"""A sweep on a sheet: its pictures in rows and columns with their values beside them, one sheet for each value of Z."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from core.artifacts.atomic import write_atomically
from core.errors import NoisetteError
from core.sweeps.cells import label
from core.sweeps.request import NAMES, Axis, SweepRequest
from core.sweeps.settings import setting_named

FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"
LEAST, MOST = 128, 512
"""A cell's longer side, pixels: small pictures are shown by whole multiples, large ones shrunk."""
MOST_PIXELS = 160_000_000
MARGIN, GAP, LINE = 24, 8, 20
ROW_LABEL, LABEL_LINES = 150, 3
Face = ImageFont.FreeTypeFont


@dataclass(frozen=True, slots=True)
class SheetColours:
    """As #RRGGBB."""

    ground: str = "#FFFFFF"
    words: str = "#1A1A1E"
    quiet: str = "#484851"
    missing: str = "#E9E9EC"


class SheetError(NoisetteError):
    """A sheet can't be drawn or written."""


def sheet_files(out: Path, sweep: SweepRequest) -> tuple[Path, ...]:
    """a.png, a-2.png, ...: one for each value of Z. Raises SheetError for a name that is no PNG's."""
    if out.suffix.lower() != ".png":
        raise SheetError(f"{out} is not a name for a sheet; end it with .png")
    return tuple(out if z == 0 else out.with_stem(f"{out.stem}-{z + 1}") for z in range(sweep.shape[2]))


def write_sheets(
    out: Path, sweep: SweepRequest, pictures: Mapping[int, Path], colours: SheetColours | None = None
) -> tuple[Path, ...]:
    """Draw all sheets. pictures: files by cell; cells without one stay empty. Raises SheetError."""
    files = sheet_files(out, sweep)
    try:
        for z, file in enumerate(files):
            sheet = draw_sheet(sweep, pictures, z, colours or SheetColours())
            write_atomically(file, lambda opened, sheet=sheet: sheet.save(opened, format="PNG"))
    except OSError as error:
        raise SheetError(f"{out} can't be written ({error}); choose another folder") from error
    return files


def draw_sheet(sweep: SweepRequest, pictures: Mapping[int, Path], z: int, colours: SheetColours) -> Image.Image:
    """One sheet. z: which value of Z. Raises SheetError where it would be too large, OSError for a missing picture."""
    across, down, _ = sweep.shape
    first = z * across * down
    own = {cell - first: path for cell, path in pictures.items() if first <= cell < first + across * down}
    side = _side(own.values())
    labelled = len(sweep.axes) > 1
    left = MARGIN + (ROW_LABEL if labelled else 0)
    columns = [_wrapped(label(sweep.axes[0], value), side) for value in sweep.axes[0].values]
    top = MARGIN + LINE * (3 + max(map(len, columns)))
    size = left + across * (side + GAP) - GAP + MARGIN, top + down * (side + GAP) - GAP + MARGIN
    if size[0] * size[1] > MOST_PIXELS:
        raise SheetError(f"the sheet would be {size[0]}x{size[1]} pixels; sweep fewer values, or move one axis to Z")
    size = max(size[0], 480), size[1]
    sheet = Image.new("RGB", size, colours.ground)
    pen = ImageDraw.Draw(sheet)
    room = size[0] - 2 * MARGIN
    pen.text((MARGIN, MARGIN), _cut(sweep.base.prompt, _face(15, bold=True), room), colours.words, _face(15, bold=True))
    pen.text((MARGIN, MARGIN + LINE), _cut(_facts(sweep, z), _face(12), room), colours.quiet, _face(12))
    for at, lines in enumerate(columns):
        foot = top - 6 - LINE * len(lines)
        _write(pen, (left + at * (side + GAP), foot), lines, colours.words)
    for at, value in enumerate(sweep.axes[1].values if labelled else ()):
        _write(
            pen, (MARGIN, top + at * (side + GAP)), _wrapped(label(sweep.axes[1], value), ROW_LABEL - 12), colours.words
        )
    for cell in range(across * down):
        corner = left + cell % across * (side + GAP), top + cell // across * (side + GAP)
        if cell in own:
            _paste(sheet, own[cell], corner, side)
        else:
            pen.rectangle((*corner, corner[0] + side - 1, corner[1] + side - 1), colours.missing)
    return sheet


def facts_of(sweep: SweepRequest) -> str:
    """What every cell shares, as far as no axis varies it."""
    base, varied = sweep.base, {setting_named(axis.setting).name for axis in sweep.axes}
    told = {
        "model": base.model_id,
        "sampler": base.sampler,
        "time-grid": base.time_grid,
        "steps": f"{base.steps} steps",
        "guidance": f"guidance {base.guidance.scale:g}",
        "seed": f"seed {base.seed}",
    }
    hidden = {"sampler+grid": {"sampler", "time-grid"}, "evaluations": {"steps"}}
    gone = varied | {name for axis in varied for name in hidden.get(axis, ())}
    return ", ".join(words for name, words in told.items() if name not in gone)


def _facts(sweep: SweepRequest, z: int) -> str:
    if len(sweep.axes) < len(NAMES):
        return facts_of(sweep)
    axis: Axis = sweep.axes[2]
    return f"{label(axis, axis.values[z])}; {facts_of(sweep)}"


def _side(files: Iterable[Path]) -> int:
    """Of a square cell, by the largest picture."""
    largest = 0
    for path in files:
        with Image.open(path) as picture:
            largest = max(largest, *picture.size)
    if largest == 0:
        return LEAST
    return min(largest * max(-(-LEAST // largest), 1), MOST)


def _paste(sheet: Image.Image, path: Path, corner: tuple[int, int], side: int) -> None:
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    times = side / max(picture.size)
    size = round(picture.width * times), round(picture.height * times)
    way = Image.Resampling.NEAREST if times == int(times) else Image.Resampling.LANCZOS
    sheet.paste(picture.resize(size, way), (corner[0] + (side - size[0]) // 2, corner[1] + (side - size[1]) // 2))


def _write(pen: ImageDraw.ImageDraw, corner: tuple[int, int], lines: list[str], colour: str) -> None:
    for at, words in enumerate(lines):
        pen.text((corner[0], corner[1] + at * LINE), words, colour, _face(13))


def _wrapped(words: str, room: int) -> list[str]:
    """At most `LABEL_LINES` lines, the last one cut where more would be needed."""
    lines, face = [""], _face(13)
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if face.getlength(longer) <= room or not lines[-1]:
            lines[-1] = longer
        elif len(lines) < LABEL_LINES:
            lines.append(word)
        else:
            lines[-1] = longer
    return [_cut(each, face, room) for each in lines]


def _cut(words: str, face: Face, room: int) -> str:
    words = " ".join(words.split())
    if face.getlength(words) <= room:
        return words
    while words and face.getlength(words + "…") > room:
        words = words[:-1]
    return words + "…"


@lru_cache(maxsize=8)
def _face(size: int, *, bold: bool = False) -> Face:
    name = "Inter-SemiBold.otf" if bold else "Inter-Medium.otf"
    try:
        return ImageFont.truetype(str(FONTS / name), size)
    except OSError as error:
        raise SheetError(f"no font {name} in {FONTS} ({error}); install Noisette again") from error
