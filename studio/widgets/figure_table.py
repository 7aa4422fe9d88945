"""A calm table of figures: rows are taken with the arrow keys and copied."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from studio.theme import Theme, fonts, sizes
from studio.viewmodels.plot_table import TAB, PlotTable, copied

ROW = 26
Index = QModelIndex | QPersistentModelIndex
ABOVE = "▸ "
"""Marks the row of now, beside its colour."""


class FigureModel(QAbstractTableModel):
    """The rows of a PlotTable."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self.table = PlotTable((), ())

    def show(self, table: PlotTable) -> bool:
        """Take another table; whether it has the same heads and as many rows, so that the rows keep their place."""
        before, same = self.table, (self.table.heads, len(self.table.rows)) == (table.heads, len(table.rows))
        if not same:
            self.beginResetModel()
            self.table = table
            self.endResetModel()
            return False
        self.table = table
        moved = {before.current, table.current} if before.current != table.current else set()
        for row, (old, new) in enumerate(zip(before.rows, table.rows, strict=True)):
            if old != new or row in moved:
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(table.heads) - 1))
        return True

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.table.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.table.heads)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = index.row(), index.column()
        now = row == self.table.current
        match role:
            case Qt.ItemDataRole.DisplayRole:
                words = self.table.rows[row][column].words
                return ABOVE + words if now and column == 0 else words
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{self.table.heads[column]} {self.table.rows[row][column].words}"
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._side(column)
            case Qt.ItemDataRole.FontRole:
                return fonts.section() if now else fonts.value()
            case Qt.ItemDataRole.ForegroundRole if now:
                return QColor(self._theme.tokens.acc_tx)
            case _:
                return None

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if way == Qt.Orientation.Vertical:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.table.heads[section]
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._side(section)
            case _:
                return None

    def _side(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignLeft if column in self.table.words else Qt.AlignmentFlag.AlignRight
        return side | Qt.AlignmentFlag.AlignVCenter


class FigureTable(QTableView):
    """Follows the row of now while no other is taken. copied(rows, separator): so many lie on the clipboard."""

    copied = Signal(int, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.figures = FigureModel(theme, self)
        self.setModel(self.figures)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        head.setSectionsClickable(False)
        head.setHighlightSections(False)
        head.setFont(fonts.caption())
        self._size_rows()
        theme.changed.connect(self._size_rows)

    def show_table(self, table: PlotTable) -> None:
        """Show other figures; rows that were taken stay so where the rows are the same ones."""
        self.figures.show(table)
        chosen = self.selectionModel()
        if table.current >= 0 and not chosen.hasSelection():
            now = self.figures.index(table.current, 0)
            # The arrow keys go on from here.
            chosen.setCurrentIndex(now, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(now)

    def taken(self) -> tuple[int, ...]:
        """The rows that are selected, from the top."""
        return tuple(sorted(index.row() for index in self.selectionModel().selectedRows()))

    def copy(self, separator: str = TAB) -> None:
        """Put the rows taken, or else all, on the clipboard. separator: between the columns."""
        table, rows = self.figures.table, self.taken()
        if not table.rows:
            return
        # A QMimeData of Python's own would still lie there when Python has ended, and crash.
        QGuiApplication.clipboard().setText(copied(table, rows, separator=separator))
        self.copied.emit(len(rows) or len(table.rows), separator)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def height_of(self, rows: int) -> int:
        """What so many rows need, with their heads."""
        return self.horizontalHeader().sizeHint().height() + rows * self.verticalHeader().defaultSectionSize() + 4

    def _size_rows(self) -> None:
        self.verticalHeader().setMinimumSectionSize(sizes.tall(ROW))
        self.verticalHeader().setDefaultSectionSize(sizes.tall(ROW))
        self.viewport().update()
