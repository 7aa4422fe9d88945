"""Other tools' grids against those tools, as far as they are installed, and against numbers worked out by hand."""

from __future__ import annotations

import math
import warnings
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
)
from hypothesis import given
from hypothesis import strategies as st

from core.diffusion.grids.cards import GRID_CARDS
from core.diffusion.schedule import schedule_named
from core.diffusion.time_grid import GridError
from core.microscope.curve import curve_of, differences
from core.microscope.peer_grids import even
from core.microscope.peers import PEER_CARDS, SAME, TOOLS, PeerCard, is_laid_on, peer_card

LATENT, FLOW = schedule_named("latent_1000"), schedule_named("flow")
CONFIG: dict[str, Any] = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
LEADING: dict[str, Any] = {"timestep_spacing": "leading", "steps_offset": 1}
PEERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "euler_linspace": (EulerDiscreteScheduler, {"timestep_spacing": "linspace"}),
    "trailing": (EulerDiscreteScheduler, {"timestep_spacing": "trailing"}),
    "leading": (EulerDiscreteScheduler, LEADING),
    "euler_karras": (EulerDiscreteScheduler, {**LEADING, "use_karras_sigmas": True}),
    "dpm_linspace": (DPMSolverMultistepScheduler, {"timestep_spacing": "linspace"}),
    "dpm_leading": (DPMSolverMultistepScheduler, LEADING),
    "karras": (DPMSolverMultistepScheduler, {"use_karras_sigmas": True}),
    "exponential": (DPMSolverMultistepScheduler, {"use_exponential_sigmas": True}),
    "beta": (DPMSolverMultistepScheduler, {"use_beta_sigmas": True}),
    "lu": (DPMSolverMultistepScheduler, {"use_lu_lambdas": True}),
}


def sigmas(name: str, steps: int) -> list[float]:
    return [level.ratio for level in curve_of(name, LATENT, steps).levels]


@pytest.mark.parametrize("steps", [2, 7, 20, 31])
@pytest.mark.parametrize("name", PEERS)
def test_grids_of_diffusers_are_those_of_diffusers(name: str, steps: int) -> None:
    """Their sigmas are float32."""
    kind, options = PEERS[name]
    peer = kind(**CONFIG, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer.set_timesteps(steps)
    assert sigmas(f"diffusers:{name}", steps) == pytest.approx(peer.sigmas.tolist(), rel=2e-5)


@pytest.mark.parametrize("steps", [2, 9, 20])
def test_whole_timesteps_of_diffusers(steps: int) -> None:
    peer = DDIMScheduler(**CONFIG, timestep_spacing="linspace")
    peer.set_timesteps(steps)
    theirs = [LATENT.at_time((each + 1) / 1000).ratio for each in peer.timesteps.tolist()]
    assert sigmas("diffusers:linspace", steps)[:-1] == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize("steps", [2, 7, 28])
@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("flow_match", ""),
        ("karras", "use_karras_sigmas"),
        ("exponential", "use_exponential_sigmas"),
        ("beta", "use_beta_sigmas"),
    ],
)
def test_flows_of_diffusers_are_laid_in_t(name: str, option: str, steps: int) -> None:
    peer = FlowMatchEulerDiscreteScheduler(**({option: True} if option else {}))
    peer.set_timesteps(steps)
    ours = [level.t for level in curve_of(f"diffusers:{name}", FLOW, steps).levels]
    assert ours == pytest.approx(peer.sigmas.tolist(), rel=1e-5)


def test_a1111_s_kl_optimal_has_an_interval_more_and_no_clean_end() -> None:
    theirs, ours = curve_of("a1111:kl_optimal", LATENT, 4), curve_of("kl_optimal", LATENT, 4)
    low, high = LATENT.smallest_ratio, LATENT.largest_ratio
    way = np.arange(5) / 4
    assert [level.ratio for level in theirs.levels] == pytest.approx(
        np.tan(way * np.arctan(low) + (1 - way) * np.arctan(high)).tolist()
    )
    assert (theirs.ends_clean, ours.ends_clean, theirs.steps, ours.steps) == (False, True, 4, 4)


