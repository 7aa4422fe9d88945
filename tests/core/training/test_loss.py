from __future__ import annotations

import math

import pytest
import torch

from core.diffusion.level_batch import LevelBatch, levels_at, noised
from core.diffusion.parameterization import Parameterization, target, to_prediction
from core.diffusion.schedule import NoiseSchedule, schedule_named
from core.training.loss import (
    LogitNormalTime,
    LogNormalSigma,
    MinSnrWeight,
    TimeSampling,
    UniformTime,
    UniformWeight,
    denoising_loss,
    draw_levels,
    loss_weight,
)

KINDS = list(Parameterization)
SCHEDULES = ["vp_linear", "vp_cosine", "ve", "flow"]


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(7)


def levels(schedule: NoiseSchedule, *times: float) -> LevelBatch:
    return levels_at(schedule, torch.tensor(times), 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SCHEDULES)
def test_min_snr_weighs_the_clean_guess(kind: Parameterization, name: str) -> None:
    """The weighted output error equals min(SNR, gamma) times the error of x0, read through `to_prediction`."""
    level = levels(schedule_named(name), 0.02, 0.3, 0.7, 0.97)
    g = generator()
    x0, eps = torch.randn(4, 6, generator=g), torch.randn(4, 6, generator=g)
    output = target(kind, x0, eps, level) + 0.1 * torch.randn(4, 6, generator=g)
    guess = to_prediction(kind, output, noised(x0, eps, level), level).x0
    snr = (level.alpha / level.sigma).square().flatten()
    expected = snr.clamp(max=5.0) * (guess - x0).square().mean(dim=1)
    error = (output - target(kind, x0, eps, level)).square().mean(dim=1)
    torch.testing.assert_close(error * loss_weight(MinSnrWeight(5.0), kind, level), expected, rtol=2e-2, atol=1e-6)


def test_min_snr_has_the_papers_forms_on_a_variance_preserving_path() -> None:
    level = levels(schedule_named("vp_cosine"), 0.1, 0.5, 0.9)
    snr = (level.alpha / level.sigma).square().flatten()
    held = snr.clamp(max=5.0)
    weight = MinSnrWeight(5.0)
    torch.testing.assert_close(loss_weight(weight, Parameterization.X0, level), held, rtol=1e-4, atol=0)
    torch.testing.assert_close(loss_weight(weight, Parameterization.EPS, level), held / snr, rtol=1e-4, atol=0)
    torch.testing.assert_close(loss_weight(weight, Parameterization.V, level), held / (snr + 1), rtol=1e-4, atol=0)


@pytest.mark.parametrize("kind", KINDS)
def test_weights_are_finite_at_both_ends_of_a_flow(kind: Parameterization) -> None:
    level = levels(schedule_named("flow"), 0.0, 1.0)
    weight = loss_weight(MinSnrWeight(), kind, level)
    assert torch.isfinite(weight).all()
    assert (weight >= 0).all()
    torch.testing.assert_close(loss_weight(UniformWeight(), kind, level), torch.ones(2))


def test_uniform_and_logit_normal_times() -> None:
    schedule = schedule_named("flow")
    uniform = draw_levels(UniformTime(), schedule, 4000, 1, generator()).t
    assert float(uniform.mean()) == pytest.approx(0.5, abs=0.02)
    assert float(uniform.var()) == pytest.approx(1 / 12, abs=0.005)
    shifted = torch.logit(draw_levels(LogitNormalTime(0.5, 0.8), schedule, 4000, 1, generator()).t)
    assert float(shifted.mean()) == pytest.approx(0.5, abs=0.05)
    assert float(shifted.std()) == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize("name", SCHEDULES)
def test_log_normal_sigma_holds_on_every_schedule(name: str) -> None:
    level = draw_levels(LogNormalSigma(-1.2, 0.5), schedule_named(name), 2000, 3, generator())
    ratio = (level.sigma / level.alpha).flatten().log()
    assert level.sigma.shape == (2000, 1, 1, 1)
    assert float(ratio.mean()) == pytest.approx(-1.2, abs=0.05)
    assert float(ratio.std()) == pytest.approx(0.5, abs=0.03)


def test_log_normal_sigma_stays_within_the_schedule() -> None:
    level = draw_levels(LogNormalSigma(10.0, 3.0), schedule_named("vp_linear"), 50, 1, generator())
    assert float(level.t.max()) <= 1.0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sampling", [UniformTime(), LogitNormalTime(), LogNormalSigma()])
def test_a_network_that_knows_the_answer_has_no_loss(kind: Parameterization, sampling: TimeSampling) -> None:
    """All the data is one point, so x tells eps, and the target can be said exactly."""
    point = torch.tensor([0.3, -0.2, 0.5])

    def network(x: torch.Tensor, level: LevelBatch) -> torch.Tensor:
        eps = (x - level.alpha * point) / level.sigma
        return target(kind, point.expand_as(x), eps, level)

    schedule = schedule_named("vp_cosine")
    loss = denoising_loss(network, point.expand(64, 3), schedule, kind, generator(), sampling=sampling)
    torch.testing.assert_close(loss, torch.zeros(64), rtol=0, atol=1e-5)


def test_a_silent_flow_network_loses_the_velocitys_square() -> None:
    x0 = torch.randn(2000, 8, generator=generator())
    loss = denoising_loss(
        lambda x, _: torch.zeros_like(x), x0, schedule_named("flow"), Parameterization.VELOCITY, generator()
    )
    assert float(loss.mean()) == pytest.approx(2.0, rel=0.03)


def test_the_generator_alone_decides() -> None:
    def loss() -> torch.Tensor:
        x0 = torch.ones(5, 2, 3)
        return denoising_loss(
            lambda x, _: x,
            x0,
            schedule_named("flow"),
            Parameterization.EPS,
            generator(),
            weighting=MinSnrWeight(math.pi),
        )

    assert torch.equal(loss(), loss())
