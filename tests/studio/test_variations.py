"""Variations around a variation: by key, by Enter on a tile, by double click; nearer and wider; and the way back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.requests import Branch, ImageRequest
from core.turns import CENTRE, Turn
from studio.main_window import MainWindow
from studio.viewmodels.canvas import is_grid
from studio.viewmodels.draft import Draft
from studio.viewmodels.draft_change import describe
from studio.viewmodels.variation import around_words, neighbourhood_words, turned_words, way
from tests.studio.scripted import Script
from tests.studio.test_session import WAIT_MS, make
from tests.studio.test_steps_on_show import branchable


def shown(window: MainWindow) -> ImageRequest:
    run = window.session.stage.run
    assert run is not None
    assert run.request is not None
    return run.request


def settle(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    """The nine that were asked for are made and on show."""
    session = window.session
    qtbot.waitUntil(lambda: session.runs.running is not None, timeout=WAIT_MS)
    script.release(session.desk.draft.steps)
    qtbot.waitUntil(lambda: not session.runs.busy and session.stage.canvas.view.finished, timeout=WAIT_MS)


def nine(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    make(window, qtbot, script, prompt="a red cube", seed=3)
    window.actions_["variations"].trigger()
    settle(window, qtbot, script)


@pytest.mark.parametrize("by", ["key", "button", "enter", "double click"])
def test_a_variation_becomes_the_middle_of_the_next_nine(
    window: MainWindow, qtbot: QtBot, script: Script, by: str
) -> None:
    nine(window, qtbot, script)
    canvas, session = window.create_page.canvas, window.session
    chosen = f"{session.stage.run.job_id}-04" if session.stage.run else ""
    tile = canvas.neighbours.tiles[3]
    if by in ("key", "button"):
        QTest.mouseClick(tile, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: session.stage.canvas.view.finished, timeout=WAIT_MS)
    match by:
        case "key":
            window.actions_["variations"].trigger()
        case "button":
            QTest.mouseClick(canvas.variation_bar.ways[0], Qt.MouseButton.LeftButton)
        case "enter":
            tile.setFocus()
            QTest.keyClick(tile, Qt.Key.Key_Return)
        case _:
            QTest.mouseDClick(tile, Qt.MouseButton.LeftButton)
    settle(window, qtbot, script)
    request = shown(window)
    assert (request.turns, request.neighbours) == ((Turn(3, 0.5),), 0.5)
    assert (request.around, session.stage.item) == (chosen, CENTRE)
    assert canvas.variation_bar.isVisible()
    assert canvas.parent_bar.text() == "Back out"
    assert canvas.parent_bar.accessibleName() == "Around “a red cube”, 1 turn from its seed: go to it"


def test_nearer_and_wider_halve_and_double_the_radius_within_bounds(
    window: MainWindow, qtbot: QtBot, script: Script
) -> None:
    nine(window, qtbot, script)
    for name, radius in (("nearer", 0.25), ("nearer", 0.125), ("wider", 0.25), ("wider", 0.5), ("wider", 1.0)):
        window.actions_[f"variations_{name}"].trigger()
        settle(window, qtbot, script)
        assert (shown(window).neighbours, shown(window).turns) == (radius, ())
    window.actions_["variations_wider"].trigger()
    settle(window, qtbot, script)
    assert shown(window).neighbours == 1.0


def test_the_way_back_leads_out_one_neighbourhood_at_a_time(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    nine(window, qtbot, script)
    session = window.session
    first = shown(window)
    session.variations.around_item(7)
    settle(window, qtbot, script)
    window.actions_["parent"].trigger()
    qtbot.waitUntil(lambda: session.stage.canvas.view.finished, timeout=WAIT_MS)
    assert (shown(window), session.stage.item) == (first, 7)
    assert session.stage.canvas.view.grid
    window.actions_["parent"].trigger()
    qtbot.waitUntil(lambda: session.stage.canvas.view.finished, timeout=WAIT_MS)
    assert (shown(window).count, shown(window).around) == (1, "")
    assert not window.actions_["parent"].isEnabled()


def test_the_settings_of_a_variation_make_that_very_picture(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    nine(window, qtbot, script)
    session, section = window.session, window.create_page.prompt.picture
    assert section.turned.isHidden() or not section.turned.isVisible()
    session.stage.set_item(3)
    qtbot.waitUntil(lambda: session.stage.canvas.view.finished, timeout=WAIT_MS)
    window.actions_["reuse"].trigger()
    assert session.desk.request().turns == (Turn(3, 0.5),)
    assert section.turned.isVisible()
    assert Draft.from_dict(session.desk.draft.to_dict()) == session.desk.draft
    section.drop_turns.click()
    assert session.desk.request().turns == ()
    assert not section.turned.isVisible()


def test_a_branch_is_varied_where_it_leaves_its_parent(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session = window.session
    make(window, qtbot, script, prompt="a red cube", seed=3, steps=8)
    session.stage.set_step(5)
    branchable(window, qtbot)
    session.branch()
    make(window, qtbot, script, prompt="a blue cube")
    middle = session.gallery.current
    assert middle is not None
    window.actions_["variations"].trigger()
    settle(window, qtbot, script)
    assert is_grid(session.stage.run)
    assert session.stage.run is not None
    request = session.stage.run.request
    assert request is not None
    assert (request.count, request.neighbours, request.around) == (9, 0.5, middle.id)
    assert request.branch == middle.recipe.request.branch
    assert session.stage.canvas.inputs.parent == "Around “a blue cube”"
    session.stage.set_item(3)
    qtbot.waitUntil(lambda: session.stage.canvas.view.finished, timeout=WAIT_MS)
    window.actions_["reuse"].trigger()
    draft = session.desk.draft
    assert (draft.branch, draft.turns) == (request.branch, (Turn(3, 0.5),))
    assert draft.request().turns == (Turn(3, 0.5),)
    session.desk.drop_branch()
    assert (session.desk.draft.branch, session.desk.draft.turns) == (None, ())


def test_turns_in_words() -> None:
    turns = (Turn(3, 0.5), Turn(1, 0.25))
    assert way(turns) == "left 45°, then above 22.5°"
    assert [turned_words(turns[:n]) for n in range(3)] == ["", "Noise turned once", "Noise turned 2 times"]
    around = ImageRequest("x", turns=turns, neighbours=0.125, count=9)
    assert neighbourhood_words(around) == "Each 11.2° of noise from the middle, 2 turns from its seed"
    assert around_words(replace(around, turns=()), "“x”") == "Around “x”"
    assert around_words(replace(around, branch=Branch("job", 0, 5)), "“x”").endswith(
        "2 turns from its branch at step 5"
    )
    assert describe(Draft(turns=turns), Draft(), back=True) == "Turns of the noise back to as it was"


@pytest.mark.parametrize("kept", [[{"place": 4, "radius": 0.5}], [{"place": 3}], [3], "3:0.5", 7])
def test_kept_turns_that_can_not_be_read_are_none(kept: object) -> None:
    assert Draft.from_dict({"prompt": "x", "turns": kept, "first_turn": 3}) == Draft("x")
