"""The Grid page's part of the bar: how much there is to make, go on, export, run."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout

from studio.actions import Actions
from studio.panels.compare_bar import HEIGHT
from studio.sweep import Sweep
from studio.theme import Theme, fonts, sizes
from studio.viewmodels.sweep import SweepView
from studio.widgets.buttons import Button
from studio.widgets.text import Elided, text


class SweepBar(QFrame):
    """`run` is the main button."""

    def __init__(self, theme: Theme, sweep: Sweep, actions: Actions) -> None:
        super().__init__()
        self._sweep = sweep
        self.setProperty("surface", "panel")
        self.setAccessibleName("Grid")
        sizes.fix(self, height=HEIGHT)
        self.title = Elided("", "tx1", fonts.card())
        self.total, self.cost = text("", "tx1", fonts.value()), text("", "tx2")
        self.resume = Button(theme, "Go on", "plain", "play")
        actions.explain(self.resume, "resume_run")
        self.resume.clicked.connect(sweep.resume)
        self.run = Button(theme, "Run", "main", "run")
        sizes.fix(self.run, height=28)
        self.run.setFont(fonts.section())
        actions.explain(self.run, "generate")
        self.run.clicked.connect(lambda: sweep.cancel() if sweep.busy else sweep.run())
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 14, 0)
        row.setSpacing(8)
        row.addWidget(self.title, 1)
        for part in (self.total, self.cost, self.resume, self.run):
            row.addWidget(part)
        sweep.model.watch_all(self._show)

    def _show(self, view: SweepView) -> None:
        self.title.setText(view.title or "No prompt")
        self.total.setText(view.total)
        self.cost.setText(view.cost)
        self.resume.setVisible(view.can_resume)
        self.run.setText("Stop" if view.busy else view.run_label)
        self.run.set_icon("close" if view.busy else "run")
        self.run.set_calm(view.busy)
        self.run.setEnabled(view.busy or view.can_run)
