"""What a layer remembers, and when it is painted anew."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.widgets.layer import Layer


def test_a_layer_is_painted_once_for_a_key_and_a_size(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(20, 10)
    layer, painted = Layer(widget), list[str]()

    def draw(key: str, colour: str) -> QImage:
        image = QImage(20, 10, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)

        def paint(painter: QPainter) -> None:
            painted.append(key)
            painter.fillRect(QRect(0, 0, 5, 5), QColor(colour))

        with QPainter(image) as painter:
            layer.draw(painter, key, paint)
        return image

    assert draw("a", "red").pixelColor(4, 4) == QColor("red")
    assert draw("a", "blue").pixelColor(4, 4) == QColor("red"), "the key is the same"
    assert draw("b", "blue").pixelColor(4, 4) == QColor("blue")
    assert draw("b", "blue").pixelColor(6, 6).alpha() == 0
    widget.resize(30, 10)
    draw("b", "blue")
    assert painted == ["a", "b", "b"]
