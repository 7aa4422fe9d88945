"""The whole story with the keyboard alone, on the real engine and the shipped model.

Start, type, generate, scrub to the middle, branch with another prompt, find both in the history, delete one and take
it back, drop the first file onto the window, restore, make it again, undo, close, and find everything as it was left.
`packaging/check_story.sh` plays it on a display server, with keys from outside the process.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.artifacts.artifact import Artifact
from core.artifacts.image import load_picture
from studio.main_window import MainWindow
from studio.viewmodels.draft import Draft
from tests.studio.keyboard import Keyboard, keyboard_for

PROMPT, OTHER = "a red cube", "a blue cube"
SEED, STEPS, MIDDLE = 4711, 8, 4
SHOT = "NOISETTE_STORY_SHOT"
"""Names a file for a picture of the whole screen, taken near the end."""


def test_the_whole_story_with_the_keyboard_alone(open_real: Callable[..., MainWindow], qtbot: QtBot) -> None:
    keys, window = keyboard_for(qtbot), open_real()
    start(window, keys)
    first = generate(window, keys)
    scrub_to_the_middle(window, keys, first)
    second = branch(window, keys, first)
    find_both(window, keys, first, second)
    delete_and_take_back(window, keys)
    make_again(window, keys)
    drop(window, keys, first)
    paste(window, keys, first)
    if os.environ.get(SHOT):
        assert QGuiApplication.primaryScreen().grabWindow(0).save(os.environ[SHOT])
    draft = window.session.desk.draft
    keys.press("Ctrl+Q")
    keys.until(lambda: not window.isVisible())
    reopened(open_real(), keys, draft)


def start(window: MainWindow, keys: Keyboard) -> None:
    """The prompt has the focus from the beginning."""
    keys.until(lambda: window.isActiveWindow() and window.session.desk.card is not None)
    assert window.session.desk.card is not None
    assert window.session.desk.card.id == "tabletop"
    assert QApplication.focusWidget() is window.create_page.prompt.editor


def generate(window: MainWindow, keys: Keyboard) -> Artifact:
    """Words, seed and steps are typed; the picture is made as they say."""
    desk, page = window.session.desk, window.create_page
    keys.write(PROMPT)
    keys.until(lambda: desk.draft.prompt == PROMPT)
    keys.tab_to(page.prompt.seed)
    retype(keys, str(SEED))
    keys.until(lambda: desk.draft.seed == SEED)
    keys.tab_to(page.sampler.steps.field)
    retype(keys, str(STEPS))
    keys.until(lambda: desk.draft.steps == STEPS)
    keys.press("Ctrl+Return")
    made = wait_for_picture(window, keys, 1)
    request = made.recipe.request
    assert (request.prompt, request.seed, request.steps) == (PROMPT, SEED, STEPS)
    return made


def scrub_to_the_middle(window: MainWindow, keys: Keyboard, first: Artifact) -> None:
    """The canvas, the status of the steps and what a screen reader hears all say the step."""
    stage, page = window.session.stage, window.create_page
    keys.tab_to(page.canvas.view, "F6")
    for step in range(STEPS - 1, MIDDLE - 1, -1):
        keys.press("J")
        keys.until(lambda step=step: stage.trajectory.view.step == step and not stage.canvas.view.finished)
    keys.until(lambda: stage.trajectory.view.branchable)
    keys.until(lambda: page.canvas.view.accessibleName() == f"Picture, clean guess at step {MIDDLE} of {STEPS}")
    assert page.trajectory.figures.text().startswith(f"step {MIDDLE} ")
    assert page.trajectory.strip.scrubber.accessibleDescription().startswith(f"Step {MIDDLE} of {STEPS}")
    shown = stage.canvas.view.picture
    assert shown is not None
    assert not np.array_equal(shown.left, pixels_of(first)), "the middle step looks like the finished picture"


def branch(window: MainWindow, keys: Keyboard, first: Artifact) -> Artifact:
    """The child goes on from that step with another word, remembers where it came from, and looks otherwise."""
    session, page = window.session, window.create_page
    keys.press("B")
    keys.until(lambda: session.desk.draft.branch is not None)
    assert page.prompt.branch_words.text() == f"Continues from step {MIDDLE} of “{PROMPT}”"
    keys.press("P")
    keys.until(page.prompt.editor.hasFocus)
    retype(keys, OTHER)
    keys.until(lambda: session.desk.draft.prompt == OTHER)
    keys.press("Ctrl+Return")
    made = wait_for_picture(window, keys, 2)
    request = made.recipe.request
    assert request.branch is not None
    assert (request.prompt, request.seed, request.branch.item, request.branch.step) == (OTHER, SEED, 0, MIDDLE)
    assert request.branch.job_id == first.id.rsplit("-", 1)[0]
    assert request.branch.origin is not None
    assert request.branch.origin.prompt == PROMPT
    assert not np.array_equal(pixels_of(made), pixels_of(first))
    to_the_parent_and_back(window, keys, first, made)
    return made


def to_the_parent_and_back(window: MainWindow, keys: Keyboard, first: Artifact, second: Artifact) -> None:
    """The branch says where it comes from, and a key leads to that step."""
    session, canvas = window.session, window.create_page.canvas
    assert canvas.parent_bar.isVisible()
    assert canvas.parent_bar.text() == f"From step {MIDDLE} of “{PROMPT}”"
    keys.tab_to(canvas.view, "F6")
    keys.press("O")
    keys.until(lambda: session.gallery.current == first and session.stage.trajectory.view.step == MIDDLE)
    keys.until(lambda: canvas.view.accessibleName() == f"Picture, clean guess at step {MIDDLE} of {STEPS}")
    assert canvas.parent_bar.isHidden()
    keys.tab_to(window.create_page.history.tiles)
    keys.press("Home", "Return")
    keys.until(lambda: session.gallery.current == second and session.stage.canvas.view.finished)


def find_both(window: MainWindow, keys: Keyboard, first: Artifact, second: Artifact) -> None:
    """Both are found by a word they share, each by its own; Enter opens one on the canvas."""
    archive, grid = window.history.archive, window.history.page.grid

    def prompts() -> list[str]:
        rows = [archive.grid.row(at) for at in range(archive.grid.rowCount())]
        return [row.prompt for row in rows if row is not None]

    keys.press("Ctrl+5")
    keys.until(lambda: prompts() == [OTHER, PROMPT])
    keys.press("Ctrl+F")
    keys.until(window.history.page.bar.search.hasFocus)
    keys.write("cube")
    keys.until(lambda: archive.filters.search == "cube" and not archive.is_looking and prompts() == [OTHER, PROMPT])
    keys.press("Ctrl+A")
    keys.write("red")
    keys.until(lambda: archive.filters.search == "red" and not archive.is_looking and prompts() == [PROMPT])
    keys.press("Ctrl+A")
    keys.write("cube")
    keys.until(lambda: not archive.is_looking and prompts() == [OTHER, PROMPT])
    keys.press("Down")
    keys.until(grid.hasFocus)
    keys.press("Right")
    keys.until(lambda: archive.current is not None and archive.current.recipe.request.prompt == PROMPT)
    keys.press("Return")
    canvas = window.session.stage.canvas
    keys.until(lambda: window.create_page.isVisible() and canvas.view.finished)
    assert canvas.view.picture is not None
    np.testing.assert_array_equal(canvas.view.picture.left, pixels_of(first))
    assert not np.array_equal(canvas.view.picture.left, pixels_of(second))


def delete_and_take_back(window: MainWindow, keys: Keyboard) -> None:
    """What goes to the bin comes back by undo, which leaves the settings of Create alone."""
    archive, draft = window.history.archive, window.session.desk.draft
    keys.press("Ctrl+5")
    keys.until(window.history.page.grid.hasFocus)
    keys.until(lambda: archive.current is not None and not archive.is_looking)
    keys.press("Del")
    keys.until(lambda: archive.grid.rowCount() == 1 and not archive.is_looking)
    keys.press("Ctrl+Z")
    keys.until(lambda: archive.grid.rowCount() == 2 and not archive.is_looking)
    assert window.session.desk.draft == draft


def make_again(window: MainWindow, keys: Keyboard) -> None:
    """The branch is made again to the last bit."""
    detail = window.history.archive.detail
    for key in ("Home", "A"):
        keys.press(key)
    keys.until(lambda: detail.view.verdict.startswith("Identical"))
    assert detail.view.prompt == OTHER
    keys.until(lambda: window.session.stage.canvas.view.finished)


def drop(window: MainWindow, keys: Keyboard, first: Artifact) -> None:
    """Let go over the window, the first file's settings are those it was asked with; undo and redo lead back and on."""
    desk, asked = window.session.desk, first.recipe.request
    keys.press("Ctrl+1")
    keys.until(window.create_page.isVisible)
    branch = desk.draft
    assert branch.branch is not None
    let_go(window, file_of(first))
    keys.until(lambda: desk.draft.request() == asked)
    assert desk.draft.seed_locked
    keys.press("Ctrl+Z")
    keys.until(lambda: desk.draft == branch)
    keys.press("Ctrl+Shift+Z")
    keys.until(lambda: desk.draft.request() == asked)
    keys.press("Ctrl+Z")
    keys.until(lambda: desk.draft == branch)


