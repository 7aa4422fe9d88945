from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.cli.job import Outcome
from core.cli.options import read_interval, read_numbers, read_size
from core.errors import RequestError
from core.jobs.context import JobContext
from core.jobs.event import Cancelled, Done, Event, Failed, Notice, Progress
from core.requests import EvaluateRequest, TrainRequest
from core.samplers.cards import CARDS
from tests.core.cli.conftest import Run

COMMANDS = ("generate", "replay", "models", "samplers", "history", "projects", "train", "evaluate")


def test_models_are_listed_with_what_a_user_must_know(run: Run) -> None:
    listed = {entry["id"]: entry for entry in json.loads(run("models", "--json").out)}
    assert listed["mixture"]["license"] == "Apache-2.0"
    assert listed["mixture"]["size_bytes"] > 0
    lines = run("models").lines
    columns = ["id", "title", "kind", "pixels", "styles", "weights", "on disk", "licence", "source"]
    assert lines[0].split("\t") == columns
    assert any(line.startswith("mixture\tFlat colours\tpicture\t16x16\t") for line in lines)


def test_a_broken_card_is_told_beside_the_list(run: Run, noisette_home: Path) -> None:
    (noisette_home / "models" / "broken.json").write_text("{")
    ran = run("models", "--json")
    assert ran.code == 0
    assert "broken.json" in ran.err
    assert "mixture" in ran.out


def test_samplers_are_listed_with_all_that_is_known_of_them(run: Run) -> None:
    listed = json.loads(run("samplers", "--json").out)
    assert [entry["name"] for entry in listed] == [card.name for card in CARDS]
    assert {"family", "order", "stochastic", "evaluations_per_step", "source"} <= set(listed[0])
    assert [line.split("\t")[0] for line in run("samplers").lines] == ["name", *(card.name for card in CARDS)]


def test_the_history_is_searched_and_cut(run: Run) -> None:
    for seed, prompt in enumerate(("a red cube", "a blue\tcube", "a red sphere")):
        run("generate", prompt, "--model", "mixture", "--steps", 1, "--seed", seed)
    found = run("history", "--search", "red", "--limit", 1)
    assert found.lines[0].split("\t")[:4] == ["made", "seed", "size", "prompt"]
    assert found.lines[1].split("\t")[1:4] == ["2", "16x16", "a red sphere"]
    assert found.err == "1 of 2\n"
    assert len(json.loads(run("history", "--json").out)) == 3
    assert [line.split("\t")[1] for line in run("history", "--offset", 2).lines[1:]] == ["0"]
    assert len(run("history").lines[2].split("\t")) == 6


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(run: Run, command: str) -> None:
    ran = run(command, "--help")
    assert ran.code == 0
    assert f"Examples:\n    noisette {command}" in ran.out
    assert "--json" in ran.out


def test_the_commands_are_listed(run: Run) -> None:
    ran = run("--help")
    assert ran.code == 0
    for command in COMMANDS:
        assert f"\n  {command} " in ran.out


def test_an_unknown_command_is_one_line_and_exit_2(run: Run) -> None:
    ran = run("paint")
    assert ran.code == 2
    assert ran.err.startswith("noisette: No such command 'paint'")
    assert ran.err.endswith("; `noisette --help` shows what is possible\n")
    assert ran.err.count("\n") == 1


def test_without_a_command_the_studio_opens(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[list[str]] = []
    monkeypatch.setattr("studio.launch.main", lambda argv: opened.append(argv) or 0)
    assert run().code == 0
    assert opened == [[]]


def test_a_training_run_is_passed_on_whole(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[TrainRequest] = []

    def train(request: TrainRequest, context: JobContext) -> Iterator[Event]:
        seen.append(request)
        yield Progress(context.job_id, 1, 2, 0.1, "training", {"loss": 0.5})
        yield Notice(context.job_id, "wrote weights")

    monkeypatch.setattr("core.training.task.train", train)
    out = tmp_path / "run"
    ran = run("train", "planner", "--minutes", 2, "--resume", "--anneal", "--threads", 2, "--out", out, "--json")
    assert ran.code == 0
    assert seen == [TrainRequest("planner", str(out), 2.0, anneal=True, resume=True, threads=2)]
    assert json.loads(ran.out)["figures"] == {"loss": 0.5}
    assert ran.err == "wrote weights\n"


def test_a_training_run_lies_in_the_home_folder_unless_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, noisette_home: Path
) -> None:
    seen: list[str] = []

    def train(request: TrainRequest, context: JobContext) -> Iterator[Event]:
        seen.append(request.folder)
        yield Progress(context.job_id, 1, 1, 0.0)

    monkeypatch.setattr("core.training.task.train", train)
    assert run("train", "some/where/planner.toml").lines == seen == [str(noisette_home / "runs" / "planner")]


def test_an_unknown_recipe_is_one_line_and_exit_2(run: Run) -> None:
    ran = run("train", "nonesuch")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "nonesuch" in ran.err


def test_an_evaluation_is_passed_on_and_its_figures_printed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[EvaluateRequest] = []

    def evaluate(request: EvaluateRequest, context: JobContext) -> Iterator[Event]:
        seen.append(request)
        yield Progress(context.job_id, 1, 1, 0.0, "scoring", {"single": 0.95, "count": 0.9})

    monkeypatch.setattr("core.evaluation.task.evaluate", evaluate)
    ran = run("evaluate", "mixture", "--prompts", 50, "--steps", "4,8", "--guidance", "1,2.5")
    assert seen == [EvaluateRequest("mixture", 50, (4, 8), (1.0, 2.5))]
    assert (ran.code, ran.lines) == (0, ["single\t0.9500", "count\t0.9000"])


@pytest.mark.parametrize("arguments", [["nonesuch"], ["mixture", "--steps", "eight"], ["mixture", "--prompts", "0"]])
def test_a_bad_evaluation_is_one_line_and_exit_2(run: Run, arguments: list[str]) -> None:
    ran = run("evaluate", *arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (Done("a", 1.0), 0),
        (Failed("a", "bad"), 2),
        (Failed("a", "bug", expected=False), 1),
        (Cancelled("a", 1, 2), 130),
    ],
)
def test_each_end_has_its_exit_code(end: Event, code: int) -> None:
    assert Outcome(end=end).exit_code == code


def test_texts_of_options_are_read() -> None:
    assert read_size(" 128X96 ") == (128, 96)
    assert read_interval("0.1:0.8") == (0.1, 0.8)
    assert read_numbers("8,20", int, "steps") == (8, 20)
    for text in ("128", "x", "12.5x3", "-1x4", "²x²"):
        with pytest.raises(RequestError, match="WIDTHxHEIGHT"):
            read_size(text)


def test_it_runs_as_a_module_and_listing_loads_no_torch(noisette_home: Path) -> None:
    code = (
        "import sys; from core.cli import main; main(['samplers']); main(['history']); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
    ran = subprocess.run([sys.executable, "-m", "core.cli", "frob"], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert noisette_home.is_dir()
