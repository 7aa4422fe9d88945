"""Trajectories equal other projects' on the same denoiser, levels and noise, in float64."""

from __future__ import annotations

import pytest

from bench.equality import DIFFUSERS, against_k_diffusion
from core.diffusion.schedule import schedule_named

CLOSE = 1e-10


@pytest.mark.parametrize("pair", list(DIFFUSERS), ids=" vs ".join)
def test_equal_to_diffusers(pair: tuple[str, str]) -> None:
    assert DIFFUSERS[pair](True) < CLOSE


@pytest.mark.parametrize("pair", list(DIFFUSERS), ids=" vs ".join)
def test_near_diffusers_as_shipped(pair: tuple[str, str]) -> None:
    """Their float32 costs them seven digits; no more than that."""
    assert DIFFUSERS[pair](False) < 1e-4


@pytest.mark.parametrize("schedule_name", ["ve", "vp_linear", "vp_cosine", "flow", "ddpm_1000", "latent_1000"])
def test_equal_to_k_diffusion(schedule_name: str) -> None:
    """Its golden trajectories, on every schedule at the same sigma / alpha."""
    assert schedule_named(schedule_name).largest_ratio >= 14.0
    compared = list(against_k_diffusion(schedule_name))
    assert len(compared) == 13
    for comparison in compared:
        assert comparison.double < CLOSE, comparison
