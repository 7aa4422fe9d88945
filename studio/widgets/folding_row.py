"""A row of buttons of which those that find no room go into a menu."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QWidget

from studio.theme import Theme
from studio.widgets.buttons import IconButton

SIDE = 28
SPACING = 4


class FoldingRow(QWidget):
    """The last ones fold first. Each is 28 px wide and named."""

    def __init__(self, theme: Theme, buttons: tuple[QAbstractButton, ...]) -> None:
        super().__init__()
        self._buttons = buttons
        self._more = IconButton(theme, "more", "More")
        self._more.clicked.connect(self._open)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addStretch(1)
        for button in (*buttons, self._more):
            row.addWidget(button)
        self._more.hide()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self._width(len(self._buttons)), SIDE)

    def minimumSizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fit = len(self._buttons)
        if self._width(fit) > self.width():
            fit = max((self.width() - SIDE) // (SIDE + SPACING), 0)
        for at, button in enumerate(self._buttons):
            button.setVisible(at < fit)
        self._more.setVisible(fit < len(self._buttons))

    def _width(self, count: int) -> int:
        return count * SIDE + max(count - 1, 0) * SPACING

    def _open(self) -> None:
        menu = QMenu(self)
        for button in self._buttons:
            if button.isHidden():
                entry = menu.addAction(button.icon(), button.accessibleName())
                entry.setEnabled(button.isEnabled())
                entry.setCheckable(button.isCheckable())
                entry.setChecked(button.isChecked())
                entry.triggered.connect(lambda _checked, button=button: button.click())
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))
