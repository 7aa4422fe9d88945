from __future__ import annotations

import collections
from pathlib import Path

import pytest
import torch

from core.errors import ModelError
from core.networks.torch_file import read_torch_file


def test_it_reads_what_torch_writes(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(0)
    whole = torch.randn(6, 5, generator=generator)
    state = collections.OrderedDict(
        a=whole, b=torch.arange(7), turned=whole.T, part=whole[2:4, 1:], scalar=torch.ones(())
    )
    path = tmp_path / "old.pth"
    torch.save(state, path, _use_new_zipfile_serialization=False)
    found = read_torch_file(path)
    assert found.keys() == state.keys()
    for name, value in state.items():
        assert torch.equal(found[name], value), name


class Trap:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("sprung"),)  # type: ignore[return-value]


def test_nothing_in_a_file_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "trap.pth"
    torch.save(collections.OrderedDict(a=torch.ones(2), b=Trap()), path, _use_new_zipfile_serialization=False)
    with pytest.raises(ModelError, match="not part of a file of weights"):
        read_torch_file(path)
    assert not (tmp_path / "sprung").exists()


def test_other_files_are_refused(tmp_path: Path) -> None:
    new = tmp_path / "new.pth"
    torch.save({"a": torch.ones(2)}, new)
    with pytest.raises(ModelError, match=r"new\.pth"):
        read_torch_file(new)
    whole = tmp_path / "whole.pth"
    torch.save({"a": torch.ones(200)}, whole, _use_new_zipfile_serialization=False)
    short = tmp_path / "short.pth"
    short.write_bytes(whole.read_bytes()[:-100])
    with pytest.raises(ModelError, match=r"short\.pth"):
        read_torch_file(short)
    with pytest.raises(ModelError, match=r"none\.pth"):
        read_torch_file(tmp_path / "none.pth")
