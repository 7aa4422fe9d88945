"""Branches, resumed runs, variations and start pictures on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.artifacts.image import load_picture
from core.engine import Engine
from core.jobs.event import TERMINAL, Progress
from core.requests import ImageRequest, Variation
from tests.core.cli.conftest import Run

MODEL = ("--model", "mixture", "--steps", 6, "--sampler", "euler_ancestral", "--json")

EVEN = (*MODEL, "--sampler", "dpmpp_2m")


def made(ran: Any) -> list[dict[str, Any]]:
    assert ran.code == 0, ran.err
    return json.loads(ran.out)["pictures"]


def break_off(home: Path) -> str:
    """A run in this home, cancelled after its second step."""
    with Engine(home, keep_queue=False) as engine:
        mailbox = engine.subscribe()
        seen = Seen()
        job_id = engine.submit(ImageRequest("a cube", "mixture", steps=400, seed=3))
        while not seen.ended:
            for event in mailbox.wait(60.0):
                seen.take(event, lambda: engine.cancel(job_id))
    return job_id


class Seen:
    def __init__(self) -> None:
        self.ended = False

    def take(self, event: Any, stop: Callable[[], Any]) -> None:
        if isinstance(event, Progress) and event.done >= 2:
            stop()
        self.ended = self.ended or isinstance(event, TERMINAL)


def test_a_branch_is_made_from_an_id_that_the_history_shows(run: Run) -> None:
    (parent,) = made(run("generate", "a cube", *MODEL, "--seed", 7))
    (same,) = made(run("generate", "a cube", *MODEL, "--seed", 7, "--branch", f"{parent['id']}:3"))
    assert same["pixels_sha256"] == parent["pixels_sha256"]
    job = parent["id"].rpartition("-")[0]
    branch = ("--branch", f"{job}:3", "--branch-item", 1)
    (child,) = made(run("generate", "a blue cube", *MODEL, "--seed", 7, *branch))
    assert child["pixels_sha256"] != parent["pixels_sha256"]
    rows = [line.split("\t") for line in run("history").lines]
    assert rows[0] == ["made", "seed", "size", "prompt", "from", "file"]
    assert {row[4] for row in rows[1:]} == {parent["id"], "-"}
    assert "identical" in run("replay", child["path"]).out


def test_a_branch_is_varied(run: Run) -> None:
    (parent,) = made(run("generate", "a cube", *MODEL, "--seed", 7))
    branch = ("generate", "a blue cube", *MODEL, "--seed", 7, "--branch", f"{parent['id']}:3")
    (middle,) = made(run(*branch))
    nine = made(run(*branch, "--neighbours", 0.5))
    assert nine[4]["pixels_sha256"] == middle["pixels_sha256"]
    (third,) = made(run(*branch, "--turns", nine[3]["turns"]))
    assert (third["turns"], third["pixels_sha256"]) == ("3:0.5", nine[3]["pixels_sha256"])
    assert "identical" in run("replay", nine[8]["path"]).out
    (other,) = made(run(*branch, "--variation-seed", 3, "--variation-strength", 0.5))
    assert other["pixels_sha256"] != middle["pixels_sha256"]
    assert "identical" in run("replay", other["path"]).out
    (further,) = made(run("generate", "--from", other["path"], "--variation-strength", 0.1, "--json"))
    kept = load_picture(Path(further["path"])).recipe.request
    assert (kept.variation, kept.branch is None) == (Variation(3, 0.1), False)


def test_a_run_that_was_broken_off_is_listed_and_resumed(run: Run, noisette_home: Path) -> None:
    job = break_off(noisette_home)
    (row,) = json.loads(run("resume", "--list", "--json").out)
    assert (row["job"], row["of"], row["prompt"]) == (job, 400, "a cube")
    assert 2 <= row["steps"] < 400
    ran = run("resume")
    assert ran.code == 0
    (path,) = ran.lines
    assert Path(path).stem == f"{job}-01"
    (whole,) = made(run("generate", "a cube", "--model", "mixture", "--steps", 400, "--seed", 3, "--json"))
    assert load_picture(Path(path)).recipe.pixels_sha256 == whole["pixels_sha256"]
    assert json.loads(run("resume", "--list", "--json").out) == []
    ran = run("resume")
    assert (ran.code, ran.err) == (2, "noisette: no run was broken off; `noisette generate` starts one\n")


def test_a_variation_and_a_neighbourhood_are_made(run: Run) -> None:
    (plain,) = made(run("generate", "a cube", *EVEN, "--seed", 7))
    varied = made(run("generate", "a cube", *EVEN, "--seed", 7, "--variation-seed", 9, "--count", 2))
    request = load_picture(Path(varied[1]["path"])).recipe.request
    assert (request.seed, request.variation) == (7, Variation(9, 0.1))
    nine = made(run("generate", "a cube", *EVEN, "--seed", 7, "--neighbours", 0.2))
    assert len({picture["pixels_sha256"] for picture in nine}) == 9
    assert nine[4]["pixels_sha256"] == plain["pixels_sha256"]
    for picture in (varied[1], nine[2]):
        assert "identical" in run("replay", picture["path"]).out


def test_neighbours_of_a_neighbour_are_made_from_the_turns_that_it_names(run: Run) -> None:
    nine = made(run("generate", "a cube", *EVEN, "--seed", 7, "--neighbours", 0.5))
    assert [picture["turns"] for picture in nine[3:6]] == ["3:0.5", "", "5:0.5"]
    around = ("--turns", nine[3]["turns"], "--neighbours", 0.25)
    deeper = made(run("generate", "a cube", *EVEN, "--seed", 7, *around))
    assert deeper[4]["pixels_sha256"] == nine[3]["pixels_sha256"]
    assert deeper[0]["turns"] == "3:0.5,0:0.25"
    around = made(run("generate", "--from", deeper[0]["path"], "--neighbours", 0.1, "--json"))
    assert around[4]["pixels_sha256"] == deeper[0]["pixels_sha256"]
    (alone,) = made(run("generate", "a cube", *EVEN, "--seed", 7, "--turns", deeper[0]["turns"]))
    assert alone["pixels_sha256"] == deeper[0]["pixels_sha256"]
    assert "identical" in run("replay", deeper[0]["path"]).out


def test_a_start_picture_is_kept_and_replayed(run: Run, tmp_path: Path) -> None:
    (first,) = made(run("generate", "a green cube", *MODEL, "--out", tmp_path / "a.png"))
    start = ("--start-from", tmp_path / "a.png", "--strength", 0.5)
    (second,) = made(run("generate", "a cube", *MODEL, *start, "--keep-trajectory"))
    (tmp_path / "a.png").unlink()
    recipe = load_picture(Path(second["path"])).recipe
    assert recipe.request.start is not None
    assert recipe.request.start.sha256 == first["pixels_sha256"]
    assert Path(second["path"]).with_suffix("").with_suffix(".trajectory.safetensors").is_file()
    assert "identical" in run("replay", second["path"]).out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--branch", "nothing"], "branch 'nothing' is not ID:STEP; give for example"),
        (["--branch", "nobody:3"], "picture 1 of job nobody has neither steps nor a file left"),
        (["--branch", "a/b:3"], "job 'a/b' is not one"),
        (["--branch", "nobody:0"], "step 0 to branch from is out of range"),
        (["--branch", "nobody:3", "--branch-item", "0"], "picture 0 of the job is out of range; give 1 to 64"),
        (["--variation-seed", "3", "--variation-strength", "2"], "variation strength 2.0 is out of range"),
        (["--neighbours", "0.1", "--count", "3"], "3 neighbours requested; a neighbourhood has 9 pictures"),
        (["--turns", "left"], "turn 'left' is not PLACE:RADIUS; give for example 3:0.5,7:0.25"),
        (["--turns", "4:0.5"], "place 4 to turn to is not one"),
        (["--start-from", "nowhere.png"], "nowhere.png does not exist"),
        (["--batch", "0"], "0 pictures at once requested"),
        (["--precision", "half"], "half"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(run: Run, arguments: list[str], sentence: str) -> None:
    ran = run("generate", "a cube", "--model", "mixture", *arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert sentence in ran.err


def test_a_job_that_left_nothing_can_not_be_resumed(run: Run) -> None:
    ran = run("resume", "nobody")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "job 'nobody' has no steps to go on from" in ran.err


def test_help_shows_examples(run: Run) -> None:
    assert "noisette resume --list" in run("resume", "--help").out
    assert "--branch 20261121-040353-9f31c2a7-01:8" in run("generate", "--help").out
