"""The strip under the canvas: the way from noise to picture."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout

from studio.session import Session
from studio.theme import Theme, fonts
from studio.widgets.buttons import Button
from studio.widgets.filmstrip import Filmstrip
from studio.widgets.text import Elided, text

HEIGHT, HEIGHT_SMALL = 214, 158


class TrajectoryPanel(QFrame):
    """Shows the session's trajectory; clicks and drags choose the step."""

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self.setProperty("surface", "panel")
        self.setAccessibleName("Trajectory")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.strip = Filmstrip(theme)
        self._figures = text("", "tx2", fonts.value())
        caption = Elided("", "tx3")
        self._follow = Button(theme, "Follow", "link")
        self._follow.setToolTip("Show the newest step again")
        self._follow.clicked.connect(lambda: session.stage.set_step(None))
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(text("Trajectory", "tx1", fonts.section()))
        head.addWidget(caption, 1)
        head.addWidget(self._follow)
        head.addWidget(self._figures)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 10, 2)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.strip, 1)
        model = session.stage.trajectory
        self.strip.picked.connect(session.stage.set_step)
        self.strip.room.connect(lambda columns: model.update(columns=columns))
        model.watch("caption", caption.setText)
        model.watch("figures", self._figures.setText)
        model.watch("pinned", self._follow.setVisible)
        for field in ("columns", "current", "marks", "hill", "failed"):
            model.watch(field, lambda _: self.strip.show_view(model.view))
        self.strip.show_view(model.view)

    def set_small(self, small: bool) -> None:
        """One row where the window is low."""
        self.setFixedHeight(HEIGHT_SMALL if small else HEIGHT)
