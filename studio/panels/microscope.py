"""The Schedules page of Compare: time grids over one another, their differences, and a curve to draw."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from core.microscope.plot import Across, Quantity
from studio.actions import Actions
from studio.microscope import Microscope
from studio.panels.microscope_list import GridList
from studio.settings import Settings
from studio.theme import Theme, fonts, sizes
from studio.viewmodels.microscope import ACROSS, QUANTITIES, MicroscopeView, microscope_table
from studio.widgets.buttons import Button
from studio.widgets.choice import Choice
from studio.widgets.curve_plot import CurvePlot
from studio.widgets.file_dialog import ask_for_file, ask_where_to_save
from studio.widgets.segmented import Segmented
from studio.widgets.switch import Switch
from studio.widgets.text import Elided, line, retone, surface, text, wrapped
from studio.widgets.toast import Toast

LISTS = "Lists of levels (*.csv *.json *.txt);;All files (*)"
CURVES = "Curves (*.png *.svg *.csv *.json)"
LEFT, LEFT_SMALL, SMALL_WIDTH = 292, 256, 1240
KEPT = "compare/schedules_difference"
TABLE_WIDTH = 880


class MicroscopeBar(QFrame):
    """What can be done with the curves; its part of the mode's bar."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.setProperty("surface", "panel")
        self.setAccessibleName("Schedules")
        self.draw = Button(theme, "Draw", "plain", "rename")
        self.bring, self.export = Button(theme, "Import…"), Button(theme, "Export…")
        self.use = Button(theme, "Use in Create", "main")
        sizes.fix(self.use, height=28)
        self.use.setFont(fonts.section())
        for button, name in (
            (self.draw, "draw"),
            (self.bring, "import_grid"),
            (self.export, "export"),
            (self.use, "use_grid"),
        ):
            actions.explain(button, name)
            button.clicked.connect(actions[name].trigger)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 14, 0)
        row.setSpacing(6)
        row.addStretch(1)
        for button in (self.draw, self.bring, self.export, self.use):
            row.addWidget(button)


