"""How a history of 100,000 pictures opens, searches and scrolls.

    .venv/bin/python packaging/bench/gallery.py [--rows 100000] [--pictures 300] [--seed 1]

Synthetic rows with prompts of the tabletop's grammar; real thumbnails, some hundreds of scenes rendered exactly, each
linked by many rows. The view is the studio's own, offscreen at 1440 x 900. Goals: open within 0.3 s, search within
50 ms, 99 of 100 frames of scrolling within 16 ms.

Opening is timed from the press of History to a drawn grid whose rows are all known, the look that entering starts
being through: in a window that has rested for some seconds, in which the studio makes the page ahead; and beside it, in
processes of their own, right after the start, when nothing of it is made: once with nothing else at work, and once
while the engine imports torch, as it does in the studio. The thumbnails that follow, and the store alone on a closed
file (which the system still has in memory), are timed apart. A search is timed in the store, numbers and first rows,
each several times; and in the view, from the letter to the drawn grid. A frame is all the time that the GUI thread is
taken to scroll and paint, and to take the rows and thumbnails that came in meanwhile; 60 of them are asked for a
second. The studio moves what was on show before and paints what is new; what painting all of the grid in each frame
would take is printed beside it.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from PySide6.QtCore import QEventLoop  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from core.artifacts.image import save_thumbnail  # noqa: E402
from core.artifacts.recipe import Environment, Recipe  # noqa: E402
from core.engine import Engine  # noqa: E402
from core.history.database import Database  # noqa: E402
from core.history.home import HomeFolder  # noqa: E402
from core.history.query import HistoryQuery  # noqa: E402
from core.history.store import HistoryStore  # noqa: E402
from core.requests import GuidanceSettings, ImageRequest  # noqa: E402
from core.worlds.tabletop.grammar import CATEGORIES, draw, write  # noqa: E402
from core.worlds.tabletop.packing import pack  # noqa: E402
from core.worlds.tabletop.render_numba import render_arrays  # noqa: E402
from core.worlds.tabletop.scene import Scene  # noqa: E402
from studio.app import application, open_window  # noqa: E402
from studio.launch import SWITCH_INTERVAL, rest  # noqa: E402
from studio.main_window import MainWindow  # noqa: E402

if TYPE_CHECKING:
    # Not before History is opened, whose modules are a part of that.
    from studio.archive import Archive
    from studio.widgets.picture_grid import PictureGrid

OPEN_S, SEARCH_S, FRAME_S = 0.3, 0.05, 0.016
FRAME_EVERY_S = 1 / 60
SIDE = 192
SHADES = 16
SEARCHES = (
    *("a", "r", "t", "re", "the", "red", "cube", "sph", "metal", "tabletop"),
    *("red cube", "large blue", "a t r s", "a the and of", "small green torus left", "grey zebra", "zebra"),
)
TYPED = ("r", "re", "red", "red c", "red cu", "red cube", "a", "t", "")
REPEATS = 7
ENVIRONMENT = Environment("0.1.0", "3.11.2", "2.6.0", "Linux x86_64", "A processor", "cpu", "float32", 1)
HASH = "0123456789abcdef" * 4
COLD, TORCH = "--cold", "--torch"
"""With a home's folder: only time the opening right after the start; while torch is imported."""


def thumbnails(home: HomeFolder, pictures: int, rng: np.random.Generator) -> list[tuple[str, Scene, str]]:
    """(path within the home, scene, caption) of as many rendered thumbnails."""
    drawn = [draw(CATEGORIES[number % len(CATEGORIES)], rng) for number in range(pictures)]
    made: list[tuple[str, Scene, str]] = []
    for first in range(0, pictures, SHADES):
        part = drawn[first : first + SHADES]
        rendered = render_arrays(pack([scene for scene, _ in part]), SIDE)[0]
        for number, (pixels, (scene, caption)) in enumerate(zip(rendered, part, strict=True), first):
            path = home.thumbnails / "2026-01" / f"shared-{number:04d}.png"
            save_thumbnail(path, (np.clip(pixels, 0.0, 1.0) * 255.0).round().astype(np.uint8))
            made.append((path.relative_to(home.root).as_posix(), scene, caption.text))
    return made


