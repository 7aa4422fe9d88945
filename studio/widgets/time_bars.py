"""Where the time of one picture goes: a bar a lane, split into network, solver and decoder."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.theme import Theme, fonts, sizes
from studio.viewmodels.compare_views import TimeRow
from studio.widgets.series_mark import draw_series
from studio.widgets.spoken import Part, Spoken

NAMES, FIGURES, ROW, BAR, KEY, LEAST_ROW = 96, 62, 30, 14, 18, 20
PARTS = ("network", "solver", "decode")


class TimeBars(QWidget):
    """Shows rows, each as long as it took."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: tuple[TimeRow, ...] = ()
        self.setAccessibleName("Time for one picture")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        theme.changed.connect(self.updateGeometry)
        theme.changed.connect(self.update)

    def show_rows(self, rows: tuple[TimeRow, ...]) -> None:
        self._rows = rows
        self.setAccessibleDescription("; ".join(_told(row) for row in rows))
        self.updateGeometry()
        self.update()

    def spoken(self) -> Spoken:
        return Spoken(Part.CHART, self.accessibleDescription())

    def sizeHint(self) -> QSize:
        return QSize(240, len(self._rows) * sizes.tall(ROW) + sizes.tall(KEY) + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, len(self._rows) * sizes.tall(LEAST_ROW) + sizes.tall(KEY) + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._rows:
            return
        tokens = self._theme.tokens
        longest = max(sum(row.parts) for row in self._rows) or 1.0
        pitch = min(sizes.tall(ROW), (self.height() - sizes.tall(KEY)) / len(self._rows))
        left, right = sizes.wide(NAMES), sizes.wide(FIGURES)
        room = max(self.width() - left - right, 10)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for at, row in enumerate(self._rows):
                y = (at + 0.5) * pitch
                draw_series(painter, QRectF(2, y - 4.5, 9, 9), tokens.series[row.series])
                painter.setFont(fonts.label())
                painter.setPen(QColor(tokens.tx1))
                name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, left - 24)
                painter.drawText(QRectF(18, y - 10, left - 18, 20), Qt.AlignmentFlag.AlignVCenter, name)
                tall = min(BAR, pitch - 6)
                self._paint_bar(painter, row, QRectF(left, y - tall / 2, room * sum(row.parts) / longest, tall))
                painter.setFont(fonts.value())
                painter.setPen(QColor(tokens.tx1))
                box = QRectF(self.width() - right, y - 10, right, 20)
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, row.total)
            self._paint_key(painter, pitch * len(self._rows) + 2, left)

    def _paint_bar(self, painter: QPainter, row: TimeRow, box: QRectF) -> None:
        tokens = self._theme.tokens
        shape = QPainterPath()
        shape.addRoundedRect(box, 3, 3)
        painter.save()
        painter.setClipPath(shape)
        painter.setPen(Qt.PenStyle.NoPen)
        x, whole = box.left(), sum(row.parts) or 1.0
        for seconds, colour in zip(row.parts, self._colours(row.series), strict=True):
            wide = box.width() * seconds / whole
            painter.fillRect(QRectF(x, box.top(), wide, box.height()), QColor(colour))
            x += wide
        painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(tokens.bg1))

    def _colours(self, series: int) -> tuple[str, str, str]:
        tokens = self._theme.tokens
        return tokens.series[series].colour, tokens.tx2, tokens.ctl

    def _paint_key(self, painter: QPainter, y: float, left: float) -> None:
        tokens = self._theme.tokens
        painter.setFont(fonts.caption())
        needed = sum(painter.fontMetrics().horizontalAdvance(words) + 29 for words in PARTS)
        x = left if left + needed <= self.width() else 2.0
        for at, words in enumerate(PARTS):
            if at == 0:
                for bar, row in enumerate(self._rows[:4]):
                    colour = QColor(tokens.series[row.series].colour)
                    painter.fillRect(QRectF(x + 3 * bar, y + 5, 3, 8), colour)
                x += 3 * min(len(self._rows), 4) + 5
            else:
                painter.fillRect(QRectF(x, y + 5, 8, 8), QColor(self._colours(0)[at]))
                x += 13
            painter.setPen(QColor(tokens.tx2))
            advance = painter.fontMetrics().horizontalAdvance(words)
            painter.drawText(QRectF(x, y, advance + 4, sizes.tall(KEY)), Qt.AlignmentFlag.AlignVCenter, words)
            x += advance + 16


def _told(row: TimeRow) -> str:
    parts = ", ".join(f"{name} {seconds:.3f} s" for name, seconds in zip(PARTS, row.parts, strict=True))
    return f"{row.name} {row.total}: {parts}"
