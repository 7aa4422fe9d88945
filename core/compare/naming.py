"""What the lanes of a race are called: by sampler, and by what else tells them apart. No torch here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from core.requests import CompareRequest, ImageRequest
from core.samplers.cards import CARDS, eta_of

MOST = 40
"""Characters of a prompt in a name."""


def lane_names(request: CompareRequest) -> tuple[str, ...]:
    """One for each lane, no two alike."""
    requests = [lane.request for lane in request.lanes]
    parts = _telling(requests)
    names = [
        lane.name or " · ".join([sampler_title(lane.request.sampler), *(part(lane.request) for part in parts)])
        for lane in request.lanes
    ]
    times = Counter(names)
    counted = Counter[str]()
    for place, name in enumerate(names):
        if times[name] > 1:
            counted[name] += 1
            names[place] = f"{name} ({counted[name]})"
    return tuple(names)


def sampler_title(sampler: str) -> str:
    """The sampler's title, its name where it is not known."""
    return next((card.title for card in CARDS if card.name == sampler), sampler)


def _telling(requests: Sequence[ImageRequest]) -> list[Callable[[ImageRequest], str]]:
    """The settings beside the sampler in which lanes differ."""
    told: tuple[tuple[Callable[[ImageRequest], object], Callable[[ImageRequest], str]], ...] = (
        (lambda each: (each.time_grid, each.grid), lambda each: each.time_grid.replace("_", "-")),
        (lambda each: each.guidance, _guidance),
        (lambda each: each.model_id, lambda each: each.model_id),
        (lambda each: each.prompt, lambda each: _short(each.prompt)),
        (lambda each: each.style, lambda each: each.style or "no style"),
        (lambda each: each.negative_prompt, lambda each: f"without {_short(each.negative_prompt) or 'nothing'}"),
    )
    chosen = [words for differs, words in told if len({differs(each) for each in requests}) > 1]
    if len({(each.sampler, eta_of(each)) for each in requests}) > len({each.sampler for each in requests}):
        chosen.insert(0, lambda each: "" if eta_of(each) is None else f"eta {eta_of(each):g}")
    return chosen


def _guidance(request: ImageRequest) -> str:
    words = f"guidance {request.guidance.scale:g}"
    start, end = request.guidance.interval
    if (start, end) != (0.0, 1.0):
        words += f" from {start:g} to {end:g}"
    return words + (f" rescaled {request.guidance.rescale:g}" if request.guidance.rescale else "")


def _short(prompt: str) -> str:
    return prompt if len(prompt) <= MOST else prompt[: MOST - 1] + "…"
