"""The window without a screen, on the real generating task and an exact model small enough for tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from core.artifacts.image import load_picture
from core.engine import Engine
from studio.demonstration import DemonstrationError, demonstrate
from tests.core.models.mixture_model import install_mixture

ROOT = Path(__file__).resolve().parents[2]


def test_a_picture_is_made_for_real_and_both_files_are_left(qtbot: QtBot, tmp_path: Path) -> None:
    install_mixture(tmp_path / "models", side=32)
    home = tmp_path / "home"
    shown = demonstrate(
        tmp_path / "out", "a red cube", home=home, factory=lambda: Engine(home=home, models=tmp_path / "models")
    )
    kept = load_picture(shown.picture)
    assert kept.recipe.request.prompt == "a red cube"
    red, green, blue = kept.pixels.reshape(-1, 3).mean(axis=0)
    assert red > 150
    assert max(green, blue) < 100
    window = QImage(str(shown.screenshot))
    assert (window.width(), window.height()) == (1440, 900)
    assert shown.previews >= 1
    assert len(list((home / "pictures").rglob("*.png"))) == 1
    del qtbot


def test_without_a_model_it_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    with pytest.raises(DemonstrationError, match="No model is installed"):
        demonstrate(tmp_path / "out", home=tmp_path, factory=lambda: Engine(home=tmp_path, models=tmp_path / "models"))
    del qtbot


def test_opening_the_window_loads_no_torch(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from studio.app import application, open_window\n"
        "app = application()\n"
        "window = open_window(app, Path(sys.argv[1]))\n"
        "while not window.session.status.inputs.ready: app.processEvents()\n"
        "assert window.isVisible()\n"
        "heavy = {'torch', 'numba', 'scipy', 'diffusers', 'transformers', 'sqlalchemy'} & set(sys.modules)\n"
        "window.close()\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)\n"
    )
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
