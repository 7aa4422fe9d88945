from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.diffusion.guidance import guidance_acts
from core.diffusion.schedule import schedule_named
from core.diffusion.time_grid import GRIDS, time_grid
from core.requests import CUSTOM, GRID_OPTIONS, GridSettings, SolverSettings
from core.samplers.cards import CARDS, EtaCard
from studio.theme.tokens import DARK, LIGHT, SAMPLER_SERIES
from studio.viewmodels.draft import Draft
from studio.viewmodels.sampler import GRID_TITLES, SamplerInputs, derive_sampler, evaluations, steps_of
from tests.studio.scripted import CARD

INPUTS = SamplerInputs(Draft(model_id="flat", steps=10, guidance_scale=3.0), CARD)


@pytest.mark.parametrize("grid", GRIDS)
def test_the_plot_shows_the_levels_the_sampler_will_visit(grid: str) -> None:
    curve = derive_sampler(replace(INPUTS, draft=replace(INPUTS.draft, time_grid=grid))).curve
    levels = time_grid(grid, schedule_named("flow"), 10)
    assert curve is not None
    assert curve.sigmas == tuple(level.ratio for level in levels)
    assert curve.log_snrs == tuple(level.log_snr for level in levels)


def test_every_grid_and_sampler_has_its_title_and_its_own_series() -> None:
    assert tuple(GRID_TITLES) == tuple(GRID_OPTIONS)
    assert set(SAMPLER_SERIES) == {card.name for card in CARDS}
    assert [SAMPLER_SERIES[name] for name in ("euler", "heun", "dpmpp_2m", "uni_pc")] == list(range(4))
    assert len(set(SAMPLER_SERIES.values())) == len(CARDS)
    for tokens in (DARK, LIGHT):
        shown = {tokens.series[place] for place in SAMPLER_SERIES.values()}
        assert len(shown) == len(CARDS)
        assert all(each.marker != "none" for each in shown)


def test_options_are_those_of_the_sampler_and_an_order_is_kept_within_its_own() -> None:
    shown = derive_sampler(SamplerInputs(Draft(sampler="lms", solver=SolverSettings(order=4)), CARD)).solver
    assert [(option.card.setting, option.value) for option in shown] == [("order", 4)]
    other = Draft(sampler="deis", solver=SolverSettings(order=4, churn=3.0))
    assert [option.value for option in derive_sampler(SamplerInputs(other, CARD)).solver] == [3]
    assert other.request().solver == SolverSettings(order=3)
    assert derive_sampler(SamplerInputs(Draft(sampler="euler"), CARD)).solver == ()
    churned = derive_sampler(SamplerInputs(Draft(sampler="edm_stochastic"), CARD)).solver
    assert [option.card.setting for option in churned] == ["churn", "sigma_low", "sigma_high"]


def test_evaluations_that_vary_are_said_to() -> None:
    view = derive_sampler(SamplerInputs(Draft(sampler="dopri5", steps=3), CARD))
    assert (view.evaluations, view.steps_note) == ("6 evaluations or more a step", "19 evaluations or more in all")


def test_without_a_model_or_with_a_bad_schedule_the_plot_says_why() -> None:
    assert derive_sampler(SamplerInputs()).curve_problem == "Shown once a model is chosen"
    broken = derive_sampler(replace(INPUTS, card=replace(CARD, schedule="spiral")))
    assert broken.curve is None
    assert "spiral" in broken.curve_problem


def test_cost_is_counted_in_evaluations() -> None:
    assert evaluations(Draft(sampler="heun", steps=12)) == 24
    view = derive_sampler(replace(INPUTS, draft=replace(INPUTS.draft, sampler="heun")))
    assert (view.evaluations, view.steps_note) == ("2 evaluations a step", "20 evaluations in all")


def test_guidance_band_only_where_guidance_acts() -> None:
    view = derive_sampler(replace(INPUTS, draft=replace(INPUTS.draft, interval=(0.25, 0.75))))
    assert view.curve is not None
    assert view.curve.on == (4, 8)
    off = derive_sampler(replace(INPUTS, draft=replace(INPUTS.draft, guidance_scale=1.0)))
    assert off.curve is not None
    assert off.curve.on is None


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 200))
def test_an_interval_is_told_in_steps_that_exist(a: float, b: float, steps: int) -> None:
    first, last = steps_of((min(a, b), max(a, b)), steps)
    assert 1 <= first <= last <= steps
    assert steps_of((0.0, 1.0), steps) == (1, steps)


