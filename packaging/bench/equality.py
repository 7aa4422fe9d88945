"""How close our samplers come to other projects' on the same denoiser, noise and levels. Prints a table.

    python packaging/bench/equality.py

diffusers' schedulers run in float64 (their modules are shown a torch and a numpy whose float32 is float64), then as
they are. k-diffusion's trajectories come from tests/golden. Figures are the largest difference of any state of a
run, in units of the data (x / alpha).
"""

from __future__ import annotations

import argparse
import importlib
import json
import math
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
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
from core.samplers.registry import SAMPLERS  # noqa: E402
from core.samplers.step import Step  # noqa: E402

STEPS = 12
(ddim, ddpm, euler, euler_ancestral, heun, lms, deis, ipndm, plms) = (
    SAMPLERS[name] for name in ("ddim", "ddpm", "euler", "euler_ancestral", "heun", "lms", "deis", "ipndm", "plms")
)
(dpmpp_2m, dpmpp_3m, dpmpp_2m_sde, dpmpp_2s, dpm_2, uni_pc, uni_pc_bh2, sa_solver, lcm, tcd) = (
    SAMPLERS[name]
    for name in (
        *("dpmpp_2m", "dpmpp_3m", "dpmpp_2m_sde", "dpmpp_2s", "dpm_2"),
        *("uni_pc", "uni_pc_bh2", "sa_solver", "lcm", "tcd"),
    )
)
GOLDEN = ROOT / "tests" / "golden" / "k_diffusion.json"


@dataclass(frozen=True, slots=True)
class Comparison:
    """peer: whose sampler. double, as_shipped: largest difference; None where that can't be run."""

    sampler: str
    peer: str
    double: float
    as_shipped: float | None


@dataclass(frozen=True)
class ListedNoise:
    """A given draw for each step, so that two projects use the same."""

    draws: Sequence[Tensor]

    def draw(self, stream: str, key: int) -> Tensor:  # noqa: ARG002 - only steps draw here
        return self.draws[key]

    def between(self, a: Level, b: Level) -> Tensor:
        raise AssertionError(f"no path lies between {a} and {b}: the draws are listed by step")


class TurnNoise(ListedNoise):
    """The draws of each step; along a path, one after another, whatever the interval."""

    def __init__(self, draws: Sequence[Tensor]) -> None:
        super().__init__(draws)
        object.__setattr__(self, "turn", iter(draws))

    def between(self, a: Level, b: Level) -> Tensor:  # noqa: ARG002 - k-diffusion's were listed so too
        return next(self.turn)  # pyright: ignore[reportAttributeAccessIssue]


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


class WholeTimesteps:
    """The latent schedule with times between its table's entries rounded as diffusers rounds them."""

    name, largest_ratio, smallest_ratio = "latent_1000", math.inf, 0.0

    def at_time(self, t: float) -> Level:
        # (1 - gamma) * t came in; theirs floors (1 - gamma) * (1000 t - 1).
        whole = math.floor((1.0 - GAMMA) * (1000.0 * t / (1.0 - GAMMA) - 1.0) + 1e-6)
        return schedule_named("latent_1000").at_time((whole + 1) / 1000)

    def at_ratio(self, ratio: float) -> Level:
        return schedule_named("latent_1000").at_ratio(ratio)


GAMMA = 0.3


def _constant(value: float, _time: Any) -> float:
    return value


def _in_latents(sampler: Callable[..., Iterator[Step]]) -> Callable[..., Iterator[Step]]:
    return partial(sampler, schedule=schedule_named("latent_1000"))


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


def _on_variance(
    ours: Callable[..., Iterator[Step]], name: str, scheduler: str, double: bool, every: int = 1, **options: Any
) -> float:
    """Peers that keep x and their levels as sigmas (DPM-Solver++, DEIS, UniPC, SA-Solver).

    They lower their order in the last steps, which is left out where they can be told so; they then end at an inner
    level.
    every: of a single-step method, how many of its levels one of our steps spans.
    """
    start, *draws = unit_noise()
    real = torch.float64 if double else torch.float32
    model = mixture(real)
    with scheduler_module(name, draws, double) as module, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = getattr(module, scheduler)(**BETAS, **options)
        peer.set_timesteps(STEPS)
        if every > 1:
            peer.sigmas = torch.logspace(1.1, -1.5, STEPS + 1, dtype=peer.sigmas.dtype)
        elif options.get("lower_order_final") is False:
            peer.sigmas[-1] = 0.5 * peer.sigmas[-2]
        grid = _latent_grid([float(sigma) for sigma in peer.sigmas])
        x, theirs = (start * grid[0].sigma).to(real), list[Tensor]()
        for time, here, there in zip(peer.timesteps, grid, grid[1:], strict=False):
            x = peer.step(model(x, here).eps, time, x).prev_sample
            theirs.append(x / there.alpha)
    steps = ours(mixture(), start * grid[0].sigma, grid[::every], ListedNoise(draws))
    return largest(states(steps), theirs[every - 1 :: every])


