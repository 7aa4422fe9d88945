"""How close our samplers come to other projects' on the same denoiser, noise and levels. Prints a table.

    python packaging/bench/equality.py

diffusers' schedulers run in float64 (their modules are shown a torch and a numpy whose float32 is float64), then as
they are. k-diffusion's trajectories come from tests/golden. Figures are the largest difference of any state of a
run, in units of the data (x / alpha).
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import Tensor  # noqa: E402

from core.diffusion.level import Level  # noqa: E402
from core.diffusion.mixture import GaussianMixture  # noqa: E402
from core.diffusion.schedule import schedule_named  # noqa: E402
from core.diffusion.time_grid import TimeGrid  # noqa: E402
from core.samplers.ancestral import ddim, ddpm, euler_ancestral  # noqa: E402
from core.samplers.dpmpp import dpmpp_2m  # noqa: E402
from core.samplers.euler import euler  # noqa: E402
from core.samplers.heun import heun  # noqa: E402
from core.samplers.step import Step  # noqa: E402

STEPS = 12
GOLDEN = ROOT / "tests" / "golden" / "k_diffusion.json"


@dataclass(frozen=True, slots=True)
class Comparison:
    """peer: whose sampler. double, as_shipped: largest difference; None where that can't be run."""

    sampler: str
    peer: str
    double: float
    as_shipped: float | None


@dataclass(frozen=True, slots=True)
class ListedNoise:
    """A given draw for each step, so that two projects use the same."""

    draws: Sequence[Tensor]

    def draw(self, stream: str, key: int) -> Tensor:  # noqa: ARG002 - only steps draw here
        return self.draws[key]

    def between(self, a: Level, b: Level) -> Tensor:
        raise AssertionError(f"no path lies between {a} and {b}: the draws are listed by step")


def mixture(dtype: torch.dtype = torch.float64) -> GaussianMixture:
    return GaussianMixture(
        torch.tensor([0.3, 0.5, 0.2], dtype=dtype),
        torch.tensor([[1.0, 0.5], [-1.0, 0.2], [0.3, -1.2]], dtype=dtype),
        torch.tensor([0.3, 0.5, 0.4], dtype=dtype),
    )


def unit_noise(count: int = STEPS + 1) -> list[Tensor]:
    """(6, 2) float64 a draw; the first begins the run."""
    return [torch.from_numpy(np.random.default_rng(index).standard_normal((6, 2))) for index in range(count)]


class _Double:
    """A module whose float32 is float64 and which is otherwise itself."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, "float64" if name == "float32" else name)


@contextmanager
def scheduler_module(name: str, draws: Sequence[Tensor], double: bool) -> Iterator[Any]:
    """A diffusers scheduler's module, in float64 if asked, taking its noise from `draws` in turn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module: Any = importlib.import_module(f"diffusers.schedulers.scheduling_{name}")
    kept = {key: getattr(module, key) for key in ("torch", "np", "randn_tensor") if hasattr(module, key)}
    turn = iter(draws)
    try:
        if double:
            module.torch = _Double(torch)
            module.np = _Double(np)
        if "randn_tensor" in kept:
            module.randn_tensor = lambda *_, dtype=None, **__: next(turn).to(dtype or torch.float32)
        yield module
    finally:
        for key, value in kept.items():
            setattr(module, key, value)


def states(steps: Iterator[Step]) -> list[Tensor]:
    """The state after each step in units of the data."""
    return [step.x / step.level.alpha for step in steps]


def largest(ours: Sequence[Tensor], theirs: Sequence[Tensor]) -> float:
    assert len(ours) == len(theirs) > 0
    return max(float((a.double() - b.double()).abs().max()) for a, b in zip(ours, theirs, strict=True))


def _latent_grid(ratios: Sequence[float]) -> TimeGrid:
    schedule = schedule_named("latent_1000")
    return [schedule.at_ratio(min(ratio, schedule.largest_ratio)) for ratio in ratios]


