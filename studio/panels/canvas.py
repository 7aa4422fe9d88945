"""The centre: header, picture with its batch, run bar, and what takes their place before, after and on failure."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.actions import Actions
from studio.panels.error_card import ErrorCard
from studio.panels.plan_layer import PlanLayer
from studio.panels.welcome import Welcome
from studio.pixels import to_image
from studio.session import Session
from studio.settings import Settings
from studio.theme import Theme, fonts, sizes
from studio.theme.tokens import MARGIN
from studio.viewmodels.canvas import LOOKS, Picture, Scene
from studio.widgets.buttons import IconButton
from studio.widgets.image_view import ImageView
from studio.widgets.run_bar import RunBar
from studio.widgets.segmented import Segmented
from studio.widgets.text import Elided, line, surface, text

HEADER = 42
TILE = 68
BAR_ROOM = 62
BATCH_GAP = 14
NARROW = 560


class BatchTile(QPushButton):
    """One picture of the batch."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setProperty("kind", "tile")
        self.setFixedSize(TILE + 6, TILE + 6)
        self.setIconSize(QSize(TILE, TILE))
        self.setAccessibleName(f"Picture {number} of the batch")
        self.setToolTip(f"Picture {number}")

    def show_picture(self, picture: Picture) -> None:
        side = round(TILE * self.devicePixelRatioF())
        image = to_image(picture.left).scaled(
            side, side, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
        )
        pixmap = QPixmap.fromImage(image)
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        self.setIcon(pixmap)


