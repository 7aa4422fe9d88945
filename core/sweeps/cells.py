"""From a sweep to its cells: the request of each picture, and what its place is called. No torch here."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.diffusion.grids.cards import GRID_CARDS
from core.errors import RequestError
from core.requests import ImageRequest
from core.samplers.cards import CARDS
from core.sweeps.request import Axis, SweepRequest
from core.sweeps.settings import EVALUATIONS, PAIR, REPLACE, SETTINGS, setting_named

TITLES = {card.name: card.title for card in (*CARDS, *GRID_CARDS)}


@dataclass(frozen=True, slots=True)
class Cell:
    """index: across, then down, then by sheets. values: one an axis.

    request: of its one picture. evaluations: that its steps are to be counted by, None where nobody asked.
    """

    index: int
    values: tuple[str, ...]
    request: ImageRequest
    evaluations: int | None = None


def cells_of(sweep: SweepRequest) -> tuple[Cell, ...]:
    """Every cell in order. Raises RequestError for what can't be carried out, as far as it shows without a model.

    A setting that some cells' sampler, grid or method does not take leaves those as they are; one that none takes
    is an error.
    """
    cells = tuple(_cell(sweep, index) for index in range(sweep.total))
    for axis in sweep.axes:
        setting = setting_named(axis.setting)
        if not any(setting.takes(cell.request) for cell in cells):
            raise RequestError(
                f"{setting.name} changes nothing here: no cell's sampler, schedule or guidance takes it; "
                "choose another setting, or sweep those too"
            )
    return cells


def label(axis: Axis, value: str) -> str:
    """What a row or column is called: "Euler", "8 evaluations"."""
    setting = setting_named(axis.setting)
    if setting.name == PAIR:
        return ", ".join(TITLES.get(part.strip(), part.strip()) for part in value.split("+"))
    if setting.name in ("sampler", "time-grid"):
        return TITLES.get(value, value)
    if setting.kind in ("whole", "number"):
        said, title = value.replace("-", "\N{MINUS SIGN}"), setting.title
        return f"{said} {title.lower()}" if setting.name in ("steps", EVALUATIONS) else f"{title} {said}"
    return value or "(nothing)"


def _cell(sweep: SweepRequest, index: int) -> Cell:
    values = sweep.values(index)
    told = {setting_named(axis.setting).name: (axis, value) for axis, value in zip(sweep.axes, values, strict=True)}
    request = replace(sweep.base, count=1, batch=None, kept=True)
    for setting in SETTINGS:
        if setting.name not in told:
            continue
        axis, value = told[setting.name]
        if setting.name == REPLACE:
            request = replace(request, prompt=_replaced(request.prompt, axis.values[0], value))
        elif setting.takes(request):
            request = setting.applied(request, value)
    budget = int(told[EVALUATIONS][1]) if EVALUATIONS in told else None
    return Cell(index, values, request, budget)


def _replaced(prompt: str, sought: str, value: str) -> str:
    """As A1111's "Prompt S/R": the axis' first value is what is sought, and stands for itself."""
    if not sought or sought not in prompt:
        raise RequestError(f"{sought!r} is not in the prompt {prompt[:60]!r}; begin with words that are")
    return prompt.replace(sought, value)
