"""What a step costs beyond the network: ours beside diffusers', in one run. Prints a table.

    OMP_NUM_THREADS=1 python packaging/bench/step_overhead.py [--rounds N]

A 1x4x64x64 state on one thread; the network is x * 0, read as eps, and its own cost is taken off both sides. Ours
counts everything a run does: reading the output, the sampler, the generator. Making the grid is left out on both
sides. Figures are CPU time, the least over rounds of interleaved runs, so a busy machine disturbs them little and
both sides alike. On flows the output is a velocity.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch

from core.diffusion.denoiser import NetworkDenoiser
from core.diffusion.level import Level
from core.diffusion.noise import Noise
from core.diffusion.parameterization import Parameterization
from core.diffusion.schedule import schedule_named
from core.diffusion.time_grid import time_grid
from core.samplers.registry import sampler_named

STEPS = 50
SHAPE = (4, 64, 64)
BETAS: dict[str, Any] = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
GOALS = {"euler": 0.25, "dpmpp_2m": 0.15}


@dataclass(frozen=True, slots=True)
class Run:
    """prepare: what isn't timed. go: one run of STEPS steps."""

    prepare: Callable[[], object]
    go: Callable[[], None]


def _nothing() -> None:
    return None


def network(x: torch.Tensor, level: Level) -> torch.Tensor:  # noqa: ARG001 - a network's signature
    return x * 0


def ours(name: str, schedule_name: str, kind: Parameterization) -> Run:
    schedule = schedule_named(schedule_name)
    grid = time_grid("uniform", schedule, STEPS)
    noise, denoiser = Noise((0,), SHAPE), NetworkDenoiser(network, kind)
    x = noise.draw("start", 0)
    sampler = sampler_named(name)

    def run() -> None:
        for _ in sampler(denoiser, x, grid, noise):
            pass

    return Run(_nothing, run)


def theirs(scheduler: str, **options: Any) -> Run:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import diffusers

        peer = getattr(diffusers, scheduler)(**options)
    x = torch.randn(1, *SHAPE, generator=torch.Generator().manual_seed(0))
    scales = hasattr(peer, "scale_model_input")

    @torch.no_grad()
    def run() -> None:
        state = x
        for moment in peer.timesteps:
            scaled = peer.scale_model_input(state, moment) if scales else state
            state = peer.step(scaled * 0, moment, state).prev_sample

    return Run(lambda: peer.set_timesteps(STEPS), run)


def network_alone() -> Run:
    x = torch.randn(1, *SHAPE, generator=torch.Generator().manual_seed(0))

    @torch.no_grad()
    def run() -> None:
        for _ in range(STEPS):
            x * 0

    return Run(_nothing, run)


def least_microseconds(runs: dict[str, Run], rounds: int) -> dict[str, float]:
    """The least CPU time of each run over interleaved rounds, a step."""
    least = dict.fromkeys(runs, float("inf"))
    for _ in range(rounds):
        for name, run in runs.items():
            run.prepare()
            begin = time.thread_time()
            run.go()
            least[name] = min(least[name], (time.thread_time() - begin) / STEPS * 1e6)
    return least


def main() -> None:
    parser = argparse.ArgumentParser(description="Overhead per step, ours beside diffusers'.")
    parser.add_argument("--rounds", type=int, default=60, help="interleaved rounds; the least of each is kept")
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    eps, velocity = Parameterization.EPS, Parameterization.VELOCITY
    pairs = [
        ("euler", ours("euler", "latent_1000", eps), "EulerDiscreteScheduler", BETAS),
        ("euler (flow)", ours("euler", "flow", velocity), "FlowMatchEulerDiscreteScheduler", {}),
        ("ddim", ours("ddim", "latent_1000", eps), "DDIMScheduler", BETAS),
        ("euler_ancestral", ours("euler_ancestral", "latent_1000", eps), "EulerAncestralDiscreteScheduler", BETAS),
        ("dpmpp_2m", ours("dpmpp_2m", "latent_1000", eps), "DPMSolverMultistepScheduler", BETAS),
    ]
    runs = {"network": network_alone()}
    for name, run, scheduler, options in pairs:
        runs[name] = run
        runs[scheduler] = theirs(scheduler, **options)
    least = least_microseconds(runs, rounds)
    print(
        f"CPU time, least of {rounds}: 1x4x64x64, {STEPS} steps, one thread; network {least['network']:.1f} us a step"
    )
    print("| sampler | ours, us | diffusers, us | ratio | goal |")
    print("|---|---|---|---|---|")
    for name, _, scheduler, _ in pairs:
        mine, peer = least[name] - least["network"], least[scheduler] - least["network"]
        goal = f"{GOALS[name]:.2f}" if name in GOALS else ""
        print(f"| {name} | {mine:.1f} | {scheduler} {peer:.1f} | {mine / peer:.3f} | {goal} |")


if __name__ == "__main__":
    main()
