"""A tile of the history, dragged by the window's own events to where it is let go."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.artifacts.image import load_picture
from core.artifacts.recipe import pixels_sha256
from studio.main_window import MainWindow
from tests.studio.scripted import Script, picture
from tests.studio.test_session import WAIT_MS, make

LEFT, NONE, COPY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction


class Dragging:
    """Sends what a window system sends to a window: Qt itself finds the widget below, as it does for a person."""

    def __init__(self, window: MainWindow, mime: QMimeData) -> None:
        self._window, self._mime = window, mime
        self._entered = False

    def over(self, widget: QWidget) -> bool:
        """Move there, from outside at first; whether it could be let go there."""
        event = (QDragMoveEvent if self._entered else QDragEnterEvent)(self._at(widget), COPY, self._mime, LEFT, NONE)
        self._entered = True
        QApplication.sendEvent(self._window.windowHandle(), event)
        # The first move over a widget tells it that the drag came. As Qt does it, the next begins with its answer.
        again = QDragMoveEvent(self._at(widget), COPY, self._mime, LEFT, NONE)
        again.setAccepted(event.isAccepted())
        QApplication.sendEvent(self._window.windowHandle(), again)
        return again.isAccepted()

    def drop(self, widget: QWidget) -> bool:
        event = QDropEvent(QPointF(self._at(widget)), COPY, self._mime, LEFT, NONE)
        QApplication.sendEvent(self._window.windowHandle(), event)
        return event.isAccepted()

    def leave(self) -> None:
        QApplication.sendEvent(self._window.windowHandle(), QDragLeaveEvent())

    def _at(self, widget: QWidget) -> QPoint:
        return widget.mapTo(self._window, widget.rect().center())


@pytest.fixture
def two(window: MainWindow, qtbot: QtBot, script: Script) -> MainWindow:
    """A window that has made two pictures; the settings are the second one's."""
    make(window, qtbot, script, prompt="a red cube", seed=3, steps=4, eta=0.25, seed_locked=True)
    make(window, qtbot, script, prompt="a blue sphere", seed=5, steps=6, eta=0.0, seed_locked=True)
    return window


def test_a_tile_on_the_canvas_restores_settings_and_on_start_from_gives_its_pixels(
    two: MainWindow, qtbot: QtBot
) -> None:
    session, page = two.session, two.create_page
    tiles = page.history.tiles
    first = next(row for row in range(2) if session.gallery.list.tile(row).prompt == "a red cube")
    index = tiles.model().index(first, 0)
    assert tiles.dragEnabled()
    assert index.flags() & Qt.ItemFlag.ItemIsDragEnabled
    mime = tiles.model().mimeData([index])

    drag = Dragging(two, mime)
    assert drag.over(page.canvas.view)
    assert two.drops.overlay.isVisible()
    with qtbot.waitSignal(two.restorer.restored, timeout=WAIT_MS):
        assert drag.drop(page.canvas.view)
    assert not two.drops.overlay.isVisible()
    draft = session.desk.draft
    assert (draft.prompt, draft.seed, draft.steps, draft.eta, draft.start) == ("a red cube", 3, 4, 0.25, None)
    assert draft.seed_locked

    session.desk.change(prompt="a green cone", seed=9)
    drag, zone = Dragging(two, mime), page.prompt.picture.start
    assert drag.over(page.canvas.view)
    assert drag.over(zone), "the overlay lies over it"
    assert not two.drops.overlay.isVisible(), "it says that settings would be restored"
    assert drag.drop(zone)
    qtbot.waitUntil(lambda: session.desk.draft.start is not None, timeout=WAIT_MS)
    draft = session.desk.draft
    assert draft.start is not None
    assert draft.start.sha256 == pixels_sha256(picture(3))
    kept = load_start_pixels(two, draft.start.sha256)
    np.testing.assert_array_equal(kept, picture(3))
    assert (draft.prompt, draft.seed, draft.steps) == ("a green cone", 9, 4), "its settings were taken, too"


def load_start_pixels(window: MainWindow, sha256: str) -> np.ndarray:
    from PIL import Image

    with Image.open(window.bridge.engine.home.starts / f"{sha256}.png") as image:
        return np.asarray(image.convert("RGB"))


def test_a_drag_that_leaves_changes_nothing(two: MainWindow) -> None:
    before, tiles = two.session.desk.draft, two.create_page.history.tiles
    drag = Dragging(two, tiles.model().mimeData([tiles.model().index(0, 0)]))
    assert drag.over(two.create_page.canvas.view)
    drag.leave()
    assert not two.drops.overlay.isVisible()
    assert two.session.desk.draft == before


def test_what_is_dragged_is_the_kept_file_and_a_running_tile_is_not(
    two: MainWindow, qtbot: QtBot, script: Script
) -> None:
    two.session.generate()
    script.release(2)
    tiles = two.session.gallery.list
    qtbot.waitUntil(lambda: tiles.tile(0).artifact is None, timeout=WAIT_MS)
    assert not tiles.index(0, 0).flags() & Qt.ItemFlag.ItemIsDragEnabled
    assert tiles.mimeData([tiles.index(0, 0)]).urls() == []
    (url,) = tiles.mimeData([tiles.index(1, 0)]).urls()
    artifact = tiles.tile(1).artifact
    assert artifact is not None
    assert load_picture(artifact.path).recipe == artifact.recipe
    assert url.toLocalFile() == str(artifact.path)


def test_pulling_a_tile_begins_a_drag(two: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    tiles, begun = two.create_page.history.tiles, list[object]()
    monkeypatch.setattr(type(tiles), "startDrag", lambda self, actions: begun.append((self, actions)))
    start = tiles.visualRect(tiles.model().index(0, 0)).center()
    QTest.mousePress(tiles.viewport(), LEFT, NONE, start)
    for far in range(0, 60, 6):
        QTest.mouseMove(tiles.viewport(), start + QPoint(far, 0))
        QApplication.sendEvent(
            tiles.viewport(),
            _move(tiles.viewport(), start + QPoint(far, 0)),
        )
    QTest.mouseRelease(tiles.viewport(), LEFT, NONE, start + QPoint(60, 0))
    assert begun


def _move(widget: QWidget, at: QPoint) -> QEvent:
    from PySide6.QtGui import QMouseEvent

    return QMouseEvent(
        QEvent.Type.MouseMove, QPointF(at), QPointF(widget.mapToGlobal(at)), Qt.MouseButton.NoButton, LEFT, NONE
    )
