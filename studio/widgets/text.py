"""Labels and lines in the studio's type and tones."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QSizePolicy, QWidget

from studio.theme import fonts


def text(words: str = "", tone: str = "tx2", face: QFont | None = None) -> QLabel:
    """A label. tone: a text token ("tx1", "tx2", "tx3", "acc", "err", "ok", "warn")."""
    made = QLabel(words)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(face or fonts.label())
    made.setProperty("tone", tone)
    return made


def wrapped(words: str = "", tone: str = "tx2", face: QFont | None = None) -> QLabel:
    """A label that breaks its lines."""
    made = text(words, tone, face)
    made.setWordWrap(True)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    made.setSizePolicy(policy)
    return made


def key(words: str) -> QLabel:
    """A key cap."""
    made = text(words, "tx2", fonts.caption())
    made.setProperty("kind", "key")
    made.setIndent(0)
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


def retone(label: QLabel, tone: str) -> None:
    """Change a label's tone."""
    if label.property("tone") != tone:
        label.setProperty("tone", tone)
        repolish(label)


def repolish(widget: QWidget) -> None:
    """Have the style sheet look at the widget's dynamic properties again; nothing where none is on yet."""
    application = QApplication.instance()
    if not isinstance(application, QApplication) or not application.styleSheet():
        return
    style = widget.style()
    # Qt gives back the face that the widget had when it was first dressed, at the text scale of then.
    face, own = widget.font(), widget.testAttribute(Qt.WidgetAttribute.WA_SetFont)
    style.unpolish(widget)
    style.polish(widget)
    if own and widget.font() != face:
        widget.setFont(face)


def line(*, vertical: bool = False) -> QFrame:
    """A hairline."""
    made = QFrame()
    made.setProperty("surface", "line")
    if vertical:
        made.setFixedWidth(1)
    else:
        made.setFixedHeight(1)
    return made


def surface(kind: str, parent: QWidget | None = None) -> QFrame:
    """A frame with one of the style sheet's grounds: bar, panel, canvas, card, well, float, error."""
    made = QFrame(parent)
    made.setProperty("surface", kind)
    return made


class Elided(QLabel):
    """One line that gives way: cut with an ellipsis where it does not fit, whole in the tooltip."""

    def __init__(self, words: str = "", tone: str = "tx2", face: QFont | None = None) -> None:
        super().__init__(words)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(face or fonts.label())
        self.setProperty("tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, self.fontMetrics().height() + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(self.text() if shown != self.text() else "")
        with QPainter(self) as painter:
            painter.setFont(self.font())
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), shown)
