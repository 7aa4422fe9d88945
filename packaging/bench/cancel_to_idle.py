"""How soon the engine is idle after a cancel: at most one network evaluation and 50 ms, wanted at the 99th percentile.

    .venv/bin/python packaging/bench/cancel_to_idle.py [--model tabletop] [--rounds 100] [--count 4]

Each round starts a run of 60 steps under guidance, cancels it at a random moment (seeded) after its first step, and
takes the time from the call until the job's Cancelled event is there. An evaluation is the median step of a whole run.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from core.engine import Engine  # noqa: E402
from core.jobs.event import TERMINAL, Event, Failed, Progress  # noqa: E402
from core.requests import GuidanceSettings, ImageRequest  # noqa: E402

ALLOWANCE_MS = 50.0
STEPS = 60


class Watch:
    """Notes when each event of the engine is there."""

    def __init__(self, engine: Engine) -> None:
        self._came = threading.Event()
        self._mailbox = engine.subscribe(self._came.set)

    def until(self, kinds: tuple[type[Event], ...], least: int = 0) -> tuple[Event, float]:
        """The next event of these kinds (a Progress only from `least` steps on), and when it was read, seconds."""
        while True:
            self._came.wait()
            self._came.clear()
            for event in self._mailbox.drain():
                if isinstance(event, Failed):
                    sys.exit(event.sentence)
                if isinstance(event, kinds) and not (isinstance(event, Progress) and event.done < least):
                    return event, time.perf_counter()


def evaluation_ms(engine: Engine, watch: Watch, request: ImageRequest) -> float:
    """The median step of one whole run."""
    engine.submit(request)
    marks: list[float] = []
    while True:
        event, moment = watch.until((Progress, *TERMINAL), 1)
        if isinstance(event, TERMINAL):
            break
        marks.append(moment)
    return 1000.0 * statistics.median(b - a for a, b in itertools.pairwise(marks))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", default="tabletop")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--count", type=int, default=4)
    options = parser.parse_args()
    chance = random.Random(0)
    request = ImageRequest(
        "a red cube", options.model, steps=STEPS, guidance=GuidanceSettings(3.0), count=options.count, kept=False
    )
    with tempfile.TemporaryDirectory() as home, Engine(home=Path(home), keep_queue=False) as engine:
        watch = Watch(engine)
        evaluation_ms(engine, watch, request)  # loads torch and the model
        one = evaluation_ms(engine, watch, request)
        waits: list[float] = []
        for _ in range(options.rounds):
            job_id = engine.submit(request)
            watch.until((Progress,), 1)
            time.sleep(chance.uniform(0.0, 3.0 * one / 1000.0))
            called = time.perf_counter()
            engine.cancel(job_id)
            waits.append(1000.0 * (watch.until(TERMINAL)[1] - called))
    ordered = sorted(waits)
    p50, p99 = (ordered[int(part * (len(ordered) - 1))] for part in (0.5, 0.99))
    limit = one + ALLOWANCE_MS
    print(
        f"{'cancel to idle':<24}{'p50':>9}{'p99':>9}{'max':>9}   (ms, {len(waits)} cancels, {options.count} pictures)"
    )
    print(f"{'':<24}{p50:>9.1f}{p99:>9.1f}{ordered[-1]:>9.1f}")
    print(f"one evaluation of {options.count} pictures takes {one:.1f} ms")
    print(f"p99 is {p99 / limit:.2f} of the limit, {limit:.1f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
