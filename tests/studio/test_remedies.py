"""Each failure is brought about in a real run of a real model; the remedy's key leads to a finished picture."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shiboken6
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from core.artifacts.image import load_picture
from core.engine import Engine
from core.errors import GenerationError
from core.jobs.context import JobContext
from core.jobs.event import Event, Progress
from core.jobs.lookup import Task, find_task
from core.models.card import Weights, write_card
from core.requests import GridSettings, ImageRequest
from studio.app import open_window
from studio.main_window import MainWindow
from studio.panels.model_picker import ModelPicker
from studio.theme import sizes
from studio.viewmodels.canvas import Scene
from studio.widgets.remedy_button import HEIGHT
from tests.core.models.mixture_model import install_mixture
from tests.studio.test_window import SIZES, cut_off

WAIT_MS = 30_000
STEPS = 4
OUT_OF_MEMORY = "CUDA out of memory. Tried to allocate 11.40 GiB. GPU 0 has 15.79 GiB of which 7.90 GiB is free."


class Breaker:
    """Wraps the real task: after step `at`, `strikes(request)` may raise."""

    def __init__(self) -> None:
        self.at = 2
        self.strikes: Callable[[ImageRequest], BaseException | None] = lambda _: None

    def find(self, request: Any) -> Task:
        real = find_task(request)

        def task(asked: ImageRequest, context: JobContext) -> Iterator[Event]:
            for event in real(asked, context):
                yield event
                error = self.strikes(asked) if isinstance(event, Progress) and event.done == self.at else None
                if error is not None:
                    raise error

        return task


@pytest.fixture
def breaker() -> Breaker:
    return Breaker()


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, tmp_path: Path, breaker: Breaker) -> Iterator[MainWindow]:
    models, home = tmp_path / "models", tmp_path / "home"
    install_mixture(models)
    install_mixture(models, "other")
    window = open_window(qapp, home, lambda: Engine(home=home, models=models, find_task=breaker.find))
    qtbot.waitUntil(lambda: bool(window.session.desk.cards), timeout=WAIT_MS)
    window.session.desk.choose_model("mixture")
    window.session.desk.change(prompt="a red cube", steps=STEPS, seed=3, seed_locked=True, sampler="dpmpp_2m")
    yield window
    while (sheet := QApplication.activePopupWidget()) is not None:
        sheet.close()
    window.close()
    shiboken6.delete(window)


def fail(window: MainWindow, qtbot: QtBot, request: ImageRequest | None = None) -> None:
    """Generate, and wait for the card."""
    if request is None:
        window.session.generate()
    else:
        window.session.submit(request)
    qtbot.waitUntil(lambda: window.session.stage.canvas.view.scene is Scene.ERROR, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: bool(window.session.failure.view.remedies), timeout=WAIT_MS)


def press(window: MainWindow, key: Qt.Key) -> None:
    """A key on the window, with no field in its way."""
    window.activateWindow()
    window.create_page.prompt.main.setFocus()
    QTest.keyClick(window, key)


def finish(window: MainWindow, qtbot: QtBot, pictures: int = 1) -> list[np.ndarray]:
    """Wait for the end; the pixels of what the job on show made."""
    session = window.session
    done = lambda: not session.runs.busy and session.stage.canvas.view.finished  # noqa: E731
    qtbot.waitUntil(done, timeout=WAIT_MS)
    run = session.stage.run
    assert run is not None
    assert len(run.produced) == pictures
    history = window.bridge.engine.history
    return [load_picture(history.get(artifact_id).path).pixels for artifact_id in run.produced]


def offers(window: MainWindow) -> list[str]:
    return [remedy.name for remedy in window.session.failure.view.remedies]


@pytest.mark.parametrize("error", [torch.OutOfMemoryError(OUT_OF_MEMORY), MemoryError()])
def test_smaller_batches_make_the_same_pictures(
    window: MainWindow, qtbot: QtBot, breaker: Breaker, error: BaseException
) -> None:
    window.session.desk.change(count=6)
    expected_id = window.session.generate()
    expected = finish(window, qtbot, 6)
    breaker.strikes = lambda request: error if (request.batch or 8) > 3 else None
    fail(window, qtbot)
    failed = window.session.stage.run
    view = window.session.failure.view
    assert view.title == "Not enough memory for 6 pictures at once"
    assert view.kept == "Stopped at step 2 of 4. Your prompt and the seed are kept."
    assert offers(window)[0] == "Make 3 at a time, twice"
    card = window.create_page.canvas.error
    assert card.remedies[0].accessibleName() == "Make 3 at a time, twice, same pictures, same seeds"
    if isinstance(error, torch.OutOfMemoryError):
        assert (view.needed, view.free) == ("Needed 12.2 GB", "8.5 GB was free")
        assert card.evidence.isVisible()
        assert offers(window)[1] == "Work on the processor"
    panel = window.create_page.prompt.picture
    assert panel.blame.text() == "Too many at once for this computer. Try 3."
    assert panel.names["Count"].property("tone") == "err"
    press(window, Qt.Key.Key_R)
    made = finish(window, qtbot, 6)
    assert failed is not None
    assert window.session.stage.run is not None
    assert window.session.stage.run.job_id == failed.job_id != expected_id
    for one, other in zip(made, expected, strict=True):
        np.testing.assert_array_equal(one, other)
    assert panel.blame.isHidden()


def test_too_large_is_made_at_the_models_smaller_size(
    window: MainWindow, qtbot: QtBot, breaker: Breaker, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    card = replace(install_mixture(models, "large"), sizes=((32, 32), (16, 16)))
    write_card(card, models / "large.json")
    window.bridge.engine.registry.refresh()
    window.session.desk.take_cards(window.bridge.engine.cards())
    window.session.desk.choose_model("large")
    window.session.desk.change(width=32, height=32)
    breaker.at = 0
    breaker.strikes = lambda request: MemoryError() if request.width == 32 else None
    fail(window, qtbot)
    assert window.session.failure.view.title == "Not enough memory"
    assert offers(window) == ["Make it at 16 × 16", "Try again"]
    press(window, Qt.Key.Key_R)
    assert finish(window, qtbot)[0].shape == (16, 16, 3)
    assert window.session.desk.draft.width == 16


def keep_in(window: MainWindow, models: Path, precision: Weights) -> None:
    """As if the model computed in another precision."""
    card = next(card for card in window.session.desk.cards if card.id == "mixture")
    write_card(replace(card, precision=precision), models / "mixture.json")
    window.bridge.engine.registry.refresh()
    window.session.desk.take_cards(window.bridge.engine.cards())


def test_full_precision_is_no_remedy_where_the_run_had_it(window: MainWindow, qtbot: QtBot, breaker: Breaker) -> None:
    broken = GenerationError("the picture broke up at step 3 of 4; lower the guidance scale")
    breaker.strikes = lambda request: broken if request.guidance.scale > 3 else None
    window.session.desk.change(guidance_scale=6.0)
    fail(window, qtbot)
    assert offers(window) == ["Lower guidance to 3", "Use the Euler sampler"]
    panel = window.create_page.sampler.scale
    assert panel.problem.text() == "Strong guidance can break a picture up."
    assert not panel.problem.isHidden()
    assert (panel.label.property("tone"), panel.field.property("wrong")) == ("err", "true")
    assert window.create_page.prompt.picture.blame.isHidden(), "it is marked where it stands, and there alone"
    window.session.desk.change(guidance_scale=5.0)
    assert panel.problem.isHidden()
    assert (panel.label.property("tone"), panel.field.property("wrong")) == ("tx1", "false")
    window.session.desk.change(guidance_scale=6.0)
    assert not panel.problem.isHidden()
    press(window, Qt.Key.Key_R)
    finish(window, qtbot)
    assert panel.problem.isHidden()


def test_too_much_fresh_noise_is_blamed_and_set_right(window: MainWindow, qtbot: QtBot, breaker: Breaker) -> None:
    broken = GenerationError("the picture broke up at step 3 of 4")
    breaker.strikes = lambda request: broken if request.noise_scale > 1 else None
    window.session.desk.change(sampler="euler_ancestral", noise_scale=1.4)
    fail(window, qtbot)
    assert offers(window)[0] == "Set the noise scale to 1"
    assert window.create_page.sampler.noise_scale.label.property("tone") == "err"
    press(window, Qt.Key.Key_R)
    finish(window, qtbot)
    assert window.session.desk.draft.noise_scale == 1.0


def test_a_bend_that_leaves_the_schedule_is_marked_with_what_would_do(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    write_card(replace(install_mixture(models, "other"), schedule="ddpm_1000"), models / "other.json")
    window.bridge.engine.registry.refresh()
    window.session.desk.take_cards(window.bridge.engine.cards())
    window.session.desk.choose_model("other")
    window.session.desk.change(time_grid="karras", grid=GridSettings(largest=500.0))
    fail(window, qtbot)
    row = window.create_page.sampler.sigma_largest
    assert row.problem.text().startswith("Give at most ")
    assert row.label.property("tone") == "err"
    window.session.desk.change_grid(largest=10.0)
    assert row.problem.isHidden()


def test_broken_up_numbers_are_made_in_full_precision_or_with_less_guidance(
    window: MainWindow, qtbot: QtBot, breaker: Breaker, tmp_path: Path
) -> None:
    keep_in(window, tmp_path / "models", "float16")
    broken = GenerationError("the picture broke up at step 3 of 4; lower the guidance scale")
    breaker.strikes = lambda request: broken if request.precision == "auto" and request.guidance.scale > 3 else None
    window.session.desk.change(guidance_scale=6.0)
    fail(window, qtbot)
    assert window.session.failure.view.title == "The picture broke up at step 3"
    assert offers(window) == ["Compute in full precision", "Lower guidance to 3", "Use the Euler sampler"]
    press(window, Qt.Key.Key_R)
    finish(window, qtbot)
    run = window.session.stage.run
    assert run is not None
    assert run.request is not None
    assert run.request.precision == "float32"
    fail(window, qtbot)
    press(window, Qt.Key.Key_2)
    finish(window, qtbot)
    assert window.session.desk.draft.guidance_scale == 3.0


def test_a_real_not_a_number_is_a_card_that_says_so(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.diffusion.mixture import GaussianMixture

    real = GaussianMixture.__call__

    def sick(self: GaussianMixture, x: torch.Tensor, level: Any) -> Any:
        guess = real(self, x, level)
        return type(guess)(guess.x0 * float("nan"), guess.eps) if level.t < 0.6 else guess

    monkeypatch.setattr(GaussianMixture, "__call__", sick)
    fail(window, qtbot)
    failure = window.session.failure.inputs.run
    assert failure is not None
    assert failure.failure is not None
    assert failure.failure.cause == "not_finite"
    monkeypatch.undo()
    press(window, Qt.Key.Key_R)
    finish(window, qtbot)


@pytest.mark.parametrize("kind", ["cut short", "cut short, with its card's blessing", "gone"])
def test_a_damaged_model_is_named_and_another_one_takes_its_place(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, kind: str
) -> None:
    weights = tmp_path / "models" / "mixture.safetensors"
    if kind == "gone":
        weights.unlink()
    else:
        weights.write_bytes(weights.read_bytes()[:-200])
    if "blessing" in kind:
        card = next(card for card in window.session.desk.cards if card.id == "mixture")
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()
        write_card(replace(card, sha256={"painter": digest}), tmp_path / "models" / "mixture.json")
        window.bridge.engine.registry.refresh()
    fail(window, qtbot)
    view = window.session.failure.view
    assert view.title == "The model Flat colours can't be used"
    assert "mixture" in view.reason
    assert "install" in view.reason
    prompt = window.create_page.prompt
    assert prompt.model_blame.text() == "This model can't be used. Take another one."
    assert not prompt.model_blame.isHidden()
    assert offers(window) == ["Choose another model", "Use Flat colours", "Try again"]
    press(window, Qt.Key.Key_R)
    assert isinstance(QApplication.activePopupWidget(), ModelPicker)
    QApplication.activePopupWidget().close()
    press(window, Qt.Key.Key_2)
    finish(window, qtbot)
    assert window.session.desk.draft.model_id == "other"


def test_a_full_disk_lets_the_job_go_on_once_there_is_room(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.session.desk.change(count=3)
    monkeypatch.setattr("core.artifacts.image.write_atomically", _failing_after(1))
    fail(window, qtbot)
    view = window.session.failure.view
    assert view.title == "The disk is full"
    run = window.session.stage.run
    assert run is not None
    assert offers(window) == ["Go on once there is room"]
    monkeypatch.undo()
    kept = run.produced
    press(window, Qt.Key.Key_R)
    finish(window, qtbot, 3)
    assert window.session.stage.run is not None
    assert window.session.stage.run.job_id == run.job_id
    assert set(kept) <= set(window.session.stage.run.produced)


def _failing_after(pictures: int) -> Callable[..., None]:
    """write_atomically on a disk that takes so many pictures more."""
    from core.artifacts.atomic import write_atomically

    made = 0

    def write(path: Path, how: Any, *, durable: bool = True) -> None:
        nonlocal made
        made += durable
        if made > pictures:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        write_atomically(path, how, durable=durable)

    return write


def test_a_lost_device_gives_way_to_the_processor(window: MainWindow, qtbot: QtBot, breaker: Breaker) -> None:
    lost = RuntimeError("CUDA error: device-side assert triggered")
    breaker.strikes = lambda request: lost if request.device == "auto" else None
    fail(window, qtbot)
    assert window.session.failure.view.title == "The graphics device is not there"
    press(window, Qt.Key.Key_R)
    finish(window, qtbot)
    run = window.session.stage.run
    assert run is not None
    assert run.request is not None
    assert run.request.device == "cpu"


def test_a_fault_of_the_program_says_so_without_a_bare_name(window: MainWindow, qtbot: QtBot, breaker: Breaker) -> None:
    breaker.strikes = lambda _: ZeroDivisionError("division by zero")
    fail(window, qtbot)
    view = window.session.failure.view
    assert "ZeroDivision" not in view.title + view.reason + view.kept
    assert offers(window) == ["Try again"]
    copied = window.create_page.canvas.error.report()
    assert "ZeroDivisionError" in copied
    assert "Noisette " in copied
    assert str(Path.home()) not in copied
    breaker.strikes = lambda _: None
    press(window, Qt.Key.Key_R)
    finish(window, qtbot)
    assert not window.actions_["remedy_2"].isEnabled(), "the keys are free again"


@pytest.mark.parametrize("scale", [100, 150])
@pytest.mark.parametrize("size", SIZES)
def test_every_word_of_a_remedy_can_be_read(
    window: MainWindow, qtbot: QtBot, breaker: Breaker, size: tuple[int, int], scale: int
) -> None:
    breaker.strikes = lambda request: torch.OutOfMemoryError(OUT_OF_MEMORY) if (request.batch or 8) > 3 else None
    window.resize(*size)
    window._preferences.set("look/text_scale", scale)
    window.session.desk.change(count=6)
    fail(window, qtbot)
    qtbot.waitUntil(lambda: cut_off(window) == [], timeout=WAIT_MS)
    card = window.create_page.canvas.error
    for button in card.remedies[: len(offers(window))]:
        words = [label for label in button.findChildren(QLabel) if label.text()]
        assert len(words) == 3
        assert all(button.rect().contains(label.geometry()) for label in words)
        assert button.width() <= card.viewport().width()

    def folded() -> set[bool]:
        return {button.height() > sizes.tall(HEIGHT) for button in card.remedies[: len(offers(window))]}

    # One arrangement for all, once the last of them has its words.
    qtbot.waitUntil(lambda: folded() == {(size, scale) != (SIZES[0], 100)}, timeout=WAIT_MS)
    window._preferences.set("look/text_scale", 100)
