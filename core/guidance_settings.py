"""How a prompt is made to count: the method of guidance, its strength over the run, what tames it. No torch here."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from core.errors import RequestError

MAX_GUIDANCE = 30.0
MAX_DRAWN = 64
LEAST_THRESHOLD = 0.5
MAX_NORM = 10.0
MAX_LEAVE_OUT = 10.0

Method = Literal["cfg", "cfg_pp", "cfg_zero", "apg", "auto", "pag", "perp_neg"]
Course = Literal["constant", "linear", "cosine", "drawn"]

TAMING = ("rescale", "threshold")
STRENGTH = ("scale", "course", "drawn")
METHOD_OPTIONS: dict[Method, tuple[str, ...]] = {
    "cfg": (*STRENGTH, *TAMING),
    "apg": (*STRENGTH, "parallel", "norm", *TAMING),
    "cfg_zero": (*STRENGTH, "zero", *TAMING),
    "cfg_pp": ("blend",),
    "perp_neg": (*STRENGTH, "leave_out", *TAMING),
    "auto": (*STRENGTH, *TAMING),
    "pag": (*STRENGTH, *TAMING),
}
"""Methods, and which fields of GuidanceSettings each takes besides the interval; others have no effect there."""

COURSES: tuple[Course, ...] = ("constant", "linear", "cosine", "drawn")


@dataclass(frozen=True, slots=True)
class GuidanceSettings:
    """A guess with the prompt, led away from one without it: reference + scale * (prompted - reference).

    scale: 1.0 is off.
    interval: guidance acts where the run's fraction done (0 at noise, 1 at data) lies in [start, end]; the fraction
        is 1 - t of the level at hand, so an interval means the same noise at any step count and on any grid.
    rescale: 0 is off, 1 gives the guided guess the conditional one's standard deviation.
    method: cfg: the reference is the guess without the prompt, or with what is to be left out.
        apg: cfg without the part of the difference that lies along the guess, as `parallel` says, and with no
        difference longer than `norm`. cfg_zero: cfg with the reference scaled to fit, and no step before `zero`.
        cfg_pp: the noise is put back by the guess without the prompt. perp_neg: what is to be left out counts only
        where it is at right angles to the prompt. auto: the reference is a weaker network's guess with the prompt.
        pag: it is the network's own with its self-attention put out.
    threshold: 0 is off; else no value of the clean guess goes further out than this quantile of the guess with the
        prompt alone does, from 0.5; 1 is its largest.
    course: the scale over the run. linear and cosine rise from 1 by 0 to twice as much; drawn follows `drawn`.
    drawn: scales at even fractions of the run, noise first; between them it is straight.
    blend: of cfg_pp, how far to go to the guess with the prompt, 0 to 1; it has no scale.
    zero: of cfg_zero, the fraction of the run in which nothing moves. parallel: of apg, 1 keeps all. norm: of apg,
        the largest root mean square of the difference; 0 sets no bound. leave_out: of perp_neg, how much that counts.
    """

    scale: float = 1.0
    interval: tuple[float, float] = (0.0, 1.0)
    rescale: float = 0.0
    method: Method = "cfg"
    threshold: float = 0.0
    course: Course = "constant"
    drawn: tuple[float, ...] = ()
    blend: float = 0.6
    zero: float = 0.04
    parallel: float = 0.0
    norm: float = 0.0
    leave_out: float = 1.0

    def __post_init__(self) -> None:
        if self.method not in METHOD_OPTIONS:
            raise RequestError(f"{self.method!r} is not a guidance method; choose one of {', '.join(METHOD_OPTIONS)}")
        if self.course not in COURSES:
            raise RequestError(f"{self.course!r} is not a course of guidance; choose one of {', '.join(COURSES)}")
        start, end = self.interval
        if not 0.0 <= start <= end <= 1.0:
            raise RequestError(f"guidance interval {start} to {end} is not one; give 0 <= start <= end <= 1")
        for name, value, high in (
            ("guidance scale", self.scale, MAX_GUIDANCE),
            ("guidance rescale", self.rescale, 1.0),
            ("guidance threshold", self.threshold, 1.0),
            ("guidance blend", self.blend, 1.0),
            ("guidance zero", self.zero, 1.0),
            ("guidance parallel", self.parallel, 1.0),
            ("guidance norm", self.norm, MAX_NORM),
            ("guidance leave out", self.leave_out, MAX_LEAVE_OUT),
            *(("drawn guidance scale", value, MAX_GUIDANCE) for value in self.drawn),
        ):
            if not 0.0 <= value <= high:
                raise RequestError(f"{name} {value} is out of range; it must lie in 0 to {high:g}")
        if 0.0 < self.threshold < LEAST_THRESHOLD:
            raise RequestError(
                f"guidance threshold {self.threshold:g} is out of range; give 0 for none, or {LEAST_THRESHOLD:g} to 1"
            )
        if self.course == "drawn" and not 2 <= len(self.drawn) <= MAX_DRAWN:
            raise RequestError(f"{len(self.drawn)} guidance scales drawn; give 2 to {MAX_DRAWN}, for example 1,4,2")

    @property
    def on(self) -> bool:
        """Whether guidance changes anything anywhere."""
        if self.method == "cfg_pp":
            return True
        return any(scale != 1.0 for scale in self.drawn) if self.course == "drawn" else self.scale != 1.0

    def scale_at(self, fraction: float) -> float:
        """The scale in force at a fraction of the run done.

        Rising scales keep their mean over the run. Source: Wang et al. 2024 (arXiv:2404.13040), section 4.
        """
        match self.course:
            case "constant":
                return self.scale
            case "linear":
                return 1.0 + (self.scale - 1.0) * 2.0 * fraction
            case "cosine":
                return 1.0 + (self.scale - 1.0) * (1.0 - math.cos(math.pi * fraction))
            case "drawn":
                place = min(max(fraction, 0.0), 1.0) * (len(self.drawn) - 1)
                below = min(int(place), len(self.drawn) - 2)
                low, high = self.drawn[below], self.drawn[below + 1]
                return low + (place - below) * (high - low)

    def acts_at(self, fraction: float) -> bool:
        """Whether guidance changes anything at a fraction of the run done."""
        start, end = self.interval
        if not self.on or not start <= fraction <= end:
            return False
        return self.method == "cfg_pp" or self.waits_at(fraction) or self.scale_at(fraction) != 1.0

    def waits_at(self, fraction: float) -> bool:
        """Whether that is where cfg_zero lets nothing move."""
        return self.method == "cfg_zero" and self.on and fraction < self.zero

    def essential(self) -> GuidanceSettings:
        """Without the settings that its method does not take, nor values of a course that it does not follow."""
        takes, plain = METHOD_OPTIONS[self.method], GuidanceSettings()
        kept = {
            name: getattr(plain, name) for options in METHOD_OPTIONS.values() for name in options if name not in takes
        }
        if self.course != "drawn" or "course" not in takes:
            kept["drawn"] = ()
        return replace(self, **kept)


def read_scales(text: str) -> tuple[float, ...]:
    """ "1,4,2" -> (1.0, 4.0, 2.0). Raises RequestError."""
    try:
        return tuple(float(part) for part in text.replace(";", ",").split(",") if part.strip())
    except ValueError:
        raise RequestError(f"guidance scales {text[:80]!r} are not numbers; give for example 1,4,2") from None
