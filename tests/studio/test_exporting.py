"""Pictures out of the window: transparent, on a sheet, on the clipboard; and the chequered ground."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from core.artifacts.artifact import artifact_id
from core.artifacts.image import Picture, load_picture, save_picture
from core.artifacts.upscaling import Piece
from core.interop.reading import read_settings
from studio.gallery import decode_shown
from studio.main_window import MainWindow
from studio.viewmodels.canvas import Shown
from tests.studio.scripted import SIDE, Script
from tests.studio.test_session import WAIT_MS, make


@pytest.fixture
def sticker(window: MainWindow, qtbot: QtBot, script: Script) -> Path:
    """A batch of four whose first picture is clear in its upper half; its file."""
    make(window, qtbot, script, count=4, seed=3)
    current = window.session.gallery.current
    assert current is not None
    alpha = np.full((SIDE, SIDE), 255, np.uint8)
    alpha[: SIDE // 2] = 0
    kept = load_picture(current.path)
    save_picture(current.path, kept.pixels, kept.recipe, alpha)
    window.session.gallery.open(current.id)
    qtbot.waitUntil(lambda: window.session.stage.canvas.view.has_clear, timeout=WAIT_MS)
    return current.path


def test_the_ground_is_chequered_where_asked_for_and_there_is_alpha(window: MainWindow, sticker: Path) -> None:
    assert sticker.is_file()
    canvas = window.create_page.canvas
    assert canvas.header.clear.isVisibleTo(canvas)
    plain = canvas.view.grab().toImage()
    window.actions_["clear_ground"].trigger()
    assert canvas.header.clear.isChecked()
    chequered, place = canvas.view.grab().toImage(), canvas.view.place().toRect()
    upper = [
        {image.pixelColor(place.left() + x, place.top() + place.height() // 8).name() for x in range(2, 40)}
        for image in (plain, chequered)
    ]
    assert len(upper[1]) > len(upper[0])
    low = place.left() + 20, place.bottom() - 20
    assert plain.pixelColor(*low) == chequered.pixelColor(*low)
    canvas.view.show_picture(None)
    window.session.stage.canvas.update(shown=Shown("other", np.zeros((SIDE, SIDE, 3), np.uint8)))
    assert not window.actions_["clear_ground"].isEnabled()


def test_a_transparent_copy_has_alpha_and_its_settings(
    window: MainWindow, sticker: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    target = tmp_path / "clear.png"
    window.sheets.exporting.save(sticker, target, clear=True)
    qtbot.waitUntil(target.is_file, timeout=WAIT_MS)
    with Image.open(target) as image:
        assert image.mode == "RGBA"
    assert read_settings(target).settings.seed == 3
    assert decode_shown("a", sticker).clear is not None
    assert decode_shown("a", target).clear is None


def test_the_clipboard_gets_alpha_and_the_recipe(window: MainWindow, sticker: Path, qtbot: QtBot) -> None:
    assert sticker.is_file()
    said = list[str]()
    window.session.said.connect(said.append)
    window.actions_["copy_picture"].trigger()
    qtbot.waitUntil(lambda: "Picture copied, transparent" in said, timeout=WAIT_MS)
    mime = QGuiApplication.clipboard().mimeData()
    image = QImage.fromData(mime.data("image/png"))
    assert (image.pixelColor(0, 0).alpha(), image.pixelColor(0, SIDE - 1).alpha()) == (0, 255)
    assert read_settings(bytes(mime.data("image/png").data())).settings.seed == 3
    QGuiApplication.clipboard().clear()


def test_a_batch_and_a_selection_go_on_a_sheet(
    window: MainWindow, sticker: Path, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()

    def answer(*told: Any) -> None:
        asked.append(told[1])
        told[-1](tmp_path / f"{len(asked)}.png", 1)

    monkeypatch.setattr("studio.exporting.ask_how_to_save", answer)
    window.actions_["sheet"].trigger()
    qtbot.waitUntil((tmp_path / "1.png").is_file, timeout=WAIT_MS)
    with Image.open(tmp_path / "1.png") as image:
        assert (image.mode, image.size) == ("RGBA", (2 + 2 * 34, 2 + 2 * 34))
    window.show_mode_named("history")
    archive = window.history.archive
    qtbot.waitUntil(lambda: archive.grid.rowCount() == 4 and window.actions_["sheet"].isEnabled(), timeout=WAIT_MS)
    window.history.page.grid.selectAll()
    qtbot.waitUntil(lambda: archive.model.inputs.chosen == 4, timeout=WAIT_MS)
    window.actions_["sheet"].trigger()
    qtbot.waitUntil((tmp_path / "2.png").is_file, timeout=WAIT_MS)
    window.sheets.exporting.save_all(archive.chosen_paths(), tmp_path / "out")
    qtbot.waitUntil(lambda: len(list((tmp_path / "out").glob("*.png"))) == 4, timeout=WAIT_MS)
    assert artifact_id(window.session.stage.run.job_id, 0) == sticker.stem  # type: ignore[union-attr]


def test_one_picture_makes_no_sheet(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    make(window, qtbot, script)
    said = list[str]()
    window.session.said.connect(said.append)
    window.actions_["sheet"].trigger()
    assert said == ["A sheet holds at least 2 pictures; make a batch of 4 or 16, or select some in History"]


def test_enlarging_says_what_it_lacks_and_is_cancelled_within_a_piece(
    window: MainWindow, qtbot: QtBot, script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(window, qtbot, script)
    current, said = window.session.gallery.current, list[str]()
    assert current is not None
    window.session.said.connect(said.append)
    monkeypatch.setattr("core.artifacts.upscaling.find_spec", lambda _: None)
    window.actions_["enlarge"].trigger()
    qtbot.waitUntil(lambda: "pip install ncnn" in "".join(said), timeout=WAIT_MS)
    exporting, target = window.sheets.exporting, tmp_path / "large.png"

    def pieces(kept: Picture) -> Iterator[Piece]:
        for done in range(1000):
            yield Piece(done, 1000)
            exporting._cancelled.wait(0.005)
        raise AssertionError(f"{kept.recipe.seed} was not cancelled")

    monkeypatch.setattr("core.artifacts.upscaling.upscaled", pieces)
    offers = list[tuple[str, str, Callable[[], None]]]()
    exporting.offered.connect(lambda *told: offers.append(told))
    exporting.enlarge(current.path, target, clear=False)
    exporting.enlarge(current.path, target, clear=False)
    assert said[-1].startswith("Another picture is being enlarged")
    qtbot.waitUntil(lambda: bool(offers), timeout=WAIT_MS)
    assert offers[0][1] == "Cancel"
    offers[0][2]()
    qtbot.waitUntil(lambda: said[-1] == "Enlarging cancelled; nothing was written", timeout=WAIT_MS)
    assert not target.exists()
