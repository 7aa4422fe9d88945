"""What jobs took on this computer, by device, model, size and pictures at once: kept over restarts."""

from __future__ import annotations

from typing import Any

from core.jobs.event import Measured
from core.models.card import ModelCard
from core.requests import ImageRequest
from studio.settings import Settings
from studio.viewmodels.cost import Cost, Measurements, Points, cost_of

KEPT = 5
"""So many of the latest figures of each kind are kept; their median counts."""
AUTO = "measured/auto"
"""Which device it was that the engine chose by itself."""
BESIDE = "beside"
SECONDS, OCTETS = ("guided_s", "plain_s"), ("guided_peak", "plain_peak")


class Measures:
    """Reads and writes the settings; knows how much memory is free as far as it was told."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._free: dict[str, int] = {}

    def note(self, event: Measured, device: str = "") -> None:
        """A batch was measured. device: what its request asked for."""
        if device == "auto":
            self._settings.keep(AUTO, event.device)
        if event.free_bytes is not None:
            self._free[event.device] = event.free_bytes
        peak = "guided_peak" if event.guided else "plain_peak"
        told = {"guided_s": event.guided_s, "plain_s": event.plain_s, peak: event.peak_bytes}
        key = _key(event.device, event.model_id, event.width, event.height)
        kept: dict[str, Any] = dict(self._settings.value(key, {}))
        batch: dict[str, Any] = dict(kept.get(str(event.batch), {}))
        batch |= {name: _appended(batch.get(name), value) for name, value in told.items() if value is not None}
        kept[str(event.batch)] = batch
        if event.beside_s is not None:
            kept[BESIDE] = _appended(kept.get(BESIDE), event.beside_s)
        self._settings.keep(key, kept)

    def set_free(self, octets: int) -> bool:
        """So much of the computer's memory is free. Whether that is news."""
        known = self._free.get("cpu")
        # To a hundredth: it never stands still.
        if known is not None and abs(octets - known) <= known / 100:
            return False
        self._free["cpu"] = octets
        return True

    def of(self, request: ImageRequest, card: ModelCard | None) -> Cost:
        """What a request would take. card: of its model, None where it is not installed."""
        if card is None:
            return Cost()
        width, height = request.width or card.sizes[0][0], request.height or card.sizes[0][1]
        device = request.device if request.device != "auto" else self._settings.value(AUTO, "")
        return cost_of(request, card.schedule, self._known(device, card.id, width, height))

    def _known(self, device: str, model_id: str, width: int, height: int) -> Measurements:
        kept: dict[str, Any] = self._settings.value(_key(device, model_id, width, height), {})
        batches = sorted((int(name), value) for name, value in kept.items() if name.isdecimal())
        beside = _figures(kept.get(BESIDE))
        return Measurements(
            **{name.removesuffix("_s"): _points(batches, name, low=False) for name in SECONDS},
            beside=_median(beside) if beside else None,
            **{name: _points(batches, name, low=True) for name in OCTETS},
            free=self._free.get(device),
        )


def _key(device: str, model_id: str, width: int, height: int) -> str:
    return f"measured/{device}-{model_id}-{width}x{height}"


def _points(batches: list[tuple[int, Any]], name: str, *, low: bool) -> Points:
    """low: the lower of two middle figures, since the first batch of a session also holds what any first one would."""
    found = ((batch, _figures(value.get(name)) if isinstance(value, dict) else []) for batch, value in batches)
    return tuple((batch, _median(figures, low=low)) for batch, figures in found if figures)


def _median(figures: list[float], *, low: bool = False) -> float:
    """low: the lower of two middle ones. (`statistics` would take the window some milliseconds to import.)"""
    ordered, middle = sorted(figures), (len(figures) - 1) // 2
    return ordered[middle] if low or len(ordered) % 2 else 0.5 * (ordered[middle] + ordered[middle + 1])


def _figures(kept: Any) -> list[float]:
    """Kept figures; those that can't be read are left out."""
    if not isinstance(kept, list):
        return []
    return [float(each) for each in kept if isinstance(each, int | float) and not isinstance(each, bool) and each >= 0]


def _appended(kept: Any, value: float) -> list[float]:
    return [*_figures(kept), value][-KEPT:]
