from __future__ import annotations

import pytest
from PySide6.QtGui import QFont, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.theme import Theme
from studio.viewmodels.prompt import marked
from studio.widgets.prompt_editor import PromptEditor


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp)


@pytest.fixture
def editor(qtbot: QtBot, theme: Theme) -> PromptEditor:
    """Marks what is typed, with "velvet" and "🎨" as the words that are new."""
    made = PromptEditor(theme, "Prompt", "", 100)
    made.written.connect(lambda text: made.highlighter.show(marked(text, ("velvet", "🎨"))))
    qtbot.addWidget(made)
    return made


def looks(editor: PromptEditor) -> list[tuple[str, str, bool, bool]]:
    """(words, colour, bold, dotted) of every stretch that is drawn in a way of its own."""
    found: list[tuple[str, str, bool, bool]] = []
    block = editor.document().begin()
    while block.isValid():
        octets = block.text().encode("utf-16-le")
        for part in block.layout().formats():
            look = part.format
            words = octets[2 * part.start : 2 * (part.start + part.length)].decode("utf-16-le")
            inked = look.hasProperty(QTextCharFormat.Property.ForegroundBrush)
            colour = look.foreground().color().name().upper() if inked else ""
            dotted = look.underlineStyle() is QTextCharFormat.UnderlineStyle.DotLine
            if colour or dotted:
                found.append((words, colour, look.fontWeight() == QFont.Weight.DemiBold, dotted))
        block = block.next()
    return found


def test_marks_are_coloured_and_new_words_dotted(editor: PromptEditor, theme: Theme) -> None:
    editor.setPlainText("a (big ball:1.2), {red|coral}, velvet [fog->light:0.4]")
    for name in ("dark", "light"):
        theme.use(name)
        tokens = theme.tokens
        assert [(words, colour) for words, colour, *_ in looks(editor) if colour] == [
            ("(big ball:1.2)", tokens.acc_tx),
            ("{red|coral}", tokens.prompt_choice),
            ("[fog->light:0.4]", tokens.prompt_change),
        ]
        assert [words for words, _, _, dotted in looks(editor) if dotted] == ["velvet"]
        assert all(bold for _, colour, bold, _ in looks(editor) if colour)


def test_colours_follow_what_is_typed_over_lines_and_past_emoji(editor: PromptEditor) -> None:
    editor.insertPlainText("🎨 velvet (red\n")
    assert [words for words, *_ in looks(editor)] == ["🎨", "velvet"]
    editor.insertPlainText("velvet cube:1.2) and")
    found = looks(editor)
    assert [words for words, *_ in found] == ["🎨", "velvet", "(red", "velvet", " cube:1.2)"]
    assert [dotted for *_, dotted in found] == [True, True, False, True, False]
    assert found[3][1] == found[2][1] != ""


def test_the_word_that_is_being_written_is_not_called_new_yet(editor: PromptEditor, qtbot: QtBot) -> None:
    editor.show()
    editor.activateWindow()
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    editor.insertPlainText("a velvet")
    assert looks(editor) == []
    editor.insertPlainText(" ")
    assert [words for words, *_ in looks(editor)] == ["velvet"]
    editor.moveCursor(QTextCursor.MoveOperation.Left)
    assert looks(editor) == []
    editor.clearFocus()
    assert [words for words, *_ in looks(editor)] == ["velvet"]


def test_weights_change_at_the_cursor_and_are_undone_in_one_step(editor: PromptEditor) -> None:
    editor.setPlainText("🎨 a red cube")
    cursor = editor.textCursor()
    cursor.setPosition(7)
    editor.setTextCursor(cursor)
    for expected in ("🎨 a (red:1.1) cube", "🎨 a (red:1.2) cube"):
        editor.change_weight(0.1)
        assert editor.toPlainText() == expected
        assert not editor.textCursor().hasSelection()
    editor.undo()
    assert editor.toPlainText() == "🎨 a (red:1.1) cube"
    editor.change_weight(-0.1)
    assert editor.toPlainText() == "🎨 a red cube"


def test_a_selection_is_weighed_whole_and_stays_selected(editor: PromptEditor) -> None:
    editor.setPlainText("a red cube")
    cursor = editor.textCursor()
    cursor.setPosition(2)
    cursor.setPosition(10, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)
    editor.change_weight(0.1)
    editor.change_weight(0.1)
    assert editor.toPlainText() == "a (red cube:1.2)"
    assert editor.textCursor().selectedText() == "red cube"


def test_only_the_user_writes(editor: PromptEditor) -> None:
    heard: list[str] = []
    editor.written.connect(heard.append)
    editor.insertPlainText("a (red:1.2) velvet")
    assert heard == ["a (red:1.2) velvet"]
    editor.highlighter.show(marked("another (red:1.2)", ()))
    editor.highlighter.rehighlight()
    editor.show_text("another (red:1.2)")
    assert len(heard) == 1
    assert editor.toPlainText() == "another (red:1.2)"
    assert [words for words, *_ in looks(editor)] == ["(red:1.2)"]


def test_where_no_word_is_nothing_changes(editor: PromptEditor) -> None:
    editor.change_weight(0.1)
    assert editor.toPlainText() == ""
