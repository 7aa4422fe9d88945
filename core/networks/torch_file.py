"""Tensors out of an old torch file (`.pth`, before torch 1.6) without unpickling: its opcodes are read as data.

A pickle is a program. Here no opcode calls anything: a symbolic stack holds names, tuples and marks, and only the
three shapes that such a file of weights needs are understood.
"""

from __future__ import annotations

import pickletools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import torch

from core.errors import ModelError

MAGIC = 0x1950A86A20F9469CFC6C
DTYPES = {"torch FloatStorage": torch.float32, "torch LongStorage": torch.int64}
REBUILD = "torch._utils _rebuild_tensor_v2"
DICT = "collections OrderedDict"
CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
LITERALS = ("BINUNICODE", "BININT", "BININT1", "BININT2", "LONG1")


@dataclass(frozen=True, slots=True)
class _Name:
    text: str


@dataclass(frozen=True, slots=True)
class _Storage:
    dtype: torch.dtype
    key: str
    size: int


@dataclass(frozen=True, slots=True)
class _View:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


class _Mark:
    pass


def read_torch_file(path: Path) -> dict[str, torch.Tensor]:
    """The state dict of a file in torch's legacy format. Raises ModelError for any other, or one with more in it."""
    try:
        with path.open("rb") as file:
            if _value(file) != MAGIC:
                raise ModelError(f"{path} is not a torch file of the old format; convert it to .safetensors")
            _value(file)
            _value(file)
            state, order = _value(file), _value(file)
            return _tensors(cast("dict[str, _View]", state), cast("list[str]", order), file)
    except FileNotFoundError as error:
        raise ModelError(f"{path} does not exist; install the package that holds it again") from error
    except (ValueError, LookupError, TypeError, AttributeError, RuntimeError) as error:
        raise ModelError(f"{path} can't be read as a file of weights ({error}); install its package again") from error


def _tensors(state: dict[str, _View], order: list[str], file: BinaryIO) -> dict[str, torch.Tensor]:
    stores = {view.storage.key: view.storage for view in state.values()}
    flat: dict[str, torch.Tensor] = {}
    for key in order:
        kept = stores[key]
        count = int.from_bytes(file.read(8), "little")
        if count != kept.size:
            raise ValueError(f"a store of {count} numbers where {kept.size} are announced")
        flat[key] = torch.frombuffer(bytearray(file.read(count * kept.dtype.itemsize)), dtype=kept.dtype)
    return {
        name: flat[view.storage.key].as_strided(view.shape, view.stride, view.offset).clone()
        for name, view in state.items()
    }


def _value(file: BinaryIO) -> Any:
    """The next pickle's value, as far as its opcodes say it in so many words."""
    stack: list[Any] = []
    memo: dict[int, Any] = {}
    for name, argument in _opcodes(file):
        if name == "STOP":
            return stack.pop()
        _apply(name, argument, stack, memo)
    raise ValueError("a pickle without an end")


def _apply(name: str, argument: Any, stack: list[Any], memo: dict[int, Any]) -> None:
    if name in LITERALS:
        stack.append(argument)
    elif name in CONSTANTS:
        stack.append(CONSTANTS[name])
    elif name in ("BINPUT", "LONG_BINPUT"):
        memo[argument] = stack[-1]
    elif name in ("BINGET", "LONG_BINGET"):
        stack.append(memo[argument])
    elif name == "MARK":
        stack.append(_Mark())
    elif name in ("EMPTY_DICT", "EMPTY_LIST", "EMPTY_TUPLE"):
        stack.append({"EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple}[name]())
    elif name in ("TUPLE", "TUPLE1", "TUPLE2"):
        items = _to_mark(stack) if name == "TUPLE" else [stack.pop() for _ in range(int(name[-1]))][::-1]
        stack.append(tuple(items))
    elif name == "APPENDS":
        items = _to_mark(stack)
        stack[-1].extend(items)
    elif name in ("SETITEM", "SETITEMS"):
        items = _to_mark(stack) if name == "SETITEMS" else [stack.pop(), stack.pop()][::-1]
        stack[-1].update(zip(items[::2], items[1::2], strict=True))
    elif name == "GLOBAL":
        stack.append(_Name(argument))
    elif name == "BINPERSID":
        stack.append(_storage(stack.pop()))
    elif name == "REDUCE":
        arguments, called = stack.pop(), stack.pop()
        stack.append(_built(called, arguments))
    elif name == "BUILD":
        stack.pop()  # an OrderedDict's attributes: torch's _metadata, which weights don't need
    elif name != "PROTO":
        raise ValueError(f"opcode {name} is not one of a file of weights")


def _built(called: Any, arguments: tuple[Any, ...]) -> Any:
    if called == _Name(DICT) and arguments == ():
        return {}
    if called == _Name(REBUILD) and isinstance(arguments[0], _Storage):
        return _View(arguments[0], arguments[1], arguments[2], arguments[3])
    raise ValueError(f"{called} is not part of a file of weights")


def _storage(told: tuple[Any, ...]) -> _Storage:
    word, kind, key, _, size, _ = told
    if word != "storage" or not isinstance(kind, _Name) or kind.text not in DTYPES:
        raise ValueError(f"a store of {kind} is not understood")
    return _Storage(DTYPES[kind.text], key, size)


def _to_mark(stack: list[Any]) -> list[Any]:
    items: list[Any] = []
    while not isinstance(stack[-1], _Mark):
        items.append(stack.pop())
    stack.pop()
    return items[::-1]


def _opcodes(file: BinaryIO) -> Iterator[tuple[str, Any]]:
    for opcode, argument, _ in pickletools.genops(file):
        yield opcode.name, argument
