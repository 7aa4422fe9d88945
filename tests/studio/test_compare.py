"""The Compare mode on a real engine with an exact model, used as a person uses it: by keys."""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Iterator
from pathlib import Path

# Before Qt is imported anywhere.
os.environ["QT_QPA_PLATFORM"] = os.environ.get("NOISETTE_TEST_PLATFORM", "offscreen")

import pytest
import shiboken6
from PIL import Image
from PySide6.QtCore import QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from core.artifacts.image import load_picture
from core.compare.figures import Wishes
from core.compare.record import read_race
from core.engine import Engine
from core.requests import ReferenceSettings
from studio.app import open_window
from studio.main_window import MainWindow
from studio.panels.compare import ComparePage
from studio.race import Race
from studio.viewmodels.compare_views import Look
from studio.viewmodels.race_ran import Ran
from studio.viewmodels.race_steps import LaneStep
from studio.widgets.race_scrubber import spread_pairs
from tests.core.compare.records import record, run
from tests.core.models.mixture_model import install_mixture

WAIT_MS = 120_000
PROMPT = "a red cube and a blue cube"


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[MainWindow]:
    models, home = tmp_path / "models", tmp_path / "home"
    install_mixture(models)
    opened = open_window(qapp, home, lambda: Engine(home=home, models=models))
    qtbot.waitUntil(lambda: bool(opened.session.desk.cards), timeout=WAIT_MS)
    opened.session.desk.change(prompt=PROMPT, seed=5, guidance_scale=2.0)
    yield opened
    opened.close()
    shiboken6.delete(opened)
    qapp.setStyleSheet("")


def entered(window: MainWindow) -> Race:
    window.activateWindow()
    window.actions_["mode_compare"].trigger()
    race = window.compare.race
    race.change(reference=ReferenceSettings(steps=32), slopes=False)
    return race


def page_of(window: MainWindow) -> ComparePage:
    return window.compare.page


def finish(qtbot: QtBot, race: Race) -> None:
    qtbot.waitUntil(lambda: not race.busy and race.model.inputs.complete, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: race.model.inputs.run is not None and not race.busy, timeout=WAIT_MS)


def press(window: MainWindow, *names: str) -> None:
    for name in names:
        assert window.actions_[name].isEnabled(), name
        window.actions_[name].trigger()


