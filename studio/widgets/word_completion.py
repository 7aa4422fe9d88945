"""Words that may be meant, in a list at the cursor of a prompt. It takes neither the focus nor a key it can't use."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QVBoxLayout

from studio.theme import fonts, sizes
from studio.viewmodels.completion import Choice, choices, completed
from studio.viewmodels.completion import Words as Words
from studio.widgets.prompt_editor import PromptEditor, utf16_places

ROW, LEAST_WIDTH, MARGIN, GAP = 24, 140, 4, 2
STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
TAKES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)


class WordCompletion(QObject):
    """Down and Up choose, Enter or Tab take what is chosen, Esc closes; all else is the editor's.

    words(): the words known now. Of what the user writes `offer` is to be told.
    """

    def __init__(self, editor: PromptEditor, words: Callable[[], Words]) -> None:
        super().__init__(editor)
        self._editor, self._words = editor, words
        self.choices: tuple[Choice, ...] = ()
        self._shown_for = ("", -1)
        self.frame = QFrame(editor.window())
        self.frame.setProperty("surface", "float")
        self.frame.hide()
        self.list = QListWidget()
        self.list.setFont(fonts.label())
        self.list.setAccessibleName("Words that may be meant")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        column = QVBoxLayout(self.frame)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.addWidget(self.list)
        self.list.clicked.connect(lambda index: self._take(index.row()))
        editor.cursorPositionChanged.connect(self._follow)
        editor.installEventFilter(self)

    def offer(self) -> None:
        """Something was written."""
        text, cursor = self._standing()
        self.choices = choices(text, cursor, self._words()) if self._editor.hasFocus() else ()
        self._shown_for = (text, cursor)
        if not self.choices:
            self.hide()
            return
        self.list.clear()
        for choice in self.choices:
            item = QListWidgetItem(choice.words)
            item.setSizeHint(QSize(0, sizes.tall(ROW)))
            self.list.addItem(item)
        self.list.setCurrentRow(-1)
        self._place()
        self._editor.setAccessibleDescription("May become " + ", ".join(choice.words for choice in self.choices))

    def hide(self) -> None:
        """Offer nothing."""
        if not self.frame.isHidden():
            self.frame.hide()
            self._editor.setAccessibleDescription("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.frame.isHidden():
            return False
        match event.type():
            case QEvent.Type.FocusOut | QEvent.Type.Wheel | QEvent.Type.Hide:
                self.hide()
            case QEvent.Type.ShortcutOverride if isinstance(event, QKeyEvent) and self._is_mine(event):
                event.accept()
                return True
            case QEvent.Type.KeyPress if isinstance(event, QKeyEvent) and self._is_mine(event):
                self._act(Qt.Key(event.key()))
                return True
            case _:
                pass
        return super().eventFilter(watched, event)

    def _is_mine(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        # Until one is chosen, Enter and Tab are the editor's.
        return key in STEPS or key == Qt.Key.Key_Escape or (key in TAKES and self.list.currentRow() >= 0)

    def _act(self, key: Qt.Key) -> None:
        if key in STEPS:
            row = self.list.currentRow() + STEPS[key]
            self.list.setCurrentRow(min(max(row, 0), len(self.choices) - 1))
            self._editor.setAccessibleDescription(self.choices[self.list.currentRow()].words)
        elif key in TAKES:
            self._take(self.list.currentRow())
        else:
            self.hide()

    def _take(self, row: int) -> None:
        text, cursor = self._standing()
        choice = self.choices[row]
        after, _ = completed(text, cursor, choice)
        places = utf16_places(text)
        pen = self._editor.textCursor()
        pen.setPosition(places[choice.start])
        pen.setPosition(places[cursor], QTextCursor.MoveMode.KeepAnchor)
        pen.insertText(choice.words)
        assert self._editor.toPlainText() == after, "the editor holds what was worked out"
        self._editor.setTextCursor(pen)
        self.hide()

    def _standing(self) -> tuple[str, int]:
        """The text, and how many characters stand before the cursor."""
        text = self._editor.toPlainText()
        return text, utf16_places(text).index(self._editor.textCursor().position())

    def _follow(self) -> None:
        """The cursor has gone elsewhere in the same text."""
        if not self.frame.isHidden():
            text, cursor = self._standing()
            if text == self._shown_for[0] and cursor != self._shown_for[1]:
                self.hide()

    def _place(self) -> None:
        """Under the cursor, within the window."""
        window = self._editor.window()
        if self.frame.parentWidget() is not window:
            self.frame.setParent(window)
        metrics = self.list.fontMetrics()
        widest = max(metrics.horizontalAdvance(choice.words) for choice in self.choices)
        width = max(widest + 24, sizes.wide(LEAST_WIDTH)) + 2 * MARGIN
        height = sizes.tall(ROW) * len(self.choices) + 2 * MARGIN + 2
        rect = self._editor.cursorRect()
        corner = self._editor.viewport().mapTo(window, rect.bottomLeft() + QPoint(-8, GAP))
        x = min(max(corner.x(), 4), window.width() - width - 4)
        self.frame.setGeometry(x, corner.y(), width, height)
        self.frame.show()
        self.frame.raise_()
