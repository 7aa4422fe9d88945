"""The queue's sheet."""

from __future__ import annotations

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.panels.popover import Popover
from studio.session import Session
from studio.theme import Theme, fonts
from studio.viewmodels.queue import QueueRow, QueueView
from studio.widgets.buttons import Button, IconButton
from studio.widgets.text import Elided, line, retone, text

WIDTH = 380


class Row(QWidget):
    """One job: title, state, and its cross."""

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self._title, self._state = Elided("", "tx1", fonts.section()), Elided("", "tx2")
        self._job_id = ""
        self._cross = IconButton(theme, "close", "Cancel this job")
        self._cross.clicked.connect(lambda: session.runs.cancel(self._job_id))
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._title)
        words.addWidget(self._state)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 3, 0, 3)
        row.addLayout(words, 1)
        row.addWidget(self._cross)

    def show_row(self, row: QueueRow) -> None:
        self._job_id = row.job_id
        self._title.setText(row.title)
        self._state.setText(row.state)
        retone(self._state, row.tone)
        self._cross.setVisible(row.cancellable)


class QueueSheet(Popover):
    """What runs, waits and ended; pause, and clear what ended."""

    def __init__(self, window: QWidget, theme: Theme, session: Session) -> None:
        super().__init__(window, "Queue", WIDTH)
        self._theme, self._session = theme, session
        self._rows: list[Row] = []
        self._pause = IconButton(theme, "pause", "Pause or resume")
        self._pause.clicked.connect(lambda: session.set_paused(not session.runs.queue.view.paused))
        self._empty = text("Nothing runs or waits.", "tx2")
        self._clear = Button(theme, "Clear finished", "link")
        self._clear.clicked.connect(session.clear_finished)
        head = QHBoxLayout()
        head.addWidget(text("Queue", "tx1", fonts.card()))
        head.addStretch(1)
        head.addWidget(self._pause)
        self.column.addLayout(head)
        self.column.addWidget(line())
        self.column.addWidget(self._empty)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.column.addLayout(self._list)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._clear)
        self.column.addLayout(foot)
        self._unwatch = session.runs.queue.watch_all(self._show)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._unwatch()
        super().closeEvent(event)

    def _show(self, view: QueueView) -> None:
        while len(self._rows) < len(view.rows):
            self._rows.append(Row(self._theme, self._session))
            self._list.addWidget(self._rows[-1])
        for at, row in enumerate(self._rows):
            row.setVisible(at < len(view.rows))
            if at < len(view.rows):
                row.show_row(view.rows[at])
        self._empty.setVisible(not view.rows)
        self._clear.setVisible(view.finished > 0)
        self._pause.set_icon("play" if view.paused else "pause")
        self._pause.setToolTip("Resume" if view.paused else "Pause all work")
