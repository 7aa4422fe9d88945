from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pytest
import torch
from diffusers import DDPMScheduler
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from core.diffusion.guidance import Guess, GuidanceError, GuidedDenoiser, guidance_acts
from core.diffusion.guidance.methods import along_of, roots_of_squares
from core.diffusion.guidance.taming import quantiles, thresholded
from core.diffusion.level import Level
from core.diffusion.mixture import GaussianMixture
from core.diffusion.noise import Noise
from core.diffusion.parameterization import Parameterization, to_prediction
from core.diffusion.prediction import Prediction
from core.diffusion.schedule import schedule_named
from core.diffusion.time_grid import time_grid
from core.guidance_settings import METHOD_OPTIONS, GuidanceSettings, Method
from core.samplers.ancestral import ddim
from core.samplers.euler import euler
from tests.core.samplers.exact import SeededNoise

METHODS: tuple[Method, ...] = tuple(METHOD_OPTIONS)
FACTORS = {Guess.PROMPTED: 1.0, Guess.LEFT_OUT: 2.0, Guess.EMPTY: 1.5, Guess.WEAK: 0.7, Guess.PERTURBED: 0.5}


@dataclass(frozen=True, slots=True)
class Counted:
    """Guesses that differ, and a record of which were asked for in one call."""

    calls: list[tuple[Guess, ...]] = field(default_factory=list)

    def guesses(self, x: Tensor, level: Level, asked: tuple[Guess, ...]) -> tuple[Prediction, ...]:
        self.calls.append(asked)
        return tuple(
            to_prediction(Parameterization.VELOCITY, torch.sin(FACTORS[guess] * x), x, level) for guess in asked
        )


