"""Guidance looked into, for the run on show: asked of the engine while someone looks, kept as it was told."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.artifacts.artifact import artifact_id
from core.diffusion.schedule import schedule_named
from core.dissection import Reading, Space
from core.errors import NoisetteError
from core.jobs.event import TERMINAL, Dissected, Event, Failed
from core.requests import ImageRequest, ReplayRequest
from studio.background import Background
from studio.bridge import Bridge
from studio.stage import Stage
from studio.viewmodels.dissection import NO_WORD, DissectionInputs, DissectionView, derive_dissection
from studio.viewmodels.run import OPEN
from studio.viewmodels.view_model import ViewModel

if TYPE_CHECKING:
    from core.models.card import ModelCard

HELD = 16
"""Jobs whose readings are remembered."""


class Dissection(QObject):
    """Follows the stage while it is open. cards: the models that are known. apart: ids of jobs that Create ignores."""

    def __init__(
        self,
        bridge: Bridge,
        background: Background,
        stage: Stage,
        cards: Callable[[], tuple[ModelCard, ...]],
        apart: set[str],
    ) -> None:
        super().__init__()
        self._apart = apart
        self._again: dict[str, tuple[str, int]] = {}
        self._problems: dict[str, str] = {}
        self._bridge, self._background, self._stage, self._cards = bridge, background, stage, cards
        self._readings: OrderedDict[str, tuple[Reading, ...]] = OrderedDict()
        self._asked: set[str] = set()
        self._open = False
        self.model: ViewModel[DissectionInputs, DissectionView] = ViewModel(DissectionInputs(), derive_dissection)
        bridge.happened.connect(self._happen)
        bridge.settled.connect(self._follow)
        bridge.opened.connect(lambda: self._tell_engine())
        stage.trajectory.watch_all(lambda _: self._follow())

    @property
    def is_open(self) -> bool:
        return self._open

    def set_open(self, on: bool) -> None:
        """Have the engine tell what guidance does from now on, or no longer."""
        self._open = on
        self._tell_engine()
        if on:
            self._follow()
        else:
            self.model.update(word=NO_WORD)

    def set_space(self, space: Space) -> None:
        self.model.update(space=space)

    def set_word(self, word: int) -> None:
        """Map a word, or none where it is mapped already."""
        self.model.update(word=NO_WORD if word == self.model.view.word else word)

    def set_layer(self, layer: int) -> None:
        self.model.update(layer=layer)

    def set_opacity(self, opacity: float) -> None:
        self.model.update(opacity=opacity)

    def watch_again(self) -> None:
        """Make the picture on show again from its recipe, to be watched, or stop doing so.

        Nothing is kept of the repetition but what was seen, and that until the window closes.
        """
        run = self._stage.run
        if run is None or not self._bridge.is_open:
            return
        target = (run.job_id, self._stage.item)
        making = [job_id for job_id, of in self._again.items() if of == target]
        for job_id in making:
            self._bridge.cancel(job_id)
        if not making:
            self._problems.pop(run.job_id, None)
            job_id = self._bridge.submit(ReplayRequest(artifact_id(*target)))
            self._again[job_id] = target
            self._apart.add(job_id)
            self._follow()

    def _tell_engine(self) -> None:
        if self._bridge.is_open:
            self._bridge.dissect(self._open)

    def _happen(self, event: Event) -> None:
        if isinstance(event, Dissected):
            job_id, readings = event.job_id, event.readings
            if job_id in self._again:
                # A repetition makes one picture, its first.
                job_id, item = self._again[job_id]
                readings = tuple(replace(each, items=(item,)) for each in readings)
            before = self._readings.get(job_id, ())
            told = {(reading.step, reading.items) for reading in readings}
            kept = tuple(each for each in before if (each.step, each.items) not in told)
            self._hold(job_id, (*kept, *readings))
        elif isinstance(event, TERMINAL) and event.job_id in self._again:
            target, _ = self._again.pop(event.job_id)
            self._apart.discard(event.job_id)
            if isinstance(event, Failed):
                self._problems[target] = event.sentence

    def _hold(self, job_id: str, readings: tuple[Reading, ...]) -> None:
        self._readings[job_id] = readings
        self._readings.move_to_end(job_id)
        while len(self._readings) > HELD:
            gone, _ = self._readings.popitem(last=False)
            self._asked.discard(gone)

    def _follow(self) -> None:
        """Show where the stage stands."""
        if not self._open:
            return
        run = self._stage.run
        if run is None:
            self.model.update(
                readings=(), shown=False, coming=False, finished=False, again=False, problem="", band=None
            )
            return
        self._learn(run.job_id)
        band = self._band(run.request or run.repeats)
        self.model.update(
            readings=self._readings.get(run.job_id, ()),
            item=self._stage.item,
            step=self._stage.trajectory.view.step,
            # The same one where it is alike: nothing is derived anew for it.
            band=self.model.inputs.band if band == self.model.inputs.band else band,
            coming=run.phase in OPEN,
            shown=True,
            finished=artifact_id(run.job_id, self._stage.item) in run.produced,
            again=(run.job_id, self._stage.item) in self._again.values(),
            problem=self._problems.get(run.job_id, ""),
        )

    def _learn(self, job_id: str) -> None:
        """What an earlier session, or the time before this was open, has kept of the job; asked for once."""
        if job_id in self._asked or not self._bridge.is_open:
            return
        self._asked.add(job_id)
        self._background.run(
            lambda: self._bridge.dissection(job_id), lambda kept: self._take(job_id, kept), lambda _sentence: None
        )

    def _take(self, job_id: str, kept: tuple[Reading, ...]) -> None:
        if kept:
            live = self._readings.get(job_id, ())
            told = {(reading.step, reading.items) for reading in live}
            self._hold(job_id, (*(each for each in kept if (each.step, each.items) not in told), *live))
            self._follow()

    def _band(self, request: ImageRequest | None) -> tuple[float, float] | None:
        """The log-SNRs of the guidance interval; None where guidance is off, or the schedule is not known."""
        card = next((card for card in self._cards() if request is not None and card.id == request.model_id), None)
        if request is None or card is None or not request.guidance.on:
            return None
        try:
            schedule = schedule_named(card.schedule)
            low, high = (schedule.at_time(1.0 - end).log_snr for end in request.guidance.interval)
        except NoisetteError:
            return None
        return low, high
