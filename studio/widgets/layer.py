"""What a widget paints seldom, kept as one picture under what it paints at every step."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from PySide6.QtCore import QPointF, QSize, QSizeF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget


class Layer:
    """As large as its widget. Painted anew where its key, the widget's size or its screen's pixel ratio is another."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._made_for: tuple[QSize, float, Hashable] | None = None
        self._pixmap = QPixmap()

    def draw(self, painter: QPainter, key: Hashable, paint: Callable[[QPainter], None]) -> None:
        """Put the layer on, first painted by `paint` where what it shows, told by `key`, is not what it showed last."""
        size, ratio = self._widget.size(), self._widget.devicePixelRatioF()
        if (size, ratio, key) != self._made_for:
            self._pixmap = QPixmap((QSizeF(size) * ratio).toSize())
            self._pixmap.setDevicePixelRatio(ratio)
            self._pixmap.fill(Qt.GlobalColor.transparent)
            with QPainter(self._pixmap) as own:
                own.setRenderHint(QPainter.RenderHint.Antialiasing)
                paint(own)
            self._made_for = (size, ratio, key)
        painter.drawPixmap(QPointF(), self._pixmap)
