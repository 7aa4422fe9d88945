"""What a plot draws, as a table on a sheet: to read, walk through, copy and save."""

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

WIDTH, ROOM, FEWEST, EDGES = 640, 236, 8, 80
"""At text scale 1: the sheet's width, and what of the window is left free below and beside it; rows at least."""


class FigureSheet(Popover):
    """said(sentence): what came of copying. save_wanted(TableFile): it has closed, for a file to be asked for.

    file: the name that is offered. long_names: the first column is as wide as its words.
    """

    said = Signal(str)
    save_wanted = Signal(object)

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        title: str,
        shown: PlotTable,
        file: str,
        *,
        width: int = WIDTH,
        long_names: bool = False,
        save_words: str = "Save as CSV…",
    ) -> None:
        super().__init__(window, title, min(width, round((window.width() - EDGES) / fonts.text_scale())))
        self._shown, self._file = shown, file
        self.table = FigureTable(theme)
        self.table.setAccessibleName(title)
        self.table.show_table(shown)
        if long_names:
            self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.table.copied.connect(lambda rows, _: self.said.emit(f"{count(rows, 'row')} copied"))
        self.copy = Button(theme, "Copy as CSV", "link")
        self.copy.clicked.connect(lambda: self.table.copy(COMMA))
        self.save = Button(theme, save_words, "link")
        self.save.clicked.connect(self._save)
        self.column.addWidget(text("As a table", "tx1", fonts.card()))
        self.column.addWidget(line())
        self.column.addWidget(self.table)
        self.table.setVisible(bool(shown.rows))
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
        table = TableFile(self._file, copied(self._shown, rows, separator=COMMA), len(rows) or len(self._shown.rows))
        # A dialog can't come up over a popover, which closes at the next click.
        self.close()
        self.save_wanted.emit(table)
