from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.main_window import MainWindow
from studio.panels.command_palette import CommandPalette
from studio.viewmodels.finding import Found, best, score
from tests.studio.scripted import Script
from tests.studio.test_session import WAIT_MS, make


def entry(title: str, words: str = "", section: str = "Commands") -> Found:
    return Found(section, title, lambda: None, words)


def titles(entries: list[Found], search: str) -> list[str]:
    return [found.title for found in best(entries, search, 9)]


def test_titles_come_before_what_stands_beside_them() -> None:
    entries = [entry("Dark or light", "Change the theme"), entry("Theme: light"), entry("Export")]
    assert titles(entries, "theme") == ["Theme: light", "Dark or light"]
    assert titles(entries, "light theme")[0] == "Theme: light"
    assert titles(entries, "") == ["Dark or light", "Theme: light", "Export"]
    assert titles(entries, "export now") == []


def test_small_mistakes_are_forgiven_and_large_ones_not() -> None:
    entries = [entry("Guidance scale"), entry("Generate")]
    assert titles(entries, "guidence") == ["Guidance scale"]
    assert titles(entries, "genrate") == ["Generate"]
    assert titles(entries, "xqzt") == []
    assert titles(entries, "xy") == []


@given(st.lists(st.text(max_size=12), max_size=8), st.text(max_size=10))
def test_every_answer_answers(names: list[str], search: str) -> None:
    entries = [entry(name) for name in names]
    answers = best(entries, search, 5)
    assert len(answers) <= 5
    scores = [score(found, search) for found in answers]
    assert all(value > 0 for value in scores)
    if search.strip():
        assert scores == sorted(scores, reverse=True)


def palette(window: MainWindow) -> CommandPalette:
    window.actions_["palette"].trigger()
    sheet = QApplication.activePopupWidget()
    assert isinstance(sheet, CommandPalette)
    return sheet


def shown(sheet: CommandPalette) -> list[tuple[str, str]]:
    return [(line.section, line.title) for line in sheet.list._model.lines if isinstance(line, Found)]


def test_a_setting_is_set_by_keyboard_alone(window: MainWindow) -> None:
    sheet = palette(window)
    QTest.keyClicks(sheet.field, "theme light")
    assert sheet.list.chosen is not None
    assert sheet.list.chosen.title == "Theme: light"
    QTest.keyClick(sheet.field, Qt.Key.Key_Return)
    assert window.theme.tokens.name == "light"
    sheet = palette(window)
    QTest.keyClicks(sheet.field, "text size")
    QTest.keyClick(sheet.field, Qt.Key.Key_Return)
    assert window.modes.currentWidget() is window.settings_mode.page
    window.actions_["theme"].trigger()


def test_samplers_schedules_and_models_are_taken(window: MainWindow) -> None:
    desk = window.session.desk
    for search, section, taken in (
        ("heun", "Samplers", lambda: desk.draft.sampler == "heun"),
        ("karras", "Noise schedules", lambda: desk.draft.time_grid == "karras"),
        ("flat", "Models", lambda: desk.draft.model_id == "flat"),
    ):
        sheet = palette(window)
        sheet.field.setText(search)
        assert sheet.list.chosen is not None
        assert sheet.list.chosen.section == section
        QTest.keyClick(sheet.field, Qt.Key.Key_Return)
        assert taken()


def test_commands_that_can_not_act_are_left_out(window: MainWindow) -> None:
    sheet = palette(window)
    names = [title for section, title in shown(sheet) if section == "Commands"]
    assert "Generate" in names
    assert "Export" not in names
    sheet.close()


def test_pictures_and_prompts_are_found_in_the_history(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    for prompt, seed in (("a red cube", 1), ("a blue sphere", 2)):
        make(window, qtbot, script, prompt=prompt, seed=seed)
    window.session.desk.change(prompt="something else")
    sheet = palette(window)
    pictured: list[str] = []
    window.finder.pictured.connect(lambda name, _image: pictured.append(name))
    sheet.field.setText("cube")
    answers = [("Pictures", "a red cube"), ("Recent prompts", "a red cube")]
    qtbot.waitUntil(lambda: sorted(shown(sheet)) == answers, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: bool(pictured), timeout=WAIT_MS)
    found = next(line for line in sheet.list._model.lines if isinstance(line, Found) and line.section == "Pictures")
    sheet.close()
    found.do()
    current = window.session.gallery.current
    assert current is not None
    assert current.recipe.request.prompt == "a red cube"


def test_the_arrows_pass_over_titles_and_stop_at_the_ends(window: MainWindow) -> None:
    sheet = palette(window)
    sheet.field.setText("s")
    answers = [line for line in sheet.list._model.lines if isinstance(line, Found)]
    for expected in answers[:4]:
        assert sheet.list.chosen is expected
        QTest.keyClick(sheet.field, Qt.Key.Key_Down)
    for _ in range(60):
        QTest.keyClick(sheet.field, Qt.Key.Key_Down)
    assert sheet.list.chosen is answers[-1]
    sheet.close()
