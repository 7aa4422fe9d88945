"""A grid that can be laid into the plot: a box to tick, its name, the line that draws it, and a sentence below."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from studio.theme import Theme, fonts, sizes
from studio.theme.tokens import Series
from studio.widgets.markers import draw_marker

BOX, GAP, SAMPLE, MARK, EDGE = 14, 8, 30, 8.0, 4
TEXT = BOX + GAP + EDGE
FLAGS = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)


class CurveRow(QAbstractButton):
    """Ticked while its curve is in the plot. It grows with its sentence."""

    def __init__(self, theme: Theme, title: str, note: str) -> None:
        super().__init__()
        self._theme, self.title, self.note = theme, title, note
        self._series: Series | None = None
        self.setCheckable(True)
        self.setAccessibleName(title)
        self.setAccessibleDescription(note)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.updateGeometry)
        theme.changed.connect(self.update)

    def show_row(self, note: str, series: Series | None) -> None:
        """series: how its curve is drawn; None while it is not."""
        if (note, series) == (self.note, self._series):
            return
        if note != self.note:
            self.note = note
            self.setAccessibleDescription(note)
            self.updateGeometry()
        self._series = series
        self.setChecked(series is not None)
        self.update()

    def nextCheckState(self) -> None:
        """What is ticked is the view model's to say."""

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._head() + self._note_box(width).height() + 6

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(max(self.width(), 200)))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self._head() + 6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, tall = self._theme.tokens, self._head()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            if self.underMouse():
                painter.setBrush(QColor(tokens.bg3))
                painter.drawRoundedRect(QRectF(self.rect()), 5, 5)
            self._paint_box(painter, QRectF(EDGE, (tall - BOX) / 2, BOX, BOX))
            right = self.width() - (SAMPLE + 6 if self._series is not None else 4)
            painter.setFont(_name_face())
            painter.setPen(QColor(tokens.tx1))
            room = QRect(TEXT, 0, right - TEXT, tall)
            name = painter.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), name)
            if self._series is not None:
                paint_sample(painter, QRectF(self.width() - SAMPLE - 2, 0, SAMPLE, tall), self._series)
            painter.setFont(fonts.caption())
            painter.setPen(QColor(tokens.tx3))
            painter.drawText(self._note_box(self.width()), FLAGS, self.note)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(tokens.focus), 2))
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)

    def _paint_box(self, painter: QPainter, box: QRectF) -> None:
        tokens, on = self._theme.tokens, self.isChecked()
        painter.setPen(QPen(QColor(tokens.tx2 if on else tokens.ctl), 1.4))
        painter.setBrush(QColor(tokens.bg4 if on else tokens.bg2))
        painter.drawRoundedRect(box.adjusted(0.7, 0.7, -0.7, -0.7), 3, 3)
        if on:
            painter.setPen(QPen(QColor(tokens.tx1), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            at = box.topLeft()
            corners = [at + QPointF(3.4, 7.4), at + QPointF(6.0, 10.0), at + QPointF(10.8, 4.4)]
            painter.drawPolyline(corners)

    def _head(self) -> int:
        return sizes.tall(24)

    def _note_box(self, width: int) -> QRect:
        room = QRect(TEXT, self._head() - 3, max(width - TEXT - 6, 40), 1000)
        return QFontMetrics(fonts.caption()).boundingRect(room, FLAGS, self.note)


def paint_sample(painter: QPainter, box: QRectF, series: Series) -> None:
    """A short piece of a curve, with its mark in the middle."""
    colour, y = QColor(series.colour), box.center().y()
    pen = QPen(colour, 1.8)
    if series.dash:
        pen.setDashPattern(list(series.dash))
    painter.setPen(pen)
    painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
    draw_marker(painter, QRectF(box.center().x() - MARK / 2, y - MARK / 2, MARK, MARK), series.marker, colour)


def _name_face() -> QFont:
    return fonts.value()
