"""A picture's relatives: parents above, children below, a thread from each to each."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from core.history.finder import HistoryRow
from studio.theme import Theme, fonts, sizes
from studio.thumbnail_loader import ThumbnailLoader, Wanted
from studio.viewmodels import wording

SIDE, FRAME, GAP, THREAD, WORDS = 40, 46, 4, 10, 76
LINE = FRAME + THREAD
Lines = tuple[tuple[str, tuple[HistoryRow, ...]], ...]


class LineageTree(QWidget):
    """chosen(id): the user wants to go to that relative."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, thumbnails: ThumbnailLoader) -> None:
        super().__init__()
        self._theme, self._thumbnails = theme, thumbnails
        self._lines: Lines = ()
        self._links: tuple[tuple[str, str], ...] = ()
        self._current = ""
        self._buttons: dict[str, QPushButton] = {}
        self._more: list[tuple[QPointF, str]] = []
        self.setAccessibleName("Relatives of this picture")
        thumbnails.set_size(SIDE, self.devicePixelRatioF())
        thumbnails.came.connect(lambda _numbers: self._fill())
        theme.changed.connect(self.update)

    def show_lines(self, lines: Lines, links: tuple[tuple[str, str], ...], current: str) -> None:
        """lines: relatives by generation, the oldest first. links: (parent, child). current: the picture's own id."""
        self._lines, self._links, self._current = lines, links, current
        for button in self._buttons.values():
            button.deleteLater()
        self._buttons = {row.id: self._button(row) for _, rows in lines for row in rows}
        self.setFixedHeight(max(len(lines) * LINE - THREAD, 0))
        self._thumbnails.set_size(SIDE, self.devicePixelRatioF())
        wanted = [Wanted(row.number, row.thumbnail or row.path, row.path) for _, rows in lines for row in rows]
        self._thumbnails.want([each for each in wanted if self._thumbnails.pixmap(each.number) is None])
        self._place()
        self._fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(tokens.ctl), 1.2))
            for parent, child in self._links:
                upper, lower = self._buttons.get(parent), self._buttons.get(child)
                if upper is not None and lower is not None and upper.isVisible() and lower.isVisible():
                    self._thread(painter, upper, lower)
            painter.setFont(fonts.caption())
            painter.setPen(QColor(tokens.tx2))
            for at, (title, _) in enumerate(self._lines):
                painter.drawText(0, at * LINE, sizes.wide(WORDS), FRAME, Qt.AlignmentFlag.AlignVCenter, title)
            for where, words in self._more:
                painter.drawText(where, words)

    def _thread(self, painter: QPainter, upper: QWidget, lower: QWidget) -> None:
        start = QPointF(upper.x() + FRAME / 2, upper.y() + FRAME - 2)
        end = QPointF(lower.x() + FRAME / 2, lower.y() + 2)
        bend = (end.y() - start.y()) / 2
        path = QPainterPath(start)
        path.cubicTo(start + QPointF(0, bend), end - QPointF(0, bend), end)
        painter.drawPath(path)

    def _button(self, row: HistoryRow) -> QPushButton:
        button = QPushButton(self)
        button.setProperty("kind", "kin")
        button.setFixedSize(FRAME, FRAME)
        button.setIconSize(QSize(SIDE, SIDE))
        button.setAutoDefault(False)
        button.setCheckable(True)
        button.setChecked(row.id == self._current)
        words = f"{wording.shortened(row.prompt, 80) or 'No prompt'}, seed {row.seed}"
        button.setAccessibleName(words)
        button.setToolTip(words)
        button.clicked.connect(partial(self._choose, row.id))
        return button

    def _choose(self, artifact_id: str, _checked: bool = False) -> None:
        self._buttons[artifact_id].setChecked(artifact_id == self._current)
        if artifact_id != self._current:
            self.chosen.emit(artifact_id)

    def _place(self) -> None:
        room = max((self.width() - sizes.wide(WORDS) + GAP) // (FRAME + GAP), 1)
        self._more.clear()
        for at, (_, rows) in enumerate(self._lines):
            top = at * LINE
            shown = len(rows) if len(rows) <= room else room - 1
            for place, row in enumerate(rows):
                button = self._buttons[row.id]
                button.move(sizes.wide(WORDS) + place * (FRAME + GAP), top)
                button.setVisible(place < shown)
            if shown < len(rows):
                where = QPointF(sizes.wide(WORDS) + shown * (FRAME + GAP) + 6, top + FRAME / 2 + 4)
                self._more.append((where, f"{len(rows) - shown} more"))
        self.update()

    def _fill(self) -> None:
        for _, rows in self._lines:
            for row in rows:
                pixmap = self._thumbnails.pixmap(row.number)
                button = self._buttons[row.id]
                if button.icon().isNull() and isinstance(pixmap, QPixmap) and not pixmap.isNull():
                    button.setIcon(QIcon(pixmap))
