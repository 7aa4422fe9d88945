"""How other tools lay their time grids, formula by formula, in their own sigmas. Facts of theirs, code of ours.

Each takes the model's noise and a number of steps and gives sigmas, noisiest first, as that tool hands them to its
sampler: most end with 0, some don't, and some have not as many as were asked for.
Sources: AUTOMATIC1111/stable-diffusion-webui, modules/sd_schedulers.py; ComfyUI, comfy/samplers.py and
comfy_extras/nodes_align_your_steps.py; crowsonkb/k-diffusion, k_diffusion/sampling.py; huggingface/diffusers,
schedulers/scheduling_{ddim,euler_discrete,dpmsolver_multistep,flow_match_euler_discrete}.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from core.diffusion.grids.beta_quantile import beta_quantile
from core.diffusion.grids.listed import ALIGN_YOUR_STEPS
from core.diffusion.grids.ramps import BETA, RHO
from core.diffusion.grids.timesteps import OFFSET, THRESHOLD
from core.microscope.peer_noise import PeerNoise

Sigmas = tuple[float, ...]
PeerGrid = Callable[[PeerNoise, int], Sigmas]
OLD_KARRAS = (0.1, 10.0)
"""Smallest and largest sigma of A1111's "old Karras" setting."""


def even(first: float, last: float, count: int) -> tuple[float, ...]:
    """`count` numbers from first to last, both told; the first alone where one is asked for."""
    return tuple(first + (last - first) * i / max(count - 1, 1) for i in range(count))


# Ramps: k-diffusion's own, which A1111 and ComfyUI call; diffusers' conversions are the same formulas.


def karras(noise: PeerNoise, steps: int) -> Sigmas:
    """Even in sigma^(1/7). Source: Karras et al. 2022 (arXiv:2206.00364), eq. 5."""
    return _karras(noise.least, noise.most, steps)


def old_karras(_noise: PeerNoise, steps: int) -> Sigmas:
    """The same from 10 to 0.1, whatever the model's noise."""
    return _karras(*OLD_KARRAS, steps)


def exponential(noise: PeerNoise, steps: int) -> Sigmas:
    """Even in log sigma; k-diffusion's polyexponential at its rho of 1, and diffusers' use_lu_lambdas, too."""
    return _to_clean(map(math.exp, even(math.log(noise.most), math.log(noise.least), steps)))


def kl_optimal(noise: PeerNoise, steps: int) -> Sigmas:
    """ComfyUI: steps - 1 even intervals in the angle, then clean data."""
    return _to_clean(map(math.tan, even(math.atan(noise.most), math.atan(noise.least), steps)))


def kl_optimal_to_the_least(noise: PeerNoise, steps: int) -> Sigmas:
    """A1111: as many intervals as steps, and no clean data: the run ends at the least noise."""
    return tuple(map(math.tan, even(math.atan(noise.most), math.atan(noise.least), steps + 1)))


def beta_on_sigma(noise: PeerNoise, steps: int) -> Sigmas:
    """A1111 and diffusers: sigma itself at quantiles, the least noise among them."""
    shares = (beta_quantile(share, BETA, BETA) for share in even(1.0, 0.0, steps))
    return _to_clean(noise.least + share * (noise.most - noise.least) for share in shares)


# Timesteps


def beta_on_timesteps(noise: PeerNoise, steps: int) -> Sigmas:
    """ComfyUI: whole timesteps at quantiles, those that meet told once, so that steps may be lost."""
    shares = (beta_quantile(1.0 - i / steps, BETA, BETA) for i in range(steps))
    timesteps = dict.fromkeys(round(share * noise.last) for share in shares)
    return _to_clean(noise.sigmas[timestep] for timestep in timesteps)


def normal(noise: PeerNoise, steps: int) -> Sigmas:
    """ComfyUI normal, A1111 Normal and Uniform, k-diffusion's get_sigmas: even timesteps, first and last, unrounded."""
    return _to_clean(map(noise.at, even(noise.last, 0.0, steps)))


def sgm_uniform(noise: PeerNoise, steps: int) -> Sigmas:
    """The same with one more, which clean data replaces."""
    return _to_clean(map(noise.at, even(noise.last, 0.0, steps + 1)[:-1]))


def simple(noise: PeerNoise, steps: int) -> Sigmas:
    """ComfyUI and A1111: every N/steps-th entry from the noisiest on, the place rounded down."""
    stride = len(noise.sigmas) / steps
    return _to_clean(noise.sigmas[-(1 + int(i * stride))] for i in range(steps))


