"""The plot alone, wired to view models as the panel wires it: dragging, keys, bubble, what screen readers hear."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.diffusion.schedule import schedule_named
from core.requests import CUSTOM
from studio.theme import Theme, fonts
from studio.viewmodels import handles
from studio.viewmodels.draft import Draft
from studio.viewmodels.sampler import SamplerInputs, derive_sampler
from studio.widgets.schedule_handle import SIDE, ScheduleHandle
from studio.widgets.schedule_plot import LEFT, RIGHT, SchedulePlot
from tests.studio.scripted import CARD
from tests.studio.widgets.painting import on_screen, painted_of

MIDDLE = QPoint(SIDE // 2, SIDE // 2)
FLOW = schedule_named("flow")


class Bench:
    """A plot and the draft that it shapes."""

    def __init__(self, plot: SchedulePlot) -> None:
        self.plot = plot
        self.draft = Draft(model_id="flat", steps=21, time_grid="karras", guidance_scale=3.0, interval=(0.1, 0.6))
        self.as_log_snr = False
        self.done: int | None = None
        plot.moved.connect(self._move)
        plot.added.connect(self._add)
        plot.removed.connect(lambda index: self.take(handles.removed(self.handles, index)))
        self.show()

    @property
    def handles(self) -> handles.Handles:
        return derive_sampler(self._inputs).handles

    @property
    def log_snrs(self) -> tuple[float, ...]:
        return handles.log_snrs_of(self.handles, FLOW)

    @property
    def _inputs(self) -> SamplerInputs:
        return SamplerInputs(self.draft, CARD, self.done, self.as_log_snr)

    def take(self, made: handles.Handles) -> None:
        self.draft = self.draft.with_handles(made)
        self.show()

    def show(self) -> None:
        view = derive_sampler(self._inputs)
        self.plot.show_curve(view.curve, view.curve_problem)

    def _move(self, index: int, fraction: float, log_snr: float) -> None:
        self.take(handles.moved(self.handles, index, fraction, handles.place_of(log_snr, FLOW)))

    def _add(self, fraction: float, log_snr: float) -> None:
        self.take(handles.added(self.handles, fraction, handles.place_of(log_snr, FLOW)))


@pytest.fixture
def bench(qapp: QApplication, qtbot: QtBot) -> Bench:
    plot = SchedulePlot(Theme(qapp))
    qtbot.addWidget(plot)
    plot.resize(276, plot.height())
    made = Bench(plot)
    plot.show()
    qtbot.waitExposed(plot)
    return made


def drag(handle: ScheduleHandle, way: QPoint, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press, move in two strides, let go. The handle moves under the pointer meanwhile."""
    plot = handle.parentWidget()
    start = handle.centre.toPoint()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, modifiers, MIDDLE)
    for part in (0.5, 1.0):
        at = QPointF(handle.mapFrom(plot, start + QPoint(round(way.x() * part), round(way.y() * part))))
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            at,
            handle.mapToGlobal(at),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            modifiers,
        )
        QApplication.sendEvent(handle, move)
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, modifiers, MIDDLE)


def test_dragging_moves_the_handle_under_the_pointer_and_leaves_the_named_grid(bench: Bench) -> None:
    handle = bench.plot.handles[1]
    before, aim = bench.handles, handle.centre + QPointF(12, -9)
    drag(handle, QPoint(12, -9))
    assert bench.draft.time_grid == CUSTOM
    assert (handle.centre - aim).manhattanLength() <= 2.0
    assert bench.handles[1][0] == pytest.approx(before[1][0] + 12 / (276 - LEFT - RIGHT), abs=0.005)
    assert bench.handles[1][1] > before[1][1]
    assert bench.handles[2:] == before[2:]
    bench.draft = bench.draft.without_handles()
    bench.show()
    assert (bench.draft.time_grid, bench.handles) == ("karras", before)


def test_a_press_without_a_drag_changes_nothing(bench: Bench) -> None:
    QTest.mouseClick(bench.plot.handles[1], Qt.MouseButton.LeftButton)
    drag(bench.plot.handles[1], QPoint(1, 0))
    assert bench.draft.time_grid == "karras"


