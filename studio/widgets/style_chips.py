"""A model's styles, of which one holds, or any."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from studio.actions import Actions
from studio.theme import fonts, sizes
from studio.viewmodels import wording
from studio.widgets.flow import Flow
from studio.widgets.text import repolish

HEIGHT, GAP = 26, 4


class StyleChip(QPushButton):
    """stepped(by): Left or Right was pressed."""

    stepped = Signal(int)

    def __init__(self, style: str) -> None:
        super().__init__(wording.style(style).replace("&", "&&"))
        self.style_name = style
        self.setProperty("kind", "chip")
        self.setProperty("tight", True)
        self.setFont(fonts.value())
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setAccessibleName(f"Style: {wording.style(style)}")
        sizes.fix(self, height=HEIGHT)

    def set_lit(self, lit: bool) -> None:
        self.setChecked(lit)
        if self.property("lit") is not lit:
            self.setProperty("lit", lit)
            repolish(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step:
            self.stepped.emit(step)
        else:
            super().keyPressEvent(event)


class StyleChips(QWidget):
    """chosen(style): the user took another one; "" is any."""

    chosen = Signal(str)

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._actions = actions
        self.setAccessibleName("Style")
        self.chips: list[StyleChip] = []
        self._flow: Flow | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def set_styles(self, styles: Sequence[str]) -> None:
        """Replace the styles; none is taken until `choose`."""
        if [chip.style_name for chip in self.chips] == list(styles):
            return
        if self._flow is not None:
            self._column.removeWidget(self._flow)
            self._flow.deleteLater()
        self._flow, self.chips = Flow(across=GAP, down=GAP), [StyleChip(style) for style in styles]
        for chip in self.chips:
            self._actions.explain(chip, "style")
            chip.clicked.connect(lambda _checked=False, style=chip.style_name: self._take(style))
            chip.stepped.connect(lambda by, chip=chip: self._step(chip, by))
            self._flow.addWidget(chip)
        self._column.addWidget(self._flow)

    def choose(self, style: str) -> None:
        """Show a style as taken, without `chosen`."""
        for chip in self.chips:
            chip.set_lit(chip.style_name == style)

    def _take(self, style: str) -> None:
        self.choose(style)
        self.chosen.emit(style)

    def _step(self, chip: StyleChip, by: int) -> None:
        """The neighbour gets the focus and is taken, as in a row of choices."""
        at = self.chips.index(chip) + by
        if 0 <= at < len(self.chips):
            self.chips[at].setFocus(Qt.FocusReason.TabFocusReason)
            self._take(self.chips[at].style_name)
