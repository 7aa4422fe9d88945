from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.widgets.flow import Flow


@pytest.fixture
def flow(qtbot: QtBot) -> Flow:
    made = Flow(across=10, down=5)
    qtbot.addWidget(made)
    for _ in range(3):
        part = QLabel()
        part.setFixedSize(100, 20)
        made.addWidget(part)
    made.resize(500, 100)
    made.show()
    return made


def corners(flow: Flow) -> list[tuple[int, int]]:
    return [(part.x(), part.y()) for part in flow.findChildren(QLabel)]


def test_a_full_line_goes_on_in_the_next(flow: Flow) -> None:
    assert corners(flow) == [(0, 0), (110, 0), (220, 0)]
    flow.resize(210, 100)
    assert corners(flow) == [(0, 0), (110, 0), (0, 25)]
    assert flow.heightForWidth(320) == 20
    assert flow.heightForWidth(210) == 45
    assert flow.heightForWidth(50) == 70


def test_a_layout_gives_it_the_height_it_needs(flow: Flow, qtbot: QtBot) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(flow)
    column.addStretch(1)
    whole.resize(215, 300)
    whole.show()
    assert flow.height() == 45
    flow.findChildren(QLabel)[0].setFixedSize(100, 40)
    qtbot.waitUntil(lambda: flow.height() == 65)
    flow.setParent(None)
