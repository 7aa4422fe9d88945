"""Guidance of each step as a table: what the plot draws, evaluation by evaluation."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.dissection import Dissection
from studio.panels.popover import Popover
from studio.theme import Theme, fonts
from studio.viewmodels.dissection import dissection_table
from studio.viewmodels.plot_table import COMMA, TableFile, copied
from studio.viewmodels.wording import count
from studio.widgets.buttons import Button
from studio.widgets.figure_table import FigureTable
from studio.widgets.text import line, text, wrapped

WIDTH, ROOM, FEWEST = 860, 236, 8
FILE = "guidance.csv"


class DissectionTable(Popover):
    """said(sentence): what came of copying. save_wanted(TableFile): the sheet has closed; ask for a file."""

    said = Signal(str)
    save_wanted = Signal(object)

    def __init__(self, window: QWidget, theme: Theme, dissection: Dissection) -> None:
        super().__init__(window, "Guidance of each step as a table", WIDTH)
        shown = self._shown = dissection_table(dissection.model.inputs)
        self.table = FigureTable(theme)
        self.table.setAccessibleName("Guidance of each step as a table")
        self.table.show_table(shown)
        self.table.copied.connect(lambda rows, _: self.said.emit(f"{count(rows, 'row')} copied"))
        self.copy = Button(theme, "Copy as CSV", "link")
        self.copy.clicked.connect(lambda: self.table.copy(COMMA))
        self.save = Button(theme, "Save as CSV…", "link")
        self.save.clicked.connect(self._save)
        self.column.addWidget(text("As a table", "tx1", fonts.card()))
        self.column.addWidget(line())
        if shown.rows:
            self.column.addWidget(self.table)
        self.column.addWidget(wrapped(shown.empty or shown.note, "tx3"))
        foot = QHBoxLayout()
        foot.addStretch(1)
        for button in (self.copy, self.save):
            button.setEnabled(bool(shown.rows))
            foot.addWidget(button)
        self.column.addLayout(foot)
        self.table.ensurePolished()
        self.table.setFixedHeight(min(self.table.height_of(max(len(shown.rows), FEWEST)), window.height() - ROOM))
        self.table.setFocus()

    def _save(self) -> None:
        rows = self.table.taken()
        file = TableFile(FILE, copied(self._shown, rows, separator=COMMA), len(rows) or len(self._shown.rows))
        self.close()
        self.save_wanted.emit(file)
