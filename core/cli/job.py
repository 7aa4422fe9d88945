"""One job, from its request to its end, watched from a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from core.artifacts.artifact import FIRST_PROJECT, Artifact
from core.artifacts.atomic import write_atomically
from core.cli.exits import BAD_INPUT, FAULT, INTERRUPTED
from core.cli.output import complain, remark
from core.engine import Engine
from core.errors import RequestError
from core.history.home import default_home
from core.jobs.event import TERMINAL, Cancelled, Done, Event, Failed, Notice, Produced, Progress
from core.jobs.mailbox import Mailbox
from core.request_kinds import Request


@dataclass(slots=True)
class Outcome:
    """How a job went. end: its terminal event. figures: the newest of each that its progress named."""

    artifacts: list[Artifact] = field(default_factory=list[Artifact])
    notices: list[str] = field(default_factory=list[str])
    figures: dict[str, float] = field(default_factory=dict[str, float])
    end: Event | None = None

    @property
    def seconds(self) -> float:
        return self.end.seconds if isinstance(self.end, Done) else 0.0

    @property
    def exit_code(self) -> int:
        """0 where the job is done."""
        match self.end:
            case Done():
                return 0
            case Failed(expected=True):
                return BAD_INPUT
            case Failed():
                return FAULT
            case _:
                return INTERRUPTED


def run_job(
    engine: Engine,
    request: Request,
    project: int = FIRST_PROJECT,
    listen: Callable[[Event], object] = lambda _: None,
) -> Outcome:
    """Submit to a started engine and watch to the end: a bar on a terminal, notices on stderr, failures complained of.

    project: the number of the one that its pictures belong to. listen: hears each of the job's events.
    Ctrl-C cancels the job.
    """
    return _watch(engine, lambda: engine.submit(request, project=project), listen)


def take_up_job(engine: Engine, job_id: str) -> Outcome:
    """The same for a job that was broken off. Raises RequestError where none of that id is left."""

    def again() -> str:
        if not engine.take_up(job_id):
            raise RequestError(f"job {job_id!r} has no steps to go on from; `noisette resume --list` shows which have")
        return job_id

    return _watch(engine, again)


def _watch(engine: Engine, queue: Callable[[], str], listen: Callable[[Event], object] = lambda _: None) -> Outcome:
    """queue: brings the job into the queue and returns its id."""
    outcome = Outcome()
    mailbox = engine.subscribe()
    job_id = queue()
    with _watching() as watch:
        while outcome.end is None:
            try:
                events = _wait(mailbox)
            except KeyboardInterrupt:
                engine.cancel(job_id)
                continue
            for event in events:
                if event.job_id == job_id or isinstance(event, Notice):
                    _take(event, outcome)
                    listen(event)
                    watch.show(event)
    mailbox.close()
    _report(outcome)
    return outcome


def _wait(mailbox: Mailbox) -> list[Event]:
    """Waits in short turns: on Windows an endless wait would not see Ctrl-C."""
    return mailbox.wait(0.5)


def _take(event: Event, outcome: Outcome) -> None:
    if isinstance(event, Produced):
        outcome.artifacts.append(event.artifact)
    elif isinstance(event, Notice):
        outcome.notices.append(event.sentence)
    elif isinstance(event, Progress):
        outcome.figures.update(event.extras)
    elif isinstance(event, TERMINAL):
        outcome.end = event


def _report(outcome: Outcome) -> None:
    if isinstance(outcome.end, Failed):
        sentence = outcome.end.sentence
        if not outcome.end.expected:
            details = default_home() / "failure.txt"
            text = outcome.end.details.encode()
            write_atomically(details, lambda file: file.write(text))
            sentence = f"{sentence}: {details}"
        complain(sentence)
    elif isinstance(outcome.end, Cancelled):
        complain(f"cancelled at step {outcome.end.done} of {outcome.end.total}")


class _Watch:
    """Notices as lines; progress as a bar where stderr is a terminal, else not at all."""

    def __init__(self, bar: Bar | None) -> None:
        self._bar = bar
        self._row = bar.add_task("waiting", total=None) if bar else None

    def show(self, event: Event) -> None:
        if isinstance(event, Notice):
            if self._bar:
                self._bar.console.print(event.sentence, markup=False, highlight=False)
            else:
                remark(event.sentence)
        elif isinstance(event, Progress) and self._bar and self._row is not None:
            figures = "  ".join(f"{name} {value:.4g}" for name, value in event.extras.items())
            words = "  ".join(part for part in (event.note, figures) if part)
            self._bar.update(self._row, description=words, completed=event.done, total=event.total or None)


@contextmanager
def _watching() -> Generator[_Watch]:
    """A bar for as long as the block runs."""
    if not sys.stderr.isatty():
        yield _Watch(None)
        return
    bar = Bar(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        yield _Watch(bar)
