"""Branches, start pictures, variations and neighbourhoods on their way through requests and recipes."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.artifacts.recipe import Recipe
from core.errors import RequestError
from core.request_json import request_from_plain, request_to_plain
from core.requests import MAX_SEED, Branch, ImageRequest, ReplayRequest, StartPicture, Variation
from core.turns import CENTRE, Turn, read_turns, write_turns
from tests.core.artifacts.recipes import recipe

SHA256 = "0123456789abcdef" * 4
SEEDS = st.integers(0, MAX_SEED - 100)
PLAIN = st.builds(ImageRequest, prompt=st.text(max_size=20), seed=SEEDS, batch=st.none() | st.integers(1, 64))
BRANCHES = st.recursive(
    st.builds(Branch, st.just("20261121-040353-9f31c2a7"), st.integers(0, 63), st.integers(1, 1000)),
    lambda inner: st.builds(
        Branch,
        st.just("job"),
        st.integers(0, 63),
        st.integers(1, 1000),
        st.builds(lambda request, branch: replace(request, branch=branch), PLAIN, inner),
    ),
    max_leaves=3,
)
STARTS = st.builds(StartPicture, st.just(SHA256), st.floats(0.01, 1.0))
PLACES = st.sampled_from((0, 1, 2, 3, 5, 6, 7, 8))
TURNS = st.lists(st.builds(Turn, PLACES, st.floats(0.001, 1.0)), max_size=4).map(tuple)
VARIATIONS = st.builds(Variation, SEEDS, st.floats(0.0, 1.0))


@st.composite
def begun(draw: st.DrawFn) -> ImageRequest:
    """A request that begins elsewhere than from its own seed's noise."""
    request = replace(draw(PLAIN), keep_trajectory=draw(st.booleans()), kept=draw(st.booleans()), precision="float32")
    kind = draw(st.sampled_from(("branch", "start", "variation", "turns", "neighbours")))
    match kind:
        case "branch":
            return replace(request, branch=draw(BRANCHES), count=3)
        case "start":
            return replace(request, start=draw(STARTS), variation=draw(st.none() | VARIATIONS))
        case "variation":
            return replace(request, variation=draw(VARIATIONS), count=5)
        case "turns":
            return replace(request, turns=draw(TURNS), variation=draw(st.none() | VARIATIONS), count=2)
        case _:
            around = replace(request, turns=draw(TURNS), variation=draw(st.none() | VARIATIONS))
            first = draw(st.sampled_from(("great_circle", "sum")))
            return replace(around, neighbours=draw(st.floats(0.01, 1.0)), count=9, first_turn=first, around="job-01")


@given(begun())
def test_a_beginning_survives_json_and_recipe(request: ImageRequest) -> None:
    plain = json.loads(json.dumps(request_to_plain(request)))
    assert request_from_plain(plain, "the request") == request
    kept = replace(recipe(), request=request, item=request.count - 1, steps_sha256=("0123456789abcdef",) * 3)
    assert Recipe.from_json(kept.to_json()) == kept


@given(begun(), st.data())
def test_the_request_for_one_picture_alone_stays_the_same_when_asked_again(
    request: ImageRequest, data: st.DataObject
) -> None:
    item = data.draw(st.integers(0, request.count - 1))
    one = request.alone(item)
    assert (one.count, one.seed) == (1, request.seeds[item])
    assert one.alone(0) == one


def test_variations_share_the_seed_and_count_up_the_other() -> None:
    request = ImageRequest("x", seed=5, count=3, variation=Variation(9, 0.2))
    assert request.seeds == (5, 5, 5)
    assert [request.alone(item).variation for item in range(3)] == [Variation(seed, 0.2) for seed in (9, 10, 11)]


def test_neighbours_share_the_seed_and_each_has_its_place() -> None:
    request = ImageRequest("x", seed=5, count=9, neighbours=0.1)
    assert request.seeds == (5,) * 9
    turns = [request.alone(item).turns for item in range(9)]
    assert turns == [() if item == CENTRE else (Turn(item, 0.1),) for item in range(9)]


def test_a_neighbourhood_around_a_neighbour_goes_on_from_its_turns() -> None:
    first = ImageRequest("x", seed=5, variation=Variation(9, 0.2)).surrounded(0, 0.5, "a-01")
    assert (first.turns, first.neighbours, first.count, first.around) == ((), 0.5, 9, "a-01")
    second = first.surrounded(3, 0.25, "b-04")
    assert (second.turns, second.around, second.variation) == ((Turn(3, 0.5),), "b-04", Variation(9, 0.2))
    assert second.alone(7).turns == (Turn(3, 0.5), Turn(7, 0.25))
    assert second.surrounded(CENTRE, 0.125).turns == second.turns
    around = ask(branch=Branch("job", 0, 1)).surrounded(0, 0.5)
    assert (around.alone(2).branch, around.alone(2).turns) == (Branch("job", 0, 1), (Turn(2, 0.5),))


