"""Words offered at the prompt's cursor, and prompts to try."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.conditioning.prompt_weight import WORD
from studio.main_window import MainWindow
from studio.viewmodels.completion import Choice, Words, choices, completed
from studio.viewmodels.prompt_examples import EXAMPLES, SOLIDS, examples_for
from studio.vocabulary import LISTS, VocabularyError, read_words
from studio.widgets.word_completion import WordCompletion
from tests.studio.scripted import CARD
from tests.studio.test_session import WAIT_MS

STICKERS = replace(CARD, id="stickers", network="stickers", styles=("3d", "flat"))
KNOWN = Words(("food", "fox", "folder", "hot"), ("fox face", "hot dog", "hot face", "waving hand"))


def words(text: str, cursor: int | None = None) -> list[str]:
    return [choice.words for choice in choices(text, len(text) if cursor is None else cursor, KNOWN)]


def test_what_a_word_may_become() -> None:
    assert words("a fo") == ["food", "fox", "folder"]
    assert words("a fo", 3) == []
    assert words("a f") == words("a fo x") == words("") == []
    assert words("Fo") == ["Food", "Fox", "Folder"]
    assert words("(fo") == ["food", "fox", "folder"]
    assert words("fox") == ["fox face"]
    assert words("a waving h") == ["waving hand"]
    assert choices("a hot d", 7, KNOWN) == (Choice(2, "hot dog"),)
    assert completed("a hot d, 3d", 7, Choice(2, "hot dog")) == ("a hot dog, 3d", 9)


def test_the_shipped_list_is_small_and_can_be_read(tmp_path) -> None:  # type: ignore[no-untyped-def]
    shipped = LISTS["stickers"]
    assert shipped.stat().st_size < 300_000
    known = read_words(shipped)
    assert {"fox", "folder", "rocket"} <= set(known.words)
    assert all(" " in phrase for phrase in known.phrases)
    assert [each.words for each in choices("a fo", 4, known)][:2] != []
    (tmp_path / "bad.json").write_text(json.dumps({"words": 3}))
    with pytest.raises(VocabularyError, match="restore the file"):
        read_words(tmp_path / "bad.json")


@pytest.fixture
def completion(window: MainWindow, qtbot: QtBot) -> WordCompletion:
    desk, panel = window.session.desk, window.create_page.prompt
    desk.take_cards((STICKERS,))
    window.activateWindow()
    panel.editor.setFocus()
    QTest.keyClicks(panel.editor, "a")
    qtbot.waitUntil(lambda: bool(panel.completion._words().words), timeout=WAIT_MS)
    return panel.completion


def test_down_and_enter_complete_a_word_and_undo_takes_it_back(window: MainWindow, completion: WordCompletion) -> None:
    editor = window.create_page.prompt.editor
    editor.insertPlainText(" 🙂 ")
    QTest.keyClicks(editor, "fol")
    assert not completion.frame.isHidden()
    offered = [choice.words for choice in completion.choices]
    assert all(each.startswith("fol") for each in offered)
    assert offered[0] in editor.accessibleDescription()
    QTest.keyClick(editor, Qt.Key.Key_Down)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert window.session.desk.draft.prompt == f"a 🙂 {offered[0]}"
    assert completion.frame.isHidden()
    editor.undo()
    assert window.session.desk.draft.prompt.startswith("a 🙂 fol")


def test_until_one_is_chosen_keys_are_the_editors(window: MainWindow, completion: WordCompletion) -> None:
    editor = window.create_page.prompt.editor
    QTest.keyClicks(editor, " fo")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert window.session.desk.draft.prompt == "a fo\n"
    assert completion.frame.isHidden()
    QTest.keyClicks(editor, "fo")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert completion.frame.isHidden()
    QTest.keyClicks(editor, "x")
    QTest.keyClick(editor, Qt.Key.Key_Left)
    assert completion.frame.isHidden()
    QTest.keyClick(editor, Qt.Key.Key_End)
    QTest.keyClicks(editor, " ca")
    assert not completion.frame.isHidden()
    window.create_page.prompt.leave_out.setFocus()
    assert completion.frame.isHidden()


def test_examples_are_the_models_own(window: MainWindow) -> None:
    desk, canvas, panel = window.session.desk, window.create_page.canvas, window.create_page.prompt
    assert len(canvas.welcome.examples) == 3
    assert SOLIDS[0].prompt in panel.editor.placeholderText()
    desk.take_cards((STICKERS,))
    assert EXAMPLES["stickers"][0].prompt in panel.editor.placeholderText()
    canvas.welcome.examples[2].taken.emit()
    assert (desk.draft.prompt, desk.draft.style) == ("an angry pizza", "3d")
    assert all(each.style in ("", "3d", "flat") for each in examples_for(STICKERS))
    known = set(read_words(LISTS["stickers"]).words)
    prompts = [
        set(WORD.findall(each.prompt)) - {"a", "an", "of", "with", "in", "on", "the"} for each in EXAMPLES["stickers"]
    ]
    # Nouns that the captions know, each with something that they may not.
    assert all(prompt & known for prompt in prompts)
