"""What the benchmarks of whole pictures share: a model, a home to throw away, one run of the generate task."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from core.errors import NoisetteError
from core.history.database import Database
from core.history.home import HomeFolder
from core.history.store import HistoryStore
from core.jobs.context import JobContext
from core.jobs.event import Preview, Progress
from core.models.loader import load_model
from core.models.registry import SHIPPED, ModelRegistry
from core.requests import ImageRequest
from core.tasks.generate import generate


@dataclass(frozen=True, slots=True)
class Timing:
    """One run. seconds: on the clock; cpu_seconds: of this thread; previews: how many were made.

    solving: seconds from the first step's start to the last one's end.
    """

    seconds: float
    cpu_seconds: float
    solving: float
    previews: int


class Bench:
    """Runs requests of one model, one after another."""

    def __init__(self, registry: ModelRegistry, home: HomeFolder, database: Database) -> None:
        self.registry = registry
        self._home = home
        self._history = HistoryStore(home, database)
        self._jobs = 0

    def run(self, request: ImageRequest, *, dissected: bool = False) -> Timing:
        self._jobs += 1
        context = JobContext(f"20000101-000000-{self._jobs:08d}", self._home.root, self._history, self.registry)
        if dissected:
            context.dissects.set()
        previews, first, last = 0, 0.0, 0.0
        began, cpu_began = time.perf_counter(), time.thread_time()
        for event in generate(request, context):
            previews += isinstance(event, Preview)
            if isinstance(event, Progress):
                # The last word before the first step is that planning began.
                first = event.seconds if event.done == 0 else first
                last = event.seconds
        return Timing(time.perf_counter() - began, time.thread_time() - cpu_began, last - first, previews)


def arguments(description: str, *, rounds: int = 15) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--model", default="tabletop")
    parser.add_argument("--fixture", action="store_true", help="measure the tests' exact mixture instead")
    parser.add_argument("--rounds", type=int, default=rounds)
    return parser


@contextmanager
def bench(model: str, fixture: bool) -> Generator[tuple[Bench, str]]:
    """A bench and the id of a loaded model; exits with a sentence where there is no such model."""
    with tempfile.TemporaryDirectory(prefix="noisette-bench-") as folder:
        home = HomeFolder(Path(folder))
        if fixture:
            from tests.core.models.mixture_model import install_mixture

            model = install_mixture(home.models, side=64).id
        registry = ModelRegistry((SHIPPED, home.models))
        if model not in [card.id for card in registry.cards()]:
            sys.exit(f"model {model!r} is not installed; name another with --model, or take --fixture")
        try:
            load_model(registry, model, "auto")
        except NoisetteError as error:
            sys.exit(str(error))
        database = Database(home.database)
        try:
            yield Bench(registry, home, database), model
        finally:
            database.close()
