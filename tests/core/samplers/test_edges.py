"""Where samplers break: one step, one item, odd sizes, wrong grids, batches, precision, random options."""

from __future__ import annotations

import itertools
import subprocess
import sys
from dataclasses import replace
from functools import cache

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from core.diffusion.denoiser import Prediction
from core.diffusion.level import Level
from core.diffusion.mixture import GaussianMixture
from core.diffusion.noise import Noise, pure_noise
from core.diffusion.parameterization import Parameterization, to_prediction
from core.diffusion.schedule import SCHEDULES, schedule_named
from core.diffusion.time_grid import GRIDS, GridError, TimeGrid, time_grid
from core.requests import ImageRequest
from core.samplers.ancestral import ddim, euler_ancestral, split_noise
from core.samplers.cards import CARDS, adds_noise, noise_added, runs_alone
from core.samplers.registry import sampler_card, sampler_named
from core.samplers.step import SamplerError, moved
from tests.core.samplers.exact import OF_ITS_TIME, SeededNoise, last, mixture, noise_rows

NAMES = [card.name for card in CARDS]
BOLD = {
    *("heun", "edm_stochastic", "restart"),
    *("dpm_2", "dpm_2_ancestral"),
    *("uni_pc", "uni_pc_bh2", "dpmpp_3m_sde", "res_multistep_ancestral", "sa_solver"),
}
"""Those that throw on coarse grids, here and elsewhere: slopes of far ends averaged or carried along in sigma, high
order over steps many times longer than the ones before."""
THROWN = {
    *(("dpmpp_2m", "leading"), ("plms", "leading"), ("rk4", "leading"), ("dopri5", "leading")),
    *((name, grid) for name in ("dpmpp_3m", "res_multistep") for grid in ("leading", "linspace")),
    *(("dpm_solver_3", "beta_sigma"), ("dpmpp_2m_sde", "linspace")),
}
"""Those that throw on coarse grids of one kind, whose steps near pure noise are far longer than the next ones: training
timesteps, and Beta laid over sigma, which peers use with many steps."""


def bent(x: Tensor, level: Level) -> Prediction:
    """A float32 model that is nobody's exact one: every item by its own arithmetic."""
    return to_prediction(Parameterization.V, torch.tanh(x * 1.7) * (0.3 + level.t), x, level)


@cache
def laid(grid_name: str, schedule_name: str, steps: int) -> TimeGrid:
    """Every sampler runs on the same grids, so each is laid once."""
    return time_grid(grid_name, schedule_named(schedule_name), steps)


@cache
def first_guess(grid_name: str, schedule_name: str) -> tuple[Tensor, Tensor]:
    """A start on a grid of one step, and the exact clean guess there."""
    here = laid(grid_name, schedule_name, 1)[0]
    x = noise_rows(0, (1, 2)) * here.sigma
    return x, mixture()(x, here).x0


@pytest.mark.parametrize("name", NAMES)
def test_one_step_gives_the_first_clean_guess(name: str) -> None:
    """On every grid of every schedule."""
    sampler, model = sampler_named(name), mixture()
    for grid_name, schedule_name in itertools.product(GRIDS, SCHEDULES):
        grid, (x, guess) = laid(grid_name, schedule_name, 1), first_guess(grid_name, schedule_name)
        (step,) = sampler(model, x, grid, SeededNoise((1, 2)))
        told = f"{grid_name} on {schedule_name}"
        assert (step.index, step.total, step.level) == (0, 1, grid[1]), told
        torch.testing.assert_close(step.x, guess, rtol=0.0, atol=1e-12, msg=lambda said, told=told: f"{told}: {said}")


@pytest.mark.parametrize("name", NAMES)
def test_items_do_not_see_one_another(name: str) -> None:
    """Alone, or anywhere in a batch, an item comes out the same to the bit; at an odd size too."""
    shape, grid = (3, 5, 7), time_grid("uniform", schedule_named("flow"), 7)

    def end(seeds: list[int], brownian: bool) -> Tensor:
        noise = Noise(seeds, shape)
        return last(sampler_named(name, eta=0.7, brownian=brownian)(bent, pure_noise(noise, grid[0]), grid, noise)).x

    for brownian in (False, True):
        batch = end([11, 7, 5, 900, 2], brownian)
        alone = end([900], brownian)
        turned = end([900, 11], brownian)
        assert torch.equal(batch[3], alone[0])
        assert torch.equal(turned[0], alone[0])
        assert not torch.equal(batch[0], batch[1])


