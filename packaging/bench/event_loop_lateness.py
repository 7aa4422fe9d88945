"""How late the window's event loop runs while a picture is made with live previews.

    .venv/bin/python packaging/bench/event_loop_lateness.py [--model tabletop] [--steps 60] [--count 4] [--rounds 3]

A precise 1 ms timer notes by how much each of its ticks is late, first with the window idle, then while the engine
works and the window draws what comes. Goals while generating: p99 within 10 ms, and none later than 50 ms.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer  # noqa: E402

from core.jobs.event import TERMINAL, Event, Failed, Preview  # noqa: E402
from studio.app import application, open_window  # noqa: E402
from studio.launch import SWITCH_INTERVAL  # noqa: E402
from studio.main_window import MainWindow  # noqa: E402

LIMITS_MS = {"p99": 10.0, "max": 50.0}
IDLE_MS = 2000


class Lateness(QObject):
    """Collects how late each tick of a 1 ms timer is, in milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.late_ms: list[float] = []
        self._due = 0.0
        self._timer = QTimer(self, interval=1, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self.late_ms.clear()
        self._due = time.perf_counter() + 0.001
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late_ms.append(max(1000.0 * (now - self._due), 0.0))
        self._due = now + 0.001


def rest(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def generate(window: MainWindow) -> tuple[int, str]:
    """One run to its end: how many previews came, and the failure's sentence."""
    loop, previews, problem = QEventLoop(), 0, ""

    def happen(event: Event) -> None:
        nonlocal previews, problem
        previews += isinstance(event, Preview)
        if isinstance(event, Failed):
            problem = event.sentence
        if isinstance(event, TERMINAL):
            loop.quit()

    window.bridge.happened.connect(happen)
    window.session.generate()
    loop.exec()
    window.bridge.happened.disconnect(happen)
    return previews, problem


def row(words: str, late_ms: list[float]) -> str:
    ordered = sorted(late_ms)
    p50, p99 = (ordered[int(part * (len(ordered) - 1))] for part in (0.5, 0.99))
    return f"{words:<28}{p50:>9.2f}{p99:>9.2f}{ordered[-1]:>9.2f}{len(ordered):>9}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", default="tabletop")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--count", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    sys.setswitchinterval(SWITCH_INTERVAL)
    app, lateness, all_late, previews = application(), Lateness(), list[float](), 0
    with tempfile.TemporaryDirectory() as home:
        window = open_window(app, Path(home))
        while not window.session.desk.cards:
            rest(20)
        window.session.desk.choose_model(options.model)
        prompt = "a red cube to the left of a blue sphere"
        window.session.desk.change(prompt=prompt, steps=options.steps, count=options.count, guidance_scale=3.0)
        _, problem = generate(window)  # loads torch and the model
        if problem:
            window.close()
            sys.stderr.write(f"{problem}\n")
            return 1
        lateness.start()
        rest(IDLE_MS)
        lateness.stop()
        print(f"{'lateness of a 1 ms timer':<28}{'p50':>9}{'p99':>9}{'max':>9}{'ticks':>9}   (ms)")
        print(row("window idle", lateness.late_ms))
        for _ in range(options.rounds):
            lateness.start()
            previews += generate(window)[0]
            lateness.stop()
            all_late += lateness.late_ms
        print(row(f"generating, {previews} previews", all_late))
        window.close()
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores" if hasattr(os, "getloadavg") else "")
    p99 = sorted(all_late)[int(0.99 * (len(all_late) - 1))]
    for (name, limit), late in zip(LIMITS_MS.items(), (p99, max(all_late)), strict=True):
        print(f"{name} while generating: {late:.1f} ms, {late / limit:.2f} of the limit of {limit:g} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
