"""The plan over the picture in a window: dragged by the mouse, edited by keys alone, repainted, taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.worlds.tabletop.arrangement import arranged
from core.worlds.tabletop.scene import Item, Scene, ground_view
from studio.main_window import MainWindow
from studio.plan import Plan
from studio.viewmodels.plan_drag import Grip
from studio.widgets.plan_overlay import PlanOverlay
from tests.studio.scripted import Script
from tests.studio.test_session import WAIT_MS, make
from tests.studio.test_window import SIZES, cut_off

PROMPT, SEED = "three things", 5
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def planned(window: MainWindow, qtbot: QtBot, script: Script) -> MainWindow:
    """A window with a planned picture on the canvas."""
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: window.session.desk.card is not None, timeout=WAIT_MS)
    window.session.desk.choose_model("planning")
    make(window, qtbot, script, prompt=PROMPT, seed=SEED)
    return window


@pytest.fixture
def opened(planned: MainWindow) -> MainWindow:
    """The same with the plan open."""
    planned.actions_["plan"].trigger()
    QApplication.processEvents()
    assert plan_of(planned).model.view.open
    return planned


def plan_of(window: MainWindow) -> Plan:
    return window.session.plan


def overlay_of(window: MainWindow) -> PlanOverlay:
    return window.create_page.canvas.plan.overlay


def own(window: MainWindow) -> Scene:
    return Scene.from_json(window.session.desk.draft.layout)


def painted(window: MainWindow) -> Scene:
    shown = plan_of(window).model.inputs.painted
    assert shown is not None
    return Scene.from_json(shown.layout)


def selected(window: MainWindow) -> Item:
    item = plan_of(window).model.view.item
    assert item is not None
    return item


def drag(widget: QWidget, start: QPoint, way: QPoint, *, release: bool = True) -> None:
    """Press, move in two steps, let go; points stay put though the widget may follow the pointer."""
    globally = widget.mapToGlobal(start)
    QTest.mousePress(widget, LEFT, pos=start)
    for part in (0.5, 1.0):
        QTest.mouseMove(widget, widget.mapFromGlobal(globally + QPoint(round(way.x() * part), round(way.y() * part))))
    if release:
        QTest.mouseRelease(widget, LEFT, pos=widget.mapFromGlobal(globally + way))


def key(window: MainWindow, code: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key on the selected object's handle."""
    QTest.keyClick(overlay_of(window).handles[plan_of(window).model.view.selected], code, modifier)


