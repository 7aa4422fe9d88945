"""The queue's sheet."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from studio.panels.popover import Popover
from studio.session import Session
from studio.theme import Theme, fonts
from studio.viewmodels.queue import Offer, QueueView
from studio.widgets.buttons import Button, IconButton
from studio.widgets.job_row import HEIGHT, JobRow
from studio.widgets.text import Elided, line, surface, text, wrapped

WIDTH = 380
ROOM = 220
"""Pixels of the window's height that the list leaves free."""


class QueueSheet(Popover):
    """What runs, waits and ended: move, pause, cancel, remedy, resume, and clear what ended."""

    def __init__(self, window: QWidget, theme: Theme, session: Session) -> None:
        super().__init__(window, "Queue", WIDTH)
        self._theme, self._session = theme, session
        self.rows: dict[str, JobRow] = {}
        self._total = Elided("", "tx2", fonts.caption())
        self.pause = IconButton(theme, "pause", "Pause all work")
        self.pause.clicked.connect(lambda: session.set_paused(not session.runs.queue.view.paused))
        self._empty = wrapped("Nothing runs or waits. What you add to the queue stands here, and outlives a restart.")
        self._hint = text("", "tx3", fonts.caption())
        self.clear = Button(theme, "Clear finished", "link")
        self.clear.clicked.connect(session.clear_finished)
        self._build()
        self._unwatch = session.runs.queue.watch_all(self._show)
        first = next(iter(self.rows.values()), None)
        (first or self.pause).setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._unwatch()
        super().closeEvent(event)

    def _build(self) -> None:
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(15, 8, 10, 8)
        head.setSpacing(10)
        head.addWidget(text("Queue", "tx1", fonts.card()))
        head.addWidget(self._total, 1)
        head.addWidget(self.pause)
        self.column.addLayout(head)
        self.column.addWidget(line())
        self._empty.setContentsMargins(15, 12, 15, 12)
        self.column.addWidget(self._empty)
        self._list = surface("panel")
        self._stack = QVBoxLayout(self._list)
        self._stack.setContentsMargins(6, 6, 6, 6)
        self._stack.setSpacing(2)
        self._place = surface("mark", self._list)
        self._place.hide()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._list)
        self.column.addWidget(self._scroll)
        self._rule = line()
        self.column.addWidget(self._rule)
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(15, 6, 11, 8)
        foot.addWidget(self._hint)
        foot.addStretch(1)
        foot.addWidget(self.clear)
        self.column.addWidget(self._foot)

    def _show(self, view: QueueView) -> None:
        order = [row.job_id for row in view.rows]
        if order != list(self.rows):
            self._arrange(order)
        for row in view.rows:
            self.rows[row.job_id].show_row(row)
        self._total.setText(view.total)
        self._hint.setText(view.footer)
        self.clear.setVisible(view.finished > 0)
        for part in (self._scroll, self._rule, self._foot):
            part.setVisible(bool(order))
        self._empty.setVisible(not order)
        self.pause.set_icon("play" if view.paused else "pause")
        says = "Let all work go on" if view.paused else "Pause all work"
        self.pause.setToolTip(says)
        self.pause.setAccessibleName(says)

    def _arrange(self, order: list[str]) -> None:
        """Rows in another order, or others: those that stay keep the focus."""
        held = next((job_id for job_id, row in self.rows.items() if row.hasFocus()), "")
        at = list(self.rows).index(held) if held else 0
        gone = {job_id: row for job_id, row in self.rows.items() if job_id not in order}
        self.rows = {job_id: self.rows.get(job_id) or self._new_row(job_id) for job_id in order}
        for place, row in enumerate(self.rows.values()):
            self._stack.insertWidget(place, row)
        before = None
        for row in self.rows.values():
            if before is not None:
                QWidget.setTabOrder(before, row)
            before = row
        if held and order:
            (self.rows.get(held) or self.rows[order[min(at, len(order) - 1)]]).setFocus()
        for row in gone.values():
            self._stack.removeWidget(row)
            row.hide()
            row.deleteLater()
        most = max(self.parentWidget().height() - ROOM, HEIGHT)
        self._scroll.setFixedHeight(min(len(order) * (HEIGHT + 2) + 10, most))
        if self.isVisible():
            self.adjustSize()

    def _new_row(self, job_id: str) -> JobRow:
        row, runs = JobRow(self._theme), self._session.runs
        row.offered.connect(partial(self._take_offer, job_id))
        row.moved.connect(lambda by: runs.move(job_id, by))
        row.removed.connect(lambda: self._remove(job_id))
        row.stepped.connect(lambda by: self._step(job_id, by))
        row.dragged.connect(self._mark_place)
        row.dropped.connect(lambda y: self._drop(job_id, y))
        row.opened.connect(lambda: self._session.show_job(job_id))
        return row

    def _take_offer(self, job_id: str) -> None:
        row = next((row for row in self._session.runs.queue.view.rows if row.job_id == job_id), None)
        match row.offer if row else Offer.NONE:
            case Offer.CANCEL:
                self._session.runs.cancel(job_id)
            case Offer.RESUME:
                self._session.resume_job(job_id)
            case Offer.REMEDY:
                self.close()
                self._session.show_job(job_id)
            case Offer.NONE:
                pass

    def _remove(self, job_id: str) -> None:
        """A job that waits is cancelled and can still be resumed; one that ended leaves the list."""
        row = next(row for row in self._session.runs.queue.view.rows if row.job_id == job_id)
        if row.ended:
            self._session.runs.forget(job_id)
        else:
            self._session.runs.cancel(job_id)

    def _step(self, job_id: str, by: int) -> None:
        order = list(self.rows)
        place = order.index(job_id) + by
        if 0 <= place < len(order):
            self.rows[order[place]].setFocus()
            self._scroll.ensureWidgetVisible(self.rows[order[place]], 0, 0)

    def _waiting(self) -> list[JobRow]:
        return [self.rows[row.job_id] for row in self._session.runs.queue.view.rows if row.movable]

    def _mark_place(self, y: int) -> None:
        """A line where a dragged row would come to lie."""
        waiting = self._waiting()
        above = [row for row in waiting if row.geometry().center().y() < y]
        edge = above[-1].geometry().bottom() + 1 if above else waiting[0].geometry().top() - 2
        self._place.setGeometry(18, edge, self._list.width() - 30, 2)
        self._place.show()
        self._place.raise_()

    def _drop(self, job_id: str, y: int) -> None:
        self._place.hide()
        others = [row for row in self._waiting() if row is not self.rows.get(job_id)]
        self._session.runs.place(job_id, sum(row.geometry().center().y() < y for row in others))
