"""Tooltips: a title, a sentence or two, range, default and shortcut, below what they explain and never over it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, cast
from weakref import WeakKeyDictionary

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QApplication, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.theme import Theme, fonts, sizes
from studio.theme.tokens import RADIUS_FLOAT, TOOLTIP_MS
from studio.widgets.text import line, text, wrapped

NOTCH, SHADOW, GAP = 7, 8, 2
WIDTH = 264
WITH_KEYS = re.compile(r"(.+) \(((?:(?:Ctrl|Alt|Shift|Meta) )*[^ ()]{1,9})\)", re.DOTALL)
MARGIN = 6


@dataclass(frozen=True, slots=True)
class TipCard:
    """range, default: of a number, as written. keys: as users read them. foot: what else can be done with it."""

    title: str
    words: str = ""
    range: str = ""
    default: str = ""
    keys: str = ""
    foot: str = ""


class Explained(Protocol):
    """A widget that writes its own card."""

    def tip_card(self) -> TipCard: ...


def tooltip_card(widget: QWidget) -> TipCard:
    """A card from a widget's name and its tooltip, which may end in keys: "Draw another seed (D)"."""
    title = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton | QLabel) else "")
    words, shortcut = widget.toolTip(), ""
    if found := WITH_KEYS.fullmatch(words):
        words, shortcut = found[1], found[2]
    if words == title or not title:
        return TipCard(words, keys=shortcut)
    return TipCard(title, words if words.endswith(".") else words + ".", keys=shortcut)


