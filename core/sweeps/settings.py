"""Every setting of a picture that an axis may vary: its name, how its values are read, what a value does. No torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal

from core.errors import RequestError
from core.grid_settings import GIVEN, GRID_OPTIONS, GridSettings, read_handles, read_levels
from core.guidance_settings import COURSES, METHOD_OPTIONS, read_scales
from core.requests import WHOLE_SETTINGS, ImageRequest, StartPicture, Variation
from core.samplers.cards import CARDS, eta_card
from core.sweeps.ranges import read_numbers, read_texts
from core.sweeps.request import Axis

Kind = Literal["whole", "number", "text", "choice"]
Apply = Callable[[ImageRequest, str], ImageRequest]
REPLACE, EVALUATIONS, PAIR, MODEL = "prompt-replace", "evaluations", "sampler+grid", "model"
SAMPLERS = tuple(card.name for card in CARDS)
GRIDS = tuple(name for name in GRID_OPTIONS if name not in GIVEN)


@dataclass(frozen=True, slots=True)
class Setting:
    """name: on a command line. title: for people. apply(request, value): the request with it.

    choices: what a "choice" may be. example: of values. takes: whether a request heeds it, where not each does.
    """

    name: str
    title: str
    group: str
    kind: Kind
    apply: Apply
    example: str
    choices: tuple[str, ...] = ()
    takes: Callable[[ImageRequest], bool] = lambda _: True

    def read(self, text: str) -> Axis:
        """An axis from typed values. Raises RequestError: value, rule, remedy."""
        if self.kind in ("whole", "number"):
            return Axis(self.name, read_numbers(text, whole=self.kind == "whole"))
        values = read_texts(text)
        return Axis(self.name, tuple(map(self._known, values)) if self.kind == "choice" else values)

    def applied(self, request: ImageRequest, value: str) -> ImageRequest:
        """Raises RequestError for a value that can't be carried out."""
        if self.kind == "choice":
            self._known(value)
        return self.apply(request, value)

    def _known(self, value: str) -> str:
        found = next((name for name in self.choices if _folded(name) == _folded(value)), None)
        if found is None:
            near = get_close_matches(_folded(value), self.choices, 3)
            known = f"near it are {', '.join(near)}" if near else f"choose one of {', '.join(self.choices)}"
            raise RequestError(f"{value!r} is not a {self.title.lower()}; {known}")
        return found


def setting_named(name: str) -> Setting:
    """By name or title, however it is spelt. Raises RequestError for one that no axis varies."""
    for setting in SETTINGS:
        if _folded(name) in (_folded(setting.name), _folded(setting.title)):
            return setting
    known = ", ".join(setting.name for setting in SETTINGS)
    raise RequestError(f"{name!r} is not a setting that can be swept; choose one of {known}")


