from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.colour import ColourSettings
from core.errors import RequestError
from core.requests import CUSTOM, GridSettings, GuidanceSettings, ImageRequest
from studio.viewmodels.draft import Draft
from tests.studio.scripted import CARD

drafts = st.builds(
    Draft,
    prompt=st.text(max_size=30),
    model_id=st.sampled_from(["", "flat"]),
    count=st.integers(1, 64),
    seed=st.integers(0, 2**62),
    seed_locked=st.booleans(),
    steps=st.integers(1, 1000),
    guidance_scale=st.floats(0, 30),
    eta=st.floats(0, 1),
    ancestral_eta=st.floats(0, 1),
    noise_scale=st.floats(0, 2),
    colour=st.builds(
        ColourSettings, st.sampled_from(["clip", "fit"]), st.floats(-4, 4), st.floats(0, 3), st.floats(0, 3)
    ),
)


@given(drafts)
def test_kept_drafts_come_back(draft: Draft) -> None:
    assert Draft.from_dict(json.loads(json.dumps(draft.to_dict()))) == draft


@pytest.mark.parametrize(
    "data",
    [
        {"steps": "many"},
        {"steps": 0},
        {"interval": [0.9, 0.1]},
        {"prompt": 3, "count": True},
        {"eta": 9},
        {"ancestral_eta": -1.0},
        {"noise_scale": 9.0},
        {"colour": {"exposure": 99}},
        {"colour": "grey"},
    ],
)
def test_what_can_not_be_kept_falls_back(data: dict[str, object]) -> None:
    assert Draft.from_dict(data) == Draft()


def test_a_draft_makes_the_request_and_takes_it_up_again() -> None:
    draft = Draft(
        prompt=" a red cube ",
        negative_prompt="blue",
        model_id="flat",
        width=64,
        height=64,
        count=2,
        seed=9,
        sampler="heun",
        time_grid="karras",
        steps=7,
        guidance_scale=4.5,
        interval=(0.1, 0.8),
        rescale=0.2,
        eta=0.3,
        ancestral_eta=0.7,
        noise_scale=1.01,
        colour=ColourSettings("fit", 0.5),
    )
    request = draft.request()
    assert request == ImageRequest(
        "a red cube",
        "flat",
        "blue",
        "heun",
        "karras",
        7,
        GuidanceSettings(4.5, (0.1, 0.8), 0.2),
        0.3,
        9,
        2,
        64,
        64,
        noise_scale=1.01,
        colour=ColourSettings("fit", 0.5),
        ancestral_eta=0.7,
    )
    again = Draft().with_request(request)
    assert again.request() == request
    assert again.seed_locked


def test_out_of_range_is_refused_with_a_sentence() -> None:
    with pytest.raises(RequestError, match="0 steps requested"):
        Draft(model_id="flat", steps=0).request()


def test_another_model_brings_its_best_settings_and_keeps_a_size_it_can_make() -> None:
    assert Draft(width=64, height=64).with_model(CARD).width == 64
    taken = Draft(prompt="a cube", width=500, height=500, guidance_scale=9).with_model(CARD)
    assert (taken.width, taken.height, taken.steps, taken.guidance_scale) == (32, 32, 5, 3.0)
    assert taken.prompt == "a cube"


DRAWN = ((0.0, 1.0), (0.4, 0.5), (1.0, 0.0))


def test_a_drawn_grid_is_kept_and_remembers_what_it_left() -> None:
    bent = Draft(time_grid="karras", grid=GridSettings(largest=20.0, rho=5.0))
    drawn = bent.with_handles(DRAWN)
    assert (drawn.time_grid, drawn.grid) == (CUSTOM, GridSettings(handles=DRAWN))
    assert Draft.from_dict(json.loads(json.dumps(drawn.to_dict()))) == drawn
    again = drawn.with_handles((*DRAWN[:1], *DRAWN[2:])).without_handles()
    assert (again.time_grid, again.grid) == ("karras", bent.grid)
    assert again.with_grid("exponential").grid == GridSettings()
    assert drawn.with_model(CARD).grid == GridSettings()
    assert Draft().with_request(drawn.request()).grid == drawn.grid
    assert bent.without_handles() == bent


@pytest.mark.parametrize(
    "grid", [7, None, {"rho": "much"}, {"rho": -1}, {"handles": [[0, 1]]}, {"handles": [[0, 1, 2]]}, {"handles": 3}]
)
def test_a_grid_that_can_not_be_read_is_the_grids_own(grid: object) -> None:
    assert Draft.from_dict({"grid": grid, "preset": CUSTOM}) == Draft()
    assert Draft.from_dict({"grid": {"handles": [[0, 1], [1, 0]]}}) == Draft()
