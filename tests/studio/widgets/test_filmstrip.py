from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QContextMenuEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.jobs.event import Cancelled, Done, Failed, Progress
from studio.theme import Theme
from studio.viewmodels.run import fold
from studio.viewmodels.trajectory import TrajectoryInputs, derive_trajectory
from studio.widgets.filmstrip import Filmstrip
from tests.studio.viewmodels.test_run import JOB
from tests.studio.viewmodels.test_trajectory import places, under_way
from tests.studio.widgets.painting import on_screen, painted_of

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp)


@pytest.fixture
def strip(theme: Theme, qtbot: QtBot) -> Filmstrip:
    made = Filmstrip(theme)
    qtbot.addWidget(made)
    made.resize(760, 180)
    made.show()
    return made


def show(strip: Filmstrip, done: int = 6, total: int = 6) -> list[int]:
    """Show a run; what is picked is told to it, as the stage does."""
    run = under_way(done, total)
    picked: list[int] = []

    def draw(step: int | None) -> None:
        strip.show_view(derive_trajectory(TrajectoryInputs(run, step, places=places(total))))

    def take(number: int) -> None:
        picked.append(number)
        draw(number)

    strip.picked.connect(take)
    draw(None)
    return picked


def test_steps_are_picked_in_the_columns_and_on_the_ruler(strip: Filmstrip) -> None:
    picked = show(strip)
    for column in (0, 3, 5):
        QTest.mouseClick(strip, LEFT, pos=strip.cell(column, 1).center().toPoint())
    assert picked == [1, 4, 6]
    x = round(strip._x(places(6)[1][1])) + 4
    QTest.mouseClick(strip, LEFT, pos=QPoint(x, strip.height() - 30))
    assert picked[-1] == 2


def test_steps_to_come_cannot_be_picked(strip: Filmstrip) -> None:
    picked = show(strip, done=3)
    QTest.mouseClick(strip, LEFT, pos=strip.cell(5, 0).center().toPoint())
    QTest.mouseClick(strip, LEFT, pos=QPoint(round(strip._x(places(6)[5][1])), strip.height() - 32))
    assert picked == [3]


def test_columns_are_spread_evenly_over_the_ruler(strip: Filmstrip) -> None:
    show(strip)
    gaps = {round(strip.cell(i + 1, 0).left() - strip.cell(i, 0).left(), 3) for i in range(5)}
    assert len(gaps) == 1
    assert strip.cell(0, 0).width() == strip.cell(0, 0).height()
    assert strip.cell(5, 0).right() == pytest.approx(strip._x(9.0))


def test_the_strip_says_how_many_columns_fit(theme: Theme, qtbot: QtBot) -> None:
    strip = Filmstrip(theme)
    qtbot.addWidget(strip)
    told: list[int] = []
    strip.room.connect(told.append)
    strip.resize(500, 180)
    strip.show()
    assert told
    assert 50 <= strip.cell(0, 0).width() <= 62
    strip.resize(1100, 120)
    assert strip.rows() == 1
    assert told[-1] == 7


def test_the_pill_carries_its_value_and_snaps_to_steps(strip: Filmstrip) -> None:
    picked = show(strip)
    pill = strip.scrubber
    start = QPoint(pill.width() // 2, 12)
    assert pill._words == "+4.0"
    QTest.mousePress(pill, LEFT, pos=start)
    assert picked == [6]
    tip = pill.x() + pill._tip
    goal = strip._x(places(6)[2][1]) + 5
    QTest.mouseMove(pill, start + QPoint(round(goal - tip), 0))
    assert picked[-1] == 3
    assert pill._words == "−2.0"
    assert pill.x() + pill._tip == pytest.approx(strip._x(-2.0))
    QTest.mouseRelease(pill, LEFT)
    assert not pill.held


def test_alt_frees_the_pill_from_the_steps(strip: Filmstrip) -> None:
    picked = show(strip)
    strip.scrubber.dragged.emit(strip._x(-2.8), True)
    assert picked[-1] == 3
    assert strip.scrubber._words == "−2.8"
    strip.scrubber.released.emit()
    assert strip.scrubber._words == "−2.0"


def test_keys_move_the_pill_and_screen_readers_hear_it(strip: Filmstrip) -> None:
    show(strip)
    heard: list[object] = []
    strip.moved.connect(heard.append)
    strip.ended.connect(lambda side: heard.append(("end", side)))
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End):
        QTest.keyClick(strip.scrubber, key)
    assert heard == [-1, 1, ("end", -1), ("end", 1)]
    assert strip.scrubber.accessibleDescription() == "Step 6 of 6, log-SNR +4.0"
    spoken = QAccessible.queryAccessibleInterface(strip.scrubber)
    assert spoken.valueInterface().currentValue() == 6
    assert spoken.valueInterface().maximumValue() == 6