def paste(window: MainWindow, keys: Keyboard, first: Artifact) -> None:
    """The same by keys alone, even from within the prompt: a file on the clipboard is no text for it."""
    desk, editor = window.session.desk, window.create_page.prompt.editor
    keys.press("P")
    keys.until(editor.hasFocus)
    QGuiApplication.clipboard().setMimeData(file_of(first))
    keys.press("Ctrl+V")
    keys.until(lambda: desk.draft.request() == first.recipe.request)
    assert editor.toPlainText() == PROMPT


def reopened(window: MainWindow, keys: Keyboard, draft: Draft) -> None:
    """Settings and pictures are as they were left."""
    strip = window.session.gallery.list
    assert window.session.desk.draft == draft
    assert window.create_page.prompt.editor.toPlainText() == PROMPT
    keys.until(lambda: strip.rowCount() == 2)
    assert [strip.tile(at).prompt for at in range(2)] == [OTHER, PROMPT]
    keys.until(lambda: window.isActiveWindow() and QApplication.focusWidget() is window.create_page.prompt.editor)


def retype(keys: Keyboard, words: str) -> None:
    """In a field: other words in place of all that stands there."""
    keys.press("Ctrl+A")
    keys.write(words)
    if words.isdigit():
        keys.press("Return")


def file_of(artifact: Artifact) -> QMimeData:
    """As a file manager hands it over."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(artifact.path))])
    return mime


def pixels_of(artifact: Artifact) -> np.ndarray:
    return load_picture(artifact.path).pixels


def let_go(window: MainWindow, mime: QMimeData) -> None:
    """A drag that enters the window and ends there, as the window system tells of it."""
    action, button, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entered = QDragEnterEvent(QPoint(20, 20), action, mime, button, none)
    QApplication.sendEvent(window, entered)
    assert entered.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(20, 20), action, mime, button, none))


def wait_for_picture(window: MainWindow, keys: Keyboard, count: int) -> Artifact:
    """Until so many pictures are in the strip and the newest is finished on the canvas; its file."""
    session = window.session
    keys.until(lambda: session.gallery.list.rowCount() == count and session.stage.canvas.view.finished)
    keys.until(lambda: session.status.view.words.startswith("Done in"))
    made, shown = session.gallery.current, session.stage.canvas.view.picture
    assert made is not None
    assert shown is not None
    np.testing.assert_array_equal(shown.left, pixels_of(made))
    return made
