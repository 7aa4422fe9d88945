from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.artifacts.artifact import artifact_id
from core.artifacts.recipe import SCHEMA, Recipe, RecipeError, pixels_sha256
from core.errors import RequestError
from core.plain import PlainError
from core.requests import GuidanceSettings, ImageRequest
from core.samplers.cards import eta_of
from tests.core.artifacts.recipes import picture, recipe

REQUESTS = st.builds(
    ImageRequest,
    prompt=st.text(max_size=40),
    negative_prompt=st.text(max_size=40),
    steps=st.integers(1, 1000),
    guidance=st.builds(
        GuidanceSettings,
        scale=st.floats(0.0, 30.0),
        interval=st.tuples(st.floats(0.0, 0.5), st.floats(0.5, 1.0)),
        rescale=st.floats(0.0, 1.0),
    ),
    eta=st.floats(0.0, 1.0),
    ancestral_eta=st.floats(0.0, 1.0),
    seed=st.integers(0, 2**63 - 100),
    count=st.integers(1, 64),
    width=st.none() | st.integers(8, 4096),
    layout=st.none() | st.text(max_size=20),
)


@given(REQUESTS)
def test_a_recipe_comes_back_from_its_json_as_it_was(request: ImageRequest) -> None:
    whole = replace(recipe(), request=request)
    assert Recipe.from_json(whole.to_json()) == whole


def test_again_asks_for_this_one_picture_with_its_own_seed_layout_and_size() -> None:
    one = replace(recipe(count=4, seed=7), item=2, seed=9, layout="{}")
    again = one.again()
    assert (again.seed, again.count, again.layout, again.width, again.height) == (9, 1, "{}", 8, 10)
    assert again.prompt == one.request.prompt


def test_asked_leaves_to_the_planner_what_the_planner_made_and_keeps_a_plan_of_ones_own() -> None:
    planned = replace(recipe(count=4, seed=7), item=2, seed=9, layout="{}")
    own = replace(planned, request=replace(planned.request, layout="{}"))
    assert planned.asked() == replace(planned.again(), layout=None)
    assert own.asked() == own.again()


@given(st.text(max_size=200))
def test_any_text_is_a_recipe_or_a_recipe_error(text: str) -> None:
    with pytest.raises(RecipeError):
        Recipe.from_json(text)


@given(st.data())
def test_a_recipe_with_one_value_spoiled_is_refused_by_name(data: st.DataObject) -> None:
    fields = json.loads(recipe().to_json())
    name = data.draw(st.sampled_from(sorted(fields)))
    fields[name] = [None]
    with pytest.raises(RecipeError) as caught:
        Recipe.from_json(json.dumps(fields))
    assert f"{name} of the recipe" in str(caught.value)


def test_an_older_recipe_of_euler_ancestral_keeps_the_whole_of_its_fresh_noise() -> None:
    fields = json.loads(recipe(sampler="euler_ancestral", eta=0.3).to_json())
    assert fields["request"].pop("ancestral_eta") == 1.0
    request = Recipe.from_json(json.dumps(fields)).request
    assert (eta_of(request), request.ancestral_eta, request.eta) == (1.0, 1.0, 0.3)
    assert eta_of(replace(request, sampler="ddim")) == 0.3
    assert eta_of(replace(request, sampler="heun")) is None


@pytest.mark.parametrize("field", ["eta", "ancestral_eta"])
def test_an_eta_out_of_range_is_refused(field: str) -> None:
    with pytest.raises(RequestError, match=rf"{field.replace('_', ' ')} 1.5 is out of range; it must lie in 0 to 1"):
        ImageRequest("a", **{field: 1.5})


def test_a_later_schema_is_told_apart_from_a_broken_recipe() -> None:
    fields = json.loads(recipe().to_json()) | {"schema": SCHEMA + 1, "new": True}
    with pytest.raises(RecipeError, match=r"schema 4; this Noisette reads up to 3, so update"):
        Recipe.from_json(json.dumps(fields))


def test_a_recipe_whose_request_is_out_of_range_says_so() -> None:
    text = recipe().to_json().replace('"steps":20', '"steps":0')
    with pytest.raises(RecipeError, match="0 steps requested"):
        Recipe.from_json(text)


def test_the_pixels_hash_tells_shape_and_values_apart() -> None:
    flat = np.zeros((4, 6, 3), np.uint8)
    one_off = flat.copy()
    one_off[3, 5, 2] = 1
    hashes = {pixels_sha256(pixels) for pixels in (flat, flat.reshape(6, 4, 3), one_off, picture())}
    assert len(hashes) == 4
    assert pixels_sha256(flat[:, ::2]) == pixels_sha256(flat[:, ::2].copy())
    with pytest.raises(PlainError, match="float64"):
        pixels_sha256(np.zeros((2, 2, 3)))


def test_artifact_ids_count_from_one_and_sort_by_item() -> None:
    ids = [artifact_id("job", item) for item in range(64)]
    assert ids[0] == "job-01"
    assert ids == sorted(ids)