def fill(home: HomeFolder, count: int, pictures: int, seed: int) -> None:
    """Write the rows; the newest is an hour old, each other five minutes older than the one after it."""
    rng = np.random.default_rng(seed)
    shared = thumbnails(home, pictures, rng)
    database = Database(home.database)
    now = datetime.now(UTC) - timedelta(hours=1)
    recipes: list[dict[str, object]] = []
    for _, scene, caption in shared:
        request = ImageRequest(caption, guidance=GuidanceSettings(3.0), negative_prompt="fog")
        recipe = Recipe(
            *(request, 0, 0, scene.to_json(), 96, 96, "Tabletop 96"),
            *({"painter": HASH, "planner": HASH, "codec": HASH}, ENVIRONMENT, HASH, now.isoformat()),
        )
        recipes.append(json.loads(recipe.to_json()))
    with database.transaction() as connection:
        for number in range(count):
            which = int(rng.integers(pictures))
            made_at = (now - timedelta(minutes=5 * (count - number))).isoformat(timespec="microseconds")
            recipe = {**recipes[which], "seed": number, "made_at": made_at}
            # Another caption of the grammar than the picture's own: a few hundred texts would be kind to the search.
            caption = write(shared[which][1], rng).text
            recipe["request"] = {**recipes[which]["request"], "prompt": caption}  # type: ignore[dict-item]
            name = f"20260101-{number:06d}-0123abcd-01"
            connection.execute(
                "INSERT INTO artifacts (number, id, kind, path, thumbnail, recipe, made_at, favourite)"
                " VALUES (?, ?, 'image', ?, ?, ?, ?, ?)",
                (
                    number + 1,
                    name,
                    f"pictures/{name}.png",
                    shared[which][0],
                    json.dumps(recipe),
                    made_at,
                    number % 23 == 0,
                ),
            )
            connection.execute(
                "INSERT INTO prompts (rowid, prompt, negative_prompt, model) VALUES (?, ?, 'fog', 'tabletop')",
                (number + 1, caption),
            )
    database.close()


def time_store(home: HomeFolder) -> None:
    """What the store alone takes, from a closed file."""
    database = Database(home.database)
    finder = HistoryStore(home, database).finder
    began = time.perf_counter()
    numbers = finder.find(HistoryQuery())
    finder.rows(numbers[:240].tolist())
    print(f"store: {len(numbers):,} numbers and the first 240 rows from a closed file: {ms(began):.1f} ms")
    found: list[tuple[float, str, int]] = []
    worked: list[float] = []
    for words in SEARCHES:
        for _ in range(REPEATS):
            began, work = time.perf_counter(), time.thread_time()
            numbers = finder.find(HistoryQuery(words))
            finder.rows(numbers[:240].tolist())
            worked.append(time.thread_time() - work)
            found.append((time.perf_counter() - began, words, len(numbers)))
    seconds = sorted(each[0] for each in found)
    slowest, words, hits = max(found)
    print(
        f"search, numbers and first rows: median {1e3 * seconds[len(seconds) // 2]:.1f} ms of {len(seconds)} searches"
    )
    judge("search, the worst of all", slowest, SEARCH_S, f" ({words!r}, {hits:,} found)")
    print(f"    the thread's own work of the most laborious search: {1e3 * max(worked):.1f} ms")
    began = time.perf_counter()
    finder.find(HistoryQuery(favourite=True, model="tabletop", since="2026-01-01T00:00:00+00:00"))
    print(f"a first look through three filters: {ms(began):.1f} ms")
    database.close()


