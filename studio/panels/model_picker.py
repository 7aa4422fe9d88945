"""The choice of models: what each can do and takes, and why one can't be used."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QScrollArea, QVBoxLayout, QWidget

from studio.panels.popover import Popover
from studio.session import Session
from studio.theme import Theme, fonts, sizes
from studio.viewmodels.model_choice import ModelEntry, model_entries
from studio.widgets.menu_row import ENTER
from studio.widgets.model_entry import Hindrance, ModelEntryButton
from studio.widgets.text import text

WIDTH, MOST_HEIGHT = 520, 560
MANY, LOOKED_AT = 5, 60
"""From so many models on there is a search; so many tiles are looked through for a picture of each."""


class ModelPicker(Popover):
    """Up and Down go from one to the next, Enter takes it; typing looks for one where there are many."""

    def __init__(self, window: QWidget, theme: Theme, session: Session) -> None:
        super().__init__(window, "Models", WIDTH)
        self._theme, self._session = theme, session
        self._pictures = {card.id: self._picture(card.id) for card in session.desk.cards}
        self.entries: list[ModelEntryButton] = []
        self.column.addWidget(text("Models", "tx1", fonts.card()))
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find a model by its name, what it does, or its licence")
        self.field.setAccessibleName("Find a model")
        sizes.fix(self.field, height=30)
        self.field.setVisible(len(session.desk.cards) >= MANY)
        self.field.textChanged.connect(self._show)
        self.field.installEventFilter(self)
        self.column.addWidget(self.field)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        self._none = text("", "tx2")
        self._area: QScrollArea | None = None
        self.column.addWidget(self._none)
        self._show("")
        self._area = self.scroll_over(self._rows, MOST_HEIGHT)
        self._fit()
        if self.field.isVisibleTo(self):
            self.field.setFocus()
        else:
            self._focus(next((at for at, each in enumerate(self.entries) if self._is_now(each)), 0))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Down:
                self._focus(0)
                return True
            if event.key() in ENTER and self.entries:
                self.entries[0].click()
                return True
        return super().eventFilter(watched, event)

    def _show(self, search: str) -> None:
        desk = self._session.desk
        found = model_entries(desk.cards, desk.draft.model_id, desk.cost_with, desk.hindrances, search)
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.entries = [self._entry(entry) for entry in found]
        self._rows.addStretch(1)
        self._none.setText("None answers to that" if desk.cards else "None is installed")
        self._none.setVisible(not found)
        if self._area is not None:
            self._fit()

    def _fit(self) -> None:
        """As high as what was found, up to a bound."""
        assert self._area is not None, "made before it is fitted"
        # Words that break their lines ask for a little more than they need.
        tall = self._area.widget().minimumSizeHint().height()
        self._area.setFixedHeight(min(tall + 2, MOST_HEIGHT))

    def _entry(self, entry: ModelEntry) -> ModelEntryButton:
        button = ModelEntryButton(self._theme, entry, self._pictures[entry.id])
        button.clicked.connect(lambda: self._take(entry.id))
        button.stepped.connect(lambda by: self._step(button, by))
        self._rows.addWidget(button)
        if entry.hindrance:
            self._rows.addWidget(Hindrance(self._theme, entry.hindrance))
        return button

    def _step(self, button: ModelEntryButton, by: int) -> None:
        at = self.entries.index(button) + by
        if at < 0 and self.field.isVisibleTo(self):
            self.field.setFocus(Qt.FocusReason.TabFocusReason)
        self._focus(at)

    def _focus(self, at: int) -> None:
        if 0 <= at < len(self.entries):
            self.entries[at].setFocus(Qt.FocusReason.TabFocusReason)
            if self._area is not None:
                self._area.ensureWidgetVisible(self.entries[at])

    def _is_now(self, button: ModelEntryButton) -> bool:
        return button.model_id == self._session.desk.draft.model_id

    def _picture(self, model_id: str) -> QImage | None:
        """The newest that the model made, as far as thumbnails are at hand."""
        tiles = self._session.gallery.list
        found = (tiles.image_of(model_id, row) for row in range(min(tiles.rowCount(), LOOKED_AT)))
        return next((image for image in found if image is not None), None)

    def _take(self, model_id: str) -> None:
        self.close()
        self._session.desk.choose_model(model_id)
