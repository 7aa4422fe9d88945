"""The 2D mode: data in the plane, what a model does to every point, and how solvers follow it."""

from __future__ import annotations

import math

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from studio.actions import Actions
from studio.panels.toy_left import ToyLeft
from studio.panels.toy_right import ToyRight
from studio.settings import Settings
from studio.theme import Theme, fonts, sizes
from studio.theme.tokens import MARGIN
from studio.twin import Twin
from studio.viewmodels import wording
from studio.viewmodels.toy import ToyView
from studio.viewmodels.toy_inputs import LAYOUTS
from studio.viewmodels.toy_planes import Plane
from studio.widgets.buttons import IconButton
from studio.widgets.error_plot import ErrorPlot
from studio.widgets.plane import PlaneView
from studio.widgets.segmented import Segmented
from studio.widgets.text import Elided, line, retone, surface, text, wrapped
from studio.widgets.track import Track

LEFT, RIGHT, LEFT_SMALL, RIGHT_SMALL, SMALL_WIDTH = 292, 304, 256, 268, 1240
CURVE, CURVE_SMALL, SMALL_HEIGHT = 216, 150, 800
PLACES = 48
PLAY_MS = 60


class ToyPage(QWidget):
    """Layout only: what is shown and worked out is the twin's."""

    def __init__(self, theme: Theme, twin: Twin, settings: Settings, actions: Actions) -> None:
        super().__init__()
        self._theme, self._twin = theme, twin
        self._timer = QTimer(self, interval=PLAY_MS)
        self._timer.timeout.connect(self._advance)
        self.left, self.right = ToyLeft(theme, twin, actions), ToyRight(theme, twin, settings)
        self.layouts = Segmented("What is shown", tuple(name for _, name in LAYOUTS))
        self.play_button = IconButton(theme, "play", "Play", "", checkable=True)
        actions.explain(self.play_button, "play")
        self.track = Track(theme, "Time", PLACES)
        self.track.set_scale(lambda at: 1.0 - at / PLACES, lambda t: round((1.0 - t) * PLACES), lambda t: f"t {t:.2f}")
        self.planes = [PlaneView(theme) for _ in range(3)]
        self.plot = ErrorPlot(theme)
        self.plot.setAccessibleName("Error over evaluations")
        actions.explain(self.plot, "table")
        self._orders = Elided("", "tx2")
        self._time_words, self._work_words = text("", "tx1", fonts.value()), Elided("", "tx3")
        self._work_words.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._finding = wrapped("", "tx2")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for part in (self.left, line(vertical=True), self._build_centre(), line(vertical=True), self.right):
            row.addWidget(part, 1 if part.property("surface") == "canvas" else 0)
        self._connect()
        self._show_time(PLACES)
        twin.model.watch_all(self._show)
        theme.changed.connect(self._fit)

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
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(header)
        column.addWidget(line())
        column.addLayout(planes, 1)
        self._curve = self._build_curve()
        around = QVBoxLayout()
        around.setContentsMargins(20, 0, 20, 12)
        around.addWidget(self._curve)
        column.addLayout(around)
        column.addWidget(line())
        column.addWidget(self._build_foot())
        return centre

    def _build_curve(self) -> QFrame:
        card = surface("panelCard")
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(text("Error at every cost", "tx1", fonts.section()))
        head.addWidget(self._orders, 1)
        column = QVBoxLayout(card)
        column.setContentsMargins(13, 8, 10, 6)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.plot, 1)
        return card

    def _build_foot(self) -> QFrame:
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
        return foot

    def _connect(self) -> None:
        twin = self._twin
        self.left.draw_wanted.connect(self.toggle_drawing)
        self.layouts.chosen.connect(lambda at: twin.change(layout=LAYOUTS[at][0]))
        self.track.valueChanged.connect(self._show_time)
        self.play_button.clicked.connect(self.play)
        self.planes[0].drawn.connect(twin.draw)
        self.right.layered.connect(self._show_layers)
        self._show_layers(self.right.layers)

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
        drawing = not self._twin.model.inputs.drawing
        self._twin.set_drawing(drawing)
        if drawing:
            self.planes[0].setFocus()
        else:
            self.left.draw.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give the panels their widths; what they hold may need more where text is large."""
        window = self.window().size()
        small = window.width() < SMALL_WIDTH
        self.left.setFixedWidth(max(LEFT_SMALL if small else LEFT, self.left.minimumSizeHint().width()))
        self.right.setFixedWidth(max(RIGHT_SMALL if small else RIGHT, self.right.needed_width()))
        sizes.fix(self._curve, height=CURVE_SMALL if window.height() < SMALL_HEIGHT else CURVE, lines=3)

    def _advance(self) -> None:
        if self.track.value() == PLACES or not self.isVisible():
            self.play()
        else:
            self.step(1)

    def _show_layers(self, layers: frozenset[str]) -> None:
        for plane in self.planes:
            plane.show_layers(layers)

    def _show_time(self, place: int) -> None:
        with QSignalBlocker(self.track):
            self.track.setValue(place)
        for plane in self.planes:
            plane.show_time(1.0 - place / PLACES)
        self._tell_time()

    def _tell_time(self) -> None:
        planes = self._twin.model.view.planes
        field = planes[0].field
        many = len({id(plane.field) for plane in planes}) > 1
        words = f"t {1.0 - self.track.value() / PLACES:.2f}"
        if field is not None and not many:
            words += f", log-SNR {_log_snr_words(float(field.log_snr[self.track.value()]))}"
        self._time_words.setText(words)

    # What the twin shows

    def _show(self, view: ToyView) -> None:
        inputs = self._twin.model.inputs
        self.left.show_view(view)
        self.right.show_view(view)
        self.layouts.choose([name for name, _ in LAYOUTS].index(inputs.layout))
        self._work_words.setText(view.at_work)
        self._finding.setText(view.finding)
        retone(self._finding, "err" if inputs.problem else "tx2")
        self._curve.setVisible(inputs.layout == "solvers")
        self.plot.show_view(view.curve)
        self._orders.setText(view.curve.orders)
        self._show_planes(view.planes, inputs.drawing)
        self._fit()
        self._tell_time()

    def _show_planes(self, planes: tuple[Plane, ...], drawing: bool) -> None:
        for place, plane in enumerate(self.planes):
            plane.setVisible(place < len(planes))
            if place < len(planes):
                plane.show_plane(planes[place])
        first = self.planes[0]
        if first.is_drawing != drawing:
            first.set_drawing(drawing, self._twin.model.inputs.strokes)


def _log_snr_words(value: float) -> str:
    if math.isinf(value):
        return "∞" if value > 0.0 else "−∞"
    return wording.signed(value)
