"""A report that a user can read through and send: what happened, versions, the trace, what was done last."""

from __future__ import annotations

from collections import deque
from functools import cache
from pathlib import Path

from core.version import VERSION

PACKAGES = ("PySide6-Essentials", "torch", "numpy")
LAST = 20
ROOT = Path(__file__).resolve().parents[1]


class LastActions:
    """The names of what was done last, the newest last. No values: a prompt is nobody else's business."""

    def __init__(self) -> None:
        self._names: deque[str] = deque(maxlen=LAST)

    def note(self, name: str) -> None:
        self._names.append(name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._names)


@cache
def versions() -> tuple[str, ...]:
    """ "Noisette 0.1.0", and so on; what is not installed is left out."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    lines = [f"Noisette {VERSION}", f"Python {platform.python_version()}"]
    for name in PACKAGES:
        try:
            lines.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return (*lines, f"{platform.system()} {platform.release()} {platform.machine()}")


def impersonal(trace: str) -> str:
    """A trace without where the user's folders lie: the program's own files by their place in it, home as ~."""
    return trace.replace(f"{ROOT}{'/' if '/' in str(ROOT) else chr(92)}", "").replace(str(Path.home()), "~")


def compose(happened: str, details: str, last: tuple[str, ...] = ()) -> str:
    """The report as text."""
    parts = [happened, "\n".join(versions())]
    if last:
        parts.append("Done last: " + ", ".join(last))
    if details:
        parts.append(impersonal(details).rstrip())
    return "\n\n".join(parts) + "\n"
