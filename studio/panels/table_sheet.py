"""The plots as tables, on a sheet that follows the run."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.panels.popover import Popover
from studio.session import Session
from studio.theme import Theme, fonts, sizes
from studio.viewmodels.plot_table import (
    COMMA,
    PLOT_TITLES,
    Plot,
    PlotTableInputs,
    PlotTableView,
    derive_plot_table,
    table_file,
)
from studio.viewmodels.view_model import ViewModel
from studio.viewmodels.wording import count
from studio.widgets.buttons import Button
from studio.widgets.figure_table import FigureTable
from studio.widgets.segmented import Segmented
from studio.widgets.text import Elided, line, text, wrapped

WIDTH = 520
ROOM = 236
"""Pixels of the window's height that the rows leave free."""
FEWEST = 8
"""Rows that there is room for, however few there are: the sheet keeps its size from plot to plot."""


class TableSheet(Popover):
    """One of the plots, to read, walk through, copy and save.

    said(sentence): what came of copying. save_wanted(TableFile): the sheet has closed, for a file to be asked for.
    """

    said = Signal(str)
    save_wanted = Signal(object)

    def __init__(self, window: QWidget, theme: Theme, session: Session, plot: Plot) -> None:
        super().__init__(window, "Plots as tables", WIDTH)
        self._sampler, self._trajectory = session.desk.sampler, session.stage.trajectory
        self.model = ViewModel(self._inputs(plot), derive_plot_table)
        self.choice = Segmented("Plot", PLOT_TITLES)
        self.choice.chosen.connect(lambda at: self.model.update(plot=Plot(at)))
        self.table = FigureTable(theme)
        self.table.copied.connect(self._tell_copied)
        self._count, self._note, self._empty = Elided("", "tx2"), wrapped("", "tx3"), wrapped("", "tx2")
        self._hint = text("Ctrl C copies the rows taken, or all.", "tx3")
        self.copy = Button(theme, "Copy", "link")
        self.copy.setToolTip("All rows, or those taken, with tabs between the columns")
        self.copy.clicked.connect(lambda: self.table.copy())
        self.copy_csv = Button(theme, "Copy as CSV", "link")
        self.copy_csv.setToolTip("All rows, or those taken, with commas between the columns (Ctrl Shift C)")
        self.copy_csv.clicked.connect(lambda: self.table.copy(COMMA))
        self.save = Button(theme, "Save as CSV…", "link")
        self.save.setToolTip("All rows, or those taken, in a file that spreadsheets open (Ctrl S)")
        self.save.clicked.connect(self._save)
        for keys, button in (("Ctrl+Shift+C", self.copy_csv), ("Ctrl+S", self.save)):
            QShortcut(QKeySequence(keys), self).activated.connect(button.click)
        session.stage.fetch_played()
        self._build()
        self._unwatch = (
            self.model.watch_all(self._show),
            self._sampler.watch_all(lambda view: self.model.update(sampler=view)),
            self._trajectory.watch_all(
                lambda view: self.model.update(trajectory=view, steps=self._trajectory.inputs),
            ),
        )
        self._fit(window.height())
        self.table.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        for stop in self._unwatch:
            stop()
        super().closeEvent(event)

    def _inputs(self, plot: Plot) -> PlotTableInputs:
        return PlotTableInputs(self._sampler.view, self._trajectory.view, self._trajectory.inputs, plot)

    def _build(self) -> None:
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(15, 8, 10, 8)
        head.setSpacing(10)
        head.addWidget(text("As a table", "tx1", fonts.card()))
        head.addWidget(self._count, 1)
        head.addWidget(self.choice)
        self.column.addLayout(head)
        self.column.addWidget(line())
        body = QHBoxLayout()
        body.setContentsMargins(7, 4, 7, 0)
        body.addWidget(self.table)
        self.column.addLayout(body)
        for label in (self._empty, self._note):
            label.setContentsMargins(15, 8, 15, 8)
            self.column.addWidget(label)
        self.column.addWidget(line())
        foot = QHBoxLayout()
        foot.setContentsMargins(15, 6, 11, 8)
        foot.setSpacing(8)
        foot.addWidget(self._hint)
        foot.addStretch(1)
        for button in (self.copy, self.copy_csv, self.save):
            foot.addWidget(button)
        self.column.addLayout(foot)

    def _fit(self, room: int) -> None:
        """As high as the longer table, within the window."""
        self.table.ensurePolished()
        rows = max(len(derive_plot_table(self._inputs(plot)).table.rows) for plot in Plot)
        most = room - ROOM - sizes.tall(0, 4)
        self.table.setFixedHeight(min(self.table.height_of(max(rows, FEWEST)), most))

    def _show(self, view: PlotTableView) -> None:
        table = view.table
        self.choice.choose(view.plot)
        self._count.setText(view.count)
        self.table.setAccessibleName(view.name)
        self.table.setAccessibleDescription(table.note)
        self.table.show_table(table)
        self.table.setVisible(bool(table.rows))
        for label, words in ((self._note, table.note), (self._empty, table.empty)):
            label.setText(words)
            label.setVisible(bool(words))
        for button in (self.copy, self.copy_csv, self.save):
            button.setEnabled(bool(table.rows))

    def _tell_copied(self, rows: int, separator: str) -> None:
        how = "as CSV" if separator == COMMA else "with tabs between the columns"
        self.said.emit(f"{count(rows, 'row')} copied, {how}")

    def _save(self) -> None:
        table = table_file(self.model.view, self.table.taken())
        # A dialog can't come up over a popover, which closes at the next click.
        self.close()
        self.save_wanted.emit(table)
