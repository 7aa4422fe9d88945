"""The grids that can be laid over one another, by whose they are: a box each, and what differs."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QScrollArea, QVBoxLayout, QWidget

from core.microscope.overlay import LIST
from core.microscope.reading import UNIT_WORDS
from studio.microscope import Microscope
from studio.settings import Settings
from studio.theme import Theme, sizes
from studio.theme.tokens import MARGIN
from studio.viewmodels.microscope import MOST_STEPS, GridRow, Group, MicroscopeView
from studio.widgets.buttons import IconButton
from studio.widgets.choice import Choice
from studio.widgets.curve_plot import series_of
from studio.widgets.curve_row import CurveRow
from studio.widgets.section import Section
from studio.widgets.stepper import Stepper
from studio.widgets.text import surface, text, wrapped

KEPT = "compare/schedules_folded"
FOLDED = ("diffusers", "k-diffusion")
"""Sections that are folded at first."""


class GridList(QFrame):
    """Schedule and steps above, the grids below. Writes into the microscope, shows its view."""

    def __init__(self, theme: Theme, microscope: Microscope, settings: Settings) -> None:
        super().__init__()
        self._theme, self._microscope, self._settings = theme, microscope, settings
        self.setProperty("surface", "panel")
        self.setAccessibleName("Grids")
        self.schedule = Choice(theme, "Noise schedule")
        self.schedule.setToolTip("The noise that the grids are laid on: which t has how much")
        self.schedule.activated.connect(lambda _: microscope.change(schedule=self.schedule.currentData()))
        self.steps = Stepper(theme, "Steps", 1, MOST_STEPS)
        self.steps.setToolTip("How many steps each grid is asked for; a list keeps its own")
        self.steps.changed.connect(microscope.set_steps)
        self.rows: dict[str, CurveRow] = {}
        self._sections: dict[str, Section] = {}
        self._boxes: dict[str, QVBoxLayout] = {}
        self._shown: dict[str, tuple[str, ...]] = {}
        self._schedules: tuple[tuple[str, str], ...] = ()
        self._build()
        theme.changed.connect(lambda: self._show(microscope.model.view))
        microscope.model.watch_all(self._show)

    def _build(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(MARGIN, 10, MARGIN, 8)
        head.setSpacing(6)
        head.addWidget(self.schedule)
        row = QHBoxLayout()
        row.addWidget(text("Steps", "tx2"), 1)
        row.addWidget(self.steps, 2)
        head.addLayout(row)
        inner = surface("panel")
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(MARGIN - 5, 0, MARGIN, MARGIN)
        self._column.setSpacing(0)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(area, 1)

    def _show(self, view: MicroscopeView) -> None:
        if view.schedules != self._schedules:
            self._schedules = view.schedules
            self.schedule.clear()
            for name, title in view.schedules:
                self.schedule.addItem(title, name)
        self.schedule.take(self._microscope.inputs.schedule)
        self.steps.set_value(self._microscope.inputs.steps)
        for group in view.groups:
            self._show_group(group)

    def _show_group(self, group: Group) -> None:
        if group.title not in self._sections:
            self._add_section(group.title)
        names = (group.note, *(row.name for row in group.rows))
        if names != self._shown.get(group.title):
            self._fill(group)
            self._shown[group.title] = names
        series = series_of(self._theme)
        for row in group.rows:
            self.rows[row.name].show_row(row.note, series[row.pen] if row.pen >= 0 else None)

    def _add_section(self, title: str) -> None:
        section = Section(self._theme, title, first=not self._sections)
        folded = set(self._settings.value(KEPT, list(FOLDED)))
        section.set_folded(title in folded)
        section.folded.connect(partial(self._keep_folded, title))
        self._sections[title] = section
        self._boxes[title] = section.body
        # Before the stretch, which is last.
        if len(self._sections) > 1:
            self._column.removeItem(self._column.itemAt(self._column.count() - 1))
        self._column.addWidget(section)
        self._column.addStretch(1)

    def _keep_folded(self, title: str, folded: bool) -> None:
        now = set(self._settings.value(KEPT, list(FOLDED)))
        (now.add if folded else now.discard)(title)
        self._settings.keep(KEPT, sorted(now))

    def _fill(self, group: Group) -> None:
        box = self._boxes[group.title]
        while (item := box.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for name in self._shown.get(group.title, ())[1:]:
            self.rows.pop(name, None)
        if group.note:
            box.addWidget(wrapped(group.note, "tx3"))
        for row in group.rows:
            made = CurveRow(self._theme, row.title, row.note)
            made.clicked.connect(partial(self._microscope.toggle, row.name))
            self.rows[row.name] = made
            box.addWidget(self._with_menu(row, made) if row.name.startswith(LIST) else made)

    def _with_menu(self, row: GridRow, made: CurveRow) -> QWidget:
        """A list's row, with what can be done with a list beside it."""
        whole, name = QWidget(), row.name.removeprefix(LIST)
        line = QHBoxLayout(whole)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2)
        line.addWidget(made, 1)
        more = IconButton(self._theme, "more", f"{row.title}: more", "Read its numbers as something else, or remove it")
        menu = QMenu(more)
        menu.setAccessibleName(row.title)
        for unit, words in UNIT_WORDS.items():
            menu.addAction(f"Read as {words}").triggered.connect(
                lambda _=False, unit=unit: self._microscope.read_as(name, unit)
            )
        menu.addSeparator()
        menu.addAction("Remove").triggered.connect(lambda _=False: self._microscope.drop_list(name))
        more.clicked.connect(lambda: menu.popup(more.mapToGlobal(more.rect().bottomLeft())))
        line.addWidget(more, 0, Qt.AlignmentFlag.AlignTop)
        return whole


def focusable(panel: GridList) -> tuple[QWidget, ...]:
    """In the keyboard's order, without the grids."""
    return panel.schedule, panel.steps.field


def width_of(*, small: bool) -> int:
    """The panel's width, logical pixels."""
    return sizes.wide(256 if small else 292)
