"""A grid of very many pictures: places are computed, only what is on show is drawn."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from studio.theme import Theme
from studio.theme.tokens import MARGIN, RADIUS_FIELD
from studio.thumbnail_loader import ThumbnailLoader, Wanted
from studio.viewmodels.archive_grid import ArchiveGrid
from studio.widgets.spoken import ItemNews, tell_item
from studio.widgets.tile_badges import is_badged, paint_badges

Index = QModelIndex | QPersistentModelIndex
LEAST_SIDE, USUAL_SIDE, LARGEST_SIDE = 74, 112, 240
GAP = 8
MANY = 40
"""Tiles beyond which all of the grid is drawn anew: as many parts take longer to join than to draw."""
WHEEL_STEP = 60
"""Pixels a third of a wheel's notch."""
_ARROWS = {
    QAbstractItemView.CursorAction.MoveLeft: -1,
    QAbstractItemView.CursorAction.MovePrevious: -1,
    QAbstractItemView.CursorAction.MoveRight: 1,
    QAbstractItemView.CursorAction.MoveNext: 1,
}


class PictureGrid(QListView):
    """opened(place): Enter or a double-click. asked(place): its menu is wanted. chosen(): the selection changed.

    A QListView would lay out every item; here rows and columns follow from the width alone.
    """

    opened = Signal(int)
    asked = Signal(int)
    chosen = Signal()

    def __init__(
        self, theme: Theme, grid: ArchiveGrid, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._grid, self._thumbnails = theme, grid, thumbnails
        self._least = USUAL_SIDE
        self._columns, self._side = 1, USUAL_SIDE
        self._blank: tuple[tuple[int, float, str], QPixmap] | None = None
        self._asked = (0, -1)
        self._nameless = -1
        self.setModel(grid)
        self.setAccessibleName("Pictures")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        # It paints its own ground: else what lies under it is painted anew, and all of it, at each pixel of a scroll.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        self.selectionModel().selectionChanged.connect(lambda *_: self._selected())
        self.selectionModel().currentChanged.connect(lambda *_: self._selected())
        thumbnails.came.connect(self._draw_anew)
        theme.changed.connect(self.viewport().update)
        self.verticalScrollBar().setSingleStep(WHEEL_STEP)

    @property
    def tile_side(self) -> int:
        """How large tiles are at least, in pixels; they grow to fill the width."""
        return self._least

    def set_tile_side(self, side: int) -> None:
        """What stands at the top, or the current picture where it is on show, stays on show."""
        kept = self.currentIndex() if self._is_on_show(self.currentIndex()) else self.indexAt(QPoint(MARGIN, MARGIN))
        self._least = min(max(side, LEAST_SIDE), LARGEST_SIDE)
        self.updateGeometries()
        if kept.isValid():
            self.scrollTo(kept)
        self.viewport().update()

    def chosen_places(self) -> list[int]:
        """In order."""
        found: list[int] = []
        for part in self.selectionModel().selection():
            found.extend(range(part.top(), part.bottom() + 1))
        return sorted(set(found))

    def chosen_count(self) -> int:
        return sum(part.height() for part in self.selectionModel().selection())

    def choose(self, place: int) -> None:
        """Select one place alone and bring it on show."""
        index = self._grid.index(place)
        if index.isValid():
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.scrollTo(index)

    def tell_current(self) -> None:
        """Tell screen readers which picture has the focus, after the list was read anew."""
        if self.hasFocus() and self.currentIndex().isValid():
            tell_item(self, self.currentIndex().row(), ItemNews.FOCUS)
            self._note_nameless()

    # How a grid is laid out

    def doItemsLayout(self) -> None:
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:
        width = self.viewport().width() - 2 * MARGIN
        self._columns = max((width + GAP) // (self._least + GAP), 1)
        self._side = max((width - (self._columns - 1) * GAP) // self._columns, 1)
        self._thumbnails.set_size(self._side, self.devicePixelRatioF())
        lines = -(-self._grid.rowCount() // self._columns)
        height = 2 * MARGIN + lines * (self._side + GAP) - GAP
        bar = self.verticalScrollBar()
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(height - self.viewport().height(), 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        QAbstractItemView.resizeEvent(self, event)
        self.updateGeometries()
        self.viewport().update()

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        return 0

    def visualRect(self, index: Index) -> QRect:
        return self._rect(index.row()) if index.isValid() else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        pitch = self._side + GAP
        column, x = divmod(point.x() - MARGIN, pitch)
        line, y = divmod(point.y() - MARGIN + self.verticalOffset(), pitch)
        if not 0 <= column < self._columns or line < 0 or x >= self._side or y >= self._side:
            return QModelIndex()
        return self._grid.index(line * self._columns + column)

    def isIndexHidden(self, _index: Index) -> bool:
        return False

    def scrollTo(self, index: Index, _hint: QAbstractItemView.ScrollHint = QListView.ScrollHint.EnsureVisible) -> None:
        rect, bar = self.visualRect(index), self.verticalScrollBar()
        if rect.top() < MARGIN:
            bar.setValue(bar.value() + rect.top() - MARGIN)
        elif rect.bottom() > self.viewport().height() - MARGIN:
            bar.setValue(bar.value() + rect.bottom() + MARGIN - self.viewport().height())

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        if abs(dy) < self.viewport().height():
            self.viewport().scroll(dx, dy)
        else:
            self.viewport().update()

    def moveCursor(self, action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier) -> QModelIndex:
        last, here = self._grid.rowCount() - 1, self.currentIndex().row()
        if last < 0:
            return QModelIndex()
        if here < 0:
            return self._grid.index(0)
        page = max(self.viewport().height() // (self._side + GAP), 1) * self._columns
        match action:
            case QAbstractItemView.CursorAction.MoveHome:
                return self._grid.index(0)
            case QAbstractItemView.CursorAction.MoveEnd:
                return self._grid.index(last)
            case QAbstractItemView.CursorAction.MoveUp:
                step = -self._columns
            case QAbstractItemView.CursorAction.MoveDown:
                step = self._columns
            case QAbstractItemView.CursorAction.MovePageUp:
                step = -page
            case QAbstractItemView.CursorAction.MovePageDown:
                step = page
            case _:
                step = _ARROWS[action]
        there = here + step
        if abs(step) > 1 and not 0 <= there <= last:
            # Stay in the column where the first or the last line lets one.
            there = here % self._columns if there < 0 else last
        return self._grid.index(min(max(there, 0), last))

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        first, last = self.indexAt(rect.topLeft()), self.indexAt(rect.bottomRight())
        chosen = QItemSelection()
        if first.isValid() and last.isValid():
            chosen.select(*sorted((first, last), key=lambda index: index.row()))
        self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        first, last = self.on_show()
        region = QRegion()
        for part in selection:
            for at in range(max(part.top(), first), min(part.bottom(), last) + 1):
                region += QRegion(self._rect(at).adjusted(-3, -3, 3, 3))
        return region

    # What is drawn

    def paintEvent(self, event: QPaintEvent) -> None:
        box = event.rect()
        first, last = self.on_show(box)
        columns, pitch, top = self._columns, self._side + GAP, MARGIN - self.verticalOffset()
        rows = self._grid.rows(first, last)
        pixmaps, empty = self._thumbnails.pixmaps([row and row.number for row in rows]), self._empty()
        with QPainter(self.viewport()) as painter:
            painter.fillRect(box, QColor(self._theme.tokens.canvas))
            # Hundreds of tiles a frame while one scrolls: nothing but one pixmap each.
            draw = painter.drawPixmap
            for at, pixmap in enumerate(pixmaps, first):
                line, column = divmod(at, columns)
                draw(MARGIN + column * pitch, top + line * pitch, pixmap or empty)
            for at, row in enumerate(rows, first):
                if row is not None and is_badged(row):
                    paint_badges(painter, QRectF(self._rect(at)), row)
            self._paint_selection(painter, first, last)
        self._ask_for_missing(whole=None not in pixmaps)

    def dataChanged(self, first: Index, last: Index, _roles: object = ()) -> None:
        """Rows came: what they change in what is drawn is drawn anew, and their thumbnails are asked for."""
        rows = self._grid.rows(first.row(), last.row())
        pixmaps = self._thumbnails.pixmaps([row and row.number for row in rows])
        changed = [
            at
            for at, (row, pixmap) in enumerate(zip(rows, pixmaps, strict=True), first.row())
            if pixmap is not None or (row is not None and is_badged(row))
        ]
        self._update(changed)
        if self.isVisible():
            self._ask_for_missing(whole=False)
        if self._nameless >= 0 and self._grid.row(self._nameless) is not None:
            tell_item(self, self._nameless, ItemNews.NAME)
            self._nameless = -1

    def _draw_anew(self, numbers: list[int]) -> None:
        """The tiles of these, where they are on show; no other."""
        first, last = self.on_show()
        came = set(numbers)
        self._update([at for at in range(first, last + 1) if self._grid.number(at) in came])

    def _update(self, places: list[int]) -> None:
        if len(places) > MANY:
            self.viewport().update()
        else:
            for at in places:
                self.viewport().update(self._rect(at).adjusted(-3, -3, 3, 3))

    def _paint_selection(self, painter: QPainter, first: int, last: int) -> None:
        tokens, here = self._theme.tokens, self.currentIndex().row() if self.hasFocus() else -1
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for part in self.selectionModel().selection():
            for at in range(max(part.top(), first), min(part.bottom(), last) + 1):
                painter.setPen(QPen(QColor(tokens.focus if at == here else tokens.acc), 2))
                box = QRectF(self._rect(at)).adjusted(-2, -2, 2, 2)
                painter.drawRoundedRect(box, RADIUS_FIELD + 2, RADIUS_FIELD + 2)

    def _ask_for_missing(self, *, whole: bool) -> None:
        """Rows and thumbnails of what is on show, and of nothing else. whole: all that was just drawn is at hand."""
        span = self.on_show()
        if whole and span == self._asked:
            return
        self._asked = span
        first, last = span
        self._grid.look_at(first, last)
        rows = [row for row in self._grid.rows(first, last) if row is not None]
        at_hand = self._thumbnails.pixmaps([row.number for row in rows])
        missing = [row for row, pixmap in zip(rows, at_hand, strict=True) if pixmap is None]
        self._thumbnails.want([Wanted(row.number, row.small or row.file, row.file) for row in missing])

    def _empty(self) -> QPixmap:
        """A tile whose picture is not at hand."""
        ratio, colour = self.devicePixelRatioF(), self._theme.tokens.bg2
        key = (self._side, ratio, colour)
        if self._blank is None or self._blank[0] != key:
            made = QPixmap(round(self._side * ratio), round(self._side * ratio))
            made.setDevicePixelRatio(ratio)
            made.fill(Qt.GlobalColor.transparent)
            with QPainter(made) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colour))
                painter.drawRoundedRect(QRectF(0, 0, self._side, self._side), RADIUS_FIELD, RADIUS_FIELD)
            self._blank = (key, made)
        return self._blank[1]

    def _rect(self, at: int) -> QRect:
        pitch = self._side + GAP
        line, column = divmod(at, self._columns)
        top = MARGIN + line * pitch - self.verticalOffset()
        return QRect(MARGIN + column * pitch, top, self._side, self._side)

    def on_show(self, part: QRect | None = None) -> tuple[int, int]:
        """First and last place within a part of the viewport, or all of it."""
        box = part or self.viewport().rect()
        pitch, offset = self._side + GAP, self.verticalOffset() - MARGIN
        first = max((box.top() + offset - 3) // pitch, 0) * self._columns
        last = ((box.bottom() + offset + 3) // pitch + 1) * self._columns - 1
        return first, min(last, self._grid.rowCount() - 1)

    def _is_on_show(self, index: Index) -> bool:
        return index.isValid() and self.visualRect(index).intersects(self.viewport().rect())

    # What the keyboard does

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.opened.emit(self.currentIndex().row())
                return
            event.ignore()
        elif event.key() == Qt.Key.Key_Menu or (event.key() == Qt.Key.Key_F10 and _with_shift(event)):
            self._ask(self.currentIndex())
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.selectAll()
        elif event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._ask(self.currentIndex())
        else:
            self._ask(self.indexAt(self.viewport().mapFromGlobal(event.globalPos())))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._grid.rowCount():
            self.choose(0)
        self.viewport().update()

    def event(self, event: QEvent) -> bool:
        # Letters are the window's shortcuts, not a search within the grid.
        if event.type() == QEvent.Type.ShortcutOverride:
            event.ignore()
            return False
        return super().event(event)

    def _selected(self) -> None:
        self.viewport().update()
        self._note_nameless()
        self.chosen.emit()

    def _note_nameless(self) -> None:
        """Where the current picture's row is still to be read, its name is told when it comes."""
        at = self.currentIndex().row()
        self._nameless = at if at >= 0 and self._grid.row(at) is None else -1

    def _ask(self, index: QModelIndex) -> None:
        if index.isValid():
            self.asked.emit(index.row())


def _with_shift(event: QKeyEvent) -> bool:
    return event.modifiers() == Qt.KeyboardModifier.ShiftModifier
