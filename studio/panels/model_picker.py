"""The choice of models."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from core.models.card import ModelCard
from studio.panels.popover import Popover
from studio.session import Session
from studio.theme import fonts, sizes
from studio.viewmodels import wording
from studio.widgets.text import Elided, text


class ModelPicker(Popover):
    """One card a model: name, what it is, weights, sizes, licence."""

    def __init__(self, window: QWidget, session: Session) -> None:
        super().__init__(window, "Models", 400)
        self._session = session
        self.column.addWidget(text("Models", "tx1", fonts.card()))
        for card in session.desk.cards:
            self.column.addWidget(self._entry(card))
        if not session.desk.cards:
            self.column.addWidget(text("None is installed.", "tx2"))

    def _entry(self, card: ModelCard) -> QPushButton:
        button = QPushButton()
        button.setProperty("kind", "card")
        button.setAccessibleName(f"{card.title}: {card.summary}")
        button.setAutoDefault(False)
        inner = QVBoxLayout(button)
        inner.setContentsMargins(12, 8, 12, 8)
        inner.setSpacing(2)
        chosen = "  (in use)" if card.id == self._session.desk.draft.model_id else ""
        inner.addWidget(text(card.title + chosen, "tx1", fonts.card()))
        inner.addWidget(Elided(card.summary, "tx2"))
        shapes = ", ".join(f"{width}×{height}" for width, height in card.sizes)
        facts = f"{wording.weights(card.parameters)} weights, {shapes}, {card.license}"
        inner.addWidget(Elided(facts, "tx3"))
        sizes.fix(button, height=78, lines=3)
        button.clicked.connect(lambda: self._take(card.id))
        return button

    def _take(self, model_id: str) -> None:
        self.close()
        self._session.desk.choose_model(model_id)
