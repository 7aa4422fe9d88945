"""Every visible widget of every page and sheet, in both sizes, at both ends of the text scale, in both themes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSlider, QApplication, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from core.jobs.event import Failed
from studio.announcer import Announcer
from studio.main_window import MainWindow
from studio.panels.mode_rail import MODES
from studio.panels.popover import Popover
from studio.panels.table_sheet import TableSheet
from studio.regions import reading_order
from studio.theme import fonts
from studio.viewmodels.canvas import Scene
from studio.viewmodels.run import Phase, Run, RunBarInputs, derive_run_bar
from studio.viewmodels.status import StatusInputs, derive_status
from studio.viewmodels.view_model import ViewModel
from studio.widgets.text import retone, text
from tests.studio.scripted import Script
from tests.studio.test_session import WAIT_MS, make
from tests.studio.walking import faults, visible

SIZES = ((1440, 900), (1100, 700))
SCALES = (100, 150)


def looks(window: MainWindow) -> Iterator[str]:
    """Every size and text scale in dark; light differs in colours alone, so it is walked once."""
    for (width, height), scale in product(SIZES, SCALES):
        window.resize(width, height)
        window._preferences.set("look/text_scale", scale)
        yield f"{width} px, {scale} %"
    window._preferences.set("theme", "light")
    yield "light"
    window._preferences.set("theme", "dark")
    window._preferences.set("look/text_scale", 100)


def walk(window: MainWindow) -> list[str]:
    assert len(visible(window)) > 30
    return [f"{look}: {fault}" for look in looks(window) for fault in faults(window)]


def test_the_walk_finds_what_is_wrong(qtbot: QtBot) -> None:
    root = QWidget()
    qtbot.addWidget(root)
    column = QVBoxLayout(root)
    nameless, words, outside = QPushButton(), QLabel("far too long for its place"), QPushButton("Outside", root)
    nameless.setFixedSize(20, 30)
    words.setFixedWidth(30)
    column.addWidget(nameless)
    column.addWidget(words)
    root.resize(200, 120)
    root.show()
    outside.setGeometry(150, 90, 100, 50)
    found = "\n".join(faults(root))
    for expected in ("has no name", "is 20 × 30", "needs", "reaches out of its parent"):
        assert expected in found


def test_first_run(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(window.create_page.canvas.welcome._well.isVisible, timeout=WAIT_MS)
    found = walk(window)
    assert not found, "\n".join(found)


def test_a_run_and_its_picture(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session = window.session
    session.desk.change(prompt="a red cube to the left of a blue sphere", seed=3, count=4, steps=24)
    session.generate()
    script.release(15)
    qtbot.waitUntil(lambda: session.runs.run_bar.view.headline == "Step 15 of 24", timeout=WAIT_MS)
    found = walk(window)
    assert not found, "\n".join(found)
    script.release(9)
    qtbot.waitUntil(lambda: session.stage.canvas.view.finished, timeout=WAIT_MS)
    found = walk(window)
    assert not found, "\n".join(found)


def test_a_failure(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    window.session.desk.change(prompt="fail")
    window.session.generate()
    script.release(1)
    qtbot.waitUntil(lambda: window.session.stage.canvas.view.scene is Scene.ERROR, timeout=WAIT_MS)
    found = walk(window)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("index", range(1, len(MODES)))
def test_other_modes(window: MainWindow, qtbot: QtBot, script: Script, index: int) -> None:
    if MODES[index][0] == "history":
        make(window, qtbot, script, prompt="a red cube")
    window.show_mode(index)
    if MODES[index][0] == "history":
        # Its side panel is filled a moment later.
        qtbot.waitUntil(lambda: window.history.archive.detail.view.shown, timeout=WAIT_MS)
    found = walk(window)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("page", [0, 1])
def test_settings(window: MainWindow, page: int) -> None:
    window.actions_["settings"].trigger()
    window.settings_mode.page.show_page(page)
    found = walk(window)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["palette", "queue", "projects", "new_project", "shortcuts", "model", "table"])
def test_sheets(window: MainWindow, qtbot: QtBot, script: Script, name: str) -> None:
    make(window, qtbot, script, prompt="a red cube")
    found: list[str] = []
    for look in looks(window):
        window.actions_[name].trigger()
        sheet = QApplication.activePopupWidget()
        assert isinstance(sheet, Popover)
        found += [f"{look}: {fault}" for fault in faults(sheet)]
        assert sheet.height() <= window.height()
        sheet.close()
    assert found == []


def test_words_keep_their_size_when_they_change_their_tone(window: MainWindow) -> None:
    label, button = text("Count", "tx2", fonts.label()), window.create_page.prompt.foot.main
    QVBoxLayout(host := QWidget(window)).addWidget(label)
    host.show()
    usual = (label.font().pixelSize(), button.font().pixelSize())
    window._preferences.set("look/text_scale", 150)
    large = (label.font().pixelSize(), button.font().pixelSize())
    assert large[0] > usual[0]
    assert large[1] > usual[1]
    retone(label, "err")
    button.set_calm(True)
    assert (label.font().pixelSize(), button.font().pixelSize()) == large
    window._preferences.set("look/text_scale", 100)
    button.set_calm(False)
    retone(label, "tx2")
    assert (label.font().pixelSize(), button.font().pixelSize()) == usual


def test_what_is_painted_round_the_plots_has_room(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    make(window, qtbot, script)
    strip, plot = window.create_page.trajectory.strip, window.create_page.sampler.plot
    for scale in SCALES:
        window._preferences.set("look/text_scale", scale)
        caption = QFontMetrics(fonts.caption())
        assert caption.horizontalAdvance("log-SNR") <= strip._labels()
        assert caption.horizontalAdvance("0.01") <= plot._left() - 8
        assert caption.height() <= plot._top()
        assert strip.scrubber.x() >= strip._labels() - 1
        for editor in window.findChildren(QPlainTextEdit):
            if editor.placeholderText():
                assert editor.viewport().font().pixelSize() == editor.font().pixelSize()


def test_the_table_of_the_trajectory(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    make(window, qtbot, script, steps=24)
    found: list[str] = []
    for look in looks(window):
        window.activateWindow()
        window.create_page.trajectory.strip.scrubber.setFocus()
        window.actions_["table"].trigger()
        sheet = QApplication.activePopupWidget()
        assert isinstance(sheet, TableSheet)
        found += [f"{look}: {fault}" for fault in (*faults(sheet), *cut_cells(sheet))]
        assert window.rect().contains(window.mapFromGlobal(sheet.geometry().bottomRight()))
        sheet.close()
    assert found == []


def cut_cells(sheet: TableSheet) -> list[str]:
    """Cells and heads whose words are wider than their column."""
    table, model, found = sheet.table, sheet.table.figures, []
    for at in range(model.columnCount()):
        room = table.columnWidth(at)
        faces = [
            (QFontMetrics(model.index(row, at).data(Qt.ItemDataRole.FontRole)), model.index(row, at).data())
            for row in range(model.rowCount())
        ]
        faces.append((table.horizontalHeader().fontMetrics(), model.table.heads[at]))
        found += [f"{words!r} in {room} px" for face, words in faces if face.horizontalAdvance(words) + 20 > room]
    return found


def test_the_queue_in_all_its_states(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session = window.session
    for prompt in ("fail", "a red cube that is cancelled under way"):
        session.desk.change(prompt=prompt, steps=6)
        job = session.generate()
        script.release(1)
        qtbot.waitUntil(
            lambda job=job: session.runs.get(job).done == 1 or session.runs.get(job).phase is Phase.FAILED,
            timeout=WAIT_MS,
        )
        session.runs.cancel(job)
        qtbot.waitUntil(lambda: not session.runs.busy, timeout=WAIT_MS)
    for prompt in ("a large purple metal sphere, a white sphere and a small red sphere", "a cube"):
        session.desk.change(prompt=prompt, steps=24, count=4)
        session.generate()
    qtbot.waitUntil(lambda: session.runs.running is not None, timeout=WAIT_MS)
    rows = session.runs.queue.view.rows
    assert len({row.offer for row in rows}) >= 3, [row.offer for row in rows]
    found: list[str] = []
    for look in looks(window):
        window.actions_["queue"].trigger()
        sheet = QApplication.activePopupWidget()
        assert isinstance(sheet, Popover)
        found += [f"{look}: {fault}" for fault in faults(sheet)]
        sheet.close()
    assert found == []


def test_the_plan_and_its_card(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    window.session.desk.choose_model("planning")
    make(window, qtbot, script, prompt="three things", seed=5, count=4)
    window.actions_["plan"].trigger()
    assert window.session.plan.model.view.open
    found = walk(window)
    assert not found, "\n".join(found)


def test_too_little_memory(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session = window.session
    session.desk.change(prompt="a red cube", count=4, width=64, height=64)
    job = session.generate()
    assert job is not None
    qtbot.waitUntil(lambda: session.runs.running is not None, timeout=WAIT_MS)
    sentence = "four pictures at once need 6.2 GB of memory, and 4.4 GB are free; ask for fewer at once"
    window.bridge.tell(Failed(job, sentence, "torch.OutOfMemoryError", True, "memory", 62 * 10**8, 44 * 10**8))
    assert session.stage.canvas.view.scene is Scene.ERROR
    assert len(session.failure.view.remedies) >= 2
    found = walk(window)
    assert not found, "\n".join(found)
    script.release(100)


def test_tab_goes_once_round_the_window_as_specified(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session, create = window.session, window.create_page
    make(window, qtbot, script)
    session.desk.change(prompt="a red cube", steps=8)
    session.generate()
    script.release(3)
    qtbot.waitUntil(lambda: session.runs.run_bar.view.headline == "Step 3 of 8", timeout=WAIT_MS)
    canvas = create.canvas
    named: dict[str, QWidget] = {
        "rail": window.rail,
        "top bar": window.top,
        "left panel": create.prompt.fields,
        "main button": create.prompt.main,
        "view header": canvas.header,
        "run bar": canvas.run_bar,
        "canvas": canvas.stage,
        "filmstrip": create.trajectory,
        "right panel": create.sampler,
        "history": create.history,
        "status bar": window.status,
    }
    window.activateWindow()
    start = reading_order(window.rail)[0]
    start.setFocus()
    met: list[str] = []
    for _ in range(200):
        focus = QApplication.focusWidget()
        part = next(name for name, part in named.items() if part is focus or part.isAncestorOf(focus))
        if not met or met[-1] != part:
            met.append(part)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is not focus, f"Tab stays on {focus.accessibleName()}"
        if QApplication.focusWidget() is start:
            break
    expected = ["rail", "top bar", "left panel", "main button", "view header", "canvas", "run bar", "filmstrip"]
    assert met == [*expected, "right panel", "history"]
    # The status bar only tells.
    assert reading_order(window.status) == []


def test_everything_that_has_a_value_says_it(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    make(window, qtbot, script, prompt="a red cube", count=4)
    window.session.desk.change(time_grid="karras", sampler="ddim", guidance_scale=3.0, eta=0.5)
    valued = [each for each in visible(window) if hasattr(type(each), "spoken") or isinstance(each, QAbstractSlider)]
    assert len(valued) > 12
    sliders = 0
    for widget in valued:
        spoken = QAccessible.queryAccessibleInterface(widget)
        where = f"{type(widget).__name__} {widget.accessibleName()!r}"
        assert spoken.text(QAccessible.Text.Name), where
        assert spoken.text(QAccessible.Text.Value), where
        number = spoken.valueInterface()
        if spoken.role() == QAccessible.Role.Slider:
            sliders += 1
            assert number.minimumValue() < number.maximumValue(), where
            assert number.minimumValue() <= number.currentValue() <= number.maximumValue(), where
            assert number.minimumStepSize() > 0, where
    assert sliders > 8


def test_the_keyboard_goes_in_reading_order(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    make(window, qtbot, script)
    window.activateWindow()
    create = window.create_page
    regions = window.regions.present()
    expected = [window.rail, window.top, create.prompt.fields, create.prompt.main, create.canvas.header]
    assert regions[:5] == expected
    assert [regions.index(part) for part in (create.sampler, create.history)] == sorted(
        regions.index(part) for part in (create.sampler, create.history)
    )
    order = [widget for part in regions for widget in reading_order(part)]
    assert len(order) == len(set(order)) > 25
    order[0].setFocus()
    for expected_focus in order[1:12]:
        QTest.keyClick(window, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is expected_focus
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Backtab)
    assert QApplication.focusWidget() is order[10]


def test_f6_goes_from_part_to_part_and_back(window: MainWindow) -> None:
    window.activateWindow()
    parts = window.regions.present()
    reading_order(parts[0])[0].setFocus()
    for part in (*parts[1:], parts[0]):
        window.actions_["next_region"].trigger()
        focus = QApplication.focusWidget()
        assert focus is part or part.isAncestorOf(focus)
    window.actions_["last_region"].trigger()
    assert parts[-1].isAncestorOf(QApplication.focusWidget())


def test_progress_is_told_at_quarters_and_the_end() -> None:
    told: list[str] = []
    run_bar, status = ViewModel(RunBarInputs(), derive_run_bar), ViewModel(StatusInputs(ready=True), derive_status)
    announcer = Announcer(run_bar, status, told.append)
    for done in range(1, 9):
        run = Run("job", None, phase=Phase.RUNNING, done=done, total=8)
        run_bar.update(run=run)
        status.update(run=run)
    status.update(run=Run("job", None, phase=Phase.DONE, done=8, total=8, seconds=2.0))
    run_bar.update(run=None)
    assert [words.split(",")[0] for words in told] == ["25 %", "50 %", "75 %", "Done in 2.0 s"]
    del announcer


def test_a_runs_progress_and_end_are_told(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    told: list[str] = []
    window._announcer._tell = told.append
    session = window.session
    for prompt, end in (("a red cube", "Done in"), ("fail", "Stopped: the state is not finite")):
        told.clear()
        session.desk.change(prompt=prompt, steps=8)
        session.generate()
        for done in range(1, 9):
            script.release(1)
            if prompt == "fail":
                break
            qtbot.waitUntil(lambda done=done: session.runs.all[-1].done >= done, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: not session.runs.busy, timeout=WAIT_MS)
        quarters = [] if prompt == "fail" else ["25 %", "50 %", "75 %"]
        assert [words.split(",")[0] for words in told[:-1]] == quarters
        assert told[-1].startswith(end), told


def test_what_is_told_goes_out_as_an_announcement(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, object]] = []
    monkeypatch.setattr(
        QAccessible, "updateAccessibility", lambda event: sent.append((event.message(), event.object()))
    )
    window.session.said.emit("24 rows copied")
    assert sent == [("24 rows copied", window)]
