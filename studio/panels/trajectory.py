"""The strip under the canvas: the way from noise to picture."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout

from studio.actions import Actions
from studio.session import Session
from studio.theme import Theme, fonts, sizes
from studio.widgets.buttons import Button, IconButton
from studio.widgets.filmstrip import Filmstrip
from studio.widgets.text import Elided, text

if TYPE_CHECKING:
    from studio.panels.dissection import DissectionPanel
    from studio.widgets.image_view import ImageView

HEIGHT, HEIGHT_SMALL = 214, 158
LEAST, MOST = 158, 380


class TrajectoryPanel(QFrame):
    """Shows the stage's trajectory; clicks, drags and keys choose the step."""

    def __init__(self, theme: Theme, session: Session, actions: Actions) -> None:
        super().__init__()
        self._theme, self._session, self._actions, self._stage = theme, session, actions, session.stage
        self._view: ImageView | None = None
        self._small = False
        self.setProperty("surface", "panel")
        self.setAccessibleName("Trajectory")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.strip = Filmstrip(theme)
        self.figures = Elided("", "tx2", fonts.font(11, 600))
        self.figures.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.caption = Elided("", "tx3", fonts.caption())
        self.follow = Button(theme, "Follow", "link")
        sizes.fix(self.follow, height=24)
        actions.explain(self.follow, "step_last")
        self.follow.clicked.connect(lambda: actions["step_last"].trigger())
        self.play = IconButton(theme, "play", "Play the steps").follow(actions["play"])
        self.branch = IconButton(theme, "branch", "Branch from here").follow(actions["branch"])
        self.seen = IconButton(theme, "guidance", "Guidance of each step", checkable=True)
        self.seen.clicked.connect(lambda: actions["dissection"].trigger())
        actions.explain(self.seen, "dissection")
        self._build()
        self._watch()

    @cached_property
    def guidance(self) -> DissectionPanel:
        """What guidance did, in the filmstrip's place; made when first opened."""
        from studio.panels.dissection import DissectionPanel

        assert self._view is not None, "asked for before it was opened"
        panel = DissectionPanel(self._theme, self._session.dissection, self._stage, self._view)
        panel.hide()
        self._column.addWidget(panel, 1)
        self._head.insertWidget(1, panel.sentence, 2)
        return panel

    @property
    def has_guidance(self) -> bool:
        return "guidance" in vars(self)

    @property
    def shows_guidance(self) -> bool:
        return self.has_guidance and self._session.dissection.is_open

    def holds_focus(self) -> bool:
        """Whether what has the focus is in here."""
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def toggle_guidance(self, view: ImageView) -> None:
        """Guidance of each step in place of the filmstrip, or the filmstrip again. view: the picture's, for maps."""
        self._view = view
        shown, had_focus = not self.shows_guidance, self.holds_focus()
        panel = self.guidance
        self._session.dissection.set_open(shown)
        self.strip.setVisible(not shown)
        panel.setVisible(shown)
        self.seen.setChecked(shown)
        self._show_words()
        if had_focus:
            (panel.plot if shown else self.strip.scrubber).setFocus()

    def _show_words(self) -> None:
        """Where the step stands says more than how many are shown."""
        guided = self.shows_guidance
        self.caption.setVisible(not self._small and not guided)
        if self.has_guidance:
            self.guidance.sentence.setVisible(guided and not self._small)

    def set_small(self, small: bool) -> None:
        """One row where the window is low, else as high as one likes."""
        self.setMinimumHeight(HEIGHT_SMALL if small else LEAST)
        self.setMaximumHeight(HEIGHT_SMALL if small else MOST)
        self._small = small
        self._show_words()

    def _build(self) -> None:
        head = self._head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(text("Trajectory", "tx1", fonts.section()))
        head.addWidget(self.caption, 1)
        for button in (self.play, self.branch, self.seen):
            button.setFixedSize(24, 24)
        head.addWidget(self.follow)
        head.addWidget(self.figures, 1)
        tools = QHBoxLayout()
        tools.setSpacing(2)
        tools.addWidget(self.play)
        tools.addWidget(self.branch)
        tools.addWidget(self.seen)
        head.addLayout(tools)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(14, 5, 10, 2)
        column.setSpacing(3)
        column.addLayout(head)
        column.addWidget(self.strip, 1)

    def _watch(self) -> None:
        stage, model = self._stage, self._stage.trajectory
        self.strip.picked.connect(stage.set_step)
        self.strip.moved.connect(stage.move_step)
        self.strip.ended.connect(lambda side: stage.first_step() if side < 0 else stage.set_step(None))
        self.strip.asked.connect(self._ask)
        self.strip.room.connect(lambda columns: model.update(columns=columns))
        model.watch("caption", self.caption.setText)
        model.watch("figures", self.figures.setText)
        model.watch("pinned", self.follow.setVisible)
        model.watch("playing", lambda playing: self.play.set_icon("pause" if playing else "play"))
        model.watch("branchable", lambda able: self._actions.enable("branch", able))
        model.watch("last", lambda last: self._actions.enable("play", last > 1))
        model.watch_all(self.strip.show_view)

    def _ask(self, _number: int, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in ("branch", "play", "step_last", "table"):
            menu.addAction(self._actions[name])
        menu.popup(place)
