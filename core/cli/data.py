"""`noisette data`: pictures that models learn from. What fetches anything over the network is here and says so."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from core.cli.exits import INTERRUPTED
from core.cli.options import AsJson
from core.cli.output import complain, remark, say, say_json, say_table
from core.errors import NoisetteError
from core.history.lock import HomeLock

if TYPE_CHECKING:
    from core.datasets.stickers.build import Stage
    from core.datasets.stickers.cache import StickerSet

data = typer.Typer(rich_markup_mode=None, add_completion=False)


@data.callback(invoke_without_command=True)
def listed(context: typer.Context, as_json: AsJson = False) -> int:
    """List the sets of training pictures on this machine. Only training and evaluation need them.

    \b
    Examples:
      noisette data
      noisette data --json
      noisette data stickers
    """
    if context.invoked_subcommand is not None:
        return 0
    from core.datasets.stickers.cache import default_folder, open_stickers, read_manifest

    folder = default_folder()
    sets = [open_stickers(folder)] if read_manifest(folder) is not None else []
    if as_json:
        say_json([_plain("stickers", found) for found in sets])
        return 0
    columns = ("name", "pictures", "concepts", "captions", "on disk", "folder")
    say_table(columns, [_row("stickers", found) for found in sets])
    if not sets:
        remark("none yet; `noisette data stickers` fetches and draws the stickers")
    return 0


@data.command()
def stickers(
    folder: Annotated[
        Path | None, typer.Option(help="Where the stickers go.  [default: stickers, in the user's cache]")
    ] = None,
    workers: Annotated[
        int,
        typer.Option(
            min=1, max=64, show_default=False, help="Processes that draw.  [default: one for each core, at most 4]"
        ),
    ] = min(4, os.cpu_count() or 1),
    again: Annotated[bool, typer.Option(help="Draw everything anew, even what is there already.")] = False,
    as_json: AsJson = False,
) -> int:
    """Fetch emoji pictures in four styles with their captions, and draw them at 64 and 128 px.

    Uses the network: npm fetches six packages by name (39 MiB), each is checked against its pinned hash and kept, and
    flags are left out. The result takes 1 GiB. It takes some minutes; stopped or killed, it goes on where it was.

    \b
    Examples:
      noisette data stickers
      noisette data stickers --workers 1 --json
      NOISETTE_CACHE=/big/disk noisette data stickers
    """
    from core.datasets.stickers.build import build
    from core.datasets.stickers.cache import cache_root, default_folder, open_stickers
    from core.datasets.stickers.fetch import is_here
    from core.datasets.stickers.packages import PACKAGES

    target = (folder or default_folder()).absolute()
    packages = cache_root() / "packages"
    lock = HomeLock(target.with_name(f"{target.name}.lock"))
    try:
        if not lock.acquire():
            raise NoisetteError(f"another command is making the stickers in {target}; wait for it to end")
        missing = [package for package in PACKAGES if not is_here(package, packages)]
        if missing:
            size = sum(package.size_bytes for package in missing) / 2**20
            names = ", ".join(f"{package.name} {package.version}" for package in missing)
            remark(f"fetching {size:.0f} MiB over the network by npm: {names}")
        with closing(build(target, packages, workers=workers, again=again)) as stages:
            _watch(stages)
    except KeyboardInterrupt:
        complain("interrupted; what was fetched and drawn is kept, run it again to go on")
        return INTERRUPTED
    except OSError as error:
        raise NoisetteError(f"{target} can't be made ({error}); give another folder with --folder") from error
    finally:
        lock.release()
    found = open_stickers(target)
    if as_json:
        say_json(_plain("stickers", found))
        return 0
    counts = found.manifest["counts"]
    remark(
        f"{counts['pictures']} pictures of {counts['concepts']} concepts ({counts['held_out_concepts']} held out), "
        f"{counts['captions']} captions ({counts['held_out_captions']} more held out), {counts['pairs']} pairs"
    )
    say(str(found.folder))
    return 0


def _watch(stages: Generator[Stage]) -> None:
    """A bar where stderr is a terminal, else nothing."""
    if not sys.stderr.isatty():
        for _ in stages:
            pass
        return
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        row = bar.add_task("", total=None)
        what = ""
        for stage in stages:
            if stage.what != what:
                what = stage.what
                bar.reset(row)
            _show(bar, row, stage)


def _show(bar: Progress, row: Any, stage: Stage) -> None:
    bar.update(row, description=stage.what, completed=stage.done, total=stage.total if stage.total > 1 else None)


def _row(name: str, found: StickerSet) -> tuple[str, ...]:
    counts = found.manifest["counts"]
    shown = (counts["pictures"], counts["concepts"], counts["captions"])
    return (name, *map(str, shown), f"{_size_bytes(found.folder) / 2**20:.0f} MiB", str(found.folder))


def _plain(name: str, found: StickerSet) -> dict[str, Any]:
    return {
        "name": name,
        "folder": str(found.folder),
        "size_bytes": _size_bytes(found.folder),
        **{key: found.manifest[key] for key in ("digest", "sizes", "counts", "packages")},
    }


def _size_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