class Watch:
    """Drives the History view and takes the time of the GUI thread."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.frames: list[float] = []
        self.worked: list[float] = []
        self.whole = True

    # The page is made as it is first shown: that is a part of opening it.

    @property
    def grid(self) -> PictureGrid:
        return self.window.history.page.grid

    @property
    def archive(self) -> Archive:
        return self.window.history.archive

    def until(self, condition: Callable[[], bool], began: float) -> float:
        """Seconds until it holds, events being handled meanwhile."""
        while not condition():
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
            time.sleep(0.0002)
        return time.perf_counter() - began

    def rows_known(self) -> bool:
        first, last = self.grid.on_show()
        return last >= first and all(self.archive.grid.row(at) is not None for at in range(first, last + 1))

    def pictures_known(self) -> bool:
        first, last = self.grid.on_show()
        rows = [self.archive.grid.row(at) for at in range(first, last + 1)]
        return bool(rows) and all(row and self.archive.thumbnails.pixmap(row.number) is not None for row in rows)

    def open(self) -> tuple[float, float, float]:
        """Seconds from the press of History to a drawn grid, the GUI thread's own of them, and to all thumbnails."""
        began, work = time.perf_counter(), time.thread_time()
        self.window.actions_["mode_history"].trigger()
        self.until(lambda: not self.archive.is_looking and self.rows_known(), began)
        self.window.repaint()
        drawn, worked = time.perf_counter() - began, time.thread_time() - work
        return drawn, worked, self.until(self.pictures_known, began)

    def search(self, words: str) -> float:
        """Seconds from the last letter to a drawn grid."""
        began = time.perf_counter()
        self.archive.set_filters(search=words)
        seconds = self.until(lambda: not self.archive.is_looking, began)
        self.grid.viewport().repaint()
        return max(seconds, time.perf_counter() - began)

    def frame(self, place: int) -> None:
        """Scroll there, paint, and take what has come in meanwhile; then rest until the next frame is due."""
        began, worked = time.perf_counter(), time.thread_time()
        self.grid.verticalScrollBar().setValue(place)
        if self.whole:
            self.grid.viewport().repaint()
        QApplication.processEvents()
        took = time.perf_counter() - began
        self.frames.append(took)
        self.worked.append(time.thread_time() - worked)
        time.sleep(max(FRAME_EVERY_S - took, 0.0))

    def scroll(self, rng: np.random.Generator) -> None:
        """Notches of a wheel, page after page, flings that slow down, and jumps of the handle."""
        bar = self.grid.verticalScrollBar()
        for notch in range(120):
            self.frame(notch * 60)
        for page in range(120):
            self.frame(bar.maximum() // 3 + page * bar.pageStep())
        for _ in range(6):
            place, speed = float(rng.integers(bar.maximum())), float(rng.choice((-1, 1))) * 6000.0
            while abs(speed) > 4.0:
                place, speed = min(max(place + speed, 0.0), float(bar.maximum())), speed * 0.92
                self.frame(round(place))
        for _ in range(120):
            self.frame(int(rng.integers(bar.maximum())))


def ms(began: float) -> float:
    return 1e3 * (time.perf_counter() - began)


def judge(what: str, seconds: float, limit: float, more: str = "") -> None:
    verdict = "met" if seconds <= limit else "MISSED"
    print(f"{what}: {1e3 * seconds:.1f} ms, {seconds / limit:.2f} of the limit of {1e3 * limit:g} ms: {verdict}{more}")


def opened(home: HomeFolder, *, prepares: bool = False) -> Watch:
    """A window whose engine is open and which shows what there is. prepares: see `Engine`."""
    window = open_window(application(), home.root, lambda: Engine(home=home.root, prepares=prepares))
    gc.freeze()  # as the studio does once its window stands
    window.resize(1440, 900)
    watch = Watch(window)
    watch.until(lambda: bool(window.session.desk.cards), time.perf_counter())
    watch.until(lambda: window.session.stage.canvas.inputs.history_count is not None, time.perf_counter())
    return watch


def time_opening(watch: Watch, when: str) -> None:
    drawn, worked, filled = watch.open()
    judge(f"open {when}, from the press of History to a drawn grid", drawn, OPEN_S)
    print(f"    of that the GUI thread's own work: {1e3 * worked:.1f} ms; to all thumbnails: {1e3 * filled:.1f} ms")


def time_view(home: HomeFolder, rng: np.random.Generator) -> None:
    for more in ((), (TORCH,)):
        subprocess.run([sys.executable, __file__, COLD, str(home.root), *more], check=True)
        (home.root / "studio.ini").unlink(missing_ok=True)
    watch = opened(home)
    began, done = time.perf_counter(), list[bool]()
    rest(watch.window).destroyed.connect(lambda *_: done.append(True))
    seconds = watch.until(lambda: bool(done), began)
    watch.until(lambda: time.perf_counter() - began > seconds + 1.0, began)
    time_opening(watch, f"after a rest, made ahead in {seconds:.1f} s")
    from studio.widgets.picture_grid import LEAST_SIDE, USUAL_SIDE

    typed = sorted((watch.search(words), words) for _ in range(REPEATS) for words in TYPED)
    middle = 1e3 * typed[len(typed) // 2][0]
    judge("search in the view, from letter to drawn grid, the worst", typed[-1][0], SEARCH_S, f" ({typed[-1][1]!r})")
    print(f"    median of {len(typed)}: {middle:.1f} ms")
    for side, words in ((LEAST_SIDE, "smallest tiles"), (USUAL_SIDE, "usual tiles")):
        watch.grid.set_tile_side(side)
        for watch.whole in (False, True):
            watch.frames.clear()
            watch.worked.clear()
            watch.scroll(rng)
            show_frames(watch, words)
    watch.window.close()


def show_frames(watch: Watch, words: str) -> None:
    frames, worked = sorted(watch.frames), sorted(watch.worked)
    p99 = int(0.99 * (len(frames) - 1))
    if not watch.whole:
        more = f" (median {1e3 * frames[len(frames) // 2]:.1f}, worst {1e3 * frames[-1]:.1f} ms)"
        judge(f"scroll, p99 of {len(frames)} frames, {words}", frames[p99], FRAME_S, more)
    else:
        print(f"    were all of the grid painted in each: p99 {1e3 * frames[p99]:.1f} ms")
    print(f"    of that the GUI thread's own work: p99 {1e3 * worked[p99]:.1f}, worst {1e3 * worked[-1]:.1f} ms")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--pictures", type=int, default=300, help="different thumbnails, shared by the rows")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(COLD, metavar="FOLDER", help=argparse.SUPPRESS)
    parser.add_argument(TORCH, action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    sys.setswitchinterval(SWITCH_INTERVAL)
    if options.cold:
        watch = opened(HomeFolder(Path(options.cold)), prepares=options.torch)
        time_opening(watch, f"right after the start{', torch being imported' if options.torch else ''}")
        watch.window.close()
        return 0
    with tempfile.TemporaryDirectory() as folder:
        home = HomeFolder(Path(folder))
        began = time.perf_counter()
        fill(home, options.rows, options.pictures, options.seed)
        size = home.database.stat().st_size / 1e6
        print(
            f"{options.rows:,} synthetic rows on {options.pictures} rendered thumbnails, {size:.0f} MB, "
            f"made in {time.perf_counter() - began:.0f} s"
        )
        # As in the studio, where garbage is looked for on the window's own thread, which no search is on.
        gc.disable()
        time_store(home)
        gc.enable()
        time_view(home, np.random.default_rng(options.seed))
    if hasattr(os, "getloadavg"):
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return 0


if __name__ == "__main__":
    sys.exit(main())
