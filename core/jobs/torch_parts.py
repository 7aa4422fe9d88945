"""Those parts of torch that making pictures does not use, imported late: they are a third of `import torch`.

What they serve (compiling, exporting, tensors without data, data loaders) is whole after `complete_torch`, which is
called before any work but making pictures; and each part comes by itself where something of it is asked for by name.
"""

from __future__ import annotations

import importlib
import sys
from threading import Lock
from typing import Any

from core.late import LateModules

PARTS = LateModules(
    "torch._prims",
    "torch._refs",
    "torch._decomp",
    "torch._meta_registrations",
    "torch._export",
    "torch.export",
    "torch.distributions",
    "torch.utils.data",
    "unittest.mock",
)
"""What operators do to tensors without data, and in which others they can be written; the export of programs, which is
written with these; probability distributions; loaders of training data; what torch's logging patches itself with."""


_LOCK = Lock()


def import_torch() -> None:
    """Import torch without running `PARTS`, unless torch was imported already. Raises what the import raises."""
    with _LOCK:
        if "torch" in sys.modules:
            return
        PARTS.install()
        torch = importlib.import_module("torch")
        PARTS.bind()
        _let_generators_be_made(torch)


def complete_torch() -> None:
    """Run what `import_torch` left out: half a second, at the first call only."""
    PARTS.complete()


def _let_generators_be_made(torch: Any) -> None:
    """torch._prims settles the kind of `torch.Generator` as it is run, and without that none can be made."""
    try:
        torch._C._set_generator_metaclass(importlib.import_module("torch._opaque_base").OpaqueBaseMeta)
        torch.Generator()
    except (AttributeError, ImportError, RuntimeError):
        PARTS.complete()