def test_one_outline_lies_round_both_rows(strip: Filmstrip) -> None:
    show(strip)
    image = strip.grab().toImage()
    box = strip.cell(5, 0).united(strip.cell(5, 1)).toRect()

    def accented(x: int, y: int) -> bool:
        # The line is drawn soft at its edges: what is meant is a warm colour.
        near = [image.pixelColor(x + d, y + e) for d in range(-2, 3) for e in range(-2, 3)]
        return any(colour.red() > colour.blue() + 60 for colour in near)

    assert accented(box.center().x(), box.top())
    assert all(accented(box.left() - 2, y) for y in range(box.top() + 6, box.bottom() - 6))
    assert not accented(box.center().x(), box.center().y())


def test_steps_that_will_not_come_are_hatched(strip: Filmstrip) -> None:
    run = fold(under_way(3, 6), Cancelled(JOB, 3, 6))
    strip.show_view(derive_trajectory(TrajectoryInputs(run, places=places(6))))
    box = strip.cell(5, 0).toRect().adjusted(4, 4, -4, -4)
    image = strip.grab().toImage()
    hatched = {
        image.pixelColor(x, y).name() for x in range(box.left(), box.right()) for y in range(box.top(), box.bottom())
    }
    strip.show_view(derive_trajectory(TrajectoryInputs(under_way(3, 6), places=places(6))))
    image = strip.grab().toImage()
    corner = {image.pixelColor(box.left() + i, box.top() + i).name() for i in range(8)}
    assert len(hatched) > 1
    assert len(corner) == 1


def test_a_fault_is_red_where_it_happened_and_a_cancelled_run_is_not(strip: Filmstrip, theme: Theme) -> None:
    def reds(image: QImage) -> int:
        return sum(image.pixelColor(x, y) == red for x in range(image.width()) for y in range(image.height()))

    red, stood = QColor(theme.tokens.err), {}
    for event in (Cancelled(JOB, 3, 6), Failed(JOB, "out of memory")):
        strip.show_view(derive_trajectory(TrajectoryInputs(fold(under_way(3, 6), event), places=places(6))))
        stood[type(event)] = (reds(strip.grab().toImage()), reds(strip.scrubber.grab().toImage()))
    assert stood[Cancelled] == (0, 0)
    assert min(stood[Failed]) > 20


def test_the_menu_of_a_step_opens_on_it(strip: Filmstrip) -> None:
    picked = show(strip, done=6)
    asked: list[int] = []
    strip.asked.connect(lambda number, _place: asked.append(number))
    place = strip.cell(1, 0).center().toPoint()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, strip.mapToGlobal(place))
    QApplication.sendEvent(strip, event)
    assert (picked, asked) == ([2], [2])


def test_a_done_run_can_be_drawn_without_any_place(strip: Filmstrip) -> None:
    run = fold(under_way(3, 6), Done(JOB, 1.0))
    strip.show_view(derive_trajectory(TrajectoryInputs(run)))
    assert not strip.grab().isNull()
    assert strip.scrubber.isHidden()


def test_what_is_painted_bit_by_bit_is_what_is_painted_at_once(strip: Filmstrip) -> None:
    run = under_way(4, 12)
    for done in (4, 5, 7, 9):
        run = fold(run, Progress(JOB, done, 12, 1.0))
        strip.show_view(derive_trajectory(TrajectoryInputs(run, places=places(12))))
        QApplication.processEvents()
    bit_by_bit = on_screen(strip)
    strip.repaint()
    assert bit_by_bit == on_screen(strip)


def test_a_step_without_a_look_paints_the_ruler_alone(strip: Filmstrip) -> None:
    run = under_way(4, 12)
    strip.show_view(derive_trajectory(TrajectoryInputs(run, places=places(12))))
    QApplication.processEvents()
    painted = painted_of(strip)
    strip.show_view(derive_trajectory(TrajectoryInputs(fold(run, Progress(JOB, 5, 12, 1.0)), places=places(12))))
    QApplication.processEvents()
    assert painted
    assert min(rect.top() for rect in painted) > strip.cell(0, strip.rows() - 1).bottom()
