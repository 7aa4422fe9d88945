"""Pictures in rows and columns under labels that stay in sight; only what is on show is drawn and decoded."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from studio.theme import Theme, fonts, sizes
from studio.theme.tokens import PICTURE_LABEL, RADIUS_PICTURE
from studio.thumbnail_loader import ThumbnailLoader, Wanted
from studio.viewmodels.sweep import CellView, SweepView
from studio.widgets.spoken import Part, Span, Spoken, tell_value

GAP, EDGE = 8, 14
ROW_LABELS, LABEL_LINES = 104, 2
Look = Callable[[], tuple[int, QImage] | None]


class CellGrid(QAbstractScrollArea):
    """chosen(place), opened(place): within the sheet. zoomed(by): so many sizes larger. resized(): other cells may fit.

    look: (cell, its latest look) of the one at work, None where there is none.
    """

    chosen = Signal(int)
    opened = Signal(int)
    zoomed = Signal(int)
    resized = Signal()

    def __init__(self, theme: Theme, thumbnails: ThumbnailLoader, look: Look) -> None:
        super().__init__()
        self._theme, self._thumbnails, self._look = theme, thumbnails, look
        self._cells: tuple[CellView, ...] = ()
        self._columns: tuple[str, ...] = ()
        self._rows: tuple[str, ...] = ()
        self._current, self._side, self._words = 0, 160, ""
        self.setAccessibleName("Grid of pictures")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # A scroll area's keys would go to its bars.
        self.viewport().setFocusProxy(self)
        thumbnails.came.connect(lambda _: self.viewport().update())
        theme.changed.connect(self.viewport().update)

    def show_view(self, view: SweepView) -> None:
        """Cells, labels, and which one is chosen."""
        before = self._current, self._side, len(self._cells), self._columns, self._rows
        self._cells, self._columns, self._rows = view.cells, view.columns, view.rows
        self._current, self._side, self._words = view.current, view.side, view.current_words
        self.setAccessibleDescription(view.current_words)
        if before != (self._current, self._side, len(self._cells), self._columns, self._rows):
            self._lay_out()
            if before[:2] != (self._current, self._side):
                self._bring_on_show(self._current)
                tell_value(self, self._current + 1)
        self.viewport().update()

    def draw_cell(self, cell: int) -> None:
        """There is a new look at a cell."""
        place = next((at for at, each in enumerate(self._cells) if each.cell == cell), -1)
        if place >= 0:
            self.viewport().update(self._rect(place))

    def spoken(self) -> Spoken:
        last = max(len(self._cells), 1)
        return Spoken(Part.PICTURE, self._words, Span(min(self._current + 1, last), 1, last, 1))

    def put(self, value: float) -> None:
        """Choose a cell by its number, from 1."""
        self.chosen.emit(round(value) - 1)

    def fitting(self) -> int:
        """The side at which all cells of the sheet are in sight, logical pixels."""
        across = max(len(self._columns), 1)
        down = max(-(-len(self._cells) // across), 1)
        room = self.viewport().size()
        return min(
            (room.width() - self._left - EDGE + GAP) // across - GAP,
            (room.height() - self._top - EDGE + GAP) // down - GAP,
        )

    # Where things are

    @property
    def _left(self) -> int:
        return EDGE + (sizes.wide(ROW_LABELS) if self._rows else 0)

    @property
    def _top(self) -> int:
        return 10 + sizes.tall(0, LABEL_LINES) + LABEL_LINES * sizes.LINE

    def _lay_out(self) -> None:
        pitch, across = self._side + GAP, max(len(self._columns), 1)
        down = -(-len(self._cells) // across)
        room = self.viewport().size()
        for bar, whole, shown in (
            (self.horizontalScrollBar(), self._left + across * pitch - GAP + EDGE, room.width()),
            (self.verticalScrollBar(), self._top + down * pitch - GAP + EDGE, room.height()),
        ):
            bar.setRange(0, max(whole - shown, 0))
            bar.setPageStep(shown)
            bar.setSingleStep(max(pitch // 3, 1))

    def _rect(self, place: int) -> QRect:
        row, column = divmod(place, max(len(self._columns), 1))
        pitch = self._side + GAP
        x = self._left + column * pitch - self.horizontalScrollBar().value()
        y = self._top + row * pitch - self.verticalScrollBar().value()
        return QRect(x, y, self._side, self._side)

    def _place(self, at: QPoint) -> int:
        """Of the cell at a point of the viewport; −1 where there is none."""
        if at.x() < self._left or at.y() < self._top:
            return -1
        return next((place for place in self._on_show() if self._rect(place).contains(at)), -1)

    def _on_show(self) -> list[int]:
        pitch, across = self._side + GAP, max(len(self._columns), 1)
        x, y = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        columns = range(x // pitch, min(across, (x + self.viewport().width()) // pitch + 1))
        rows = range(y // pitch, (y + self.viewport().height()) // pitch + 1)
        return [row * across + column for row in rows for column in columns if row * across + column < len(self._cells)]

    def _bring_on_show(self, place: int) -> None:
        rect, room = self._rect(place), self.viewport().rect()
        for bar, near, far, first, last in (
            (self.horizontalScrollBar(), rect.left(), rect.right(), self._left, room.right() - EDGE),
            (self.verticalScrollBar(), rect.top(), rect.bottom(), self._top, room.bottom() - EDGE),
        ):
            if near < first or far - near > last - first:
                bar.setValue(bar.value() + near - first)
            elif far > last:
                bar.setValue(bar.value() + far - last)

    # What is drawn

    def paintEvent(self, _event: QPaintEvent) -> None:
        self._thumbnails.set_size(self._side, self.devicePixelRatioF())
        missing = list[Wanted]()
        with QPainter(self.viewport()) as painter:
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
            painter.fillRect(self.viewport().rect(), QColor(self._theme.tokens.canvas))
            for place in self._on_show():
                cell, rect = self._cells[place], self._rect(place)
                self._paint_cell(painter, cell, rect)
                if cell.path is not None and self._thumbnails.pixmap(cell.cell) is None:
                    missing.append(Wanted(cell.cell, cell.thumbnail or cell.path, cell.path))
            if self._cells:
                self._paint_outline(painter)
            self._paint_labels(painter)
        self._thumbnails.want(missing)

    def _paint_cell(self, painter: QPainter, cell: CellView, rect: QRect) -> None:
        tokens = self._theme.tokens
        pixmap, look = self._thumbnails.pixmap(cell.cell), self._look()
        if cell.path is not None and pixmap is not None and not pixmap.isNull():
            size = pixmap.deviceIndependentSize()
            left, top = (
                rect.left() + (rect.width() - size.width()) / 2,
                rect.top() + (rect.height() - size.height()) / 2,
            )
            painter.drawPixmap(round(left), round(top), pixmap)
            return
        if look is not None and look[0] == cell.cell:
            size = look[1].size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
            box = QRect(QPoint(0, 0), size)
            box.moveCenter(rect.center())
            painter.drawImage(box, look[1])
        else:
            painter.setPen(QPen(QColor(tokens.line2), 1))
            painter.setBrush(QColor(tokens.bg1))
            painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_PICTURE, RADIUS_PICTURE)
            painter.setPen(QColor(tokens.tx3))
            painter.setFont(fonts.caption())
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(cell.cell + 1))
        if cell.badge and self._side >= sizes.wide(96):
            self._paint_badge(painter, cell.badge, rect)

    def _paint_badge(self, painter: QPainter, words: str, rect: QRect) -> None:
        ink, ground, opacity = PICTURE_LABEL
        colour = QColor(ground)
        colour.setAlphaF(opacity)
        painter.setFont(fonts.caption())
        metrics = painter.fontMetrics()
        box = QRectF(rect.left() + 6, rect.bottom() - metrics.height() - 9, 0, metrics.height() + 4)
        box.setWidth(metrics.horizontalAdvance(words) + 12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_outline(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(tokens.focus if self.hasFocus() else tokens.acc), 2))
        box = QRectF(self._rect(self._current)).adjusted(-3, -3, 3, 3)
        painter.drawRoundedRect(box, RADIUS_PICTURE + 3, RADIUS_PICTURE + 3)

    def _paint_labels(self, painter: QPainter) -> None:
        tokens, room = self._theme.tokens, self.viewport().rect()
        canvas, head = QColor(tokens.canvas), self._top - 4
        across = max(len(self._columns), 1)
        if self._rows:
            painter.fillRect(QRect(0, 0, self._left - 4, room.height()), canvas)
        painter.fillRect(QRect(0, 0, room.width(), head), canvas)
        painter.setFont(fonts.value())
        painter.setPen(QColor(tokens.tx1))
        painter.setClipRect(QRect(self._left - 4, 0, room.width(), head))
        for at, words in enumerate(self._columns):
            rect = self._rect(at)
            box = QRect(rect.left(), 6, self._side, head - 8)
            self._write(painter, box, words, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft)
        painter.setClipRect(QRect(0, head, self._left, room.height()))
        for at, words in enumerate(self._rows):
            rect = self._rect(at * across)
            box = QRect(EDGE, rect.top(), self._left - EDGE - 10, self._side)
            self._write(painter, box, words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.setClipping(False)

    def _write(self, painter: QPainter, box: QRect, words: str, where: Qt.AlignmentFlag) -> None:
        """On as many lines as the box has; cut where that is not enough."""
        metrics, lines = painter.fontMetrics(), LABEL_LINES
        flags = int(where | Qt.TextFlag.TextWordWrap)
        fits = metrics.boundingRect(QRect(0, 0, box.width(), 10_000), flags, words)
        if fits.height() > lines * metrics.height() + 2 or fits.width() > box.width():
            words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, flags, words)

    # What the user does

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()
        self.resized.emit()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._place(event.position().toPoint())
        if place >= 0:
            self.chosen.emit(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if (place := self._place(event.position().toPoint())) >= 0:
            self.opened.emit(place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoomed.emit(1 if event.angleDelta().y() > 0 else -1)
        else:
            super().wheelEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            # The line at the foot says it, and more.
            return True
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        across, last = max(len(self._columns), 1), len(self._cells) - 1
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() and last >= 0:
            self.opened.emit(self._current)
            return
        column = self._current % across
        to = {
            Qt.Key.Key_Left: self._current - 1 if column else self._current,
            Qt.Key.Key_Right: self._current + 1 if column < across - 1 else self._current,
            Qt.Key.Key_Up: self._current - across,
            Qt.Key.Key_Down: self._current + across,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(key)
        if to is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        elif 0 <= to <= last:
            self.chosen.emit(to)