class MicroscopePage(QWidget):
    """used(): the curve at hand is Create's grid now."""

    used = Signal()

    def __init__(self, theme: Theme, microscope: Microscope, settings: Settings, actions: Actions) -> None:
        super().__init__()
        self._theme, self.microscope, self._settings = theme, microscope, settings
        # It takes the keys of the mode until a control of it is chosen.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.bar = MicroscopeBar(theme, actions)
        self.list = GridList(theme, microscope, settings)
        self.quantity, self.across = Segmented("What is shown", QUANTITIES), Segmented("Over what", ACROSS)
        self.plot = CurvePlot(theme, "Time grids over one another")
        self.difference = CurvePlot(theme, "Differences from the base", small=True)
        self.differs = Switch(theme, "Show differences")
        self.base = Choice(theme, "Base of the differences")
        self.readout, self.problem = wrapped("", "tx1", fonts.value()), wrapped("", "err")
        self._build()
        self.toast = Toast(self)
        self._connect()

    def say(self, sentence: str) -> None:
        """A line at the foot."""
        if self.isVisible():
            self.toast.say(sentence, self._foot_frame.y() - 10)

    def enter(self) -> None:
        """The page comes on show."""
        self.microscope.enter()
        self.plot.setFocus()

    def ask_for_list(self) -> None:
        """Ask for a file of levels, and read it."""
        ask_for_file(self, "Import a time grid", LISTS, self.microscope.bring_in)

    def paste(self) -> None:
        """Read the levels on the clipboard."""
        words = QGuiApplication.clipboard().text()
        if words.strip():
            self.microscope.bring_in_text(words)
        else:
            self.say("The clipboard holds no text; copy a list of levels first")

    def export(self) -> None:
        """Ask for a file, and write the curves into it."""
        if not self.microscope.model.view.can_use:
            self.say("No curve is chosen; choose one, then it can be exported")
            return
        ask_where_to_save(self, "Export the curves", "grids.png", self.write, CURVES)

    def write(self, path: Path) -> None:
        """PNG, SVG, CSV or JSON by the name's ending."""
        self.microscope.write(path, self._theme.tokens)

    def use(self) -> None:
        """The curve at hand becomes Create's grid."""
        if self.microscope.use_in_create():
            self.used.emit()

    def show_table(self) -> None:
        """The figures of the curves, to read, copy and save."""
        from studio.panels.figure_sheet import FigureSheet

        shown = microscope_table(self.microscope.model.view)
        sheet = FigureSheet(
            self.window(), self._theme, "The curves as a table", shown, "grids.csv", width=TABLE_WIDTH, long_names=True
        )
        sheet.said.connect(self.say)
        sheet.save_wanted.connect(self.microscope.table_wanted)
        sheet.open_in_middle(70)

    def draw(self) -> None:
        """A curve to bend, beginning at the one in hand; its first handle gets the focus."""
        self.microscope.draw()
        self._to_handle = True
        self._focus_handle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        small = self.window().width() < SMALL_WIDTH
        self.list.setFixedWidth(sizes.wide(LEFT_SMALL if small else LEFT))

    def _build(self) -> None:
        centre = surface("canvas")
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(line())
        column.addWidget(self.plot, 3)
        column.addWidget(line())
        column.addWidget(self._middle())
        column.addWidget(self.difference, 1)
        column.addWidget(line())
        self._foot_frame = self._foot()
        column.addWidget(self._foot_frame)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.list)
        row.addWidget(line(vertical=True))
        row.addWidget(centre, 1)

    def _head(self) -> QFrame:
        head = surface("bar")
        sizes.fix(head, height=42)
        row = QHBoxLayout(head)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(10)
        row.addWidget(self.quantity)
        row.addWidget(self.across)
        self._hint = Elided("", "tx3")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignRight)
        row.addWidget(self._hint, 1)
        return head

    def _middle(self) -> QFrame:
        middle = surface("panel")
        sizes.fix(middle, height=36)
        row = QHBoxLayout(middle)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(8)
        row.addWidget(text("Difference from", "tx2"))
        sizes.bound(self.base, least_width=150)
        row.addWidget(self.base)
        row.addWidget(self.differs)
        row.addStretch(1)
        return middle

    def _foot(self) -> QFrame:
        foot = surface("panel")
        column = QVBoxLayout(foot)
        column.setContentsMargins(14, 8, 14, 8)
        column.setSpacing(4)
        column.addWidget(self.readout)
        column.addWidget(self.problem)
        return foot

    def _connect(self) -> None:
        microscope = self.microscope
        self.quantity.chosen.connect(lambda index: microscope.change(quantity=Quantity(index)))
        self.across.chosen.connect(lambda index: microscope.change(across=Across(index)))
        self.base.activated.connect(lambda _: microscope.change(base=self.base.currentData()))
        self.differs.setChecked(self._settings.value(KEPT, True))
        self.differs.toggled.connect(self._show_difference)
        for plot in (self.plot, self.difference):
            plot.pointed.connect(microscope.point_at)
        self.plot.along.connect(microscope.move_along)
        self.plot.over.connect(microscope.move_over)
        self.plot.bent.connect(microscope.move_handle)
        self.plot.added.connect(microscope.add_handle)
        self.plot.removed.connect(microscope.remove_handle)
        microscope.said.connect(self.say)
        self._to_handle = False
        self._bases: tuple[tuple[str, str], ...] = ()
        self._theme.changed.connect(self._fit)
        microscope.model.watch_all(self._show)

    def _show(self, view: MicroscopeView) -> None:
        inputs = self.microscope.inputs
        self.quantity.choose(inputs.quantity)
        self.across.choose(inputs.across)
        drawn = next((each.curve.steps for each in view.curves if each.curve.name == "drawn"), 1)
        self.plot.show_plot(view.plot, view.curves, view.at, view.says, view.handles, drawn)
        self.difference.show_plot(view.difference, view.curves, view.at, view.says)
        self.difference.setVisible(self.differs.isChecked() and len(view.curves) > 1)
        if view.bases != self._bases:
            self._bases = view.bases
            self.base.clear()
            for name, title in view.bases:
                self.base.addItem(title, name)
        self.base.take(view.base)
        self.readout.setText(view.readout)
        self.problem.setText(view.problem)
        self.problem.setVisible(bool(view.problem))
        retone(self.problem, "err")
        self._hint.setText(
            "Arrow keys bend a handle, Insert adds one, Delete removes it"
            if view.handles
            else "Arrow keys read the curves"
        )
        self.bar.use.setEnabled(view.can_use)
        self.bar.export.setEnabled(view.can_use)
        self._focus_handle()

    def _focus_handle(self) -> None:
        """Once the drawn curve is there."""
        if self._to_handle and self.plot.handles:
            self._to_handle = False
            self.plot.handles[len(self.plot.handles) // 2].setFocus(Qt.FocusReason.TabFocusReason)

    def _show_difference(self, on: bool) -> None:
        self._settings.keep(KEPT, on)
        self._show(self.microscope.model.view)
