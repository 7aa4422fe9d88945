"""What is measured of guidance: by hand, on an exact mixture, and without a change to any guess."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import pytest
import torch
from torch import Tensor

from core.diffusion.guidance import Guess, GuidedDenoiser, Parts
from core.diffusion.guidance.measures import measured
from core.diffusion.level import Level
from core.diffusion.mixture import GaussianMixture
from core.diffusion.prediction import Prediction
from core.diffusion.schedule import schedule_named
from core.dissection import Quantity, Reading, Space
from core.guidance_settings import GuidanceSettings
from tests.core.diffusion.test_guidance import HERE, LEVELS, METHODS, Counted, Watched, state

FLOW = schedule_named("flow")


def figures(parts: Parts, space: Space = Space.CLEAN) -> dict[Quantity, list[float]]:
    found = measured(parts)[space]
    return {each: found[each].tolist() for each in Quantity}


def by_hand(prompted: list[float], reference: list[float], guided: list[float]) -> dict[Quantity, float]:
    """The figures of one item of one row of numbers, alike in both spaces."""
    c, u, g = (torch.tensor([row]) for row in (prompted, reference, guided))
    parts = Parts(Prediction(g, g), Prediction(c, c), Prediction(u, u), 3.0)
    assert str(figures(parts)) == str(figures(parts, Space.NOISE))
    return {each: values[0] for each, values in figures(parts).items()}


def test_two_guesses_at_a_right_angle_by_hand() -> None:
    found = by_hand([3.0, 0.0], [0.0, 4.0], [9.0, -8.0])
    root = math.sqrt(2.0)
    expected = {
        Quantity.PROMPTED: 3.0 / root,
        Quantity.REFERENCE: 4.0 / root,
        Quantity.DIFFERENCE: 5.0 / root,
        Quantity.ANGLE: 90.0,
        Quantity.LEAN: math.degrees(math.atan2(4.0, 3.0)),
        Quantity.ALONG: 3.0 / root,
        Quantity.ACROSS: 4.0 / root,
        Quantity.ADDED: 10.0 / root,
        Quantity.SCALE: 3.0,
    }
    assert found == pytest.approx(expected)


def test_a_difference_that_points_back_has_a_part_below_zero() -> None:
    found = by_hand([1.0, 0.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 0.0])
    assert found[Quantity.ALONG] == pytest.approx(-1.0 / math.sqrt(3.0))
    assert found[Quantity.ACROSS] == 0.0
    assert (found[Quantity.ANGLE], found[Quantity.LEAN]) == (0.0, pytest.approx(180.0))


def test_small_angles_are_not_lost_to_rounding() -> None:
    assert by_hand([1.0, 0.0], [1.0, 1e-5], [1.0, 0.0])[Quantity.ANGLE] == pytest.approx(math.degrees(1e-5), rel=1e-4)
    assert math.isnan(by_hand([1.0, 0.0], [0.0, 0.0], [1.0, 0.0])[Quantity.ANGLE])


@dataclass(frozen=True, slots=True)
class TwoGaussians:
    """Exact guesses: with the prompt one narrow Gaussian, else a wide one about the origin."""

    prompted: GaussianMixture
    free: GaussianMixture

    def guesses(self, x: Tensor, level: Level, asked: tuple[Guess, ...]) -> tuple[Prediction, ...]:
        return tuple((self.prompted if guess is Guess.PROMPTED else self.free)(x, level) for guess in asked)


def gaussian(mean: Tensor, spread: float) -> GaussianMixture:
    one = torch.ones(1, dtype=torch.float64)
    return GaussianMixture(one, mean[None], spread * one)


@pytest.mark.parametrize("t", [0.1, 0.5, 0.9])
def test_exact_gaussians(t: float) -> None:
    """Of N(m, s^2) the guess is m + k (x - alpha m), k = alpha s^2 / (alpha^2 s^2 + sigma^2)."""
    mean, level = torch.tensor([1.0, -2.0, 0.5, 0.0], dtype=torch.float64), FLOW.at_time(t)
    model = TwoGaussians(gaussian(mean, 0.1), gaussian(torch.zeros_like(mean), 1.0))
    x = torch.randn(3, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    found = measured(GuidedDenoiser(model, GuidanceSettings(2.5)).taken_apart(x, level))

    def guess(m: Tensor, s: float) -> Tensor:
        return m + level.alpha * s**2 / (level.alpha**2 * s**2 + level.sigma**2) * (x - level.alpha * m)

    c, u = guess(mean, 0.1), guess(torch.zeros_like(mean), 1.0)
    d = c - u
    size = d.square().mean(1).sqrt()
    torch.testing.assert_close(found[0, Quantity.DIFFERENCE].double(), size, rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(found[0, Quantity.ADDED].double(), 1.5 * size, rtol=1e-6, atol=1e-6)
    cosine = torch.nn.functional.cosine_similarity(c, u)
    torch.testing.assert_close(found[0, Quantity.ANGLE].double().deg2rad().cos(), cosine, rtol=1e-5, atol=1e-5)
    parts = found[0, [Quantity.ALONG, Quantity.ACROSS]].double()
    torch.testing.assert_close(parts.square().sum(0).sqrt(), size, rtol=1e-6, atol=1e-6)
    # eps = (x - alpha x0) / sigma, so that its differences are alpha / sigma times as large
    noise = found[1, Quantity.DIFFERENCE].double()
    torch.testing.assert_close(noise, size * level.alpha / level.sigma, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_no_guess_is_changed_and_nothing_waits_for_the_device(method: str) -> None:
    settings = GuidanceSettings(3.0, rescale=0.5, threshold=0.95, method=method, norm=0.2)  # type: ignore[arg-type]
    denoiser = GuidedDenoiser(Counted(), settings, LEVELS)
    with Watched():
        parts = denoiser.taken_apart(state(), HERE, words=True)
        found = measured(parts)
    plain = denoiser(state(), HERE)
    assert torch.equal(parts.guided.x0, plain.x0)
    assert torch.equal(parts.guided.eps, plain.eps)
    assert found.isfinite().all()
    # a picture's figures don't depend on those beside it
    alone = measured(denoiser.taken_apart(state()[1:2], HERE))
    torch.testing.assert_close(found[..., 1:2], alone)


def test_outside_the_interval_there_is_no_reference() -> None:
    denoiser = GuidedDenoiser(Counted(), GuidanceSettings(3.0, interval=(0.9, 1.0)), LEVELS)
    found = figures(denoiser.taken_apart(state(2), HERE))
    assert found[Quantity.ADDED] == [0.0, 0.0]
    assert found[Quantity.SCALE] == [1.0, 1.0]
    assert all(math.isnan(value) for value in found[Quantity.ANGLE] + found[Quantity.REFERENCE])
    assert all(value > 0 for value in found[Quantity.PROMPTED])
    still = GuidedDenoiser(Counted(), GuidanceSettings(3.0, method="cfg_zero", zero=0.5), LEVELS)
    assert math.isnan(figures(still.taken_apart(state(1), HERE))[Quantity.PROMPTED][0])


def test_layers_of_other_resolutions_have_one_mean() -> None:
    fine, coarse = torch.zeros(1, 2, 4, 4), torch.zeros(1, 2, 2, 2)
    fine[0, 0], coarse[0, 0], coarse[0, 1, 0, 1] = 1.0, 1.0, 1.0
    coarse[0, 0, 0, 1] = 0.0
    maps = (fine.half().numpy(), coarse.half().numpy())
    reading = Reading(1, (5,), (0.0,), torch.zeros(1, 2, len(Quantity), 1).numpy(), (("red",),), ("a", "b"), maps)
    mean = reading.mean_map(5)
    assert mean is not None
    assert mean[1].tolist() == [[0, 0, 0.5, 0.5], [0, 0, 0.5, 0.5], [0] * 4, [0] * 4]
    assert (mean.sum(0) == 1.0).all()
    assert replace(reading, words=(), layers=(), maps=()).mean_map(5) is None
