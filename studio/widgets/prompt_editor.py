"""The field for prompts: colours what its marks mean, and weighs words by a key."""

from __future__ import annotations

from itertools import accumulate, pairwise

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QKeyEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QPlainTextEdit

from core.conditioning.prompt_syntax import Kind
from core.conditioning.prompt_weight import reweighted
from studio.theme import Theme, fonts, sizes
from studio.viewmodels.prompt import Marked

INKS = {
    Kind.WEIGHT: "acc_tx",
    Kind.CHOICE: "prompt_choice",
    Kind.CHANGE: "prompt_change",
    Kind.ESCAPE: "tx3",
}
"""Kind of mark -> the theme's token that it is written in."""


class PromptEditor(QPlainTextEdit):
    """Tab moves on, as in a form.

    written(text): the user changed the text. Qt's own textChanged comes for a new colour, too.
    """

    written = Signal(str)

    def __init__(self, theme: Theme, name: str, placeholder: str, height: int) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setFont(fonts.prompt())
        self.setTabChangesFocus(True)
        sizes.fix(self, height=height, lines=height // 21)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.highlighter = PromptHighlighter(self.document(), theme)
        self._text = ""
        self.textChanged.connect(self._compare)
        self.cursorPositionChanged.connect(self._tell_cursor)

    def complete(self) -> None:
        """Have what is inside, in whose face the placeholder is drawn, follow the text scale.

        Once the window stands: handed a widget that Qt made itself, PySide first makes ready every kind of widget there
        is, which takes longer than the rest of this panel.
        """
        self.viewport().setFont(fonts.prompt())

    def event(self, event: QEvent) -> bool:
        # The field would keep Ctrl Up for itself on some systems; the window's actions have it.
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride and _weighs(event):
            event.ignore()
            return False
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            done = super().event(event)
            self._tell_cursor()
            return done
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def show_text(self, words: str) -> None:
        """Show another text unless it is what stands there."""
        if words != self.toPlainText():
            self._text = words
            with QSignalBlocker(self):
                self.setPlainText(words)

    def change_weight(self, by: float) -> None:
        """Weigh the selected words, or the word at the cursor, more or less; one step for undo."""
        text, cursor = self.toPlainText(), self.textCursor()
        places = utf16_places(text)
        start, end = (places.index(place) for place in (cursor.selectionStart(), cursor.selectionEnd()))
        edit = reweighted(text, start, end, by)
        if edit.text == text:
            return
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(edit.text)
        cursor.endEditBlock()
        after = utf16_places(edit.text)
        cursor.setPosition(after[edit.end if start == end else edit.start])
        cursor.setPosition(after[edit.end], QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def _compare(self) -> None:
        text = self.toPlainText()
        if text != self._text:
            self._text = text
            self.written.emit(text)

    def _tell_cursor(self) -> None:
        self.highlighter.set_cursor(self.textCursor().position() if self.hasFocus() else None)


class PromptHighlighter(QSyntaxHighlighter):
    """Draws what `show` was last given."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._theme = theme
        self._marked = Marked()
        self._places = [0]
        self._cursor: int | None = None
        theme.changed.connect(self.rehighlight)

    def show(self, marked: Marked) -> None:
        """Take up what a text's marks and words mean."""
        if marked != self._marked:
            self._marked, self._places = marked, utf16_places(marked.text)
            self.rehighlight()

    def set_cursor(self, place: int | None) -> None:
        """The word that is being written there is not called unknown yet; None for no cursor."""
        before, self._cursor = self._called(), place
        if self._called() != before:
            self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        tokens, first = self._theme.tokens, self.currentBlock().position()
        last = first + utf16_places(text)[-1]
        unknown = self._called()
        cuts = sorted({place for span in self._marked.spans for place in (span.start, span.end)})
        cuts = sorted({*cuts, *(place for word in unknown for place in word)})
        spans = iter(self._marked.spans)
        span = next(spans, None)
        for start, end in pairwise(cuts):
            while span is not None and span.end <= start:
                span = next(spans, None)
            if span is None:
                return
            look = QTextCharFormat()
            if span.kind in INKS:
                look.setForeground(QColor(getattr(tokens, INKS[span.kind])))
                look.setFontWeight(QFont.Weight.DemiBold)
            if any(word[0] <= start and end <= word[1] for word in unknown):
                look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
                look.setUnderlineColor(QColor(tokens.warn))
            begin, close = max(self._places[start], first), min(self._places[end], last)
            if begin < close:
                self.setFormat(begin - first, close - begin, look)

    def _called(self) -> tuple[tuple[int, int], ...]:
        """The unknown words that are called so."""
        if self._cursor is None:
            return self._marked.unknown
        return tuple(word for word in self._marked.unknown if self._places[word[1]] != self._cursor)


def utf16_places(text: str) -> list[int]:
    """Where each character, and the end, stands in Qt's count of a text."""
    return list(accumulate((1 + (ord(character) > 0xFFFF) for character in text), initial=0))


def _weighs(event: QKeyEvent) -> bool:
    keys = (Qt.Key.Key_Up, Qt.Key.Key_Down)
    return event.key() in keys and bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
