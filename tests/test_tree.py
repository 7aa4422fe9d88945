"""What may lie in the repository at all."""

from __future__ import annotations

import os
import pickletools
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOP = {"pyproject.toml", "README.md", "LICENSE", "studio", "core", "tests", "assets", "packaging", "docs"}
LIMIT_BYTES = 16 << 20
PICKLE_SUFFIXES = {".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".joblib", ".npy", ".npz"}
"""Formats that are pickles or may hold one; arrays are kept in safetensors."""


def holds_a_pickle(path: Path) -> bool:
    """Whether the file is a pickle of protocol 2 or later, or an archive with one (torch's own format)."""
    if path.suffix in PICKLE_SUFFIXES:
        return True
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith(".pkl") for name in archive.namelist())
    with path.open("rb") as file:
        head = file.read(2)
        if len(head) < 2 or head[0] != 0x80 or not 2 <= head[1] <= 5:
            return False
        file.seek(0)
        try:
            return any(opcode.name == "STOP" for opcode, _, _ in pickletools.genops(file.read()))
        except ValueError:
            return False


@pytest.fixture(scope="module")
def files() -> tuple[Path, ...]:
    """Every file that belongs to the project: not git's, not a tool's cache, not what .gitignore lists."""
    found: list[Path] = []
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [name for name in inner if not is_ignored(name, Path(folder))]
        found += [Path(folder, name) for name in names]
    return tuple(found)


def is_ignored(folder: str, parent: Path) -> bool:
    if folder.startswith(".") and folder != ".ci":
        return True
    return folder == "__pycache__" or folder.endswith(".egg-info") or (folder == "runs" and parent == ROOT)


def test_there_are_files_to_judge(files: tuple[Path, ...]) -> None:
    assert ROOT / "pyproject.toml" in files
    assert len(files) > 100


def test_the_top_level_is_as_designed(files: tuple[Path, ...]) -> None:
    stray = {path.relative_to(ROOT).parts[0] for path in files} - TOP
    assert not {name for name in stray if not name.startswith(".")}


def test_packaging_is_no_package() -> None:
    """With an __init__.py it would stand in for the library of that name that pip's world imports."""
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_no_file_is_over_16_mib(files: tuple[Path, ...]) -> None:
    assert not [str(path.relative_to(ROOT)) for path in files if path.stat().st_size > LIMIT_BYTES]


def test_no_file_holds_a_pickle(files: tuple[Path, ...]) -> None:
    assert not [str(path.relative_to(ROOT)) for path in files if holds_a_pickle(path)]


def test_a_pickle_is_known_by_its_bytes(tmp_path: Path) -> None:
    disguised, archive, harmless = tmp_path / "a.bin", tmp_path / "b.bin", tmp_path / "c.bin"
    disguised.write_bytes(b"\x80\x04K\x01.")
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("archive/data.pkl", b"\x80\x02K\x01.")
    harmless.write_bytes(b"\x80\x04 not one")
    assert [holds_a_pickle(path) for path in (disguised, archive, harmless)] == [True, True, False]
