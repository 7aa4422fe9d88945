"""Search over pictures, settings and commands, by keyboard alone."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QCloseEvent, QImage, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from studio.finder import Finder
from studio.panels.popover import Popover
from studio.theme import Theme, fonts, sizes
from studio.viewmodels import wording
from studio.viewmodels.finding import Found
from studio.widgets.found_list import FoundList
from studio.widgets.text import key, line, text

WIDTH = 560
ABOUT = "Find a picture, a setting or a command"
STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}


class CommandPalette(Popover):
    """Type to narrow, Up and Down to choose, Enter to do."""

    def __init__(self, window: QWidget, theme: Theme, finder: Finder) -> None:
        super().__init__(window, "Search", WIDTH)
        self._finder = finder
        self.field = QLineEdit()
        self.field.setPlaceholderText(ABOUT)
        self.field.setAccessibleName(ABOUT)
        self.field.setFont(fonts.prompt())
        self.field.setClearButtonEnabled(False)
        sizes.fix(self.field, height=34)
        self.list = FoundList(theme)
        self._count = text("", "tx3", fonts.caption())
        self.column.setContentsMargins(10, 10, 10, 8)
        self.column.addWidget(self.field)
        self.column.addWidget(self.list)
        self.column.addWidget(line())
        foot = QHBoxLayout()
        foot.setSpacing(6)
        for keys, words in (("Up Down", "choose"), ("Enter", "do it"), ("Esc", "close")):
            foot.addWidget(key(keys))
            foot.addWidget(text(words, "tx3", fonts.caption()))
            foot.addSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self._count)
        self.column.addLayout(foot)
        self.setFocusProxy(self.field)
        self.field.textChanged.connect(finder.ask)
        self.field.installEventFilter(self)
        self.list.taken.connect(self._do)
        finder.found.connect(self._show)
        finder.pictured.connect(self._show_picture)
        finder.begin()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if step := STEPS.get(Qt.Key(event.key()), 0):
                self.list.move(step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._do(self.list.chosen)
                return True
        return super().eventFilter(watched, event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._finder.found.disconnect(self._show)
        self._finder.pictured.disconnect(self._show_picture)
        super().closeEvent(event)

    def _show(self, sections: tuple[tuple[Found, ...], ...]) -> None:
        self.list.show_sections(sections)
        total = sum(len(section) for section in sections)
        self._count.setText(wording.count(total, "answer") if total else "Nothing found")
        chosen = self.list.chosen
        self.field.setAccessibleDescription(f"{chosen.section}: {chosen.title}" if chosen else "Nothing found")

    def _show_picture(self, artifact_id: str, image: QImage) -> None:
        self.list.show_picture(artifact_id, image)

    def _do(self, found: Found | None) -> None:
        if found is not None:
            self.close()
            found.do()