def test_the_button_says_why_where_there_is_no_plan(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    button = window.create_page.canvas.plan.button
    assert not button.isEnabled()
    make(window, qtbot, script, prompt="flat", seed=1)
    assert "paints from words alone" in button.toolTip()
    assert "paints from words alone" in button.accessibleDescription()
    said: list[str] = []
    window.session.said.connect(said.append)
    window.actions_["plan"].trigger()
    assert said == [button.toolTip()]
    assert not overlay_of(window).isVisible()


def test_every_object_has_a_handle_on_it_and_a_name(opened: MainWindow) -> None:
    overlay, view = overlay_of(opened), plan_of(opened).model.view
    handles = [handle for handle in overlay.handles if handle.isVisible()]
    assert len(handles) == len(view.objects) == len(painted(opened).items)
    place = opened.create_page.canvas.view.place()
    for handle, shown in zip(handles, view.objects, strict=True):
        assert handle.accessibleName() == shown.name
        u, v = shown.shape.centre
        middle = place.topLeft() + QPointF(u * place.width(), v * place.height())
        assert (QPointF(handle.geometry().center()) - middle).manhattanLength() < 3
    assert overlay.to_picture(overlay.to_widget((0.3, 0.7))) == pytest.approx((0.3, 0.7))


def test_handles_follow_zoom_and_panning(opened: MainWindow) -> None:
    overlay, view = overlay_of(opened), opened.create_page.canvas.view
    before = overlay.handles[0].geometry().center()
    opened.actions_["real_size"].trigger()
    u, v = plan_of(opened).model.view.objects[0].shape.centre
    place = view.place()
    after = overlay.handles[0].geometry().center()
    assert after != before
    assert (QPointF(after) - (place.topLeft() + QPointF(u * place.width(), v * place.height()))).manhattanLength() < 3


@pytest.mark.parametrize("by_handle", [True, False])
def test_a_drag_moves_the_object_and_changes_the_draft_once(opened: MainWindow, by_handle: bool) -> None:
    overlay, session = overlay_of(opened), opened.session
    before, changes = painted(opened), list[str]()
    session.desk.changed.connect(lambda: changes.append(session.desk.draft.layout))
    handle = overlay.handles[1]
    start = QPoint(12, 12) if by_handle else handle.geometry().center() + QPoint(13, 3)
    drag(handle if by_handle else overlay, start, QPoint(24, 16), release=False)
    assert changes == []
    assert plan_of(opened).model.view.objects[1].fresh
    held = plan_of(opened).model.view.scene
    if by_handle:
        QTest.mouseRelease(handle, LEFT)
    else:
        QTest.mouseRelease(overlay, LEFT)
    assert set(changes) == {session.desk.draft.layout}
    after = own(opened)
    assert after == held
    assert arranged(after)
    assert after.items[0] == before.items[0]
    assert after.items[1] != before.items[1]
    right = ground_view(after.items[1], after.camera)[0] - ground_view(before.items[1], before.camera)[0]
    assert right > 0.1
    assert session.desk.draft.request().layout == session.desk.draft.layout


def test_a_press_beside_all_objects_is_the_pictures(opened: MainWindow) -> None:
    overlay, view = overlay_of(opened), opened.create_page.canvas.view
    opened.actions_["real_size"].trigger()
    before, corner = view.place().topLeft(), view.place().topLeft().toPoint() - QPoint(20, 20)
    drag(overlay, corner, QPoint(-30, 10))
    assert view.place().topLeft() == before + QPointF(-30, 10)
    assert opened.session.desk.draft.layout == ""


def test_esc_gives_a_drag_up_and_a_second_one_leaves(opened: MainWindow) -> None:
    handle = overlay_of(opened).handles[0]
    drag(handle, QPoint(12, 12), QPoint(30, 10), release=False)
    key(opened, Qt.Key.Key_Escape)
    assert plan_of(opened).model.view.scene == painted(opened)
    QTest.mouseRelease(handle, LEFT)
    assert opened.session.desk.draft.layout == ""
    key(opened, Qt.Key.Key_Escape)
    assert not plan_of(opened).model.view.open
    assert not overlay_of(opened).isVisible()


def test_the_corner_switches_the_size(opened: MainWindow) -> None:
    plan_of(opened).set_shape("cube")
    plan_of(opened).set_size("small")
    overlay = overlay_of(opened)
    out = overlay.corner.geometry().center() - overlay.handles[plan_of(opened).model.view.selected].geometry().center()
    drag(overlay.corner, QPoint(12, 12), out)
    assert selected(opened).size == "large"
    drag(overlay.corner, QPoint(12, 12), -out * 0.6)
    assert selected(opened).size == "small"


def test_the_turn_handle_turns_a_cube(opened: MainWindow) -> None:
    plan = plan_of(opened)
    plan.set_shape("cube")
    overlay = overlay_of(opened)
    assert overlay.turn.isVisible()
    before = selected(opened)
    drag(overlay.turn, QPoint(12, 12), QPoint(20, -10))
    after = selected(opened)
    assert after.yaw_rad != before.yaw_rad
    assert (after.x, after.y) == (before.x, before.y)
    plan.set_shape("sphere")
    assert not overlay.turn.isVisible()


def test_keys_alone_edit_and_repaint(opened: MainWindow, qtbot: QtBot, script: Script) -> None:
    session = opened.session
    first = selected(opened)
    key(opened, Qt.Key.Key_Left)
    moved = selected(opened)
    camera = painted(opened).camera
    assert ground_view(moved, camera)[0] == pytest.approx(ground_view(first, camera)[0] - 0.05, abs=0.02)
    key(opened, Qt.Key.Key_C)
    key(opened, Qt.Key.Key_R)
    key(opened, Qt.Key.Key_Minus)
    assert selected(opened).size == "small"
    key(opened, Qt.Key.Key_Plus, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(overlay_of(opened).handles[0], Qt.Key.Key_Insert)
    scene = own(opened)
    assert plan_of(opened).model.view.selected == len(scene.items) - 1
    key(opened, Qt.Key.Key_Delete)
    assert own(opened).items == scene.items[:-1]
    assert selected(opened) in own(opened).items
    assert (session.desk.draft.seed, session.desk.draft.prompt) == (SEED, PROMPT)

    opened.actions_["generate"].trigger()
    script.release(session.desk.draft.steps)
    qtbot.waitUntil(lambda: session.gallery.list.rowCount() == 2 and session.runs.running is None, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: session.stage.canvas.view.finished, timeout=WAIT_MS)
    artifact = session.gallery.current
    assert artifact is not None
    assert artifact.recipe.seed == SEED
    assert artifact.recipe.layout == artifact.recipe.request.layout == session.desk.draft.layout
    assert plan_of(opened).model.view.open
    assert plan_of(opened).model.view.repaint_reason == "The picture shows this plan already"


def test_the_windows_shortcut_of_a_key_rests_while_an_object_has_it(opened: MainWindow) -> None:
    cancelled: list[bool] = []
    opened.actions_["cancel"].triggered.connect(lambda: cancelled.append(True))
    opened.activateWindow()
    overlay_of(opened).handles[0].setFocus()
    key(opened, Qt.Key.Key_Escape)
    assert cancelled == []
    assert not plan_of(opened).model.view.open


def test_an_edit_can_be_undone_and_made_again(opened: MainWindow) -> None:
    plan_of(opened).set_colour("purple" if selected(opened).colour != "purple" else "green")
    edited = opened.session.desk.draft
    opened.actions_["undo"].trigger()
    assert opened.session.desk.draft.layout == ""
    assert plan_of(opened).model.view.scene == painted(opened)
    opened.actions_["redo"].trigger()
    assert opened.session.desk.draft == edited


def test_back_to_the_planners_and_repaint_gives_the_first_plan(
    opened: MainWindow, qtbot: QtBot, script: Script
) -> None:
    session, plan = opened.session, plan_of(opened)
    first = painted(opened)
    plan.remove()
    session.generate()
    script.release(session.desk.draft.steps)
    qtbot.waitUntil(lambda: session.stage.canvas.view.finished and not session.runs.busy, timeout=WAIT_MS)
    assert len(painted(opened).items) == len(first.items) - 1
    QTest.mouseClick(opened.create_page.canvas.plan.card.back, LEFT)
    assert session.desk.draft.layout == ""
    assert plan.model.view.scene == first
    assert plan.repaints
    session.generate()
    script.release(session.desk.draft.steps)
    qtbot.waitUntil(lambda: session.gallery.list.rowCount() == 3 and session.runs.running is None, timeout=WAIT_MS)
    assert painted(opened) == first


def test_the_left_panel_says_that_a_plan_is_in_use_and_drops_it(opened: MainWindow, qtbot: QtBot) -> None:
    panel = opened.create_page.prompt
    assert not panel.drop_plan.isVisible()
    plan_of(opened).add()
    assert panel.drop_plan.isVisible()
    opened.session.desk.change(prompt="a cone")
    assert plan_of(opened).model.view.notice.startswith("Edited plan in use; the prompt has changed since")
    qtbot.waitUntil(lambda: cut_off(opened) == [], timeout=WAIT_MS)
    QTest.mouseClick(panel.drop_plan, LEFT)
    assert opened.session.desk.draft.layout == ""
    assert not panel.drop_plan.isVisible()


def test_the_first_edit_takes_up_the_pictures_prompt_and_seed(opened: MainWindow) -> None:
    session, said = opened.session, list[str]()
    session.said.connect(said.append)
    session.desk.change(prompt="something else", seed=99, steps=3)
    plan_of(opened).add()
    draft = session.desk.draft
    assert (draft.prompt, draft.seed, draft.steps) == (PROMPT, SEED, 3)
    assert said == ["Prompt and seed of this picture taken up"]


def test_a_pictures_settings_bring_its_plan_only_where_it_was_given(
    opened: MainWindow, qtbot: QtBot, script: Script
) -> None:
    session = opened.session
    opened.actions_["reuse"].trigger()
    assert session.desk.draft.layout == ""
    plan_of(opened).add()
    given = session.desk.draft.layout
    session.generate()
    script.release(session.desk.draft.steps)
    qtbot.waitUntil(lambda: session.gallery.list.rowCount() == 2 and session.runs.running is None, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: session.stage.canvas.view.finished, timeout=WAIT_MS)
    session.desk.put(session.desk.draft.with_layout(""))
    opened.actions_["reuse"].trigger()
    assert session.desk.draft.layout == given


def test_another_model_without_plans_drops_it(opened: MainWindow) -> None:
    plan_of(opened).add()
    opened.session.desk.choose_model("flat")
    assert opened.session.desk.draft.layout == ""
    assert not plan_of(opened).model.view.open


def test_what_can_not_be_is_said_and_nothing_changes(opened: MainWindow) -> None:
    plan = plan_of(opened)
    while plan.model.view.may_add:
        plan.add()
    before = opened.session.desk.draft.layout
    plan.add()
    assert plan.model.view.refusal.startswith("4 objects stand there; a plan holds at most 4")
    assert opened.session.desk.draft.layout == before


def test_in_live_mode_a_drag_changes_the_draft_as_it_goes(opened: MainWindow) -> None:
    plan, desk = plan_of(opened), opened.session.desk
    plan.at_once = True
    before = desk.draft
    plan.take(Grip.MOVE, 0, 0.5, 0.5)
    plan.pull(0.55, 0.55)
    assert own(opened) == plan.model.view.scene
    plan.pull(0.6, 0.6)
    assert own(opened) == plan.model.view.scene
    plan.let_go()
    assert desk.draft == before


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_off_while_the_plan_is_open(opened: MainWindow, size: tuple[int, int]) -> None:
    opened.resize(*size)
    plan_of(opened).add()
    QApplication.processEvents()
    card = opened.create_page.canvas.plan.card
    assert card.repaint_button.visibleRegion().boundingRect().size() == card.repaint_button.size()
    assert card.geometry().right() < opened.create_page.canvas.view.geometry().left()
    assert cut_off(opened) == []
    for child in (*card.findChildren(QWidget),):
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisible():
            assert child.accessibleName() or getattr(child, "text", str)(), child
            assert min(child.width(), child.height()) >= 24, child.accessibleName()


def test_a_kept_plan_comes_back_and_a_broken_one_does_not(opened: MainWindow) -> None:
    plan_of(opened).add()
    draft = opened.session.desk.draft
    assert type(draft).from_dict(draft.to_dict()) == draft
    broken = replace(draft, layout="{").to_dict()
    assert type(draft).from_dict(broken).layout == ""


def test_esc_in_the_card_leaves_the_plan(opened: MainWindow) -> None:
    cancelled: list[bool] = []
    opened.actions_["cancel"].triggered.connect(lambda: cancelled.append(True))
    card = opened.create_page.canvas.plan.card
    card.add.setFocus()
    QTest.keyClick(card.add, Qt.Key.Key_Escape)
    assert not plan_of(opened).model.view.open
    assert cancelled == []