def test_the_two_betas_differ_as_they_are_said_to() -> None:
    on_timesteps, on_sigma = curve_of("comfyui:beta", LATENT, 12), curve_of("a1111:beta", LATENT, 12)
    assert on_timesteps.levels == curve_of("beta", LATENT, 12).levels
    assert [level.ratio for level in on_sigma.levels] == pytest.approx(
        [level.ratio for level in curve_of("beta_sigma", LATENT, 12).levels]
    )
    # With many steps ComfyUI loses those whose timesteps meet; ours does not.
    assert curve_of("comfyui:beta", LATENT, 300).steps < curve_of("beta", LATENT, 300).steps == 300


def test_whole_strides_and_rounding_down() -> None:
    times = [level.t for level in curve_of("comfyui:ddim_uniform", LATENT, 7).levels]
    # 1000 // 7 is 142: timesteps 1, 143, ..., 995 are eight.
    assert times == pytest.approx([(1 + 142 * i + 1) / 1000 for i in range(7, -1, -1)] + [0.0])
    times = [level.t for level in curve_of("comfyui:simple", LATENT, 7).levels]
    assert times == pytest.approx([(1000 - int(i * 1000 / 7)) / 1000 for i in range(7)] + [0.0])


def test_dpm2_drops_the_least_noise() -> None:
    whole, dropped = sigmas("a1111:karras", 11), sigmas("a1111:karras_dpm2", 10)
    assert dropped == [*whole[:-2], 0.0]


def test_align_your_steps_ends_in_two_ways() -> None:
    assert sigmas("comfyui:ays_sdxl", 10)[-3:] == pytest.approx([0.234, 0.113, 0.0])
    assert sigmas("a1111:ays_sdxl", 11)[-3:] == pytest.approx([0.113, 0.029, 0.0])


@pytest.mark.parametrize("card", PEER_CARDS, ids=lambda card: card.id)
def test_what_is_said_to_be_the_same_is(card: PeerCard) -> None:
    """And what is said to differ does, at some number of steps."""
    assert card.ours in {each.name for each in GRID_CARDS}
    assert card.tool in TOOLS
    schedule = LATENT if card.on_table else FLOW
    apart = list[float]()
    for steps in (7, 12, 300):
        theirs, ours = curve_of(card.id, schedule, steps), curve_of(card.ours, schedule, steps)
        if (theirs.steps, theirs.ends_clean) != (ours.steps, ours.ends_clean):
            apart.append(1.0)
        apart += [abs(each) for each in differences(theirs, ours) if each is not None]
    if card.differs.startswith(SAME):
        assert max(apart) < 1e-6
    else:
        assert max(apart) > 1e-3


@given(
    st.sampled_from(PEER_CARDS), st.sampled_from(["latent_1000", "ddpm_1000", "vp_linear", "flow"]), st.integers(1, 90)
)
def test_every_grid_falls_from_the_schedule_s_own_noise(card: PeerCard, name: str, steps: int) -> None:
    schedule = schedule_named(name)
    if not is_laid_on(card, schedule):
        with pytest.raises(GridError, match=f"does not lay its .* on the {name} schedule"):
            curve_of(card.id, schedule, steps)
        return
    levels = curve_of(card.id, schedule, steps).levels
    assert all(there.ratio < here.ratio for here, there in pairwise(levels))


@pytest.mark.parametrize(
    ("name", "schedule", "steps", "sentence"),
    [
        ("comfyui:nonesuch", LATENT, 4, "is no other tool's grid; choose one of comfyui:normal, comfyui:simple"),
        ("nobody:beta", LATENT, 4, "choose one of a1111:NAME, comfyui:NAME"),
        ("comfyui:beta", schedule_named("vp_cosine"), 4, "other tools lay no grids on the vp_cosine schedule; choose"),
        ("comfyui:beta", LATENT, 0, "0 steps requested; comfyui:beta takes 1 to 1000"),
        ("comfyui:beta", LATENT, 1001, "1001 steps requested"),
        ("a1111:beta", FLOW, 4, "A1111 does not lay its Beta grid on the flow schedule; choose latent_1000"),
    ],
)
def test_bad_names_say_value_rule_and_remedy(name: str, schedule: Any, steps: int, sentence: str) -> None:
    with pytest.raises(GridError, match=sentence):
        curve_of(name, schedule, steps)


def test_the_cards_are_found_by_their_names() -> None:
    assert len({card.id for card in PEER_CARDS}) == len(PEER_CARDS)
    assert peer_card("comfyui:beta").title == "beta"
    assert even(1.0, 0.0, 1) == (1.0,)
    assert math.isinf(curve_of("comfyui:simple", FLOW, 4).levels[0].ratio)
