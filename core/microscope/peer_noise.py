"""What other tools know of a model's noise: a thousand sigmas, and how they read between them. No torch here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from core.diffusion.grids.timesteps import TIMESTEPS
from core.diffusion.schedule import Flow, NoiseSchedule, VpLinear, VpTable
from core.diffusion.time_grid import GridError


@dataclass(frozen=True, slots=True)
class PeerNoise:
    """sigmas: rising, one for each timestep, in the tools' own measure: sigma / alpha, but on a flow its t.

    flow: whether that is so.
    """

    sigmas: tuple[float, ...]
    flow: bool = False

    @property
    def least(self) -> float:
        return self.sigmas[0]

    @property
    def most(self) -> float:
        return self.sigmas[-1]

    @property
    def last(self) -> int:
        """The noisiest timestep."""
        return len(self.sigmas) - 1

    def at(self, timestep: float) -> float:
        """Between timesteps: straight in log sigma, on a flow in sigma itself.

        Source: k-diffusion, DiscreteSchedule.t_to_sigma; ComfyUI, comfy/model_sampling.py, sigma() of both classes.
        """
        below = min(max(int(timestep), 0), self.last - 1)
        low, high, part = self.sigmas[below], self.sigmas[below + 1], timestep - below
        if self.flow:
            return low + part * (high - low)
        return math.exp(math.log(low) + part * (math.log(high) - math.log(low)))

    def straight_at(self, timestep: float) -> float:
        """Straight in sigma itself, as diffusers' interpolation_type "linear"."""
        below = min(max(int(timestep), 0), self.last - 1)
        return self.sigmas[below] + (timestep - below) * (self.sigmas[below + 1] - self.sigmas[below])

    def ratio(self, sigma: float) -> float:
        """sigma / alpha of one of their sigmas."""
        if not self.flow:
            return sigma
        return sigma / (1.0 - sigma) if sigma < 1.0 else math.inf


@lru_cache(maxsize=8)
def peer_noise(schedule: NoiseSchedule) -> PeerNoise:
    """Timestep k stands at t = (k + 1) / 1000. Raises GridError for a schedule that no other tool lays grids on."""
    if isinstance(schedule, Flow):
        return PeerNoise(tuple((k + 1) / TIMESTEPS for k in range(TIMESTEPS)), flow=True)
    if isinstance(schedule, VpTable):
        return PeerNoise(tuple(math.exp(each) for each in schedule.log_ratios))
    if isinstance(schedule, VpLinear):
        return PeerNoise(tuple(schedule.at_time((k + 1) / TIMESTEPS).ratio for k in range(TIMESTEPS)))
    raise GridError(
        f"other tools lay no grids on the {schedule.name} schedule; choose latent_1000, ddpm_1000, vp_linear or flow"
    )