@given(TURNS.filter(bool))
def test_turns_can_be_written_and_read(turns: tuple[Turn, ...]) -> None:
    assert read_turns(write_turns(turns)) == turns


@given(st.text(max_size=20))
def test_what_are_no_turns_is_refused_in_words(text: str) -> None:
    with suppress(RequestError):
        assert read_turns(write_turns(read_turns(text))) == read_turns(text)


def test_a_deep_variation_stays_small_in_its_recipe() -> None:
    deep = replace(recipe(), request=ask(turns=(Turn(3, 0.5),) * 4, neighbours=0.25, count=9), item=8)
    assert len(deep.to_json()) - len(recipe().to_json()) < 200


@pytest.mark.parametrize("alone", [False, True])
def test_a_neighbour_of_an_older_edition_keeps_its_way_of_turning(*, alone: bool) -> None:
    """Such recipes hold the whole neighbourhood, or that of one place alone."""
    fields = json.loads(replace(recipe(), request=ask(neighbours=0.5, count=9), item=3).to_json()) | {"schema": 2}
    for new in ("turns", "first_turn", "around"):
        del fields["request"][new]
    if alone:
        fields["request"] |= {"neighbour": 3, "count": 1}
        fields["item"] = 0
    again = Recipe.from_json(json.dumps(fields)).again()
    assert (again.turns, again.first_turn, again.neighbour) == ((Turn(3, 0.5),), "sum", None)
    deeper = again.surrounded(0, 0.25)
    assert (deeper.turns, deeper.first_turn) == (again.turns, "sum")


def test_what_older_editions_wrote_reads_as_it_was_meant() -> None:
    fields = json.loads(recipe().to_json()) | {"schema": 1}
    for new in (
        "branch",
        "start",
        "variation",
        "neighbours",
        "neighbour",
        "batch",
        "precision",
        "keep_trajectory",
        "noise_scale",
        "colour",
    ):
        del fields["request"][new]
    del fields["request"]["kept"], fields["steps_sha256"]
    old = Recipe.from_json(json.dumps(fields))
    assert old.request == recipe().request
    assert old.steps_sha256 == ()


def test_a_request_to_make_again_survives_json() -> None:
    request = ReplayRequest("20261121-040353-9f31c2a7-01")
    assert request_from_plain(request_to_plain(request), "the request") == request


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Branch("../../etc", 0, 1), "job '../../etc' is not one"),
        (lambda: Branch("", 0, 1), "job '' is not one"),
        (lambda: Branch("job", 64, 1), "picture 64 of the job is out of range; give 0 to 63"),
        (lambda: Branch("job", 0, 0), "step 0 to branch from is out of range; give 1 to 1000"),
        (lambda: StartPicture("../x", 0.5), "start picture '../x' is not one"),
        (lambda: StartPicture(SHA256, 0.0), "start strength 0 is out of range; give 0.01 to 1"),
        (lambda: Variation(-1, 0.5), "variation seed -1 is out of range"),
        (lambda: Variation(1, 1.5), "variation strength 1.5 is out of range; it must lie in 0 to 1"),
        (lambda: ask(variation=Variation(MAX_SEED, 0.5)), "too large to count 1 up from it"),
        (lambda: Turn(CENTRE, 0.5), "place 4 to turn to is not one; give 0 to 8, but for the middle, 4"),
        (lambda: Turn(9, 0.5), "place 9 to turn to is not one"),
        (lambda: Turn(3, 0.0), "radius 0 of a turn is out of range; give more than 0, up to 1"),
        (lambda: ask(turns=(Turn(3, 0.5),) * 65), "65 turns requested; give up to 64"),
        (lambda: ask(around="../x"), "picture '../x' is not one"),
        (lambda: ask(neighbours=-0.1, count=9), "neighbours -0.1 is out of range"),
        (lambda: ask(neighbours=0.1), "1 neighbours requested; a neighbourhood has 9 pictures"),
        (lambda: ask(neighbours=0.1, neighbour=9), "neighbour 9 of 1 requested; give 0 to 8"),
        (lambda: ask(neighbour=3), "neighbour 3 of 1 requested"),
        (lambda: ask(batch=0), "0 pictures at once requested; give 1 to 64"),
        (lambda: ask(branch=Branch("job", 0, 1), start=StartPicture(SHA256, 0.5)), "leave out start picture"),
        (lambda: ReplayRequest(""), "no picture named"),
    ],
)
def test_what_can_not_be_asked_for_is_refused_with_a_remedy(make: Any, sentence: str) -> None:
    with pytest.raises(RequestError, match=sentence.replace(".", r"\.")):
        make()


def ask(**fields: Any) -> ImageRequest:
    return ImageRequest("a cube", **fields)
