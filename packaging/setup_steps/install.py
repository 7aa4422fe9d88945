"""Bring the environment up to what pyproject.toml and constraints.txt ask for."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from setup_steps import environment, stamp, weights
from setup_steps.console import Console
from setup_steps.errors import SetupError
from setup_steps.lock import hold
from setup_steps.places import Places
from setup_steps.torch_choice import choose, nvidia_driver_answers

LEAST_TORCH = (2, 6)
_PIP = ("-m", "pip", "--no-input", "--disable-pip-version-check")
_PROBE = "import torch; print(torch.__version__)"


def ensure_installed(
    places: Places, console: Console, env: Mapping[str, str], extras: frozenset[str], torch: str
) -> None:
    """Return once the environment holds the base requirements and `extras`, and the text encoder if it can be had.

    torch: the explicit choice of build ("cpu", "cuda", a URL), or "".
    The stamp goes first and comes last, so that a kill in between leaves an environment that is known to be
    unfinished. Raises SetupError.
    """
    if _ready(places, extras, torch) and not weights.missing(places):
        return

    def waiting() -> None:
        console.say("another set-up is at work in this folder; waiting for it to finish")

    with hold(places.lock, waiting) as lock:
        if not _ready(places, extras, torch):
            _bring_up(places, console, env, extras, torch, lock)
        if weights.missing(places):
            weights.fetch(places, console, env, lock)


def _bring_up(
    places: Places, console: Console, env: Mapping[str, str], extras: frozenset[str], torch: str, lock: int
) -> None:
    known = stamp.read(places.stamp)
    if known is not None:
        extras = extras | set(known.extras)
    places.stamp.unlink(missing_ok=True)
    console.say(f"setting up Noisette in {places.repository} (log: {console.log_path})")
    environment.ensure(places, console, env, lock)
    _install(places, console, env, extras, torch, torch not in ("", known.torch if known else ""), lock)
    chosen = torch or (known.torch if known else "")
    stamp.write(places.stamp, stamp.Stamp(stamp.digest(places), tuple(sorted(extras)), chosen, stamp.installed(places)))
    console.say("the environment is ready")


def _ready(places: Places, extras: frozenset[str], torch: str) -> bool:
    return stamp.serves(stamp.read(places.stamp), places, extras, torch) and environment.python_answers(
        places, "-c", "pass"
    )


def pinned(constraints: str, name: str) -> str:
    """The version that a constraints text gives to `name`. Raises SetupError where it gives none."""
    found = re.search(rf"^{re.escape(name)}==(\S+)$", constraints, re.MULTILINE | re.IGNORECASE)
    if found is None:
        raise SetupError(f"packaging/constraints.txt has no line {name}==VERSION; restore the file")
    return found[1]


def release(version: str) -> tuple[int, ...]:
    """The leading numbers of a version: (2, 13, 0) of "2.13.0+cpu"."""
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("+")[0])[:3])


def _install(
    places: Places,
    console: Console,
    env: Mapping[str, str],
    extras: frozenset[str],
    torch: str,
    replace_torch: bool,
    lock: int,
) -> None:
    constraints = places.constraints.read_text(encoding="utf-8")

    def pip(words: str, regret: str, *arguments: str) -> None:
        console.say(words)
        command = [str(places.python), *_PIP, "install", "--progress-bar=off", "--no-compile", *arguments]
        code, last = console.run(command, env=env, cwd=places.repository, lock=lock)
        if code != 0:
            reason = next((line.strip() for line in reversed(last) if "ERROR" in line), "pip gave no reason")
            raise SetupError(f"{regret} ({reason}); the log is {console.log_path}", 1)

    plain_regret = "the requirements could not be installed; check the connection and start again"
    pip("installing the build tools", plain_regret, f"setuptools=={pinned(constraints, 'setuptools')}")

    version = "" if replace_torch else _torch_version(places, env)
    if release(version) >= LEAST_TORCH:
        console.say(f"torch {version} is there and is kept")
    else:
        source = choose(
            torch,
            pinned(constraints, "torch"),
            sys.platform,
            has_local_wheel=lambda: _local_wheel(places, env, pinned(constraints, "torch")),
            has_nvidia=nvidia_driver_answers,
        )
        renewal = ("--force-reinstall",) if replace_torch else ()
        pip(f"installing {source.words}", source.regret, "--no-deps", *renewal, *source.options, source.requirement)
        version = _torch_version(places, env) or pinned(constraints, "torch")

    agreed = _constraints_with_torch(places.state / "constraints.txt", constraints, version)
    what = f".[{','.join(sorted(extras))}]" if extras else "."
    pip(
        "installing everything else" + (f", with what {' and '.join(sorted(extras))} need" if extras else ""),
        plain_regret,
        "--no-build-isolation",
        "--constraint",
        str(agreed),
        "--editable",
        what,
    )
    unpack_qt(places, console, env, lock)


def unpack_qt(places: Places, console: Console, env: Mapping[str, str], lock: int) -> None:
    """Have Shiboken lay the Python sources that its library carries beside it, as files.

    Else it unpacks and compiles them at each start. SBK_EMBED is its own switch for that. Where it cannot, it goes on
    as it was. Done at each set-up: files of another version must not stay, nor half of them after a kill.
    """
    unpacking = {**env, "SBK_EMBED": "0"}
    command = [str(places.python), "-c", "import shiboken6.Shiboken"]
    console.run(command, env=unpacking, cwd=places.repository, lock=lock)


def _torch_version(places: Places, env: Mapping[str, str]) -> str:
    """The version of the torch that the environment can import; "" where it can't."""
    done = subprocess.run(
        [places.python, "-c", _PROBE], capture_output=True, text=True, env=dict(env), cwd=places.repository, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def _local_wheel(places: Places, env: Mapping[str, str], version: str) -> bool:
    """Whether pip's own configuration knows a place on this machine that holds the wheel."""
    arguments = ("install", "--dry-run", "--no-index", "--no-deps", "--ignore-installed", f"torch=={version}")
    done = subprocess.run(
        [places.python, *_PIP, *arguments], capture_output=True, env=dict(env), cwd=places.repository, check=False
    )
    return done.returncode == 0


def _constraints_with_torch(path: Path, constraints: str, version: str) -> Path:
    """The pins with the torch that is really there: a kept one need not be the pinned one."""
    path.write_text(re.sub(r"(?m)^torch==\S+$", f"torch=={version}", constraints), encoding="utf-8")
    return path
