"""Make k_diffusion.json: trajectories of k-diffusion's samplers, in float64, on an exact denoiser.

k-diffusion does not install beside our dependencies, so this runs in an environment of its own that can see our
torch, numpy and scipy:

    python3 -m venv ENV
    ENV/bin/pip install --no-deps k-diffusion torchsde trampoline torchdiffeq dctorch jsonmerge scikit-image tqdm
    PYTHONPATH=OUR_SITE_PACKAGES ENV/bin/python tests/golden/make_k_diffusion.py

The denoiser is written out here, apart from ours, so that the two check one another.
"""

from __future__ import annotations

import json
import sys
from importlib.machinery import ModuleSpec
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from unittest.mock import MagicMock

import torch

WEIGHTS = [0.25, 0.45, 0.3]
MEANS = [[0.9, -0.4, 0.1], [-1.1, 0.3, 0.5], [0.2, 1.3, -0.8]]
SPREADS = [0.35, 0.5, 0.25]
STEPS = 9


class Anything(MagicMock):
    """Stands in for a package that k_diffusion imports at its top and its samplers never use."""


def import_sampling():
    """k_diffusion.sampling, with whatever its other modules want and this environment lacks replaced."""
    for _ in range(100):
        try:
            import k_diffusion.sampling

            return k_diffusion.sampling
        except ModuleNotFoundError as error:
            if error.name is None or error.name.startswith("k_diffusion"):
                raise
            stub = Anything(name=error.name)
            stub.__spec__, stub.__path__ = ModuleSpec(error.name, None), []
            sys.modules[error.name] = stub
            for name in [name for name in sys.modules if name.startswith("k_diffusion")]:
                del sys.modules[name]
    raise RuntimeError("k_diffusion asks for over 100 absent modules; install its dependencies")


def denoise(x, sigma):
    """E[x0 | x] for x = x0 + sigma * eps, x0 from the mixture. x: (B, 3), sigma: (B,)."""
    weights, means, spreads = (torch.tensor(part, dtype=torch.float64) for part in (WEIGHTS, MEANS, SPREADS))
    variance = spreads**2 + sigma[:, None] ** 2
    covariance = variance[..., None, None] * torch.eye(3, dtype=torch.float64)
    normal = torch.distributions.MultivariateNormal(means, covariance)
    posterior = torch.softmax(weights.log() + normal.log_prob(x[:, None]), dim=1)
    shrink = (spreads**2 / variance)[..., None]
    return (posterior[..., None] * (shrink * x[:, None] + (1 - shrink) * means)).sum(1)


DETERMINISTIC = ("euler", "heun", "dpmpp_2m", "dpm_2", "lms")
STOCHASTIC = (
    *("euler_ancestral", "dpm_2_ancestral", "dpmpp_2s_ancestral"),
    *("dpmpp_sde", "dpmpp_2m_sde", "dpmpp_3m_sde"),
)
CHURN = {"s_churn": 3.0, "s_tmin": 0.1, "s_tmax": 5.0, "s_noise": 1.01}


def run(sampler, start, sigmas, draws, *, noisy=False, **options):
    """The state after each step. noisy: its noise is the draws in turn, whatever the interval."""
    turn, seen = iter(draws), []
    if noisy:
        options["noise_sampler"] = lambda *_: next(turn)
    end = sampler(
        denoise, start, sigmas, callback=lambda info: seen.append(info["x"].tolist()), disable=True, **options
    )
    return [*seen[1:], end.tolist()]


def churned(sampling, start, sigmas, draws):
    """Its churn draws by randn_like, once a step whether it is used or not."""
    turn, kept = iter(draws), torch.randn_like
    torch.randn_like = lambda _: next(turn)
    try:
        seen = []
        end = sampling.sample_heun(
            denoise, start, sigmas, callback=lambda info: seen.append(info["i"]), disable=True, **CHURN
        )
    finally:
        torch.randn_like = kept
    assert len(seen) == STEPS
    # Its callback shows the state after the noise was added, so only the end is a state of ours.
    return [end.tolist()]


def by_thirds(sampling, start, sigmas):
    """DPM-Solver-3 step by step on these levels; its own driver lays others."""
    solver, x, seen = sampling.DPMSolver(denoise), start, []
    for here, there in pairwise(sigmas[:-1]):
        x, _ = solver.dpm_solver_3_step(x, -here.log(), -there.log())
        seen.append(x.tolist())
    return seen


def main() -> None:
    sampling = import_sampling()
    generator = torch.Generator().manual_seed(0)
    start, *draws = (torch.randn(4, 3, generator=generator, dtype=torch.float64) for _ in range(2 * STEPS + 1))
    ramp = torch.linspace(0, 1, STEPS, dtype=torch.float64)
    top, bottom = 14.0 ** (1 / 7), 0.03 ** (1 / 7)
    sigmas = torch.cat([(top + ramp * (bottom - top)) ** 7, torch.zeros(1, dtype=torch.float64)])
    start = start * sigmas[0]
    states = {name: run(getattr(sampling, f"sample_{name}"), start, sigmas, draws) for name in DETERMINISTIC}
    for name in STOCHASTIC:
        states[name] = run(getattr(sampling, f"sample_{name}"), start, sigmas, draws, noisy=True)
    states["heun, churn"] = churned(sampling, start, sigmas, draws)
    states["dpm_solver_3"] = by_thirds(sampling, start, sigmas)
    golden = {
        "version": version("k-diffusion"),
        "mixture": {"weights": WEIGHTS, "means": MEANS, "spreads": SPREADS},
        "churn": CHURN,
        "sigmas": sigmas.tolist(),
        "start": start.tolist(),
        "draws": [draw.tolist() for draw in draws],
        "states": states,
    }
    (Path(__file__).parent / "k_diffusion.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
