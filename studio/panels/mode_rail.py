"""The mode rail: where in the studio one is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout

from studio.actions import Actions
from studio.theme import Theme, fonts, sizes

WIDTH = 68
MODES = (
    ("create", "Create", "create"),
    ("compare", "Compare", "compare"),
    ("video", "Video", "video"),
    ("scene", "3D", "scene"),
    ("history", "History", "history"),
    ("models", "Models", "models"),
    ("plane", "2D", "plane"),
)


class RailButton(QToolButton):
    """An icon over a word; the mode one is in carries the accent and a mark at the window's edge."""

    def __init__(self, theme: Theme, icon: str, actions: Actions, name: str, *, checkable: bool) -> None:
        super().__init__()
        action = actions[name]
        self._theme, self._icon = theme, icon
        self.setProperty("kind", "rail")
        self.setText(action.text())
        actions.explain(self, name)
        self.setAccessibleName(action.text())
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setIconSize(QSize(20, 20))
        self.setFont(fonts.caption())
        sizes.fix(self, width=56, height=50)
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # A second press on the mode one is in leaves it marked.
        self.clicked.connect(lambda: (self.setChecked(checkable), action.trigger()))
        self.toggled.connect(self._tint)
        theme.changed.connect(self._tint)
        self._tint()

    def _tint(self) -> None:
        self.setIcon(self._theme.icon(self._icon, "acc" if self.isChecked() else "tx2", 20))


class ModeRail(QFrame):
    """The modes; settings and help at the foot."""

    SETTINGS = len(MODES)
    """The settings' place beside the modes' indices."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("surface", "bar")
        self.setAccessibleName("Modes")
        # No QButtonGroup: of the buttons of one, Qt lets Tab reach only the checked one.
        self._buttons: list[RailButton] = []
        self._index = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 6)
        column.setSpacing(4)
        for mode, _, icon in MODES:
            button = RailButton(theme, icon, actions, f"mode_{mode}", checkable=True)
            self._buttons.append(button)
            column.addWidget(button)
        column.addStretch(1)
        settings = RailButton(theme, "settings", actions, "settings", checkable=True)
        self._buttons.append(settings)
        column.addWidget(settings)
        guide = RailButton(theme, "help", actions, "shortcuts", checkable=False)
        guide.setText("Help")
        guide.setAccessibleName("Help: all shortcuts")
        column.addWidget(guide)
        self.show_mode(0)

    def show_mode(self, index: int) -> None:
        """Mark where one is: a mode's index, or SETTINGS."""
        self._index = index
        for at, button in enumerate(self._buttons):
            button.setChecked(at == index)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        button = self._buttons[self._index]
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.tokens.acc))
            painter.drawRoundedRect(QRectF(-2, button.y() + 14, 4, button.height() - 28), 2, 2)
