from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.datasets.stickers import build as building
from core.datasets.stickers.fetch import tarball
from tests.core.cli.conftest import Run
from tests.core.datasets.stickers.conftest import packages

__all__ = ["packages"]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "cache"
    monkeypatch.setenv("NOISETTE_CACHE", str(root))
    return root


def test_the_stickers_are_made_and_listed(
    run: Run, cache: Path, packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("data", "--json").out == "[]\n"
    monkeypatch.setattr(building, "fetch", lambda package, folder, _: tarball(package, folder))
    cache.mkdir()
    packages.rename(cache / "packages")
    made = run("data", "stickers", "--workers", 1, "--json")
    assert made.code == 0
    assert "over the network" in made.err
    plain = json.loads(made.out)
    assert (plain["name"], plain["counts"]["pictures"], plain["folder"]) == ("stickers", 12, str(cache / "stickers"))
    listed = run("data")
    assert listed.lines[1].split("\t")[:3] == ["stickers", "12", "2"]


def test_without_npm_there_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = run("data", "stickers")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[-1].startswith("noisette: npm is not on this machine")


def test_help_shows_examples_and_names_the_network(run: Run) -> None:
    shown = run("data", "stickers", "--help").out
    assert "noisette data stickers --workers 1" in shown
    assert "network" in shown