@pytest.mark.parametrize("name", NAMES)
def test_the_start_and_earlier_steps_are_left_alone(name: str) -> None:
    """Consumers hold on to tensors while the run goes on."""
    grid = time_grid("karras", schedule_named("vp_linear"), 6)
    x = noise_rows(1, (2, 2))
    kept = x.clone()
    seen = [
        (step, step.x.clone(), step.x0.clone()) for step in sampler_named(name)(mixture(), x, grid, SeededNoise((2, 2)))
    ]
    assert torch.equal(x, kept)
    for step, state, guess in seen:
        assert torch.equal(step.x, state)
        assert torch.equal(step.x0, guess)


@pytest.mark.parametrize("name", NAMES)
def test_steps_report_where_they_are(name: str) -> None:
    grid = time_grid("uniform", schedule_named("flow"), 5)
    steps = list(sampler_named(name)(mixture(), noise_rows(1, (2, 2)), grid, SeededNoise((2, 2))))
    assert [step.index for step in steps] == list(range(5))
    assert {step.total for step in steps} == {5}
    assert [step.level for step in steps] == list(grid[1:])
    assert all(step.x.dtype == torch.float64 and not step.x.requires_grad for step in steps)


@pytest.mark.parametrize("name", NAMES)
def test_no_gradient_is_kept_and_none_is_switched_off_for_the_consumer(name: str) -> None:
    weight = torch.ones(1, dtype=torch.float64, requires_grad=True)

    def trained(x: Tensor, level: Level) -> Prediction:
        return to_prediction(Parameterization.X0, weight * x, x, level)

    grid = time_grid("uniform", schedule_named("ve"), 3)
    for step in sampler_named(name)(trained, noise_rows(0, (1, 2)), grid, SeededNoise((1, 2))):
        assert torch.is_grad_enabled()
        assert not step.x.requires_grad


def test_a_bf16_network_leaves_the_state_float32() -> None:
    def half(x: Tensor, level: Level) -> Prediction:
        return to_prediction(Parameterization.VELOCITY, 0.5 * x.bfloat16(), x, level)

    grid = time_grid("uniform", schedule_named("flow"), 4)
    step = last(sampler_named("dpmpp_2m")(half, torch.ones(1, 3), grid, Noise((0,), (3,))))
    assert step.x.dtype == torch.float32


def test_a_bf16_state_is_refused() -> None:
    grid = time_grid("uniform", schedule_named("flow"), 4)
    with pytest.raises(SamplerError, match=r"state is torch.bfloat16; begin from float32"):
        last(sampler_named("euler")(bent, torch.ones(1, 3).bfloat16(), grid, Noise((0,), (3,))))


@pytest.mark.parametrize("name", NAMES)
def test_noise_must_fall(name: str) -> None:
    grid = time_grid("uniform", schedule_named("flow"), 4)
    rising = [grid[0], grid[2], grid[1], grid[4]]
    for bad, said in ((rising, "must fall in every step"), ([grid[0]], "0 steps requested"), ([], "0 steps requested")):
        with pytest.raises(GridError, match=said):
            last(sampler_named(name)(mixture(), noise_rows(0, (1, 2)), bad, SeededNoise((1, 2))))


@given(
    ratios=st.lists(st.floats(1e-3, 100.0), min_size=2, max_size=12, unique=True),
    schedule_name=st.sampled_from([name for name in SCHEDULES if name != "latent_1000"]),
    name=st.sampled_from(NAMES),
    eta=st.floats(0.0, 1.0),
    clean=st.booleans(),
)
def test_random_grids_stay_finite_and_agree_across_schedules(
    ratios: list[float], schedule_name: str, name: str, eta: float, clean: bool
) -> None:
    ratios = sorted((min(ratio, 79.0) for ratio in ratios), reverse=True)
    ratios = [a for a, b in zip(ratios, [*ratios[1:], 0.0], strict=True) if a > b * (1 + 1e-6)]
    ratios = [*ratios, 0.0] if clean or len(ratios) < 2 else ratios

    def ends(schedule_name: str) -> Tensor:
        grid = [schedule_named(schedule_name).at_ratio(ratio) for ratio in ratios]
        x = noise_rows(2, (2, 2)) * grid[0].sigma
        return last(sampler_named(name, eta=eta)(wide_mixture(), x, grid, SeededNoise((2, 2)))).x / grid[-1].alpha

    ours = ends(schedule_name)
    assert bool(ours.isfinite().all())
    if name not in OF_ITS_TIME:
        torch.testing.assert_close(ours, ends("ve"), rtol=1e-6, atol=1e-6)