class Tips(QObject):
    """Shows the cards of what `explain` was told of: after a rest of the pointer, or at once for the focus."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        # A card that held its widget would keep it for good.
        self._cards: WeakKeyDictionary[QWidget, Callable[[Any], TipCard]] = WeakKeyDictionary()
        self._target: QWidget | None = None
        self._tip: Tip | None = None
        self._rest = QTimer(self, singleShot=True, interval=TOOLTIP_MS)
        self._rest.timeout.connect(self._show)

    @property
    def visible(self) -> bool:
        return self._tip is not None and self._tip.isVisible()

    def adopt(self, root: QWidget) -> None:
        """Explain everything in `root` that has a card, or a tooltip, of its own."""
        for widget in root.findChildren(QWidget):
            if hasattr(type(widget), "tip_card"):
                # Asking whether it is an `Explained` would take ten times as long, of each widget of the window.
                self.explain(widget, cast("type[Explained]", type(widget)).tip_card)
            elif widget.toolTip():
                self.explain(widget, tooltip_card)

    def explain(self, widget: QWidget, card: Callable[[Any], TipCard]) -> None:
        """Have a widget explained, by what `card` says of it, with everything in it that has no card of its own."""
        if widget not in self._cards:
            widget.installEventFilter(self)
        self._cards[widget] = card

    def card(self, widget: QWidget | None) -> tuple[QWidget, TipCard] | None:
        """The explained widget that this one is, or is part of, with its card."""
        while widget is not None:
            if widget in self._cards:
                return widget, self._cards[widget](widget)
            widget = widget.parentWidget()
        return None

    def show_for_focus(self) -> bool:
        """Explain what has the focus, now. False where nothing is known of it."""
        self._target = QApplication.focusWidget()
        return self._show()

    def hide(self) -> bool:
        """Take the tip away. False where none was shown."""
        self._rest.stop()
        was, self._target = self.visible, None
        if self._tip is not None:
            self._tip.hide()
        return was

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.Enter if isinstance(watched, QWidget):
                self.hide()
                self._target = watched
                self._rest.start()
            case QEvent.Type.Leave if isinstance(watched, QWidget):
                self.hide()
                outer = self.card(watched.parentWidget())
                if outer is not None and outer[0].underMouse():
                    self._target = outer[0]
                    self._rest.start()
            case QEvent.Type.MouseButtonPress | QEvent.Type.Wheel | QEvent.Type.KeyPress | QEvent.Type.Hide:
                self.hide()
            case QEvent.Type.ToolTip:
                # Qt's own would come over the control.
                return True
            case _:
                pass
        return False

    def _show(self) -> bool:
        found = self.card(self._target)
        if found is None or not found[0].isVisible():
            return False
        if self._tip is None:
            self._tip = Tip(self._theme)
        self._tip.show_card(*found)
        return True


class Tip(QFrame):
    """The card itself."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(None, Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._theme, self._notch, self._below = theme, 0.0, True
        self.title, self.keys = text("", "tx1", fonts.card()), text("", "tx3", fonts.caption())
        self.words = wrapped("", "tx2")
        self._line = line()
        self.range, self.default = text("", "tx1", fonts.value()), text("", "tx1", fonts.value())
        self.foot = text("", "tx3")
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.keys)
        feet = QHBoxLayout()
        feet.setSpacing(20)
        feet.addWidget(self.range)
        feet.addWidget(self.default)
        feet.addStretch(1)
        feet.addWidget(self.foot)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(7)
        self._column.addLayout(head)
        self._column.addWidget(self.words)
        self._column.addWidget(self._line)
        self._column.addLayout(feet)

    def show_card(self, widget: QWidget, card: TipCard) -> None:
        """Below the widget, above it where there is no room; as wide as it, within bounds."""
        for label, words in (
            (self.title, card.title),
            (self.keys, card.keys),
            (self.words, card.words),
            (self.range, card.range),
            (self.default, f"default {card.default}" if card.default else ""),
            (self.foot, card.foot),
        ):
            label.setText(words)
            label.setVisible(bool(words))
        self._line.setVisible(bool(card.range or card.default or card.foot))
        self.setAccessibleName(f"{card.title}. {card.words}")
        self._place(widget)
        self.show()
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        box = QRectF(self.rect()).adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
        box = box.adjusted(0, NOTCH, 0, 0) if self._below else box.adjusted(0, 0, 0, -NOTCH)
        body = QPainterPath()
        body.addRoundedRect(box, RADIUS_FLOAT, RADIUS_FLOAT)
        edge, tip = (box.top(), box.top() - NOTCH) if self._below else (box.bottom(), box.bottom() + NOTCH)
        notch = QPainterPath(QPointF(self._notch - NOTCH - 1, edge))
        notch.lineTo(self._notch, tip)
        notch.lineTo(self._notch + NOTCH + 1, edge)
        shape = body.united(notch)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            for reach in range(SHADOW, 0, -2):
                painter.setBrush(QColor(0, 0, 0, 14))
                painter.drawRoundedRect(box.adjusted(-reach, 2 - reach, reach, reach), 12 + reach, 12 + reach)
            painter.setPen(QPen(QColor(tokens.line2), 1))
            painter.setBrush(QColor(tokens.bg2))
            painter.drawPath(shape)

    def _place(self, widget: QWidget) -> None:
        room = widget.window().frameGeometry()
        corner = widget.mapToGlobal(QPoint(0, 0))
        least = sizes.wide(WIDTH)
        width = min(max(widget.width() + 2 * MARGIN, least), round(1.3 * least)) + 2 * SHADOW
        for below in (True, False):
            self._below = below
            top, bottom = (NOTCH, 0) if below else (0, NOTCH)
            self._column.setContentsMargins(14 + SHADOW, 11 + SHADOW + top, 14 + SHADOW, 11 + SHADOW + bottom)
            self._column.activate()
            height = max(self._column.totalHeightForWidth(width), self._column.minimumSize().height())
            if corner.y() + widget.height() + height <= room.bottom() or not below:
                break
        x = corner.x() + widget.width() // 2 - width // 2
        x = max(min(x, room.right() - width + SHADOW), room.left() - SHADOW)
        y = corner.y() + widget.height() + GAP - SHADOW if self._below else corner.y() - height - GAP + SHADOW
        self._notch = min(max(corner.x() + widget.width() / 2 - x, 24.0 + SHADOW), width - 24.0 - SHADOW)
        self.setGeometry(x, y, width, height)
