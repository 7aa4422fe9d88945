from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from core.artifacts.image import load_picture
from core.compare.record import read_race, save_race
from tests.core.cli.conftest import Run

RACE = ("compare", "a red cube and a blue cube", "--model", "mixture", "--reference-steps", 32, "--evaluations", 8)


def test_a_race_is_told_and_written(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "race.json"
    ran = run(*RACE, "--samplers", "euler,heun", "--budgets", "4,16", "--seed", 7, "--out", out)
    assert ran.code == 0, ran.err
    assert [line.split("\t")[0] for line in ran.lines] == ["lane", "Euler", "Heun", str(out)]
    assert "closer to the reference" in ran.err
    record = read_race(out)
    assert (record.request.seed, record.request.evaluations, record.request.budgets) == (7, 8, (4, 16))
    rows = list(csv.DictReader(out.with_suffix(".csv").read_text().splitlines()))
    shown = [float(row["error"]) for row in rows if row["row"] == "lane"]
    assert shown == [own.error for own in record.runs if own.budget == 8]
    assert load_picture(tmp_path / "race-lane-2.png").recipe.request.sampler == "heun"


def test_a_kept_race_runs_again_to_the_same_numbers(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "race.json"
    assert run(*RACE, "--samplers", "euler,euler_ancestral", "--out", out).code == 0
    again = run("compare", "--from", out, "--json")
    assert again.code == 0, again.err
    assert json.loads(again.out)["same"] is True
    told = json.loads(out.read_text())
    told["race"]["runs"][0]["error"] *= 1.001
    out.write_text(json.dumps(told))
    other = run("compare", "--from", out, "--json")
    assert (other.code, json.loads(other.out)["same"]) == (1, False)


@pytest.mark.slow
def test_six_samplers_on_the_shipped_model_replay_from_their_json(
    run: Run, tmp_path: Path, noisette_home: Path
) -> None:
    """To the digit, the reference worked out anew; and the JSON says what the table says."""
    out = tmp_path / "race.json"
    samplers = ("euler", "heun", "dpmpp_2m", "deis", "uni_pc", "rk4")
    options = ("--samplers", ",".join(samplers), "--evaluations", 24, "--reference-steps", 16, "--guidance", 1)
    first = run("compare", "a red cube", *options, "--device", "cpu", "--out", out)
    assert first.code == 0, first.err
    told = json.loads(out.read_text())
    for line, lane in zip(first.lines[1:], told["summary"]["lanes"], strict=False):
        name, steps, evaluations, error = line.split("\t")[:4]
        assert (name, int(steps), int(evaluations)) == (lane["name"], lane["steps"], lane["evaluations"])
        assert error == f"{lane['error']['value']:.3g}"
    assert len(told["summary"]["lanes"]) == len(samplers)
    shutil.rmtree(noisette_home / "references")
    again = run("compare", "--from", out, "--json")
    assert again.code == 0, again.err
    replayed = json.loads(again.out)
    assert replayed["same"] is True
    assert [lane["error"] for lane in replayed["lanes"]] == [lane["error"] for lane in told["summary"]["lanes"]]


def test_lanes_may_differ_in_other_settings(run: Run) -> None:
    ran = run(*RACE, "--samplers", "euler", "--vary", "guidance=1,2.5", "--json")
    assert [lane["name"] for lane in json.loads(ran.out)["lanes"]] == ["Euler · guidance 1", "Euler · guidance 2.5"]
    ran = run(*RACE, "--samplers", "euler,heun", "--vary", "prompt=a red cube|a green cube", "--json")
    assert [lane["name"] for lane in json.loads(ran.out)["lanes"]] == [
        "Euler · a red cube",
        "Heun · a red cube",
        "Euler · a green cube",
        "Heun · a green cube",
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("compare",), "no prompt given"),
        ((*RACE, "--samplers", "euler"), "1 lanes requested; a race has 2 to 6"),
        ((*RACE, "--samplers", "euler,nope"), "'nope' is not a sampler"),
        ((*RACE, "--vary", "colour=red"), "varies nothing; give one of time-grid"),
        ((*RACE, "--evaluations", "1"), "1 evaluations requested"),
        ((*RACE, "--reference", "nope"), "'nope' is not a sampler"),
        ((*RACE, "--reference", "ddpm"), "choose a deterministic reference"),
        ((*RACE, "--out", "race.txt"), "end it with .json"),
        (("compare", "--from", "none.json"), "does not exist"),
    ],
)
def test_bad_input_gets_one_line(run: Run, arguments: tuple[object, ...], words: str) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert words in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_a_race_that_was_broken_off_is_listed_and_taken_to_its_end(run: Run) -> None:
    told = json.loads(run(*RACE, "--samplers", "euler,heun", "--budgets", "4", "--json").out)
    file = Path(told["file"])
    whole = read_race(file)
    assert json.loads(run("resume", "--list", "--json").out) == []
    save_race(file, replace(whole, runs=whole.runs[:3]))
    (left,) = json.loads(run("resume", "--list", "--json").out)
    assert (left["job"], left["steps"], left["of"]) == (file.stem, 3, len(whole.runs))
    assert left["prompt"].startswith(f"race of 2 lanes, 3 of {len(whole.runs)} runs made: ")
    ran = run("resume")
    assert (ran.code, ran.lines) == (0, [str(file)])
    again = read_race(file)
    assert [each.error for each in again.runs] == [each.error for each in whole.runs]
    assert again.runs[:3] == whole.runs[:3]
