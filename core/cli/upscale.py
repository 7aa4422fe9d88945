"""`noisette upscale`: a picture four times as large."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.artifacts.image import Picture, load_picture
from core.artifacts.upscaling import Piece, missing_upscaler, save_upscaled, upscaled
from core.cli.output import say
from core.errors import NoisetteError, RequestError


def upscale(
    file: Annotated[Path, typer.Argument(help="A PNG that Noisette saved.")],
    out: Annotated[Path, typer.Option(help="Where the large picture goes, as FILE.png.")],
    transparent: Annotated[bool, typer.Option(help="With an alpha channel, where the picture has one.")] = False,
) -> int:
    """Enlarge a picture four times with Real-ESRGAN, an extra that is not installed by default.

    The large picture carries the small one's recipe, and says by what it was enlarged.

    \b
    Examples:
      noisette upscale fox.png --out fox-large.png
      noisette upscale fox.png --out fox-large.png --transparent
    """
    if out.suffix.lower() != ".png" or out.is_dir():
        raise RequestError(f"{out} is not a name for a picture; end it with .png")
    if sentence := missing_upscaler():
        raise NoisetteError(sentence)
    save_upscaled(out, _watched(load_picture(file)), transparent=transparent)
    say(str(out))
    return 0


def _watched(picture: Picture) -> Picture:
    """A bar where stderr is a terminal, else nothing."""
    columns = (TextColumn("enlarging"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        row, pieces = bar.add_task("", total=None), upscaled(picture)
        while True:
            try:
                piece: Piece = next(pieces)
            except StopIteration as end:
                large: Picture = end.value
                return large
            bar.update(row, completed=piece.done, total=piece.total)