def state(batch: int = 3, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.randn(batch, 2, 5, generator=torch.Generator().manual_seed(batch), dtype=dtype)


FLOW = schedule_named("flow")
HERE = FLOW.at_time(0.6)
LEVELS = time_grid("uniform", FLOW, 10)


def guided(x: Tensor, **settings: Any) -> Prediction:
    return GuidedDenoiser(Counted(), GuidanceSettings(**settings), LEVELS)(x, HERE)


def asked(x: Tensor, *guesses: Guess) -> tuple[Prediction, ...]:
    return Counted().guesses(x, HERE, guesses)


@pytest.mark.parametrize("method", [method for method in METHODS if method != "cfg_pp"])
@given(rescale=st.floats(0.0, 1.0), threshold=st.just(0.0) | st.floats(0.5, 1.0))
def test_scale_1_asks_for_one_guess_and_leaves_it(method: Method, rescale: float, threshold: float) -> None:
    model = Counted()
    settings = GuidanceSettings(1.0, rescale=rescale, method=method, threshold=threshold)
    guess = GuidedDenoiser(model, settings)(state(), HERE)
    assert model.calls == [(Guess.PROMPTED,)]
    assert torch.equal(guess.x0, asked(state(), Guess.PROMPTED)[0].x0)


@pytest.mark.parametrize("method", METHODS)
def test_outside_the_interval_one_guess_is_asked_for(method: Method) -> None:
    model = Counted()
    GuidedDenoiser(model, GuidanceSettings(3.0, (0.5, 1.0), method=method), LEVELS)(state(), HERE)
    assert model.calls == [(Guess.PROMPTED,)]


@pytest.mark.parametrize("method", METHODS)
def test_inside_all_guesses_come_from_one_call(method: Method) -> None:
    model = Counted()
    GuidedDenoiser(model, GuidanceSettings(3.0, method=method), LEVELS)(state(), HERE)
    assert [len(call) for call in model.calls] == [3 if method == "perp_neg" else 2]
    assert model.calls[0][0] is Guess.PROMPTED


@given(scale=st.floats(0.0, 20.0).filter(lambda scale: scale != 1.0))
def test_the_formula(scale: float) -> None:
    for method, other in (("cfg", Guess.LEFT_OUT), ("auto", Guess.WEAK), ("pag", Guess.PERTURBED)):
        guess = guided(state(), scale=scale, method=method)
        prompted, reference = asked(state(), Guess.PROMPTED, other)
        for ours, there, here in zip(guess, prompted, reference, strict=True):
            torch.testing.assert_close(ours, here + scale * (there - here), rtol=1e-4, atol=1e-4)


@given(
    scale=st.floats(0.0, 20.0),
    rescale=st.floats(0.0, 1.0),
    threshold=st.just(0.0) | st.floats(0.5, 1.0),
    method=st.sampled_from(METHODS),
)
def test_the_halves_still_make_up_the_state(scale: float, rescale: float, threshold: float, method: Method) -> None:
    guess = guided(state(), scale=scale, rescale=rescale, threshold=threshold, method=method)
    torch.testing.assert_close(HERE.alpha * guess.x0 + HERE.sigma * guess.eps, state(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("t", "acts"), [(1.0, False), (0.81, False), (0.75, True), (0.5, True), (0.25, True), (0.2, False)]
)
def test_the_interval_is_one_minus_t(t: float, acts: bool) -> None:
    settings = GuidanceSettings(scale=3.0, interval=(0.25, 0.75))
    level = FLOW.at_time(t)
    assert guidance_acts(settings, level) is acts
    model = Counted()
    GuidedDenoiser(model, settings)(state(), level)
    assert len(model.calls[0]) == (2 if acts else 1)


@pytest.mark.parametrize("method", METHODS)
def test_items_do_not_see_one_another(method: Method) -> None:
    settings = GuidanceSettings(scale=4.0, rescale=0.7, threshold=0.9, method=method, norm=0.3)
    x = state(5)
    batch = GuidedDenoiser(Counted(), settings, LEVELS)(x, HERE).x0
    for item in range(5):
        assert torch.equal(GuidedDenoiser(Counted(), settings, LEVELS)(x[item : item + 1], HERE).x0[0], batch[item])


@dataclass(frozen=True, slots=True)
class Flat:
    """The same flat picture, whatever is asked."""

    value: float = 0.25

    def guesses(self, x: Tensor, level: Level, asked: tuple[Guess, ...]) -> tuple[Prediction, ...]:
        flat = to_prediction(Parameterization.X0, torch.full_like(x, self.value), x, level)
        return (flat,) * len(asked)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("value", [0.25, 0.0])
def test_a_flat_guess_is_left_flat(method: Method, value: float) -> None:
    settings = GuidanceSettings(scale=3.0, rescale=1.0, threshold=0.9, method=method, norm=1.0)
    guess = GuidedDenoiser(Flat(value), settings, LEVELS)(state(), HERE)
    torch.testing.assert_close(guess.x0, torch.full_like(state(), value))


class Watched(TorchDispatchMode):
    """Fails where a number is fetched from a tensor, which waits for a GPU."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        assert "_local_scalar_dense" not in str(func), "a number was fetched from the device"
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("method", METHODS)
def test_nothing_waits_for_the_device(method: Method) -> None:
    settings = GuidanceSettings(3.0, rescale=0.5, threshold=0.95, method=method, norm=0.2)
    denoiser = GuidedDenoiser(Counted(), settings, LEVELS)
    with Watched():
        denoiser(state(), HERE)
    with pytest.raises(AssertionError, match="fetched"), Watched():
        float(state().sum())


def test_rescale_gives_each_item_its_conditional_spread() -> None:
    (prompted,) = asked(state(), Guess.PROMPTED)
    guess = guided(state(), scale=7.0, rescale=1.0)
    torch.testing.assert_close(guess.x0.flatten(1).std(1), prompted.x0.flatten(1).std(1))
    half, plain = guided(state(), scale=7.0, rescale=0.5), guided(state(), scale=7.0)
    torch.testing.assert_close(half.x0, 0.5 * (guess.x0 + plain.x0))


@given(quantile=st.floats(0.5, 1.0), size=st.floats(0.2, 8.0))
def test_the_threshold_is_imagen_s(quantile: float, size: float) -> None:
    peer = DDPMScheduler(thresholding=True, dynamic_thresholding_ratio=quantile, sample_max_value=1e6)
    x0 = size * state()
    torch.testing.assert_close(thresholded(x0, torch.ones(3), quantile), peer._threshold_sample(x0))


def test_the_threshold_keeps_the_reach_of_the_prompted_guess() -> None:
    (prompted,) = asked(state(), Guess.PROMPTED)
    wild, tamed = guided(state(), scale=15.0), guided(state(), scale=15.0, threshold=0.9)
    reach = quantiles(prompted.x0, 0.9)
    assert bool((quantiles(wild.x0, 0.9) > 2.0 * reach).all())
    assert bool((tamed.x0.flatten(1).abs().amax(1) <= reach * (1.0 + 1e-5)).all())
    # What does not reach further is left as it is.
    torch.testing.assert_close(thresholded(0.1 * prompted.x0, reach, 0.9), 0.1 * prompted.x0)


@given(scale=st.floats(0.0, 20.0), parallel=st.floats(0.0, 1.0))
def test_projected_guidance_turns_only_across(scale: float, parallel: float) -> None:
    prompted, free = asked(state(), Guess.PROMPTED, Guess.LEFT_OUT)
    guess = guided(state(), scale=scale, method="apg", parallel=parallel)
    moved = guess.x0 - prompted.x0
    along = along_of(prompted.x0 - free.x0, prompted.x0)
    torch.testing.assert_close(along_of(moved, prompted.x0), (scale - 1.0) * parallel * along, rtol=1e-3, atol=1e-3)
    whole = guided(state(), scale=scale, method="apg", parallel=1.0)
    torch.testing.assert_close(whole.x0, guided(state(), scale=scale).x0, rtol=1e-4, atol=1e-4)


@given(norm=st.floats(0.01, 5.0))
def test_projected_guidance_goes_no_further_than_its_norm(norm: float) -> None:
    prompted, free = asked(state(), Guess.PROMPTED, Guess.LEFT_OUT)
    guess = guided(state(), scale=3.0, method="apg", parallel=1.0, norm=norm)
    lengths = roots_of_squares(prompted.x0 - free.x0)
    moved = roots_of_squares(guess.x0 - prompted.x0)
    torch.testing.assert_close(moved, 2.0 * lengths.clamp_max(norm), rtol=1e-3, atol=1e-4)


@given(scale=st.floats(1.1, 20.0), leave_out=st.floats(0.0, 5.0))
def test_perpendicular_negatives_never_take_the_prompt_away(scale: float, leave_out: float) -> None:
    prompted, empty, left_out = asked(state(), Guess.PROMPTED, Guess.EMPTY, Guess.LEFT_OUT)
    guess = guided(state(), scale=scale, method="perp_neg", leave_out=leave_out)
    wish = prompted.x0 - empty.x0
    torch.testing.assert_close(along_of(guess.x0 - empty.x0, wish), scale * wish, rtol=1e-3, atol=1e-3)
    unwanted = left_out.x0 - empty.x0
    aside = unwanted - along_of(unwanted, wish)
    across = guess.x0 - empty.x0 - scale * wish
    torch.testing.assert_close(across, -scale * leave_out * aside, rtol=1e-3, atol=1e-3)


@dataclass(frozen=True, slots=True)
class LeftOutAs:
    """What is to be left out is another guess again."""

    same: Guess

    def guesses(self, x: Tensor, level: Level, asked: tuple[Guess, ...]) -> tuple[Prediction, ...]:
        return Counted().guesses(x, level, tuple(self.same if guess is Guess.LEFT_OUT else guess for guess in asked))


@pytest.mark.parametrize("same", [Guess.PROMPTED, Guess.EMPTY])
def test_a_negative_that_is_the_prompt_or_nothing_counts_for_nothing(same: Guess) -> None:
    settings = GuidanceSettings(5.0, method="perp_neg", leave_out=4.0)
    prompted, empty = asked(state(), Guess.PROMPTED, Guess.EMPTY)
    guess = GuidedDenoiser(LeftOutAs(same), settings)(state(), HERE)
    torch.testing.assert_close(guess.x0, empty.x0 + 5.0 * (prompted.x0 - empty.x0), rtol=1e-4, atol=1e-4)


@given(scale=st.floats(1.1, 20.0))
def test_zero_star_fits_the_free_velocity_first(scale: float) -> None:
    """Equation 9: its s makes what is left of v_c at right angles to v_u."""
    prompted, free = asked(state(), Guess.PROMPTED, Guess.LEFT_OUT)
    v_c, v_u = prompted.eps - prompted.x0, free.eps - free.x0
    dots, squares = (v_c * v_u).sum((1, 2)), (v_u * v_u).sum((1, 2))
    fitted = (dots / squares)[:, None, None] * v_u
    guess = guided(state(), scale=scale, method="cfg_zero")
    torch.testing.assert_close(guess.eps - guess.x0, fitted + scale * (v_c - fitted), rtol=1e-3, atol=1e-3)
    left = (v_c - fitted) * v_u
    torch.testing.assert_close(left.sum((1, 2)), torch.zeros(3), rtol=0.0, atol=1e-4)


def test_zero_star_stands_still_at_first_and_asks_nothing() -> None:
    model = Counted()
    settings = GuidanceSettings(4.0, method="cfg_zero", zero=0.15)
    steps = list(euler(GuidedDenoiser(model, settings, LEVELS), state(), LEVELS, SeededNoise((3, 2, 5))))
    for step in steps[:2]:
        torch.testing.assert_close(step.x, state())
    assert not torch.equal(steps[2].x, steps[1].x)
    assert len(model.calls) == len(steps) - 2


MIXTURE = GaussianMixture(
    torch.tensor([0.3, 0.7], dtype=torch.float64),
    torch.tensor([[1.0, 0.5], [-1.0, 0.2]], dtype=torch.float64),
    torch.tensor([0.3, 0.5], dtype=torch.float64),
)


@dataclass(frozen=True, slots=True)
class OneOfTwo:
    """With its prompt the first component alone, exactly; what is to be left out is the second."""

    def guesses(self, x: Tensor, level: Level, asked: tuple[Guess, ...]) -> tuple[Prediction, ...]:
        kept = {Guess.PROMPTED: slice(0, 1), Guess.LEFT_OUT: slice(1, 2), Guess.EMPTY: slice(0, 2)}
        return tuple(
            replace(
                MIXTURE,
                weights=MIXTURE.weights[kept[guess]] / MIXTURE.weights[kept[guess]].sum(),
                means=MIXTURE.means[kept[guess]],
                spreads=MIXTURE.spreads[kept[guess]],
            )(x, level)
            for guess in asked
        )


@pytest.mark.parametrize("scale", [0.0, 2.0, 5.0])
@pytest.mark.parametrize("schedule_name", ["flow", "vp_cosine"])
def test_the_guided_score_on_gaussians(scale: float, schedule_name: str) -> None:
    """The score of p_c^w * p_u^(1 - w): of two round Gaussians, again one of such shape in closed form."""
    level = schedule_named(schedule_name).at_time(0.4)
    x = state(4, torch.float64)[:, 0, :2]
    guess = GuidedDenoiser(OneOfTwo(), GuidanceSettings(scale))(x, level)
    precisions = 1.0 / ((level.alpha * MIXTURE.spreads) ** 2 + level.sigma**2)
    weights = torch.tensor([scale, 1.0 - scale], dtype=torch.float64) * precisions
    score = -(weights.sum() * x - level.alpha * weights @ MIXTURE.means)
    torch.testing.assert_close(guess.eps, -level.sigma * score, rtol=1e-10, atol=1e-10)


def plus_plus(x: Tensor, blend: float, levels: tuple[Level, ...]) -> Iterator[Tensor]:
    """Algorithm 2 of the paper, written out: the guided clean guess, put back under the free guess's noise."""
    for here, there in pairwise(levels):
        prompted, free = OneOfTwo().guesses(x, here, (Guess.PROMPTED, Guess.LEFT_OUT))
        eps = free.eps + blend * (prompted.eps - free.eps)
        x0 = (x - here.sigma * eps) / here.alpha if here.alpha else free.x0 + blend * (prompted.x0 - free.x0)
        x = there.alpha * x0 + there.sigma * free.eps
        yield x


@pytest.mark.parametrize("schedule_name", ["flow", "vp_cosine", "ddpm_1000", "ve"])
@pytest.mark.parametrize("blend", [0.3, 1.0])
def test_cfg_plus_plus_is_the_paper_s_update(schedule_name: str, blend: float) -> None:
    levels = tuple(time_grid("uniform", schedule_named(schedule_name), 12))
    x = levels[0].sigma * state(4, torch.float64)[:, 0, :2]
    settings = GuidanceSettings(method="cfg_pp", blend=blend)
    denoiser = GuidedDenoiser(OneOfTwo(), settings, levels)
    for sampler in (euler, ddim):
        ours = [step.x for step in sampler(denoiser, x, levels, SeededNoise(tuple(x.shape)))]
        torch.testing.assert_close(
            torch.stack(ours), torch.stack(list(plus_plus(x, blend, levels))), rtol=1e-9, atol=1e-9
        )


def test_cfg_plus_plus_asks_for_the_levels_of_its_run() -> None:
    with pytest.raises(GuidanceError, match="without the levels of the run; give them with the settings"):
        GuidedDenoiser(Counted(), GuidanceSettings(method="cfg_pp"))(state(), HERE)


@given(
    scale=st.floats(0.0, 30.0).filter(lambda scale: scale != 1.0),
    course=st.sampled_from(["constant", "linear", "cosine"]),
)
def test_a_rising_scale_keeps_its_mean(scale: float, course: Any) -> None:
    settings = GuidanceSettings(scale, course=course)
    steps = [settings.scale_at((i + 0.5) / 200) for i in range(200)]
    assert sum(steps) / 200 == pytest.approx(scale, abs=1e-9)
    if course != "constant":
        assert settings.scale_at(0.0) == 1.0
        assert settings.scale_at(1.0) == pytest.approx(2.0 * scale - 1.0)
        assert not settings.acts_at(0.0)


def test_a_drawn_scale_passes_through_its_points_and_is_off_at_1() -> None:
    settings = GuidanceSettings(course="drawn", drawn=(1.0, 4.0, 1.0, 2.0))
    assert [settings.scale_at(i / 3) for i in range(4)] == pytest.approx([1.0, 4.0, 1.0, 2.0])
    assert settings.scale_at(1 / 6) == pytest.approx(2.5)
    assert settings.on
    assert not settings.acts_at(0.0)
    assert not GuidanceSettings(3.0, course="drawn", drawn=(1.0, 1.0)).on
    model = Counted()
    GuidedDenoiser(model, settings)(state(), FLOW.at_time(1.0))
    assert model.calls == [(Guess.PROMPTED,)]


def test_guided_runs_share_their_noise_with_unguided_ones() -> None:
    """A mixture's conditional component, guided to itself alone: both runs end in it."""
    levels = time_grid("log_snr", FLOW, 20)
    noise = Noise([1, 2, 3], (2,))
    x = noise.draw("start", 0).double()
    *_, plain = euler(GuidedDenoiser(OneOfTwo(), GuidanceSettings(), levels), x, levels, noise)
    *_, strong = euler(GuidedDenoiser(OneOfTwo(), GuidanceSettings(3.0), levels), x, levels, noise)
    assert (
        torch.linalg.norm(strong.x - MIXTURE.means[1], dim=1).min()
        > torch.linalg.norm(plain.x - MIXTURE.means[1], dim=1).min()
    )
    assert all(math.isfinite(value) for value in strong.x.flatten().tolist())
