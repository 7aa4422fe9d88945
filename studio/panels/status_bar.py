"""The status bar: state, hints for this view, memory."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from studio.actions import Actions
from studio.panels.key_cap import KeyCap
from studio.theme import Theme, fonts, icons, sizes
from studio.viewmodels.status import Hints, StatusInputs, StatusView
from studio.viewmodels.view_model import ViewModel
from studio.widgets.text import Elided, text

HEIGHT = 26
EDGES = 90
"""Margins and gaps of the row, pixels."""


class StatusBar(QFrame):
    """Shows the session's status."""

    def __init__(self, theme: Theme, model: ViewModel[StatusInputs, StatusView], actions: Actions) -> None:
        super().__init__()
        self._theme, self._model, self._actions = theme, model, actions
        self.setProperty("surface", "bar")
        sizes.fix(self, height=HEIGHT)
        self.setAccessibleName("Status")
        self._mark = QLabel()
        self.words = Elided("", "tx2", fonts.font(11, 600))
        # It has what it needs; a long sentence gives way, and stands whole on the card of the failure.
        self.words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._memory, self._saved = text("", "tx3", fonts.caption()), text("", "tx3", fonts.caption())
        self._hints, self._pairs = QWidget(), list[QWidget]()
        hints = QHBoxLayout(self._hints)
        hints.setContentsMargins(0, 0, 0, 0)
        hints.setSpacing(6)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 14, 0)
        row.setSpacing(8)
        row.addWidget(self._mark)
        row.addWidget(self.words)
        row.addSpacing(14)
        row.addWidget(self._hints)
        row.addStretch(1)
        row.addWidget(self._memory)
        row.addSpacing(8)
        row.addWidget(self._saved)
        model.watch("words", self._show_words)
        model.watch("hints", self._show_hints)
        model.watch("memory", self._show_memory)
        model.watch("saved", self._saved.setText)
        for field in ("mark", "tone"):
            model.watch(field, lambda _: self._tint())
        theme.changed.connect(self._tint)
        theme.changed.connect(self._fold)

    def _show_words(self, words: str) -> None:
        self.words.setText(words)
        self.words.setAccessibleName(words)
        self._fold()

    def _show_memory(self, words: str) -> None:
        self._memory.setText(words)
        self._fold()

    def _show_hints(self, hints: Hints) -> None:
        layout = self._hints.layout()
        for pair in self._pairs:
            layout.removeWidget(pair)
            pair.hide()
            pair.deleteLater()
        self._pairs.clear()
        for names, words in hints:
            pair = QWidget()
            row = QHBoxLayout(pair)
            row.setContentsMargins(0, 0, 8, 0)
            row.setSpacing(6)
            row.addWidget(KeyCap(self._actions, *names))
            row.addWidget(text(words, "tx3", fonts.caption()))
            layout.addWidget(pair)
            self._pairs.append(pair)
        self._fold()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            # Something in here asks for another width: a new face, other words.
            self._fold()
        return super().event(event)

    def _fold(self) -> None:
        """Show as many hints as there is room for beside the state, the first ones first."""
        fixed = (self._mark, self.words, self._memory, self._saved)
        room = self.width() - sum(part.sizeHint().width() for part in fixed) - EDGES
        for pair in self._pairs:
            room -= pair.sizeHint().width() + 6
            pair.setVisible(room >= 0)

    def _tint(self) -> None:
        colour = getattr(self._theme.tokens, self._model.view.tone)
        self._mark.setPixmap(icons.pixmap(self._model.view.mark, colour, 14, 2.0))
