from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import ModelError
from core.networks.weights import load_weights, save_weights, sha256_of


def test_tensors_and_metadata_come_back(tmp_path: Path) -> None:
    tied = torch.randn(2, 3)
    path = tmp_path / "new" / "a.safetensors"
    save_weights(path, {"a.x": tied, "a.y": tied, "b": torch.arange(3)}, {"note": "é"})
    weights = load_weights(path)
    assert weights.metadata == {"note": "é"}
    assert torch.equal(weights.part("a.")["y"], tied)
    assert weights.tensors["b"].dtype == torch.int64
    assert [entry.name for entry in path.parent.iterdir()] == ["a.safetensors"]
    assert sha256_of(path) == hashlib.sha256(path.read_bytes()).hexdigest()


def test_half_precision_is_for_floats_alone(tmp_path: Path) -> None:
    save_weights(
        tmp_path / "a.safetensors", {"x": torch.ones(2), "n": torch.ones(2, dtype=torch.int64)}, dtype=torch.float16
    )
    kinds = {name: value.dtype for name, value in load_weights(tmp_path / "a.safetensors").tensors.items()}
    assert kinds == {"x": torch.float16, "n": torch.int64}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="does not exist"):
        load_weights(tmp_path / "none.safetensors")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(cut=st.integers(0, 200), noise=st.binary(max_size=40))
def test_damage_is_an_error_for_the_user(tmp_path: Path, cut: int, noise: bytes) -> None:
    path = tmp_path / "a.safetensors"
    save_weights(path, {"x": torch.ones(40)})
    whole = path.read_bytes()
    path.write_bytes(whole[: min(cut, len(whole) - 1)] + noise[:1])
    with pytest.raises(ModelError, match="restore"):
        load_weights(path)
