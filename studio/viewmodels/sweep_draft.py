"""The axes of a grid as they are typed: a frozen value from which its request is made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from core.errors import NoisetteError
from core.requests import ImageRequest
from core.sweeps.request import MAX_AXES, Axis, SweepRequest, in_order
from core.sweeps.settings import setting_named


@dataclass(frozen=True, slots=True)
class AxisDraft:
    """setting: by name, "" for no axis. text: its values as typed."""

    setting: str = ""
    text: str = ""

    def axis(self) -> Axis:
        """Raises RequestError: value, rule, remedy."""
        return setting_named(self.setting).read(self.text)


@dataclass(frozen=True, slots=True)
class SweepDraft:
    """axes: X, Y and Z."""

    axes: tuple[AxisDraft, ...] = (
        AxisDraft("sampler", "euler, heun, dpmpp_2m"),
        AxisDraft("evaluations", "8..24:8"),
        AxisDraft(),
    )

    def request(self, base: ImageRequest) -> SweepRequest:
        """Raises RequestError: value, rule, remedy."""
        return SweepRequest(base, in_order(tuple(axis.axis() if axis.setting else None for axis in self.axes)))

    def with_setting(self, place: int, name: str) -> SweepDraft:
        """Another setting on an axis, with values for example."""
        axis = AxisDraft(name, setting_named(name).example) if name else AxisDraft()
        return self._with(place, axis)

    def with_text(self, place: int, text: str) -> SweepDraft:
        return self._with(place, replace(self.axes[place], text=text))

    def _with(self, place: int, axis: AxisDraft) -> SweepDraft:
        return SweepDraft((*self.axes[:place], axis, *self.axes[place + 1 :]))

    def to_list(self) -> list[list[str]]:
        """Plain values."""
        return [[axis.setting, axis.text] for axis in self.axes]

    @staticmethod
    def from_list(data: Any) -> SweepDraft:
        """Kept axes; the usual ones where they can't be read."""
        try:
            axes = tuple(AxisDraft(str(name), str(text)) for name, text in data)
            for axis in axes:
                if axis.setting:
                    setting_named(axis.setting)
        except (NoisetteError, TypeError, ValueError):
            return SweepDraft()
        return SweepDraft(axes) if len(axes) == MAX_AXES else SweepDraft()
