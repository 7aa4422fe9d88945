"""A race's lanes in the plane at work: what Compare shows is asked of the 2-D twin. No widgets here."""

from __future__ import annotations

from collections.abc import Callable

from core.models.card import ModelCard
from core.toy import Shape, Stroke, ToyModel, ToyRequest
from studio.race import Race
from studio.toy_bench import Question, ToyBench
from studio.viewmodels.compare import CompareView
from studio.viewmodels.race_plane import PARTICLES, RacePlaneInputs, RacePlaneView, derive_race_plane, lanes_of
from studio.viewmodels.view_model import ViewModel

KEPT = 12
"""Fields, runs and refusals at hand, each: two of all that six lanes show."""


class RacePlane:
    """Follows the race while it is on show. cards: of the installed models, whose schedules say how noise comes in.

    drawing: the lines that the user drew in the 2D mode, none before.
    """

    def __init__(
        self,
        race: Race,
        bench: ToyBench,
        cards: Callable[[], tuple[ModelCard, ...]],
        drawing: Callable[[], tuple[Stroke, ...]],
    ) -> None:
        self._race, self._bench, self._cards, self._drawing = race, bench, cards, drawing
        self._following: Callable[[], None] | None = None
        self.model: ViewModel[RacePlaneInputs, RacePlaneView] = ViewModel(RacePlaneInputs(), derive_race_plane)

    def follow(self, on: bool) -> None:
        """Begin or end to follow the race."""
        if on:
            self.model.update(strokes=self._drawing())
        if on and self._following is None:
            self._following = self._race.model.watch_all(self._learn)
        elif not on and self._following is not None:
            self._following()
            self._following = None

    def set_shape(self, shape: Shape) -> None:
        """Race on other data."""
        self.model.update(shape=shape)
        self._learn(self._race.model.view)

    def _learn(self, view: CompareView) -> None:
        inputs = self._race.model.inputs
        lanes = lanes_of(inputs, view, self.model.inputs.data, self._cards())
        closest = next((place for place, column in enumerate(view.columns) if column.closest), -1)
        # Only at the end does a column say that it is the closest.
        closest = self.model.inputs.closest if inputs.scrub is not None else closest
        changes: dict[str, object] = {"scrub": inputs.scrub, "closest": closest}
        if lanes != self.model.inputs.lanes:
            changes["lanes"] = lanes
        self.model.update(**changes)
        for asked in self._asked():
            self._work("runs", asked, lambda shop, asked=asked: shop.run(asked))
            model = asked.model
            self._work("fields", model, lambda shop, model=model: shop.field(model, PARTICLES))

    def _asked(self) -> tuple[ToyRequest, ...]:
        return tuple(lane.asked for lane in self.model.inputs.lanes if lane.asked is not None)

    def _wanted(self, asked: ToyModel | ToyRequest) -> bool:
        return self._following is not None and any(asked in (each, each.model) for each in self._asked())

    def _work(self, name: str, asked: ToyModel | ToyRequest, question: Question) -> None:
        inputs = self.model.inputs
        if any(known == asked for known, _ in (*getattr(inputs, name), *inputs.refused)):
            return

        def keep(place: str, found: object) -> None:
            kept = getattr(self.model.inputs, place)[1 - KEPT :]
            self.model.update(**{place: (*kept, (asked, found))})

        self._bench.ask(
            ("race", name, asked),
            question,
            lambda: self._wanted(asked),
            lambda found: keep(name, found),
            lambda sentence: keep("refused", sentence),
        )
