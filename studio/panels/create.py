"""The Create mode: left panel, canvas over trajectory, right panel, history strip under all three."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from studio.actions import Actions
from studio.panels.canvas import CanvasPanel
from studio.panels.history_strip import HistoryStrip
from studio.panels.prompt import PromptPanel
from studio.panels.sampler import SamplerPanel
from studio.panels.torn import TearOff
from studio.panels.trajectory import HEIGHT, HEIGHT_SMALL, TrajectoryPanel
from studio.session import Session
from studio.settings import Settings
from studio.theme import Theme, fonts
from studio.viewmodels.canvas import Scene
from studio.widgets.text import line
from studio.widgets.toast import Toast

if TYPE_CHECKING:
    from studio.viewmodels.plot_table import Plot

LEFT, RIGHT = (240, 292, 380), (256, 304, 400)
"""Least, usual and greatest width of the panels."""
LEFT_SMALL, RIGHT_SMALL = 256, 268
PANEL_GROWTH = 0.55
SMALL_WIDTH, SMALL_HEIGHT = 1240, 800


class CreatePage(QWidget):
    """Keeps its layout in the settings."""

    def __init__(self, theme: Theme, session: Session, settings: Settings, actions: Actions) -> None:
        super().__init__()
        self._settings = settings
        self.prompt = PromptPanel(theme, session, actions)
        self.canvas = CanvasPanel(theme, session, settings, actions)
        self.trajectory = TrajectoryPanel(theme, session, actions)
        self.sampler = SamplerPanel(theme, session, settings)
        self.history = HistoryStrip(theme, session, settings, actions)
        self._sized_for_small: bool | None = None
        self._low: bool | None = None
        self._bare = False
        self._scale = fonts.text_scale()
        theme.changed.connect(self._follow_scale)
        centre = QSplitter(Qt.Orientation.Vertical)
        centre.setHandleWidth(1)
        centre.setChildrenCollapsible(False)
        centre.addWidget(self.canvas)
        centre.addWidget(self.trajectory)
        centre.setStretchFactor(0, 1)
        centre.setStretchFactor(1, 0)
        self.centre = centre
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        for at, part in enumerate((self.prompt, centre, self.sampler)):
            self.splitter.addWidget(part)
            self.splitter.setStretchFactor(at, int(part is centre))
        self.sampler.scale.shown_keys = lambda: actions.shown_keys("guidance")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.splitter, 1)
        whole.addWidget(line())
        whole.addWidget(self.history)
        self.toast = Toast(self.canvas)
        session.said.connect(self._say)
        self._session = session
        session.stage.canvas.watch("scene", lambda _: self._make_room())
        self.torn_canvas = TearOff(theme, self.canvas, "The canvas")
        self.torn_steps = TearOff(theme, self.trajectory, "The trajectory")
        self.torn_plot = TearOff(theme, self.sampler.plot, "The noise schedule")
        self._widths = settings.value("create/widths", [])
        for panel, name in ((self.prompt, "left"), (self.sampler, "right")):
            panel.setVisible(settings.value(f"create/{name}", True))
        self.splitter.splitterMoved.connect(lambda *_: self._moved())
        self.centre.splitterMoved.connect(lambda *_: self._moved_centre())

    def regions(self) -> tuple[QWidget, ...]:
        """In the order in which the keyboard goes through them."""
        return (
            self.prompt.fields,
            self.prompt.main,
            self.canvas.header,
            self.canvas.stage,
            self.trajectory,
            self.sampler,
            self.history,
        )

    def plot_of(self, focus: QWidget | None) -> Plot:
        """The plot that holds the focus, else the noise schedule."""
        from studio.viewmodels.plot_table import Plot

        in_steps = focus is not None and (focus is self.trajectory or self.trajectory.isAncestorOf(focus))
        return Plot.TRAJECTORY if in_steps else Plot.SCHEDULE

    def set_panel(self, name: str, shown: bool) -> None:
        """Show or hide the panel "left" or "right"; remembered."""
        (self.prompt if name == "left" else self.sampler).setVisible(shown)
        self._settings.keep(f"create/{name}", shown)

    def toggle_panel(self, name: str) -> None:
        self.set_panel(name, (self.prompt if name == "left" else self.sampler).isHidden())

    def toggle_all(self) -> None:
        """Hide all panels where one is shown, else show them all."""
        shown = self.prompt.isHidden() and self.sampler.isHidden() and self.history.isHidden()
        for name in ("left", "right"):
            self.set_panel(name, shown)
        self._bare = not shown
        self.history.setVisible(shown)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        window = self.window().size()
        low = window.height() < SMALL_HEIGHT
        if low != self._low:
            self._low = low
            self.trajectory.set_small(low)
            height = HEIGHT_SMALL if low else self._settings.value("create/trajectory", HEIGHT)
            self.centre.setSizes([max(self.centre.height() - height - 1, 1), height])
        self._make_room()
        small = window.width() < SMALL_WIDTH
        if small != self._sized_for_small:
            self._size_panels(small)

    def _size_panels(self, small: bool) -> None:
        """Least, usual and greatest widths, at half the growth of text: labels wrap and tracks give way."""
        self._sized_for_small = small
        grown = 1.0 + PANEL_GROWTH * (fonts.text_scale() - 1.0)
        for panel, (least, _, most) in ((self.prompt, LEFT), (self.sampler, RIGHT)):
            panel.setMinimumWidth(round(least * grown))
            panel.setMaximumWidth(round(most * grown))
        left, right = (round(width * grown) for width in ((LEFT_SMALL, RIGHT_SMALL) if small else (LEFT[1], RIGHT[1])))
        if len(self._widths) == 2 and not small:
            left, right = self._widths
        self.splitter.setSizes([left, self.width() - left - right - 2, right])

    def _follow_scale(self) -> None:
        if fonts.text_scale() != self._scale and self._sized_for_small is not None:
            self._scale = fonts.text_scale()
            self._size_panels(self._sized_for_small)

    def _moved(self) -> None:
        if not self._sized_for_small:
            sizes = self.splitter.sizes()
            self._widths = [sizes[0], sizes[2]]
            self._settings.keep("create/widths", self._widths)

    def _moved_centre(self) -> None:
        if not self._low:
            self._settings.keep("create/trajectory", self.centre.sizes()[1])

    def _make_room(self) -> None:
        """In a low window the first run and the error card take the whole centre."""
        whole = self._session.stage.canvas.view.scene in (Scene.WELCOME, Scene.ERROR)
        self.trajectory.setVisible(not (self._low and whole) and not self._bare)

    def offer(self, sentence: str, action: str, deed: Callable[[], object]) -> None:
        """A line at the foot of the canvas, and one thing to do about it."""
        self.toast.say(sentence, self._toast_foot(), action, deed)

    def _say(self, sentence: str) -> None:
        self.toast.say(sentence, self._toast_foot())

    def _toast_foot(self) -> int:
        return self.canvas.height() - (76 if self.canvas.view.reserved else 14)
