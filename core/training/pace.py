"""How far a run is, by steps or by the clock, and the learning rate that goes with it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.training.recipe import PaceSettings


@dataclass(frozen=True, slots=True)
class Pace:
    """A run's way from `anchor_done` to 1, by steps or by seconds of training, whichever is further along.

    A fresh run is anchored at zero. `until_step` and `until_seconds` anchor it anew where it stands, so that what is
    left of the learning rate's decay is spread over what is left of the run.
    steps, seconds: where the run ends; seconds None leaves it to the steps.
    """

    steps: int
    seconds: float | None = None
    anchor_step: int = 0
    anchor_seconds: float = 0.0
    anchor_done: float = 0.0

    def done(self, step: int, seconds: float) -> float:
        """The fraction of the schedule behind us, in [0, 1]."""
        by_steps = _fraction(step - self.anchor_step, self.steps - self.anchor_step)
        by_time = 0.0
        if self.seconds is not None:
            by_time = _fraction(seconds - self.anchor_seconds, self.seconds - self.anchor_seconds)
        return self.anchor_done + (1.0 - self.anchor_done) * max(by_steps, by_time)

    def until_step(self, settings: PaceSettings, step: int, seconds: float, last: int) -> Pace:
        """The same run from here on, ending at step `last`. Where the decay isn't due yet, it comes when it would."""
        if max(self.done(step, seconds), _fraction(step, last)) <= settings.constant_fraction:
            return Pace(last, self.seconds)
        return Pace(last, None, step, seconds, self._decay_from(settings, step, seconds))

    def until_seconds(self, settings: PaceSettings, step: int, seconds: float, last: float) -> Pace:
        """The same run from here on, ending at `last` seconds of training: a run under way starts its decay now."""
        if step == 0:
            return Pace(self.steps, last)
        return Pace(self.steps, last, step, seconds, self._decay_from(settings, step, seconds))

    def _decay_from(self, settings: PaceSettings, step: int, seconds: float) -> float:
        done = self.done(step, seconds)
        # a finished run that is given more goes back to the peak, and decays from there
        return settings.constant_fraction if done >= 1.0 else max(done, settings.constant_fraction)


def learning_rate_factor(settings: PaceSettings, step: int, done: float) -> float:
    """The learning rate as a fraction of its peak, for the update from `step` to `step + 1`.

    Warm-up, constant, decay: the shape of Hu et al. 2024 (arXiv:2404.06395), whose constant part may be prolonged
    at will, since only the decay depends on where the run ends.
    """
    warmup = min(1.0, (step + 1) / (settings.warmup_steps + 1))
    through = max(0.0, done - settings.constant_fraction) / (1.0 - settings.constant_fraction)
    left = 1.0 - through if settings.decay == "linear" else 0.5 * (1.0 + math.cos(math.pi * through))
    return warmup * (settings.final_fraction + (1.0 - settings.final_fraction) * left)


def _fraction(part: float, whole: float) -> float:
    return 1.0 if whole <= 0 else min(1.0, max(0.0, part / whole))
