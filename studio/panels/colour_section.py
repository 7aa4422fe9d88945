"""The right panel's last part: what decodes the picture, and what is done to its colour at the end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.colour import AS_DECODED, MAX_CONTRAST, MAX_EXPOSURE, MAX_SATURATION, ColourSettings
from studio.desk import Desk
from studio.theme import Theme, sizes
from studio.viewmodels.arithmetic import evaluate
from studio.viewmodels.colour import exposure_words
from studio.viewmodels.wording import MINUS
from studio.widgets.segmented import Segmented
from studio.widgets.slider_field import SliderField
from studio.widgets.text import text, wrapped

WAYS = ("clip", "fit")


class ColourSection(QWidget):
    """Writes into the desk's draft, shows its sampler view model."""

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.decoder = wrapped("", "tx2")
        self.out_of_range = Segmented("Out of range", ("Clip", "Fit"), spread=True)
        self.out_of_range.setToolTip(
            "What becomes of colours beyond white and black, as strong guidance makes them: clip cuts them off, fit"
            " brings the whole picture in"
        )
        self.exposure = SliderField(
            theme,
            "Exposure",
            -2,
            2,
            0.05,
            exposure_words,
            hard_low=-MAX_EXPOSURE,
            hard_high=MAX_EXPOSURE,
            read=lambda said: evaluate(said.strip().removeprefix("+").replace(MINUS, "-")),
            tip="The light of the finished picture in stops: +1 doubles it, −1 halves it.",
        )
        self.contrast = SliderField(
            theme,
            "Contrast",
            0.5,
            1.5,
            0.01,
            lambda value: f"{value:.2f}",
            hard_low=0,
            hard_high=MAX_CONTRAST,
            tip="Of the finished picture's light, about mid-grey: 1.00 leaves it as it is.",
        )
        self.saturation = SliderField(
            theme,
            "Saturation",
            0,
            2,
            0.01,
            lambda value: f"{value:.2f}",
            hard_high=MAX_SATURATION,
            tip="How strong colours are in the finished picture: 0.00 is grey, 1.00 leaves them as they are.",
        )
        self._build()
        self.out_of_range.chosen.connect(lambda at: self._change(out_of_range=WAYS[at]))
        self.exposure.changed.connect(lambda value: self._change(exposure=value))
        self.contrast.changed.connect(lambda value: self._change(contrast=value))
        self.saturation.changed.connect(lambda value: self._change(saturation=value))
        desk.sampler.watch("decoder", self.decoder.setText)
        desk.sampler.watch("colour", self._show)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.decoder)
        column.addSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(4)
        name = text("Out of range", "tx2")
        sizes.bound(name, least_width=74)
        row.addWidget(name)
        row.addStretch(1)
        row.addWidget(self.out_of_range)
        sizes.bound(self.out_of_range, least_width=128)
        column.addLayout(row)
        for slider in (self.exposure, self.contrast, self.saturation):
            column.addWidget(slider)

    def _show(self, colour: ColourSettings) -> None:
        self.out_of_range.choose(WAYS.index(colour.out_of_range))
        self.exposure.set_value(colour.exposure, AS_DECODED.exposure)
        self.contrast.set_value(colour.contrast, AS_DECODED.contrast)
        self.saturation.set_value(colour.saturation, AS_DECODED.saturation)

    def _change(self, **settings: Any) -> None:
        self._desk.change(colour=replace(self._desk.draft.colour, **settings))
