"""In the plane: a small plane for each lane of the race, at the noise that the shared scrubber shows."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout

from studio.race_plane import RacePlane
from studio.theme import Theme, fonts, sizes
from studio.theme.tokens import MARGIN
from studio.viewmodels.race_plane import RacePlaneView
from studio.viewmodels.toy_inputs import SHAPE_NAMES
from studio.widgets.buttons import IconButton
from studio.widgets.choice import Choice
from studio.widgets.plane import HEAD, PlaneView
from studio.widgets.text import line, surface, text, wrapped

ACROSS = 2
GAP, BAR = 10, 8
"""Between two planes, and what the scroll bar takes."""
LAYERS = frozenset(("density", "paths", "particles"))


class PlaneDrawer(QFrame):
    """In the place of what looks closer. closed(): it is wanted away."""

    closed = Signal()

    def __init__(self, theme: Theme, plane: RacePlane) -> None:
        super().__init__()
        self._theme, self._plane = theme, plane
        self.setProperty("surface", "panel")
        self.setAccessibleName("The lanes in the plane")
        self.shapes = Choice(theme, "Data in the plane")
        for shape, name in SHAPE_NAMES.items():
            self.shapes.addItem(name, shape)
        self.shapes.activated.connect(lambda _: plane.set_shape(self.shapes.currentData()))
        self.close_button = IconButton(theme, "close", "Close the plane", "Back to what looks closer")
        self.close_button.clicked.connect(self.closed)
        self.planes: list[PlaneView] = []
        self._grid = QGridLayout()
        self._finding, self._note = wrapped("", "tx1"), wrapped("", "tx3", fonts.caption())
        self._build()
        plane.model.watch_all(self._show)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._plane.follow(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._plane.follow(False)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(text("In the plane", "tx1", fonts.section()), 1)
        head.addWidget(self.close_button)
        body = surface("panel")
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, BAR, 0)
        inner.setSpacing(8)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(8)
        inner.addLayout(self._grid)
        inner.addWidget(line())
        inner.addWidget(self._finding)
        inner.addWidget(self._note)
        inner.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 10, MARGIN - BAR, 12)
        column.setSpacing(8)
        top = QVBoxLayout()
        top.setContentsMargins(0, 0, BAR, 0)
        top.setSpacing(8)
        top.addLayout(head)
        top.addWidget(self.shapes)
        column.addLayout(top)
        column.addWidget(area, 1)

    def _show(self, view: RacePlaneView) -> None:
        while len(self.planes) < len(view.planes):
            self._add()
        for place, widget in enumerate(self.planes):
            widget.setVisible(place < len(view.planes))
            if place < len(view.planes):
                widget.show_time(view.times[place])
                widget.show_plane(view.planes[place])
        self.shapes.take(self._plane.model.inputs.shape)
        self._finding.setText(view.finding)
        self._finding.setVisible(bool(view.finding))
        self._note.setText(view.note)

    def _add(self) -> None:
        widget = PlaneView(self._theme)
        widget.show_layers(LAYERS)
        place = len(self.planes)
        self._grid.addWidget(widget, place // ACROSS, place % ACROSS)
        self.planes.append(widget)
        self._fit()

    def _fit(self) -> None:
        """Each plane is a square under its two lines."""
        side = (self.width() - 2 * MARGIN - BAR - GAP) // ACROSS
        for widget in self.planes:
            widget.setFixedHeight(side + sizes.tall(HEAD, 2))
