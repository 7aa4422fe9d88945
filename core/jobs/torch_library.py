"""Opening torch's shared library ahead of its import, without holding the interpreter.

Linking `libtorch_cpu` and running its initialisers takes about a quarter of a second, a sixth of `import torch`, and an
import holds the interpreter all the while: a window would stand still. The system's own `dlopen`, called as a foreign
function, lets the other threads go on.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from pathlib import Path


def settle_waiting() -> None:
    """Idle OpenMP threads sleep instead of spinning. It is read once, when torch's library is first opened."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def open_library() -> bool:
    """Open it where that is known to help (Linux, macOS) and was not done. Whether it is open now.

    What goes wrong is left to the import, which says it in words.
    """
    settle_waiting()
    if "torch" in sys.modules:
        return True
    found = importlib.util.find_spec("torch") if os.name == "posix" else None
    if found is None or found.origin is None:
        return False
    suffix = "dylib" if sys.platform == "darwin" else "so"
    return _open(Path(found.origin).parent / "lib" / f"libtorch_cpu.{suffix}")


def _open(library: Path) -> bool:
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.restype = ctypes.c_void_p
    dlopen.argtypes = (ctypes.c_char_p, ctypes.c_int)
    return bool(dlopen(os.fsencode(library), os.RTLD_LAZY | os.RTLD_LOCAL))
