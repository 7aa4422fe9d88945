"""A picture's relatives: parents above, children below, a thread from each to each."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from core.history.finder import HistoryRow
from studio.theme import Theme, fonts, sizes
from studio.thumbnail_loader import ThumbnailLoader, Wanted
from studio.viewmodels.tile_words import Lines, Links, family_words, kin_words, tile_words
from studio.widgets.kin_button import FRAME, SIDE, KinButton
from studio.widgets.spoken import Part, Spoken

GAP, THREAD, WORDS = 4, 10, 76
LINE = FRAME + THREAD


class LineageTree(QWidget):
    """chosen(id): the user wants to go to that relative. reached(widget): it has the focus now, by an arrow key.

    It is one stop of the Tab key, at the picture itself. From there Left and Right walk a generation, Up leads to a
    parent, Down to a child, and Enter goes to that picture. A generation too long for its line ends in "+12", which
    opens the rest below.
    """

    chosen = Signal(str)
    reached = Signal(object)

    def __init__(self, theme: Theme, thumbnails: ThumbnailLoader) -> None:
        super().__init__()
        self._theme, self._thumbnails = theme, thumbnails
        self._lines: Lines = ()
        self._links: Links = ()
        self._current = ""
        self._buttons: dict[str, KinButton] = {}
        self._mores: dict[int, KinButton] = {}
        self._opened: set[int] = set()
        self._tops: list[int] = []
        self.setAccessibleName("Relatives of this picture")
        thumbnails.set_size(SIDE, self.devicePixelRatioF())
        thumbnails.came.connect(lambda _numbers: self._fill())
        theme.changed.connect(self.update)

    def show_lines(self, lines: Lines, links: Links, current: str) -> None:
        """lines: relatives by generation, the oldest first. links: (parent, child). current: the picture's own id."""
        if (lines, links, current) == (self._lines, self._links, self._current):
            return
        walks = any(button.hasFocus() for button in (*self._buttons.values(), *self._mores.values()))
        self._lines, self._links, self._current = lines, links, current
        for button in (*self._buttons.values(), *self._mores.values()):
            button.deleteLater()
        self._mores, self._opened = {}, set()
        words = kin_words(lines, links, current)
        self._buttons = {row.id: self._button(row, words[row.id]) for _, rows in lines for row in rows}
        self._thumbnails.set_size(SIDE, self.devicePixelRatioF())
        wanted = [Wanted(row.number, row.small or row.file, row.file) for _, rows in lines for row in rows]
        self._thumbnails.want([each for each in wanted if self._thumbnails.pixmap(each.number) is None])
        self._place()
        self._fill()
        if walks and current in self._buttons:
            self._buttons[current].setFocus()

    def spoken(self) -> Spoken:
        hidden = sum(button.isHidden() for button in self._buttons.values())
        return Spoken(Part.TREE, family_words(self._lines, hidden))

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
                if upper is None or lower is None or not (upper.isVisible() and lower.isVisible()):
                    continue
                if lower.y() in self._tops:
                    # To the rows below the first of an opened generation they would run over its pictures.
                    self._thread(painter, upper, lower)
            painter.setFont(fonts.caption())
            painter.setPen(QColor(tokens.tx2))
            for at, (title, _) in enumerate(self._lines):
                painter.drawText(0, self._tops[at], sizes.wide(WORDS), FRAME, Qt.AlignmentFlag.AlignVCenter, title)

    def _thread(self, painter: QPainter, upper: QWidget, lower: QWidget) -> None:
        start = QPointF(upper.x() + FRAME / 2, upper.y() + FRAME - 2)
        end = QPointF(lower.x() + FRAME / 2, lower.y() + 2)
        bend = (end.y() - start.y()) / 2
        path = QPainterPath(start)
        path.cubicTo(start + QPointF(0, bend), end - QPointF(0, bend), end)
        painter.drawPath(path)

    def _button(self, row: HistoryRow, words: str) -> KinButton:
        name = tile_words(row.prompt, row.seed, favourite=row.favourite)
        button = KinButton(self, name, words, current=row.id == self._current)
        policy = Qt.FocusPolicy.StrongFocus if row.id == self._current else Qt.FocusPolicy.ClickFocus
        button.setFocusPolicy(policy)
        button.walked.connect(partial(self._walk, row.id))
        button.clicked.connect(partial(self._choose, row.id))
        return button

    def _choose(self, artifact_id: str, _checked: bool = False) -> None:
        self._buttons[artifact_id].setChecked(artifact_id == self._current)
        if artifact_id != self._current:
            self.chosen.emit(artifact_id)

    def _walk(self, here: str, key: Qt.Key) -> None:
        """From a relative to its neighbour, or to the nearest of its own in the line above or below."""
        shown = [[row.id for row in rows if not self._buttons[row.id].isHidden()] for _, rows in self._lines]
        for at, more in self._mores.items():
            if not more.isHidden():
                shown[at].append(_more_id(at))
        line = next(at for at, ids in enumerate(shown) if here in ids)
        column = shown[line].index(here)
        match key:
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                to = shown[line][min(max(column + (1 if key == Qt.Key.Key_Right else -1), 0), len(shown[line]) - 1)]
            case Qt.Key.Key_Home | Qt.Key.Key_End:
                to = shown[line][0 if key == Qt.Key.Key_Home else -1]
            case _:
                there = line + (1 if key == Qt.Key.Key_Down else -1)
                if not 0 <= there < len(shown):
                    return
                pairs = {frozenset(link) for link in self._links}
                own = [each for each in shown[there] if frozenset((here, each)) in pairs]
                to = min(own or shown[there], key=lambda each: abs(shown[there].index(each) - column))
        self._go(next((more for at, more in self._mores.items() if _more_id(at) == to), None) or self._buttons[to])

    def _go(self, button: KinButton) -> None:
        button.setFocus(Qt.FocusReason.TabFocusReason)
        self.reached.emit(button)

    def _place(self) -> None:
        room = max((self.width() - sizes.wide(WORDS) + GAP) // (FRAME + GAP), 1)
        top, self._tops = 0, []
        for at, (_, rows) in enumerate(self._lines):
            self._tops.append(top)
            whole = len(rows) <= room or at in self._opened
            shown = len(rows) if whole else room - 1
            for place, row in enumerate(rows):
                button = self._buttons[row.id]
                down, right = divmod(place, room)
                button.move(sizes.wide(WORDS) + right * (FRAME + GAP), top + down * (FRAME + GAP))
                button.setVisible(place < shown)
            self._place_more(at, len(rows) - shown, QPoint(sizes.wide(WORDS) + shown * (FRAME + GAP), top))
            top += LINE + ((shown - 1) // room) * (FRAME + GAP)
        self.setFixedHeight(max(top - THREAD, 0))
        self.update()

    def _place_more(self, at: int, hidden: int, where: QPoint) -> None:
        """What opens the rest of a generation. hidden: how many there is no room for."""
        if hidden and at not in self._mores:
            more = self._mores[at] = KinButton(self, "", "opens the rest of this generation", current=False)
            more.setCheckable(False)
            more.setFont(fonts.caption())
            more.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            more.walked.connect(partial(self._walk, _more_id(at)))
            more.clicked.connect(partial(self._open, at))
        if at in self._mores:
            more = self._mores[at]
            more.setText(f"+{hidden}")
            more.setAccessibleName(f"{hidden} more")
            more.setToolTip("Show them all")
            more.move(where)
            more.setVisible(bool(hidden))

    def _open(self, at: int, _checked: bool = False) -> None:
        """Show all of a generation, the first that was hidden having the focus."""
        rows = self._lines[at][1]
        first = next(row.id for row in rows if self._buttons[row.id].isHidden())
        self._opened.add(at)
        self._place()
        self._go(self._buttons[first])

    def _fill(self) -> None:
        for _, rows in self._lines:
            for row in rows:
                pixmap = self._thumbnails.pixmap(row.number)
                button = self._buttons[row.id]
                if button.icon().isNull() and isinstance(pixmap, QPixmap) and not pixmap.isNull():
                    button.setIcon(QIcon(pixmap))


def _more_id(at: int) -> str:
    """Stands for what opens the rest of a generation, where pictures have their own ids."""
    return f"more of {at}"
