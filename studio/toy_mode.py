"""The 2D mode put together: what is worked out off the GUI thread, and the training job that is watched."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.jobs.event import TERMINAL, Event, Failed, Progress, Sketched, Started
from core.requests import TrainRequest
from core.toy import PROCESSES, Process, Stroke, ToyData, ToyModel, ToyRequest, strokes_to_text
from studio.actions import Actions
from studio.background import Background
from studio.bridge import Bridge
from studio.session import Session
from studio.settings import Settings
from studio.theme import Theme
from studio.viewmodels.toy import (
    PARTICLES,
    ToyInputs,
    Training,
    derive_toy,
    models_wanted,
    requests_wanted,
)
from studio.viewmodels.view_model import ViewModel

if TYPE_CHECKING:
    from studio.panels.toy_view import ToyPage

MODE = "plane"
KEPT = 12
"""Fields, runs and errors at hand, each."""
FILE = "toy.safetensors"
EVER = ("step_back", "step_on", "step_first", "step_last", "play", "generate", "cancel")
"""Actions that act here whatever stands in Create."""


class ToyMode:
    """The page is made when it is first asked for; until then nothing is worked out."""

    def __init__(
        self, theme: Theme, bridge: Bridge, settings: Settings, session: Session, actions: Actions, home: Path
    ) -> None:
        self._theme, self._bridge, self._settings, self._session = theme, bridge, settings, session
        self._folder, self._actions = home / "toy", actions
        self._background: Background | None = None
        self._closed = False
        self._pending: set[object] = set()
        self._jobs: dict[str, Process] = {}
        self._trained_in: dict[str, tuple[ToyData, str]] = {}
        self.model = ViewModel(ToyInputs(), derive_toy)
        self._page: ToyPage | None = None
        bridge.happened.connect(self._happen)
        bridge.opened.connect(self._open)
        for name, deed in {
            "step_back": lambda: self.page.step(-1),
            "step_on": lambda: self.page.step(1),
            "step_first": lambda: self.page.step(-1000),
            "step_last": lambda: self.page.step(1000),
            "play": lambda: self.page.play(),
            "generate": lambda: self.train(),
            "cancel": lambda: self.stop(),
        }.items():
            actions.connect(name, deed, MODE)
        actions.connect("draw", lambda: self.page.toggle_drawing(), MODE)

    @property
    def page(self) -> ToyPage:
        if self._page is None:
            from studio.panels.toy_view import ToyPage

            self._background = Background(threads=1)
            # Not before all actions are connected: one that is known of this mode alone is off in the others.
            for name in EVER:
                self._actions.enable(name, True, MODE)
            self._page = ToyPage(self._theme, self, self._settings, self._actions)
            self._open()
        return self._page

    def enter(self) -> None:
        """The mode comes on show."""
        self.page.layouts.button(max(self.page.layouts.current(), 0)).setFocus()
        self._ask()

    def close(self) -> None:
        """Wait for what is being worked out; what only waits is left."""
        self._closed = True
        if self._background is not None:
            self._background.close()

    # What the user wants

    def change(self, **changes: object) -> None:
        """Other settings; what they show is worked out."""
        before = self.model.inputs.data
        self.model.update(problem="", **changes)
        if self.model.inputs.data != before:
            self.model.update(weights=())
            self._look_for_weights()
        self._ask()

    def draw(self, strokes: tuple[Stroke, ...]) -> None:
        """The drawing so far."""
        self.model.update(strokes=strokes)

    def set_drawing(self, drawing: bool) -> None:
        """Begin or end to draw; at the end what was drawn is the data."""
        if drawing:
            self.change(shape="drawn", drawing=True, layout="field", strokes=())
        else:
            self.model.update(drawing=False, weights=())
            self._look_for_weights()
            self._ask()

    def train(self) -> None:
        """Train a network on the data, or stop the one that trains."""
        inputs = self.model.inputs
        if inputs.training is not None:
            self.stop()
            return
        data = inputs.data
        if data is None or not self._bridge.is_open:
            return
        chain: tuple[Process, ...] = (inputs.process,)
        if inputs.process == "rectified" and "flow" not in dict(inputs.weights):
            chain = ("flow", "rectified")
        for process in chain:
            folder = self._folder_of(data, process)
            options = [("shape", data.shape), ("strokes", f'"{strokes_to_text(data.strokes)}"')]
            if process == "rectified":
                teacher = self._folder_of(data, "flow") / FILE
                options.append(("teacher", repr(str(teacher))))
            request = TrainRequest(f"toy_{process}", str(folder), device="cpu", options=tuple(options), watched=True)
            job_id = self._bridge.submit(request, first=process == chain[0])
            self._session.apart.add(job_id)
            self._jobs[job_id] = process
            self._trained_in[job_id] = (data, str(folder / FILE))
        self.model.update(training=Training(chain[0]), live=None, layout="field", problem="", drawing=False)

    def stop(self) -> None:
        """Stop what trains."""
        for job_id in tuple(self._jobs):
            self._bridge.cancel(job_id)

    # What is worked out

    def _open(self) -> None:
        if self._bridge.is_open and self._page is not None:
            self.model.update(ready=True)
            self._look_for_weights()
            self._ask()

    def _ask(self) -> None:
        """Have what is wanted and not at hand worked out, one after the other."""
        inputs = self.model.inputs
        if not inputs.ready:
            return
        engine = self._bridge.engine
        for model in models_wanted(inputs):
            self._work(
                ("fields", model),
                lambda model=model: engine.toy_field(model, PARTICLES),
                lambda model=model: model in models_wanted(self.model.inputs),
            )
        requests = requests_wanted(inputs)
        for request in requests:
            self._work(
                ("runs", request),
                lambda request=request: engine.toy_run(request),
                lambda request=request: request in requests_wanted(self.model.inputs),
            )
        for request in requests:
            # Of all costs at once: it does not hang on the one that is chosen.
            whole = ToyRequest(request.model, request.sampler, request.grid, 16, PARTICLES)
            self._work(
                ("errors", whole),
                lambda whole=whole: engine.toy_errors(whole),
                lambda whole=whole: whole.model in models_wanted(self.model.inputs),
            )

    def _work(self, key: tuple[str, object], work: Callable[[], Any], wanted: Callable[[], bool]) -> None:
        name, asked = key
        if key in self._pending or any(known == asked for known, _ in getattr(self.model.inputs, name)):
            return
        assert self._background is not None
        self._pending.add(key)

        def attempt() -> Any:
            # What was asked for in passing is left out; the view is only read.
            return None if self._closed or not wanted() else work()

        def take(found: Any) -> None:
            self._pending.discard(key)
            if found is None:
                self._ask()
                return
            kept = getattr(self.model.inputs, name)[1 - KEPT :]
            self.model.update(**{name: (*kept, (asked, found))})

        def refuse(sentence: str) -> None:
            self._pending.discard(key)
            self.model.update(problem=sentence)

        self._background.run(attempt, take, refuse)

    def _look_for_weights(self) -> None:
        """Networks that were trained on these data, in this session or before."""
        data = self.model.inputs.data
        if data is None or self._background is None:
            return
        files = [(process, self._folder_of(data, process) / FILE) for process in PROCESSES]

        def take(found: tuple[tuple[Process, str], ...]) -> None:
            if self.model.inputs.data == data:
                self.model.update(weights=found)
                self._ask()

        self._background.run(lambda: tuple((name, str(path)) for name, path in files if path.is_file()), take)

    def _folder_of(self, data: ToyData, process: Process) -> Path:
        drawn = hashlib.sha256(strokes_to_text(data.strokes).encode()).hexdigest()[:12] if data.strokes else ""
        return self._folder / f"{data.shape}{drawn and '-'}{drawn}-{process}"

    # What comes of a training

    def _happen(self, event: Event) -> None:
        process = self._jobs.get(event.job_id)
        if process is None:
            return
        shown = self._trained_in[event.job_id][0] == self.model.inputs.data
        if isinstance(event, Started):
            self.model.update(training=Training(process, waiting=False), live=None)
            if shown:
                self.model.update(process=process, trained=True)
        elif isinstance(event, Progress):
            loss = event.extras.get("loss")
            self.model.update(training=Training(process, event.done, event.total, waiting=False, loss=loss))
        elif isinstance(event, Sketched):
            self.model.update(live=event.field if shown else None)
        elif isinstance(event, TERMINAL):
            self._end(event, process)

    def _end(self, event: Event, process: Process) -> None:
        data, _ = self._trained_in.pop(event.job_id)
        del self._jobs[event.job_id]
        waiting = next(iter(self._jobs.values()), None)
        self.model.update(training=Training(waiting) if waiting else None, live=None)
        if isinstance(event, Failed):
            self.model.update(problem=event.sentence)
        # Another network now lies in the same file: what was worked out of the one before is no longer so.
        self._forget(data, process)
        self._look_for_weights()

    def _forget(self, data: ToyData, process: Process) -> None:
        def other(model: ToyModel) -> bool:
            return model.weights is None or (model.data, model.process) != (data, process)

        inputs = self.model.inputs
        self.model.update(
            fields=tuple(pair for pair in inputs.fields if other(pair[0])),
            runs=tuple(pair for pair in inputs.runs if other(pair[0].model)),
            errors=tuple(pair for pair in inputs.errors if other(pair[0].model)),
        )
