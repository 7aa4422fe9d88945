from __future__ import annotations

from dataclasses import Field, dataclass, fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.colour import ColourSettings
from core.requests import Branch, GridSettings, GuidanceSettings, SolverSettings, StartPicture, Variation
from core.turns import Turn
from studio.main_window import MainWindow
from studio.undo import MERGE_S, MOST_STEPS, UndoStack
from studio.viewmodels.draft import Draft
from studio.viewmodels.draft_change import describe

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@dataclass(frozen=True)
class Pair:
    a: int = 0
    b: int = 0


class Owner:
    """Keeps a value and the steps that led to it."""

    def __init__(self) -> None:
        self.value, self.stack, self.now = Pair(), UndoStack[Pair](), 0.0

    def change(self, after: float = 10.0, **changes: int) -> None:
        self.now += after
        new = replace(self.value, **changes)
        self.stack.record(self.value, new, self.now)
        self.value = new

    def undo(self) -> None:
        self.value = self.stack.undo(self.value) or self.value

    def redo(self) -> None:
        self.value = self.stack.redo(self.value) or self.value


def test_changes_are_taken_back_and_made_again() -> None:
    owner = Owner()
    owner.change(a=1)
    owner.change(b=2)
    owner.undo()
    assert owner.value == Pair(1, 0)
    owner.undo()
    assert owner.value == Pair()
    assert not owner.stack.can_undo
    owner.undo()
    owner.redo()
    owner.redo()
    assert owner.value == Pair(1, 2)
    owner.undo()
    owner.change(a=7)
    assert not owner.stack.can_redo


def test_typing_and_dragging_are_one_step() -> None:
    owner = Owner()
    for value in range(1, 6):
        owner.change(after=MERGE_S / 2, a=value)
    owner.change(after=MERGE_S / 2, b=1)
    owner.undo()
    assert owner.value == Pair(5, 0)
    owner.undo()
    assert owner.value == Pair()


def test_a_fields_own_undo_takes_the_step_back() -> None:
    owner = Owner()
    owner.change(a=1)
    owner.change(a=0)
    assert not owner.stack.can_undo
    owner.redo()
    assert owner.value == Pair(1, 0)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3), st.floats(0, 3)), max_size=30))
def test_undoing_everything_leads_to_the_beginning_and_back(changes: list[tuple[str, int, float]]) -> None:
    owner = Owner()
    for name, value, after in changes:
        owner.change(after=after, **{name: value})
    end, steps = owner.value, 0
    while owner.stack.can_undo:
        owner.undo()
        steps += 1
    assert owner.value == Pair()
    for _ in range(steps):
        owner.redo()
    assert owner.value == end


def test_only_so_many_steps_are_kept() -> None:
    owner = Owner()
    for value in range(1, MOST_STEPS + 50):
        owner.change(a=value)
    while owner.stack.can_undo:
        owner.undo()
    assert owner.value == Pair(49, 0)


def test_what_was_undone_is_said() -> None:
    old = Draft(prompt="a cube", steps=20, width=96, height=96)
    for new, back, words in (
        (replace(old, steps=30), True, "Steps back to 30"),
        (replace(old, steps=30), False, "Steps again 30"),
        (replace(old, prompt=""), True, "Prompt back to nothing"),
        (replace(old, prompt="a red cone"), True, "Prompt back to “a red cone”"),
        (replace(old, sampler="heun"), True, "Sampler back to Heun"),
        (replace(old, width=64, height=64), True, "Size back to 64 × 64"),
        (replace(old, time_grid="karras"), True, "Noise schedule back to as it was"),
        (replace(old, model_id="other", steps=9), True, "Model back to other, with its settings"),
        (replace(old, steps=9, count=4), True, "2 settings taken back"),
    ):
        assert describe(old, new, back=back) == words


CHANGED: dict[str, object] = {
    "solver": SolverSettings(order=2),
    "turns": (Turn(3, 0.5),),
    "seed_locked": True,
    "interval": (0.1, 0.9),
    "guide": GuidanceSettings(method="apg"),
    "grid": GridSettings(smallest=0.02),
    "preset_grid": GridSettings(smallest=0.02),
    "branch": Branch("job", 0, 3),
    "start": StartPicture("0" * 64, 0.5),
    "variation": Variation(8, 0.2),
    "colour": ColourSettings(exposure=0.5),
}
"""Another value of each field that is neither a text nor a number."""


@pytest.mark.parametrize("entry", fields(Draft), ids=lambda entry: entry.name)
@pytest.mark.parametrize("back", [True, False])
def test_every_setting_has_its_words(entry: Field[Any], back: bool) -> None:
    default = getattr(Draft(), entry.name)
    other = CHANGED.get(entry.name)
    if other is None:
        other = f"other {default}" if isinstance(default, str) else default + 1
    there, again = Draft(), replace(Draft(), **{entry.name: other})
    for old, new in ((there, again), (again, there)):
        words = describe(old, new, back=back)
        assert "setting" not in words.lower()
        assert words[0].isupper()


def test_new_settings_are_named_with_their_values() -> None:
    blank = Draft()
    for changes, words in (
        ({"noise_scale": 1.003}, "Noise scale back to 1.003"),
        ({"colour": ColourSettings("fit", -0.5)}, "Colour back to fitted into range, exposure −0.50"),
        ({"variation": Variation(8, 0.2)}, "Blend of seeds back to 0.20 of seed 8"),
        ({"start": StartPicture("0" * 64, 0.6)}, "Start back to another picture at 0.60"),
        ({"branch": Branch("job", 0, 3), "branch_of": "a cube"}, "Branch back to as it was"),
    ):
        assert describe(blank, replace(blank, **changes), back=True) == words
    assert describe(replace(blank, start=StartPicture("0" * 64, 0.6)), blank, back=True) == "Start back to noise"


def test_the_window_undoes_settings_and_leaves_fields_their_own(window: MainWindow, qtbot: QtBot) -> None:
    said: list[str] = []
    window.session.said.connect(said.append)
    window.activateWindow()
    desk, editor = window.session.desk, window.create_page.prompt.editor
    steps = desk.draft.steps
    desk.change(steps=steps + 7)
    desk.change(count=3)
    window.create_page.sampler.steps.track.setFocus()
    QTest.keyClick(window, Qt.Key.Key_Z, CONTROL)
    QTest.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert (desk.draft.steps, desk.draft.count) == (steps, 1)
    assert said[-2:] == ["Count back to 1", f"Steps back to {steps}"]
    QTest.keyClick(window, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert desk.draft.steps == steps + 7
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    QTest.keyClicks(editor, "a cube")
    QTest.keyClick(editor, Qt.Key.Key_Z, CONTROL)
    assert editor.toPlainText() == desk.draft.prompt == ""
    # The field's own steps are spent: the next one is the settings'.
    QTest.keyClick(editor, Qt.Key.Key_Z, CONTROL)
    assert desk.draft.steps == steps
    QTest.keyClick(editor, Qt.Key.Key_Z, CONTROL)
    assert said[-1] == "Nothing to undo"
