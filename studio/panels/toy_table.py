"""What the 2D mode measures, as a table."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.panels.popover import Popover
from studio.theme import Theme, fonts
from studio.viewmodels.plot_table import COMMA, TableFile, copied
from studio.viewmodels.toy_errors import table_of
from studio.viewmodels.toy_inputs import ToyInputs
from studio.viewmodels.wording import count
from studio.widgets.buttons import Button
from studio.widgets.figure_table import FigureTable
from studio.widgets.text import line, text, wrapped

WIDTH, ROOM, FEWEST = 640, 236, 8
FILE = "plane.csv"


class ToyTable(Popover):
    """To read, walk through and copy. said(sentence). save_wanted(TableFile): the sheet has closed."""

    said = Signal(str)
    save_wanted = Signal(object)

    def __init__(self, window: QWidget, theme: Theme, inputs: ToyInputs) -> None:
        super().__init__(window, "The plane as a table", WIDTH)
        self._shown = shown = table_of(inputs)
        self.table = FigureTable(theme)
        self.table.setAccessibleName("The plane as a table")
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
        table = TableFile(FILE, copied(self._shown, rows, separator=COMMA), len(rows) or len(self._shown.rows))
        # A dialog can't come up over a popover, which closes at the next click.
        self.close()
        self.save_wanted.emit(table)
