"""The Grid page of Compare: axes at the left, cells under their labels, and what is known of the chosen one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from core.sweeps.sheet import SheetColours
from studio.actions import Actions
from studio.panels.sweep_axis import AxisEditor
from studio.panels.sweep_bar import SweepBar
from studio.sweep import Sweep
from studio.theme import Theme, fonts, sizes
from studio.theme.tokens import MARGIN
from studio.viewmodels.sweep import SweepView
from studio.widgets.buttons import Button, IconButton
from studio.widgets.cell_grid import CellGrid
from studio.widgets.file_dialog import ask_where_to_save
from studio.widgets.text import Elided, line, surface, text, wrapped
from studio.widgets.toast import Toast

PANEL, PANEL_SMALL, SMALL_WIDTH = 292, 256, 1240
HEADER, FOOT = 42, 34
SHEET, NUMBERS = "Sheet (*.png)", "Numbers (*.csv *.json)"


class SweepPage(QWidget):
    """opened(): the chosen cell is wanted in Create. `bar` goes into the bar of the mode."""

    opened = Signal()

    def __init__(self, theme: Theme, sweep: Sweep, actions: Actions) -> None:
        super().__init__()
        self._theme, self.sweep, self._actions = theme, sweep, actions
        self.bar = SweepBar(theme, sweep, actions)
        self.axes = [AxisEditor(theme, row, optional=place > 0) for place, row in enumerate(sweep.model.view.axes)]
        for place, editor in enumerate(self.axes):
            editor.chosen.connect(lambda name, place=place: sweep.set_setting(place, name))
            editor.typed.connect(lambda words, place=place: sweep.set_text(place, words))
        self.problem, self.rest = wrapped("", "err"), wrapped("", "tx2")
        self._rest_title = text("All else as in Create", "tx1", fonts.section())
        self.cells = CellGrid(theme, sweep.thumbnails, lambda: sweep.look)
        self.cells.chosen.connect(sweep.choose)
        self.cells.zoomed.connect(sweep.zoom)
        self.cells.opened.connect(self._open)
        self.cells.resized.connect(self._fit_cells)
        sweep.looked.connect(self.cells.draw_cell)
        self.progress, self.current = Elided("", "tx1", fonts.value()), Elided("", "tx2")
        self.sheet = Elided("", "tx1", fonts.section())
        self._sheet_count = text("", "tx3")
        self.before = IconButton(theme, "chevron_left", "Sheet before").follow(actions["step_back"])
        self.after = IconButton(theme, "chevron_right", "Next sheet").follow(actions["step_on"])
        self.smaller = IconButton(theme, "minus", "Smaller cells").follow(actions["zoom_out"])
        self.larger = IconButton(theme, "plus", "Larger cells").follow(actions["zoom_in"])
        self.export = Button(theme, "Export sheet…", "plain", "export")
        self.numbers = Button(theme, "Numbers…", "plain")
        actions.explain(self.export, "export")
        actions.explain(self.numbers, "export_numbers")
        self.export.clicked.connect(self.export_sheet)
        self.numbers.clicked.connect(self.export_numbers)
        self._build()
        self.toast = Toast(self)
        sweep.said.connect(self.say)
        sweep.model.watch_all(self._show)

    def say(self, sentence: str) -> None:
        """A line at the foot of the page."""
        if self.isVisible():
            self.toast.say(sentence, self._foot_frame.y() - 10)

    def export_sheet(self) -> None:
        """Ask for a file, and draw the cells with their labels into it, one file for each value of Z."""
        if not self.sweep.model.view.can_export:
            self.say("Run the grid first; then it can be exported")
            return
        tokens = self._theme.tokens
        colours = SheetColours(tokens.bg1, tokens.tx1, tokens.tx2, tokens.bg3)
        ask_where_to_save(self, "Export sheet", "grid.png", lambda path: self.sweep.export_sheet(path, colours), SHEET)

    def export_numbers(self) -> None:
        """Ask for a file, and write what each cell came to into it: CSV, or JSON."""
        if not self.sweep.model.view.can_export:
            self.say("Run the grid first; then its numbers can be exported")
            return
        ask_where_to_save(self, "Export the numbers", "grid.csv", self.sweep.export_numbers, NUMBERS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        sizes.fix(self._panel, width=PANEL_SMALL if self.window().width() < SMALL_WIDTH else PANEL)

    def _fit_cells(self) -> None:
        if self.cells.isVisible():
            self.sweep.fit(self.cells.fitting())

    def _open(self, place: int) -> None:
        self.sweep.choose(place)
        self.opened.emit()

    def _build(self) -> None:
        body = QHBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        self._panel = self._left_panel()
        body.addWidget(self._panel)
        body.addWidget(line(vertical=True))
        centre = surface("canvas")
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header())
        column.addWidget(line())
        column.addWidget(self.cells, 1)
        column.addWidget(line())
        self._foot_frame = self._foot()
        column.addWidget(self._foot_frame)
        body.addWidget(centre, 1)

    def _left_panel(self) -> QScrollArea:
        panel = surface("panel")
        column = QVBoxLayout(panel)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(10)
        for editor in self.axes:
            column.addWidget(editor)
            column.addWidget(line())
        column.addWidget(self.problem)
        column.addWidget(self._rest_title)
        column.addWidget(self.rest)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(area.focusPolicy().NoFocus)
        area.setHorizontalScrollBarPolicy(area.horizontalScrollBarPolicy().ScrollBarAlwaysOff)
        area.setWidget(panel)
        sizes.fix(area, width=PANEL)
        return area

    def _header(self) -> QFrame:
        header = surface("panel")
        sizes.fix(header, height=HEADER)
        row = QHBoxLayout(header)
        row.setContentsMargins(MARGIN, 0, 10, 0)
        row.setSpacing(4)
        row.addWidget(self.before)
        row.addWidget(self._sheet_count)
        row.addWidget(self.after)
        row.addSpacing(4)
        row.addWidget(self.sheet, 1)
        row.addWidget(self.smaller)
        row.addWidget(self.larger)
        row.addSpacing(8)
        row.addWidget(self.numbers)
        row.addWidget(self.export)
        return header

    def _foot(self) -> QFrame:
        foot = surface("panel")
        sizes.fix(foot, height=FOOT)
        row = QHBoxLayout(foot)
        row.setContentsMargins(MARGIN, 0, MARGIN, 0)
        row.setSpacing(14)
        row.addWidget(self.progress, 2)
        row.addWidget(self.current, 3)
        return foot

    def _show(self, view: SweepView) -> None:
        for editor, row in zip(self.axes, view.axes, strict=True):
            editor.show_row(row)
        told_below = any(row.problem for row in view.axes)
        self.problem.setText(view.problem)
        self.problem.setVisible(bool(view.problem) and not told_below)
        self.rest.setText(view.rest)
        self._rest_title.setVisible(bool(view.rest))
        self.cells.show_view(view)
        self._fit_cells()
        self.progress.setText(view.progress)
        self.current.setText(view.current_words)
        several = len(view.sheets) > 1
        for part in (self.before, self.after, self._sheet_count):
            part.setVisible(several)
        self.sheet.setText(view.sheets[view.sheet] if view.sheets else view.facts)
        self._sheet_count.setText(f"{view.sheet + 1} of {len(view.sheets)}")
        self.export.setEnabled(view.can_export)
        self.numbers.setEnabled(view.can_export)