def _plms(double: bool) -> float:
    """Their first step is made of two calls; they end at the first timestep's level, not at clean data."""
    start = unit_noise(1)[0]
    real = torch.float64 if double else torch.float32
    model, schedule = mixture(real), schedule_named("latent_1000")
    with scheduler_module("pndm", (), double) as module, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = module.PNDMScheduler(**BETAS, skip_prk_steps=True, steps_offset=1)
        peer.set_timesteps(STEPS)
        times = [int(time) for time in peer.timesteps]
        x, theirs = start.to(real), list[Tensor]()
        for time in times:
            x = peer.step(model(x, schedule.at_time((time + 1) / 1000)).eps, time, x).prev_sample
            theirs.append(x)
    grid = [schedule.at_time((time + 1) / 1000) for time in (times[0], *times[2:])] + [schedule.at_time(1 / 1000)]
    theirs = [state / level.alpha for state, level in zip(theirs[1:], grid[1:], strict=True)]
    return largest(states(plms(mixture(), start, grid, ListedNoise(()))), theirs)


def _ipndm(double: bool) -> float:
    """Begun below pure noise, where they divide by an alpha of 0 held at 1e-8; ended at an inner level."""
    start = unit_noise(1)[0]
    real = torch.float64 if double else torch.float32
    model = mixture(real)
    with scheduler_module("ipndm", (), double) as module:
        peer = module.IPNDMScheduler()
        angles = torch.linspace(1.4, 0.05, STEPS + 1, dtype=real)
        peer.set_timesteps(STEPS)
        peer.alphas, peer.betas = angles.cos(), angles.sin()
        grid = [Level(float(angle), math.cos(angle), math.sin(angle)) for angle in angles.tolist()]
        x, theirs = (start * grid[0].sigma).to(real), list[Tensor]()
        for time, here, there in zip(peer.timesteps, grid, grid[1:], strict=False):
            guess = model(x, here)
            x = peer.step(guess.eps * here.alpha - guess.x0 * here.sigma, time, x).prev_sample
            theirs.append(x / there.alpha)
    return largest(states(ipndm(mixture(), start * grid[0].sigma, grid, ListedNoise(()))), theirs)


def _distilled(ours: Callable[..., Iterator[Step]], name: str, scheduler: str, double: bool, **options: Any) -> float:
    """LCM's and TCD's; LCM's boundary weights, which mix 1e-6 of x into the guess, are switched off by their scale."""
    start, *draws = unit_noise()
    real = torch.float64 if double else torch.float32
    model, schedule = mixture(real), schedule_named("latent_1000")
    eta = options.pop("eta", None)
    with scheduler_module(name, draws, double) as module, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = getattr(module, scheduler)(**BETAS, clip_sample=False, timestep_scaling=1e15, **options)
        peer.set_timesteps(STEPS)
        levels = [schedule.at_time((int(time) + 1) / 1000) for time in peer.timesteps]
        x, theirs = start.to(real), list[Tensor]()
        for time, level in zip(peer.timesteps, levels, strict=True):
            x = peer.step(model(x, level).eps, time, x, **({} if eta is None else {"eta": eta})).prev_sample
            theirs.append(x)
    grid = [*levels, schedule.at_time(0.0)]
    theirs = [state / level.alpha for state, level in zip(theirs, grid[1:], strict=True)]
    # Their last level is the first timestep's alpha, and clean data in name: the guess is what both give.
    return largest(states(ours(mixture(), start, grid, ListedNoise(draws)))[:-1], theirs[:-1])


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


MULTISTEP, SINGLESTEP = (
    ("dpmsolver_multistep", "DPMSolverMultistepScheduler"),
    ("dpmsolver_singlestep", "DPMSolverSinglestepScheduler"),
)
WHOLE: dict[str, Any] = {"lower_order_final": False}
INNER: dict[str, Any] = WHOLE | {"final_sigmas_type": "sigma_min"}

