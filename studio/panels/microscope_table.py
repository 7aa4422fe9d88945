"""The curves of the Schedules page as a table, to read, walk through, copy and save."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QWidget

from studio.panels.popover import Popover
from studio.theme import Theme, fonts
from studio.viewmodels.plot_table import COMMA, PlotTable, TableFile, copied
from studio.viewmodels.wording import count
from studio.widgets.buttons import Button
from studio.widgets.figure_table import FigureTable
from studio.widgets.text import line, text, wrapped

WIDTH, ROOM, FEWEST = 880, 236, 8


class MicroscopeTable(Popover):
    """said(sentence): what came of copying. save_wanted(TableFile): it has closed, for a file to be asked for."""

    said = Signal(str)
    save_wanted = Signal(object)

    def __init__(self, window: QWidget, theme: Theme, shown: PlotTable) -> None:
        super().__init__(window, "The curves as a table", _width(window))
        self._shown = shown
        self.table = FigureTable(theme)
        self.table.setAccessibleName("The curves as a table")
        self.table.show_table(shown)
        # Names of curves differ in length by far.
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.table.copied.connect(lambda rows, _: self.said.emit(f"{count(rows, 'row')} copied"))
        self.copy = Button(theme, "Copy as CSV", "link")
        self.copy.clicked.connect(lambda: self.table.copy(COMMA))
        self.save = Button(theme, "Save as CSV…", "link")
        self.save.clicked.connect(self._save)
        for button in (self.copy, self.save):
            button.setEnabled(bool(shown.rows))
        self.column.addWidget(text("As a table", "tx1", fonts.card()))
        self.column.addWidget(line())
        if shown.rows:
            self.column.addWidget(self.table)
        self.column.addWidget(wrapped(shown.empty or shown.note, "tx3"))
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.copy)
        foot.addWidget(self.save)
        self.column.addLayout(foot)
        self.table.ensurePolished()
        self.table.setFixedHeight(min(self.table.height_of(max(len(shown.rows), FEWEST)), window.height() - ROOM))
        self.table.setFocus()

    def _save(self) -> None:
        file = TableFile("grids.csv", copied(self._shown, separator=COMMA), len(self._shown.rows))
        self.close()
        self.save_wanted.emit(file)


def _width(window: QWidget) -> int:
    """At text scale 1, so that the sheet stays within the window at any."""
    return min(WIDTH, round((window.width() - 80) / fonts.text_scale()))
