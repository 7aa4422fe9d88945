"""`noisette grids`, listed and laid over one another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from core.diffusion.grids.cards import GRID_CARDS
from core.microscope.peers import PEER_CARDS
from tests.core.cli.conftest import Run


def test_grids_and_those_of_others_are_listed(run: Run) -> None:
    assert [entry["name"] for entry in json.loads(run("grids", "--json").out)] == [card.name for card in GRID_CARDS]
    listed = json.loads(run("grids", "--peers", "--json").out)
    assert [entry["id"] for entry in listed] == [card.id for card in PEER_CARDS]
    assert run("grids", "--peers").lines[0].split("\t") == ["name", "title", "ours", "what differs"]
    assert "Examples:\n    noisette grids" in run("grids", "--help").out


def test_curves_are_told_written_drawn_and_read_again(run: Run, tmp_path: Path) -> None:
    named = ("grids", "--curves", "karras,comfyui:beta", "--schedule", "latent_1000", "--steps", 5)
    told = json.loads(run(*named, "--json").out)
    assert [curve["name"] for curve in told["curves"]] == ["karras", "comfyui:beta"]
    assert len(run(*named).lines) == 1 + 2 * 6
    for kind in ("csv", "json", "svg", "png"):
        out = tmp_path / f"curves.{kind}"
        assert run(*named, "--out", out, "--of", "log_snr_step", "--across", "t").lines == [str(out)]
    with Image.open(tmp_path / "curves.png") as drawn:
        assert drawn.width == 2400
    assert "log-SNR" in (tmp_path / "curves.svg").read_text()
    again = run("grids", "--curves", tmp_path / "curves.csv", "--schedule", "latent_1000", "--json")
    sigmas = [curve["sigma"] for curve in json.loads(again.out)["curves"]]
    assert sigmas[0] == pytest.approx(told["curves"][0]["sigma"])
    assert sigmas[1] == pytest.approx(told["curves"][1]["sigma"])


def test_a_list_without_a_unit_is_read_and_that_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("1.0, 0.6, 0.2, 0.0")
    ran = run("grids", "--curves", tmp_path / "mine.txt", "--json")
    assert json.loads(ran.out)["curves"][0]["t"] == pytest.approx([1.0, 0.6, 0.2, 0.0])
    assert "names no unit; read as t, 1 noise to 0 picture (--unit says otherwise)" in ran.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--curves", "nonesuch"], "'nonesuch' is not a time grid"),
        (["--curves", "comfyui:nonesuch"], "is no other tool's grid"),
        (["--curves", "karras", "--of", "alpha"], "--of 'alpha' is not known; choose one of sigma"),
        (["--curves", "karras", "--unit", "volts"], "unit 'volts' is not known; choose one of sigma"),
        (["--curves", "karras", "--out", "a.gif"], "end it with one of .csv"),
        (["--curves", "none.csv"], "does not exist; check the path"),
        (["--curves", ","], "no curves named"),
        (["--curves", "karras", "--schedule", "x"], "'x' is not a noise schedule"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(run: Run, arguments: list[str], sentence: str) -> None:
    ran = run("grids", *arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert sentence in ran.err