def _folded(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(" ", "-")


def _field(name: str, kind: Callable[[str], object]) -> Apply:
    return lambda request, value: replace(request, **{name: kind(value)})


def _part(part: str, name: str, kind: Callable[[str], object]) -> Apply:
    """A field of one of the request's own parts."""

    def apply(request: ImageRequest, value: str) -> ImageRequest:
        return replace(request, **{part: replace(getattr(request, part), **{name: kind(value)})})

    return apply


def _time_grid(request: ImageRequest, value: str) -> ImageRequest:
    """Another grid leaves the bends of the one before."""
    return request if value == request.time_grid else replace(request, time_grid=value, grid=GridSettings())


def _pair(request: ImageRequest, value: str) -> ImageRequest:
    sampler, plus, grid = (part.strip() for part in value.partition("+"))
    if not plus:
        raise RequestError(f"{value!r} is not SAMPLER+GRID; give for example euler+karras")
    return setting_named("time-grid").applied(setting_named("sampler").applied(request, sampler), grid)


def _listed(request: ImageRequest, value: str) -> ImageRequest:
    return replace(request, time_grid="listed", grid=GridSettings(levels=read_levels(value)))


def _drawn_grid(request: ImageRequest, value: str) -> ImageRequest:
    return replace(request, time_grid="custom", grid=GridSettings(handles=read_handles(value)))


def _eta(request: ImageRequest, value: str) -> ImageRequest:
    card = eta_card(request.sampler)
    assert card is not None, "it takes no eta"
    return replace(request, **{card.setting: float(value)})


def _grid_takes(name: str) -> Callable[[ImageRequest], bool]:
    return lambda request: name in GRID_OPTIONS.get(request.time_grid, ())


def _sampler_takes(name: str) -> Callable[[ImageRequest], bool]:
    return lambda request: any(name in card.options for card in CARDS if card.name == request.sampler)


def _guidance_takes(name: str) -> Callable[[ImageRequest], bool]:
    return lambda request: name in METHOD_OPTIONS[request.guidance.method]


def _interval(request: ImageRequest, value: str) -> ImageRequest:
    start, colon, end = value.partition(":")
    try:
        if not colon:
            raise ValueError
        return replace(request, guidance=replace(request.guidance, interval=(float(start), float(end))))
    except ValueError:
        raise RequestError(f"guidance interval {value!r} is not START:END; give for example 0.1:0.8") from None


def _method(request: ImageRequest, value: str) -> ImageRequest:
    """Without the settings that this method does not take."""
    changed = _part("guidance", "method", str)(request, value)
    return replace(changed, guidance=changed.guidance.essential())


def _scales(request: ImageRequest, value: str) -> ImageRequest:
    return replace(request, guidance=replace(request.guidance, drawn=read_scales(value), course="drawn"))


def _size(request: ImageRequest, value: str) -> ImageRequest:
    width, x, height = value.lower().replace("×", "x").partition("x")
    if not x or not (width.strip().isdecimal() and height.strip().isdecimal()):
        raise RequestError(f"size {value!r} is not WIDTHxHEIGHT; give for example 128x128")
    return replace(request, width=int(width), height=int(height))


def _evaluations(request: ImageRequest, value: str) -> ImageRequest:
    """As many steps as a sampler's card allows: the task counts them anew, on the grid itself."""
    card = next((card for card in CARDS if card.name == request.sampler), None)
    if int(value) < 1:
        raise RequestError(f"{value} evaluations asked for; ask for at least 1")
    each, once = (card.evaluations_per_step, card.once) if card else (1, 0)
    return replace(request, steps=max((int(value) - once) // each, 1))


def _strength(request: ImageRequest, value: str) -> ImageRequest:
    assert request.start is not None, "it takes no strength"
    return replace(request, start=StartPicture(request.start.sha256, float(value)))


def _variation(request: ImageRequest, *, seed: int | None = None, strength: float | None = None) -> ImageRequest:
    own = request.variation or Variation(0, 0.1)
    turned = Variation(own.seed if seed is None else seed, own.strength if strength is None else strength)
    return replace(request, variation=turned)


def _card(name: str, title: str, group: str, kind: Kind, example: str, apply: Apply) -> Setting:
    return Setting(name, title, group, kind, apply, example)


def _solver(name: str, title: str, example: str) -> Setting:
    whole = name in WHOLE_SETTINGS
    apply = _part("solver", name, int if whole else float)
    kind: Kind = "whole" if whole else "number"
    return Setting(name.replace("_", "-"), title, "Sampler", kind, apply, example, takes=_sampler_takes(name))


def _guided(name: str, title: str, example: str) -> Setting:
    apply, said = _part("guidance", name, float), f"guidance-{name.replace('_', '-')}"
    return Setting(said, title, "Guidance", "number", apply, example, takes=_guidance_takes(name))


def _bends(name: str, field: str, title: str, example: str) -> Setting:
    return Setting(name, title, "Schedule", "number", _part("grid", field, float), example, takes=_grid_takes(field))


SETTINGS: tuple[Setting, ...] = (
    _card(MODEL, "Model", "What to make", "text", "tabletop", lambda r, v: replace(r, model_id=v)),
    _card("prompt", "Prompt", "What to make", "text", '"a red cube", "a blue cube"', _field("prompt", str)),
    # What it does needs the axis' first value: `core.sweeps.cells` knows that.
    _card(REPLACE, "Words of the prompt", "What to make", "text", "red, blue, green", lambda r, _: r),
    _card("negative", "Leave out", "What to make", "text", '"", "red, green"', _field("negative_prompt", str)),
    _card("size", "Size", "What to make", "text", "64x64, 128x128", _size),
    _card("seed", "Seed", "What to make", "whole", "1..4", _field("seed", int)),
    Setting("sampler", "Sampler", "Sampler", "choice", _field("sampler", str), "euler, heun", SAMPLERS),
    Setting("time-grid", "Schedule", "Schedule", "choice", _time_grid, "uniform, karras", GRIDS),
    _card(PAIR, "Sampler and schedule", "Sampler", "text", "euler+karras, heun+log_snr", _pair),
    _card("levels", "Levels of noise", "Schedule", "text", '"14.6,3.9,1.2,0.3", "9,3,1,0.2"', _listed),
    _card("handles", "Drawn schedule", "Schedule", "text", '"0:1,0.5:0.4,1:0"', _drawn_grid),
    _card("steps", "Steps", "Sampler", "whole", "4..20:4", _field("steps", int)),
    _card(EVALUATIONS, "Evaluations", "Sampler", "whole", "8..24:8", _evaluations),
    Setting("eta", "Eta", "Sampler", "number", _eta, "0..1 in 5", takes=_sampler_takes("eta")),
    Setting(
        "noise-scale",
        "Noise scale",
        "Sampler",
        "number",
        _field("noise_scale", float),
        "0.98..1.02 in 3",
        takes=_sampler_takes("noise_scale"),
    ),
    _solver("order", "Order", "1..3"),
    _solver("churn", "Churn", "0..60:20"),
    _solver("sigma_low", "From σ", "0.05, 0.1"),
    _solver("sigma_high", "To σ", "2, 50"),
    _solver("restarts", "Restarts", "0..4"),
    _solver("snr", "Signal to noise", "0.1..0.2 in 3"),
    _solver("gamma", "Gamma γ", "0..1 in 4"),
    _solver("tolerance", "Tolerance", "0.01, 0.001"),
    _bends("sigma-largest", "largest", "σ largest", "10, 80"),
    _bends("sigma-smallest", "smallest", "σ smallest", "0.002, 0.03"),
    _bends("rho", "rho", "Rho ρ", "3..9:2"),
    _bends("shift", "shift", "Time shift", "1..5"),
    _bends("beta-a", "beta_a", "Beta a", "0.4, 0.6, 1"),
    _bends("beta-b", "beta_b", "Beta b", "0.4, 0.6, 1"),
    _bends("threshold", "threshold", "Slow half", "0.01, 0.025"),
    Setting(
        "guidance-method",
        "Guidance method",
        "Guidance",
        "choice",
        _method,
        "cfg, apg",
        tuple(METHOD_OPTIONS),
    ),
    Setting(
        "guidance",
        "Guidance scale",
        "Guidance",
        "number",
        _part("guidance", "scale", float),
        "1..4 in 4",
        takes=_guidance_takes("scale"),
    ),
    _card("guidance-interval", "Guidance interval", "Guidance", "text", "0:1, 0.2:0.8", _interval),
    _guided("rescale", "Guidance rescale", "0, 0.5, 1"),
    Setting(
        "guidance-course",
        "Course of guidance",
        "Guidance",
        "choice",
        _part("guidance", "course", str),
        "constant, linear",
        tuple(course for course in COURSES if course != "drawn"),
        takes=_guidance_takes("course"),
    ),
    _card("guidance-scales", "Drawn guidance scales", "Guidance", "text", '"1,4,2", "4,2,1"', _scales),
    Setting(
        "guidance-threshold",
        "Guidance threshold",
        "Guidance",
        "number",
        _part("guidance", "threshold", float),
        "0, 0.9, 0.99",
        takes=_guidance_takes("threshold"),
    ),
    _guided("blend", "Guidance blend", "0.2..0.8 in 4"),
    _guided("zero", "Guidance rest", "0, 0.04, 0.1"),
    _guided("parallel", "Guidance along the guess", "0, 0.5, 1"),
    _guided("norm", "Longest guidance", "0, 1, 2"),
    _guided("leave_out", "Weight of what to leave out", "0.5..2 in 4"),
    Setting(
        "strength",
        "Start strength",
        "Beginning",
        "number",
        _strength,
        "0.3..0.9 in 4",
        takes=lambda request: request.start is not None,
    ),
    _card(
        "variation-seed",
        "Variation seed",
        "Beginning",
        "whole",
        "1..4",
        lambda r, v: _variation(r, seed=int(v)),
    ),
    _card(
        "variation-strength",
        "Variation strength",
        "Beginning",
        "number",
        "0..1 in 5",
        lambda r, v: _variation(r, strength=float(v)),
    ),
    _card("exposure", "Exposure", "Colour", "number", "-1..1", _part("colour", "exposure", float)),
    _card("contrast", "Contrast", "Colour", "number", "0.8..1.2 in 3", _part("colour", "contrast", float)),
    _card("saturation", "Saturation", "Colour", "number", "0..2", _part("colour", "saturation", float)),
)
"""In the order in which a cell's values are applied: a sampler before the steps that are counted by it."""
