"""The commands of grids, guidance and inversion, on the exact model of flat colours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.evaluation.grid_search import cheapest, descended
from core.grid_settings import GRID_OPTIONS
from tests.core.cli.conftest import Run

MODEL = ("--model", "mixture", "--steps", 3)


def asked(run: Run) -> dict[str, Any]:
    return json.loads(run("history", "--json").out)[0]["recipe"]["request"]


def test_guidance_reaches_the_recipe(run: Run) -> None:
    given = ("--guidance", 4, "--guidance-method", "apg", "--guidance-parallel", 0.2, "--guidance-threshold", 0.9)
    assert run("generate", "a red cube", *MODEL, *given).code == 0
    guidance = asked(run)["guidance"]
    told = {name: guidance[name] for name in ("scale", "method", "parallel", "threshold", "course")}
    assert told == {"scale": 4.0, "method": "apg", "parallel": 0.2, "threshold": 0.9, "course": "constant"}
    assert run("generate", "a red cube", *MODEL, "--guidance-scales", "1,4,2").code == 0
    assert (asked(run)["guidance"]["course"], asked(run)["guidance"]["drawn"]) == ("drawn", [1.0, 4.0, 2.0])
    assert run("generate", "a red cube", *MODEL, "--guidance-method", "cfg_pp", "--guidance-blend", 0.5).code == 0
    assert asked(run)["guidance"]["blend"] == 0.5


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--guidance-method", "cfg_pp", "--guidance", 3), "the cfg_pp method takes no --guidance; leave it out, or"),
        (("--guidance-norm", 1), "the cfg method takes no --guidance-norm; leave it out, or choose apg"),
        (("--guidance-threshold", 0.2), "guidance threshold 0.2 is out of range; give 0 for none, or 0.5 to 1"),
        (("--guidance-scales", "a"), "guidance scales 'a' are not numbers; give for example 1,4,2"),
        (("--guidance", 2, "--guidance-method", "auto"), "have no weak guess; choose another method of guidance"),
        (("--levels", "1,2"), "level 2 follows 1; levels must fall from one to the next"),
        (("--levels", "no.txt"), "level 'no.txt' is not a number; give for example 14.6,3.9,1.2,0.3"),
        (("--shift", 2), "the uniform grid takes no shift; leave that out, or choose shifted"),
        (("--time-grid", "optimised"), "no grid of 3 steps is optimised for mixture with"),
    ],
)
def test_bad_guidance_and_grids_say_value_rule_and_remedy(run: Run, given: tuple[object, ...], said: str) -> None:
    ran = run("generate", "a cube", *MODEL, *given)
    assert ran.code == 2
    assert said in ran.err


def test_levels_come_as_numbers_or_from_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "levels.json").write_text("[14.6, 3.9,\n 1.2, 0.0]")
    for said in ("14.6,3.9,1.2,0", tmp_path / "levels.json"):
        assert run("generate", "a cube", *MODEL, "--levels", said).code == 0
        assert (asked(run)["time_grid"], asked(run)["grid"]["levels"]) == ("listed", [14.6, 3.9, 1.2, 0.0])


def test_every_grid_is_listed(run: Run) -> None:
    cards = json.loads(run("grids", "--json").out)
    assert {card["name"]: tuple(card["options"]) for card in cards} == GRID_OPTIONS
    assert all(card["source"] for card in cards)
    assert "Align your steps, SDXL" in run("grids").out


def test_a_grid_is_optimised_kept_and_taken(run: Run) -> None:
    model = ("--model", "mixture", "--sampler", "euler")
    ran = run("optimise", *model, "--steps", 3, "--pictures", 2, "--json")
    assert ran.code == 0
    kept = json.loads(ran.out)
    errors = kept["errors"]
    assert len(kept["levels"]) == 3
    assert {"uniform", "karras", "ays_sdxl"} < errors.keys()
    assert errors["optimised"] < min(error for name, error in errors.items() if name != "optimised")
    assert json.loads(run("optimise", *model, "--steps", 3, "--json").out) == kept
    assert run("generate", "a cube", *model, "--steps", 3, "--time-grid", "optimised").code == 0
    assert asked(run)["grid"]["levels"] == kept["levels"]
    assert asked(run)["grid"]["levels_as"] == "time"


def test_the_cheapest_way_is_the_cheapest() -> None:
    prices = [[0.0, 1.0, 9.0, 20.0], [0.0, 0.0, 1.0, 3.0], [0.0, 0.0, 0.0, 1.0], [0.0] * 4]
    assert cheapest(prices, 3) == [0, 1, 2, 3]
    assert cheapest(prices, 2) == [0, 1, 3]
    assert cheapest(prices, 1) == [0, 3]


def test_levels_descend_to_where_the_error_is_least() -> None:
    found = descended(lambda times: abs(times[1] - 0.3) + abs(times[2] - 0.25), (1.0, 0.8, 0.1))
    assert found[0] == 1.0
    assert found[1:] == pytest.approx((0.3, 0.25), abs=0.2)
    assert found[1] > found[2] > 0.0


def test_a_picture_is_taken_back_and_made_again(run: Run, tmp_path: Path) -> None:
    picture, noise = tmp_path / "a.png", tmp_path / "noise.npy"
    assert run("generate", "a red cube", *MODEL, "--out", picture).code == 0
    asked = ("invert", picture, "--prompt", "a red cube", "--model", "mixture", "--steps", 6, "--json")
    exact = json.loads(run(*asked, "--out", noise).out)
    plain = json.loads(run(*asked, "--way", "ddim").out)
    assert exact["latent_error"] < 1e-4 < plain["latent_error"]
    assert exact["pixel_error"] < 1.0
    assert plain["evaluations"] == 6
    assert np.load(noise).shape == np.load(noise).astype(np.float32).shape == (3, 16, 16)
    assert "latent error" in run(*asked[:-1]).out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--steps", 0), "0 steps requested; ask for 1 to 1000"),
        (("--time-grid", "custom"), "'custom' is not a time grid that its name makes; choose one of uniform"),
        (("--out", "noise.png"), "noise.png is not a name for noise; end it with .npy"),
    ],
)
def test_what_can_not_be_inverted(run: Run, tmp_path: Path, given: tuple[object, ...], said: str) -> None:
    ran = run("invert", tmp_path / "a.png", "--model", "mixture", *given)
    assert ran.code == 2
    assert said in ran.err
