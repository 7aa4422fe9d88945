from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.cli.app import main
from tests.core.interop import foreign


def test_a_foreign_picture_is_told_in_lines_and_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(foreign.png(parameters=foreign.INFOTEXT))
    assert main(["inspect", str(file)]) == 0
    lines = capsys.readouterr().out
    for told in (
        "Settings from A1111 (v1.10.1)",
        "Sampler: dpmpp_2m",
        "Not taken up",
        "Model: v1-5; it is not installed",
    ):
        assert told in lines
    assert main(["inspect", str(file), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["tool"], said["settings"]["steps"], said["settings"]["seed"]) == ("A1111", 20, 1)
    assert {"Size", "Clip skip"} <= {each["name"] for each in said["unmapped"]}


def test_what_holds_nothing_is_one_line_and_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(foreign.png())
    assert main(["inspect", str(file)]) == 2
    assert "holds no settings" in capsys.readouterr().err
