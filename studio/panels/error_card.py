"""What went wrong, what was kept, and what to do: on the canvas, not in a dialog."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from studio.session import Session
from studio.theme import Theme, fonts, icons, sizes
from studio.viewmodels.canvas import CanvasView
from studio.widgets.buttons import Button
from studio.widgets.text import key, line, surface, text, wrapped

WIDTH = 560


class ErrorCard(QWidget):
    """Shown for a failed run."""

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self._theme, self._session = theme, session
        self._sentence = wrapped("", "tx1", fonts.sheet())
        self._kept = wrapped("", "tx2")
        self._mark = QLabel()
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setAccessibleName("Technical details")
        self._details.setFont(fonts.caption())
        sizes.fix(self._details, height=120, lines=8)
        self._retry = Button(theme, "Try again", "remedy")
        self._retry.clicked.connect(session.retry)
        self._fold = Button(theme, "Technical details", "quiet", "chevron_right")
        self._fold.setCheckable(True)
        self._fold.toggled.connect(self._unfold)
        self._copy = Button(theme, "Copy report", "quiet", "copy")
        self._copy.clicked.connect(self._copy_report)
        self._build()
        theme.changed.connect(self._tint)
        self._tint()

    def show_failure(self, view: CanvasView) -> None:
        """Say what happened."""
        self._sentence.setText(view.sentence[:1].upper() + view.sentence[1:])
        self._kept.setText(view.kept)
        self._details.setPlainText(view.details)
        self._fold.setChecked(False)
        self._fold.setVisible(bool(view.details))
        self._details.hide()

    def report(self) -> str:
        """Sentence, what was kept, and details, as text for a report."""
        parts = (self._sentence.text(), self._kept.text(), self._details.toPlainText())
        return "\n\n".join(part for part in parts if part)

    def _build(self) -> None:
        card = surface("error")
        sizes.bound(card, most_width=WIDTH)
        tile = surface("errTint")
        tile.setFixedSize(40, 40)
        inside = QHBoxLayout(tile)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignCenter)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._sentence)
        words.addWidget(self._kept)
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(tile, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        remedy = QHBoxLayout(self._retry)
        remedy.setContentsMargins(0, 0, 10, 0)
        remedy.addStretch(1)
        note = text("same prompt, same seed", "tx1", fonts.label())
        note.setProperty("kind", "onAcc")
        remedy.addWidget(note)
        remedy.addWidget(key("R"))
        for child in self._retry.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        top = QVBoxLayout()
        top.setContentsMargins(22, 20, 22, 18)
        top.setSpacing(16)
        top.addLayout(head)
        top.addWidget(self._retry)
        top.addWidget(text("Or change the settings on either side and generate again.", "tx3"))
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 8, 12, 8)
        foot.addWidget(self._fold)
        foot.addStretch(1)
        foot.addWidget(self._copy)
        column = QVBoxLayout(card)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(line())
        column.addLayout(foot)
        holder = QVBoxLayout()
        holder.setContentsMargins(14, 0, 14, 10)
        holder.addWidget(self._details)
        column.addLayout(holder)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addStretch(1)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(card, 1000)
        middle.addStretch(1)
        whole.addLayout(middle)
        whole.addStretch(2)

    def _unfold(self, open_: bool) -> None:
        self._details.setVisible(open_)
        self._fold.set_icon("chevron_down" if open_ else "chevron_right")

    def _copy_report(self) -> None:
        QGuiApplication.clipboard().setText(self.report())
        self._session.said.emit("Report copied")

    def _tint(self) -> None:
        self._mark.setPixmap(icons.pixmap("error", self._theme.tokens.err, 20, 2.0))
