"""The columns of the Compare mode: a lane's picture, its error, its cost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QInputDialog, QLineEdit, QMenu, QSizePolicy, QVBoxLayout, QWidget

from core.requests import GRID_OPTIONS
from core.samplers.cards import CARDS
from studio.pixels import to_image
from studio.race import Race
from studio.theme import Theme, fonts, icons, sizes
from studio.theme.tokens import PICTURE_LABEL
from studio.viewmodels.compare_views import ColumnView
from studio.widgets.buttons import IconButton
from studio.widgets.search_menu import SearchMenu
from studio.widgets.series_mark import SeriesMark
from studio.widgets.spoken import Part, Spoken
from studio.widgets.text import Elided, text

if TYPE_CHECKING:
    import numpy as np

GUIDANCE = (1.0, 1.5, 2.0, 3.0, 5.0, 7.5)
NARROW, LEAN = 200, 130
"""Below this a column leaves out its time and its badge; below that what its figure is called, too."""
NEED_MORE = {"handles", "levels"}
"""Grids that mean nothing without more than their name."""
SMALLEST, LEAST_HEIGHT = 120, 120
"""A picture that is less wide has its letter beside it. Lower it is never: the page scrolls."""


class LanePicture(QWidget):
    """A lane's picture, cut to its place; A or B in its corner."""

    pressed = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._source: np.ndarray | None = None
        self._image: QImage | None = None
        self._side = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(LEAST_HEIGHT)
        theme.changed.connect(self.update)

    def show_view(self, clean: np.ndarray | None, side: str) -> None:
        if clean is not self._source:
            self._source = clean
            self._image = None if clean is None else to_image(clean)
        self._side = side
        self.update()

    def spoken(self) -> Spoken:
        return Spoken(Part.PICTURE, self.accessibleDescription())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        with QPainter(self) as painter:
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
            area = QRectF(self.rect())
            painter.fillRect(area, QColor(tokens.canvas))
            place = area
            if self._image is not None:
                painter.setClipRect(area)
                scale = min(area.width() / self._image.width(), area.height() / self._image.height())
                wide, tall = self._image.width() * scale, self._image.height() * scale
                place = QRectF(area.center().x() - wide / 2, area.center().y() - tall / 2, wide, tall)
                painter.drawImage(place, self._image)
            if self._side:
                self._paint_side(painter, place.topLeft() if place.width() > SMALLEST else area.topLeft())

    def _paint_side(self, painter: QPainter, corner: QPointF) -> None:
        ink, ground, opacity = PICTURE_LABEL
        colour = QColor(ground)
        colour.setAlphaF(opacity)
        box = QRectF(corner.x() + 9, corner.y() + 9, 22, 22)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(ink))
        painter.setFont(fonts.section())
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._side)


class ErrorBar(QWidget):
    """An error between 10⁻⁴ and 1, on a log scale, in the lane's colour."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._part, self._series = theme, -1.0, 0
        self.setFixedHeight(12)
        self.setMinimumWidth(16)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("From 10⁻⁴ at the left to 1 at the right, on a log scale")
        theme.changed.connect(self.update)

    def show_part(self, part: float, series: int) -> None:
        self._part, self._series = part, series
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            groove = QRectF(0, 4, self.width(), 4)
            shape = QPainterPath()
            shape.addRoundedRect(groove, 2, 2)
            painter.fillPath(shape, QColor(tokens.track))
            if self._part >= 0.0:
                done = QPainterPath()
                done.addRoundedRect(QRectF(0, 4, max(self._part * self.width(), 4.0), 4), 2, 2)
                painter.fillPath(done, QColor(tokens.series[self._series].colour))


class ClosestBadge(QWidget):
    """A tick and the word, on the tint of what went well."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName("Closest to the reference")
        self.setToolTip("The smallest error of this race")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(sizes.wide(66), sizes.tall(20))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.ok_bg))
            painter.drawRoundedRect(QRectF(self.rect()), self.height() / 2, self.height() / 2)
            icons.paint(painter, "tick", tokens.ok, QRectF(6, self.height() / 2 - 6, 12, 12))
            painter.setFont(fonts.caption())
            painter.setPen(QColor(tokens.ok))
            box = QRectF(20, 0, self.width() - 24, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, "closest")


