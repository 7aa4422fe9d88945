"""The strip at the foot of Create: what was made, newest first."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QVBoxLayout

from studio.actions import Actions
from studio.session import Session
from studio.settings import Settings
from studio.theme import Theme, fonts, sizes
from studio.viewmodels import wording
from studio.viewmodels.canvas import CanvasView, Shown
from studio.viewmodels.spans import SPANS
from studio.widgets.choice_chip import ChoiceChip
from studio.widgets.ghost_tiles import GhostTiles
from studio.widgets.text import text, wrapped
from studio.widgets.thumbnails import Thumbnails

HEIGHT = 96
NONE_YET = "Every picture you make is kept here with its settings."
NONE_THEN = "Nothing was made in that time; the older pictures are under “Any time”."


class HistoryStrip(QFrame):
    """A click or Enter shows a tile's picture; its menu does more."""

    def __init__(self, theme: Theme, session: Session, settings: Settings, actions: Actions) -> None:
        super().__init__()
        self._session, self._settings, self._actions = session, settings, actions
        self.setProperty("surface", "panel")
        self.setFixedHeight(HEIGHT)
        self._count = text("", "tx3", fonts.caption())
        self._empty = wrapped(NONE_YET, "tx2")
        self.span = ChoiceChip(theme, "Made", SPANS)
        sizes.fix(self.span, width=86, height=24)
        self.tiles = Thumbnails(theme, session.gallery.list)
        self._ghosts = GhostTiles(theme)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.setContentsMargins(0, 8, 0, 0)
        words.addWidget(text("History", "tx1", fonts.section()))
        words.addWidget(self._count)
        words.addSpacing(6)
        words.addWidget(self.span)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 2, 0, 2)
        row.setSpacing(10)
        row.addLayout(words)
        row.addWidget(self._empty, 1)
        row.addWidget(self._ghosts, 2)
        row.addWidget(self.tiles, 8)
        sizes.fix(self._count, width=86)
        self.tiles.chosen.connect(self._open)
        self.tiles.asked.connect(self._ask)
        session.gallery.counted.connect(lambda _all: self._show_count())
        session.gallery.decoded.connect(self._mark)
        session.gallery.list.rowsInserted.connect(lambda *_: self._show_count())
        session.gallery.list.modelReset.connect(self._show_count)
        session.stage.canvas.watch("finished", lambda finished: None if finished else self.tiles.choose(-1))
        self.span.chosen.connect(self._set_span)
        self._set_span(settings.value("create/span", 0))
        self._show_count()

    def _set_span(self, days: object) -> None:
        span = days if isinstance(days, int) and days in dict(SPANS) else 0
        self.span.show_value(span)
        self._settings.keep("create/span", span)
        self._session.gallery.set_span(span)

    def _show_count(self) -> None:
        total, span = self._session.gallery.list.total, bool(self.span.value())
        self._count.setText(wording.count(total, "picture") if total or span else "")
        self.span.setVisible(bool(total) or span)
        self._empty.setText(NONE_THEN if span else NONE_YET)
        rows = self._session.gallery.list.rowCount()
        self._empty.setVisible(rows == 0)
        self._ghosts.setVisible(rows == 0)
        self.tiles.setVisible(rows > 0)

    def _mark(self, shown: Shown, _favourite: bool) -> None:
        view: CanvasView = self._session.stage.canvas.view
        if view.finished:
            self.tiles.choose(self._session.gallery.list.row_of(shown.artifact_id))

    def _open(self, row: int) -> None:
        artifact = self._session.gallery.list.tile(row).artifact
        if artifact is None:
            self._session.follow()
        else:
            self._session.open_artifact(artifact)

    def _ask(self, row: int) -> None:
        self._open(row)
        if self._session.gallery.list.tile(row).artifact is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in ("reuse", "favourite", "export"):
            menu.addAction(self._actions[name])
        rect = self.tiles.visualRect(self.tiles.model().index(row, 0))
        menu.popup(self.tiles.viewport().mapToGlobal(rect.center()))