def test_fresh_noise_is_offered_only_where_the_sampler_takes_it() -> None:
    assert derive_sampler(replace(INPUTS, draft=replace(INPUTS.draft, sampler="ddim"))).eta_card
    plain = derive_sampler(INPUTS)
    assert (plain.eta_card, plain.noise_scale_free, plain.fresh_note) == (None, False, "DPM++ 2M adds none")
    always = derive_sampler(replace(INPUTS, draft=replace(INPUTS.draft, sampler="ddpm")))
    assert (always.eta_card, always.noise_scale_free) == (None, True)
    assert always.fresh_note == "DDPM draws it in full at every step, as at η 1"
    ddim = replace(INPUTS.draft, sampler="ddim", noise_scale=1.01)
    none = derive_sampler(replace(INPUTS, draft=ddim))
    assert (none.eta_card, none.noise_scale) == (EtaCard("eta", 0.0), 1.01)
    assert "its scale has no effect" in none.fresh_note
    assert derive_sampler(replace(INPUTS, draft=replace(ddim, eta=0.5))).fresh_note == ""


def test_each_sampler_has_an_eta_of_its_own() -> None:
    draft = replace(INPUTS.draft, sampler="euler_ancestral", eta=0.25)
    whole = derive_sampler(replace(INPUTS, draft=draft))
    assert (whole.eta, whole.eta_card, whole.fresh_note) == (1.0, EtaCard("ancestral_eta", 1.0), "")
    none = derive_sampler(replace(INPUTS, draft=replace(draft, ancestral_eta=0.0)))
    assert none.eta == 0.0
    assert "its scale has no effect" in none.fresh_note
    assert derive_sampler(replace(INPUTS, draft=replace(draft, sampler="ddim"))).eta == 0.25


def test_a_named_grid_offers_handles_that_follow_it() -> None:
    for grid in GRIDS:
        view = derive_sampler(replace(INPUTS, draft=replace(INPUTS.draft, time_grid=grid, steps=20)))
        assert 3 <= len(view.handles) <= 7
        assert view.curve is not None
        assert [handle.fraction for handle in view.curve.handles] == [fraction for fraction, _ in view.handles]
        assert view.curve.line == ()
        GridSettings(handles=view.handles)


@pytest.mark.parametrize("steps", [1, 2, 3])
@pytest.mark.parametrize("grid", GRIDS)
def test_short_runs_have_handles_too(grid: str, steps: int) -> None:
    view = derive_sampler(replace(INPUTS, draft=replace(INPUTS.draft, time_grid=grid, steps=steps)))
    drawn = derive_sampler(replace(INPUTS, draft=replace(INPUTS.draft, steps=steps).with_handles(view.handles)))
    assert (drawn.curve_problem, drawn.grid) == ("", CUSTOM)


def test_a_drawn_grid_shows_its_curve_and_where_it_came_from() -> None:
    draft = replace(INPUTS.draft, time_grid="karras", grid=GridSettings(rho=5.0))
    drawn = draft.with_handles(((0.0, 1.0), (0.4, 0.5), (1.0, 0.1)))
    view = derive_sampler(replace(INPUTS, draft=drawn))
    levels = time_grid(CUSTOM, schedule_named("flow"), 10, settings=drawn.grid)
    assert view.curve is not None
    assert view.curve.sigmas == tuple(level.ratio for level in levels)
    assert len(view.curve.line) > 50
    assert (view.preset, view.bends.largest, view.bends.rho) == ("Karras", None, None)
    assert drawn.without_handles() == replace(draft, preset="karras", preset_grid=draft.grid)


def test_bends_are_offered_where_the_grid_has_them() -> None:
    karras = derive_sampler(replace(INPUTS, draft=replace(INPUTS.draft, time_grid="karras"))).bends
    assert (karras.largest, karras.smallest, karras.rho) == (80.0, 0.01, 7.0)
    plain = derive_sampler(INPUTS).bends
    assert (plain.largest, plain.smallest, plain.rho) == (None, None, None)
    bent = replace(INPUTS.draft, time_grid="exponential", grid=GridSettings(largest=20.0))
    bends = derive_sampler(replace(INPUTS, draft=bent)).bends
    assert (bends.largest, bends.largest_default, bends.rho) == (20.0, 80.0, None)


def test_the_band_lies_where_the_engine_will_guide() -> None:
    """Its interval is of 1 - t, which a bent grid does not pass evenly."""
    draft = replace(INPUTS.draft, time_grid="karras", steps=24, interval=(0.2, 0.8))
    view = derive_sampler(replace(INPUTS, draft=draft))
    levels = time_grid("karras", schedule_named("flow"), 24)
    settings = draft.request().guidance
    acting = [step for step, level in enumerate(levels[:-1], 1) if guidance_acts(settings, level)]
    assert view.curve is not None
    assert view.curve.on == (acting[0], acting[-1])
    assert view.interval_words == f"{acting[0]} – {acting[-1]}"
    narrow = replace(INPUTS, draft=replace(draft, steps=4, interval=(0.5, 0.51)))
    assert derive_sampler(narrow).interval_words == "no step"
