"""More scenes of `screenshots.py`: what opens over the window or beside it, and pages without anything to show.

They use what the scenes of `screenshot_scenes.py` made before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QPoint
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QScrollArea, QWidget

from core.requests import Variation

if TYPE_CHECKING:
    from screenshots import Camera

OTHER_PROJECTS = ("Cones at dusk", "Glass and metal")
GRIDDED = 8
"""How often to zoom in until the pixel grid shows."""


def empty(camera: Camera) -> None:
    """The History view without a picture, and a mode that is still to come."""
    camera.act("mode_history")
    camera.everywhere("history_empty")
    camera.act("mode_compare")
    camera.everywhere("coming")
    camera.act("mode_create")


def tip(camera: Camera) -> None:
    """What F1 says of the guidance scale; what a word that is new to the model could be instead."""

    def explain() -> None:
        camera.act("guidance")
        camera.act("tip")

    session = camera.window.session
    camera.everywhere("tip", explain)
    camera.window.tips.hide()
    before = session.desk.draft
    session.desk.change(prompt="a shiny spher on a velvet table")
    camera.rest(900)
    camera.everywhere("suggest", camera.window.create_page.prompt.suggest.click)
    session.desk.put(before)


def sections(camera: Camera) -> None:
    """Decoder and colour, unfolded; a start picture, blended seeds and a sampler that adds fresh noise."""
    page, session = camera.window.create_page, camera.window.session
    before = session.desk.draft
    title = _button(page.sampler, "Decoder and colour")
    title.click()
    camera.everywhere("colour", lambda: _bring_up(page.sampler.colour))
    title.click()
    newest = session.gallery.list.tile(0).artifact
    assert newest is not None
    session.start_from(newest.path)
    camera.until(lambda: session.desk.draft.start)
    session.desk.change(variation=Variation(41, 0.25), sampler="euler_ancestral", time_grid="karras")
    camera.everywhere("start")
    session.desk.put(before)


def canvas(camera: Camera) -> None:
    """Pixels with their grid; all panels hidden; canvas and schedule in windows of their own; a file held above."""
    window = camera.window
    for name in ("smooth", "pixel_grid", *("zoom_in",) * GRIDDED):
        camera.act(name)
    camera.everywhere("pixels")
    for name in ("smooth", "pixel_grid", "fit"):
        camera.act(name)
    camera.act("all_panels")
    camera.everywhere("canvas_alone")
    camera.act("all_panels")
    camera.everywhere("torn", lambda: _tear(camera))
    window.drops.overlay.open()
    camera.everywhere("drop", window.drops.overlay.open, window.drops.overlay.hide)


def found(camera: Camera) -> None:
    """What the command palette finds for a word."""

    def ask() -> None:
        camera.act("palette")
        palette = QApplication.activePopupWidget()
        assert palette is not None
        palette.findChild(QLineEdit).setText("cone")
        camera.rest(700)

    camera.everywhere("found", ask)


def projects(camera: Camera) -> None:
    """A project that is named, one that is deleted, and pictures on their way to another."""
    window = camera.window
    first = window.session.projects.current
    for name in OTHER_PROJECTS:
        window.session.projects.add(name)
        camera.until(lambda name=name: window.session.projects.model.view.name == name)
    window.session.desk.change(prompt="a tall grey cylinder", count=1, steps=8)
    camera.generate()
    camera.everywhere("project_new", lambda: camera.act("new_project"))
    camera.everywhere("project_delete", lambda: camera.act("delete_project"))
    window.session.projects.go_to(first)
    camera.rest(900)
    camera.act("mode_history")
    camera.rest(900)
    _choose(camera, 3)
    camera.everywhere("move", lambda: camera.act("move_to_project"))


def history_states(camera: Camera) -> None:
    """Several pictures chosen and their menu; none found; some just deleted; the bin, asked to be emptied."""
    page = camera.window.history.page
    camera.act("mode_history")
    camera.rest(900)
    _choose(camera, 4)
    camera.everywhere("history_menu", lambda: page.grid.asked.emit(3))
    page.archive.set_filters(search="a teapot")
    camera.rest(500)
    camera.everywhere("history_none")
    page.archive.clear_filters()
    camera.rest(500)
    _choose(camera, 2)
    camera.act("delete")
    camera.rest(500)
    camera.everywhere("history_deleted", lambda: page.offer("2 pictures are in the bin", "Undo", camera.rest))
    camera.act("bin")
    camera.rest(500)
    camera.everywhere("confirm", page.empty_bin)
    camera.act("bin")
    camera.act("undo")
    camera.act("mode_create")


def shortcut_settings(camera: Camera) -> None:
    """The settings of the keys, one of them being given another."""
    window = camera.window
    window.settings_mode.show_shortcuts()
    page = window.settings_mode.page
    assert page is not None
    keys = page.shortcuts.rows[2].keys

    def ask() -> None:
        keys.setFocus()
        keys.click()

    camera.everywhere("shortcut_settings", ask)
    camera.act("mode_create")


def _button(root: QWidget, words: str) -> QPushButton:
    return next(button for button in root.findChildren(QPushButton) if button.text() == words)


def _bring_up(part: QWidget) -> None:
    """Scroll to it."""
    above = part.parentWidget()
    while not isinstance(above, QScrollArea):
        above = above.parentWidget()
    above.ensureWidgetVisible(part, 0, 20)


def _tear(camera: Camera) -> None:
    """Canvas and noise schedule off, side by side over the window's middle."""
    camera.act("tear_off")
    camera.act("tear_off_plot")
    page, window = camera.window.create_page, camera.window
    for torn, at, size in (
        (page.torn_canvas, QPoint(350, 62), (430, 400)),
        (page.torn_plot, QPoint(430, 476), (340, 146)),
    ):
        assert torn.window is not None
        torn.window.move(window.mapToGlobal(at))
        torn.window.resize(*size)
    camera.rest()


def _choose(camera: Camera, count: int) -> None:
    """The first pictures of the History view, so many."""
    grid = camera.window.history.page.grid
    selection = grid.selectionModel()
    grid.choose(0)
    for place in range(count):
        selection.select(grid.model().index(place, 0), QItemSelectionModel.SelectionFlag.Select)
    camera.rest()


OVERLAYS: dict[str, Callable[[Camera], None]] = {
    scene.__name__: scene
    for scene in (empty, tip, sections, canvas, found, projects, history_states, shortcut_settings)
}