BETAS: dict[str, Any] = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


def _on_ratios(ours: Callable[..., Iterator[Step]], name: str, scheduler: str, double: bool) -> float:
    """Peers that keep x / alpha (Euler, ancestral, Heun)."""
    start, *draws = unit_noise()
    real = torch.float64 if double else torch.float32
    model = mixture(real)
    with scheduler_module(name, draws, double) as module, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = getattr(module, scheduler)(**BETAS)
        peer.set_timesteps(STEPS)
        sigmas = [float(sigma) for sigma in peer.sigmas]
        x, theirs = (start * sigmas[0]).to(real), list[Tensor]()
        for index, time in enumerate(peer.timesteps):
            peer.scale_model_input(x, time)
            eps = model(x, Level(0.0, 1.0, sigmas[index])).eps
            x = peer.step(eps, time, x).prev_sample
            theirs.append(x)
    if scheduler.startswith("Heun"):
        # They give each inner level twice, and a state for each of a step's two evaluations.
        sigmas, theirs = [*sigmas[:-1:2], sigmas[-1]], [*theirs[1::2], theirs[-1]]
    grid = _latent_grid(sigmas)
    return largest(states(ours(mixture(), start * grid[0].sigma, grid, ListedNoise(draws))), theirs)


def _on_table(ours: Callable[..., Iterator[Step]], name: str, scheduler: str, double: bool, **options: Any) -> float:
    """Peers that keep x and read the table by timestep (DDPM, DDIM)."""
    start, *draws = unit_noise()
    real = torch.float64 if double else torch.float32
    model, schedule = mixture(real), schedule_named("latent_1000")
    eta = options.pop("eta", None)
    with scheduler_module(name, draws, double) as module, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = getattr(module, scheduler)(**BETAS, clip_sample=False, **options)
        peer.set_timesteps(STEPS)
        levels = [schedule.at_time((int(time) + 1) / 1000) for time in peer.timesteps]
        x, theirs = start.to(real), list[Tensor]()
        for time, level in zip(peer.timesteps, levels, strict=True):
            eps = model(x, level).eps
            x = peer.step(eps, time, x, **({} if eta is None else {"eta": eta})).prev_sample
            theirs.append(x)
    grid = [*levels, schedule.at_time(0.0)]
    theirs = [state / level.alpha for state, level in zip(theirs, grid[1:], strict=True)]
    return largest(states(ours(mixture(), start, grid, ListedNoise(draws))), theirs)


def _multistep(double: bool) -> float:
    start = unit_noise(1)[0]
    real = torch.float64 if double else torch.float32
    model = mixture(real)
    with scheduler_module("dpmsolver_multistep", (), double) as module, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = module.DPMSolverMultistepScheduler(**BETAS, algorithm_type="dpmsolver++", solver_order=2)
        peer.set_timesteps(STEPS)
        grid = _latent_grid([float(sigma) for sigma in peer.sigmas])
        x, theirs = (start * grid[0].sigma).to(real), list[Tensor]()
        for time, here, there in zip(peer.timesteps, grid, grid[1:], strict=False):
            x = peer.step(model(x, here).eps, time, x).prev_sample
            theirs.append(x / there.alpha)
    return largest(states(dpmpp_2m(mixture(), start * grid[0].sigma, grid, ListedNoise(()))), theirs)


def _flow(double: bool) -> float:
    start = unit_noise(1)[0]
    real = torch.float64 if double else torch.float32
    model, schedule = mixture(real), schedule_named("flow")
    with scheduler_module("flow_match_euler_discrete", (), double) as module, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = module.FlowMatchEulerDiscreteScheduler()
        peer.set_timesteps(sigmas=np.linspace(1.0, 1.0 / STEPS, STEPS))
        grid = [schedule.at_time(float(sigma)) for sigma in peer.sigmas]
        x, theirs = start.to(real), list[Tensor]()
        for time, here, there in zip(peer.timesteps, grid, grid[1:], strict=False):
            guess = model(x, here)
            x = peer.step(guess.eps - guess.x0, time, x).prev_sample
            theirs.append(x / there.alpha)
    return largest(states(euler(mixture(), start, grid, ListedNoise(()))), theirs)