class LaneColumn(QFrame):
    """One lane of a race. wanted_in_create(lane): its settings are to be taken up there."""

    wanted_in_create = Signal(int)

    def __init__(self, theme: Theme, race: Race, lane: int) -> None:
        super().__init__()
        self._race, self._lane, self._closest = race, lane, False
        self._facts = ("", "")
        self.setProperty("surface", "panelCard")
        self.mark, self.name = SeriesMark(theme), Elided("", "tx1", fonts.card())
        self.closest = ClosestBadge(theme)
        self.more = IconButton(theme, "more", "Lane").calm()
        self.more.clicked.connect(lambda: self._open_menu(self.more.mapToGlobal(self.more.rect().bottomLeft())))
        self.picture = LanePicture(theme)
        self.picture.pressed.connect(lambda shift: race.choose("b" if shift else "a", lane))
        self.picture.setToolTip("A click makes it A, Shift and a click B")
        self.bar = ErrorBar(theme)
        self._error_name = text("Error", "tx3", fonts.caption())
        self.error = text("", "tx1", fonts.section())
        self.facts, self.seconds = Elided("", "tx2", fonts.caption()), text("", "tx2", fonts.caption())
        self._build()

    def show_view(self, view: ColumnView) -> None:
        self.mark.show_series(view.series)
        self.name.setText(view.name)
        self._closest, self._facts = view.closest, (view.facts, view.brief)
        self._fold()
        self.picture.show_view(view.clean, view.side)
        self.picture.setAccessibleName(f"Lane {self._lane + 1}, {view.name}")
        self.picture.setAccessibleDescription(view.says)
        self.more.setAccessibleName(f"Lane {self._lane + 1}, {view.name}: more")
        self.more.setToolTip(view.tip)
        self.bar.show_part(view.bar, view.series)
        self.error.setText(view.error)
        self.seconds.setText(view.seconds)

    def set_low(self, low: bool) -> None:
        """In a low window the picture gets what its name and figures can spare."""
        self._head.setContentsMargins(13, 0 if low else 4, 5, 0 if low else 4)
        self._errors.setContentsMargins(13, 4 if low else 9, 13, 0)
        self._foot.setContentsMargins(13, 1 if low else 4, 13, 5 if low else 10)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        """In a narrow column the time is left to the bars below, the badge and the word of its error to the tip."""
        wide = self.width() >= sizes.wide(NARROW)
        self.closest.setVisible(self._closest and wide)
        self._error_name.setVisible(self.width() >= sizes.wide(LEAN))
        self.seconds.setVisible(wide)
        self.facts.setText(self._facts[0] if wide else self._facts[1])

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._open_menu(event.globalPos())

    def _build(self) -> None:
        self._head = head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.mark)
        head.addWidget(self.name, 1)
        head.addWidget(self.closest)
        head.addWidget(self.more)
        self._errors = errors = QHBoxLayout()
        errors.setSpacing(10)
        errors.addWidget(self._error_name)
        errors.addWidget(self.bar, 1)
        errors.addWidget(self.error)
        self._foot = facts = QHBoxLayout()
        facts.setSpacing(8)
        facts.addWidget(self.facts, 1)
        facts.addWidget(self.seconds)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.picture, 1)
        column.addLayout(errors)
        column.addLayout(facts)
        self.set_low(False)

    def _open_menu(self, at: QPoint) -> None:
        race, lane = self._race, self._lane
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for side in "ab":
            menu.addAction(f"Look closer as &{side.upper()}").triggered.connect(
                lambda _=False, side=side: race.choose(side, lane)
            )
        menu.addAction("&Keep this picture").triggered.connect(lambda _=False: race.keep_lane(lane))
        opened = menu.addAction("&Open its settings in Create")
        opened.triggered.connect(lambda _=False: self.wanted_in_create.emit(lane))
        if lane < len(race.draft.lanes):
            menu.addSeparator()
            self._offer_settings(menu)
            menu.addSeparator()
            for words, by in (("Move &left", -1), ("Move &right", 1)):
                menu.addAction(words).triggered.connect(lambda _=False, by=by: race.put(race.draft.moved(lane, by)))
            remove = menu.addAction("Re&move")
            remove.setEnabled(race.draft.can_remove)
            remove.triggered.connect(lambda _=False: race.remove_lane(lane))
        menu.popup(at)

    def _offer_settings(self, menu: QMenu) -> None:
        race, lane = self._race, self._lane
        own = race.draft.lanes[lane].request

        def offer(into: QMenu, words: str, *, now: bool, **changes: object) -> None:
            action = into.addAction(words)
            action.setCheckable(True)
            action.setChecked(now)
            action.triggered.connect(lambda _=False: race.put(race.draft.changed(lane, **changes)))

        samplers, grids = SearchMenu("&Sampler", menu), SearchMenu("&Time grid", menu)
        menu.addMenu(samplers)
        for card in CARDS:
            offer(samplers, card.title, now=card.name == own.sampler, sampler=card.name)
        menu.addMenu(grids)
        for name, options in GRID_OPTIONS.items():
            if not NEED_MORE.intersection(options):
                offer(grids, name.replace("_", "-"), now=name == own.time_grid, time_grid=name)
        guidance = menu.addMenu("&Guidance")
        for scale in GUIDANCE:
            words = "1 (off)" if scale == 1.0 else f"{scale:g}"
            settings = replace(own.guidance, scale=scale)
            offer(guidance, words, now=scale == own.guidance.scale, guidance=settings)
        models = menu.addMenu("Mode&l")
        for model_id, title in race.model.inputs.titles:
            offer(models, title, now=model_id == own.model_id, model_id=model_id, width=None, height=None)
        menu.addAction("&Prompt…").triggered.connect(lambda _=False: self._ask_prompt())

    def _ask_prompt(self) -> None:
        race, lane = self._race, self._lane
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Prompt")
        dialog.setLabelText(f"What lane {lane + 1} shows; the others keep theirs")
        dialog.setTextValue(race.draft.lanes[lane].request.prompt)
        # The dialog is as wide as what it holds.
        sizes.bound(dialog.findChild(QLineEdit), least_width=420)
        dialog.textValueSelected.connect(lambda words: race.put(race.draft.changed(lane, prompt=words.strip())))
        dialog.open()


class LaneRow(QWidget):
    """Two to six columns, side by side. wanted_in_create(lane)."""

    wanted_in_create = Signal(int)

    def __init__(self, theme: Theme, race: Race) -> None:
        super().__init__()
        self._theme, self._race = theme, race
        self.columns: list[LaneColumn] = []
        self._low = False
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(10)
        self.setAccessibleName("Lanes")

    def set_low(self, low: bool) -> None:
        """Whether the window is low."""
        self._low = low
        for column in self.columns:
            column.set_low(low)

    def show_views(self, views: tuple[ColumnView, ...]) -> None:
        while len(self.columns) > len(views):
            column = self.columns.pop()
            self._row.removeWidget(column)
            column.hide()
            column.deleteLater()
        while len(self.columns) < len(views):
            column = LaneColumn(self._theme, self._race, len(self.columns))
            column.wanted_in_create.connect(self.wanted_in_create)
            column.set_low(self._low)
            self._row.addWidget(column, 1)
            self.columns.append(column)
        for column, view in zip(self.columns, views, strict=True):
            column.show_view(view)
