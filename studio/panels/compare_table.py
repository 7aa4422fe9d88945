"""The race's curve as a table: what the plot draws, figure by figure."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.panels.popover import Popover
from studio.race import Race
from studio.theme import Theme, fonts
from studio.viewmodels.compare_table import race_table
from studio.viewmodels.plot_table import COMMA
from studio.viewmodels.wording import count
from studio.widgets.buttons import Button
from studio.widgets.figure_table import FigureTable
from studio.widgets.text import line, text, wrapped

WIDTH, ROOM, FEWEST = 640, 236, 8


class CompareTable(Popover):
    """To read, walk through and copy. save_wanted(): the sheet has closed, for a file to be asked for."""

    save_wanted = Signal()

    def __init__(self, window: QWidget, theme: Theme, race: Race) -> None:
        super().__init__(window, "The race as a table", WIDTH)
        shown = race_table(race.model.inputs.record)
        self.table = FigureTable(theme)
        self.table.setAccessibleName("The race as a table")
        self.table.show_table(shown)
        self.table.copied.connect(lambda rows, _: race.said.emit(f"{count(rows, 'row')} copied"))
        self.copy = Button(theme, "Copy as CSV", "link")
        self.copy.clicked.connect(lambda: self.table.copy(COMMA))
        self.save = Button(theme, "Export the numbers…", "link")
        self.save.setEnabled(race.model.view.can_export)
        self.save.clicked.connect(self._save)
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
        self.close()
        self.save_wanted.emit()
