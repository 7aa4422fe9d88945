"""Races on a real engine with an exact model: what is opened, stopped, and taken up again, also after a restart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.requests import ReferenceSettings
from studio.main_window import MainWindow
from studio.race import Race
from tests.core.models.mixture_model import install_mixture

WAIT_MS = 60_000


@pytest.fixture
def open_race(open_real: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path) -> Callable[[], Race]:
    """Opens a window, and its Compare mode."""
    models = tmp_path / "models"
    install_mixture(models)

    def opened() -> Race:
        window = open_real(models)
        qtbot.waitUntil(lambda: bool(window.session.desk.cards), timeout=WAIT_MS)
        window.session.desk.change(prompt="a red cube and a blue cube", seed=5, guidance_scale=2.0)
        window.actions_["mode_compare"].trigger()
        return window.compare.race

    return opened


def test_no_file_is_read_while_a_race_runs(open_race: Callable[[], Race], qtbot: QtBot, tmp_path: Path) -> None:
    race = open_race()
    race.change(reference=ReferenceSettings(steps=3000))
    race.run()
    said: list[str] = []
    race.said.connect(said.append)
    race.open_file(tmp_path / "nowhere.json")
    race.cancel()
    qtbot.waitUntil(lambda: not race.busy, timeout=WAIT_MS)
    race.open_file(tmp_path / "gone.json")
    qtbot.waitUntil(lambda: "gone.json" in said[-1], timeout=WAIT_MS)
    assert said[0] == "A race is running; stop it first, or let it end"
    assert len(said) == 2
