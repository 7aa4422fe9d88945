"""The canvas before the first picture: what to try, and what this computer has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from studio.session import Session
from studio.theme import Theme, fonts, icons, sizes
from studio.viewmodels import wording
from studio.viewmodels.prompt_examples import SHOWN, Example
from studio.widgets.example_card import ExampleCard
from studio.widgets.flow import Flow
from studio.widgets.text import surface, text, wrapped

if TYPE_CHECKING:
    from studio.machine import Machine

WIDTH = 620


class Welcome(QWidget):
    """show_machine(machine) fills in the facts."""

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self._theme, self._session = theme, session
        inner = QWidget()
        sizes.bound(inner, most_width=WIDTH)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(wrapped("Make your first picture", "tx1", fonts.title()))
        column.addWidget(
            wrapped("Everything runs on this computer. Nothing you type or make leaves it.", "tx2", fonts.prompt())
        )
        column.addSpacing(6)
        self._column, self._first = column, column.count()
        self.examples: list[ExampleCard] = []
        column.addSpacing(8)
        self._facts = Flow(across=28, down=8)
        self._well = surface("well")
        well = QVBoxLayout(self._well)
        well.setContentsMargins(14, 12, 14, 12)
        well.addWidget(text("This computer", "tx1", fonts.section()))
        well.addWidget(self._facts)
        column.addWidget(self._well)
        self._kind = wrapped("", "tx2")
        self._kind_mark = QLabel()
        row = QHBoxLayout()
        row.addWidget(self._kind_mark)
        row.addWidget(self._kind, 1)
        column.addLayout(row)
        self._well.hide()
        body = surface("canvas")
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(body)
        holder = QVBoxLayout(self)
        holder.setContentsMargins(0, 0, 0, 0)
        holder.addWidget(area)
        whole = QVBoxLayout(body)
        whole.setContentsMargins(6, 0, 6, 0)
        whole.addStretch(1)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(inner, 20)
        middle.addStretch(1)
        whole.addLayout(middle)
        whole.addStretch(2)
        theme.changed.connect(self._tint)
        self._tint()
        session.desk.prompt.watch("examples", self._show_examples)

    def show_machine(self, machine: Machine) -> None:
        """Say what this computer has."""
        facts = [("Processor", f"{machine.cores} cores" if machine.cores != 1 else "1 core")]
        if machine.memory:
            free, total = (wording.gigabytes(octets) for octets in machine.memory)
            facts.append(("Memory", f"{total} GB, {free} free"))
        facts.append(("Graphics card", machine.graphics or "none found"))
        if machine.disk:
            facts.append(("Disk", f"{machine.disk[0] / 1e9:.0f} GB free"))
        for name, fact in facts:
            self._facts.addWidget(_fact(name, fact))
        self._well.show()
        if not machine.graphics:
            self._kind.setText("No graphics card is fine: the model that comes along was made for processors.")
            self._tint()

    def _show_examples(self, examples: tuple[Example, ...]) -> None:
        for card in self.examples:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.examples = [self._example(each) for each in examples[:SHOWN]]
        for at, card in enumerate(self.examples):
            self._column.insertWidget(self._first + at, card)

    def _example(self, example: Example) -> ExampleCard:
        card = ExampleCard(self._theme, example.icon, example.title, example.prompt)
        card.taken.connect(lambda: self._session.desk.try_example(example))
        return card

    def _tint(self) -> None:
        if self._kind.text():
            self._kind_mark.setPixmap(icons.pixmap("info", self._theme.tokens.info, 16, 2.0))


def _fact(name: str, fact: str) -> QWidget:
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addWidget(text(name, "tx3"))
    column.addWidget(text(fact, "tx1", fonts.value()))
    return whole
