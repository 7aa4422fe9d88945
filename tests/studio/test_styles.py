"""Styles of a model: chips in the left panel, a key, the palette, the recipe."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.main_window import MainWindow
from studio.viewmodels.draft import Draft
from studio.viewmodels.finding import Found
from studio.viewmodels.recipe_rows import recipe_sections
from tests.studio.scripted import CARD
from tests.studio.viewmodels.test_history import artifact

STYLED = replace(CARD, id="styled", title="Styled", styles=("3d", "flat"))


def offered(window: MainWindow, words: str) -> list[Found]:
    sections = list[tuple[tuple[Found, ...], ...]]()
    window.finder.found.connect(sections.append)
    window.finder.ask(words)
    return [found for section in sections[-1] for found in section if found.section == "Styles"]


def test_chips_are_there_for_a_model_with_styles_alone(window: MainWindow) -> None:
    desk, panel = window.session.desk, window.create_page.prompt
    assert panel.styles is None
    assert not window.actions_["style"].isEnabled()
    desk.take_cards((CARD, STYLED))
    desk.choose_model("styled")
    assert panel.styles is not None
    assert [chip.text() for chip in panel.styles.chips] == ["Any", "3D", "Flat"]
    assert panel._style_row.isVisibleTo(panel)
    panel.styles.chips[1].click()
    assert desk.request().style == "3d"
    assert [chip.isChecked() for chip in panel.styles.chips] == [False, True, False]
    QTest.keyClick(panel.styles.chips[1], Qt.Key.Key_Right)
    assert desk.draft.style == "flat"
    desk.undo()
    assert (desk.draft.style, panel.styles.chips[0].isChecked()) == ("", True)
    desk.choose_model("flat")
    assert (desk.draft.style, panel._style_row.isVisibleTo(panel)) == ("", False)


def test_the_key_goes_round_and_the_palette_takes_one(window: MainWindow) -> None:
    desk = window.session.desk
    desk.take_cards((STYLED,))
    seen = list[str]()
    for _ in range(3):
        window.actions_["style"].trigger()
        seen.append(desk.draft.style)
    assert seen == ["3d", "flat", ""]
    (found,) = [each for each in offered(window, "style flat") if each.title == "Flat"]
    found.do()
    assert desk.draft.style == "flat"


def test_a_picture_gives_its_style_back() -> None:
    request = Draft(model_id="styled", prompt="a fox", style="3d").request()
    assert Draft().with_request(request).style == "3d"
    assert Draft.from_dict(Draft(style="3d").to_dict()).style == "3d"
    made = artifact(1)
    made = replace(made, recipe=replace(made.recipe, request=request))
    words = recipe_sections(made)[0]
    assert ("Style", "3D") in [(fact.label, fact.value) for fact in words.facts]
