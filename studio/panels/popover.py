"""Sheets that float over the window and close by themselves: queue, models, commands, shortcuts."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QApplication, QFrame, QLayout, QScrollArea, QStyle, QStyleOption, QVBoxLayout, QWidget

from studio.theme import sizes
from studio.widgets.text import surface
from studio.widgets.tip import Tips

NOTCH, BESIDE = 7, 28
"""Height of the notch, and how far a sheet reaches beyond what its notch points at, pixels."""


class Popover(QFrame):
    """A frameless sheet over `window`; a click elsewhere or Esc closes it. Fill `column`."""

    def __init__(self, window: QWidget, name: str, width: int) -> None:
        super().__init__(window, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setProperty("surface", "float")
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(name)
        sizes.fix(self, width=width)
        self._notch: float | None = None
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(14, 12, 14, 12)
        self.column.setSpacing(6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        # A translucent window gets no background of its own from the style sheet.
        option = QStyleOption()
        option.initFrom(self)
        option.rect = self.contentsRect()
        with QPainter(self) as painter:
            self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
            if self._notch is not None:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                self._paint_notch(painter, option.rect.top() + 0.5)

    def scroll_over(self, layout: QLayout, most_height: int) -> QScrollArea:
        """Put a layout at the foot of `column`, to be scrolled where it is higher than that; what scrolls it."""
        inner = surface("panel")
        layout.setContentsMargins(0, 0, 10, 0)
        inner.setLayout(layout)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        area.setFixedHeight(min(inner.sizeHint().height() + 2, most_height))
        self.column.addWidget(area)
        return area

    def open_under(self, anchor: QWidget) -> None:
        """Below an anchor's lower right corner, within the window; a notch points at the anchor."""
        self.setContentsMargins(0, NOTCH, 0, 0)
        self._notch = 0.0
        self.adjustSize()
        self._open_at(anchor.mapToGlobal(QPoint(anchor.width() - self.width() + BESIDE, anchor.height() + 4)))
        self._notch = float(self.mapFromGlobal(anchor.mapToGlobal(QPoint(anchor.width() // 2, 0))).x())

    def open_below(self, anchor: QWidget) -> None:
        """Below an anchor's lower left corner, within the window."""
        self.adjustSize()
        self._open_at(anchor.mapToGlobal(QPoint(0, anchor.height() + 6)))

    def open_beside(self, anchor: QWidget) -> None:
        """To the right of an anchor, top edges level."""
        self.adjustSize()
        self._open_at(anchor.mapToGlobal(QPoint(anchor.width() + 10, 0)))

    def open_in_middle(self, top: int) -> None:
        """In the middle of the window, `top` pixels below its upper edge."""
        self.adjustSize()
        window = self.parentWidget()
        self._open_at(window.mapToGlobal(QPoint((window.width() - self.width()) // 2, top)))

    def _paint_notch(self, painter: QPainter, top: float) -> None:
        assert self._notch is not None
        palette = QApplication.palette()
        edges = [QPointF(self._notch + side * NOTCH, top) for side in (-1, 1)]
        tip = QPointF(self._notch, top - NOTCH + 0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.base())
        painter.drawPolygon(QPolygonF([edges[0] + QPointF(0, 1), tip, edges[1] + QPointF(0, 1)]))
        painter.setPen(QPen(palette.light().color(), 1))
        painter.drawPolyline(QPolygonF([edges[0], tip, edges[1]]))

    def _open_at(self, corner: QPoint) -> None:
        window = self.parentWidget()
        bounds = QRect(window.mapToGlobal(QPoint(6, 6)), window.size())
        x = min(max(corner.x(), bounds.left()), bounds.right() - self.width() - 12)
        y = min(max(corner.y(), bounds.top()), max(bounds.bottom() - self.height() - 12, bounds.top()))
        self.move(x, y)
        tips = window.findChild(Tips)
        if tips is not None:
            tips.hide()
            tips.adopt(self)
        self.show()
        self.activateWindow()