def _stochastic_ddim(*arguments: Any) -> Iterator[Step]:
    return ddim(*arguments, eta=0.5)


def _wide_ddpm(*arguments: Any) -> Iterator[Step]:
    return ddpm(*arguments, wide=True)


DIFFUSERS: dict[tuple[str, str], Callable[[bool], float]] = {
    ("euler", "EulerDiscreteScheduler"): lambda double: _on_ratios(
        euler, "euler_discrete", "EulerDiscreteScheduler", double
    ),
    ("euler", "FlowMatchEulerDiscreteScheduler"): _flow,
    ("euler_ancestral", "EulerAncestralDiscreteScheduler"): lambda double: _on_ratios(
        euler_ancestral, "euler_ancestral_discrete", "EulerAncestralDiscreteScheduler", double
    ),
    ("heun", "HeunDiscreteScheduler"): lambda double: _on_ratios(
        heun, "heun_discrete", "HeunDiscreteScheduler", double
    ),
    ("dpmpp_2m", "DPMSolverMultistepScheduler"): _multistep,
    ("ddim, eta 0", "DDIMScheduler"): lambda double: _on_table(ddim, "ddim", "DDIMScheduler", double),
    ("ddim, eta 0.5", "DDIMScheduler"): lambda double: _on_table(
        _stochastic_ddim, "ddim", "DDIMScheduler", double, eta=0.5
    ),
    ("ddpm", "DDPMScheduler, fixed_small"): lambda double: _on_table(
        ddpm, "ddpm", "DDPMScheduler", double, variance_type="fixed_small"
    ),
    ("ddpm, wide", "DDPMScheduler, fixed_large"): lambda double: _on_table(
        _wide_ddpm, "ddpm", "DDPMScheduler", double, variance_type="fixed_large"
    ),
}

K_DIFFUSION: dict[str, Callable[..., Iterator[Step]]] = {
    "euler": euler,
    "euler_ancestral": euler_ancestral,
    "heun": heun,
    "dpmpp_2m": dpmpp_2m,
}


def against_diffusers() -> Iterator[Comparison]:
    for (sampler, scheduler), difference in DIFFUSERS.items():
        yield Comparison(sampler, f"diffusers {scheduler}", difference(True), difference(False))


def against_k_diffusion(schedule: str = "ve") -> Iterator[Comparison]:
    """Against the golden trajectories, on the schedule's own alpha at the same sigma / alpha."""
    golden = json.loads(GOLDEN.read_text())
    model = GaussianMixture(*(torch.tensor(golden["mixture"][key], dtype=torch.float64) for key in _PARTS))
    draws = [torch.tensor(draw, dtype=torch.float64) for draw in golden["draws"]]
    start = torch.tensor(golden["start"], dtype=torch.float64)
    grid = [schedule_named(schedule).at_ratio(sigma) for sigma in golden["sigmas"]]
    for name, sampler in K_DIFFUSION.items():
        theirs = [torch.tensor(state, dtype=torch.float64) for state in golden["states"][name]]
        ours = states(sampler(model, start * grid[0].alpha, grid, ListedNoise(draws)))
        yield Comparison(name, f"k-diffusion {golden['version']} sample_{name}", largest(ours, theirs), None)


_PARTS = ("weights", "means", "spreads")


def main() -> None:
    torch.set_num_threads(1)
    print("| sampler | peer | float64 | as shipped, float32 |")
    print("|---|---|---|---|")
    for row in (*against_diffusers(), *against_k_diffusion()):
        shipped = "float64 as shipped" if row.as_shipped is None else f"{row.as_shipped:.1e}"
        print(f"| {row.sampler} | {row.peer} | {row.double:.1e} | {shipped} |")


if __name__ == "__main__":
    main()
