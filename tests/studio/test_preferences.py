from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from core.history.home import HomeFolder
from studio.background import Background
from studio.main_window import MainWindow
from studio.preferences import BY_KEY, GROUPS, PREFERENCES, Kind, PreferenceError, Preferences, spoken
from studio.settings import Settings
from studio.theme import DARK
from studio.widgets.switch import Switch
from tests.studio.scripted import Script
from tests.studio.test_session import WAIT_MS, make

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


def test_the_table_is_whole() -> None:
    assert len(BY_KEY) == len(PREFERENCES)
    for preference in PREFERENCES:
        assert preference.group in GROUPS
        assert preference.help.endswith(".")
        assert preference.check(preference.default) == preference.default
        assert preference.told(preference.default)
        if preference.kind is Kind.NUMBER:
            assert preference.low < preference.high
            assert preference.read(preference.write(preference.default)) == preference.default


@given(st.sampled_from(PREFERENCES), JSON)
def test_a_damaged_value_is_refused_with_what_would_do(preference: object, value: object) -> None:
    assert isinstance(preference, type(PREFERENCES[0]))
    fits = {
        Kind.SWITCH: isinstance(value, bool),
        Kind.CHOICE: isinstance(value, str) and value in dict(preference.choices),
        Kind.NUMBER: type(value) is int and preference.low <= value <= preference.high,
    }
    if fits[preference.kind]:
        assert preference.check(value) == value
    else:
        with pytest.raises(PreferenceError, match=preference.name):
            preference.check(value)


def test_what_is_kept_comes_back_and_damage_falls_back(tmp_path: Path, qtbot: QtBot) -> None:
    settings = Settings(Background(threads=1), tmp_path)
    settings.keep("theme", "purple")
    settings.keep("look/text_scale", 900)
    settings.keep("storage/keep_trajectory", True)
    preferences = Preferences(settings)
    assert preferences["theme"] == "dark"
    assert preferences["look/text_scale"] == 100
    assert preferences["storage/keep_trajectory"] is True
    heard: list[str] = []
    preferences.changed.connect(heard.append)
    preferences.set("look/text_scale", 125)
    preferences.set("look/text_scale", 125)
    assert heard == ["look/text_scale"]
    assert preferences.look().text_scale == 1.25
    settings.close()
    assert Preferences(Settings(Background(threads=1), tmp_path))["look/text_scale"] == 125
    with pytest.raises(PreferenceError, match="Text size can't be 90; give 100 % to 150 %"):
        preferences.set("look/text_scale", 90)
    del qtbot


def test_sizes_are_read_with_their_units() -> None:
    memory = BY_KEY["storage/trajectory_memory"]
    assert (memory.read("2 GB"), memory.read("1.5gb"), memory.read("800 mb"), memory.read("800")) == (
        2000,
        1500,
        800,
        800,
    )
    assert memory.write(1500) == "1.5 GB"
    assert spoken(BY_KEY["theme"], "light") == "Theme: light"
    assert spoken(BY_KEY["work/device"], "cuda") == "Device: NVIDIA"


def test_the_page_changes_the_look_at_once(window: MainWindow) -> None:
    window.actions_["settings"].trigger()
    page = window.settings_mode.page
    assert page.isVisible()
    height = window.create_page.prompt.main.height()
    page.rows["look/contrast"].control.chosen.emit(1)  # type: ignore[attr-defined]
    assert window.theme.tokens.line2 == DARK.ctl
    assert window.theme.tokens.track == DARK.ctl
    window._preferences.set("look/text_scale", 150)
    assert window.create_page.prompt.main.font().pixelSize() == 20
    assert window.create_page.prompt.main.height() > height
    window._preferences.set("look/surround", "grey")
    window._preferences.set("look/motion", "reduced")
    assert window.theme.duration(180) == 0
    window._preferences.set("look/motion", "full")
    assert window.theme.duration(180) == 180
    for key in BY_KEY:
        window._preferences.reset(key)
    assert window.theme.tokens == DARK
    assert window.create_page.prompt.main.font().pixelSize() == 13
    assert window.create_page.prompt.main.height() == height


def test_device_and_trajectory_go_with_requests_and_the_page_offers_what_is_there(
    window: MainWindow, qtbot: QtBot, script: Script
) -> None:
    window.actions_["settings"].trigger()
    page = window.settings_mode.page
    qtbot.waitUntil(lambda: window.house._devices != (), timeout=60_000)
    qtbot.waitUntil(lambda: page.rows["storage/trajectory_disk"].note.text() == "In use: 0 MB", timeout=WAIT_MS)
    device = page.rows["work/device"]
    assert device._values[:2] == ("auto", "cpu")
    window._preferences.set("work/device", "cpu")
    switch = page.rows["storage/keep_trajectory"].control
    assert isinstance(switch, Switch)
    switch.click()
    make(window, qtbot, script)
    artifact = window.session.gallery.current
    assert artifact is not None
    assert artifact.recipe.request.device == "cpu"
    assert artifact.recipe.request.keep_trajectory


def test_folders_are_made_and_opened(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("PySide6.QtGui.QDesktopServices.openUrl", lambda url: opened.append(url.toLocalFile()) is None)
    window.actions_["settings"].trigger()
    folder = HomeFolder(window._home).pictures
    window.settings_mode.page.folder_wanted.emit(folder)
    qtbot.waitUntil(lambda: bool(opened), timeout=WAIT_MS)
    assert folder.is_dir()
    assert Path(opened[0]) == folder


def test_the_theme_of_the_window_is_the_settings(open_studio: Callable[..., MainWindow]) -> None:
    window = open_studio(ready=False)
    window.actions_["theme"].trigger()
    assert window._preferences["theme"] == "light"
    window.close()
    again = open_studio(ready=False)
    assert again.theme.tokens.name == "light"
    again.actions_["theme"].trigger()


def test_budgets_reach_the_engine_at_the_start_and_when_they_change(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[int, int]] = []
    monkeypatch.setattr(window.bridge.engine, "set_trajectory_budgets", lambda *budgets: heard.append(budgets))
    window._preferences.set("storage/trajectory_disk", 3000)
    qtbot.waitUntil(lambda: bool(heard), timeout=WAIT_MS)
    assert heard[-1] == (window._preferences["storage/trajectory_memory"] * 10**6, 3 * 10**9)
