"""The history's tiles in a strip, and how one is drawn."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QPainter, QPainterPath, QPen, QPixmap, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyledItemDelegate, QStyleOptionViewItem

from studio.theme import Theme, fonts, icons
from studio.theme.tokens import PICTURE_LABEL, RADIUS_FIELD
from studio.viewmodels.history import HistoryList, Tile, TileRole
from studio.widgets.ring import draw_ring
from studio.widgets.tile_badges import batch_label, ends_batch

SIDE, PITCH = 74, 82
KEPT = 400
"""Tiles held ready to draw."""
Index = QModelIndex | QPersistentModelIndex


class TileDelegate(QStyledItemDelegate):
    """Draws the thumbnail, its badges, and the outline of the chosen tile."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._scaled: dict[tuple[int, float], QPixmap] = {}

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(PITCH, SIDE + 8)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = self._theme.tokens
        tile: Tile = index.data(TileRole.TILE)
        image: QImage | None = index.data(TileRole.IMAGE)
        rect = option.rect  # type: ignore[attr-defined]
        box = QRectF(rect.left() + 4, rect.top() + 4, SIDE, SIDE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(box, RADIUS_FIELD, RADIUS_FIELD)
        painter.fillPath(shape, QColor(tokens.bg2))
        if image is not None and not image.isNull():
            painter.setClipPath(shape)
            painter.drawPixmap(box.topLeft(), self._fitted(image, option.widget.devicePixelRatioF()))  # type: ignore[attr-defined]
            painter.setClipping(False)
        if tile.badge:
            self._badge(painter, box, tile)
        if tile.artifact is not None and ends_batch(tile.artifact.recipe.item, tile.artifact.recipe.request.count):
            label = batch_label(tile.artifact.recipe.request.count, option.widget.devicePixelRatioF())  # type: ignore[attr-defined]
            painter.drawPixmap(QPointF(box.left() + 5, box.bottom() - 21), label)
        if tile.favourite:
            self._star(painter, box)
        # Late: the window stands sooner without Qt's lists of all that a style can draw.
        from PySide6.QtWidgets import QStyle

        state = option.state  # type: ignore[attr-defined]
        if state & QStyle.StateFlag.State_Selected or tile.artifact is None:
            ring = tokens.focus if state & QStyle.StateFlag.State_HasFocus else tokens.acc
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(ring), 2))
            painter.drawRoundedRect(box.adjusted(-2, -2, 2, 2), RADIUS_FIELD + 2, RADIUS_FIELD + 2)
        painter.restore()

    def _fitted(self, image: QImage, ratio: float) -> QPixmap:
        """The image as a square of the tile's device pixels, made once."""
        key = (image.cacheKey(), ratio)
        if key not in self._scaled:
            if len(self._scaled) >= KEPT:
                self._scaled.clear()
            side = round(SIDE * ratio)
            square = image.copy(_middle(image).toRect())
            mode = Qt.TransformationMode.SmoothTransformation
            pixmap = QPixmap.fromImage(square.scaled(side, side, Qt.AspectRatioMode.IgnoreAspectRatio, mode))
            pixmap.setDevicePixelRatio(ratio)
            self._scaled[key] = pixmap
        return self._scaled[key]

    def _badge(self, painter: QPainter, box: QRectF, tile: Tile) -> None:
        ink, ground, opacity = PICTURE_LABEL
        painter.setFont(fonts.caption())
        width = painter.fontMetrics().horizontalAdvance(tile.badge) + 26
        label = QRectF(box.left() + 5, box.bottom() - 21, width, 17)
        colour = QColor(ground)
        colour.setAlphaF(opacity)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(label, 4, 4)
        ring = QRectF(label.left() + 4, label.top() + 3, 11, 11)
        draw_ring(painter, ring, tile.fraction, 2, "#55555C", "#E9A961")
        painter.setPen(QColor(ink))
        painter.drawText(label.adjusted(18, 0, -2, 0), Qt.AlignmentFlag.AlignVCenter, tile.badge)

    def _star(self, painter: QPainter, box: QRectF) -> None:
        _, ground, opacity = PICTURE_LABEL
        colour = QColor(ground)
        colour.setAlphaF(opacity)
        disc = QRectF(box.right() - 22, box.top() + 4, 18, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(disc)
        icons.paint(painter, "star_filled", "#E9A961", disc.adjusted(3, 3, -3, -3))


class Thumbnails(QListView):
    """chosen(row): a tile was clicked or opened with Enter. asked(row): its menu was asked for."""

    chosen = Signal(int)
    asked = Signal(int)

    def __init__(self, theme: Theme, tiles: HistoryList) -> None:
        super().__init__()
        self.setModel(tiles)
        self._delegate = TileDelegate(theme)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName("History")
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setFixedHeight(SIDE + 10)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.clicked.connect(lambda index: self.chosen.emit(index.row()))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda at: self._ask(self.indexAt(at)))
        theme.changed.connect(lambda: self.viewport().update())

    def choose(self, row: int) -> None:
        """Mark a tile as the one on show; −1 marks none."""
        if row < 0:
            self.clearSelection()
        else:
            self.setCurrentIndex(self.model().index(row, 0))

    def dataChanged(self, first: Index, last: Index, _roles: object = ()) -> None:
        """All tiles are of one size, so a change lays nothing out anew: the tiles alone are painted."""
        for row in range(first.row(), last.row() + 1):
            self.update(self.model().index(row, 0))

    def wheelEvent(self, event: QWheelEvent) -> None:
        bar = self.horizontalScrollBar()
        delta = event.angleDelta()
        bar.setValue(bar.value() - (delta.x() or delta.y()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.chosen.emit(self.currentIndex().row())
        elif event.key() == Qt.Key.Key_Menu:
            self._ask(self.currentIndex())
        elif event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.model().rowCount():
            self.setCurrentIndex(self.model().index(0, 0))

    def event(self, event: QEvent) -> bool:
        # Letters are the window's shortcuts, not a search within the list.
        if event.type() == QEvent.Type.ShortcutOverride:
            event.ignore()
            return False
        return super().event(event)

    def _ask(self, index: QModelIndex) -> None:
        if index.isValid():
            self.asked.emit(index.row())


def _middle(image: QImage) -> QRectF:
    """The largest square in the middle of an image."""
    side = min(image.width(), image.height())
    return QRectF((image.width() - side) / 2, (image.height() - side) / 2, side, side)
