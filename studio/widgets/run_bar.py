"""The bar that floats under the picture while a job runs."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.actions import Actions
from studio.theme import Theme, fonts, sizes
from studio.viewmodels.run import RunBarInputs, RunBarView
from studio.viewmodels.view_model import ViewModel
from studio.widgets.buttons import Button
from studio.widgets.key_words import show_keys
from studio.widgets.ring import Ring
from studio.widgets.text import Elided, repolish, text

NARROW, RING_FITS = 520, 250


class Figure(QWidget):
    """A measured value over its unit."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self.value = text("", "tx1", fonts.section())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.value)
        column.addWidget(text(unit, "tx3", fonts.caption()))
        sizes.fix(self, width=58)

    def show_value(self, words: str) -> None:
        self.value.setText(words or "–")


class RunBar(QFrame):
    """cancelled: the button was pressed. restarted: the job should begin again with the settings as they are now."""

    cancelled = Signal()
    restarted = Signal()

    def __init__(
        self, theme: Theme, model: ViewModel[RunBarInputs, RunBarView], actions: Actions, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._model, self._small = model, False
        self.setProperty("surface", "float")
        self.setAccessibleName("Run")
        self._ring = Ring(theme, 36, 3.5)
        self._headline = text("", "tx1", fonts.card())
        self._note: QLabel = Elided("", "tx2", fonts.caption())
        self._speed, self._left, self._so_far = Figure("steps / s"), Figure("left"), Figure("so far")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._headline)
        words.addWidget(self._note)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 5, 10, 5)
        row.setSpacing(10)
        row.addWidget(self._ring)
        row.addLayout(words, 1)
        for figure in (self._speed, self._left, self._so_far):
            row.addWidget(figure)
        self._restart = Button(theme, "Restart with changes", "link")
        self._restart.setToolTip("Cancel this job and begin again with the settings as they are now")
        self._restart.clicked.connect(self.restarted)
        row.addWidget(self._restart)
        self.cancel = KeyedButton(theme, "Cancel", actions, "cancel")
        show_keys(actions, self.cancel, "Stop this job within one step; finished pictures are kept", "cancel")
        self.cancel.clicked.connect(self.cancelled)
        row.addWidget(self.cancel)
        sizes.fix(self, height=50, lines=2)
        model.watch("visible", self.setVisible)
        model.watch("headline", self._headline.setText)
        model.watch("changed", lambda _: self._arrange())
        for field in ("note", "brief"):
            model.watch(field, lambda _: self._arrange())
        model.watch("speed", self._speed.show_value)
        model.watch("left", self._left.show_value)
        model.watch("so_far", self._so_far.show_value)
        model.watch("fraction", lambda _: self._ring.show_progress(model.view.fraction, model.view.step))
        model.watch("step", lambda _: self._ring.show_progress(model.view.fraction, model.view.step))

    def lie_in(self, width: int, bottom: int) -> None:
        """Take a place in the middle of `width`, with the lower edge at `bottom`."""
        self._small = width < sizes.wide(NARROW)
        own = min(sizes.wide(560), width - 24)
        self._ring.setVisible(own >= sizes.wide(RING_FITS))
        self.setGeometry((width - own) // 2, bottom - self.height(), own, self.height())
        self._arrange()

    def _arrange(self) -> None:
        """Figures, or where there is little room one line of them; the offer to begin again takes their place."""
        view = self._model.view
        self._restart.setVisible(view.changed)
        for figure in (self._speed, self._left, self._so_far):
            figure.setVisible(not self._small and not view.changed)
        note = view.brief if self._small or view.changed else view.note
        self._note.setText(note)
        self._note.setVisible(bool(note))


class KeyedButton(Button):
    """A button that shows an action's key, as it is now, beside its words."""

    def __init__(self, theme: Theme, words: str, actions: Actions, name: str) -> None:
        super().__init__(theme, words)
        self._actions, self._name = actions, name
        self.hint = text("", "tx3", fonts.caption())
        self.hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 12, 0)
        row.addStretch(1)
        row.addWidget(self.hint)
        actions.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        keys = self._actions.shown_keys(self._name)
        self.hint.setText(keys)
        self.hint.setVisible(bool(keys))
        # Beside a key the words stand at the left, without one in the middle.
        self.setProperty("kind", "keyed" if keys else "plain")
        advance = self.fontMetrics().horizontalAdvance(self.text() + keys) / fonts.text_scale()
        sizes.fix(self, width=round(advance) + 36, height=32)
        repolish(self)