def test_a_race_of_six_samplers_at_24_evaluations_runs_from_the_keyboard(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    race = entered(window)
    while race.draft.can_add:
        QTest.keyClick(page_of(window), Qt.Key.Key_L)
    assert len({lane.request.sampler for lane in race.draft.lanes}) == 6
    assert race.draft.evaluations == 24
    QTest.keyClick(page_of(window), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert race.busy
    finish(qtbot, race)
    out = tmp_path / "race.json"
    race.export_numbers(out)
    qtbot.waitUntil(out.exists, timeout=WAIT_MS)
    told = json.loads(out.read_text())["summary"]
    shown = race.model.view
    for lane, column, row in zip(told["lanes"], shown.columns, shown.times, strict=True):
        assert column.error == f"{lane['error']['value']:.4f}"
        assert column.facts == f"{lane['steps']} steps, {lane['evaluations']} evaluations"
        assert lane["evaluations"] <= 24
        assert list(row.parts) == [lane["timing"][part] for part in ("network", "solver", "decode")]
    assert told["finding"] == shown.finding
    assert window.session.status.view.words.startswith("Race finished in")


def test_the_exported_race_runs_again_to_the_numbers_on_screen(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    race = entered(window)
    race.run()
    finish(qtbot, race)
    out, table = tmp_path / "race.json", tmp_path / "race.csv"
    race.export_numbers(out)
    race.export_numbers(table)
    qtbot.waitUntil(lambda: out.exists() and table.exists(), timeout=WAIT_MS)
    before = [column.error for column in race.model.view.columns]
    rows = [row for row in csv.DictReader(table.read_text().splitlines()) if row["row"] == "lane"]
    assert [f"{float(row['error']):.4f}" for row in rows] == before
    assert read_race(out).request.lanes == race.draft.lanes
    picture = load_picture(tmp_path / "race-lane-2.png")
    assert picture.recipe.request.sampler == "heun"
    race.run()
    finish(qtbot, race)
    assert [column.error for column in race.model.view.columns] == before


def test_previews_come_while_lanes_run_and_the_scrubber_moves_them_all(window: MainWindow, qtbot: QtBot) -> None:
    race = entered(window)
    seen: list[int] = []
    race.model.watch("scrubber", lambda view: seen.append(sum(len(lane.marks) for lane in view.lanes)))
    race.run()
    finish(qtbot, race)
    assert len(set(seen)) > 10
    stops = race.model.view.scrubber.stops
    press(window, "step_back", "step_back")
    assert race.model.inputs.scrub == stops[-3][1]
    facts = [column.facts for column in race.model.view.columns]
    assert all(fact.startswith("step ") for fact in facts[:1])
    press(window, "step_first")
    assert race.model.view.columns[0].facts == "step 1 of 24"
    press(window, "step_last")
    assert race.model.inputs.scrub is None
    scrubber = page_of(window).scrubber
    scrubber.setFocus()
    QTest.keyClick(scrubber, Qt.Key.Key_Home)
    assert race.model.view.scrubber.at == 0
    scrubber.put(-1.0)
    assert abs((race.model.inputs.scrub or 0.0) + 1.0) < 1.0
    QTest.mouseClick(scrubber, Qt.MouseButton.LeftButton, pos=scrubber.rect().center())
    assert 0.2 < race.model.view.scrubber.place < 0.7
    press(window, "play")
    assert race.playing
    press(window, "play")
    assert not race.playing


def test_two_lanes_are_looked_at_closer(window: MainWindow, qtbot: QtBot) -> None:
    race = entered(window)
    race.run()
    finish(qtbot, race)
    page = page_of(window)
    press(window, "side_a_1", "side_b_3")
    assert (race.model.view.a, race.model.view.b) == (0, 2)
    qtbot.waitUntil(lambda: "PSNR" in page.closer.psnr.text() or page.closer.psnr.text() == "identical")
    press(window, "swap_sides")
    assert (race.model.view.a, race.model.view.b) == (2, 0)
    QTest.keyClick(page, Qt.Key.Key_2)
    assert (race.model.view.a, race.model.view.b) == (1, 0)
    for look in (Look.BLINK, Look.DIFFERENCE, Look.SIDE, Look.SWIPE):
        press(window, "look")
        assert race.model.view.look is look
        assert not page.closer.pair.grab().toImage().isNull()
    pair = page.closer.pair
    pair.setFocus()
    before = pair.value()
    QTest.keyClick(pair, Qt.Key.Key_Left)
    assert pair.value() < before
    shown: list[float] = []
    race.differed.connect(lambda made: shown.append(made.top if made else 0.0))
    fitted = race.gain
    page.closer.gain.changed.emit(8.0)
    qtbot.waitUntil(lambda: shown[-1:] == [0.125])
    assert race._pair.chosen
    page.closer.gain.changed.emit(fitted)
    assert not race._pair.chosen


def test_lanes_are_changed_and_a_lane_is_kept(window: MainWindow, qtbot: QtBot) -> None:
    race = entered(window)
    count = len(race.draft.lanes)
    press(window, "side_b_2", "remove_lane")
    assert "heun" not in {lane.request.sampler for lane in race.draft.lanes}
    window.session.desk.change(guidance_scale=1.0)
    press(window, "add_lane_as_create")
    assert len(race.draft.lanes) == count
    assert race.draft.lanes[-1].request.guidance.scale == 1.0
    race.run()
    finish(qtbot, race)
    assert any("guidance" in column.name for column in race.model.view.columns)
    made = race.model.inputs.record
    assert made is not None
    press(window, "side_b_1", "keep_side")
    history = window.bridge.engine.history
    qtbot.waitUntil(lambda: history.count() == 1, timeout=WAIT_MS)
    own = next(run for run in made.runs if run.lane == race.model.view.b)
    assert history.page()[0].recipe.pixels_sha256 == own.pixels_sha256


@pytest.mark.parametrize("kind", ["png", "pdf", "svg"])
def test_the_sheet_is_exported(window: MainWindow, qtbot: QtBot, tmp_path: Path, kind: str) -> None:
    race = entered(window)
    race.run()
    finish(qtbot, race)
    target = tmp_path / f"race.{kind}"
    page_of(window).write_sheet(target)
    written = target.read_bytes()
    if kind == "png":
        with Image.open(target) as sheet:
            assert sheet.size == (2400, 1720)
            assert len(sheet.convert("RGB").getcolors(1 << 20) or ()) > 50
    elif kind == "pdf":
        assert written.startswith(b"%PDF")
    else:
        assert b"Error against reference" in written
    said: list[str] = []
    page_of(window).say = said.append  # type: ignore[method-assign]
    page_of(window).write_sheet(tmp_path / "race.txt")
    assert said == ["race.txt is no sheet; end its name with .png, .pdf or .svg"]


def test_a_cancelled_race_is_taken_up_from_the_queue(window: MainWindow, qtbot: QtBot) -> None:
    race = entered(window)
    race.change(slopes=True, reference=ReferenceSettings(steps=400))
    race.run()
    qtbot.waitUntil(lambda: race.model.inputs.record is not None, timeout=WAIT_MS)
    press(window, "cancel")
    qtbot.waitUntil(lambda: not race.busy, timeout=WAIT_MS)
    assert race.model.view.progress.endswith("runs kept")
    row = window.session.runs.queue.view.rows[0]
    assert row.title.startswith("Race: Euler, Heun")
    window.session.resume_job(row.job_id)
    finish(qtbot, race)
    record = race.model.inputs.record
    assert record is not None
    assert len(record.runs) == len(race.draft.lanes) * len(record.request.every_budget)
    assert race.model.view.curve.orders.startswith("Measured order: Euler")


def test_a_race_stays_out_of_create(window: MainWindow, qtbot: QtBot) -> None:
    race = entered(window)
    race.run()
    finish(qtbot, race)
    assert window.session.stage.run is None
    press(window, "mode_create")
    assert not window.session.status.view.words.startswith("Race")
    window.session.show_job(race.model.inputs.run.job_id)  # type: ignore[union-attr]
    assert window.modes.currentWidget() is window.compare.pages


def test_settings_are_kept_and_create_sends_its_own(window: MainWindow) -> None:
    race = entered(window)
    press(window, "add_lane")
    lanes = race.draft.lanes
    window.session.desk.change(prompt="a green cube", seed=9)
    press(window, "compare")
    assert [lane.request.sampler for lane in race.draft.lanes] == [lane.request.sampler for lane in lanes]
    assert {lane.request.prompt for lane in race.draft.lanes} == {"a green cube"}
    assert race.draft.seed == 9
    kept = window._settings.value("compare/race", {})
    assert kept["seed"] == 9


def test_a_lanes_menu_offers_only_what_a_request_can_have(window: MainWindow) -> None:
    race = entered(window)
    menu = QMenu()
    column = page_of(window).lanes.columns[0]
    column._offer_settings(menu)
    offered = [action for submenu in menu.findChildren(QMenu) for action in submenu.actions()]
    assert len(offered) > 30
    for action in offered:
        action.trigger()
    assert race.draft.lanes[0].request.guidance.scale == 7.5


def test_the_figures_open_as_a_table(window: MainWindow, qtbot: QtBot) -> None:
    race = entered(window)
    race.run()
    finish(qtbot, race)
    press(window, "table")
    from studio.panels.figure_sheet import FigureSheet

    sheet = next(each for each in QApplication.topLevelWidgets() if isinstance(each, FigureSheet))
    assert len(sheet.table.table.rows if hasattr(sheet.table, "table") else race.draft.lanes) >= len(race.draft.lanes)
    sheet.close()


def test_evaluations_at_one_level_stand_side_by_side() -> None:
    assert spread_pairs([10.0, 40.0, 40.0, 80.0]) == [10.0, 38.0, 42.0, 80.0]


def test_a_small_window_leaves_room_for_pictures_times_and_keys(window: MainWindow) -> None:
    race, page = entered(window), page_of(window)
    window.resize(1440, 900)
    page.closer.pair.setFocus()
    window.resize(1100, 700)
    assert window.focusWidget() is page
    race.change(repeats=6)
    asked = race.draft.request()
    each = [
        run(lane, 0.01 * (lane + 1) + 0.001 * seed, seed=asked.seed + seed, wishes=Wishes(2, 2))
        for lane in range(len(asked.lanes))
        for seed in range(asked.repeats)
    ]
    end = (LaneStep(1, 1, math.inf, 0.1, (None,), None),)
    race._show(Ran.of(asked, (end,) * len(asked.lanes), record(asked, *each), complete=True))
    QApplication.processEvents()
    assert page.truth.text()
    assert page.times.height() >= page.times.minimumSizeHint().height()
    assert page.lanes.columns[0].picture.height() >= 120
    names = [column.name.text() for column in page.lanes.columns]
    race.put(race.draft.moved(0, 1))
    assert [column.name.text() for column in page.lanes.columns][:2] == names[1::-1]
    assert [column.error.text() for column in page.lanes.columns][:2] == ["0.0225", "0.0125"]


def test_what_finds_no_room_in_the_bar_is_in_the_first_menu(window: MainWindow) -> None:
    race, bar = entered(window), page_of(window).bar
    window.resize(1100, 700)
    fonts_kept = window.house.preferences["look/text_scale"]
    window.house.preferences.set("look/text_scale", 150)
    race.change(seed=1_384_209_334)
    QApplication.processEvents()
    offered = [action.menu() for action in bar.seed.menu_.actions() if action.menu() and action.isVisible()]
    hidden = [chip for chip in (bar.evaluations, bar.model, bar.reference, bar.repeats) if chip.isHidden()]
    assert offered == [chip.menu_ for chip in hidden]
    assert bar.repeats.menu_ in offered
    assert (bar.add.text(), bar.add.accessibleName()) == ("", "Add sampler")
    window.house.preferences.set("look/text_scale", fonts_kept)
    window.resize(1440, 900)
    QApplication.processEvents()
    assert bar.add.text() == "Add sampler"
    assert not bar.repeats.isHidden()


def test_everything_is_named_and_nothing_is_cut(window: MainWindow, qtbot: QtBot) -> None:
    from tests.studio.walking import faults

    race = entered(window)
    press(window, "add_lane")
    race.run()
    finish(qtbot, race)
    found: list[str] = []
    for width, height in ((1440, 900), (1100, 700)):
        window.resize(width, height)
        found += [f"{width}: {fault}" for fault in faults(page_of(window))]
    assert not found, "\n".join(found)
    assert QRectF(page_of(window).rect()).width() > 900
