"""The Compare mode: lanes side by side, a shared scrubber, errors and times, and two lanes looked at closer."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from studio.actions import Actions
from studio.panels.compare_bar import CompareBar
from studio.panels.compare_closer import CloserPanel
from studio.panels.compare_lanes import LaneRow
from studio.race import Race
from studio.settings import Settings
from studio.theme import Theme, fonts, sizes
from studio.viewmodels.compare_views import CompareView
from studio.widgets.buttons import Button, IconButton
from studio.widgets.error_plot import ErrorPlot
from studio.widgets.file_dialog import ask_for_file, ask_where_to_save
from studio.widgets.race_scrubber import FOOT, RaceScrubber
from studio.widgets.text import Elided, line, surface, text, wrapped
from studio.widgets.time_bars import TimeBars
from studio.widgets.toast import Toast

CLOSER, CLOSER_SMALL = 330, 268
SMALL_WIDTH, SMALL_HEIGHT = 1240, 800
CARDS, CARDS_LOW = 278, 170
EDGE, EDGE_LOW = 12, 8
"""Above and below lanes and cards."""
SHEETS = "Sheet (*.png *.pdf *.svg)"
RACES = "Races (*.json)"
NUMBERS = "Numbers (*.json *.csv)"


class ComparePage(QWidget):
    """opened(lane): its settings are wanted in Create. `bar` goes into the bar of the mode."""

    opened = Signal(int)

    def __init__(self, theme: Theme, race: Race, settings: Settings, actions: Actions) -> None:
        super().__init__()
        self._theme, self.race, self._settings, self._actions = theme, race, settings, actions
        self._small: bool | None = None
        self._low = False
        # It takes the keys of the mode until a control of it is chosen.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.bar = CompareBar(theme, race, actions)
        self.run = self.bar.run
        self.lanes = LaneRow(theme, race)
        self.lanes.wanted_in_create.connect(self.opened)
        self.scrubber = RaceScrubber(theme)
        self.scrubber.scrubbed.connect(race.scrub_to)
        self.play = PlayButton(theme)
        actions.explain(self.play, "play")
        self.play.clicked.connect(race.play)
        self.where, self.progress = Elided("", "tx2", fonts.caption()), Elided("", "tx1", fonts.font(11, 600))
        self.where.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.resume = Button(theme, "Resume", "plain", "play")
        actions.explain(self.resume, "resume_run")
        self.resume.clicked.connect(race.resume)
        for part in (self.where, self.progress):
            # Each has what it needs, as long as there is room for both.
            part.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._each = text("each mark is one network evaluation", "tx3", fonts.caption())
        self.curve, self.times = ErrorPlot(theme), TimeBars(theme)
        self._curve_caption, self._times_caption = (text("", "tx3", fonts.caption()) for _ in range(2))
        self._orders = Elided("", "tx3", fonts.caption())
        self.finding, self.truth = wrapped("", "tx2"), wrapped("", "tx3", fonts.caption())
        self.closer = CloserPanel(theme, race, actions)
        self.drawer = Button(theme, "Look closer", "plain", "compare")
        actions.explain(self.drawer, "right_panel")
        self.drawer.clicked.connect(self.toggle_closer)
        self.in_plane = Button(theme, "In the plane", "plain", "plane")
        actions.explain(self.in_plane, "in_plane")
        for button in (self.drawer, self.in_plane, self.resume):
            sizes.fix(button, height=24)
        self.in_plane.clicked.connect(lambda: actions["in_plane"].trigger())
        self._beside: QWidget | None = None
        self._build()
        self.toast = Toast(self)
        race.said.connect(self.say)
        race.model.watch_all(self._show)

    def say(self, sentence: str) -> None:
        """A line at the foot of the centre."""
        if self.isVisible():
            self.toast.say(sentence, self.height() - 14)

    def toggle_closer(self) -> None:
        """Show or hide what looks closer; remembered, but for small windows."""
        shown = self.closer.isHidden()
        if self._beside is not None:
            self.show_beside(None)
        self._set_closer(shown)
        self._show(self.race.model.view)
        if not self._small:
            self._settings.keep("compare/closer", shown)

    def show_beside(self, panel: QWidget | None) -> None:
        """Another panel in the place of what looks closer; None takes it away, and brings that back where it stood."""
        if self._beside is not None and self._beside is not panel:
            self._beside.hide()
        self._beside = panel
        self._set_closer(panel is None and not self._small and self._settings.value("compare/closer", True))
        if panel is not None:
            if self._sides.indexOf(panel) < 0:
                self._sides.addWidget(panel)
            sizes.fix(panel, width=CLOSER_SMALL if self._small else CLOSER)
            panel.show()
        self._show(self.race.model.view)

    def _set_closer(self, shown: bool) -> None:
        focus = self.window().focusWidget()
        if not shown and focus is not None and self.closer.isAncestorOf(focus):
            # It would go to wherever Qt finds a control, in another part of the window.
            self.setFocus()
        self.closer.setVisible(shown)

    def show_table(self) -> None:
        """The curve's figures, to read and copy."""
        from studio.panels.figure_sheet import FigureSheet
        from studio.viewmodels.compare_table import race_table

        shown, words = race_table(self.race.model.inputs.record), "Export the numbers…"
        sheet = FigureSheet(self.window(), self._theme, "The race as a table", shown, "", save_words=words)
        sheet.save.setEnabled(self.race.model.view.can_export)
        sheet.said.connect(self.race.said)
        # All that was measured, not what the sheet shows of it.
        sheet.save_wanted.connect(lambda _: self.export_numbers())
        sheet.open_in_middle(70)

    def export_sheet(self) -> None:
        """Ask for a file, and draw all that is on show into it: PNG, PDF or SVG by its ending."""
        if not self.race.model.view.can_export:
            self.say("Run the race to its end first; then it can be exported")
            return
        ask_where_to_save(self, "Export sheet", "race.png", self.write_sheet, SHEETS)

    def write_sheet(self, path: Path) -> None:
        """Raises nothing: what goes wrong is said."""
        from studio.race_sheet import SheetError, write_sheet

        try:
            write_sheet(path, self._theme, self.race.model.view)
        except SheetError as error:
            self.say(str(error))
        else:
            self.say(f"Saved as {path.name}")

    def export_numbers(self) -> None:
        """Ask for a file, and write every number into it: JSON, which runs again, or CSV."""
        if not self.race.model.view.can_export:
            self.say("Run the race to its end first; then its numbers can be exported")
            return
        ask_where_to_save(self, "Export the numbers", "race.json", self.race.export_numbers, NUMBERS)

    def open_race(self) -> None:
        """Ask for a race's JSON, and show it."""
        ask_for_file(self, "Open a race", RACES, self.race.open_file)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        window = self.window().size()
        small = window.width() < SMALL_WIDTH
        self._set_low(window.height() < SMALL_HEIGHT)
        self._make_room()
        if small != self._small:
            self._small = small
            self.drawer.setVisible(small)
            sizes.fix(self.closer, width=CLOSER_SMALL if small else CLOSER)
            self.show_beside(self._beside)
        self._fold_head()

    def _set_low(self, low: bool) -> None:
        """In a low window all else stands closer, so that the pictures keep their size."""
        if low == self._low:
            return
        self._low = low
        edge = EDGE_LOW if low else EDGE
        for row in (self._lanes_row, self._cards_row):
            row.setContentsMargins(14, edge, 14, edge)
        # Wider, the sentences below the times need fewer lines.
        self._cards_row.setStretch(1, 10 if low else 8)
        self.lanes.set_low(low)
        self.scrubber.set_low(low)
        self.times.set_low(low)
        self._show(self.race.model.view)

    def _fold_head(self) -> None:
        """What the marks are is told where there is room for it beside what changes."""
        told = [self.where, self.in_plane]
        told += [part for part in (self.progress, self.resume, self.drawer) if not part.isHidden()]
        needed = sum(part.sizeHint().width() + 10 for part in (*told, self._each, self._head_title))
        self._each.setVisible(needed <= self._head_title.parentWidget().width() - 32)

    def _make_room(self) -> None:
        """The cards are no lower than what stands in them; the pictures give way, then the page scrolls."""
        frame = self._times_frame
        least = self._times_column.minimumHeightForWidth(frame.contentsRect().width())
        edges = 2 * (EDGE_LOW if self._low else EDGE) + frame.height() - frame.contentsRect().height()
        self._cards.setFixedHeight(max(sizes.tall(CARDS_LOW if self._low else CARDS, 4), least + edges))

    def _build(self) -> None:
        self._centre = surface("canvas")
        column = QVBoxLayout(self._centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._lanes_row = QVBoxLayout()
        self._lanes_row.setContentsMargins(14, EDGE, 14, EDGE)
        self._lanes_row.addWidget(self.lanes)
        column.addLayout(self._lanes_row, 1)
        column.addWidget(line())
        column.addWidget(self._scrubber_panel())
        column.addWidget(line())
        self._cards = QWidget()
        self._cards_row = QHBoxLayout(self._cards)
        self._cards_row.setContentsMargins(14, EDGE, 14, EDGE)
        self._cards_row.setSpacing(10)
        self._times_frame = self._times_card()
        self._cards_row.addWidget(self._curve_card(), 13)
        self._cards_row.addWidget(self._times_frame, 8)
        column.addWidget(self._cards)
        body = QHBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._centre)
        body.addWidget(area, 1)
        body.addWidget(line(vertical=True))
        body.addWidget(self.closer)
        self._sides = body
        self.setLayout(body)

    def _scrubber_panel(self) -> QFrame:
        panel = surface("panel")
        head = QHBoxLayout()
        head.setSpacing(10)
        self._head_title = text("Shared scrubber", "tx1", fonts.section())
        head.addWidget(self._head_title)
        head.addWidget(self._each)
        head.addWidget(self.progress)
        head.addWidget(self.resume)
        head.addStretch(1)
        head.addWidget(self.where)
        head.addWidget(self.in_plane)
        head.addWidget(self.drawer)
        row = QGridLayout()
        row.setSpacing(0)
        row.setHorizontalSpacing(4)
        scale = text("log-SNR", "tx3", fonts.caption())
        sizes.fix(scale, height=FOOT)
        scale.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        # Level with the lanes; the name of the scale below it reaches under their names.
        row.addWidget(self.play, 0, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.scrubber, 0, 1, 2, 1)
        row.addWidget(scale, 1, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
        row.setColumnStretch(1, 1)
        row.setRowStretch(0, 1)
        column = QVBoxLayout(panel)
        column.setContentsMargins(16, 4, 16, 4)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(row)
        return panel

    def _curve_card(self) -> QFrame:
        card = surface("panelCard")
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(text("Error against reference", "tx1", fonts.section()))
        head.addWidget(self._curve_caption)
        head.addWidget(self._orders, 1)
        column = QVBoxLayout(card)
        column.setContentsMargins(13, 8, 10, 6)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.curve, 1)
        return card

    def _times_card(self) -> QFrame:
        card = surface("panelCard")
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(text("Time for one picture", "tx1", fonts.section()))
        head.addWidget(self._times_caption)
        head.addStretch(1)
        self._times_column = column = QVBoxLayout(card)
        column.setContentsMargins(13, 8, 13, 8)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.times)
        column.addWidget(line())
        column.addWidget(self.finding)
        column.addWidget(self.truth)
        column.addStretch(1)
        return card

    def _show(self, view: CompareView) -> None:
        self.lanes.show_views(view.columns)
        self.scrubber.show_view(view.scrubber)
        self.where.setText(view.scrubber.says)
        self.progress.setText(view.progress or view.problem)
        self.progress.setVisible(bool(view.progress or view.problem))
        self.resume.setVisible(view.can_resume)
        self._fold_head()
        self.play.setEnabled(bool(view.scrubber.stops))
        self.curve.show_view(view.curve)
        self._curve_caption.setText(view.curve.caption)
        self._orders.setText(view.curve.orders)
        self.times.show_rows(view.times)
        self._times_caption.setText(view.times_caption)
        self.finding.setText(view.finding or "One sentence of what was found comes here once two lanes have run.")
        self.truth.setText(view.truth_brief if self._low else view.truth)
        self.truth.setToolTip(view.truth if self._low else "")
        self.truth.setVisible(bool(view.truth))
        self._make_room()


class PlayButton(IconButton):
    """A solid triangle, as large as the mock-ups have it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "play", "Play the lanes")
        self._own_theme = theme

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus() or self.underMouse():
            super().paintEvent(event)
            return
        tokens = self._own_theme.tokens
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(0, 0, 0, 0))
            painter.setBrush(QColor(tokens.tx1 if self.isEnabled() else tokens.ctl))
            painter.drawPolygon(QPolygonF([QPointF(9, 7), QPointF(9, 21), QPointF(20, 14)]))
