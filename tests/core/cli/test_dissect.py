"""`noisette generate --dissect`: figures as JSON, maps of words beside them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from core.artifacts.readings import newest
from core.cli.dissection import sheet
from core.dissection import Quantity, Reading
from tests.core.cli.conftest import Run


def test_figures_of_every_step_are_written(run: Run, tmp_path: Path) -> None:
    out, said = tmp_path / "a.png", tmp_path / "seen.json"
    given = ("--model", "mixture", "--steps", 3, "--guidance", 3, "--seed", 7, "--count", 2, "--sampler", "euler")
    ran = run("generate", "a red cube", *given, "--out", out, "--dissect", said)
    assert (ran.code, ran.err) == (0, "")
    assert ran.lines == [str(out), str(tmp_path / "a-2.png"), str(said)]
    told = json.loads(said.read_text())
    assert told["quantities"]["angle"] == "degrees"
    assert [picture["seed"] for picture in told["pictures"]] == [7, 8]
    steps = told["pictures"][1]["steps"]
    assert [step["step"] for step in steps] == [1, 2, 3]
    first = steps[0]["evaluations"][0]
    assert first["log_snr"] is None, "pure noise has no finite log-SNR"
    assert first["clean"]["added"] > 0
    assert "attention" not in steps[0], "the mixture reads no words"


def test_a_name_that_is_none_is_refused_before_any_work(run: Run, tmp_path: Path) -> None:
    ran = run("generate", "a red cube", "--model", "mixture", "--dissect", tmp_path / "seen.txt")
    assert ran.code == 2
    assert "end it with .json" in ran.err


def test_a_sheet_has_a_row_a_word_and_a_column_a_step(tmp_path: Path) -> None:
    def reading(step: int, share: float) -> Reading:
        maps = np.zeros((1, 3, 2, 2), np.float16)
        maps[0, 0], maps[0, 1, 0, 0] = 1.0, share
        figures = np.zeros((1, 2, len(Quantity), 1), np.float32)
        return Reading(step, (0,), (0.0,), figures, (("red", "cube"),), ("up",), (maps,))

    readings = newest([reading(2, 0.5), reading(1, 0.25)], 0)
    path = tmp_path / "sheet.png"
    path.write_bytes(sheet(readings, 0))
    pixels = np.array(Image.open(path))
    assert pixels.shape == (16 + 2 * 64, 96 + 2 * 64)
    assert (pixels[20, 100], pixels[20, 164], pixels[16 + 70, 100]) == (128, 255, 0)
