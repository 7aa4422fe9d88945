"""Where the time of one picture goes: a bar a lane, split into network, solver and decoder."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.theme import Theme, fonts, sizes
from studio.viewmodels.compare_views import TimeRow
from studio.widgets.series_mark import draw_series
from studio.widgets.spoken import Part, Spoken

NAMES, FIGURES, ROW, BAR, KEY = 98, 62, 30, 14, 20
TOP = 8
LEAST_ROW, LEAST_ROW_LOW = 20, 17
NETWORK = 0.86
"""Of the lane's colour, so that the bars don't outshine the pictures."""
PARTS = ("network", "solver", "decode")


class TimeBars(QWidget):
    """Shows rows, each as long as it took."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: tuple[TimeRow, ...] = ()
        self._low = False
        self.setAccessibleName("Time for one picture")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        theme.changed.connect(self.updateGeometry)
        theme.changed.connect(self.update)

    def show_rows(self, rows: tuple[TimeRow, ...]) -> None:
        self._rows = rows
        self.setAccessibleDescription("; ".join(_told(row) for row in rows))
        self.updateGeometry()
        self.update()

    def set_low(self, low: bool) -> None:
        """Whether the bars may stand closer, as in a low window."""
        self._low = low
        self.updateGeometry()

    def spoken(self) -> Spoken:
        return Spoken(Part.CHART, self.accessibleDescription())

    def sizeHint(self) -> QSize:
        return QSize(240, len(self._rows) * sizes.tall(ROW) + sizes.tall(KEY) + TOP)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, len(self._rows) * sizes.tall(LEAST_ROW_LOW if self._low else LEAST_ROW) + sizes.tall(KEY))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._rows:
            return
        tokens = self._theme.tokens
        longest = max(sum(row.parts) for row in self._rows) or 1.0
        pitch = min(sizes.tall(ROW), (self.height() - sizes.tall(KEY)) / len(self._rows))
        top = min(TOP, self.height() - sizes.tall(KEY) - pitch * len(self._rows))
        left, right = sizes.wide(NAMES), sizes.wide(FIGURES)
        room = max(self.width() - left - right, 10)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for at, row in enumerate(self._rows):
                y = top + (at + 0.5) * pitch
                draw_series(painter, QRectF(3, y - 4.5, 9, 9), tokens.series[row.series])
                painter.setFont(fonts.label())
                painter.setPen(QColor(tokens.tx1))
                name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, left - 24)
                painter.drawText(QRectF(20, y - 10, left - 20, 20), Qt.AlignmentFlag.AlignVCenter, name)
                tall = min(BAR, pitch - 6)
                self._paint_bar(painter, row, QRectF(left, y - tall / 2, room * sum(row.parts) / longest, tall))
                painter.setFont(fonts.section())
                painter.setPen(QColor(tokens.tx1))
                box = QRectF(self.width() - right, y - 10, right, 20)
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, row.total)
            self._paint_key(painter, top + pitch * len(self._rows))

    def _paint_bar(self, painter: QPainter, row: TimeRow, box: QRectF) -> None:
        shape = QPainterPath()
        shape.addRoundedRect(box, 3, 3)
        painter.save()
        painter.setClipPath(shape)
        painter.setPen(Qt.PenStyle.NoPen)
        x, whole = box.left(), sum(row.parts) or 1.0
        for seconds, colour in zip(row.parts, self._colours(row.series), strict=True):
            wide = box.width() * seconds / whole
            painter.fillRect(QRectF(x, box.top(), wide, box.height()), colour)
            x += wide
        painter.restore()

    def _colours(self, series: int) -> tuple[QColor, QColor, QColor]:
        tokens = self._theme.tokens
        network = QColor(tokens.series[series].colour)
        network.setAlphaF(NETWORK)
        return network, QColor(tokens.tx2), QColor(tokens.ctl)

    def _paint_key(self, painter: QPainter, top: float) -> None:
        """What the parts are, in the middle below the bars."""
        tokens, tall = self._theme.tokens, sizes.tall(KEY)
        painter.setFont(fonts.caption())
        advances = [painter.fontMetrics().horizontalAdvance(words) for words in PARTS]
        bars = self._rows[:4]
        whole = sum(advances) + 4 * len(bars) + 4 + 2 * 14 + 2 * 16
        x, y = max((self.width() - whole) / 2, 2.0), top + tall / 2 - 4
        for at, (words, advance) in enumerate(zip(PARTS, advances, strict=True)):
            if at == 0:
                for row in bars:
                    painter.fillRect(QRectF(x, y, 3, 8), self._colours(row.series)[0])
                    x += 4
                x += 4
            else:
                box = QPainterPath()
                box.addRoundedRect(QRectF(x, y, 8, 8), 2, 2)
                painter.fillPath(box, self._colours(0)[at])
                x += 14
            painter.setPen(QColor(tokens.tx2))
            painter.drawText(QRectF(x, top, advance + 4, tall), Qt.AlignmentFlag.AlignVCenter, words)
            x += advance + 16


def _told(row: TimeRow) -> str:
    parts = ", ".join(f"{name} {seconds:.3f} s" for name, seconds in zip(PARTS, row.parts, strict=True))
    return f"{row.name} {row.total}: {parts}"
