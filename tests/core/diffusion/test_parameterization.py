from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.diffusion.level import Level
from core.diffusion.level_batch import levels_at, noised
from core.diffusion.parameterization import (
    Parameterization,
    ParameterizationError,
    from_prediction,
    parameterization_named,
    target,
    to_prediction,
)
from core.diffusion.prediction import Prediction
from core.diffusion.schedule import SCHEDULES, schedule_named

X0 = torch.randn(2, 3, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
EPS = torch.randn(2, 3, 5, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


@given(kind=st.sampled_from(Parameterization), schedule_name=st.sampled_from(SCHEDULES), t=st.floats(0.02, 0.98))
def test_round_trip(kind: Parameterization, schedule_name: str, t: float) -> None:
    """(x0, eps) -> output -> (x0, eps), on every schedule."""
    level = schedule_named(schedule_name).at_time(t)
    x = level.alpha * X0 + level.sigma * EPS
    back = to_prediction(kind, from_prediction(kind, Prediction(X0, EPS), level), x, level)
    # x keeps few digits of the smaller half, which the output alone must then carry.
    lost = 1e-13 * max(level.ratio, 1.0 / level.ratio)
    torch.testing.assert_close(back.x0, X0, rtol=lost, atol=1e-12 + lost)
    torch.testing.assert_close(back.eps, EPS, rtol=lost, atol=1e-12 + lost)


@given(kind=st.sampled_from(Parameterization), schedule_name=st.sampled_from(SCHEDULES), t=st.floats(0.02, 0.98))
def test_any_output_makes_up_the_state(kind: Parameterization, schedule_name: str, t: float) -> None:
    """Whatever a network says, alpha * x0 + sigma * eps is x again."""
    level = schedule_named(schedule_name).at_time(t)
    guess = to_prediction(kind, EPS, X0, level)
    torch.testing.assert_close(level.alpha * guess.x0 + level.sigma * guess.eps, X0, rtol=1e-9, atol=1e-9)


def test_definitions() -> None:
    level = Level(0.5, 0.8, 0.6)
    for kind, expected in {
        Parameterization.EPS: EPS,
        Parameterization.X0: X0,
        Parameterization.V: 0.8 * EPS - 0.6 * X0,
        Parameterization.VELOCITY: EPS - X0,
    }.items():
        torch.testing.assert_close(target(kind, X0, EPS, level), expected, rtol=0.0, atol=1e-14)


def test_edm_is_the_papers_preconditioning() -> None:
    """D = c_skip * x + c_out * F at alpha = 1, with table 1's coefficients."""
    sigma, spread = 3.0, 0.5
    x, output = X0 + sigma * EPS, EPS.flip(0)
    skip, out = spread**2 / (sigma**2 + spread**2), sigma * spread / (sigma**2 + spread**2) ** 0.5
    guess = to_prediction(Parameterization.EDM, output, x, Level(0.5, 1.0, sigma))
    torch.testing.assert_close(guess.x0, skip * x + out * output, rtol=0.0, atol=1e-13)


def test_edm_targets_have_unit_spread() -> None:
    """What the preconditioning is for: data of spread sigma_data give targets of spread 1 at every level."""
    generator = torch.Generator().manual_seed(2)
    x0 = 0.5 * torch.randn(100_000, generator=generator, dtype=torch.float64)
    eps = torch.randn(100_000, generator=generator, dtype=torch.float64)
    for sigma in (0.01, 0.5, 20.0):
        spread = target(Parameterization.EDM, x0, eps, Level(0.5, 1.0, sigma)).std()
        torch.testing.assert_close(spread, torch.ones_like(spread), rtol=0.01, atol=0.0)


@pytest.mark.parametrize("kind", [kind for kind in Parameterization if kind is not Parameterization.EPS])
def test_pure_noise_is_read(kind: Parameterization) -> None:
    level = Level(1.0, 0.0, 1.0)
    guess = to_prediction(kind, target(kind, X0, EPS, level), EPS, level)
    torch.testing.assert_close(guess.x0, X0, rtol=0.0, atol=1e-13)
    torch.testing.assert_close(guess.eps, EPS, rtol=0.0, atol=1e-13)


@pytest.mark.parametrize("kind", [kind for kind in Parameterization if kind is not Parameterization.X0])
def test_clean_data_is_read(kind: Parameterization) -> None:
    level = Level(0.0, 1.0, 0.0)
    guess = to_prediction(kind, target(kind, X0, EPS, level), X0, level)
    torch.testing.assert_close(guess.x0, X0, rtol=0.0, atol=1e-13)
    torch.testing.assert_close(guess.eps, EPS, rtol=0.0, atol=1e-13)


def test_what_can_not_be_read_is_refused() -> None:
    with pytest.raises(ParameterizationError, match="alpha is 0 at this level; an eps network can't start"):
        to_prediction(Parameterization.EPS, EPS, EPS, Level(1.0, 0.0, 1.0))
    with pytest.raises(ParameterizationError, match="sigma is 0 at this level; an x0 network can't tell"):
        to_prediction(Parameterization.X0, X0, X0, Level(0.0, 1.0, 0.0))
    batch = levels_at(schedule_named("flow"), torch.tensor([0.5, 1.0]), dims=2)
    with pytest.raises(ParameterizationError, match="alpha is 0"):
        to_prediction(Parameterization.EPS, EPS, EPS, batch)


@pytest.mark.parametrize("kind", Parameterization)
def test_a_batch_of_levels_is_read_item_by_item(kind: Parameterization) -> None:
    schedule, times = schedule_named("vp_cosine"), torch.tensor([0.2, 0.9])
    batch = levels_at(schedule, times, dims=2)
    x0, eps = X0.float(), EPS.float()
    x = noised(x0, eps, batch)
    output = target(kind, x0, eps, batch)
    guess = to_prediction(kind, output, x, batch)
    torch.testing.assert_close(guess.x0, x0, rtol=1e-4, atol=1e-5)
    for item, t in enumerate(times.tolist()):
        level = schedule.at_time(t)
        alone = slice(item, item + 1)
        torch.testing.assert_close(target(kind, x0[alone], eps[alone], level), output[alone])


def test_names() -> None:
    for kind in Parameterization:
        assert parameterization_named(kind.value) is kind
    with pytest.raises(ParameterizationError, match="'noise' is not a parameterization; choose one of eps, x0, v"):
        parameterization_named("noise")
