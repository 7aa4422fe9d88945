"""Hand over to the studio or the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from setup_steps.places import Places
from setup_steps.system_packages import WAYLAND_WINDOWS, X11_WINDOWS

REAL_WINDOW = (
    "To open the window for real, start the same command where there is a screen: in a desktop session, "
    "over `ssh -X`, or on a virtual screen with `xvfb-run -a python3 packaging/start.py`."
)


def has_display(platform: str, env: Mapping[str, str]) -> bool:
    """Whether a window can be shown: always on Windows and macOS, elsewhere where X11 or Wayland says so."""
    return platform in ("win32", "darwin") or bool(env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"))


def window_libraries(env: Mapping[str, str]) -> dict[str, str]:
    """The libraries that Qt needs for the display in use, by soname; none where there is no display."""
    x11 = X11_WINDOWS if env.get("DISPLAY") else {}
    wayland = WAYLAND_WINDOWS if env.get("WAYLAND_DISPLAY") else {}
    return {**x11, **wayland}


def hand_over(places: Places, env: Mapping[str, str], arguments: Sequence[str]) -> int:
    """Become `python ARGUMENTS` in the user's current folder; on Windows wait for it and return its exit code.

    -P keeps that folder off the module path: a file core.py in it must not stand in for ours.
    """
    command = [str(places.python), "-P", *arguments]
    sys.stdout.flush()
    if os.name != "nt":
        os.execve(command[0], command, dict(env))
    return subprocess.run(command, env=dict(env), check=False).returncode


def demonstrate(places: Places, env: Mapping[str, str]) -> int:
    """No screen: let the studio work offscreen, keep its picture and a screenshot, say how to see it for real."""
    places.demo.mkdir(parents=True, exist_ok=True)
    offscreen = {**env, "QT_QPA_PLATFORM": "offscreen"}
    command = [str(places.python), "-P", "-m", "studio", "--demo", "--out", str(places.demo)]
    sys.stdout.write("There is no display here, so the studio opens offscreen and makes its example picture.\n")
    sys.stdout.flush()
    code = subprocess.run(command, env=offscreen, check=False).returncode
    if code == 0:
        sys.stdout.write(REAL_WINDOW + "\n")
    return code
