"""The History view's grid: numbers in order, and the rows of those that are looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal

from studio.viewmodels import wording
from studio.viewmodels.dragged import PICTURE_MIME, picture_mime
from studio.viewmodels.tile_words import position, tile_words

if TYPE_CHECKING:
    from core.history.finder import HistoryRow

Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()

WINDOW = 240
"""Rows read at once."""
KEPT = 10 * WINDOW
"""Rows held; beyond them those unused for longest are let go. Each search for garbage looks through them all."""


class GridRole(IntEnum):
    """What the grid asks for beyond words."""

    ROW = int(Qt.ItemDataRole.UserRole) + 1


class ArchiveGrid(QAbstractListModel):
    """A hundred thousand places, of which a few thousand are known.

    wanted(numbers): rows that are looked at and not known; answer with `take_rows`.
    """

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._numbers: Sequence[int] = ()
        self._rows: OrderedDict[int, HistoryRow] = OrderedDict()
        self._looked_at = (0, 0)
        self._asking = False
        self._asker = QTimer(self, singleShot=True, interval=0)
        self._asker.timeout.connect(self._ask)

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._numbers)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        row = self.row(index.row()) if index.isValid() else None
        if row is None:
            spoken = index.isValid() and role == Qt.ItemDataRole.AccessibleTextRole
            return f"Picture {position(index.row(), len(self._numbers))}" if spoken else None
        match role:
            case GridRole.ROW:
                return row
            case Qt.ItemDataRole.ToolTipRole:
                return f"{wording.shortened(row.prompt, 160) or 'No prompt'}\nSeed {wording.whole(row.seed)}"
            case Qt.ItemDataRole.AccessibleTextRole | Qt.ItemDataRole.DisplayRole:
                words = tile_words(row.prompt, row.seed, favourite=row.favourite, branched=row.branched)
                return f"{words}, {position(index.row(), len(self._numbers))}"
            case _:
                return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return base | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list", PICTURE_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The files, which carry their recipes, and our own ids of them."""
        rows = [row for row in map(self.row, sorted({index.row() for index in indexes})) if row is not None]
        return picture_mime([(row.id, row.path) for row in rows])

    def set_numbers(self, numbers: Sequence[int]) -> None:
        """Replace what is listed; rows that are known stay known."""
        self.beginResetModel()
        self._numbers = numbers
        self.endResetModel()

    def forget_rows(self) -> None:
        """What the rows say may have changed: they are read again as they are looked at."""
        self._rows.clear()

    def number(self, at: int) -> int:
        """The number in a place that exists."""
        return int(self._numbers[at])

    def place_of(self, number: int) -> int:
        """Where a number stands, −1 where it isn't listed. Looks at all of them."""
        import numpy as np

        found = np.flatnonzero(np.asarray(self._numbers) == number)
        return int(found[0]) if len(found) else -1

    def row(self, at: int) -> HistoryRow | None:
        """What is known of a place."""
        return self._rows.get(int(self._numbers[at])) if 0 <= at < len(self._numbers) else None

    def rows(self, first: int, last: int) -> list[HistoryRow | None]:
        """What is known of the places from first to last, as far as there are places."""
        return list(map(self._rows.get, map(int, self._numbers[max(first, 0) : last + 1])))

    def look_at(self, first: int, last: int) -> None:
        """These places are on show; what is not known of them is asked for soon, in one go."""
        self._looked_at = (max(first, 0), min(last, len(self._numbers) - 1))
        if not self._asker.isActive() and None in self.rows(*self._looked_at):
            self._asker.start()

    def take_rows(self, rows: Iterable[HistoryRow]) -> None:
        """Rows that were asked for."""
        fresh = {row.number: row for row in rows}
        for number, row in fresh.items():
            self._rows[number] = row
            self._rows.move_to_end(number)
        self._asking = False
        first, last = self._looked_at
        while len(self._rows) > max(KEPT, 2 * (last - first + 1)):
            self._rows.popitem(last=False)
        if last >= first:
            self.dataChanged.emit(self.index(first), self.index(last))
        if fresh:
            self.look_at(first, last)

    def give_up(self) -> None:
        """What was asked for could not be read; it is asked for again when something else is looked at."""
        self._asking = False

    def _ask(self) -> None:
        """For the window around what is on show, one at a time: what was scrolled past meanwhile is never read."""
        first, last = self._looked_at
        if last < first or self._asking:
            return
        spare = max((WINDOW - (last - first + 1)) // 2, 0)
        around = self._numbers[max(first - spare, 0) : last + spare + 1]
        missing = [number for number in map(int, around) if number not in self._rows]
        if missing:
            self._asking = True
            self.wanted.emit(missing)
