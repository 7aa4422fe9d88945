"""The exact denoiser against the definitions, by automatic differentiation and by brute force."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from core.diffusion.level import Level
from core.diffusion.mixture import GaussianMixture
from core.diffusion.schedule import SCHEDULES, schedule_named

WEIGHTS = torch.tensor([0.2, 0.5, 0.3], dtype=torch.float64)
MEANS = torch.tensor([[[1.0, 0.4]], [[-0.8, 0.1]], [[0.2, -1.5]]], dtype=torch.float64)
SPREADS = torch.tensor([0.2, 0.6, 0.4], dtype=torch.float64)
MIXTURE = GaussianMixture(WEIGHTS, MEANS, SPREADS)


def log_density(x: Tensor, level: Level) -> Tensor:
    """torch's own mixture, noised."""
    spread = ((level.alpha * SPREADS) ** 2 + level.sigma**2).sqrt()
    parts = Independent(Normal(level.alpha * MEANS, spread[:, None, None].expand(3, 1, 2)), 2)
    return MixtureSameFamily(Categorical(WEIGHTS), parts).log_prob(x)


@pytest.mark.parametrize("schedule_name", SCHEDULES)
@pytest.mark.parametrize("t", [0.1, 0.5, 0.9, 1.0])
def test_eps_is_the_score(schedule_name: str, t: float) -> None:
    """eps = -sigma * grad log p(x), the score of the noised density; with x0 it makes up x."""
    level = schedule_named(schedule_name).at_time(t)
    x = torch.randn(5, 1, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    (score,) = torch.autograd.grad(log_density(x, level).sum(), x)
    guess = MIXTURE(x.detach(), level)
    torch.testing.assert_close(guess.eps, -level.sigma * score, rtol=1e-10, atol=1e-12)
    torch.testing.assert_close(level.alpha * guess.x0 + level.sigma * guess.eps, x.detach(), rtol=1e-10, atol=1e-12)


def test_x0_is_the_mean_of_the_data_at_pure_noise_and_x_itself_when_clean() -> None:
    x = torch.randn(4, 1, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    mean = (WEIGHTS[:, None, None] * MEANS).sum(0).expand(4, 1, 2)
    torch.testing.assert_close(MIXTURE(x, Level(1.0, 0.0, 1.0)).x0, mean)
    torch.testing.assert_close(MIXTURE(x, Level(0.0, 1.0, 0.0)).x0, x)
