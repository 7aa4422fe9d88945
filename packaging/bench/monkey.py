"""Random acts on the window: no exception may come of them, and memory must not grow.

    .venv/bin/python packaging/bench/monkey.py [--acts 10000] [--minutes 30] [--seed 0] [--model tabletop]

A seeded monkey presses keys and shortcuts, clicks, drags, turns the wheel, types, resizes, changes modes and themes, on
the real window with the real engine and a home to throw away. File dialogs are answered with "cancel", and quitting
is left out; so is emptying for good, which asks first. It makes all its acts, and goes on until the minutes are over.

At rest points (all popovers closed, the queue empty, history emptied, the window as large and dressed as at first: what
is drawn has its price by the pixel) the process's memory is read. In the first ten thousand acts the window makes what
it makes once, when it is first wanted: views, modules, caches up to their bounds. What a first training imports, a
hundred megabytes, is imported before them, as it may come at any time. Growth is the line through the rest
points after them, per hour of the monkey's own time, as a share of the memory at the first of these; with fewer acts
it is that of the second half. The steps of earlier runs, which memory holds up to a budget of the user's, are held in
none here. Wanted: nothing raised, growth under 1 % an hour. Beside it, without a limit: the growth in the later half of
those points, which tells a leak from caches that fill, and that of a user who does something every second.

Two figures are told of memory: what is resident, which holds the gaps that the allocator has not given back, and what
is in use, which a leak must add to. That the second has Python's objects in it, all memory comes from one allocator.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import ctypes
import gc
import importlib
import os
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QEventLoop, QPoint, QPointF, Qt, QTimer  # noqa: E402
from PySide6.QtGui import QAction, QInputMethodEvent, QWheelEvent  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget  # noqa: E402

from core.jobs.torch_parts import complete_torch  # noqa: E402
from studio.app import application, open_window  # noqa: E402
from studio.launch import SWITCH_INTERVAL  # noqa: E402
from studio.main_window import SMALLEST, USUAL, MainWindow  # noqa: E402
from studio.theme import Look  # noqa: E402

LIMIT_PER_HOUR = 0.01
REST_EVERY = 250
ONCE = 10_000
"""Acts in which the window makes what it makes only once."""
MAX_STEPS, MAX_COUNT = 12, 4
SHUNNED = ("quit",)
WORDS = (
    "a red cube",
    "(blue:1.3)",
    "{red|green}",
    "[fog->light:0.4]",
    "two spheres",
    "velvet",
    "((",
    "|",
    "émile",
    "12",
)
KEYS = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
MORE_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_Home)
LETTERS = "jkvdgfsucbemplr?1234"


class Faults:
    """What was raised, by its last line and place."""

    def __init__(self) -> None:
        self.seen: collections.Counter[str] = collections.Counter()

    def note(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        place = traceback.extract_tb(trace)[-1] if trace else None
        where = f"{Path(place.filename).name}:{place.lineno}" if place else "?"
        if f"{kind.__name__} at {where}: {error}" not in self.seen:
            traceback.print_exception(kind, error, trace)
        self.seen[f"{kind.__name__} at {where}: {error}"] += 1


def all_within(root: QWidget) -> Iterator[QWidget | QAction]:
    """A widget, and all widgets and actions in it. `findChildren` would tie Python's idea of each to `root`, and keep
    those of Qt's own making, such as a file dialog's, when they are long gone."""
    yield root
    for child in root.children():
        if isinstance(child, QWidget):
            yield from all_within(child)
        elif isinstance(child, QAction):
            yield child


class Monkey:
    """One seeded visitor of one window."""

    def __init__(self, window: MainWindow, seed: int) -> None:
        self.window, self._chance = window, random.Random(seed)
        self.acts: tuple[tuple[int, Callable[[], None]], ...] = (
            (5, self._action),
            (6, self._click),
            (3, self._drag),
            (3, self._type),
            (5, self._key),
            (3, self._letter),
            (2, self._wheel),
            (1, self._resize),
            (1, self._close_top),
        )

    def act(self) -> None:
        weights, acts = zip(*self.acts, strict=True)
        self._chance.choices(acts, weights)[0]()
        draft = self.window.session.desk.draft
        if draft.steps > MAX_STEPS or draft.count > MAX_COUNT:
            # A thousand steps would test nothing more, and take an hour.
            self.window.session.desk.change(steps=min(draft.steps, MAX_STEPS), count=min(draft.count, MAX_COUNT))

    def _widgets(self) -> list[QWidget]:
        top = QApplication.activePopupWidget() or QApplication.activeWindow() or self.window
        found = [
            each for each in all_within(top) if isinstance(each, QWidget) and each.isVisible() and each.isEnabled()
        ]
        return found or [self.window]

    def _one(self) -> tuple[QWidget, QPoint]:
        widget = self._chance.choice(self._widgets())
        return widget, QPoint(
            self._chance.randrange(max(widget.width(), 1)), self._chance.randrange(max(widget.height(), 1))
        )

    def _action(self) -> None:
        action = self._chance.choice([each for each in all_within(self.window) if isinstance(each, QAction)])
        if action.objectName() not in SHUNNED and action.isEnabled():
            action.trigger()

    def _click(self) -> None:
        widget, at = self._one()
        button = self._chance.choices((Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton), (9, 1))[0]
        if self._chance.random() < 0.1:
            QTest.mouseDClick(widget, button, Qt.KeyboardModifier.NoModifier, at)
        else:
            QTest.mouseClick(widget, button, Qt.KeyboardModifier.NoModifier, at)

    def _drag(self) -> None:
        widget, at = self._one()
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QTest.mousePress(widget, left, none, at)
        for _ in range(3):
            at += QPoint(self._chance.randint(-40, 40), self._chance.randint(-40, 40))
            QTest.mouseMove(widget, at)
        QTest.mouseRelease(widget, left, none, at)

    def _type(self) -> None:
        focus = QApplication.focusWidget()
        if focus is not None:
            # As an input method does: QTest's own keys are those of ASCII alone.
            words = QInputMethodEvent()
            words.setCommitString(self._chance.choice(WORDS))
            QApplication.sendEvent(focus, words)

    def _key(self) -> None:
        focus = QApplication.focusWidget() or self.window
        modifier = self._chance.choices((Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier), (4, 1))[0]
        QTest.keyClick(focus, self._chance.choice((*KEYS, *MORE_KEYS)), modifier)

    def _letter(self) -> None:
        QTest.keyClicks(QApplication.focusWidget() or self.window, self._chance.choice(LETTERS))

    def _wheel(self) -> None:
        widget, at = self._one()
        delta = QPoint(0, self._chance.choice((-120, 120, 360)))
        QApplication.sendEvent(
            widget,
            QWheelEvent(
                QPointF(at),
                QPointF(widget.mapToGlobal(at)),
                QPoint(),
                delta,
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            ),
        )

    def _resize(self) -> None:
        (least_w, least_h), (most_w, most_h) = SMALLEST, USUAL
        self.window.resize(self._chance.randint(least_w, most_w), self._chance.randint(least_h, most_h))

    def _close_top(self) -> None:
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()


def wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def come_to_rest(window: MainWindow) -> None:
    """Nothing open, nothing running, nothing in the history; the window in Create, as large and dressed as at first."""
    for _ in range(20):
        popup = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if popup is None:
            break
        popup.close()
    window.session.live.set_on(False)
    window.session.set_paused(False)
    for run in window.session.runs.all:
        window.session.runs.cancel(run.job_id)
    while window.session.runs.busy:
        wait(10)
    window.session.clear_finished()
    history = window.bridge.engine.history
    history.delete(history.ids())
    history.empty_bin(days=0.0)
    window.session.gallery.read_again()
    window.show_mode_named("create")
    window.theme.wear(Look())
    window.resize(*USUAL)
    wait(300)
    gc.collect()
    wait(50)


def resident_bytes() -> int:
    """Of this process, without what it has freed. Linux only; elsewhere the peak, which never falls."""
    status = Path("/proc/self/statm")
    if status.exists():
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
        return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class HeapState(ctypes.Structure):
    """What glibc's `mallinfo2` tells, all in bytes or counts."""

    _fields_ = (
        *((name, ctypes.c_size_t) for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks")),
        *((name, ctypes.c_size_t) for name in ("uordblks", "fordblks", "keepcost")),
    )


def used_bytes() -> int:
    """What was allocated and not freed; where the C library does not tell, 0."""
    try:
        tell = ctypes.CDLL(None).mallinfo2
    except (OSError, AttributeError):
        return 0
    tell.restype = HeapState
    heap = tell()
    return heap.uordblks + heap.hblkhd


class Point(NamedTuple):
    """Memory at rest, bytes. seconds: of the monkey's own time."""

    acts: int
    seconds: float
    resident: int
    used: int


def slope(points: list[Point], of: str) -> float:
    """Of the least-squares line, the share of the first point's memory that comes in an hour."""
    hours = [point.seconds / 3600.0 for point in points]
    values = [getattr(point, of) / max(getattr(points[0], of), 1) for point in points]
    mean_t, mean_v = sum(hours) / len(hours), sum(values) / len(values)
    spread = sum((hour - mean_t) ** 2 for hour in hours)
    pairs = zip(hours, values, strict=True)
    return sum((hour - mean_t) * (value - mean_v) for hour, value in pairs) / spread if spread else 0.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--acts", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", default="tabletop")
    options = parser.parse_args()
    if os.environ.get("PYTHONMALLOC") != "malloc":
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONMALLOC": "malloc"})
    sys.setswitchinterval(SWITCH_INTERVAL)
    faults = Faults()
    sys.excepthook = faults.note
    # A dialog that would name files of the machine is closed as soon as it asks.
    QFileDialog.open = QFileDialog.close  # type: ignore[assignment,method-assign]
    with tempfile.TemporaryDirectory() as home:
        window = open_window(application(), Path(home))
        while not window.session.desk.cards:
            wait(20)
        window.session.desk.choose_model(options.model)
        window.session.desk.change(steps=4)
        window.bridge.engine.set_trajectory_budgets(0, 1 << 30)
        complete_torch()
        importlib.import_module("torch._dynamo")
        monkey, points, began, done = Monkey(window, options.seed), list[Point](), time.monotonic(), 0
        while done < options.acts or time.monotonic() - began < 60.0 * options.minutes:
            monkey.act()
            QApplication.processEvents()
            done += 1
            if done % REST_EVERY == 0:
                come_to_rest(window)
                points.append(Point(done, time.monotonic() - began, resident_bytes(), used_bytes()))
        seconds = time.monotonic() - began
        window.close()
    later = [point for point in points if point.acts > ONCE] if done >= 2 * ONCE else points[len(points) // 2 :]
    print(f"{done} acts in {seconds:.0f} s, seed {options.seed}: {sum(faults.seen.values())} exceptions")
    for fault, times in faults.seen.most_common():
        print(f"  {times} x {fault}")
    pace, late = done / seconds, later[len(later) // 2 :]
    for of in ("resident", "used"):
        megabytes = ", ".join(f"{getattr(point, of) / 1e6:.0f}" for point in points[:: max(len(points) // 12, 1)])
        print(f"{of} at rest, MB: {megabytes}")
        if len(late) > 2:
            growth = slope(later, of)
            of_limit = f"{growth / LIMIT_PER_HOUR:.2f} of the limit of {LIMIT_PER_HOUR:.0%}"
            print(f"  growth {growth:.2%} an hour at the monkey's {pace:.0f} acts a second, {of_limit}")
            print(f"  {slope(late, of):.2%} in the later half, {growth / pace:.3%} an hour at an act a second")
    print(f"growth is over {len(later)} rest points in {later[-1].seconds - later[0].seconds:.0f} s" if later else "")
    return 1 if faults.seen else 0


if __name__ == "__main__":
    sys.exit(main())
