"""Files let go over the window, opened, and pasted: their settings, and what the sheet says of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from core.artifacts.image import save_picture
from core.requests import GridSettings
from studio.main_window import MainWindow
from studio.panels.import_sheet import ImportSheet
from tests.core.artifacts.recipes import picture, recipe
from tests.core.interop import foreign


def mime_of(*paths: Path | str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def drag(widget: QWidget, mime: QMimeData) -> bool:
    event = QDragEnterEvent(
        QPoint(20, 20), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def drop(widget: QWidget, mime: QMimeData) -> None:
    """As the window system does it: Qt hands a drop to the widget that took the drag before."""
    assert drag(widget, mime)
    event = QDropEvent(
        QPointF(20, 20), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, event)


def sheet_of(window: MainWindow) -> ImportSheet | None:
    return next((sheet for sheet in window.findChildren(ImportSheet) if sheet.isVisible()), None)


def words(sheet: ImportSheet) -> str:
    return "\n".join(label.text() for label in sheet.findChildren(QLabel))


def press(sheet: ImportSheet, name: str) -> None:
    next(button for button in sheet.findChildren(QPushButton) if button.text() == name).click()


@pytest.mark.parametrize("name", foreign.FILES)
def test_dropping_any_tools_picture_restores_its_settings(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, name: str
) -> None:
    tool, make = foreign.FILES[name]
    file = tmp_path / f"theirs.{ {'jpeg': 'jpg', 'webp': 'webp'}.get(name.split('-')[1], 'png') }"
    file.write_bytes(make())
    before = window.session.desk.draft
    with qtbot.waitSignal(window.restorer.restored, timeout=5_000):
        drop(window, mime_of(file))
    after, sheet = window.session.desk.draft, sheet_of(window)
    assert sheet is not None
    assert f"Settings from {tool}" in words(sheet)
    assert "The same settings give another picture here" in words(sheet)
    assert after.prompt
    assert after.prompt != before.prompt
    assert after.seed_locked
    assert (after.width, after.height) == (before.width, before.height), "a size that the model can't make was taken"
    after.request()
    press(sheet, "Undo")
    assert window.session.desk.draft == before


def test_values_reach_the_draft_and_losses_the_sheet(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(foreign.png(parameters=foreign.INFOTEXT))
    window.session.desk.change(eta=0.5, rescale=0.2, count=4, interval=(0.1, 0.9))
    with qtbot.waitSignal(window.restorer.restored, timeout=5_000):
        drop(window, mime_of(tmp_path / "a.png"))
    draft, sheet = window.session.desk.draft, sheet_of(window)
    assert (draft.sampler, draft.time_grid, draft.steps, draft.guidance_scale, draft.seed) == (
        "dpmpp_2m",
        "karras",
        20,
        7.0,
        1,
    )
    assert (draft.eta, draft.rescale, draft.count, draft.interval) == (0.0, 0.0, 1, (0.0, 1.0))
    assert draft.grid == GridSettings()
    assert sheet is not None
    for told in ("<lora:foo:0.8>", "Clip skip: 2", "Model: v1-5", "Size: 512 × 512"):
        assert told in words(sheet)
    press(sheet, "Keep")
    assert sheet_of(window) is None
    assert window.session.desk.draft == draft


def test_our_own_picture_needs_no_sheet(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    card = window.session.desk.cards[0]
    width, height = card.sizes[0]
    made = recipe(picture(width=width, height=height), prompt="two cones", model_id=card.id, steps=5, seed=12)
    made = replace(made, model_sha256=dict(card.sha256))
    save_picture(tmp_path / "ours.png", picture(width=width, height=height), made)
    with qtbot.waitSignal(window.restorer.restored, timeout=5_000):
        drop(window, mime_of(tmp_path / "ours.png"))
    draft = window.session.desk.draft
    assert (draft.prompt, draft.steps, draft.seed, draft.seed_locked) == ("two cones", 5, 12, True)
    assert sheet_of(window) is None


def test_the_first_picture_of_several_files(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "b.png").write_bytes(foreign.png(parameters=foreign.INFOTEXT))
    with qtbot.waitSignal(window.restorer.restored, timeout=5_000):
        drop(window, mime_of(tmp_path / "notes.txt", tmp_path / "b.png", tmp_path / "c.png"))
    assert window.session.desk.draft.seed == 1


def test_the_overlay_is_there_while_a_picture_hovers(window: MainWindow) -> None:
    overlay = window.drops.overlay
    assert not drag(window, mime_of("/no/notes.txt"))
    assert overlay.isHidden()
    assert drag(window, mime_of("/no/a.webp"))
    assert overlay.isVisibleTo(window)
    assert overlay.size() == window.size()
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert overlay.isHidden()


def test_text_fields_let_pictures_pass_and_take_text(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(foreign.png(parameters=foreign.INFOTEXT))
    viewport = window.create_page.prompt.editor.viewport()
    assert drag(viewport, mime_of(tmp_path / "a.png"))
    with qtbot.waitSignal(window.restorer.restored, timeout=5_000):
        drop(viewport, mime_of(tmp_path / "a.png"))
    assert "file:" not in window.session.desk.draft.prompt
    text = QMimeData()
    text.setText("a red cube")
    assert drag(viewport, text)
    assert window.drops.overlay.isHidden()


def test_a_file_without_settings_is_told_and_changes_nothing(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(foreign.png())
    before = window.session.desk.draft
    for path, told in ((tmp_path / "photo.png", "holds no settings"), (tmp_path / "gone.png", "can't be read")):
        with qtbot.waitSignal(window.restorer.said, timeout=5_000) as said:
            drop(window, mime_of(path))
        assert told in said.args[0]
    assert window.session.desk.draft == before
    assert sheet_of(window) is None


def test_the_newest_of_two_drops_counts(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(foreign.png(parameters=foreign.INFOTEXT))
    (tmp_path / "b.png").write_bytes(foreign.png(prompt=json.dumps(foreign.GRAPH)))
    with qtbot.waitSignal(window.restorer.restored, timeout=5_000):
        drop(window, mime_of(tmp_path / "a.png"))
        drop(window, mime_of(tmp_path / "b.png"))
    assert window.session.desk.draft.seed == 156680208700286


def test_settings_are_pasted_as_text_file_and_picture(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(foreign.png(parameters=foreign.INFOTEXT))
    text, octets = QMimeData(), QMimeData()
    text.setText(foreign.INFOTEXT)
    octets.setData("image/png", QByteArray((tmp_path / "a.png").read_bytes()))
    for mime in (text, mime_of(tmp_path / "a.png"), octets):
        window.session.desk.change(seed=5)
        QGuiApplication.clipboard().setMimeData(mime)
        with qtbot.waitSignal(window.restorer.restored, timeout=5_000):
            window.actions_["paste_settings"].trigger()
        assert window.session.desk.draft.seed == 1
        sheet = sheet_of(window)
        assert sheet is not None
        sheet.close()


def test_a_paste_of_something_else_is_told(window: MainWindow, qtbot: QtBot) -> None:
    for words_pasted, told in (("a poem", "infotext"), ("", "clipboard holds no picture")):
        QGuiApplication.clipboard().setText(words_pasted)
        with qtbot.waitSignal(window.restorer.said, timeout=5_000) as said:
            window.actions_["paste_settings"].trigger()
        assert told in said.args[0]


def test_a_file_is_chosen_by_keyboard(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(foreign.png(parameters=foreign.INFOTEXT))
    window.actions_["open_settings"].trigger()
    dialog = window.findChild(QFileDialog)
    with qtbot.waitSignal(window.restorer.restored, timeout=5_000):
        dialog.fileSelected.emit(str(tmp_path / "a.png"))
    dialog.close()
    assert window.session.desk.draft.seed == 1


def test_other_events_pass_the_window_by(window: MainWindow) -> None:
    assert not window.drops.eventFilter(window, QEvent(QEvent.Type.User))


def test_a_clipboard_without_any_data_is_told(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.restorer.said, timeout=5_000) as said:
        window.restorer.read_mime(None)
    assert "clipboard holds no picture" in said.args[0]