def test_end_handles_set_the_largest_and_the_smallest_noise(bench: Bench) -> None:
    count = len(bench.plot.handles)
    drag(bench.plot.handles[0], QPoint(30, 6))
    drag(bench.plot.handles[count - 1], QPoint(-30, -12))
    (first, largest), (last, smallest) = bench.handles[0], bench.handles[-1]
    assert (first, last) == (0.0, 1.0)
    assert 0.9 < largest < 1.0
    assert 0.01 < smallest < 0.1
    drag(bench.plot.handles[0], QPoint(0, -60))
    assert bench.handles[0] == (0.0, 1.0)


def test_shift_holds_a_drag_to_one_direction(bench: Bench) -> None:
    before = bench.handles[1]
    drag(bench.plot.handles[1], QPoint(3, -9), Qt.KeyboardModifier.ShiftModifier)
    after = bench.handles[1]
    assert after[0] == pytest.approx(before[0], abs=0.004)
    assert after[1] > before[1]


@pytest.mark.parametrize("as_log_snr", [False, True])
def test_arrow_keys_move_what_is_seen(bench: Bench, as_log_snr: bool) -> None:
    bench.as_log_snr = as_log_snr
    bench.show()
    handle = bench.plot.handles[1]
    for key, sideways, down in ((Qt.Key.Key_Up, 0, -1), (Qt.Key.Key_Right, 1, 0), (Qt.Key.Key_Down, 0, 1)):
        before = bench.log_snrs[1]
        at, fraction = handle.centre, bench.handles[1][0]
        for _ in range(3):
            QTest.keyClick(handle, key)
        moved = handle.centre - at
        assert (moved.x() > 0) == (sideways > 0)
        assert math.copysign(1, moved.y()) == down if down else abs(moved.y()) <= 1
        assert bench.handles[1][0] == pytest.approx(fraction + 3 * sideways / 20, abs=1e-5)
        assert (bench.log_snrs[1] != pytest.approx(before, abs=0.05)) == bool(down)
    small = bench.log_snrs[1]
    QTest.keyClick(handle, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    little = abs(bench.log_snrs[1] - small)
    QTest.keyClick(handle, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert 0 < little < 0.1 * abs(bench.log_snrs[1] - small)


def test_handles_are_added_and_removed_by_pointer_and_keys(bench: Bench) -> None:
    count = len(bench.plot.handles)
    between = 0.5 * (bench.plot.handles[0].centre + bench.plot.handles[1].centre)
    QTest.mouseDClick(bench.plot, Qt.MouseButton.LeftButton, pos=between.toPoint())
    assert len(bench.plot.handles) == count + 1
    assert (bench.plot.handles[1].centre - between).manhattanLength() <= 3.0
    QTest.keyClick(bench.plot.handles[1], Qt.Key.Key_Insert)
    assert len(bench.plot.handles) == count + 2
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Delete):
        QTest.keyClick(bench.plot.handles[1], key, Qt.KeyboardModifier.ControlModifier)
    assert len(bench.plot.handles) == count + 2, "with Ctrl they are the window's"
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        QTest.keyClick(bench.plot.handles[1], key)
    assert len(bench.plot.handles) == len(bench.handles) == count
    QTest.keyClick(bench.plot.handles[0], Qt.Key.Key_Delete)
    assert len(bench.plot.handles) == count
    while len(bench.plot.handles) > 2:
        QTest.keyClick(bench.plot.handles[1], Qt.Key.Key_Delete)
    assert bench.handles == ((0.0, 1.0), (1.0, 0.0))


def test_the_bubble_tells_the_noise_under_the_pointer(bench: Bench) -> None:
    QApplication.focusWidget().clearFocus()
    assert bench.plot.bubble.isHidden()
    middle = QPoint(round(LEFT + (276 - LEFT - RIGHT) * 0.5), 100)
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(middle),
        QPointF(middle),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(bench.plot, move)
    curve = derive_sampler(SamplerInputs(bench.draft, CARD)).curve
    assert curve is not None
    assert bench.plot.bubble.words == f"σ {curve.sigmas[10]:.2f}"
    assert not bench.plot.bubble.isHidden()
    assert bench.plot.rect().contains(bench.plot.bubble.geometry())
    QApplication.sendEvent(bench.plot, QEvent(QEvent.Type.Leave))
    assert bench.plot.bubble.isHidden()
    bench.plot.handles[0].setFocus()
    assert bench.plot.bubble.words == "σ ∞"
    bench.plot.handles[2].setFocus()
    assert bench.plot.bubble.words == "σ 0.010"


def test_a_screen_reader_hears_name_and_value_and_may_set_it(bench: Bench) -> None:
    handle = bench.plot.handles[1]
    assert handle.accessibleName() == f"Schedule handle 2 of {len(bench.plot.handles)}"
    assert handle.accessibleDescription().startswith("σ ")
    assert "of 21" in handle.accessibleDescription()
    values = [each.value() for each in bench.plot.handles]
    assert values == sorted(values, reverse=True)
    handle.setValue(handle.value() + 30)
    assert bench.draft.time_grid == CUSTOM
    assert handle.value() == pytest.approx(values[1] + 30, abs=2)


def test_tab_goes_from_handle_to_handle(bench: Bench) -> None:
    for here, there in zip(bench.plot.handles, bench.plot.handles[1:], strict=False):
        assert here.focusPolicy() == Qt.FocusPolicy.StrongFocus
        assert here.nextInFocusChain() is there


@pytest.mark.parametrize("as_log_snr", [False, True])
@pytest.mark.parametrize(("steps", "done"), [(1, None), (1, 1), (2, 1), (24, 19), (1000, 3)])
@pytest.mark.parametrize("grid", ["uniform", "karras", CUSTOM])
def test_it_draws_any_run(bench: Bench, grid: str, steps: int, done: int | None, as_log_snr: bool) -> None:
    bench.done, bench.as_log_snr = done, as_log_snr
    bench.draft = replace(bench.draft.with_grid("karras"), steps=steps)
    if grid == CUSTOM:
        bench.draft = bench.draft.with_handles(((0.0, 1.0), (0.4, 0.5), (1.0, 0.1)))
    else:
        bench.draft = bench.draft.with_grid(grid)
    bench.show()
    picture = bench.plot.grab().toImage()
    assert not picture.isNull()
    assert all(bench.plot.rect().adjusted(-2, -2, 2, 2).contains(each.geometry()) for each in bench.plot.handles)


def test_without_a_curve_there_are_words_and_no_handles(bench: Bench) -> None:
    bench.plot.show_curve(None, "Shown once a model is chosen")
    assert bench.plot.handles == []
    assert bench.plot.bubble.isHidden()
    bench.plot.grab()


def test_the_edges_of_the_guidance_band_are_dragged_to_steps(bench: Bench) -> None:
    plot, heard = bench.plot, list[tuple[int, int]]()
    plot.banded.connect(lambda side, step: heard.append((side, step)))
    curve = plot._curve
    assert curve is not None
    band = plot._band(curve)
    y = round(band.bottom()) - 3
    for side, x, step in ((0, band.left(), 6), (1, band.right(), 17)):
        QTest.mousePress(plot, Qt.MouseButton.LeftButton, pos=QPoint(round(x), y))
        QTest.mouseMove(plot, QPoint(round(plot._step_point(curve, step - 1, 0.0).x()), y))
        QTest.mouseRelease(plot, Qt.MouseButton.LeftButton)
        assert heard[-1] == (side, step)
    count = len(heard)
    QTest.mouseMove(plot, QPoint(round(band.center().x()), y))
    assert len(heard) == count


def test_what_is_painted_bit_by_bit_is_what_is_painted_at_once(bench: Bench) -> None:
    bench.done = 0
    bench.show()
    QApplication.processEvents()
    painted = painted_of(bench.plot)
    for done in (1, 2, 8, 7):
        bench.done = done
        bench.show()
        QApplication.processEvents()
    assert max(rect.width() for rect in painted) < bench.plot.width() / 2
    bit_by_bit = on_screen(bench.plot)
    bench.plot.repaint()
    assert bit_by_bit == on_screen(bench.plot)


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_no_number_of_a_step_is_cut_at_the_edge(bench: Bench, scale: float) -> None:
    plot = bench.plot
    fonts.set_text_scale(scale)
    try:
        bench.draft = replace(bench.draft, steps=1000)
        bench.show()
        curve = plot._curve
        assert curve is not None
        wide = QFontMetricsF(fonts.caption()).horizontalAdvance("1000")
        label = plot.step_label(curve, 1000)
        assert label.width() >= wide
        assert label.right() <= plot.width()
    finally:
        fonts.set_text_scale(1.0)
