"""The 2D mode: data in the plane, what a model does to every point, and how solvers follow it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from core.diffusion.time_grid import GRIDS
from studio.actions import Actions
from studio.panels.sampler import Choice
from studio.settings import Settings
from studio.theme import Theme, fonts, sizes
from studio.theme.tokens import MARGIN
from studio.viewmodels import wording
from studio.viewmodels.toy import FIGURE_TIPS, LAYOUTS, PROCESS_NAMES, SHAPE_NAMES, Figures, Plane, ToyView
from studio.widgets.buttons import Button, IconButton
from studio.widgets.log_plot import LogPlot
from studio.widgets.plane import PlaneView
from studio.widgets.section import Section
from studio.widgets.segmented import Segmented
from studio.widgets.slider_field import SliderField
from studio.widgets.switch import Switch
from studio.widgets.text import Elided, line, retone, surface, text, wrapped
from studio.widgets.track import Track

if TYPE_CHECKING:
    from studio.toy_mode import ToyMode

LEFT, RIGHT, LEFT_SMALL, RIGHT_SMALL, SMALL_WIDTH = 292, 304, 256, 268, 1240
PLACES = 48
PLAY_MS = 60
LAYERS = (("density", "Density"), ("arrows", "Vector field"), ("paths", "Paths"), ("particles", "Particles"))
GRID_NAMES = {
    "uniform": "Uniform in t",
    "karras": "Karras",
    "exponential": "Exponential",
    "log_snr": "Uniform in log-SNR",
}


class ToyPage(QWidget):
    """Layout only: what is shown and worked out is the mode's."""

    def __init__(self, theme: Theme, mode: ToyMode, settings: Settings, actions: Actions) -> None:
        super().__init__()
        self._theme, self._mode, self._settings = theme, mode, settings
        self._hidden: set[str] = set(settings.value("plane/hidden", []))
        self._timer = QTimer(self, interval=PLAY_MS)
        self._timer.timeout.connect(self._advance)
        self._make_widgets(theme, actions)
        self._left, self._right = self._build_left(theme), self._build_right(theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for part in (self._left, line(vertical=True), self._build_centre(), line(vertical=True), self._right):
            row.addWidget(part, 1 if part.property("surface") == "canvas" else 0)
        self._connect()
        self._show_time(PLACES)
        mode.model.watch_all(self._show)
        theme.changed.connect(self._fit)

    def _make_widgets(self, theme: Theme, actions: Actions) -> None:
        self.shapes, self.processes, self.grids = (
            Choice(theme, name) for name in ("Data", "How noise comes in", "Time grid")
        )
        for shape, name in SHAPE_NAMES.items():
            self.shapes.addItem(name, shape)
        for process, name in PROCESS_NAMES.items():
            self.processes.addItem(name, process)
        for grid in GRIDS:
            if grid in GRID_NAMES:
                self.grids.addItem(GRID_NAMES[grid], grid)
        self.kind = Segmented("Model", ("Exact", "Trained"), spread=True)
        self.layouts = Segmented("What is shown", tuple(name for _, name in LAYOUTS))
        self.draw = Button(theme, "Draw your own", "plain", "rename")
        actions.explain(self.draw, "draw")
        self.train = Button(theme, "Train", "main")
        self.play_button = IconButton(theme, "play", "Play", "Run time from noise to data, or stop", checkable=True)
        self.track = Track(theme, "Time", PLACES)
        self.track.set_scale(lambda at: 1.0 - at / PLACES, lambda t: round((1.0 - t) * PLACES), lambda t: f"t {t:.2f}")
        self.evaluations = SliderField(
            theme,
            "Evaluations",
            2,
            64,
            1,
            lambda value: str(round(value)),
            whole=True,
            tip="How often each solver may ask the model. Heun asks twice a step, so it takes about half the steps.",
        )
        self.switches = {name: Switch(theme, words) for name, words in LAYERS}
        self.planes = [PlaneView(theme) for _ in range(3)]
        self.plot = LogPlot(theme)
        self._reason, self._note = wrapped("", "tx2", fonts.caption()), wrapped("", "tx3", fonts.caption())
        self._time_words, self._work_words = text("", "tx1", fonts.value()), Elided("", "tx3")
        self._work_words.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._finding = wrapped("", "tx2")
        self._figures = QGridLayout()
        self._shown_figures: Figures | None = None

    def _build_left(self, theme: Theme) -> QFrame:
        panel = surface("panel")
        panel.setAccessibleName("What to look at")
        column = QVBoxLayout(panel)
        column.setContentsMargins(MARGIN, 10, MARGIN, MARGIN)
        column.setSpacing(6)
        data, model = Section(theme, "Data", first=True), Section(theme, "Model")
        data.body.addWidget(self.shapes)
        data.body.addSpacing(4)
        data.body.addWidget(self.draw)
        model.body.addWidget(self.processes)
        model.body.addSpacing(4)
        model.body.addWidget(self.kind)
        model.body.addSpacing(4)
        model.body.addWidget(self._note)
        column.addWidget(data)
        column.addWidget(model)
        column.addStretch(1)
        column.addWidget(self._reason)
        column.addWidget(self.train)
        return panel

    def _build_centre(self) -> QFrame:
        centre = surface("canvas")
        header = surface("bar")
        sizes.fix(header, height=42)
        top = QHBoxLayout(header)
        top.setContentsMargins(MARGIN, 0, MARGIN, 0)
        top.addWidget(self.layouts)
        top.addWidget(self._work_words, 1)
        planes = QHBoxLayout()
        planes.setContentsMargins(20, 14, 20, 14)
        planes.setSpacing(20)
        for plane in self.planes:
            planes.addWidget(plane, 1)
        foot = surface("panel")
        scrub = QHBoxLayout()
        scrub.setContentsMargins(0, 0, 0, 0)
        scrub.setSpacing(8)
        for part in (self.play_button, text("Noise", "tx3", fonts.caption())):
            scrub.addWidget(part)
        scrub.addWidget(self.track, 1)
        scrub.addWidget(text("Data", "tx3", fonts.caption()))
        scrub.addWidget(self._time_words)
        sizes.bound(self._time_words, least_width=132)
        self._time_words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        below = QVBoxLayout(foot)
        below.setContentsMargins(MARGIN, 8, MARGIN, 8)
        below.setSpacing(4)
        below.addLayout(scrub)
        below.addWidget(self._finding)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(header)
        column.addWidget(line())
        column.addLayout(planes, 1)
        column.addWidget(line())
        column.addWidget(foot)
        return centre

    def _build_right(self, theme: Theme) -> QFrame:
        body = self._body = surface("panel")
        column = QVBoxLayout(body)
        column.setContentsMargins(MARGIN, 10, MARGIN, MARGIN)
        column.setSpacing(2)
        shown, figures = Section(theme, "Shown", first=True), Section(theme, "Measured")
        self._solving = Section(theme, "Solvers at equal cost")
        for name, words in LAYERS:
            row = QHBoxLayout()
            row.addWidget(text(words, "tx2"), 1)
            row.addWidget(self.switches[name])
            shown.body.addLayout(row)
        self._solving.body.addWidget(self.evaluations)
        self._solving.body.addWidget(self.grids)
        self._solving.body.addSpacing(4)
        self._solving.body.addWidget(self.plot)
        self._figures.setContentsMargins(0, 0, 0, 0)
        self._figures.setVerticalSpacing(4)
        self._figures.setColumnStretch(0, 1)
        figures.body.addLayout(self._figures)
        for section in (shown, self._solving, figures):
            column.addWidget(section)
        column.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(body)
        self._bar = area.verticalScrollBar()
        panel = surface("panel")
        panel.setAccessibleName("What is shown and measured")
        whole = QVBoxLayout(panel)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        return panel

    def _connect(self) -> None:
        mode = self._mode
        self.shapes.activated.connect(lambda _: self._take_shape())
        self.processes.activated.connect(lambda _: mode.change(process=self.processes.currentData()))
        self.grids.activated.connect(lambda _: mode.change(grid=self.grids.currentData()))
        self.kind.chosen.connect(lambda at: mode.change(trained=at == 1))
        self.layouts.chosen.connect(lambda at: mode.change(layout=LAYOUTS[at][0]))
        self.evaluations.changed.connect(lambda value: mode.change(evaluations=round(value)))
        self.draw.clicked.connect(self.toggle_drawing)
        self.train.clicked.connect(mode.train)
        self.track.valueChanged.connect(self._show_time)
        self.play_button.clicked.connect(self.play)
        self.planes[0].drawn.connect(mode.draw)
        for name, switch in self.switches.items():
            switch.setChecked(name not in self._hidden)
            switch.toggled.connect(lambda on, name=name: self._set_layer(name, on))
        self._show_layers()

    # What the keys do

    def step(self, by: int) -> None:
        """Move time towards data (1) or noise (−1)."""
        self.track.setValue(self.track.value() + by)

    def play(self) -> None:
        """Run time from where it stands, from noise where it stands at the end; or stop."""
        if self._timer.isActive():
            self._timer.stop()
        else:
            if self.track.value() == PLACES:
                self.track.setValue(0)
            self._timer.start()
        self.play_button.setChecked(self._timer.isActive())
        self.play_button.set_icon("pause" if self._timer.isActive() else "play")

    def toggle_drawing(self) -> None:
        """Begin to draw, or take what was drawn as the data."""
        drawing = not self._mode.model.inputs.drawing
        self._mode.set_drawing(drawing)
        if drawing:
            self.planes[0].setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give the panels their widths; what is at the right may need more where text is large."""
        small = self.window().width() < SMALL_WIDTH
        self._left.setFixedWidth(LEFT_SMALL if small else LEFT)
        needed = self._body.minimumSizeHint().width() + self._bar.sizeHint().width()
        self._right.setFixedWidth(max(RIGHT_SMALL if small else RIGHT, needed))

    def _take_shape(self) -> None:
        shape = self.shapes.currentData()
        if shape == "drawn" and not self._mode.model.inputs.strokes:
            self.toggle_drawing()
        else:
            self._mode.change(shape=shape, drawing=False)

    def _advance(self) -> None:
        if self.track.value() == PLACES or not self.isVisible():
            self.play()
        else:
            self.step(1)

    def _set_layer(self, name: str, on: bool) -> None:
        (self._hidden.discard if on else self._hidden.add)(name)
        self._settings.keep("plane/hidden", sorted(self._hidden))
        self._show_layers()

    def _show_layers(self) -> None:
        for plane in self.planes:
            plane.show_layers(frozenset(name for name, _ in LAYERS if name not in self._hidden))

    def _show_time(self, place: int) -> None:
        with QSignalBlocker(self.track):
            self.track.setValue(place)
        t = 1.0 - place / PLACES
        for plane in self.planes:
            plane.show_time(t)
        self._tell_time()

    def _tell_time(self) -> None:
        t = 1.0 - self.track.value() / PLACES
        planes = self._mode.model.view.planes
        field = planes[0].field
        many = len({id(plane.field) for plane in planes}) > 1
        words = f"t {t:.2f}"
        if field is not None and not many:
            words += f", log-SNR {_log_snr_words(float(field.log_snr[self.track.value()]))}"
        self._time_words.setText(words)

    # What the mode shows

    def _show(self, view: ToyView) -> None:
        inputs = self._mode.model.inputs
        for combo, value in ((self.shapes, inputs.shape), (self.processes, inputs.process), (self.grids, inputs.grid)):
            combo.setCurrentIndex(combo.findData(value))
        self.kind.choose(1 if inputs.trained or not view.can_be_exact else 0)
        self.kind.button(0).setEnabled(view.can_be_exact)
        self.layouts.choose([name for name, _ in LAYOUTS].index(inputs.layout))
        self.evaluations.set_value(inputs.evaluations, 16)
        self._note.setText(view.field_note)
        self._reason.setText(view.reason)
        self._reason.setVisible(bool(view.reason))
        self.train.setText(view.action or "Train")
        self.train.setEnabled(bool(view.action))
        self._work_words.setText(view.at_work)
        self._finding.setText(view.finding)
        retone(self._finding, "err" if inputs.problem else "tx2")
        self.draw.setText("Use this drawing" if inputs.drawing else "Draw your own")
        self._solving.setVisible(inputs.layout == "solvers")
        self.plot.show_lines(view.lines, inputs.evaluations)
        self._show_planes(view.planes, inputs.drawing)
        self._show_figures(view.figures)
        self._fit()
        self._tell_time()

    def _show_planes(self, planes: tuple[Plane, ...], drawing: bool) -> None:
        for place, plane in enumerate(self.planes):
            plane.setVisible(place < len(planes))
            if place < len(planes):
                plane.show_plane(planes[place])
        first = self.planes[0]
        if first.is_drawing != drawing:
            first.set_drawing(drawing, self._mode.model.inputs.strokes)

    def _show_figures(self, figures: Figures) -> None:
        if figures == self._shown_figures:
            return
        self._shown_figures = figures
        while (item := self._figures.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for row, (name, value) in enumerate(figures):
            if value:
                label = wrapped(name, "tx2")
                label.setToolTip(FIGURE_TIPS.get(name, ""))
                self._figures.addWidget(label, row, 0)
                self._figures.addWidget(text(value, "tx1", fonts.value()), row, 1)
            else:
                self._figures.addWidget(text(name, "tx1", fonts.section()), row, 0, 1, 2)


def _log_snr_words(value: float) -> str:
    if math.isinf(value):
        return "∞" if value > 0.0 else "−∞"
    return wording.signed(value)
