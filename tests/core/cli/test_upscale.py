from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from core.artifacts import upscaling
from tests.core.artifacts.test_upscaling import Repeating
from tests.core.cli.conftest import Run


def test_a_picture_is_enlarged_where_the_extra_is(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small, large = tmp_path / "a.png", tmp_path / "b.png"
    assert run("generate", "a cube", "--model", "mixture", "--steps", 2, "--out", small).code == 0
    monkeypatch.setattr(upscaling, "find_spec", lambda _: None)
    absent = run("upscale", small, "--out", large)
    assert (absent.code, "-m pip install ncnn" in absent.err, large.exists()) == (2, True, False)
    monkeypatch.setattr(upscaling, "find_spec", lambda _: object())
    monkeypatch.setattr(upscaling, "_Network", Repeating)
    assert run("upscale", small, "--out", tmp_path / "b.jpg").code == 2
    assert run("upscale", small, "--out", large, "--transparent").lines == [str(large)]
    with Image.open(large) as image:
        assert image.size == (64, 64)