class BatchColumn(QWidget):
    """chosen(item): another picture of the batch was taken. Tiles that do not fit fold into "2 more"."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        sizes.fix(self, width=TILE + 14)
        self.setAccessibleName("Batch")
        self._title, self._more = text("", "tx2", fonts.caption()), text("", "tx2", fonts.section())
        self._tiles: list[BatchTile] = []
        self._pictures: tuple[Picture, ...] = ()
        self._current = -1
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(self._title)
        self._column.addWidget(self._more)
        self._column.addStretch(1)

    def show_batch(self, pictures: tuple[Picture, ...], current: int, title: str) -> None:
        """Show the batch; an empty one hides the column."""
        self._pictures, self._current = pictures, current
        self._title.setText(title)
        self.setVisible(bool(pictures))
        self._fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fill()

    def _fill(self) -> None:
        fit = max((self.height() - 44) // (TILE + 10), 1)
        shown = len(self._pictures) if len(self._pictures) <= fit else fit
        while len(self._tiles) < shown:
            tile = BatchTile(len(self._tiles) + 1)
            tile.clicked.connect(partial(self._choose, len(self._tiles)))
            self._tiles.append(tile)
            self._column.insertWidget(len(self._tiles), tile)
        for item, tile in enumerate(self._tiles):
            tile.setVisible(item < shown)
            if item < shown:
                tile.show_picture(self._pictures[item])
                tile.setChecked(item == self._current)
        rest = len(self._pictures) - shown
        self._more.setText(f"{rest} more" if rest else "")

    def _choose(self, item: int, _checked: bool) -> None:
        self.chosen.emit(item)


class CanvasPanel(QFrame):
    """Shows the session's canvas and run bar."""

    def __init__(self, theme: Theme, session: Session, settings: Settings, actions: Actions) -> None:
        super().__init__()
        self._theme, self._session, self._settings, self._actions = theme, session, settings, actions
        self.setProperty("surface", "canvas")
        self.setAccessibleName("Canvas")
        self.looks = Segmented("Shown", tuple(look.value for look in LOOKS))
        self.zoom = Elided("", "tx2", fonts.value())
        self.zoom.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.view = ImageView(theme)
        self.batch = BatchColumn()
        self.welcome = Welcome(theme, session)
        self.error = ErrorCard(theme, session)
        self._waiting = text("", "tx3", fonts.label())
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stage = QFrame()
        self.stage.setProperty("surface", "canvas")
        self.plan = PlanLayer(theme, session.plan, self.view, self.stage, actions)
        self._build()
        self.run_bar = RunBar(theme, session.runs.run_bar, self.stage)
        self.run_bar.cancelled.connect(lambda: session.runs.cancel())
        self._watch()

    def _build(self) -> None:
        header = self.header = surface("panel")
        sizes.fix(header, height=HEADER)
        row = QHBoxLayout(header)
        row.setContentsMargins(MARGIN, 0, 10, 0)
        row.setSpacing(4)
        self.smooth = IconButton(self._theme, "image", "Smooth", checkable=True, checked_icon="pixels")
        self.smooth.setProperty("lit", "false")
        self._actions.explain(self.smooth, "smooth")
        self.smooth.clicked.connect(lambda: self._actions["smooth"].trigger())
        self.star = IconButton(self._theme, "star", "Favourite", checkable=True, checked_icon="star_filled")
        self._actions.explain(self.star, "favourite")
        self.star.clicked.connect(lambda: self._actions["favourite"].trigger())
        self.export = IconButton(self._theme, "export", "Export").follow(self._actions["export"])
        self.reuse = IconButton(self._theme, "settings", "Use these settings").follow(self._actions["reuse"])
        row.addWidget(self.looks)
        row.addSpacing(6)
        row.addWidget(self.smooth)
        row.addWidget(self.zoom, 1)
        row.addSpacing(4)
        divider = line(vertical=True)
        divider.setFixedHeight(20)
        row.addWidget(divider)
        row.addSpacing(4)
        row.addWidget(IconButton(self._theme, "zoom_fit", "Zoom to fit").follow(self._actions["fit"]))
        for button in (self.plan.button, self.reuse, self.star, self.export):
            row.addWidget(button)
        stage = QHBoxLayout(self.stage)
        stage.setContentsMargins(14, 12, 14, 12)
        stage.setSpacing(10)
        stage.addWidget(self.view, 1)
        self.plan.lie_on(stage)
        self.batch.setParent(self.stage)
        for scene in (self.welcome, self.error, self._waiting):
            stage.addWidget(scene, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(header)
        whole.addWidget(line())
        whole.addWidget(self.stage, 1)

    def _watch(self) -> None:
        session, model = self._session, self._session.stage.canvas
        self.looks.chosen.connect(lambda at: session.stage.set_look(LOOKS[at]))
        self.batch.chosen.connect(session.stage.set_item)
        self.view.described.connect(self._describe)
        model.watch("scene", self._show_scene)
        model.watch("picture", self.view.show_picture)
        model.watch("look_index", self.looks.choose)
        for field in ("batch", "batch_index"):
            model.watch(field, lambda _: self._show_batch())
        model.watch("finished", self._show_finished)
        model.watch("favourite", self.star.setChecked)
        session.runs.run_bar.watch("visible", self._make_room)
        self.set_smooth(self._settings.value("create/smooth", True))

    def set_smooth(self, smooth: bool) -> None:
        """Smooth between pixels, or show squares; remembered."""
        self.view.set_smooth(smooth)
        self.smooth.setChecked(not smooth)
        self._settings.keep("create/smooth", smooth)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.stage.layout().activate()
        self._place_bar()
        self._place_batch()

    def _describe(self, size: str, zoom: str) -> None:
        whole = f"{size}, shown at {zoom}" if size else ""
        self.zoom.setText(whole if self.width() >= NARROW else zoom)
        self._place_batch()

    def _place_batch(self) -> None:
        """Beside the picture, or at the edge where the picture reaches over it."""
        margins = self.stage.layout().contentsMargins()
        edge = self.stage.width() - margins.right() - self.batch.width()
        beside = self.view.x() + round(self.view.place().right()) + BATCH_GAP
        height = self.stage.height() - margins.top() - margins.bottom() - self.view.reserved
        self.batch.setGeometry(min(beside, edge), margins.top(), self.batch.width(), max(height, 0))
        self.batch.raise_()

    def _place_bar(self) -> None:
        self.run_bar.lie_in(self.stage.width(), self.stage.height() - 12)
        self.run_bar.raise_()

    def _make_room(self, running: bool) -> None:
        self.view.reserved = BAR_ROOM if running else 0
        self.view.show_picture(self._session.stage.canvas.view.picture)
        self._place_bar()

    def _show_batch(self) -> None:
        view = self._session.stage.canvas.view
        batch = view.batch if view.scene is Scene.PICTURE else ()
        self.batch.show_batch(batch, view.batch_index, view.batch_title)
        reserved = self.batch.width() + BATCH_GAP if batch else 0
        if reserved != self.view.reserved_right:
            self.view.reserved_right = reserved
            self.view.show_picture(view.picture)

    def _show_scene(self, scene: Scene) -> None:
        self.view.setVisible(scene is Scene.PICTURE)
        self.welcome.setVisible(scene is Scene.WELCOME)
        self.error.setVisible(scene is Scene.ERROR)
        self._waiting.setVisible(scene is Scene.WAITING)
        self._waiting.setText("Pictures appear here as they form")
        self.looks.setEnabled(scene is Scene.PICTURE)
        self._show_batch()

    def _show_finished(self, finished: bool) -> None:
        for name in ("favourite", "export", "reuse"):
            self._actions.enable(name, finished)
        self.star.setEnabled(finished)
