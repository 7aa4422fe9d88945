"""What the window looks like: drawn, in its places, nothing cut off, in both themes and both sizes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QAbstractAnimation, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from studio.main_window import MainWindow
from studio.panels.mode_rail import MODES
from studio.panels.popover import Popover
from studio.theme import DARK, LIGHT
from studio.viewmodels.canvas import Scene
from studio.widgets.text import Elided
from tests.studio.scripted import Script, picture
from tests.studio.test_session import WAIT_MS, make

SIZES = [(1440, 900), (1100, 700)]


def place(window: MainWindow, widget: QWidget) -> QRect:
    """Where a widget lies in the window."""
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def shot(window: MainWindow) -> QImage:
    QApplication.processEvents()
    return window.grab().toImage()


def colours(image: QImage, box: QRect) -> set[str]:
    """The colours on a coarse grid of points in a box."""
    xs = range(box.left() + 1, box.right(), max(box.width() // 24, 1))
    ys = range(box.top() + 1, box.bottom(), max(box.height() // 24, 1))
    return {image.pixelColor(x, y).name().upper() for x in xs for y in ys}


def cut_off(window: MainWindow) -> list[str]:
    """The words of visible labels and buttons that do not fit into their places."""
    found: list[str] = []
    for label in window.findChildren(QLabel):
        if not label.isVisible() or not label.text() or isinstance(label, Elided):
            continue
        if label.wordWrap():
            fits = label.heightForWidth(label.width()) <= label.height() + 1
        else:
            fits = label.fontMetrics().boundingRect(label.text()).width() <= label.width() + 1
        if not fits or label.fontMetrics().height() > label.height() + 2:
            found.append(label.text())
    for button in window.findChildren(QAbstractButton):
        if button.isVisible() and button.text():
            beside = not button.icon().isNull() and button.height() < 45
            room = button.width() - (button.iconSize().width() if beside else 0)
            if button.fontMetrics().horizontalAdvance(button.text()) > room:
                found.append(button.text())
    return found


@pytest.mark.parametrize("size", SIZES)
def test_first_run(window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    image = shot(window)
    assert (image.width(), image.height()) == size
    create = window.create_page
    assert create.canvas.welcome.isVisible()
    assert create.prompt.editor.hasFocus() or QApplication.platformName() == "offscreen"
    assert place(window, window.rail).width() == 68
    assert place(window, window.top).height() == 44
    assert place(window, window.status).bottom() >= size[1] - 2
    left, right = place(window, create.prompt), place(window, create.sampler)
    assert (left.width(), right.width()) == ((292, 304) if size == (1440, 900) else (256, 268))
    assert left.right() < place(window, create.canvas).left() < right.left()
    assert place(window, create.prompt.main).bottom() < place(window, create.history).top()
    assert cut_off(window) == []
    assert colours(image, place(window, window.rail)) & {DARK.bg0}
    assert DARK.acc in colours(image, place(window, create.prompt.main))


@pytest.mark.parametrize("size", SIZES)
def test_a_run_in_progress(window: MainWindow, qtbot: QtBot, script: Script, size: tuple[int, int]) -> None:
    window.resize(*size)
    session = window.session
    session.desk.change(prompt="a red cube to the left of a blue sphere", seed=3, count=4, steps=24)
    session.generate()
    script.release(15)
    qtbot.waitUntil(lambda: session.runs.run_bar.view.headline == "Step 15 of 24", timeout=WAIT_MS)
    image = shot(window)
    canvas = window.create_page.canvas
    assert canvas.run_bar.isVisible()
    bar, stage = place(window, canvas.run_bar), place(window, canvas.view)
    assert stage.top() < bar.top()
    assert bar.bottom() < place(window, window.create_page.trajectory).top()
    assert not bar.intersects(place(window, canvas.batch))
    on_show = canvas.view.place()
    assert on_show.bottom() + canvas.view.mapTo(window, QPoint(0, 0)).y() <= bar.top()
    assert len(colours(image, place(window, window.create_page.trajectory.strip))) > 8
    assert window.create_page.trajectory.strip.rows() == (2 if size == (1440, 900) else 1)
    assert cut_off(window) == []


def test_the_finished_picture_is_shown_pixel_for_pixel(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    make(window, qtbot, script, seed=3)
    window.create_page.canvas.set_smooth(False)
    window.actions_["real_size"].trigger()
    view = window.create_page.canvas.view
    qtbot.waitUntil(lambda: view.fade.state() is QAbstractAnimation.State.Stopped, timeout=WAIT_MS)
    image = shot(window)
    corner = view.place().topLeft().toPoint() + view.mapTo(window, QPoint(0, 0))
    part = image.copy(QRect(corner, view.place().size().toSize())).convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(part.constBits(), np.uint8).reshape(part.height(), part.bytesPerLine())
    np.testing.assert_array_equal(rows[:, : 3 * part.width()].reshape(part.height(), part.width(), 3), picture(3))
    assert window.create_page.canvas.zoom.text() == "32 × 32, shown at 100 %"
    window.actions_["fit"].trigger()
    assert view.zoom() == int(view.zoom()) > 1


@pytest.mark.parametrize("size", SIZES)
def test_failure(window: MainWindow, qtbot: QtBot, script: Script, size: tuple[int, int]) -> None:
    window.resize(*size)
    window.session.desk.change(prompt="fail")
    window.session.generate()
    script.release(1)
    qtbot.waitUntil(lambda: window.session.stage.canvas.view.scene is Scene.ERROR, timeout=WAIT_MS)
    shot(window)
    assert window.create_page.canvas.error.isVisible()
    assert not window.create_page.canvas.view.isVisible()
    assert cut_off(window) == []


def test_both_themes_are_drawn_and_remembered(open_studio: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_studio()
    assert DARK.bg1 in colours(shot(window), place(window, window.create_page.prompt))
    window.actions_["theme"].trigger()
    assert LIGHT.bg1 in colours(shot(window), place(window, window.create_page.prompt))
    qtbot.waitUntil(lambda: cut_off(window) == [], timeout=WAIT_MS)
    window.close()
    again = open_studio()
    assert LIGHT.bg1 in colours(shot(again), place(again, again.create_page.prompt))
    again.actions_["theme"].trigger()


def test_panels_hide_and_the_layout_is_remembered(open_studio: Callable[..., MainWindow]) -> None:
    window = open_studio()
    window.actions_["left_panel"].trigger()
    assert window.create_page.prompt.isHidden()
    window.actions_["all_panels"].trigger()
    assert window.create_page.sampler.isHidden()
    assert window.create_page.history.isHidden()
    assert window.create_page.trajectory.isHidden()
    window.actions_["all_panels"].trigger()
    assert not window.create_page.prompt.isHidden()
    assert not window.create_page.trajectory.isHidden()
    window.actions_["right_panel"].trigger()
    window.close()
    assert open_studio().create_page.sampler.isHidden()


def test_modes_that_are_not_there_say_so(window: MainWindow) -> None:
    for index, (mode, _, _) in enumerate(MODES[1:], 1):
        window.actions_[f"mode_{mode}"].trigger()
        page = window.modes.currentWidget()
        assert window.modes.currentIndex() == index
        there = mode in ("compare", "history", "plane")
        assert there is not any("is not there yet" in label.text() for label in page.findChildren(QLabel))
    window.actions_["mode_create"].trigger()
    assert window.modes.currentWidget() is window.create_page


def test_letters_belong_to_the_field_that_has_the_focus(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    seed = window.session.desk.draft.seed
    editor = window.create_page.prompt.editor
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    QTest.keyClicks(editor, "dug")
    assert window.session.desk.draft.prompt == "dug"
    assert window.session.desk.draft.seed == seed
    window.create_page.canvas.view.show()
    window.create_page.sampler.axis.setFocus()
    editor.clearFocus()
    QTest.keyClick(window, Qt.Key.Key_D)
    assert window.session.desk.draft.seed != seed
    QTest.keyClick(window, Qt.Key.Key_G)
    assert window.create_page.sampler.scale.field.hasFocus()


def test_the_prompt_is_submitted_from_the_field(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    editor = window.create_page.prompt.editor
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    QTest.keyClicks(editor, "a cube")
    QTest.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.session.runs.running is not None, timeout=WAIT_MS)
    assert editor.toPlainText() == "a cube"
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.session.runs.running is None, timeout=WAIT_MS)


def test_advice_waits_for_a_rest_and_goes_at_once(window: MainWindow, qtbot: QtBot) -> None:
    panel = window.create_page.prompt
    window.session.desk.change(prompt="a (red")
    assert not panel._advice_row.isVisible()
    qtbot.waitUntil(panel._advice_row.isVisible, timeout=WAIT_MS)
    assert cut_off(window) == []
    window.session.desk.change(prompt="a red")
    assert not panel._advice_row.isVisible()


def test_words_are_weighed_by_keys_in_the_field_that_has_the_focus(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    panel = window.create_page.prompt
    control = Qt.KeyboardModifier.ControlModifier
    for editor in (panel.editor, panel.leave_out):
        editor.setFocus()
        qtbot.waitUntil(editor.hasFocus)
        QTest.keyClicks(editor, "a cube")
        for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down):
            QTest.keyClick(editor, key, control)
        assert editor.toPlainText() == "a (cube:1.2)"
    draft = window.session.desk.draft
    assert draft.prompt == draft.negative_prompt == "a (cube:1.2)"


@pytest.mark.parametrize("name", ["palette", "queue", "shortcuts", "model"])
def test_sheets_open_draw_themselves_and_close(window: MainWindow, qtbot: QtBot, name: str) -> None:
    window.actions_[name].trigger()
    sheet = QApplication.activePopupWidget()
    assert isinstance(sheet, Popover)
    image = sheet.grab().toImage()
    assert image.pixelColor(image.width() // 2, sheet.contentsRect().top() + 6) == QColor(DARK.bg2)
    assert sheet.accessibleName()
    gone: list[bool] = []
    sheet.destroyed.connect(lambda: gone.append(True))
    sheet.close()
    qtbot.waitUntil(lambda: gone == [True])
    window.session.desk.new_seed()


def test_everything_that_takes_the_focus_has_a_name_and_is_large_enough(window: MainWindow) -> None:
    shot(window)
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            continue
        named = widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text())
        assert named, f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        assert min(widget.width(), widget.height()) >= 24, widget.accessibleName()


def test_the_picture_can_be_exported_once_it_is_finished(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    names = ("export", "favourite", "reuse")
    assert not any(window.actions_[name].isEnabled() for name in names)
    make(window, qtbot, script)
    assert all(window.actions_[name].isEnabled() for name in names)
    window.session.stage.set_step(1)
    assert not any(window.actions_[name].isEnabled() for name in names)


def test_the_search_makes_room_when_a_job_is_counted(window: MainWindow, qtbot: QtBot) -> None:
    """The queue's button grows with its count, and pushes what stands before it aside."""
    window.resize(*SIZES[1])
    window.theme.wear(replace(window.theme.look, text_scale=1.5))
    window.top.show_load(2, 0.5)
    QApplication.processEvents()
    before = window.top._chip.geometry().left()
    window.session.set_paused(True)
    window.session.desk.change(prompt="a red cube")
    window.session.runs.submit(window.session.desk.request(), 1)
    qtbot.waitUntil(lambda: window.top._chip.geometry().left() < before, timeout=20_000)
    QApplication.processEvents()
    assert not window.top._search.geometry().intersects(window.top._chip.geometry())
