"""The 2-D twin at work: what the user chose, what has been worked out for it, and what trains. No widgets here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.errors import NoisetteError
from core.grid_settings import GridSettings
from core.requests import WHOLE_SETTINGS
from core.toy import Process, Stroke, ToyData, ToyField, ToyModel, ToyRequest, ToySolver
from studio.bridge import Bridge
from studio.session import Session
from studio.toy_bench import Question, ToyBench
from studio.toy_lessons import ToyLessons
from studio.viewmodels.toy import ToyView, derive_toy
from studio.viewmodels.toy_inputs import (
    PARTICLES,
    SHAPE_NAMES,
    ToyInputs,
    errors_wanted,
    models_wanted,
    requests_wanted,
)
from studio.viewmodels.view_model import ViewModel

KEPT = 12
"""Fields, runs, errors and refusals at hand, each."""


class Twin:
    """Owns the view model of the mode. series: of samplers, by name."""

    def __init__(self, bridge: Bridge, session: Session, bench: ToyBench, folder: Path, series: dict[str, int]) -> None:
        self._bridge, self._session, self._bench = bridge, session, bench
        self.lessons = ToyLessons(bridge, folder, session.runs.begin_training)
        self.model: ViewModel[ToyInputs, ToyView] = ViewModel(ToyInputs(series=tuple(series.items())), derive_toy)
        self.lessons.went.connect(lambda training: self.model.update(training=training))
        self.lessons.began.connect(self._begin)
        self.lessons.sketched.connect(self._sketch)
        self.lessons.ended.connect(self._end)

    def open(self) -> None:
        """The mode has been seen, and the engine is open: what is on show is worked out."""
        if self._bridge.is_open:
            self.model.update(ready=True)
            self._look_for_weights()
            self._ask()

    # What the user wants

    def change(self, **changes: object) -> None:
        """Other settings; what they show is worked out."""
        before = self.model.inputs.data
        self.model.update(problem="", **changes)
        if self.model.inputs.data != before:
            self.model.update(weights=())
            self._look_for_weights()
        self._ask()

    def set_sampler(self, side: int, sampler: str) -> None:
        """Another sampler on one side, as its own settings have it."""
        self._put(side, ToySolver(sampler))

    def set_eta(self, side: int, eta: float) -> None:
        self._put(side, replace(self.model.inputs.solvers[side], eta=eta))

    def set_option(self, side: int, setting: str, value: float) -> bool:
        """False where that can't be beside the others: one end of a range past the other."""
        solver = self.model.inputs.solvers[side]
        told: dict[str, Any] = {setting: round(value) if setting in WHOLE_SETTINGS else value}
        try:
            options = replace(solver.options, **told)
        except NoisetteError:
            return False
        self._put(side, replace(solver, options=options))
        return True

    def set_grid(self, name: str) -> None:
        """A grid as its name makes it; "" is Create's own, bends included."""
        draft = self._session.desk.draft
        name, bends = (name, GridSettings()) if name else (draft.time_grid, draft.grid)
        self.change(grid=name, bends=bends)

    def draw(self, strokes: tuple[Stroke, ...]) -> None:
        """The drawing so far."""
        self.model.update(strokes=strokes)

    def set_drawing(self, drawing: bool) -> None:
        """Begin or end to draw; at the end what was drawn is the data."""
        if drawing:
            self.change(shape="drawn", drawing=True, layout="field")
        else:
            self.model.update(drawing=False, weights=())
            self._look_for_weights()
            self._ask()

    def train(self) -> None:
        """Train a network on the data, or stop the one that trains."""
        inputs = self.model.inputs
        if inputs.training is not None:
            self.lessons.stop()
            return
        data = inputs.data
        if data is None or not self._bridge.is_open:
            return
        chain: tuple[Process, ...] = (inputs.process,)
        if inputs.process == "rectified" and "flow" not in dict(inputs.weights):
            chain = ("flow", "rectified")
        self.model.update(live=None, layout="field", problem="", drawing=False)
        self.lessons.train(data, chain, inputs.training_steps, SHAPE_NAMES[data.shape])

    # What is worked out

    def _ask(self) -> None:
        """Have what is wanted and not at hand worked out, one after the other."""
        inputs = self.model.inputs
        if not inputs.ready:
            return
        for model in models_wanted(inputs):
            self._work("fields", model, lambda shop, model=model: shop.field(model, PARTICLES), models_wanted)
        for request in requests_wanted(inputs):
            self._work("runs", request, lambda shop, request=request: shop.run(request), requests_wanted)
        for request in errors_wanted(inputs):
            self._work("errors", request, lambda shop, request=request: shop.errors(request), errors_wanted)

    def _work(
        self,
        name: str,
        asked: ToyModel | ToyRequest,
        question: Question,
        wanted: Callable[[ToyInputs], tuple[object, ...]],
    ) -> None:
        inputs = self.model.inputs
        if any(known == asked for known, _ in (*getattr(inputs, name), *inputs.refused)):
            return

        def keep(place: str, found: object) -> None:
            kept = getattr(self.model.inputs, place)[1 - KEPT :]
            self.model.update(**{place: (*kept, (asked, found))})

        self._bench.ask(
            (name, asked),
            question,
            lambda: asked in wanted(self.model.inputs),
            lambda found: keep(name, found),
            lambda sentence: keep("refused", sentence),
        )

    def _put(self, side: int, solver: ToySolver) -> None:
        one, other = self.model.inputs.solvers
        self.change(solvers=(solver, other) if side == 0 else (one, solver))

    def _look_for_weights(self) -> None:
        """Networks that were trained on these data, in this session or before."""
        data = self.model.inputs.data
        if data is None or not self.model.inputs.ready:
            return

        def take(found: tuple[tuple[Process, str], ...]) -> None:
            if self.model.inputs.data == data:
                self.model.update(weights=found)
                self._ask()

        self._bench.look_up(lambda: self.lessons.trained(data), take)

    # What comes of a training

    def _begin(self, data: ToyData, process: Process) -> None:
        self.model.update(live=None)
        if data == self.model.inputs.data:
            self.model.update(process=process, trained=True)

    def _sketch(self, data: ToyData, field: ToyField) -> None:
        self.model.update(live=field if data == self.model.inputs.data else None)

    def _end(self, data: ToyData, process: Process, sentence: str) -> None:
        """Another network now lies in the same file: what was worked out of the one before is no longer so."""

        def other(model: ToyModel) -> bool:
            return model.weights is None or (model.data, model.process) != (data, process)

        inputs = self.model.inputs
        self.model.update(
            live=None,
            problem=sentence or inputs.problem,
            fields=tuple(pair for pair in inputs.fields if other(pair[0])),
            runs=tuple(pair for pair in inputs.runs if other(pair[0].model)),
            errors=tuple(pair for pair in inputs.errors if other(pair[0].model)),
            refused=(),
        )
        self._look_for_weights()
