"""Asking for files: what was chosen arrives, and a dialog that was closed is gone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from studio.widgets.file_dialog import ask_for_folder, ask_for_picture, ask_where_to_save

Then = Callable[[Path], object]
ASKS: dict[str, Callable[[QWidget, Then], None]] = {
    "picture": lambda parent, then: ask_for_picture(parent, "Open", then),
    "save": lambda parent, then: ask_where_to_save(parent, "Save", "a.png", then),
    "folder": lambda parent, then: ask_for_folder(parent, "Export", "/", then),
}


@pytest.mark.parametrize("name", ASKS)
@pytest.mark.parametrize("way", ["accept", "reject"])
def test_a_dialog_tells_what_was_chosen_and_is_gone_once_closed(qtbot: QtBot, name: str, way: str) -> None:
    parent, chosen = QWidget(), list[Path]()
    qtbot.addWidget(parent)
    ASKS[name](parent, chosen.append)
    dialog = parent.findChild(QFileDialog)
    assert dialog.isVisible()
    if way == "accept":
        dialog.fileSelected.emit("/somewhere/a.png")
    dialog.reject()
    qtbot.waitUntil(lambda: parent.findChildren(QObject) == [])
    assert chosen == ([Path("/somewhere/a.png")] if way == "accept" else [])
