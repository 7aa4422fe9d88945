"""Marks on a picture's tile: favourite, batch, branch."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPixmap

from studio.theme import fonts, icons
from studio.theme.tokens import DARK, PICTURE_LABEL

if TYPE_CHECKING:
    from core.history.finder import HistoryRow

DISC, LABEL_HEIGHT, INSET = 18, 17, 4


def paint_badges(painter: QPainter, box: QRectF, row: HistoryRow) -> None:
    """Upper right: favourite. Lower left: how many a batch has, on its last one; and the sign of a branch."""
    ratio = painter.device().devicePixelRatioF()
    if row.favourite:
        painter.drawPixmap(
            QPointF(box.right() - DISC - INSET, box.top() + INSET), _disc("star_filled", DARK.acc, ratio)
        )
    left = box.left() + INSET + 1
    if ends_batch(row.item, row.count):
        label = batch_label(row.count, ratio)
        painter.drawPixmap(QPointF(left, box.bottom() - LABEL_HEIGHT - INSET), label)
        left += label.width() / ratio + 3
    if row.branched:
        branch = _disc("branch", PICTURE_LABEL[0], ratio)
        painter.drawPixmap(QPointF(left, box.bottom() - DISC - INSET + 0.5), branch)


def is_badged(row: HistoryRow) -> bool:
    """Whether `paint_badges` may have something to paint."""
    return row.favourite or row.branched or row.count > 1


def ends_batch(item: int, count: int) -> bool:
    """Whether a picture is the last of several made together: the newest, so the first one listed."""
    return count > 1 and item == count - 1


@cache
def batch_label(count: int, ratio: float) -> QPixmap:
    """ "×4" on its dark ground."""
    words, face = f"×{count}", fonts.font(11, 600)
    width = round(QFontMetricsF(face).horizontalAdvance(words)) + 10
    made, ground = _blank(width, LABEL_HEIGHT, ratio)
    with QPainter(made) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(0, 0, width, LABEL_HEIGHT), 4, 4)
        painter.setPen(QColor(PICTURE_LABEL[0]))
        painter.setFont(face)
        painter.drawText(QRectF(0, 0, width, LABEL_HEIGHT), Qt.AlignmentFlag.AlignCenter, words)
    return made


@cache
def _disc(icon: str, colour: str, ratio: float) -> QPixmap:
    made, ground = _blank(DISC, DISC, ratio)
    with QPainter(made) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawEllipse(QRectF(0, 0, DISC, DISC))
        icons.paint(painter, icon, colour, QRectF(3, 3, DISC - 6, DISC - 6))
    return made


def _blank(width: int, height: int, ratio: float) -> tuple[QPixmap, QColor]:
    made = QPixmap(round(width * ratio), round(height * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    _, ground, opacity = PICTURE_LABEL
    colour = QColor(ground)
    colour.setAlphaF(opacity)
    return made, colour
