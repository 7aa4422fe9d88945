from __future__ import annotations

from dataclasses import dataclass, field

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from core.diffusion.guidance import GuidedDenoiser, guidance_acts
from core.diffusion.level import Level
from core.diffusion.parameterization import Parameterization, to_prediction
from core.diffusion.prediction import Prediction
from core.diffusion.schedule import schedule_named
from core.requests import GuidanceSettings


@dataclass(frozen=True, slots=True)
class Counted:
    """Two guesses that differ, and a record of which were asked for."""

    calls: list[str] = field(default_factory=list)

    def conditional(self, x: Tensor, level: Level) -> Prediction:
        self.calls.append("conditional")
        return to_prediction(Parameterization.VELOCITY, torch.sin(x), x, level)

    def pair(self, x: Tensor, level: Level) -> tuple[Prediction, Prediction]:
        self.calls.append("pair")
        output = torch.sin(torch.cat([x, 2.0 * x]))
        whole = to_prediction(Parameterization.VELOCITY, output, torch.cat([x, x]), level)
        (x0, x0_free), (eps, eps_free) = whole.x0.chunk(2), whole.eps.chunk(2)
        return Prediction(x0, eps), Prediction(x0_free, eps_free)


def state(batch: int = 3) -> Tensor:
    return torch.randn(batch, 2, 5, generator=torch.Generator().manual_seed(batch))


HERE = schedule_named("flow").at_time(0.6)


def test_off_asks_for_one_guess() -> None:
    model = Counted()
    guess = GuidedDenoiser(model, GuidanceSettings(scale=1.0, rescale=0.5))(state(), HERE)
    assert model.calls == ["conditional"]
    assert torch.equal(guess.x0, Counted().conditional(state(), HERE).x0)


@given(scale=st.floats(0.0, 20.0).filter(lambda scale: scale != 1.0))
def test_the_formula(scale: float) -> None:
    model = Counted()
    guess = GuidedDenoiser(model, GuidanceSettings(scale=scale))(state(), HERE)
    assert model.calls == ["pair"]
    conditional, free = Counted().pair(state(), HERE)
    torch.testing.assert_close(guess.eps, free.eps + scale * (conditional.eps - free.eps), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(guess.x0, free.x0 + scale * (conditional.x0 - free.x0), rtol=1e-4, atol=1e-4)


@given(scale=st.floats(0.0, 20.0), rescale=st.floats(0.0, 1.0))
def test_the_halves_still_make_up_the_state(scale: float, rescale: float) -> None:
    guess = GuidedDenoiser(Counted(), GuidanceSettings(scale=scale, rescale=rescale))(state(), HERE)
    torch.testing.assert_close(HERE.alpha * guess.x0 + HERE.sigma * guess.eps, state(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("t", "acts"), [(1.0, False), (0.81, False), (0.75, True), (0.5, True), (0.25, True), (0.2, False)]
)
def test_the_interval_is_one_minus_t(t: float, acts: bool) -> None:
    settings = GuidanceSettings(scale=3.0, interval=(0.25, 0.75))
    level = schedule_named("flow").at_time(t)
    assert guidance_acts(settings, level) is acts
    model = Counted()
    GuidedDenoiser(model, settings)(state(), level)
    assert model.calls == ["pair" if acts else "conditional"]


def test_rescale_gives_each_item_its_conditional_spread() -> None:
    conditional, _ = Counted().pair(state(), HERE)
    guess = GuidedDenoiser(Counted(), GuidanceSettings(scale=7.0, rescale=1.0))(state(), HERE)
    torch.testing.assert_close(guess.x0.flatten(1).std(1), conditional.x0.flatten(1).std(1))
    half = GuidedDenoiser(Counted(), GuidanceSettings(scale=7.0, rescale=0.5))(state(), HERE)
    plain = GuidedDenoiser(Counted(), GuidanceSettings(scale=7.0))(state(), HERE)
    torch.testing.assert_close(half.x0, 0.5 * (guess.x0 + plain.x0))


def test_items_do_not_see_one_another() -> None:
    settings = GuidanceSettings(scale=4.0, rescale=0.7)
    x = state(5)
    batch = GuidedDenoiser(Counted(), settings)(x, HERE).x0
    for item in range(5):
        assert torch.equal(GuidedDenoiser(Counted(), settings)(x[item : item + 1], HERE).x0[0], batch[item])


def test_a_flat_guess_is_left_flat() -> None:
    class Flat:
        def conditional(self, x: Tensor, level: Level) -> Prediction:
            raise AssertionError(f"guidance acts at {level} on {x.shape}")

        def pair(self, x: Tensor, level: Level) -> tuple[Prediction, Prediction]:
            flat = to_prediction(Parameterization.X0, torch.full_like(x, 0.25), x, level)
            return flat, flat

    guess = GuidedDenoiser(Flat(), GuidanceSettings(scale=3.0, rescale=1.0))(state(), HERE)
    assert torch.equal(guess.x0, torch.full_like(state(), 0.25))
