"""The centre: header, picture with its batch, run bar, and what takes their place before, after and on failure."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from studio.actions import Actions
from studio.panels.canvas_header import CanvasHeader
from studio.panels.welcome import Welcome
from studio.session import Session
from studio.settings import Settings
from studio.theme import Theme, fonts
from studio.viewmodels.canvas import LOOKS, Scene
from studio.widgets.batch_column import BatchColumn
from studio.widgets.buttons import IconButton
from studio.widgets.image_view import ImageView
from studio.widgets.neighbour_grid import NeighbourGrid
from studio.widgets.parent_bar import ParentBar
from studio.widgets.resume_bar import ResumeBar
from studio.widgets.run_bar import RunBar
from studio.widgets.text import line, repolish, text
from studio.widgets.variation_bar import VariationBar

if TYPE_CHECKING:
    from studio.panels.error_card import ErrorCard
    from studio.panels.plan_layer import PlanLayer

BAR_ROOM = 62
BATCH_GAP = 14
PICTURE_LEAST = 180
AROUND = ("variations", "variations_nearer", "variations_wider")


class CanvasPanel(QFrame):
    """Shows the stage's canvas and the run bar."""

    def __init__(self, theme: Theme, session: Session, settings: Settings, actions: Actions) -> None:
        super().__init__()
        self._theme, self._session, self._settings, self._actions = theme, session, settings, actions
        self.setProperty("surface", "canvas")
        self.setAccessibleName("Canvas")
        self.header = CanvasHeader(theme, actions)
        self.looks, self.zoom, self.star = self.header.looks, self.header.zoom, self.header.star
        self.view = ImageView(theme)
        self.neighbours = NeighbourGrid()
        self.batch = BatchColumn()
        self.welcome = Welcome(theme, session)
        self._waiting = text("Pictures appear here as they form", "tx3", fonts.label())
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stage = QFrame()
        self.stage.setProperty("surface", "canvas")
        self.plan_button = IconButton(theme, "plan", "Edit the plan", checkable=True)
        self.plan_button.clicked.connect(lambda: actions["plan"].trigger())
        self._rows = QHBoxLayout(self.stage)
        self._build()
        self.run_bar = RunBar(theme, session.runs.run_bar, actions, self.stage)
        self.resume_bar = ResumeBar(theme, actions, self.stage)
        self.variation_bar = VariationBar(theme, actions, self.stage)
        self.parent_bar = ParentBar(theme, actions, self.stage)
        self._watch()
        self._restore()

    @cached_property
    def error(self) -> ErrorCard:
        """What tells of a failed run; made when first asked for."""
        from studio.panels.error_card import ErrorCard

        card = ErrorCard(self._theme, self._session, self._actions)
        card.hide()
        self._rows.addWidget(card, 1)
        return card

    @cached_property
    def plan(self) -> PlanLayer:
        """The plan over the picture; made when first asked for."""
        from studio.panels.plan_layer import PlanLayer

        layer = PlanLayer(self._theme, self._session.plan, self.view, self.stage, self.plan_button, self._actions)
        layer.lie_on(self._rows)
        return layer

    def complete(self) -> None:
        """Make what a first look at the window doesn't need."""
        for name in ("error", "plan"):
            getattr(self, name)

    def set_smooth(self, smooth: bool) -> None:
        """Smooth between pixels, or show squares; remembered."""
        self.view.set_smooth(smooth)
        self.header.smooth.setChecked(not smooth)
        self._settings.keep("create/smooth", smooth)

    def set_grid(self, grid: bool) -> None:
        """Draw the pixel grid from 800 % on; remembered."""
        self.view.set_grid(grid)
        self.header.grid.setChecked(grid)
        self._settings.keep("create/pixel_grid", grid)

    def set_clear(self, shown: bool) -> None:
        """A chequered ground where the picture is transparent; remembered."""
        self.view.set_clear(shown)
        self.header.clear.setChecked(shown)
        self._settings.keep("create/clear_ground", shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.stage.layout().activate()
        self._place_bars()
        self._show_batch()
        self._place_batch()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._session.stage.canvas.view.scene is Scene.PICTURE:
            self.header.menu(self).popup(event.globalPos())

    def _build(self) -> None:
        stage = self._rows
        stage.setContentsMargins(14, 12, 14, 12)
        stage.setSpacing(10)
        self.batch.setParent(self.stage)
        scenes: tuple[QWidget, ...] = (self.view, self.neighbours, self.welcome, self._waiting)
        for scene in scenes:
            stage.addWidget(scene, 1)
        self.header.add_tool(self.plan_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self._rule = line()
        whole.addWidget(self.header)
        whole.addWidget(self._rule)
        whole.addWidget(self.stage, 1)

    def _watch(self) -> None:
        self._theme.changed.connect(self._place_bars)
        session, model = self._session, self._session.stage.canvas
        self.run_bar.cancelled.connect(lambda: session.runs.cancel())
        self.run_bar.restarted.connect(session.restart)
        self.looks.chosen.connect(lambda at: session.stage.set_look(LOOKS[at]))
        self.batch.chosen.connect(session.stage.set_item)
        self.neighbours.chosen.connect(session.stage.set_item)
        self.neighbours.entered.connect(session.variations.around_item)
        self.view.described.connect(self._describe)
        for field in ("scene", "grid"):
            model.watch(field, lambda _: self._show_scene())
        model.watch("picture", lambda picture: self.view.show_picture(picture, model.view.course))
        for field in ("parent", "grid"):
            model.watch(field, lambda _: self._show_parent(model.view.parent))
        model.watch("described", self.view.setAccessibleName)
        model.watch("pinned", self._show_pinned)
        model.watch("look_index", self.looks.choose)
        for field in ("batch", "batch_index"):
            model.watch(field, lambda _: self._show_batch())
        model.watch("finished", self._show_finished)
        model.watch("has_clear", self._show_clear)
        model.watch("favourite", self.star.setChecked)
        for field in ("resumable", "resume_words"):
            model.watch(field, lambda _: self._show_resumable())
        model.watch("around_words", self._show_around)
        session.live.model.watch("on", self.header.live.setChecked)
        session.live.model.watch("words", self.header.say_live)
        session.runs.run_bar.watch("visible", lambda _: self._make_room())

    def _restore(self) -> None:
        self.set_smooth(self._settings.value("create/smooth", True))
        self.set_grid(self._settings.value("create/pixel_grid", False))
        self.set_clear(self._settings.value("create/clear_ground", False))

    def _describe(self, size: str, zoom: str) -> None:
        self.header.describe(size, zoom)
        self._place_batch()

    def _place_batch(self) -> None:
        """Beside the picture, or at the edge where the picture reaches over it."""
        margins = self.stage.layout().contentsMargins()
        edge = self.stage.width() - margins.right() - self.batch.width()
        beside = self.view.x() + round(self.view.place().right()) + BATCH_GAP
        height = self.stage.height() - margins.top() - margins.bottom() - self.view.reserved
        self.batch.setGeometry(min(beside, edge), margins.top(), self.batch.width(), max(height, 0))
        self.batch.raise_()

    def _place_bars(self) -> None:
        for bar in (self.run_bar, self.resume_bar, self.variation_bar):
            bar.lie_in(self.stage.width(), self.stage.height() - 12)
            bar.raise_()
        self.parent_bar.lie_in(self.stage.width())
        self.parent_bar.raise_()

    def _make_room(self) -> None:
        """For the bar under the picture, if one is shown."""
        view = self._session.stage.canvas.view
        running = self._session.runs.run_bar.view.visible
        self.resume_bar.setVisible(view.resumable and not running)
        around = bool(view.around_words) and not running
        self.variation_bar.setVisible(around)
        self.view.reserved = self.neighbours.reserved = BAR_ROOM if running or view.resumable or around else 0
        self.neighbours.fit()
        self.view.show_picture(view.picture, view.course)
        self._place_bars()

    def _show_parent(self, words: str) -> None:
        grid = self._session.stage.canvas.view.grid
        self.parent_bar.say(words, "Back out" if grid and words else "")
        self._actions.enable("parent", bool(words), "create")
        self._place_bars()

    def _show_resumable(self) -> None:
        view = self._session.stage.canvas.view
        self._actions.enable("resume_run", view.resumable)
        self.resume_bar.say(view.resume_words)
        self._make_room()

    def _show_around(self, words: str) -> None:
        self.variation_bar.say(words)
        self._make_room()

    def _show_pinned(self, _picture: object) -> None:
        pinned = self._session.stage.canvas.view.pinned
        self.header.pin.setChecked(pinned is not None)
        self.view.show_pinned(pinned)

    def _show_batch(self) -> None:
        view = self._session.stage.canvas.view
        batch = view.batch if view.scene is Scene.PICTURE and not view.grid and self._fits_batch() else ()
        self.batch.show_batch(batch, view.batch_index, view.batch_title)
        self.neighbours.show_pictures(view.batch if view.grid else (), view.batch_index)
        reserved = self.batch.width() + BATCH_GAP if batch else 0
        if reserved != self.view.reserved_right:
            self.view.reserved_right = reserved
            self.view.show_picture(view.picture, view.course)

    def _fits_batch(self) -> bool:
        """Not beside a plan's card where the picture would be lost between them."""
        card = self.plan.card
        return card.isHidden() or self.stage.width() - card.width() - self.batch.width() >= PICTURE_LEAST

    def _show_scene(self) -> None:
        view = self._session.stage.canvas.view
        scene = view.scene
        self.view.setVisible(scene is Scene.PICTURE and not view.grid)
        self.neighbours.setVisible(scene is Scene.PICTURE and view.grid)
        self.welcome.setVisible(scene is Scene.WELCOME)
        # There is nothing yet that its tools could do something to.
        for part in (self.header, self._rule):
            part.setVisible(scene is not Scene.WELCOME)
        if scene is Scene.ERROR or "error" in vars(self):
            self.error.setVisible(scene is Scene.ERROR)
        self._waiting.setVisible(scene is Scene.WAITING)
        self.looks.setEnabled(scene is Scene.PICTURE)
        self._actions.enable("pin", scene is Scene.PICTURE)
        self.header.pin.setEnabled(scene is Scene.PICTURE)
        # Only a picture has the surround of one's choice; words keep the theme's ground.
        self.stage.setProperty("surface", "surround" if scene is Scene.PICTURE else "canvas")
        repolish(self.stage)
        self._show_batch()

    def _show_clear(self, has_clear: bool) -> None:
        """Its tools are there for a picture that can do without its ground."""
        self.header.offer_clear(has_clear)
        for name in ("clear_ground", "export_clear"):
            self._actions.enable(name, has_clear)

    def _show_finished(self, finished: bool) -> None:
        for name in ("favourite", "export", "enlarge", "sheet", "copy_picture", "reuse", *AROUND):
            self._actions.enable(name, finished)
        self.star.setEnabled(finished)
