"""Wherever the window names a key, it names the one that the user has given."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio.main_window import MainWindow
from studio.viewmodels.remedies import KEYED
from studio.widgets.key_words import KeyWords

Words = Callable[[MainWindow], str]


def of_label(find: Callable[[MainWindow], QLabel]) -> Words:
    return lambda window: "" if find(window).isHidden() else find(window).text()


PLACES: dict[str, tuple[str, str, Words]] = {
    "model": ("model", "M to change", lambda window: window.create_page.prompt.findChild(KeyWords).text()),
    "run bar": ("cancel", "Esc", of_label(lambda window: window.create_page.canvas.run_bar.cancel.hint)),
    "run bar's tip": ("cancel", "(Esc)", lambda window: window.create_page.canvas.run_bar.cancel.toolTip()),
    "search": ("palette", "Ctrl K", lambda window: words_of(window.top)),
    **{
        f"remedy {place + 1}": (
            name,
            key,
            of_label(lambda window, place=place: window.create_page.canvas.error.remedies[place].key),
        )
        for place, (name, key) in enumerate(zip(KEYED, ("R", "2", "3"), strict=True))
    },
    "status": ("palette", "Ctrl K", lambda window: words_of(window.status)),
    "weights": ("weight_up", "Ctrl Up", lambda window: tips_of(window.create_page.prompt)),
    "canvas": ("pin", "(Shift P)", lambda window: window.create_page.canvas.header.pin.toolTip()),
    "guidance": ("guidance", "G", lambda window: window.create_page.sampler.scale.shown_keys()),
    "resume": ("resume_run", "(Shift R)", lambda window: window.create_page.canvas.resume_bar.resume.toolTip()),
}
"""Place -> action, what is read there with the usual key, and how to read it."""


def words_of(widget: object) -> str:
    return "|".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())  # type: ignore[attr-defined]


def tips_of(widget: object) -> str:
    return "|".join(label.toolTip() for label in widget.findChildren(QLabel))  # type: ignore[attr-defined]


@pytest.mark.parametrize("place", PLACES)
def test_a_key_word_follows_the_key_and_goes_with_it(window: MainWindow, place: str) -> None:
    name, usual, read = PLACES[place]
    bare = usual.strip("()").removesuffix(" to change")
    assert usual in read(window)
    window.actions_.set_keys(name, "Alt+F9")
    now = read(window)
    assert "Alt F9" in now
    assert bare not in now.split("|") if "|" in now else bare not in now
    window.actions_.set_keys(name)
    off = read(window)
    assert "F9" not in off
    assert "()" not in off
    assert "to change" not in off


def test_the_way_to_all_shortcuts_is_told_by_its_key(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_.set_keys("shortcuts", "F7")
    window.setFocus()
    with qtbot.waitSignal(window.session.said) as said:
        window.explain()
    assert said.args == ["Nothing more is known of what has the focus; press F7 for all shortcuts"]
    window.actions_.set_keys("shortcuts")
    with qtbot.waitSignal(window.session.said) as said:
        window.explain()
    assert said.args == ["Nothing more is known of what has the focus"]
