"""What `packaging/start.py` does with its arguments."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from setup_steps import checks, launch, system_packages
from setup_steps.console import Console
from setup_steps.environment import child_environment
from setup_steps.errors import SetupError
from setup_steps.install import ensure_installed
from setup_steps.places import Places, find_places
from setup_steps.torch_choice import check_wish


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for.

    torch: the explicit choice of build, or "". command: "studio", "test", "help" or "cli". rest: the CLI's arguments.
    """

    torch: str
    command: str
    rest: tuple[str, ...] = ()

    @property
    def extras(self) -> frozenset[str]:
        """Which of pyproject's optional groups the command needs."""
        if self.command == "test":
            return frozenset({"test"})
        return frozenset({"train"}) if self.rest[:1] in (("data",), ("evaluate",), ("train",)) else frozenset()


def read_wish(arguments: Sequence[str], env: Mapping[str, str]) -> Wish:
    """Our own options stand before the CLI's arguments, so that none of those is taken away from it.

    Raises SetupError for an option or argument that isn't one.
    """
    torch = env.get("NOISETTE_TORCH", "")
    rest = list(arguments)
    while rest and rest[0].startswith("-"):
        option, _, value = rest.pop(0).partition("=")
        if option in ("-h", "--help"):
            return Wish(torch, "help")
        if option != "--torch":
            raise SetupError(f"{option} is not an option of start.py; see start.py --help")
        value = value or (rest.pop(0) if rest else "")
        if not value:
            raise SetupError("--torch needs a value; give cpu, cuda, an index's URL or a wheel")
        torch = value
    check_wish(torch)
    if not rest:
        return Wish(torch, "studio")
    if rest[0] == "test":
        if len(rest) > 1:
            raise SetupError(f"{rest[1]} can't follow test; options stand before it: start.py --torch=cpu test")
        return Wish(torch, "test")
    return Wish(torch, "cli", tuple(rest))


def main(arguments: Sequence[str], usage: str) -> int:
    """Set up what the arguments need and carry them out; returns the exit code."""
    try:
        wish = read_wish(arguments, os.environ)
        if wish.command == "help":
            sys.stdout.write(usage.strip() + "\n")
            return 0
        return _carry_out(wish, find_places())
    except SetupError as error:
        sys.stderr.write(f"start.py: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("\nstart.py: interrupted; start it again and it goes on from here\n")
        return 130


def _carry_out(wish: Wish, places: Places) -> int:
    env = child_environment(places, os.environ)
    prepare(wish, places, env)
    if wish.command == "test":
        return checks.run_all(places.python, env, places.repository)
    if wish.command == "cli":
        return launch.hand_over(places, env, ("-m", "core.cli", *wish.rest))
    if launch.has_display(sys.platform, env):
        return launch.hand_over(places, env, ("-m", "studio"))
    return launch.demonstrate(places, env)


def prepare(wish: Wish, places: Places, env: Mapping[str, str]) -> None:
    """System packages, then the environment. Raises SetupError."""
    testing = wish.command == "test"
    try:
        console = Console(places.log)
    except OSError as error:
        raise SetupError(
            f"{places.state} can't be written ({error.strerror}); clone to a folder of your own"
        ) from error
    try:
        system_packages.ensure(
            console,
            env,
            places.repository,
            draws=wish.command != "cli",
            windows=system_packages.X11_WINDOWS if testing else launch.window_libraries(env),
            programs=system_packages.WINDOW_TEST_PROGRAMS if testing else {},
        )
        ensure_installed(places, console, env, wish.extras, wish.torch)
    finally:
        console.close()