def ddim_uniform(noise: PeerNoise, steps: int) -> Sigmas:
    """ComfyUI ddim_uniform, A1111 DDIM: a whole stride from timestep 1 on, maybe with a step more than asked."""
    stride = max(len(noise.sigmas) // steps, 1)
    return _to_clean(reversed([noise.sigmas[place] for place in range(1, len(noise.sigmas), stride)]))


def linear_quadratic(noise: PeerNoise, steps: int) -> Sigmas:
    """ComfyUI: genmoai/mochi's curve, laid in sigma and scaled to the most."""
    straight = steps // 2
    if not straight:
        return (noise.most, 0.0)
    bent, over = steps - straight, straight - THRESHOLD * steps
    square = over / (straight * bent**2)
    slope = THRESHOLD / straight - 2.0 * over / bent**2
    gone = [i * THRESHOLD / straight for i in range(straight)]
    gone += [square * i**2 + slope * i + square * straight**2 for i in range(straight, steps)]
    return _to_clean((1.0 - each) * noise.most for each in gone)


# Align your steps


def ays_to_clean(name: str) -> PeerGrid:
    """ComfyUI: the table at steps + 1 places, even in log sigma, its last replaced by clean data."""
    return lambda _noise, steps: _to_clean(_table(name, steps + 1)[:-1])


def ays_then_clean(name: str) -> PeerGrid:
    """A1111: the table at as many places as steps, its last kept, then clean data."""
    return lambda _noise, steps: _to_clean(_table(name, steps))


def without_last_but_one(grid: PeerGrid) -> PeerGrid:
    """What A1111 and ComfyUI do for DPM2 (ComfyUI for UniPC too): one step more is laid, the least noise is dropped."""

    def dropped(noise: PeerNoise, steps: int) -> Sigmas:
        whole = grid(noise, steps + 1)
        return (*whole[:-2], whole[-1])

    return dropped


# diffusers


def ddim_linspace(noise: PeerNoise, steps: int) -> Sigmas:
    """DDIM and PNDM: whole timesteps, first and last. A single one is timestep 0."""
    return _to_clean(noise.sigmas[round(each)] for each in reversed(even(0.0, noise.last, steps)))


def ddim_leading(noise: PeerNoise, steps: int) -> Sigmas:
    """A whole stride apart from the first on, plus Stable Diffusion's offset of 1."""
    stride = len(noise.sigmas) // steps
    return _to_clean(noise.sigmas[min(i * stride + OFFSET, noise.last)] for i in reversed(range(steps)))


def trailing(noise: PeerNoise, steps: int) -> Sigmas:
    """DDIM, Euler and DPM-Solver++: rounded, from the last on."""
    count = len(noise.sigmas)
    return _to_clean(noise.sigmas[round(count - i * count / steps) - 1] for i in range(steps))


def euler_linspace(noise: PeerNoise, steps: int) -> Sigmas:
    """Euler and LMS: not rounded, and sigma straight between the table's entries."""
    return _to_clean(noise.straight_at(each) for each in reversed(even(0.0, noise.last, steps)))


def dpm_linspace(noise: PeerNoise, steps: int) -> Sigmas:
    """DPM-Solver++, UniPC, DEIS: one more timestep is laid, and the first is dropped."""
    return _to_clean(noise.sigmas[round(each)] for each in reversed(even(0.0, noise.last, steps + 1)[1:]))


def dpm_leading(noise: PeerNoise, steps: int) -> Sigmas:
    """DPM-Solver++: the stride of one step more, the first dropped, so that the run begins lower still."""
    stride = len(noise.sigmas) // (steps + 1)
    return _to_clean(noise.sigmas[min(i * stride + OFFSET, noise.last)] for i in reversed(range(1, steps + 1)))


def euler_karras(noise: PeerNoise, steps: int) -> Sigmas:
    """Euler with Stable Diffusion's leading timesteps: the ramp lies between the first and the last of those."""
    leading = ddim_leading(noise, steps)
    return _karras(leading[-2], leading[0], steps)


def flow_match(noise: PeerNoise, steps: int) -> Sigmas:
    """FlowMatchEuler without shift: sigma itself even from the most to the least."""
    return _to_clean(even(noise.most, noise.least, steps))


def _karras(least: float, most: float, steps: int) -> Sigmas:
    return _to_clean(each**RHO for each in even(most ** (1.0 / RHO), least ** (1.0 / RHO), steps))


def _table(name: str, count: int) -> Sequence[float]:
    """A published table at `count` places, straight in log sigma."""
    table = ALIGN_YOUR_STEPS[name]
    found = list[float]()
    for place in even(0.0, len(table) - 1.0, count):
        below = min(int(place), len(table) - 2)
        low, high = math.log(table[below]), math.log(table[below + 1])
        found.append(math.exp(low + (place - below) * (high - low)))
    return found


def _to_clean(sigmas: Iterable[float]) -> Sigmas:
    return (*sigmas, 0.0)
