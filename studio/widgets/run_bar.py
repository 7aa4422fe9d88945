"""The bar that floats under the picture while a job runs."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.theme import Theme, fonts, sizes
from studio.viewmodels.run import RunBarInputs, RunBarView
from studio.viewmodels.view_model import ViewModel
from studio.widgets.buttons import Button
from studio.widgets.ring import Ring
from studio.widgets.text import key, text

NARROW = 520


class Figure(QWidget):
    """A measured value over its unit."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self.value = text("", "tx1", fonts.section())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(self.value)
        column.addWidget(text(unit, "tx3", fonts.caption()))
        sizes.fix(self, width=62)

    def show_value(self, words: str) -> None:
        self.value.setText(words or "–")


class RunBar(QFrame):
    """cancelled: the button was pressed."""

    cancelled = Signal()

    def __init__(self, theme: Theme, model: ViewModel[RunBarInputs, RunBarView], parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", "float")
        self.setAccessibleName("Run")
        self._ring = Ring(theme, 36, 3.5)
        self._headline = text("", "tx1", fonts.card())
        self._note: QLabel = text("", "tx2")
        self._speed, self._left, self._so_far = Figure("steps / s"), Figure("left"), Figure("so far")
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._headline)
        words.addWidget(self._note)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 5, 10, 5)
        row.setSpacing(10)
        row.addWidget(self._ring)
        row.addLayout(words, 1)
        for figure in (self._speed, self._left, self._so_far):
            row.addWidget(figure)
        self._cancel = Button(theme, "Cancel")
        self._cancel.setToolTip("Stop this job within one step; finished pictures are kept (Esc)")
        self._cancel.clicked.connect(self.cancelled)
        row.addWidget(self._cancel)
        row.addWidget(key("Esc"))
        sizes.fix(self, height=50, lines=2)
        model.watch("visible", self.setVisible)
        model.watch("headline", self._headline.setText)
        model.watch("note", self._note.setText)
        model.watch("speed", self._speed.show_value)
        model.watch("left", self._left.show_value)
        model.watch("so_far", self._so_far.show_value)
        model.watch("fraction", lambda _: self._ring.show_progress(model.view.fraction, model.view.step))
        model.watch("step", lambda _: self._ring.show_progress(model.view.fraction, model.view.step))

    def lie_in(self, width: int, bottom: int) -> None:
        """Take a place in the middle of `width`, with the lower edge at `bottom`."""
        self._so_far.setVisible(width >= NARROW)
        own = min(560, width - 24)
        self.setGeometry((width - own) // 2, bottom - self.height(), own, self.height())
