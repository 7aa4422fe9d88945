"""Sliders for what the chosen sampler can be told beside fresh noise; only those that it has."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.requests import SOLVER_RANGES
from core.samplers.cards import OptionCard
from studio.theme import Theme
from studio.viewmodels.sampler import SolverOption
from studio.widgets.slider_field import SliderField

STEPS = 200
"""Places of a slider that is not of whole numbers."""


class SolverOptions(QWidget):
    """changed: the field of SolverSettings and its value."""

    changed = Signal(str, float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.sliders: dict[str, SliderField] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.hide()

    def show_options(self, options: tuple[SolverOption, ...]) -> None:
        """A slider is made when a sampler first has its option."""
        for slider in self.sliders.values():
            slider.hide()
        for option in options:
            card = option.card
            slider = self.sliders.get(card.setting) or self._made(card)
            slider.set_bounds(card.low, card.high)
            slider.set_value(option.value, card.default)
            slider.show()
        self.setVisible(bool(options))

    def _made(self, card: OptionCard) -> SliderField:
        low, high = SOLVER_RANGES[card.setting]
        slider = SliderField(
            self._theme,
            card.title,
            card.low,
            card.high,
            1 if card.whole else (card.high - card.low) / STEPS,
            lambda value: f"{value:.3g}",
            whole=card.whole,
            log=card.log,
            hard_low=low if not card.log and not card.whole else None,
            hard_high=high if not card.log and not card.whole else None,
            tip=card.tip,
        )
        slider.changed.connect(lambda value: self.changed.emit(card.setting, value))
        self._column.addWidget(slider)
        self.sliders[card.setting] = slider
        return slider
