"""Tensors on disk: .safetensors files, whole or not there at all. Nothing is ever unpickled."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import safetensors
import safetensors.torch
import torch

from core.errors import ModelError


@dataclass(frozen=True, slots=True)
class Weights:
    """tensors: by name, on the CPU. metadata: texts by name from the file's header."""

    tensors: dict[str, torch.Tensor]
    metadata: dict[str, str]

    def part(self, prefix: str) -> dict[str, torch.Tensor]:
        """The tensors whose names begin with `prefix`, under the rest of their names."""
        return {key.removeprefix(prefix): value for key, value in self.tensors.items() if key.startswith(prefix)}


def save_weights(
    path: Path,
    tensors: Mapping[str, torch.Tensor],
    metadata: Mapping[str, str] | None = None,
    *,
    dtype: torch.dtype | None = None,
) -> None:
    """Write a file in one rename, after its bytes are on the disk. dtype: of floats; None keeps their own."""
    plain: dict[str, torch.Tensor] = {}
    for name, value in tensors.items():
        kind = dtype if dtype is not None and value.is_floating_point() else value.dtype
        # a copy each: tied weights may not share memory in the file
        plain[name] = value.detach().to("cpu", kind, copy=True).contiguous()
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("wb") as file:
        file.write(safetensors.torch.save(plain, dict(metadata or {})))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def load_weights(path: Path) -> Weights:
    """Read a file whole. Raises ModelError where it is missing or damaged."""
    try:
        with cast("Any", safetensors.safe_open)(path, framework="pt") as file:
            tensors = {str(name): cast("torch.Tensor", file.get_tensor(name)) for name in file.keys()}  # noqa: SIM118
            return Weights(tensors, dict(file.metadata() or {}))
    except FileNotFoundError as error:
        raise ModelError(f"{path} does not exist; restore the file or install the model again") from error
    except (cast("Any", safetensors).SafetensorError, OSError) as error:
        raise ModelError(f"{path} can't be read as .safetensors ({error}); restore the file") from error


def sha256_of(path: Path) -> str:
    """The file's SHA-256, 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
