"""What a screen reader is told of painted widgets: role, value in words, number and range."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSlider, QWidget
from pytestqt.qtbot import QtBot

from core.requests import CUSTOM
from studio import accessible
from studio.main_window import MainWindow
from studio.theme import Theme
from studio.viewmodels import wording
from studio.widgets.ring import Ring
from studio.widgets.slider_field import SliderField
from studio.widgets.spoken import listen
from studio.widgets.track import RangeTrack
from tests.studio.scripted import Script
from tests.studio.test_session import WAIT_MS

ROOT = Path(__file__).resolve().parents[2]
ROLE = QAccessible.Role


def heard(widget: QWidget) -> tuple[QAccessible.Role, str, str]:
    """Role, name and value in words."""
    spoken = QAccessible.queryAccessibleInterface(widget)
    return spoken.role(), spoken.text(QAccessible.Text.Name), spoken.text(QAccessible.Text.Value)


def number(widget: QWidget) -> tuple[float, float, float, float]:
    """Value, least, most and step."""
    value = QAccessible.queryAccessibleInterface(widget).valueInterface()
    return value.currentValue(), value.minimumValue(), value.maximumValue(), value.minimumStepSize()


def put(widget: QWidget, value: float) -> None:
    QAccessible.queryAccessibleInterface(widget).valueInterface().setCurrentValue(value)


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    accessible.install()
    return Theme(qapp)


def test_a_sliders_number_is_the_users_not_the_tracks(theme: Theme, qtbot: QtBot) -> None:
    field = SliderField(theme, "Scale", 1, 15, 0.1, lambda value: f"{value:.1f}", title="Guidance scale")
    qtbot.addWidget(field)
    field.set_value(3.0, 1.0)
    assert heard(field.track) == (ROLE.Slider, "Guidance scale", "3.0, from 1.0 to 15.0")
    assert number(field.track) == pytest.approx((3.0, 1.0, 15.0, 0.1))
    changed: list[float] = []
    field.changed.connect(changed.append)
    put(field.track, 5.5)
    assert changed == [5.5]
    put(field.track, 99.0)
    assert changed == [5.5, 15.0]


def test_a_logarithmic_slider_speaks_in_its_unit(theme: Theme, qtbot: QtBot) -> None:
    field = SliderField(theme, "σ largest", 0.01, 80, 1, lambda value: f"{value:.3g}", log=True)
    qtbot.addWidget(field)
    field.set_value(8.0, 80.0)
    assert number(field.track)[:3] == pytest.approx((8.0, 0.01, 80.0), rel=0.03)
    put(field.track, 80.0)
    assert field.field.text() == "80"


def test_a_range_says_which_end_is_in_hand(theme: Theme, qtbot: QtBot) -> None:
    track = RangeTrack(theme, "Guidance interval")
    qtbot.addWidget(track)
    track.set_values(0.25, 0.75)
    track.set_words("steps 7 to 19 of 24")
    assert heard(track) == (ROLE.Slider, "Guidance interval", "steps 7 to 19 of 24, the lower end in hand")
    assert number(track)[:3] == (0.25, 0.0, 1.0)
    QTest.keyClick(track, Qt.Key.Key_Up)
    assert heard(track)[2].endswith("the upper end in hand")
    assert number(track)[0] == 0.75
    told: list[tuple[QWidget, float]] = []
    listen(lambda widget, value: told.append((widget, value)))
    changed: list[tuple[float, float]] = []
    track.changed.connect(lambda low, high: changed.append((low, high)))
    put(track, 0.5)
    QTest.keyClick(track, Qt.Key.Key_End)
    QTest.keyClick(track, Qt.Key.Key_Home)
    assert changed == [(0.25, 0.5), (0.25, 1.0), (0.0, 0.0)]
    assert [value for widget, value in told if widget is track] == [0.5, 1.0, 0.0]


def test_progress_has_its_per_cent(theme: Theme, qtbot: QtBot) -> None:
    ring = Ring(theme, 32, 3.0)
    qtbot.addWidget(ring)
    ring.show_progress(19 / 24, "19")
    assert heard(ring) == (ROLE.ProgressBar, "Progress", "19, 79 %")
    assert number(ring) == (79, 0, 100, 1)


def test_qts_own_widgets_are_left_as_they_are(theme: Theme, qtbot: QtBot) -> None:
    slider = QSlider()
    qtbot.addWidget(slider)
    slider.setRange(0, 7)
    assert number(slider)[:3] == (0, 0, 7)
    assert not isinstance(QAccessible.queryAccessibleInterface(slider), accessible.SpokenWidget)
    del theme


def test_every_part_of_create_says_what_it_is(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session, create = window.session, window.create_page
    session.desk.change(prompt="a red cube", steps=24, count=4, guidance_scale=3.0, interval=(0.25, 0.75))
    session.generate()
    script.release(19)
    qtbot.waitUntil(lambda: session.stage.trajectory.view.step == 19, timeout=WAIT_MS)
    # Steps that no preview came of are fetched.
    qtbot.waitUntil(lambda: bool(session.stage.trajectory.view.summit), timeout=WAIT_MS)
    strip, plot = create.trajectory.strip, create.sampler.plot
    role, name, words = heard(strip)
    assert (role, name) == (ROLE.Chart, "Trajectory")
    assert words.startswith("Step 19 of 24, log-SNR +2.4; the clean guess changed most from step ")
    role, name, words = heard(strip.scrubber)
    assert (role, name, words) == (ROLE.Slider, "Step", "Step 19 of 24, log-SNR +2.4")
    assert number(strip.scrubber)[:2] == (19, 1)
    put(strip.scrubber, 7)
    assert session.stage.trajectory.view.step == 7
    assert heard(strip.scrubber)[2].startswith("Step 7 of 24")
    qtbot.waitUntil(lambda: session.desk.sampler.view.curve.done == 19, timeout=WAIT_MS)
    role, name, words = heard(plot)
    assert (role, name) == (ROLE.Chart, "Noise schedule")
    assert words.startswith("24 steps, σ from ∞ to ")
    assert "guidance on in steps 7 to 19" in words
    assert "19 of 24 steps made" in words
    assert heard(create.sampler.interval)[2] == "steps 7 to 19 of 24, the lower end in hand"
    qtbot.waitUntil(lambda: heard(create.canvas.view)[1].endswith("step 7 of 24"), timeout=WAIT_MS)
    role, name, words = heard(create.canvas.view)
    assert (role, name) == (ROLE.Graphic, "Picture, clean guess at step 7 of 24")
    assert words.startswith("32 × 32, shown at")
    assert heard(create.sampler.steps.track)[2] == "24, from 1 to 60"


def test_a_handle_of_the_schedule_is_a_slider_over_log_snr(window: MainWindow) -> None:
    plot, desk = window.create_page.sampler.plot, window.session.desk
    for as_log_snr in (0, 1):
        window.create_page.sampler.axis.button(as_log_snr).click()
        value, low, high, _ = number(plot.handles[1])
        assert low < value < high
        put(plot.handles[1], value + 0.2)
        assert desk.draft.time_grid == CUSTOM
        assert number(plot.handles[1])[0] == pytest.approx(value + 0.2, abs=0.01)
        assert f"log-SNR {wording.signed(value + 0.2)}" in heard(plot.handles[1])[2]
    first = number(plot.handles[0])
    assert first[0] == pytest.approx(first[1])


def test_the_tiles_of_a_batch_are_counted(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session = window.session
    session.desk.change(prompt="a red cube", steps=4, count=3)
    session.generate()
    script.release(4)
    qtbot.waitUntil(lambda: session.stage.canvas.view.finished, timeout=WAIT_MS)
    column = window.create_page.canvas.batch
    qtbot.waitUntil(lambda: len(column._tiles) == 3, timeout=WAIT_MS)
    assert heard(column) == (ROLE.Grouping, "Batch", "Picture 1 of 3")
    assert [tile.accessibleName() for tile in column._tiles] == [f"Picture {at} of 3" for at in (1, 2, 3)]
    state = QAccessible.queryAccessibleInterface(column._tiles[0]).state()
    assert state.checked
    column._tiles[2].click()
    assert heard(column)[2] == "Picture 3 of 3"


def test_interfaces_go_with_their_widgets(theme: Theme) -> None:
    rings = [Ring(theme, 24, 3.0) for _ in range(30)]
    for ring in rings:
        heard(ring)
    valid = sum(map(shiboken6.isValid, accessible._kept))
    for ring in rings:
        shiboken6.delete(ring)
    del ring, rings
    gc.collect()
    assert sum(map(shiboken6.isValid, accessible._kept)) == valid - 30
    heard(last := Ring(theme, 24, 3.0))
    assert all(map(shiboken6.isValid, accessible._kept))
    shiboken6.delete(last)


ENDING = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget
from studio.app import application, open_window

app = application()
window = open_window(app, Path(sys.argv[1]))
QAccessible.setActive(True)
heard = 0

def ask():
    global heard
    for widget in [window, *window.findChildren(QWidget)]:
        spoken = QAccessible.queryAccessibleInterface(widget)
        spoken.role(), spoken.state(), spoken.rect(), spoken.text(QAccessible.Text.Value)
        value = spoken.valueInterface()
        heard += value is not None and value.currentValue() is not None
    window.create_page.sampler.interval.set_values(0.1, 0.9)
    window.actions_["table"].trigger()
    sheet = app.activePopupWidget()
    sheet.model.update(sampler=window.session.desk.sampler.view)
    sheet.table.copy()
    sheet.close()
    if sys.argv[2] == "close":
        window.close()
    app.quit()

QTimer.singleShot(2500, ask)
status = app.exec()
print("heard", heard, status)
sys.exit(status)
"""


@pytest.mark.parametrize("how", ["close", "quit"])
def test_a_window_that_was_read_aloud_ends_without_a_crash(tmp_path: Path, how: str) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONFAULTHANDLER": "1"}
    arguments = [sys.executable, "-c", ENDING, str(tmp_path / "home"), how]
    ended = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stdout.split()[1]) >= 8