DIFFUSERS: dict[tuple[str, str], Callable[[bool], float]] = {
    ("euler", "EulerDiscreteScheduler"): partial(_on_ratios, euler, "euler_discrete", "EulerDiscreteScheduler"),
    ("euler", "FlowMatchEulerDiscreteScheduler"): _flow,
    ("euler_ancestral", "EulerAncestralDiscreteScheduler"): partial(
        _on_ratios, euler_ancestral, "euler_ancestral_discrete", "EulerAncestralDiscreteScheduler"
    ),
    ("heun", "HeunDiscreteScheduler"): partial(_on_ratios, heun, "heun_discrete", "HeunDiscreteScheduler"),
    ("lms", "LMSDiscreteScheduler"): partial(_on_ratios, lms, "lms_discrete", "LMSDiscreteScheduler"),
    ("dpmpp_2m", "DPMSolverMultistepScheduler"): partial(
        _on_variance, dpmpp_2m, *MULTISTEP, algorithm_type="dpmsolver++", solver_order=2
    ),
    ("dpmpp_3m", "DPMSolverMultistepScheduler, order 3, heun"): partial(
        _on_variance, dpmpp_3m, *MULTISTEP, algorithm_type="dpmsolver++", solver_order=3, solver_type="heun", **INNER
    ),
    ("dpmpp_2m_sde", "DPMSolverMultistepScheduler, sde"): partial(
        _on_variance, dpmpp_2m_sde, *MULTISTEP, algorithm_type="sde-dpmsolver++", solver_order=2
    ),
    ("dpmpp_2s", "DPMSolverSinglestepScheduler"): partial(
        _on_variance, _in_latents(dpmpp_2s), *SINGLESTEP, algorithm_type="dpmsolver++", solver_order=2, every=2, **INNER
    ),
    ("dpm_2", "DPMSolverSinglestepScheduler, dpmsolver"): partial(
        _on_variance,
        _in_latents(dpm_2),
        *SINGLESTEP,
        algorithm_type="dpmsolver",
        solver_order=2,
        every=2,
        **INNER,
    ),
    **{
        (f"deis, order {order}", f"DEISMultistepScheduler, order {order}"): partial(
            _on_variance,
            partial(deis, order=order),
            "deis_multistep",
            "DEISMultistepScheduler",
            solver_order=order,
            **WHOLE,
        )
        for order in (2, 3)
    },
    **{
        (f"{sampler.__name__}, order {order}", f"UniPCMultistepScheduler, {kind}, order {order}"): partial(
            _on_variance,
            partial(sampler, order=order),
            "unipc_multistep",
            "UniPCMultistepScheduler",
            solver_order=order,
            solver_type=kind,
            **WHOLE,
        )
        for sampler, kind in ((uni_pc, "bh1"), (uni_pc_bh2, "bh2"))
        for order in (1, 2, 3)
    },
    **{
        (f"sa_solver, order {order}, eta {eta:g}", f"SASolverScheduler, order {order}"): partial(
            _on_variance,
            partial(sa_solver, order=order, eta=eta),
            "sasolver",
            "SASolverScheduler",
            predictor_order=order,
            corrector_order=max(order, 2),
            tau_func=partial(_constant, eta),
            **WHOLE,
        )
        for order, eta in ((1, 1.0), (2, 1.0), (3, 0.5), (3, 0.0))
    },
    ("plms", "PNDMScheduler, skip_prk_steps"): _plms,
    ("ipndm", "IPNDMScheduler"): _ipndm,
    ("ddim, eta 0", "DDIMScheduler"): partial(_on_table, ddim, "ddim", "DDIMScheduler"),
    ("ddim, eta 0.5", "DDIMScheduler"): partial(_on_table, partial(ddim, eta=0.5), "ddim", "DDIMScheduler", eta=0.5),
    ("ddpm", "DDPMScheduler, fixed_small"): partial(
        _on_table, ddpm, "ddpm", "DDPMScheduler", variance_type="fixed_small"
    ),
    ("ddpm, wide", "DDPMScheduler, fixed_large"): partial(
        _on_table, partial(ddpm, wide=True), "ddpm", "DDPMScheduler", variance_type="fixed_large"
    ),
    ("lcm", "LCMScheduler"): partial(_distilled, lcm, "lcm", "LCMScheduler"),
    ("tcd, gamma 0", "TCDScheduler"): partial(_distilled, partial(tcd, gamma=0.0), "tcd", "TCDScheduler", eta=0.0),
    ("tcd, gamma 0.3", "TCDScheduler"): partial(
        _distilled, partial(tcd, gamma=0.3, schedule=WholeTimesteps()), "tcd", "TCDScheduler", eta=0.3
    ),
}

