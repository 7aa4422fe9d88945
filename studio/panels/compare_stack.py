"""The pages of the Compare mode one behind the other, and the control that chooses among them in one bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from studio.compare_pages import Page, PageCard
from studio.panels.compare_bar import HEIGHT
from studio.settings import Settings
from studio.theme import sizes
from studio.widgets.segmented import Segmented
from studio.widgets.text import line, surface

KEPT = "compare/page"


class CompareStack(QWidget):
    """made(widget): part of a page was made after the mode's own. shown(PageCard): that page is on show."""

    made = Signal(QWidget)
    shown = Signal(object)

    def __init__(self, settings: Settings, cards: Sequence[PageCard], make: Callable[[PageCard], Page]) -> None:
        super().__init__()
        self._settings, self._cards, self._make = settings, tuple(cards), make
        self._pages: dict[str, Page] = {}
        self._bars, self._bodies = QStackedWidget(), QStackedWidget()
        self.choice = Segmented("What to compare", [card.title for card in self._cards])
        self.choice.chosen.connect(lambda index: self.go(self._cards[index].name))
        self.choice.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(line())
        column.addWidget(self._bodies, 1)
        # Not before it has its place: it would stand as a window of its own.
        self.choice.setHidden(len(self._cards) < 2)
        kept = settings.value(KEPT, self._cards[0].name)
        self.card = next((card for card in self._cards if card.name == kept), self._cards[0])

    def enter(self) -> None:
        """The mode comes on show, with the page that was chosen last."""
        self.go(self.card.name)

    def turn_to(self, name: str) -> None:
        """Have that page on show when the mode is entered next."""
        self.card = next(card for card in self._cards if card.name == name)

    def body(self, name: str) -> QWidget | None:
        """A page's own widget; None while it was never opened."""
        page = self._pages.get(name)
        return page.body if page is not None else None

    def go(self, name: str) -> None:
        """Show a page, and remember that it was chosen."""
        self.turn_to(name)
        page = self._pages.get(name)
        if page is None:
            page = self._pages[name] = self._make(self.card)
            for stack, part in ((self._bars, page.bar), (self._bodies, page.body)):
                stack.addWidget(part)
                self.made.emit(part)
        self._bars.setCurrentWidget(page.bar)
        self._bodies.setCurrentWidget(page.body)
        self.choice.choose(self._cards.index(self.card))
        self._settings.keep(KEPT, name)
        self.shown.emit(self.card)
        page.enter()

    def _head(self) -> QFrame:
        head = surface("panel")
        sizes.fix(head, height=HEIGHT)
        row = QHBoxLayout(head)
        row.setContentsMargins(14 if len(self._cards) > 1 else 0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.choice)
        row.addWidget(self._bars, 1)
        return head
