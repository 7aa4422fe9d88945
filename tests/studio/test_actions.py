from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio import keys
from studio.action_groups import REST, grouped
from studio.actions import CARDS, KEPT, ShortcutError, shown_keys
from studio.main_window import MainWindow
from studio.panels.shortcuts import ShortcutSheet


def test_every_action_has_name_key_and_tooltip_and_no_key_twice() -> None:
    used = Counter(keys.normal(each) for card in CARDS for each in card.keys)
    assert all(used), "a key sequence that Qt does not know"
    assert max(used.values()) == 1
    for card in CARDS:
        assert card.name
        assert card.tip
        assert card.keys
    assert len({card.id for card in CARDS}) == len(CARDS)


def test_every_action_is_listed_once_by_group() -> None:
    listed = Counter(card.id for _, cards in grouped() for card in cards)
    assert set(listed) == {card.id for card in CARDS}
    assert max(listed.values()) == 1
    assert [title for title, _ in grouped()][-1] in (REST, "Window")


def test_keys_read_well() -> None:
    shown = {card.id: shown_keys(card) for card in CARDS}
    assert (shown["generate"], shown["theme"], shown["all_panels"], shown["new_seed"], shown["settings"]) == (
        "Ctrl Enter",
        "Ctrl Shift L",
        "\\",
        "D",
        "Ctrl ,",
    )
    assert keys.shown("Ctrl++") == "Ctrl +"
    assert keys.shown("+") == "+"
    assert keys.shown("") == ""


@given(st.text(max_size=20))
def test_what_is_no_key_is_told_apart(text: str) -> None:
    spelled = keys.normal(text)
    assert keys.normal(spelled) == spelled
    assert not spelled or QKeySequence(spelled).count() == 1


@pytest.mark.parametrize(
    ("key", "modifiers", "text", "typed"),
    [
        (Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier, "\x0c", "Ctrl+Shift+L"),
        (Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier, "?", "?"),
        (Qt.Key.Key_J, Qt.KeyboardModifier.ShiftModifier, "J", "Shift+J"),
        (Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier, "", "Shift+F6"),
        (Qt.Key.Key_Control, Qt.KeyboardModifier.ControlModifier, "", ""),
        (Qt.Key.Key_1, Qt.KeyboardModifier.KeypadModifier, "1", "1"),
        (Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier, " ", "Shift+Space"),
    ],
)
def test_keys_are_read_as_they_are_typed(key: Qt.Key, modifiers: Qt.KeyboardModifier, text: str, typed: str) -> None:
    assert keys.typed(QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text)) == typed


def test_every_action_does_something(window: MainWindow) -> None:
    for card in CARDS:
        action = window.actions_[card.id]
        assert action.receivers("2triggered(bool)") > 0, card.id
        assert shown_keys(card) in action.toolTip()


def test_keys_can_be_changed_and_taken_and_set_back(window: MainWindow) -> None:
    actions, top = window.actions_, window.create_page.prompt.picture.dice
    actions.set_keys("new_seed", "Ctrl+D")
    assert actions["new_seed"].shortcuts() == [QKeySequence("Ctrl+D")]
    assert "(Ctrl D)" in top.toolTip()
    with pytest.raises(ShortcutError, match="Ctrl J already does “Queue”; press other keys, or take it"):
        actions.set_keys("new_seed", "Ctrl+J")
    assert actions.keys("new_seed") == ("Ctrl+D",)
    actions.set_keys("new_seed", "Ctrl+J", take=True)
    assert actions.keys("queue") == ()
    assert actions["queue"].toolTip() == "What runs, waits and has ended"
    actions.reset("queue")
    assert (actions.keys("queue"), actions.keys("new_seed")) == (("Ctrl+J",), ())
    actions.set_keys("favourite")
    actions.reset_all()
    assert not any(actions.is_changed(card.id) for card in CARDS)
    with pytest.raises(ShortcutError, match="names no key"):
        actions.set_keys("favourite", "no such key")


def test_changed_keys_outlive_the_window(open_studio: Callable[..., MainWindow]) -> None:
    window = open_studio()
    window.actions_.set_keys("new_seed", "Alt+M")
    window.actions_.set_keys("favourite")
    window.close()
    again = open_studio()
    assert again.actions_.keys("new_seed") == ("Alt+M",)
    assert again.actions_.keys("favourite") == ()
    assert again.actions_.keys("generate") == ("Ctrl+Return", "Ctrl+Enter")


@pytest.mark.parametrize(
    "kept", [{"new_seed": "D"}, {"new_seed": [3]}, {"new_seed": ["nonsense"]}, {"gone": ["D"]}, {"favourite": ["D"]}]
)
def test_damaged_keys_fall_back_and_no_key_serves_two(
    open_studio: Callable[..., MainWindow], kept: dict[str, object]
) -> None:
    window = open_studio(ready=False)
    window._settings.keep(KEPT, kept)
    window.close()
    actions = open_studio(ready=False).actions_
    used = Counter(each for card in CARDS for each in actions.keys(card.id))
    assert max(used.values()) == 1
    assert actions.keys("new_seed") == (() if "favourite" in kept else ("D",))


def test_remapping_by_keyboard(window: MainWindow, qtbot: object) -> None:
    window.activateWindow()
    window.actions_["settings"].trigger()
    page = window.settings_mode.page
    page.show_page(1)
    row = next(row for row in page.shortcuts.rows if row.card.id == "new_seed")
    row.keys.setFocus()
    QTest.keyClick(row.keys, Qt.Key.Key_Space)
    assert row.keys.text() == "Press keys"
    QTest.keyClick(row.keys, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert "Ctrl J already does" in row.problem.text()
    row.take.click()
    assert window.actions_.keys("new_seed") == ("Ctrl+J",)
    QTest.keyClick(row.keys, Qt.Key.Key_Space)
    QTest.keyClick(row.keys, Qt.Key.Key_Backspace)
    assert window.actions_.keys("new_seed") == ()
    assert row.keys.text() == "Off"
    page.shortcuts.field.setText("seed")
    assert [each.card.id for each in page.shortcuts.rows if each.isVisible()] == ["new_seed", "lock_seed"]
    del qtbot


def test_the_sheet_narrows_and_leads_to_the_settings(window: MainWindow) -> None:
    window.actions_.set_keys("theme", "Ctrl+T")
    window.actions_["shortcuts"].trigger()
    sheet = QApplication.activePopupWidget()
    assert isinstance(sheet, ShortcutSheet)
    assert sheet.height() <= window.height()
    sheet.field.setText("ctrl t")
    assert not sheet._nothing.isVisible()
    sheet.field.setText("no such thing")
    assert sheet._nothing.isVisible()
    sheet._change()
    assert window.modes.currentWidget() is window.settings_mode.page
