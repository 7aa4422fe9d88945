"""Nine pictures, three a side: one in the middle and what lies around it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from studio.viewmodels.canvas import Picture
from studio.viewmodels.variation import DIRECTIONS
from studio.widgets.batch_column import BatchTile
from studio.widgets.spoken import Part, Spoken

SIDES = 3
GAP = 4


class NeighbourTile(BatchTile):
    """entered(): by Enter or a double click."""

    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.entered.emit()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.entered.emit()


class NeighbourGrid(QWidget):
    """chosen(item): that one was taken. entered(item): the next variations are to lie around that one.

    reserved: logical pixels at the foot that stay free.
    """

    chosen = Signal(int)
    entered = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Variations")
        self.reserved = 0
        self.tiles = [NeighbourTile(item + 1, 60) for item in range(SIDES * SIDES)]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP)
        for item, tile in enumerate(self.tiles):
            grid.addWidget(tile, item // SIDES + 1, item % SIDES + 1)
            tile.clicked.connect(lambda _checked=False, item=item: self.chosen.emit(item))
            tile.entered.connect(lambda item=item: self.entered.emit(item))
            tile.setToolTip("Take this one; Enter or a double click makes the next nine around it")
            tile.setAccessibleName(f"Variation {item + 1}, {DIRECTIONS[item]}")
        for side in (0, SIDES + 1):
            grid.setRowStretch(side, 1)
            grid.setColumnStretch(side, 1)
        self._pictures: tuple[Picture | None, ...] = ()

    def spoken(self) -> Spoken:
        taken = next((item for item, tile in enumerate(self.tiles) if tile.isChecked()), -1)
        words = f"{DIRECTIONS[taken]} taken, of {len(self._pictures)}" if taken >= 0 else ""
        return Spoken(Part.GROUP, words)

    def show_pictures(self, pictures: tuple[Picture | None, ...], current: int) -> None:
        """Show nine pictures, None for one that is to come. current: the one that was taken."""
        self._pictures = pictures
        for item, tile in enumerate(self.tiles):
            tile.setVisible(item < len(pictures))
            if item < len(pictures):
                tile.show_picture(pictures[item])
                tile.setChecked(item == current)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Make the tiles as large as the place allows."""
        self.layout().setContentsMargins(0, 0, 0, self.reserved)
        room = min(self.width(), self.height() - self.reserved)
        side = max((room - (SIDES - 1) * GAP) // SIDES - 8, 40)
        if side != self.tiles[0].iconSize().width():
            for tile in self.tiles:
                tile.set_side(side)
            self.show_pictures(self._pictures, next((i for i, t in enumerate(self.tiles) if t.isChecked()), -1))