def wide_mixture() -> GaussianMixture:
    """One round component: its guesses stay tame however wild the grid."""
    one = torch.ones(1, dtype=torch.float64)
    return GaussianMixture(one, torch.full((1, 2), 0.3, dtype=torch.float64), one)


@given(eta=st.floats(0.0, 1.0), here=st.floats(0.02, 0.999), fall=st.floats(0.01, 0.99))
def test_noise_left_and_noise_drawn_make_up_the_level(eta: float, here: float, fall: float) -> None:
    flow = schedule_named("flow")
    there = flow.at_time(here * fall)
    left, fresh = split_noise(flow.at_time(here), there, eta)
    assert left**2 + fresh**2 == pytest.approx(there.sigma**2, rel=1e-12)
    assert left >= 0.0 <= fresh


@given(t=st.floats(0.01, 1.0), fall=st.floats(0.0, 0.99), schedule_name=st.sampled_from(SCHEDULES))
def test_a_right_guess_is_moved_exactly(t: float, fall: float, schedule_name: str) -> None:
    schedule = schedule_named(schedule_name)
    here, there = schedule.at_time(t), schedule.at_time(t * fall)
    x0, eps = noise_rows(5, (3, 2)), noise_rows(6, (3, 2))
    x = here.alpha * x0 + here.sigma * eps
    aim = there.alpha * x0 + there.sigma * eps
    torch.testing.assert_close(moved(x, x0, here, there), aim, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in BOLD])
def test_few_steps_from_pure_noise_do_not_overshoot(name: str) -> None:
    """However coarse the grid, results stay about where the data are, whose means lie within 1.3 of the origin.

    The pairs of `THROWN` do overshoot, though not without bounds. Those that denoise one item at a time are given
    fewer of them.
    """
    sampler, model, rows = sampler_named(name), mixture(), 8 if runs_alone(name) else 64
    for grid_name, steps in itertools.product(GRIDS, (2, 3, 4, 6)):
        most, mean = (20.0, 10.0) if (name, grid_name) in THROWN else (4.0, 2.5)
        grid = laid(grid_name, "flow", steps)
        reach = last(sampler(model, noise_rows(8, (rows, 2)), grid, SeededNoise((rows, 2)))).x.norm(dim=1)
        assert float(reach.max()) < most, f"{grid_name}, {steps} steps"
        assert float(reach.mean()) < mean, f"{grid_name}, {steps} steps"


@pytest.mark.parametrize("eta", [-0.1, 1.5, float("nan")])
def test_eta_is_bounded(eta: float) -> None:
    grid = time_grid("uniform", schedule_named("flow"), 2)
    for sampler in (ddim, euler_ancestral):
        with pytest.raises(SamplerError, match=r"eta .* must lie in 0 to 1"):
            last(sampler(mixture(), noise_rows(0, (1, 2)), grid, SeededNoise((1, 2)), eta=eta))
    for name in ("ddim", "euler_ancestral"):
        with pytest.raises(SamplerError, match=r"eta .* must lie in 0 to 1"):
            sampler_named(name, eta=eta)


def test_eta_reaches_only_those_that_list_it() -> None:
    grid = time_grid("uniform", schedule_named("flow"), 4)
    start = noise_rows(0, (2, 2))

    def end(name: str, eta: float | None) -> Tensor:
        return last(sampler_named(name, eta=eta)(mixture(), start, grid, SeededNoise((2, 2)))).x

    for card in CARDS:
        assert torch.equal(end(card.name, 0.0), end(card.name, 1.0)) == ("eta" not in card.options), card.name
    assert torch.equal(end("ddim", None), end("ddim", 0.0))


def test_an_unknown_sampler_is_answered_with_the_names() -> None:
    for find in (sampler_named, sampler_card):
        with pytest.raises(SamplerError, match=r"'eular' is not a sampler; choose one of ddpm, ddim, euler, "):
            find("eular")


def test_noise_is_added_by_those_that_draw_any() -> None:
    request = ImageRequest("x")
    assert [adds_noise(name) for name in ("ddim", "ddpm", "euler", "unheard of")] == [True, True, False, False]
    # ddim's own eta is 0, so it could and does not
    for name, expected in (("ddim", False), ("ddpm", True), ("euler", False), ("unheard of", True)):
        assert noise_added(name, request, 1.0) == expected, name
    assert noise_added("ddim", replace(request, eta=0.5), 1.0)
    assert not noise_added("euler_ancestral", replace(request, ancestral_eta=0.0), 1.0)
    assert not noise_added("ddpm", request, 0.0)


def test_cards_load_no_torch() -> None:
    check = "import sys, core.samplers.cards as c; assert c.CARDS; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
