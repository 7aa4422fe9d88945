"""The one kind of question that stops work: before something goes for good."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.theme import fonts, sizes
from studio.widgets.text import text, wrapped

WIDTH = 380


class Confirm(QDialog):
    """A question, what follows, and a verb; Esc and the first button leave everything as it is."""

    def __init__(self, parent: QWidget, question: str, words: str, verb: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(verb)
        self.setAccessibleName(question)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sizes.fix(self, width=WIDTH)
        self.cancel, self.verb = QPushButton("Cancel"), QPushButton(verb)
        self.verb.setProperty("kind", "danger")
        title = text(question, "tx1", fonts.card())
        title.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for button in (self.cancel, self.verb):
            button.setFont(fonts.font(12, 600))
            sizes.fix(button, height=32)
            sizes.bound(button, least_width=84)
            row.addWidget(button)
        self.verb.setAutoDefault(False)
        self.cancel.setDefault(True)
        self.cancel.clicked.connect(self.reject)
        self.verb.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 14)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(wrapped(words, "tx2"))
        column.addSpacing(8)
        column.addLayout(row)