K_DIFFUSION: dict[str, tuple[str, Callable[..., Iterator[Step]]]] = {
    **{
        name: (f"sample_{name}", SAMPLERS[name])
        for name in (
            *("euler", "euler_ancestral", "heun", "lms", "dpm_2", "dpm_2_ancestral"),
            *("dpmpp_2m", "dpmpp_2s_ancestral", "dpmpp_sde", "dpmpp_2m_sde", "dpmpp_3m_sde"),
        )
    },
    "dpm_solver_3": ("DPMSolver.dpm_solver_3_step", SAMPLERS["dpm_solver_3"]),
    "heun, churn": ("sample_heun, s_churn", SAMPLERS["edm_stochastic"]),
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
    churn = golden["churn"]
    options = {
        "heun, churn": {
            "churn": churn["s_churn"],
            "sigma_low": churn["s_tmin"],
            "sigma_high": churn["s_tmax"],
            "noise_scale": churn["s_noise"],
        },
        "dpmpp_sde": {"brownian": True},
    }
    for name, (peer, sampler) in K_DIFFUSION.items():
        theirs = [torch.tensor(state, dtype=torch.float64) for state in golden["states"][name]]
        steps = sampler(model, start * grid[0].alpha, grid, TurnNoise(draws), **options.get(name, {}))
        ours = states(steps)
        # One end alone where their callback shows states of another kind; no step into clean data of DPM-Solver.
        ours = ours[-1:] if len(theirs) == 1 else ours[: len(theirs)]
        yield Comparison(name, f"k-diffusion {golden['version']} {peer}", largest(ours, theirs), None)


_PARTS = ("weights", "means", "spreads")


NOTES = """\
Where a peer differs, and what was done about it:

- **dpmpp_3m** (and 3M SDE, in every project): the second difference of the guesses enters with half the weight that the
  integral of their parabola has. So it converges at order 2, as `tests/core/samplers/test_orders.py` measures, not 3;
  `res_multistep` of order 3 has the whole weight. We keep the published form.
- **DEIS, UniPC, SA-Solver, 3M** lower their order in the last steps there. It is told not to, and they end at an inner
  level: a step into clean data is of first order here.
- **PNDM** ends at its first timestep's level rather than at clean data. **IPNDM** divides by an alpha of 0 held at 1e-8
  at its first level, so that its first guess is lost to rounding: both are begun a little below pure noise.
- **LCM** mixes 1e-6 of x into the guess to meet a boundary; switched off here. **TCD** rounds the time in between down
  to a whole timestep; ours is given the same rounding.
- **DPMSolverSinglestep** shares its steps out over the grid's levels; ours takes one step over two of them, whose
  middle lies half-way in log(sigma / alpha).
- **k-diffusion's sample_dpmpp_sde** draws from its Brownian tree; both are given the same draws in turn.
- **SA-Solver, UniPC**: states are the predicted ones, on both sides.
- Not compared: Langevin's predictor (diffusers' ScoreSdeVe has the reverse-diffusion one, and norms of the whole
  batch), `er_sde`, `res_multistep`, `restart` and `consistency`, which neither project has in this form; they have
  tests of their order or their distribution. `rk4` and `dopri5` are held to scipy.
"""


def report() -> Iterator[str]:
    """The document, line by line."""
    yield "# How close our samplers come to their peers"
    yield ""
    yield "Made by `python packaging/bench/equality.py --out docs/sampler_equality.md`; not written by hand. The same"
    yield "denoiser (an exact mixture of Gaussians), noise and levels on both sides. Figures are the largest difference"
    yield "of any state of a run, in units of the data; diffusers is run in float64, then as it is shipped."
    yield ""
    yield "| sampler | peer | float64 | as shipped, float32 |"
    yield "|---|---|---|---|"
    for row in (*against_diffusers(), *against_k_diffusion()):
        shipped = "float64 as shipped" if row.as_shipped is None else f"{row.as_shipped:.1e}"
        yield f"| {row.sampler} | {row.peer} | {row.double:.1e} | {shipped} |"
    yield ""
    yield NOTES


def main() -> None:
    parser = argparse.ArgumentParser(description="How close our samplers come to other projects'.")
    parser.add_argument("--out", type=Path, help="a Markdown file to write")
    out = parser.parse_args().out
    torch.set_num_threads(1)
    lines = list[str]()
    for line in report():
        print(line)
        lines.append(line)
    if out:
        out.write_text("\n".join(lines))


if __name__ == "__main__":
    main()
