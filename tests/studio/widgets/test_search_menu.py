"""A menu that is searched by typing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.widgets.search_menu import SearchMenu


def test_typing_leads_to_a_line(qtbot: QtBot) -> None:
    menu = SearchMenu("Sampler")
    qtbot.addWidget(menu)
    chosen: list[str] = []
    for name in ("Euler", "Heun", "DPM++ 2M", "DPM++ 2M SDE"):
        menu.addAction(name).triggered.connect(lambda _=False, name=name: chosen.append(name))
    menu.popup(menu.pos())
    QTest.keyClicks(menu, "dpm++ 2m s")
    QTest.keyClick(menu, Qt.Key.Key_Return)
    menu.popup(menu.pos())
    QTest.keyClicks(menu, "eu")
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert chosen == ["DPM++ 2M SDE", "Euler"]
