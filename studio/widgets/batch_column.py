"""The pictures of a batch in a column beside the one on show."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from studio.pixels import to_image
from studio.theme import fonts, sizes
from studio.viewmodels.canvas import Picture
from studio.widgets.spoken import Part, Spoken
from studio.widgets.text import text

TILE = 68
GAP = 4


class BatchTile(QPushButton):
    """One picture of a job, or the outline of one that is still to come. side: of the picture, logical pixels."""

    def __init__(self, number: int, side: int = TILE) -> None:
        super().__init__()
        self._number, self._side = number, side
        self._drawn: tuple[Picture, int, float] | None = None
        self.setCheckable(True)
        self.setProperty("kind", "tile")
        self.setFont(fonts.caption())
        self.set_side(side)
        self.name(number)

    def name(self, number: int, count: int = 0) -> None:
        """Which picture of the job it shows, from 1, of how many."""
        self._number = number
        self.setAccessibleName(f"Picture {number} of {count or 'the batch'}")
        self.setToolTip(f"Picture {number}")

    def set_side(self, side: int) -> None:
        """Another size."""
        self._side = side
        self.setFixedSize(side + 6, side + 6)
        self.setIconSize(QSize(side, side))

    def show_picture(self, picture: Picture | None) -> None:
        drawn = picture and (picture, self._side, self.devicePixelRatioF())
        if drawn is not None and drawn == self._drawn:
            return
        self._drawn = drawn
        self.setAccessibleDescription("" if picture is not None else "still to come")
        if picture is None:
            self.setIcon(QPixmap())
            self.setText(str(self._number))
            return
        if self.text():
            self.setText("")
        side = round(self._side * self.devicePixelRatioF())
        image = to_image(picture.left).scaled(
            side, side, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
        )
        pixmap = QPixmap.fromImage(image)
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        self.setIcon(pixmap)


class BatchColumn(QWidget):
    """chosen(item): another picture of the batch was taken. Tiles that do not fit fold into "2 more"."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        sizes.fix(self, width=TILE + 14)
        self.setAccessibleName("Batch")
        self._title = text("", "surround", fonts.caption())
        self._more = QPushButton()
        self._more.setProperty("kind", "surround")
        self._more.setFont(fonts.section())
        sizes.fix(self._more, height=24)
        self._more.setToolTip("Show the next pictures of the batch")
        self._more.clicked.connect(self._scroll)
        self._tiles: list[BatchTile] = []
        self._pictures: tuple[Picture | None, ...] = ()
        self._current, self._first = -1, 0
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)
        self._column.addWidget(self._title)
        self._column.addWidget(self._more)
        self._column.addStretch(1)

    def show_batch(self, pictures: tuple[Picture | None, ...], current: int, title: str) -> None:
        """Show the batch; an empty one hides the column."""
        self._pictures, self._current = pictures, current
        self._title.setText(title)
        self.setVisible(bool(pictures))
        self._fill()

    def spoken(self) -> Spoken:
        words = f"Picture {self._current + 1} of {len(self._pictures)}" if self._current >= 0 else ""
        return Spoken(Part.GROUP, words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fill()

    def _fill(self) -> None:
        fit = max((self.height() - 44) // (TILE + 6 + GAP), 1)
        shown = min(len(self._pictures), fit)
        # The page of tiles that holds the one on show; the last page is full as well.
        page = max(self._current, 0) // max(shown, 1) * shown
        self._first = first = min(page, len(self._pictures) - shown)
        for tile in self._tiles[shown:]:
            self._column.removeWidget(tile)
            tile.deleteLater()
        del self._tiles[shown:]
        while len(self._tiles) < shown:
            place = len(self._tiles)
            tile = BatchTile(place + 1)
            tile.clicked.connect(lambda _checked=False, place=place: self.chosen.emit(self._first + place))
            self._tiles.append(tile)
            self._column.insertWidget(len(self._tiles), tile)
        for at, tile in enumerate(self._tiles):
            tile.name(first + at + 1, len(self._pictures))
            tile.show_picture(self._pictures[first + at])
            tile.setChecked(first + at == self._current)
        rest = len(self._pictures) - shown
        self._more.setText(f"{rest} more" if rest else "")
        self._more.setVisible(bool(rest))

    def _scroll(self) -> None:
        following = self._first + len(self._tiles)
        self.chosen.emit(following if following < len(self._pictures) else 0)
