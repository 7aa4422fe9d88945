"""Which build of torch to install, and from where."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from setup_steps.errors import SetupError

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
WINDOWS_CUDA_INDEX = "https://download.pytorch.org/whl/cu130"


@dataclass(frozen=True, slots=True)
class TorchSource:
    """requirement: what pip is asked for. options: pip's options with it. words: for the user.

    regret: what to say where pip can't get it.
    """

    requirement: str
    options: tuple[str, ...]
    words: str
    regret: str


def choose(
    wanted: str, pinned: str, platform: str, *, has_local_wheel: Callable[[], bool], has_nvidia: Callable[[], bool]
) -> TorchSource:
    """The build for this machine.

    wanted: "" for what fits, "cpu", "cuda", an index URL, or a wheel's URL or path.
    pinned: the version, "2.13.0". platform: as `sys.platform`.
    has_local_wheel, has_nvidia: asked only where the answer matters.
    Raises SetupError for a `wanted` that is none of these. A CUDA build of several GB is never taken
    unless it was asked for or an NVIDIA driver answers.
    """
    plain = f"torch=={pinned}"
    if wanted not in ("", "cpu", "cuda"):
        return _from_place(wanted, plain)
    if wanted == "cuda":
        if platform == "darwin":
            raise SetupError(
                "--torch=cuda was asked for; macOS has no CUDA build, so leave the option out (Metal is used)"
            )
        return _cuda(plain, platform)
    if wanted == "" and has_local_wheel():
        return TorchSource(
            plain, ("--no-index",), f"torch {pinned}, from this machine", _offline(pinned, "this machine")
        )
    if platform == "darwin":
        return TorchSource(plain, (), f"torch {pinned} for macOS", _offline(pinned, "the package registry"))
    if wanted == "" and has_nvidia():
        return _cuda(plain, platform)
    # The local version label keeps pip from taking a CUDA build out of any other index it knows.
    return TorchSource(
        f"{plain}+cpu",
        ("--index-url", CPU_INDEX),
        f"torch {pinned} for the CPU",
        _offline(pinned, f"PyTorch's CPU index ({CPU_INDEX})"),
    )


def check_wish(wanted: str) -> None:
    """Raises SetupError for what `choose` would refuse on every machine, before anything is set up."""
    if wanted not in ("", "cpu", "cuda") and not wanted.endswith(".whl") and "://" not in wanted:
        raise SetupError(f"--torch={wanted} is not a build of torch; give cpu, cuda, an index's URL or a wheel")


def nvidia_driver_answers() -> bool:
    """Whether `nvidia-smi` is there, works, and lists a GPU."""
    try:
        done = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and "GPU" in done.stdout


def _from_place(wanted: str, plain: str) -> TorchSource:
    check_wish(wanted)
    regret = f"torch could not be had from {wanted}; check that place, or leave --torch out to let one be chosen"
    if wanted.endswith(".whl"):
        return TorchSource(wanted, (), f"torch from {wanted}", regret)
    return TorchSource(plain, ("--index-url", wanted), f"torch from {wanted}", regret)


def _cuda(plain: str, platform: str) -> TorchSource:
    version = plain.removeprefix("torch==")
    words = f"torch {version} with CUDA (several GB)"
    if platform == "win32":
        options, place = ("--index-url", WINDOWS_CUDA_INDEX), f"PyTorch's CUDA index ({WINDOWS_CUDA_INDEX})"
    else:
        options, place = (), "the package registry"
    return TorchSource(plain, options, words, _offline(version, place))


def _offline(version: str, place: str) -> str:
    return (
        f"torch {version} could not be had from {place}; connect to the internet and start again, "
        "or name a place that has it with --torch=URL"
    )
