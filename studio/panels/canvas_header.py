"""The canvas' header: what is shown of a step, how, at which zoom, and what to do with the picture."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QWidget

from studio.actions import Actions
from studio.theme import Theme, fonts, sizes
from studio.theme.tokens import MARGIN
from studio.viewmodels.canvas import LOOKS
from studio.widgets.buttons import IconButton
from studio.widgets.segmented import Segmented
from studio.widgets.text import Elided, line

HEIGHT = 42
NARROW, NARROWEST = 560, 440
FOLDED = ("smooth", "live", "pin", "favourite", "export")
"""Have no button of their own where there is least room."""
OUT = ("export_clear", "enlarge", "sheet", "copy_picture")
ZOOM_ACTIONS = ("fit", "real_size", "zoom_in", "zoom_out")


class CanvasHeader(QFrame):
    """Buttons act through the window's actions; the panel sets which of them are lit."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._theme, self._actions = theme, actions
        self.setProperty("surface", "panel")
        sizes.fix(self, height=HEIGHT)
        self.looks = Segmented("Shown", tuple(look.value for look in LOOKS), shortens=True)
        self.zoom = Elided("", "tx3", fonts.caption())
        self.zoom.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.smooth = self._toggle("image", "Smooth", "smooth", "pixels")
        self.grid = self._toggle("grid", "Pixel grid", "pixel_grid")
        self.clear = self._toggle("clear_ground", "Show transparent", "clear_ground")
        self.clear.hide()
        self._has_clear = False
        self.pin = self._toggle("pin", "Pin beside", "pin")
        self.star = self._toggle("star", "Favourite", "favourite", "star_filled")
        self.magnifier = IconButton(theme, "zoom_in", "Zoom", "Zoom, second window and more")
        self.magnifier.clicked.connect(self._open_menu)
        self.compare = IconButton(theme, "compare", "Compare").follow(actions["mode_compare"])
        self.export = IconButton(theme, "export", "Export").follow(actions["export"])
        self.live = self._toggle("live", "Live", "live")
        self.live_words = Elided("", "accTx", fonts.value())
        self._describe = ("", "")
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, 0, 10, 0)
        row.setSpacing(2)
        row.addWidget(self.looks)
        row.addSpacing(8)
        row.addWidget(self.smooth)
        row.addWidget(self.grid)
        row.addWidget(self.clear)
        row.addWidget(self.live)
        row.addSpacing(4)
        row.addWidget(self.live_words, 1)
        row.addWidget(self.zoom, 1)
        row.addSpacing(8)
        divider = line(vertical=True)
        divider.setFixedHeight(20)
        row.addWidget(divider)
        row.addSpacing(8)
        for button in (self.magnifier, self.compare, self.pin, self.star, self.export):
            row.addWidget(button)
        self._row = row
        self._foldable = (self.grid, self.compare)
        self._last_foldable = (self.smooth, self.live, self.pin, self.star, self.export)

    def add_tool(self, button: QWidget) -> None:
        """One more button before those that are always there."""
        self._row.insertWidget(self._row.indexOf(self.magnifier), button)

    def describe(self, size: str, zoom: str) -> None:
        """Say the picture's size and its true zoom, the zoom alone where there is little room."""
        self._describe = (size, zoom)
        whole = f"{size}, shown at {zoom}" if size else ""
        self.zoom.setText(whole if self.width() >= NARROW else "")
        self.zoom.setToolTip(whole)

    def minimumSizeHint(self) -> QSize:
        """What is left when the tools that the menu has as well are folded away."""
        shown = [button for button in (*self._foldable, *self._last_foldable, self.clear) if not button.isHidden()]
        folded = sum(button.sizeHint().width() + self._row.spacing() for button in shown)
        whole = super().minimumSizeHint()
        return QSize(whole.width() - folded, whole.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for button in self._foldable:
            button.setVisible(self.width() >= NARROW)
        for button in self._last_foldable:
            button.setVisible(self.width() >= NARROWEST)
        self._place_clear()
        self.describe(*self._describe)

    def offer_clear(self, offered: bool) -> None:
        """Whether the picture on show can do without its ground."""
        self._has_clear = offered
        self._place_clear()

    def _place_clear(self) -> None:
        """Where there is little room, in the place of a tool that the menu has as well."""
        self.clear.setVisible(self._has_clear and self.width() >= NARROWEST)
        self.smooth.setVisible(self.width() >= (NARROW if self._has_clear else NARROWEST))

    def say_live(self, words: str) -> None:
        """What live mode does, "" while it is off."""
        self.live_words.setText(words)
        self.live_words.setVisible(bool(words))

    def menu(self, parent: QWidget) -> QMenu:
        """Zoom, second window, and what there is besides."""
        made = QMenu(parent)
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in ZOOM_ACTIONS:
            made.addAction(self._actions[name])
        made.addSeparator()
        made.addAction(self._actions["tear_off"])
        made.addSeparator()
        for name in ("pixel_grid", "clear_ground", "variations", "reuse", *FOLDED, *OUT):
            made.addAction(self._actions[name])
        return made

    def _toggle(self, icon: str, name: str, action: str, checked_icon: str = "") -> IconButton:
        button = IconButton(self._theme, icon, name, checkable=True, checked_icon=checked_icon or icon)
        self._actions.explain(button, action)
        button.clicked.connect(lambda: self._actions[action].trigger())
        return button

    def _open_menu(self) -> None:
        corner = self.magnifier.mapToGlobal(QPoint(0, self.magnifier.height() + 4))
        self.menu(self).popup(corner)
