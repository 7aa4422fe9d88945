"""Time grids that other projects have too, against theirs."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
)
from diffusers.pipelines.mochi.pipeline_mochi import linear_quadratic_schedule
from diffusers.schedulers.scheduling_utils import AysSchedules
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta as beta_distribution

from core.diffusion.grids.beta_quantile import beta_quantile
from core.diffusion.grids.timesteps import flux_shift
from core.diffusion.schedule import VpTable, schedule_named
from core.diffusion.time_grid import TimeGrid, time_grid
from core.requests import GridSettings

LATENT = schedule_named("latent_1000")
FLOW = schedule_named("flow")
STEPS = (1, 2, 7, 10, 20, 28, 50)
CONFIG: dict[str, Any] = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
}


def timesteps_of(grid: TimeGrid) -> list[float]:
    assert isinstance(LATENT, VpTable)
    return [LATENT.timestep(level) for level in grid[:-1]]


@pytest.mark.parametrize("steps", STEPS)
@pytest.mark.parametrize("name", ["linspace", "leading", "trailing"])
def test_whole_timesteps_are_those_of_diffusers(name: str, steps: int) -> None:
    peer = DDIMScheduler(**CONFIG, timestep_spacing=name, steps_offset=1)
    peer.set_timesteps(steps)
    ours = timesteps_of(time_grid(name, LATENT, steps))
    if name == "linspace" and steps == 1:
        # Theirs is timestep 0, where no noise is left to take away; a single step begins at the last here.
        assert (peer.timesteps.tolist(), ours) == ([0], pytest.approx([999]))
        return
    assert ours == pytest.approx(peer.timesteps.tolist(), abs=1e-9)


@pytest.mark.parametrize("steps", STEPS[1:])
@pytest.mark.parametrize(
    ("name", "option"), [("karras", "use_karras_sigmas"), ("exponential", "use_exponential_sigmas")]
)
def test_ramps_are_those_of_diffusers(name: str, option: str, steps: int) -> None:
    """Their sigmas are float32."""
    peer = EulerDiscreteScheduler(**CONFIG, timestep_spacing="linspace", **{option: True})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer.set_timesteps(steps)
    low, high = float(peer.sigmas[-2]), float(peer.sigmas[0])
    settings = GridSettings(largest=min(high, LATENT.largest_ratio), smallest=low)
    ours = [level.ratio for level in time_grid(name, LATENT, steps, settings=settings)]
    assert ours == pytest.approx(peer.sigmas.tolist(), rel=1e-5)
    assert low == pytest.approx(LATENT.smallest_ratio, rel=1e-4)


@pytest.mark.parametrize("steps", [2, 7, 20])
def test_beta_on_sigma_is_that_of_diffusers(steps: int) -> None:
    peer = DPMSolverMultistepScheduler(**CONFIG, use_beta_sigmas=True)
    theirs = peer._convert_to_beta(np.array([LATENT.largest_ratio, LATENT.smallest_ratio]), steps)
    ours = [level.ratio for level in time_grid("beta_sigma", LATENT, steps)][:-1]
    assert ours == pytest.approx(list(theirs), rel=1e-9)


@pytest.mark.parametrize("steps", [2, 7, 20, 50])
def test_beta_on_timesteps_is_that_of_comfyui(steps: int) -> None:
    """comfy/samplers.py, beta_scheduler, whose formula this is."""
    ts = np.rint(beta_distribution.ppf(1 - np.linspace(0, 1, steps, endpoint=False), 0.6, 0.6) * 999)
    assert timesteps_of(time_grid("beta", LATENT, steps)) == pytest.approx(ts.tolist(), abs=1e-9)


@pytest.mark.parametrize("steps", [2, 7, 20])
def test_sgm_uniform_is_that_of_comfyui(steps: int) -> None:
    """comfy/samplers.py, normal_scheduler with sgm; on a flow time is sigma there."""
    theirs = np.linspace(999, 0, steps + 1)[:-1]
    assert timesteps_of(time_grid("sgm_uniform", LATENT, steps)) == pytest.approx(theirs.tolist(), abs=1e-9)
    flow = [level.t for level in time_grid("sgm_uniform", FLOW, steps)][:-1]
    assert flow == pytest.approx(np.linspace(1.0, 0.001, steps + 1)[:-1].tolist(), rel=1e-12)


@pytest.mark.parametrize("steps", [2, 7, 20])
def test_kl_optimal_and_polyexponential_are_those_of_comfyui(steps: int) -> None:
    low, high = LATENT.smallest_ratio, LATENT.largest_ratio
    way = np.arange(steps) / (steps - 1)
    optimal = np.tan(way * np.arctan(low) + (1.0 - way) * np.arctan(high))
    ours = [level.ratio for level in time_grid("kl_optimal", LATENT, steps)][:-1]
    assert ours == pytest.approx(optimal.tolist(), rel=1e-9)
    for rho in (1.0, 3.0):
        ramp = np.linspace(1, 0, steps) ** rho
        poly = np.exp(ramp * (np.log(high) - np.log(low)) + np.log(low))
        settings = GridSettings(rho=rho)
        bent = [level.ratio for level in time_grid("polyexponential", LATENT, steps, settings=settings)][:-1]
        assert bent == pytest.approx(poly.tolist(), rel=1e-9)


@pytest.mark.parametrize("steps", [2, 7, 20])
@pytest.mark.parametrize("threshold", [0.025, 0.3])
def test_linear_quadratic_is_that_of_mochi(steps: int, threshold: float) -> None:
    ours = [level.t for level in time_grid("linear_quadratic", FLOW, steps, settings=GridSettings(threshold=threshold))]
    assert ours[:-1] == pytest.approx(linear_quadratic_schedule(steps, threshold), rel=1e-12)


@pytest.mark.parametrize("steps", [1, 4, 28])
def test_shifted_is_that_of_sd3_and_flux(steps: int) -> None:
    even = np.linspace(1.0, 1.0 / steps, steps).tolist()
    peer = FlowMatchEulerDiscreteScheduler(shift=3.0)
    peer.set_timesteps(sigmas=even)
    assert [level.t for level in time_grid("shifted", FLOW, steps)] == pytest.approx(peer.sigmas.tolist(), rel=1e-6)
    dynamic = FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True)
    dynamic.set_timesteps(sigmas=even, mu=float(np.log(flux_shift(1024))))
    ours = time_grid("shifted", FLOW, steps, settings=GridSettings(shift=flux_shift(1024)))
    assert [level.t for level in ours] == pytest.approx(dynamic.sigmas.tolist(), rel=1e-6)
    assert np.log([flux_shift(256), flux_shift(4096)]) == pytest.approx([0.5, 1.15])


@pytest.mark.parametrize(
    ("name", "schedule_name", "key"),
    [
        ("ays_sd15", "latent_1000", "StableDiffusionSigmas"),
        ("ays_sdxl", "latent_1000", "StableDiffusionXLSigmas"),
        ("ays_svd", "flow", "StableDiffusionVideoSigmas"),
    ],
)
def test_align_your_steps_is_the_published_table(name: str, schedule_name: str, key: str) -> None:
    ours = [level.ratio for level in time_grid(name, schedule_named(schedule_name), 10)]
    theirs = AysSchedules[key]
    # The largest of the table has fewer digits than the schedule's; a flow begins in pure noise.
    assert ours[1:] == pytest.approx(theirs[1:], rel=1e-12)
    assert ours[0] == pytest.approx(theirs[0], rel=1e-4) or ours[0] == float("inf")


@given(share=st.floats(0.0, 1.0), a=st.floats(0.2, 8.0), b=st.floats(0.2, 8.0))
def test_quantiles_of_beta_are_those_of_scipy(share: float, a: float, b: float) -> None:
    ours = beta_quantile(share, a, b)
    assert 0.0 <= ours <= 1.0
    assert beta_distribution.cdf(ours, a, b) == pytest.approx(share, abs=1e-7)
    if 1e-3 < share < 0.999:
        assert ours == pytest.approx(beta_distribution.ppf(share, a, b), rel=1e-9, abs=1e-12)
