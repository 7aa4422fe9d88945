"""Libraries and programs of the operating system that Python packages can't bring."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from setup_steps.console import Console
from setup_steps.environment import has_ensurepip
from setup_steps.errors import SetupError

DRAWING = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libX11.so.6": "libx11-6",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
    "libstdc++.so.6": "libstdc++6",
}
"""What Qt links to wherever it draws, by soname: the Debian package that holds it."""

X11_WINDOWS = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}

WAYLAND_WINDOWS = {"libwayland-client.so.0": "libwayland-client0", "libwayland-cursor.so.0": "libwayland-cursor0"}

WINDOW_TEST_PROGRAMS = {"Xvfb": "xvfb", "xdotool": "xdotool", "openbox": "openbox"}
"""The window test types into a real window on a screen of its own."""


def missing(
    libraries: Mapping[str, str],
    programs: Mapping[str, str],
    *,
    loads: Callable[[str], bool],
    finds: Callable[[str], bool],
) -> dict[str, str]:
    """Those of the libraries (soname -> package) and programs (name -> package) that this machine lacks."""
    lacking = {soname: package for soname, package in libraries.items() if not loads(soname)}
    return lacking | {name: package for name, package in programs.items() if not finds(name)}


def loads(soname: str) -> bool:
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def finds(program: str) -> bool:
    return shutil.which(program) is not None


def install_command(packages: Iterable[str]) -> str:
    """What a user without root's rights types on Debian or Ubuntu."""
    return "sudo apt-get update && sudo apt-get install -y --no-install-recommends " + " ".join(sorted(set(packages)))


def ensure(
    console: Console,
    env: Mapping[str, str],
    repository: Path,
    *,
    windows: Mapping[str, str],
    draws: bool,
    programs: Mapping[str, str],
) -> None:
    """Leave a Linux machine with what Qt and `venv` need from it; elsewhere do nothing.

    windows: the libraries of the display in use. draws: whether Qt is used at all.
    Root on Debian or Ubuntu gets the packages by apt; otherwise SetupError names the exact command.
    """
    if not sys.platform.startswith("linux"):
        return
    lacking = missing({**DRAWING, **windows} if draws else {}, programs, loads=loads, finds=finds)
    if not (repository / ".venv").exists() and not has_ensurepip():
        lacking["Python's venv"] = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if not lacking:
        return
    names, packages = ", ".join(lacking), sorted(set(lacking.values()))
    if not finds("apt-get"):
        raise SetupError(f"this machine lacks {names}; install the packages that hold them, then start again")
    if os.geteuid() != 0:
        raise SetupError(
            f"this machine lacks {names}; install them, then start again:\n    {install_command(packages)}"
        )
    console.say(f"installing system packages: {' '.join(packages)}")
    quiet = {**env, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        code, last = console.run(["apt-get", *arguments], env=quiet, cwd=repository)
        if code != 0:
            reason = next((line for line in last if line.startswith("E:")), "apt-get gave no reason")
            raise SetupError(f"apt-get {arguments[0]} failed ({reason}); the log is {console.log_path}", 1)
