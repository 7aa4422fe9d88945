"""`noisette projects`: listed, made, renamed and deleted from the command line."""

from __future__ import annotations

import json

import pytest

from tests.core.cli.conftest import Run


def counts(run: Run) -> dict[str, int]:
    return {each["name"]: each["pictures"] for each in json.loads(run("projects", "--json").out)}


def put(run: Run, project: str, *seeds: int) -> None:
    for seed in seeds:
        ran = run("generate", "a cube", "--model", "mixture", "--steps", 1, "--seed", seed, "--project", project)
        assert ran.code == 0


def test_they_are_listed_with_their_pictures(run: Run) -> None:
    put(run, "Marble", 1, 2)
    ran = run("projects")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split("\t") for line in ran.lines] == [["name", "pictures"], ["Untitled", "0"], ["Marble", "2"]]
    assert json.loads(run("projects", "--json").out)[1] == {"name": "Marble", "number": 2, "pictures": 2}


def test_one_is_made_and_renamed(run: Run) -> None:
    assert run("projects", "new", "  Marble   studies ").lines == ["Marble studies"]
    assert run("projects", "rename", "marble STUDIES", "Stone").lines == ["Stone"]
    assert json.loads(run("projects", "rename", "stone", "Stones", "--json").out) == {
        "name": "Stones",
        "number": 2,
        "pictures": 0,
    }
    assert counts(run) == {"Untitled": 0, "Stones": 0}


def test_one_is_deleted_to_the_bin_or_into_another(run: Run) -> None:
    put(run, "Marble", 1)
    put(run, "Glass", 2, 3)
    ran = run("projects", "delete", "glass", "--into", "marble")
    assert ran.lines == ["deleted Glass; 2 pictures moved to Marble"]
    assert counts(run) == {"Untitled": 0, "Marble": 3}
    assert len(run("history", "--project", "Marble").lines) == 4
    assert json.loads(run("projects", "delete", "Marble", "--json").out) == {"name": "Marble", "moved": 3, "into": None}
    assert counts(run) == {"Untitled": 0}
    run("projects", "new", "Empty")
    assert run("projects", "delete", "Empty").lines == ["deleted Empty"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("new", " "), "a project's name is empty; give it 1 to 60 letters"),
        (("new", "untitled"), "there is a project “Untitled” already; choose another name"),
        (("rename", "Stone", "Marble"), "there is no project 'Stone'; choose one of Untitled, Glass"),
        (("rename", "Glass", "UNTITLED"), "there is a project “Untitled” already; choose another name"),
        (("delete", "Untitled"), "“Untitled” is the first project and stays"),
        (("delete", "Glass", "--into", "glass"), "“Glass” can't take its own pictures, or choose another"),
        (("delete", "Glass", "--into", ""), "there is no project ''; choose one of Untitled, Glass"),
        (("delete", "Glass", "--into", "Stone"), "there is no project 'Stone'; choose one of Untitled, Glass"),
        (("frob",), "No such command 'frob'; `noisette projects --help` shows what is possible"),
        (("delete",), "`noisette projects delete --help` shows what is possible"),
    ],
)
def test_bad_input_is_one_line_and_exit_2_and_changes_nothing(run: Run, arguments: tuple[str, ...], told: str) -> None:
    put(run, "Glass", 1)
    ran = run("projects", *arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert told in ran.err
    assert counts(run) == {"Untitled": 0, "Glass": 1}


@pytest.mark.parametrize("command", ["new", "rename", "delete"])
def test_each_has_help_with_examples(run: Run, command: str) -> None:
    ran = run("projects", command, "--help")
    assert ran.code == 0
    assert f"Examples:\n    noisette projects {command}" in ran.out
    assert "--json" in ran.out
