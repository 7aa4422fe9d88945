from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from PIL import Image

from core.artifacts.image import load_picture
from core.sweeps.record import read_sweep
from tests.core.cli.conftest import Run

SWEEP = ("sweep", "a red cube", "--model", "mixture", "--steps", 3)


def test_a_sweep_is_laid_out_on_a_labelled_sheet_for_each_z(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    ran = run(*SWEEP, "--x", "sampler=euler,heun", "--y", "evaluations=4..8:4", "--z", "seed=1..3", "--out", out)
    assert ran.code == 0, ran.err
    assert ran.lines == [str(out), str(tmp_path / "sheet-2.png"), str(tmp_path / "sheet-3.png")]
    record = read_sweep(out.with_suffix(".json"))
    assert record.complete
    rows = list(csv.DictReader(out.with_suffix(".csv").read_text().splitlines()))
    assert [(row["sampler"], row["evaluations"], row["seed"]) for row in rows[:3]] == [
        ("euler", "4", "1"),
        ("heun", "4", "1"),
        ("euler", "8", "1"),
    ]
    with Image.open(out) as one, Image.open(tmp_path / "sheet-2.png") as other:
        assert one.size == other.size
        assert one.convert("RGB").tobytes() != other.convert("RGB").tobytes()


def test_the_cells_are_told_as_json_and_are_pictures_of_the_history(run: Run) -> None:
    ran = run(*SWEEP, "--x", 'prompt-replace=red,"blue"', "--y", "guidance=1..2 in 2", "--json")
    told = json.loads(ran.out)
    assert [cell["values"] for cell in told["cells"]] == [["red", "1"], ["blue", "1"], ["red", "2"], ["blue", "2"]]
    picture = load_picture(Path(told["cells"][3]["path"]))
    assert (picture.recipe.request.prompt, picture.recipe.request.guidance.scale) == ("a blue cube", 2.0)
    listed = json.loads(run("history", "--json").out)
    assert {cell["id"] for cell in told["cells"]} <= {each["id"] for each in listed}
    source = told["cells"][3]["path"]
    again = json.loads(run("sweep", "--from", source, "--x", "prompt-replace=blue", "--json").out)
    assert again["cells"][0]["pixels_sha256"] == told["cells"][3]["pixels_sha256"]


def test_a_sweep_that_was_broken_off_is_listed_and_taken_to_its_end(run: Run, noisette_home: Path) -> None:
    told = json.loads(run(*SWEEP, "--x", "seed=1..3", "--json").out)
    job = re.sub(r"-c\d+-\d+$", "", told["cells"][0]["id"])
    assert run("resume", "--list", "--json").out.strip() == "[]"
    (file,) = (noisette_home / "sweeps").glob("*.json")
    record = json.loads(file.read_text())
    record["sweep"]["complete"] = False
    record["sweep"]["cells"].pop()
    file.write_text(json.dumps(record))
    (left,) = json.loads(run("resume", "--list", "--json").out)
    assert left == {"job": job, "steps": 2, "of": 3, "prompt": "grid of 3 cells, 2 made: a red cube"}
    assert run("resume").code == 0
    assert read_sweep(file).complete


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("sweep",), "no prompt given"),
        (SWEEP, "no axis given; say what varies, for example --x sampler=euler,heun"),
        ((*SWEEP, "--x", "sampler"), "'sampler' is not SETTING=VALUES"),
        ((*SWEEP, "--x", "seed=1..x"), "'1..x' is neither a number nor a range"),
        ((*SWEEP, "--x", "seed=1..2", "--out", "sheet.jpg"), "sheet.jpg is not a name for a sheet; end it with .png"),
    ],
)
def test_what_is_wrong_is_one_line(run: Run, arguments: tuple[object, ...], words: str) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert words in ran.err
    assert len(ran.err.splitlines()) == 1


def test_what_can_be_swept_is_listed(run: Run) -> None:
    names = [each["name"] for each in json.loads(run("sweep", "--settings", "--json").out)]
    assert {"sampler+grid", "evaluations", "prompt-replace", "churn", "exposure"} <= set(names)
