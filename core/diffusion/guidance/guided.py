"""Guidance wrapped once around a model."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from core.diffusion.grids.grid import TimeGrid
from core.diffusion.guidance import methods
from core.diffusion.guidance.guesses import Guess, Guidable, GuidanceError
from core.diffusion.guidance.taming import quantiles, rescaled, thresholded
from core.diffusion.level import Level
from core.diffusion.parameterization import Parameterization, to_prediction
from core.diffusion.prediction import Prediction
from core.guidance_settings import GuidanceSettings, Method

ASKED: dict[Method, tuple[Guess, ...]] = {
    "cfg": (Guess.PROMPTED, Guess.LEFT_OUT),
    "cfg_pp": (Guess.PROMPTED, Guess.LEFT_OUT),
    "cfg_zero": (Guess.PROMPTED, Guess.LEFT_OUT),
    "apg": (Guess.PROMPTED, Guess.LEFT_OUT),
    "auto": (Guess.PROMPTED, Guess.WEAK),
    "pag": (Guess.PROMPTED, Guess.PERTURBED),
    "perp_neg": (Guess.PROMPTED, Guess.EMPTY, Guess.LEFT_OUT),
}
"""What each method needs of the model."""
SAME_RATIO = 1e-9


@dataclass(frozen=True, slots=True)
class GuidedDenoiser:
    """The guided guess at every level.

    Where guidance is off (scale 1.0, or outside the interval) only the prompted guess is made, and where cfg_zero
    waits none at all. The run's fraction done, which the interval bounds, is 1 - t of the level at hand, so it means
    the same noise at any step count and on any grid.
    levels: of the run; cfg_pp needs to know where each step goes.
    Source of the interval: Kynkäänniemi et al. 2024 (arXiv:2404.07724), eq. 4; of the methods: see `methods`.
    """

    model: Guidable
    settings: GuidanceSettings
    levels: TimeGrid = ()

    def __call__(self, x: Tensor, level: Level) -> Prediction:
        settings, done = self.settings, 1.0 - level.t
        if not settings.acts_at(done):
            return self.model.guesses(x, level, (Guess.PROMPTED,))[0]
        if settings.waits_at(done):
            return methods.at_rest(x, level)
        prompted, *others = self.model.guesses(x, level, ASKED[settings.method])
        guided = self._put_together(prompted, others, x, level)
        if settings.method == "cfg_pp" or not (settings.rescale or settings.threshold):
            return guided
        x0 = guided.x0
        if settings.threshold:
            x0 = thresholded(x0, quantiles(prompted.x0, settings.threshold), settings.threshold)
        if settings.rescale:
            x0 = rescaled(x0, prompted.x0, settings.rescale)
        return to_prediction(Parameterization.X0, x0, x, level)

    def _put_together(self, prompted: Prediction, others: list[Prediction], x: Tensor, level: Level) -> Prediction:
        settings, scale = self.settings, self.settings.scale_at(1.0 - level.t)
        match settings.method:
            case "cfg" | "auto" | "pag":
                return methods.led_away(prompted, others[0], scale)
            case "cfg_pp":
                scale = methods.scale_of_blend(settings.blend, level, self._after(level))
                return methods.led_away(prompted, others[0], scale)
            case "cfg_zero":
                return methods.scaled_to_fit(prompted, others[0], scale, x, level)
            case "apg":
                x0 = methods.projected(prompted, others[0], scale, settings.parallel, settings.norm)
            case "perp_neg":
                empty, left_out = others
                x0 = methods.perpendicular(prompted.x0, empty.x0, left_out.x0, scale, settings.leave_out)
        return to_prediction(Parameterization.X0, x0, x, level)

    def _after(self, level: Level) -> Level:
        """The run's first level with less noise."""
        for each in self.levels:
            if each.ratio < level.ratio * (1.0 - SAME_RATIO):
                return each
        raise GuidanceError(
            f"CFG++ was asked at sigma/alpha {level.ratio:g} without the levels of the run; give them with the settings"
        )


def guidance_acts(settings: GuidanceSettings, level: Level) -> bool:
    """Whether guidance changes anything at this level."""
    return settings.acts_at(1.0 - level.t)
