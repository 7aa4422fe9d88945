"""`generate --from FILE`: a picture's settings on the command line, and projects there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.artifacts.image import load_picture, load_recipe, save_picture
from core.colour import ColourSettings
from core.engine import Engine
from core.jobs.event import TERMINAL
from core.requests import GridSettings, ImageRequest, Variation
from core.turns import Turn
from tests.core.artifacts.recipes import picture, recipe
from tests.core.cli.conftest import Ran, Run
from tests.core.cli.test_going_on import Seen
from tests.core.interop import foreign

ODD = ("--model", "mixture", "--steps", 5, "--sampler", "ddim", "--eta", 0.5, "--seed", 11)

SAMPLER = {"seed": 41, "steps": 25, "cfg": 6.5, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0}
GRAPH = {
    "2": {"class_type": "MyOwnConditioning", "inputs": {}},
    "5": {"class_type": "KSampler", "inputs": {**SAMPLER, "positive": ["2", 0], "negative": ["2", 0]}},
    "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0]}},
    "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0]}},
}
"""Of ComfyUI, without a text."""


def told(ran: Ran) -> dict[str, Any]:
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


@pytest.fixture
def ours(run: Run, tmp_path: Path) -> Path:
    """A picture with settings that are all its own."""
    file = tmp_path / "ours.png"
    grid = ("--handles", "0:1,0.5:0.4,1:0", "--guidance", 2.5, "--guidance-interval", "0.1:0.8")
    variation = ("--variation-seed", 5, "--variation-strength", 0.3, "--negative", "a cone")
    assert run("generate", "a {red|blue} cube", *ODD, *grid, *variation, "--out", file).code == 0
    return file


def test_our_own_picture_is_made_again_to_the_pixel(run: Run, ours: Path) -> None:
    answer = told(run("generate", "--from", ours, "--json"))
    first, (again,) = load_picture(ours).recipe, answer["pictures"]
    assert again["pixels_sha256"] == first.pixels_sha256
    second = load_recipe(Path(again["path"])).request
    assert second == first.asked()
    assert (second.variation, second.eta) == (Variation(5, 0.3), 0.5)
    assert answer["from"]["tool"] == "Noisette"
    assert answer["from"]["file"] == str(ours)
    assert (answer["from"]["unmapped"], answer["from"]["remarks"]) == ([], [])


def test_one_of_several_pictures_is_the_one_that_is_made(run: Run, tmp_path: Path) -> None:
    run("generate", "a cube", *ODD, "--count", 3, "--out", tmp_path / "a.png")
    (again,) = told(run("generate", "--from", tmp_path / "a-3.png", "--json"))["pictures"]
    assert again["seed"] == 13
    assert again["pixels_sha256"] == load_recipe(tmp_path / "a-3.png").pixels_sha256


@pytest.mark.parametrize(
    ("options", "changes"),
    [
        (["a green cone"], {"prompt": "a green cone"}),
        (["--seed", 11], {}),
        (["--seed", 12, "--steps", 7], {"seed": 12, "steps": 7}),
        (["--eta", 0], {"eta": 0.0}),
        (["--sampler", "euler"], {"sampler": "euler"}),
        (["--sampler", "euler_ancestral", "--eta", 0.4], {"sampler": "euler_ancestral", "ancestral_eta": 0.4}),
        (["--time-grid", "uniform"], {"time_grid": "uniform", "grid": GridSettings()}),
        (["--time-grid", "karras", "--rho", 5], {"time_grid": "karras", "grid": GridSettings(rho=5.0)}),
        (["--variation-strength", 0.6], {"variation": Variation(5, 0.6)}),
        (["--variation-seed", 6], {"variation": Variation(6, 0.3)}),
        (["--neighbours", 0.2], {"neighbours": 0.2, "count": 9}),
        (["--turns", "3:0.5"], {"turns": (Turn(3, 0.5),)}),
        (["--count", 2], {"count": 2}),
        (["--noise-scale", 1.1, "--exposure", 0.5], {"noise_scale": 1.1, "colour": ColourSettings(exposure=0.5)}),
        (["--model", "planner-mixture"], {"model_id": "planner-mixture"}),
    ],
)
def test_what_is_given_stands_before_what_the_file_says(
    run: Run, ours: Path, options: list[Any], changes: dict[str, Any]
) -> None:
    answer = told(run("generate", *options, "--from", ours, "--json"))
    made = load_recipe(Path(answer["pictures"][0]["path"])).request
    assert made == replace(load_recipe(ours).asked(), **changes)


def test_an_eta_needs_a_sampler_that_takes_one(run: Run) -> None:
    ran = run("generate", "a cube", "--model", "mixture", "--sampler", "heun", "--eta", 0.5)
    assert ran.code != 0
    assert "heun takes no eta; leave it out, or choose ddim or euler_ancestral" in ran.err


def test_guidance_is_overridden_a_part_at_a_time(run: Run, ours: Path) -> None:
    answer = told(run("generate", "--from", ours, "--guidance", 1.5, "--json"))
    guidance = load_recipe(Path(answer["pictures"][0]["path"])).request.guidance
    assert (guidance.scale, guidance.interval) == (1.5, (0.1, 0.8))


def test_a_branch_and_a_start_picture_are_taken_too(run: Run, tmp_path: Path) -> None:
    (parent,) = told(run("generate", "a cube", *ODD, "--json"))["pictures"]
    branch, start = tmp_path / "branch.png", tmp_path / "start.png"
    run("generate", "a blue cube", *ODD, "--branch", f"{parent['id']}:2", "--out", branch)
    run("generate", "a blue cube", *ODD, "--start-from", parent["path"], "--strength", 0.4, "--out", start)
    for file in (branch, start):
        (again,) = told(run("generate", "--from", file, "--json"))["pictures"]
        assert again["pixels_sha256"] == load_recipe(file).pixels_sha256
    answer = told(run("generate", "--from", branch, "--start-from", parent["path"], "--json"))
    made = load_recipe(Path(answer["pictures"][0]["path"])).request
    assert made.branch is None
    assert made.start is not None
    answer = told(run("generate", "--from", start, "--strength", 0.7, "--json"))
    made = load_recipe(Path(answer["pictures"][0]["path"])).request
    assert made.start is not None
    assert made.start.strength == 0.7


def test_another_tools_settings_are_mapped_and_the_rest_is_listed(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "theirs.png"
    file.write_bytes(foreign.png(parameters=foreign.INFOTEXT))
    ran = run("generate", "--from", file, "--model", "mixture", "--steps", 3, "--json")
    answer = told(ran)
    made = load_recipe(Path(answer["pictures"][0]["path"])).request
    assert (made.sampler, made.time_grid, made.guidance.scale, made.seed, made.steps) == (
        "dpmpp_2m",
        "karras",
        7.0,
        1,
        3,
    )
    assert (made.model_id, made.width, made.height) == ("mixture", None, None)
    told_lines = [line for line in ran.err.splitlines() if line.startswith("not taken up: ")]
    assert [line.split(": ")[1].split(" ")[0] for line in told_lines] == [
        each["name"].split(" ")[0] for each in answer["from"]["unmapped"]
    ]
    assert any("Size 512 × 512; Flat colours makes 16 × 16 pixels" in line for line in told_lines)
    assert not any("Model" in line for line in told_lines), "the model was given, so it is not missed"
    assert answer["from"]["tool"] == "A1111"
    assert any("same settings give another picture" in remark for remark in answer["from"]["remarks"])


def test_a_changed_model_is_told_and_the_settings_are_whole(run: Run, tmp_path: Path) -> None:
    made = recipe(picture(width=16, height=16), model_id="mixture", steps=2, seed=9, variation=Variation(3, 0.5))
    save_picture(tmp_path / "old.png", picture(width=16, height=16), made)
    ran = run("generate", "--from", tmp_path / "old.png", "--json")
    assert load_recipe(Path(told(ran)["pictures"][0]["path"])).request.variation == Variation(3, 0.5)
    assert "model mixture is not the one that made this: its files have other hashes now" in ran.err


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("nowhere.png", None, "nowhere.png"),
        ("words.png", b"words", "words.png"),
        ("bare.png", foreign.png(), "bare.png holds no settings of Noisette, A1111"),
        ("silent.png", foreign.png(prompt=json.dumps(GRAPH)), "tells no prompt; give one"),
    ],
)
def test_a_file_that_can_not_serve_is_one_line_and_exit_2(
    run: Run, tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    ran = run("generate", "--from", tmp_path / name)
    assert (ran.code, ran.out) == (2, "")
    assert sentence in ran.err
    assert ran.err.count("\n") == 1


def test_neither_prompt_nor_file_is_told(run: Run) -> None:
    ran = run("generate", "--steps", 3)
    assert (ran.code, ran.err) == (
        2,
        "noisette: no prompt given; write one, or take a picture's settings with --from FILE\n",
    )


def test_pictures_go_to_their_project_and_the_history_lists_it_alone(run: Run) -> None:
    ran = run("generate", "a cube", *ODD, "--project", " Marble  studies ", "--json")
    assert ran.err == "made the project “Marble studies”\n"
    answer = told(ran)
    assert answer["project"] == "Marble studies"
    again = told(run("generate", "a cone", *ODD, "--project", "marble STUDIES", "--json"))
    assert again["project"] == "Marble studies"
    # The project rides beside the request: it is nothing that a recipe knows.
    assert "arble" not in Path(answer["pictures"][0]["path"]).read_bytes().decode("latin-1")
    assert told(run("generate", "a cube", *ODD, "--json"))["project"] == "Untitled"
    rows = told(run("history", "--project", "Marble studies", "--json"))  # type: ignore[assignment]
    assert [(row["project"], row["recipe"]["request"]["prompt"]) for row in rows] == [  # type: ignore[index]
        ("Marble studies", "a cone"),  # type: ignore[index]
        ("Marble studies", "a cube"),
    ]
    assert [row["project"] for row in json.loads(run("history", "--json").out)].count("Untitled") == 1
    assert run("history", "--project", "marble studies", "--limit", 1).err == "1 of 2\n"


@pytest.mark.parametrize("name", ["a" * 61, " "])
def test_a_project_that_can_not_be_is_told_before_anything_is_made(run: Run, name: str) -> None:
    ran = run("generate", "a cube", *ODD, "--project", name)
    assert ran.code == 2
    assert "letters" in ran.err
    assert json.loads(run("history", "--json").out) == []


def test_a_history_of_no_such_project_names_those_that_are_there(run: Run) -> None:
    ran = run("history", "--project", "Marble")
    assert (ran.code, ran.err) == (2, "noisette: there is no project 'Marble'; choose one of Untitled\n")


def test_a_resumed_run_stays_in_its_project(run: Run, noisette_home: Path) -> None:
    with Engine(noisette_home, keep_queue=False) as engine:
        mailbox, seen = engine.subscribe(), Seen()
        project = engine.history.projects.add("Marble").number
        job_id = engine.submit(ImageRequest("a cube", "mixture", steps=400, seed=3), project=project)
        while not seen.ended:
            for event in mailbox.wait(60.0):
                seen.take(event, lambda: engine.cancel(job_id))
                assert not isinstance(event, TERMINAL) or event.job_id == job_id
    (made,) = told(run("resume", "--json"))["pictures"]
    assert made["project"] == "Marble"
    assert [row["id"] for row in json.loads(run("history", "--project", "Marble", "--json").out)] == [made["id"]]
