"""Guidance wrapped once around a model."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from core.diffusion.grids.grid import TimeGrid
from core.diffusion.guidance import methods
from core.diffusion.guidance.guesses import Guess, Guidable, GuidanceError, ReadsWords, WordsSeen
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
class Parts:
    """One guided guess with what it was put together from.

    prompted: None where no guess was asked for. reference: what guidance led away from, None where it did not act.
    scale: in force; 1 where it did not act. words: None where they were not asked for, or the model reads none.
    """

    guided: Prediction
    prompted: Prediction | None = None
    reference: Prediction | None = None
    scale: float = 1.0
    words: WordsSeen | None = None


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
        return self.taken_apart(x, level).guided

    def taken_apart(self, x: Tensor, level: Level, *, words: bool = False) -> Parts:
        """The same guess, to the bit, with its parts. words: look at what the network reads of the prompt, too."""
        settings, done = self.settings, 1.0 - level.t
        if not settings.acts_at(done):
            (prompted,), seen = self._guesses(x, level, (Guess.PROMPTED,), words)
            return Parts(prompted, prompted, words=seen)
        if settings.waits_at(done):
            return Parts(methods.at_rest(x, level))
        (prompted, *others), seen = self._guesses(x, level, ASKED[settings.method], words)
        guided = self._tamed(self._put_together(prompted, others, x, level), prompted, x, level)
        return Parts(guided, prompted, others[0], self._scale_at(level), seen)

    def _guesses(
        self, x: Tensor, level: Level, asked: tuple[Guess, ...], words: bool
    ) -> tuple[tuple[Prediction, ...], WordsSeen | None]:
        if words and isinstance(self.model, ReadsWords):
            return self.model.guesses_and_words(x, level, asked)
        return self.model.guesses(x, level, asked), None

    def _tamed(self, guided: Prediction, prompted: Prediction, x: Tensor, level: Level) -> Prediction:
        settings = self.settings
        if settings.method == "cfg_pp" or not (settings.rescale or settings.threshold):
            return guided
        x0 = guided.x0
        if settings.threshold:
            x0 = thresholded(x0, quantiles(prompted.x0, settings.threshold), settings.threshold)
        if settings.rescale:
            x0 = rescaled(x0, prompted.x0, settings.rescale)
        return to_prediction(Parameterization.X0, x0, x, level)

    def _scale_at(self, level: Level) -> float:
        """cfg_pp's is that of the blend; with it a step goes where CFG++ goes."""
        if self.settings.method == "cfg_pp":
            return methods.scale_of_blend(self.settings.blend, level, self._after(level))
        return self.settings.scale_at(1.0 - level.t)

    def _put_together(self, prompted: Prediction, others: list[Prediction], x: Tensor, level: Level) -> Prediction:
        settings, scale = self.settings, self._scale_at(level)
        match settings.method:
            case "cfg" | "auto" | "pag" | "cfg_pp":
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
