"""The 2-D twin as the studio asks for it: models by name or file, and what was worked out lately kept at hand."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.errors import ModelError
from core.models.toy import load_toy
from core.toy import ToyErrors, ToyField, ToyModel, ToyRequest, ToyRun
from core.worlds.toy2d.exact import exact_denoiser
from core.worlds.toy2d.field import look_at, true_paths
from core.worlds.toy2d.solving import errors_of, run_sampler

KEPT = 48
"""Answers kept at hand; a field takes about 2 MB, a run less."""
ERROR_PARTICLES = 200


class _Kept:
    """The newest answers, by what was asked. Safe between threads; two may work out the same at once."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._values: OrderedDict[object, Any] = OrderedDict()

    def get(self, key: object, make: Callable[[], Any]) -> Any:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value


class ToyWorkshop:
    """Works out fields, runs and errors. Thread-safe; each call blocks until it is done."""

    def __init__(self) -> None:
        self._kept = _Kept(KEPT)

    def field(self, model: ToyModel, particles: int, seed: int = 0) -> ToyField:
        """Raises ModelError where the weights can't be read or are another process'."""

        def make() -> ToyField:
            denoiser, truth = self._denoiser(model), self._truth(model, particles, seed)
            return look_at(denoiser, model.data, model.process, exact=model.weights is None, truth=truth)

        return self._kept.get(("field", _key(model), particles, seed), make)

    def run(self, request: ToyRequest) -> ToyRun:
        """Raises ModelError, RequestError, SamplerError, GridError."""
        model, particles, seed = request.model, request.particles, request.seed

        def make() -> ToyRun:
            return run_sampler(self._denoiser(model), request, self._truth(model, particles, seed))

        return self._kept.get(("run", _key(model), request), make)

    def errors(self, request: ToyRequest) -> ToyErrors:
        """With fewer particles than asked for, where that is many. Raises as `run` does."""
        asked = replace(request, particles=min(request.particles, ERROR_PARTICLES), evaluations=1)
        model = asked.model

        def make() -> ToyErrors:
            return errors_of(self._denoiser(model), asked, self._truth(model, asked.particles, asked.seed))

        return self._kept.get(("errors", _key(model), asked), make)

    def _denoiser(self, model: ToyModel) -> Denoiser:
        return self._kept.get(("model", _key(model)), lambda: _make(model))

    def _truth(self, model: ToyModel, particles: int, seed: int) -> Tensor:
        key = ("truth", _key(model), particles, seed)
        return self._kept.get(key, lambda: true_paths(self._denoiser(model), model.process, particles, seed))


WORKSHOP = ToyWorkshop()


def _key(model: ToyModel) -> object:
    """A file that was trained anew is another model."""
    if model.weights is None:
        return model
    try:
        return model, Path(model.weights).stat().st_mtime_ns
    except OSError as error:
        raise ModelError(f"{model.weights} can't be read ({error}); train the model again") from error


def _make(model: ToyModel) -> Denoiser:
    if model.weights is None:
        return exact_denoiser(model.data)
    found = load_toy(Path(model.weights))
    if found.process != model.process:
        raise ModelError(f"{model.weights} was trained as {found.process}, not as {model.process}; ask for that")
    return found.denoiser
