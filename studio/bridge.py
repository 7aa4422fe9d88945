"""Between the engine and the window: the one place where events become Qt signals and wishes become calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from core.artifacts.artifact import FIRST_PROJECT
from core.jobs.event import Event, Preview, Progress
from studio.background import Background

if TYPE_CHECKING:
    from core.artifacts.trajectory import TrajectoryInfo
    from core.dissection import Reading
    from core.engine import Engine
    from core.jobs.mailbox import Mailbox
    from core.request_kinds import Request

EngineFactory = Callable[[], "Engine"]

REST_MS = 66
"""Between two looks at what only progresses: the window needs no more, and the work goes on undisturbed meanwhile."""
GATHER_MS = 16
"""A step's preview follows its progress: both are shown at once."""


def standard_engine(home: Path | None = None) -> EngineFactory:
    """Makes the engine on the user's own folder (or `home`); imported only when it is called."""

    def make() -> Engine:
        from core.engine import Engine

        return Engine(home=home, prepares=True)

    return make


class Bridge(QObject):
    """opened: the engine takes requests. refused(sentence): it could not be opened. happened(event): in order.

    settled: what happened together is told; whoever shows the steps of a run does so now, once.
    followed: for what says how the jobs stand; where a job only moved on, a turn of the event loop later, so that
    neither turn is long.
    All signals come on the GUI thread. Progress and previews come at most every `REST_MS`, only the newest of each job,
    and wait `GATHER_MS` for one another; all else comes at once, and brings them along.
    """

    opened = Signal()
    refused = Signal(str)
    happened = Signal(object)
    settled = Signal()
    followed = Signal()
    _woken = Signal()

    def __init__(self, factory: EngineFactory, background: Background) -> None:
        super().__init__()
        self._factory, self._background = factory, background
        self._engine: Engine | None = None
        self._started: Engine | None = None
        self._mailbox: Mailbox | None = None
        self._woken.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        self._gather, self._rest, self._follow = (
            QTimer(self, singleShot=True, interval=each) for each in (GATHER_MS, REST_MS, 0)
        )
        self._gather.timeout.connect(self._drain)
        self._rest.timeout.connect(self._drain)
        self._follow.timeout.connect(self.followed)

    @property
    def engine(self) -> Engine:
        """The engine, once it is open."""
        assert self._engine is not None, "asked for before `opened`"
        return self._engine

    @property
    def is_open(self) -> bool:
        return self._engine is not None

    def open(self) -> None:
        """Open the engine off the GUI thread; `opened` or `refused` follows."""
        self._background.run(self._start, self._take, self.refused.emit)

    def submit(self, request: Request, *, first: bool = False, project: int = FIRST_PROJECT) -> str:
        """The new job's id. first: before all that wait. project: what it makes belongs to it."""
        return self.engine.submit(request, first=first, project=project)

    def resume_job(self, job_id: str, request: Request | None = None) -> bool:
        """Take up a cancelled or failed job again, before all that wait."""
        return self.engine.resume_job(job_id, request)

    def move(self, job_id: str, place: int) -> None:
        """Put a waiting job at a place among those that wait."""
        self.engine.move(job_id, place)

    def forget(self, *job_ids: str) -> None:
        """Remember these ended jobs no more; without ids, none at all."""
        self.engine.forget(*job_ids)

    def prepare(self, model_id: str) -> None:
        """This model will be needed soon."""
        self.engine.prepare(model_id)

    def cancel(self, job_id: str) -> None:
        self.engine.cancel(job_id)

    def trajectory(self, job_id: str) -> TrajectoryInfo | None:
        """What steps of a job are at hand, None for none. Touches the disk: not for the GUI thread."""
        return self.engine.trajectory(job_id)

    def step_looks(self, job_id: str, item: int, numbers: tuple[int, ...]) -> tuple[Preview, ...]:
        """Decode kept steps of one picture. Blocks: not for the GUI thread."""
        return tuple(self.engine.looks(job_id, item, numbers))

    def dissect(self, on: bool) -> None:
        """Have steps tell from now on what guidance does in them, or no longer."""
        self.engine.dissect(on)

    def dissection(self, job_id: str) -> tuple[Reading, ...]:
        """What was seen of guidance in a job's steps. Touches the disk: not for the GUI thread."""
        return self.engine.dissection(job_id)

    def keep_start(self, picture: Path) -> str:
        """Keep a picture to begin from; its name there. Reads and writes files: not for the GUI thread."""
        from core.artifacts.start_picture import keep_start

        return keep_start(self.engine.home.starts, picture)

    def set_paused(self, paused: bool) -> None:
        if paused:
            self.engine.pause()
        else:
            self.engine.resume()

    def tell(self, *events: Event) -> None:
        """These happened, together; all is shown when this returns."""
        self._tell(events)
        self.followed.emit()

    def close(self) -> None:
        """Stop the engine; returns within about one network evaluation. One that has not yet come is stopped as well.

        To be called once the background has closed: until then another could come.
        """
        self._follow.stop()
        engine, self._started, self._engine = self._started, None, None
        if engine is not None:
            engine.close()

    def _start(self) -> tuple[Engine, Mailbox]:
        engine = self._factory()
        try:
            mailbox = engine.subscribe(self._woken.emit)
            engine.start()
        except BaseException:
            engine.close()
            raise
        self._started = engine
        return engine, mailbox

    def _take(self, opened: tuple[Engine, Mailbox]) -> None:
        self._engine, self._mailbox = opened
        self.opened.emit()
        self._drain()

    def _hear(self) -> None:
        if self._mailbox is None:
            return
        if self._mailbox.pressing:
            # Not here: what the user did last is painted before.
            self._gather.start(0)
        elif not self._gather.isActive() and not self._rest.isActive():
            self._gather.start(GATHER_MS)

    def _drain(self) -> None:
        if self._mailbox is None or self._engine is None:
            return
        if self._follow.isActive():
            self._follow.stop()
            self.followed.emit()
        events: list[Event] = self._mailbox.drain()
        if events:
            self._gather.stop()
            self._rest.start()
            self._tell(events)
            if all(isinstance(event, Progress | Preview) for event in events):
                self._follow.start()
            else:
                self.followed.emit()

    def _tell(self, events: Sequence[Event]) -> None:
        for event in events:
            self.happened.emit(event)
        self.settled.emit()
