from __future__ import annotations

from collections import Counter

from PySide6.QtGui import QKeySequence

from studio.actions import CARDS, shown_keys
from studio.main_window import MainWindow
from studio.panels.command_palette import matching


def test_every_action_has_name_key_and_tooltip_and_no_key_twice() -> None:
    keys = Counter(QKeySequence(each).toString() for card in CARDS for each in card.keys)
    assert all(keys), "a key sequence that Qt does not know"
    assert max(keys.values()) == 1
    for card in CARDS:
        assert card.name
        assert card.tip
        assert card.keys
    assert len({card.id for card in CARDS}) == len(CARDS)


def test_keys_read_well() -> None:
    shown = {card.id: shown_keys(card) for card in CARDS}
    assert (shown["generate"], shown["theme"], shown["all_panels"], shown["new_seed"]) == (
        "Ctrl Enter",
        "Ctrl Shift L",
        "\\",
        "D",
    )


def test_every_action_does_something(window: MainWindow) -> None:
    for card in CARDS:
        action = window.actions_[card.id]
        assert action.receivers("2triggered(bool)") > 0, card.id
        assert shown_keys(card) in action.toolTip()


def test_search_finds_commands_by_words_in_any_order(window: MainWindow) -> None:
    entries = window.actions_.listed()
    assert next(card.id for card, _ in matching(entries, "seed new")) == "new_seed"
    assert [card.id for card, _ in matching(entries, "dark")] == ["theme"]
    assert matching(entries, "no such command") == []
    assert "export" not in [card.id for card, _ in matching(entries, "")]
