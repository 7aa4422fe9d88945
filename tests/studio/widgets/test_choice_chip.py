from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.theme import Theme
from studio.widgets.choice_chip import ChoiceChip


def test_its_menu_holds_as_much_the_third_time_as_the_first(qapp: QApplication, qtbot: QtBot) -> None:
    chip = ChoiceChip(Theme(qapp), "Model", [(None, "All models"), ("tabletop", "Tabletop")])
    qtbot.addWidget(chip)
    chip.show()
    counts = list[int]()
    for _ in range(3):
        chip.click()
        chip._menu.close()
        counts.append(len(chip._menu.findChildren(QObject)))
    assert counts == [counts[0]] * 3
    chip._menu.actions()[1].trigger()
    assert chip.value() == "tabletop"
    chip.click()
    assert [action.isChecked() for action in chip._menu.actions()] == [False, True]
    chip._menu.close()
