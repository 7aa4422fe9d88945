"""A denoiser that remembers how guidance put its guesses together, for whoever asks between two steps."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import torch
from torch import Tensor

from core.artifacts.trajectory import RunItem
from core.diffusion.denoiser import Denoiser
from core.diffusion.guidance import GuidedDenoiser, WordsSeen
from core.diffusion.guidance.measures import measured
from core.diffusion.level import Level
from core.diffusion.prediction import Prediction
from core.dissection import Reading


class DissectingDenoiser:
    """To a sampler a denoiser like any other, with the same guesses to the bit.

    wanted: while it is set, each evaluation is measured, and the first of a step looks at the words as well. What is
    measured stays on the device until `reading` takes it. A denoiser without guidance of ours is passed through.
    """

    def __init__(self, denoiser: Denoiser, wanted: threading.Event) -> None:
        self._denoiser, self._wanted = denoiser, wanted
        self._log_snr: list[float] = []
        self._figures: list[Tensor] = []
        self._words: WordsSeen | None = None

    def __call__(self, x: Tensor, level: Level) -> Prediction:
        if not self._wanted.is_set() or not isinstance(self._denoiser, GuidedDenoiser):
            return self._denoiser(x, level)
        first = not self._figures
        parts = self._denoiser.taken_apart(x, level, words=first)
        if first:
            self._words = parts.words
        self._log_snr.append(level.log_snr)
        self._figures.append(measured(parts))
        return parts.guided

    def reading(self, step: int, items: Sequence[RunItem]) -> Reading | None:
        """What was seen since the last call, None for nothing. step: from 1.

        Waits for the device, so it is to be called where the step's state has been waited for already.
        """
        if not self._figures:
            return None
        figures, words = torch.stack(self._figures).cpu().numpy(), self._words
        reading = Reading(step, tuple(item.index for item in items), tuple(self._log_snr), figures)
        if words is not None:
            reading = Reading(
                step,
                reading.items,
                reading.log_snr,
                figures,
                words.words,
                words.layers,
                tuple(layer.cpu().numpy() for layer in words.maps),
                words.stir.cpu().numpy(),
            )
        self._log_snr, self._figures, self._words = [], [], None
        return reading
