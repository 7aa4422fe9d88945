"""The studio's own settings: a page made from the table of preferences, and the shortcuts."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from core.history.store import BIN_DAYS
from studio.actions import Actions
from studio.panels.preference_row import PreferenceRow
from studio.panels.shortcut_list import ShortcutList
from studio.preferences import GROUPS, PREFERENCES, Preferences
from studio.theme import Theme, fonts, sizes
from studio.theme.tokens import MARGIN
from studio.viewmodels import wording
from studio.widgets.buttons import Button
from studio.widgets.segmented import Segmented
from studio.widgets.text import Elided, line, surface, text, wrapped

WIDTH = 760
HEADER = 42
ABOUT = {
    "Look": "How the studio looks and reads.",
    "Storage": "Where pictures lie, and how much room their steps may take.",
    "Work": "Where and how jobs run. A job that waits or runs already is not altered.",
}


class SettingsView(QFrame):
    """asked_facts: the page was opened and wants `show_devices` and `show_use`. folder_wanted(path): open it."""

    asked_facts = Signal()
    folder_wanted = Signal(Path)

    def __init__(self, theme: Theme, preferences: Preferences, actions: Actions, home: Path, pictures: Path) -> None:
        super().__init__()
        self._theme, self._home, self._pictures = theme, home, pictures
        self.setProperty("surface", "panel")
        self.setAccessibleName("Settings")
        self.rows = {each.key: PreferenceRow(theme, preferences, each) for each in PREFERENCES}
        self.shortcuts = ShortcutList(theme, actions)
        self.pages = Segmented("Settings", ("General", "Shortcuts"))
        self._stack = QStackedWidget()
        self._stack.addWidget(_scrolled(self._general()))
        self._stack.addWidget(_scrolled(self.shortcuts))
        self.pages.chosen.connect(self._stack.setCurrentIndex)
        self.pages.choose(0)
        header = QFrame()
        sizes.fix(header, height=HEADER)
        row = QHBoxLayout(header)
        row.setContentsMargins(MARGIN, 0, MARGIN, 0)
        row.setSpacing(14)
        row.addWidget(text("Settings", "tx1", fonts.card()))
        row.addWidget(self.pages)
        row.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(header)
        whole.addWidget(line())
        whole.addWidget(self._stack, 1)

    def show_page(self, index: int) -> None:
        """0: general, 1: shortcuts."""
        self.pages.choose(index)
        self._stack.setCurrentIndex(index)

    def go_to(self, key: str) -> None:
        """Put the focus on a setting."""
        self.show_page(0)
        row = self.rows[key]
        area = self._stack.widget(0)
        if isinstance(area, QScrollArea):
            area.ensureWidgetVisible(row, 0, 40)
        row.take_focus()

    def show_devices(self, devices: tuple[str, ...]) -> None:
        """Those that this computer has."""
        row = self.rows["work/device"]
        row.offer(("auto", *devices))

    def show_use(self, memory: int, disk: int) -> None:
        """Bytes that trajectories take now."""
        for key, octets in (("storage/trajectory_memory", memory), ("storage/trajectory_disk", disk)):
            note = self.rows[key].note
            note.setText(f"In use: {wording.octets(octets)}")
            note.show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.asked_facts.emit()

    def _general(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for group in GROUPS:
            if group != GROUPS[0]:
                column.addSpacing(14)
            column.addWidget(text(group, "tx1", fonts.sheet()))
            column.addSpacing(2)
            column.addWidget(wrapped(ABOUT[group], "tx3"))
            column.addSpacing(6)
            column.addWidget(line())
            if group == "Storage":
                for name, folder in (("Noisette's folder", self._home), ("Pictures", self._pictures)):
                    column.addWidget(self._folder(name, folder))
                    column.addWidget(line())
            for row in self.rows.values():
                if row.preference.group == group:
                    column.addWidget(row)
                    column.addWidget(line())
            if group == "Storage":
                column.addSpacing(8)
                column.addWidget(
                    wrapped(f"What you delete stays in the bin for {BIN_DAYS} days and can be brought back.", "tx2")
                )
        column.addStretch(1)
        return page

    def _folder(self, name: str, folder: Path) -> QWidget:
        whole = QWidget()
        button = Button(self._theme, "Open folder")
        button.setAccessibleName(f"Open the folder of {name}")
        button.clicked.connect(lambda: self.folder_wanted.emit(folder))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(text(name, "tx1", fonts.value()))
        words.addWidget(Elided(str(folder), "tx3"))
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 7, 0, 7)
        row.setSpacing(14)
        row.addLayout(words, 1)
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        return whole


def _scrolled(page: QWidget) -> QScrollArea:
    """A page in a column of readable width, in the middle."""
    holder = surface("panel")
    sizes.bound(page, most_width=WIDTH)
    row = QHBoxLayout(holder)
    row.setContentsMargins(20, 18, 20, 28)
    row.addStretch(1)
    row.addWidget(page, 1000)
    row.addStretch(1)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(holder)
    return area
