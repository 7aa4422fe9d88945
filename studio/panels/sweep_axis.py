"""One axis of a grid: its setting, its values as typed, and what is wrong with them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from core.sweeps.settings import SETTINGS
from studio.theme import Theme, fonts, sizes
from studio.viewmodels.sweep import AxisRow
from studio.widgets.choice import Choice
from studio.widgets.text import repolish, text, wrapped

FORMS = (
    "A list, ranges, or both: 1..9 counts up, 1..9:2 by twos, 0.5..2 in 4 gives four values from end to end. "
    "1-9 (+2) and 1-5 [5] are read too. Quote texts that hold commas."
)


class AxisEditor(QWidget):
    """chosen(name): another setting, "" for none. typed(text): other values."""

    chosen = Signal(str)
    typed = Signal(str)

    def __init__(self, theme: Theme, row: AxisRow, *, optional: bool) -> None:
        super().__init__()
        self.setting = Choice(theme, f"{row.name}, {row.direction}: setting")
        self.setting.setToolTip(f"What varies {row.direction}")
        if optional:
            self.setting.addItem("Nothing", "")
        group = ""
        for setting in sorted(SETTINGS, key=lambda each: GROUPS.index(each.group)):
            if group and setting.group != group:
                self.setting.insertSeparator(self.setting.count())
            group = setting.group
            self.setting.addItem(setting.title, setting.name)
        self.setting.setMaxVisibleItems(18)
        self.field = QLineEdit()
        self.field.setAccessibleName(f"{row.name}, {row.direction}: values")
        self.field.setToolTip(FORMS)
        self.field.setFont(fonts.value())
        sizes.fix(self.field, height=28)
        self.count = text("", "tx3", fonts.caption())
        self.problem = wrapped("", "err", fonts.caption())
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(text(row.name, "tx1", fonts.section()))
        head.addWidget(text(row.direction, "tx3"))
        head.addStretch(1)
        head.addWidget(self.count)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.setting)
        column.addWidget(self.field)
        column.addWidget(self.problem)
        self.setting.activated.connect(lambda at: self.chosen.emit(self.setting.itemData(at)))
        self.field.textEdited.connect(self.typed)
        self.setFocusProxy(self.setting)

    def show_row(self, row: AxisRow) -> None:
        """What is being typed is left alone."""
        self.setting.take(row.setting)
        self.field.setVisible(bool(row.setting))
        self.field.setPlaceholderText(row.example)
        if self.field.text() != row.text:
            self.field.setText(row.text)
            self.field.setCursorPosition(0)
        self.count.setText(row.count)
        self.problem.setText(row.problem)
        self.problem.setVisible(bool(row.problem))
        wrong = "true" if row.problem else "false"
        if self.field.property("wrong") != wrong:
            self.field.setProperty("wrong", wrong)
            repolish(self.field)


GROUPS = tuple(dict.fromkeys(setting.group for setting in SETTINGS))
