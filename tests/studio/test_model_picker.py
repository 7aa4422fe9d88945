"""The choice of models: what each can do and takes, why one can't be used, all by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.models.card import ModelCard
from studio.main_window import MainWindow
from studio.panels.model_picker import ModelPicker
from studio.viewmodels.cost import Cost
from studio.viewmodels.model_choice import cost_here, model_entries, skills
from tests.studio.scripted import CARD, PLANNING

STICKERS = replace(CARD, id="stickers", title="Stickers", network="stickers", styles=("3d", "flat"))
MISSING = "The text encoder is not here; start Noisette with packaging/start.py"


@pytest.fixture
def picker(window: MainWindow) -> Callable[..., ModelPicker]:
    def opened(*cards: ModelCard) -> ModelPicker:
        window.session.desk.take_cards(cards)
        window.actions_["model"].trigger()
        found = QApplication.activePopupWidget()
        assert isinstance(found, ModelPicker)
        return found

    return opened


def test_an_entry_says_what_a_model_can_do_and_takes() -> None:
    assert skills(STICKERS) == "Reads open English; draws in 3D, Flat"
    assert skills(PLANNING) == "Reads a prompt; plans what stands where, for you to move"
    assert skills(replace(CARD, network="tabletop")).startswith("Reads 166 words")
    assert cost_here(Cost()) == "Not measured on this computer yet"
    assert cost_here(Cost(0.42, True, 31_000_000)) == "At most 0.4 s a picture here, 31 MB of memory"
    first, other = model_entries((CARD, STICKERS), "flat", lambda _: Cost(4.0), {"stickers": MISSING})
    assert (first.now, first.hindrance, first.cost) == (True, "", "4.0 s a picture here")
    assert other.figures == "32 × 32, 64 × 64 pixels; 2.9 M weights; Apache-2.0"
    assert other.spoken.endswith(MISSING)
    (found,) = model_entries((CARD, STICKERS), "flat", lambda _: Cost(), {}, "stick")
    assert found.id == "stickers"


def test_arrows_go_through_them_and_enter_takes_one(window: MainWindow, picker: Callable[..., ModelPicker]) -> None:
    opened = picker(CARD, STICKERS)
    first, other = opened.entries
    assert first.hasFocus()
    assert not opened.field.isVisibleTo(opened)
    QTest.keyClick(first, Qt.Key.Key_Down)
    assert other.hasFocus()
    QTest.keyClick(other, Qt.Key.Key_Return)
    assert window.session.desk.draft.model_id == "stickers"


def test_many_are_searched(window: MainWindow, picker: Callable[..., ModelPicker]) -> None:
    opened = picker(*(replace(CARD, id=f"flat-{number}") for number in range(5)), STICKERS)
    assert opened.field.hasFocus()
    QTest.keyClicks(opened.field, "xyz")
    assert opened.entries == []
    opened.field.setText("sticker")
    QTest.keyClick(opened.field, Qt.Key.Key_Return)
    assert window.session.desk.draft.model_id == "stickers"


def test_one_that_can_not_be_used_says_why_and_blocks(window: MainWindow, picker: Callable[..., ModelPicker]) -> None:
    desk = window.session.desk
    desk.take_hindrances({"stickers": MISSING})
    opened = picker(CARD, STICKERS)
    opened.entries[1].click()
    view = desk.prompt.view
    assert (view.estimate, view.main_enabled, view.model_state) == (MISSING, False, "Incomplete")
    assert window.session.generate() is None
    desk.choose_model("flat")
    assert desk.prompt.view.main_enabled
