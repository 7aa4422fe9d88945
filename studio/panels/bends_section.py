"""Under the schedule's plot: what bends the time grid on show, each row only where the grid takes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.errors import NoisetteError
from core.grid_settings import (
    MAX_BETA,
    MAX_RHO,
    MAX_SHIFT,
    MAX_THRESHOLD,
    MIN_BETA,
    MIN_RHO,
    MIN_SHIFT,
    MIN_THRESHOLD,
    LevelsAs,
    read_levels,
)
from studio.desk import Desk
from studio.theme import Theme, sizes
from studio.viewmodels.sampler import Bends
from studio.widgets.list_field import ListField
from studio.widgets.segmented import Segmented
from studio.widgets.slider_field import SliderField
from studio.widgets.text import text

LEVELS_AS: tuple[LevelsAs, ...] = ("sigma", "time")


class BendsSection(QWidget):
    """Writes into the desk's draft, shows its sampler view model. Rows that few grids have are made when needed."""

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        self._theme, self._desk = theme, desk
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._rows: dict[str, SliderField] = {}
        tip = "How much noise the run begins with. Less keeps to plain layouts, and may look flat."
        self.largest = self._slider("largest", "σ largest", 0.01, 80, 1, _short, log=True, tip=tip)
        tip = "The noise before the last step. Smaller spends more steps on fine detail."
        self.smallest = self._slider("smallest", "σ smallest", 0.01, 80, 0.01, _short, log=True, tip=tip)
        tip = "How strongly the steps crowd towards little noise: 1 is even in σ (polyexponential: in its logarithm)."
        self.rho = self._slider("rho", "Bend ρ", MIN_RHO, 15, 0.1, "{:.1f}".format, hard_high=MAX_RHO, tip=tip)
        desk.sampler.watch("bends", self._show)

    @cached_property
    def shift(self) -> SliderField:
        tip = (
            "How far the steps move towards much noise: 1 is uniform, 3 is SD3's; FLUX's is 1.65 to 3.16, by the size."
        )
        return self._slider(
            "shift",
            "Shift",
            0.25,
            12,
            0.05,
            "{:.2f}".format,
            hard_low=MIN_SHIFT,
            hard_high=MAX_SHIFT,
            log=True,
            tip=tip,
        )

    @cached_property
    def beta_a(self) -> SliderField:
        tip = "Of the Beta distribution: below 1 crowds steps where the noise is little."
        return self._slider("beta_a", "Beta a", MIN_BETA, 3, 0.05, "{:.2f}".format, hard_high=MAX_BETA, tip=tip)

    @cached_property
    def beta_b(self) -> SliderField:
        tip = "Of the Beta distribution: below 1 crowds steps where the noise is much."
        return self._slider("beta_b", "Beta b", MIN_BETA, 3, 0.05, "{:.2f}".format, hard_high=MAX_BETA, tip=tip)

    @cached_property
    def threshold(self) -> SliderField:
        tip = "How much of the way is gone in the first, slow half of the steps."
        return self._slider(
            "threshold", "Slow half", MIN_THRESHOLD, MAX_THRESHOLD, 0.001, "{:.3f}".format, title="Threshold", tip=tip
        )

    @cached_property
    def levels(self) -> ListField:
        tip = (
            "The noise of each step, falling, with commas or spaces between; paste a list from another tool. With as"
            " many as steps they are taken as they are, else the steps follow the curve through them."
        )
        made = ListField("Levels", read_levels, _written, title="Levels of the schedule", tip=tip)
        made.committed.connect(lambda numbers: self._change_levels(levels=numbers))
        self._column.addWidget(made)
        return made

    @cached_property
    def levels_as(self) -> Segmented:
        return Segmented("What the levels are", ("Sigmas", "Times"))

    @cached_property
    def _levels_row(self) -> QWidget:
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 1, 0, 1)
        row.setSpacing(4)
        name = text("Written as", "tx2")
        sizes.bound(name, least_width=74)
        row.addWidget(name)
        row.addStretch(1)
        row.addWidget(self.levels_as)
        sizes.bound(self.levels_as, least_width=128)
        self.levels_as.chosen.connect(lambda at: self._rewrite(LEVELS_AS[at]))
        self._column.addWidget(whole)
        return whole

    def _slider(
        self,
        field: str,
        name: str,
        low: float,
        high: float,
        step: float,
        write: Callable[[float], str],
        *,
        tip: str,
        title: str = "",
        log: bool = False,
        hard_low: float | None = None,
        hard_high: float | None = None,
    ) -> SliderField:
        made = SliderField(
            self._theme, name, low, high, step, write, tip=tip, title=title, log=log, hard_low=hard_low,
            hard_high=hard_high,
        )  # fmt: skip
        made.changed.connect(lambda value: self._bend(field, value))
        self._column.addWidget(made)
        self._rows[field] = made
        return made

    def _bend(self, field: str, value: float) -> None:
        default = getattr(self._desk.sampler.view.bends, f"{field}_default")
        self._desk.change_grid(**{field: None if value == default else value})
        # A refused value leaves the view as it was; the slider must go back to it.
        self._show(self._desk.sampler.view.bends)

    def _show(self, bends: Bends) -> None:
        self.largest.set_bounds(bends.smallest_default, bends.largest_default)
        self.smallest.set_bounds(bends.smallest_default, bends.largest_default)
        for field in ("largest", "smallest", "rho", "shift", "beta_a", "beta_b", "threshold"):
            value = getattr(bends, field)
            if value is not None:
                slider: SliderField = getattr(self, field)
                slider.set_value(value, getattr(bends, f"{field}_default"))
            if field in self._rows:
                self._rows[field].setVisible(value is not None)
        self._show_levels(bends)

    def _show_levels(self, bends: Bends) -> None:
        if bends.levels is not None:
            self.levels.set_numbers(bends.levels)
        if bends.levels_as is not None:
            _ = self._levels_row
            self.levels_as.choose(LEVELS_AS.index(bends.levels_as))
        if "levels" in self.__dict__:
            self.levels.setVisible(bends.levels is not None)
            # What was measured is to be read; a list of one's own is to be changed.
            self.levels.field.setReadOnly(bends.levels_as is None)
        if "_levels_row" in self.__dict__:
            self._levels_row.setVisible(bends.levels_as is not None)

    def _change_levels(self, levels: tuple[float, ...]) -> None:
        try:
            grid = replace(self._desk.draft.grid, levels=levels)
        except NoisetteError as error:
            self.levels.refuse(str(error))
        else:
            self._desk.change(grid=grid)

    def _rewrite(self, levels_as: LevelsAs) -> None:
        self._desk.list_grid(levels_as)


def _short(value: float) -> str:
    return f"{value:.3g}"


def _written(numbers: tuple[float, ...]) -> str:
    return ", ".join(f"{number:.6g}" for number in numbers)
