"""First-order sampling with fresh noise: step a little too far down, then climb back up with noise.

On any Gaussian path the noise in x at the next level, given x0 and x at this one, has variance
sigma'^2 * (1 - q^2) with q = (sigma' / alpha') / (sigma / alpha). DDPM, DDIM with eta = 1 and Euler ancestral
all draw from that one distribution, so in this form they are one formula under three names.

noise_scale widens or narrows what is drawn anew, and nothing else: S_noise of Karras et al. 2022 (arXiv:2206.00364),
algorithm 2, there set slightly above 1 (section 4) against the detail that a network smooths away.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.level import Level
from core.diffusion.noise import NoiseSource
from core.diffusion.time_grid import TimeGrid
from core.samplers.path import share
from core.samplers.step import AT_START, Past, SamplerError, Step, begin, moved, without_gradients


@without_gradients
def ddpm(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,
    *,
    past: Past = AT_START,
    wide: bool = False,
    noise_scale: float = 1.0,
    brownian: bool = False,
) -> Iterator[Step]:
    """Ancestral sampling: each step draws from the posterior of the forward process. Weak order 1.

    x: (B, *shape) float32, at the noise of grid[past.steps].
    wide: the larger of the paper's two variances, the forward step's own (beta) in place of the posterior's.
    brownian: fresh noise from one path an item, so that runs at different step counts share it.
    Source: Ho et al. 2020 (arXiv:2006.11239), algorithm 2 and section 3.2.
    """
    intervals = begin(x, grid, past)
    check_noise_scale(noise_scale)
    total = len(grid) - 1
    for index, here, there in intervals:
        x0 = denoiser(x, here).x0
        left, fresh = split_noise(here, there, 1.0)
        if wide and there.sigma:
            fresh = math.sqrt(here.sigma**2 - (here.alpha * there.sigma / there.alpha) ** 2)
        x = moved(x, x0, here, there, left)
        renew(x, noise_scale * fresh, noise, index, here, there, brownian)
        yield Step(index, total, there, x, x0)


@without_gradients
def ddim(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,
    *,
    past: Past = AT_START,
    eta: float = 0.0,
    noise_scale: float = 1.0,
    brownian: bool = False,
) -> Iterator[Step]:
    """First-order sampling, deterministic (eta = 0) to ancestral (eta = 1). Order 1; weak order 1 with noise.

    x: (B, *shape) float32, at the noise of grid[past.steps].
    brownian: fresh noise from one path an item, so that runs at different step counts share it.
    Raises SamplerError for eta outside 0 to 1.
    Source: Song et al. 2021 (arXiv:2010.02502), eqs. 12 and 16.
    """
    intervals = begin(x, grid, past)
    check_eta(eta)
    check_noise_scale(noise_scale)
    total = len(grid) - 1
    for index, here, there in intervals:
        x0 = denoiser(x, here).x0
        left, fresh = split_noise(here, there, eta)
        x = moved(x, x0, here, there, left)
        renew(x, noise_scale * fresh, noise, index, here, there, brownian)
        yield Step(index, total, there, x, x0)


@without_gradients
def euler_ancestral(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,
    *,
    past: Past = AT_START,
    eta: float = 1.0,
    noise_scale: float = 1.0,
    brownian: bool = False,
) -> Iterator[Step]:
    """Euler steps on sigma / alpha, each followed by fresh noise: `ddim` whose eta is 1 unless told. Weak order 1.

    A step goes down to sqrt(s'^2 - up^2) and draws up = eta * s' * sqrt(1 - (s' / s)^2) anew, with s = sigma / alpha
    here and s' there. eta = 0 is `euler`, to the bit; 1 draws all that the posterior of the forward process has.
    x: (B, *shape) float32, at the noise of grid[past.steps].
    Raises SamplerError for eta outside 0 to 1.
    Source: Song et al. 2021 (arXiv:2010.02502), eq. 16, on the noise levels of Karras et al. 2022 (arXiv:2206.00364),
    as in crowsonkb/k-diffusion, k_diffusion/sampling.py: get_ancestral_step(sigma_from, sigma_to, eta).
    """
    yield from ddim(denoiser, x, grid, noise, past=past, eta=eta, noise_scale=noise_scale, brownian=brownian)


def split_noise(here: Level, there: Level, eta: float) -> tuple[float, float]:
    """(left, fresh): of sigma' at the next level, what the step leaves and what it draws anew.

    left^2 + fresh^2 = sigma'^2; fresh is eta times the posterior's standard deviation.
    """
    fallen = there.ratio / here.ratio
    drawn = eta * eta * (1.0 - fallen) * (1.0 + fallen)
    return there.sigma * math.sqrt(1.0 - drawn), there.sigma * math.sqrt(drawn)


def check_eta(eta: float) -> None:
    if not 0.0 <= eta <= 1.0:
        raise SamplerError(f"eta {eta} is out of range; it must lie in 0 to 1")


def check_noise_scale(noise_scale: float) -> None:
    if not 0.0 <= noise_scale < math.inf:
        raise SamplerError(f"noise scale {noise_scale} is out of range; it must be 0 or more")


def renew(x: Tensor, fresh: float, noise: NoiseSource, index: int, here: Level, there: Level, brownian: bool) -> None:
    """Add the step's fresh noise to x, in place."""
    if fresh:
        x.add_(fresh_noise(noise, index, here, there, brownian).to(x.dtype), alpha=fresh)


def fresh_noise(noise: NoiseSource, index: int, here: Level, there: Level, brownian: bool) -> Tensor:
    """(B, *shape), unit normal: the draw of step `index`, or of each item's path from `here` to `there`."""
    return noise.between(here, there) if brownian else noise.draw("step", index)


def fresh_pair(
    noise: NoiseSource, index: int, here: Level, mid: Level, there: Level, brownian: bool
) -> tuple[Tensor, Tensor]:
    """Unit normal noise from `here` to `mid`, and from `here` to `there`: the first is part of the second.

    As increments of a Brownian path over sigma / (alpha + sigma), which `NoiseSource.between` gives by itself.
    """
    if brownian:
        return noise.between(here, mid), noise.between(here, there)
    part = (share(here) - share(mid)) / (share(here) - share(there))
    half = noise.draw("middle", index)
    return half, math.sqrt(part) * half + math.sqrt(1.0 - part) * noise.draw("step", index)
