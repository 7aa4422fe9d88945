"""How an evaluation can be made again: the command, and the machine it ran on, with the memory that it took."""

from __future__ import annotations

import platform
import sys

import torch

from core.requests import EvaluateRequest


def command_of(request: EvaluateRequest) -> str:
    """The line of the terminal that measures the same."""
    steps, scales = (",".join(f"{value:g}" for value in row) for row in (request.steps, request.guidance))
    return (
        f"noisette evaluate {request.model_id} --prompts {request.prompts} --steps {steps} "
        f"--guidance {scales} --sampler {request.sampler} --seed {request.seed}"
        + ("" if request.method == "cfg" else f" --guidance-method {request.method}")
    )


def hardware_of(device: torch.device) -> str:
    """ "cpu, x86_64, 1 threads"."""
    return f"{device.type}, {platform.machine()}, {torch.get_num_threads()} threads"


def memory_peak_mb() -> float | None:
    """The most that this process had resident so far; None on a platform that does not tell (Windows)."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20) if sys.platform == "darwin" else peak / 1024
