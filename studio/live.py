"""Live mode: the picture follows the settings, newest first, and never queues what is stale. No widgets here."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from core.errors import NoisetteError
from core.jobs.event import TERMINAL, Done, Event, Failed, Started
from core.requests import ImageRequest
from studio.bridge import Bridge
from studio.desk import Desk
from studio.stage import Stage
from studio.viewmodels.live import LiveInputs, LiveView, derive_live, sketch, sketch_steps
from studio.viewmodels.run import Phase, Run, fold
from studio.viewmodels.sampler import sampler_card
from studio.viewmodels.view_model import ViewModel

SETTLE_MS = 450
"""Once nothing has changed for so long, the picture is made once more with all the steps of the settings."""
PATIENCE_S = 0.3
"""A sketch that takes longer shows its way; a quicker one only its end, or the canvas would flicker."""
MEMORY = 0.3
"""The weight of the newest measurement in the running mean."""


class LiveMode(QObject):
    """At most one sketch is under way and at most one wish waits, the newest. A job of the queue goes first."""

    def __init__(self, bridge: Bridge, desk: Desk, stage: Stage, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._bridge, self._desk, self._stage, self._clock = bridge, desk, stage, clock
        self._run: Run | None = None
        self._started = 0.0
        self._settling = False
        self._wish: ImageRequest | None = None
        self._last: ImageRequest | None = None
        self._cost: float | None = None
        self.model: ViewModel[LiveInputs, LiveView] = ViewModel(LiveInputs(), derive_live)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._finish)
        desk.changed.connect(self._follow)

    @property
    def on(self) -> bool:
        return self.model.inputs.on

    def set_on(self, on: bool) -> None:
        """Begin to follow the settings, or stop."""
        self._wish = self._last = None
        self._settle.stop()
        self.model.update(on=on, finished=(), steps=0, waiting=False, problem="")
        if not on and self._run is not None:
            self._bridge.cancel(self._run.job_id)
        self._follow()

    def take(self, event: Event) -> bool:
        """Whether the event was a sketch's own; it is then dealt with."""
        if self._run is None or event.job_id != self._run.job_id:
            return False
        self._run = run = fold(self._run, event)
        if isinstance(event, Started):
            self._started = self._clock()
            self.model.update(waiting=False)
        if isinstance(event, TERMINAL):
            self._end(run, event)
        elif run.frames and self._clock() - self._started > PATIENCE_S:
            self._show(run)
        return True

    def _follow(self) -> None:
        wish = self._wished()
        if wish is None or wish == (self._wish or self._last):
            return
        self._settle.stop()
        if self._run is None:
            self._begin(wish)
            return
        self._wish = wish
        # What has not begun, or only polishes a picture that is stale now, makes way; a sketch is nearly done.
        if self._run.phase is Phase.WAITING or self._settling:
            self._bridge.cancel(self._run.job_id)

    def _wished(self) -> ImageRequest | None:
        if not self.on or not self._bridge.is_open or self._desk.problem:
            return None
        try:
            return self._desk.request()
        except NoisetteError as error:
            self.model.update(problem=str(error))
            return None

    def _begin(self, wish: ImageRequest) -> None:
        self._last, self._wish = wish, None
        per_step = sampler_card(wish.sampler).evaluations_per_step
        self._submit(sketch(wish, sketch_steps(wish.steps, per_step, self._cost)), settling=False)

    def _finish(self) -> None:
        """The latest wish with all its steps, where the sketch had fewer."""
        if self._run is not None or not self.on or not self._bridge.is_open:
            return
        if self._last is not None and self._last.steps > self.model.inputs.steps:
            self._submit(sketch(self._last, self._last.steps), settling=True)

    def _submit(self, request: ImageRequest, *, settling: bool) -> None:
        self._settling = settling
        self._run = Run(self._bridge.submit(request, first=True), request)
        self._started = self._clock()
        self.model.update(waiting=False, problem="")
        QTimer.singleShot(round(PATIENCE_S * 1000), self, self._say_waiting)

    def _say_waiting(self) -> None:
        if self._run is not None and self._run.phase is Phase.WAITING:
            self.model.update(waiting=True)

    def _end(self, run: Run, event: Event) -> None:
        self._run = None
        if isinstance(event, Failed):
            self.model.update(problem=event.sentence)
        if isinstance(event, Done) and run.frames and run.request is not None:
            self._show(run)
            if not self._settling:
                self._measure(run.request)
        if self._wish is not None:
            self._begin(self._wish)
        elif self.on and isinstance(event, Done) and not self._settling:
            self._settle.start()

    def _measure(self, request: ImageRequest) -> None:
        now = self._clock()
        evaluations = sampler_card(request.sampler).evaluations(request.steps)
        cost = (now - self._started) / evaluations
        self._cost = cost if self._cost is None else (1.0 - MEMORY) * self._cost + MEMORY * cost
        finished = (*self.model.inputs.finished[-30:], now)
        self.model.update(finished=finished, now=now, steps=request.steps)

    def _show(self, run: Run) -> None:
        if self._stage.run is not None and self._stage.run.job_id == run.job_id:
            self._stage.show(run)
        else:
            self._stage.focus(run)
