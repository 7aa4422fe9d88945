"""What a step costs beyond the network: ours beside diffusers', in one run. Prints a table.

    OMP_NUM_THREADS=1 python packaging/bench/step_overhead.py [--rounds N]

A 1x4x64x64 state on one thread; the network is x * 0, read as eps, and its own cost is taken off both sides. Ours
counts everything a run does: reading the output, the sampler, the generator. Making the grid is left out on both
sides, and gradients are off throughout, as diffusers' pipelines and our worker's thread have it. Figures are CPU time,
the least over rounds of interleaved runs, so a busy machine disturbs them little and both sides alike. On flows the
output is a velocity.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
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
GOALS = {"euler": 0.25, "dpmpp_2m": 0.15, "uni_pc_bh2": 0.08}


@dataclass(frozen=True, slots=True)
class Run:
    """prepare: what isn't timed. go: one run of STEPS steps; it tells how many evaluations that took."""

    prepare: Callable[[], object]
    go: Callable[[], int]


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

    @torch.no_grad()
    def run() -> int:
        return sum(step.evaluations for step in sampler(denoiser, x, grid, noise))

    return Run(_nothing, run)


def theirs(scheduler: str, **options: Any) -> Run:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import diffusers

        peer = getattr(diffusers, scheduler)(**options)
    x = torch.randn(1, *SHAPE, generator=torch.Generator().manual_seed(0))
    scales = hasattr(peer, "scale_model_input")

    @torch.no_grad()
    def run() -> int:
        state = x
        for moment in peer.timesteps:
            scaled = peer.scale_model_input(state, moment) if scales else state
            state = peer.step(scaled * 0, moment, state).prev_sample
        return len(peer.timesteps)

    return Run(lambda: peer.set_timesteps(STEPS), run)


def network_alone() -> Run:
    x = torch.randn(1, *SHAPE, generator=torch.Generator().manual_seed(0))

    @torch.no_grad()
    def run() -> int:
        for _ in range(STEPS):
            x * 0
        return STEPS

    return Run(_nothing, run)


def least_microseconds(runs: dict[str, Run], rounds: int) -> dict[str, float]:
    """The least CPU time of each run over interleaved rounds, an evaluation."""
    least = dict.fromkeys(runs, float("inf"))
    for _ in range(rounds):
        for name, run in runs.items():
            run.prepare()
            begin = time.thread_time()
            evaluations = run.go()
            least[name] = min(least[name], (time.thread_time() - begin) / evaluations * 1e6)
    return least


def main() -> None:
    parser = argparse.ArgumentParser(description="Overhead per step, ours beside diffusers'.")
    parser.add_argument("--rounds", type=int, default=60, help="interleaved rounds; the least of each is kept")
    parser.add_argument("--out", type=Path, help="a Markdown file to write")
    asked = parser.parse_args()
    rounds = asked.rounds
    torch.set_num_threads(1)
    latent = partial(ours, schedule_name="latent_1000", kind=Parameterization.EPS)
    single, multi = "DPMSolverSinglestepScheduler", "DPMSolverMultistepScheduler"
    pairs = [
        ("euler", latent("euler"), "EulerDiscreteScheduler", BETAS),
        (
            "euler (flow)",
            ours("euler", "flow", Parameterization.VELOCITY),
            "FlowMatchEulerDiscreteScheduler",
            dict[str, Any](),
        ),
        ("ddpm", latent("ddpm"), "DDPMScheduler", BETAS),
        ("ddim", latent("ddim"), "DDIMScheduler", BETAS),
        ("euler_ancestral", latent("euler_ancestral"), "EulerAncestralDiscreteScheduler", BETAS),
        ("heun", latent("heun"), "HeunDiscreteScheduler", BETAS),
        ("dpm_2", latent("dpm_2"), "KDPM2DiscreteScheduler", BETAS),
        ("dpm_2_ancestral", latent("dpm_2_ancestral"), "KDPM2AncestralDiscreteScheduler", BETAS),
        ("lms", latent("lms"), "LMSDiscreteScheduler", BETAS),
        ("plms", latent("plms"), "PNDMScheduler", BETAS | {"skip_prk_steps": True}),
        ("ipndm", latent("ipndm"), "IPNDMScheduler", {}),
        ("deis", latent("deis"), "DEISMultistepScheduler", BETAS | {"solver_order": 3}),
        ("dpmpp_2m", latent("dpmpp_2m"), multi, BETAS),
        ("dpmpp_3m", latent("dpmpp_3m"), multi, BETAS | {"solver_order": 3}),
        ("dpmpp_2s", latent("dpmpp_2s"), single, BETAS),
        ("dpmpp_2m_sde", latent("dpmpp_2m_sde"), multi, BETAS | {"algorithm_type": "sde-dpmsolver++"}),
        ("uni_pc_bh2", latent("uni_pc_bh2"), "UniPCMultistepScheduler", BETAS | {"solver_order": 3}),
        ("sa_solver", latent("sa_solver"), "SASolverScheduler", BETAS),
        ("lcm", latent("lcm"), "LCMScheduler", BETAS),
        ("tcd", latent("tcd"), "TCDScheduler", BETAS),
    ]
    runs = {"network": network_alone()}
    for name, run, scheduler, options in pairs:
        runs[name] = run
        runs[f"{name} peer"] = theirs(scheduler, **options)
    least = least_microseconds(runs, rounds)
    lines = [
        "# What a step costs beyond the network",
        "",
        "Made by `python packaging/bench/step_overhead.py --out docs/step_overhead.md`; not written by hand.",
        f"CPU time of one evaluation's share, the least of {rounds} interleaved rounds: 1x4x64x64, {STEPS} steps, one",
        f"thread; the network, {least['network']:.1f} us an evaluation, is taken off. Both sides draw their noise.",
        "",
        "| sampler | ours, us | diffusers, us | ratio | goal |",
        "|---|---|---|---|---|",
    ]
    for name, _, scheduler, _ in pairs:
        mine, peer = least[name] - least["network"], least[f"{name} peer"] - least["network"]
        goal = f"{GOALS[name]:.2f}, {'met' if mine / peer <= GOALS[name] else 'missed'}" if name in GOALS else ""
        lines.append(f"| {name} | {mine:.1f} | {scheduler} {peer:.1f} | {mine / peer:.3f} | {goal} |")
    print("\n".join(lines))
    if asked.out:
        asked.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
