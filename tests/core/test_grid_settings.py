"""Bends of the time grid on their way through requests, recipes and texts."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.artifacts.recipe import Recipe
from core.errors import RequestError
from core.request_json import request_from_plain, request_to_plain
from core.requests import CUSTOM, GRID_OPTIONS, GridSettings, ImageRequest, read_handles, write_handles
from tests.core.artifacts.recipes import recipe

PLACES = st.floats(0.01, 0.99)


@st.composite
def drawn(draw: st.DrawFn) -> ImageRequest:
    """A request with a custom grid."""
    inner = draw(st.lists(st.tuples(PLACES, PLACES), max_size=3, unique_by=(lambda p: p[0], lambda p: p[1])))
    fractions, places = sorted(p[0] for p in inner), sorted((p[1] for p in inner), reverse=True)
    handles = ((0.0, 1.0), *zip(fractions, places, strict=True), (1.0, 0.0))
    try:
        settings = GridSettings(handles=handles)
    except RequestError:
        settings = GridSettings(handles=(handles[0], handles[-1]))
    return ImageRequest("a cube", time_grid=CUSTOM, grid=settings)


@given(drawn())
def test_a_drawn_grid_survives_json_recipe_and_text(request: ImageRequest) -> None:
    plain = json.loads(json.dumps(request_to_plain(request)))
    assert request_from_plain(plain, "the request") == request
    kept = recipe(time_grid=CUSTOM, grid=request.grid)
    assert Recipe.from_json(kept.to_json()) == kept
    assert kept.again().grid == request.grid
    assert read_handles(write_handles(request.grid.handles)) == request.grid.handles


@given(st.none() | st.floats(1.0, 100.0), st.none() | st.floats(1e-4, 0.9), st.none() | st.floats(1.0, 100.0))
def test_bends_survive_json(largest: float | None, smallest: float | None, rho: float | None) -> None:
    request = ImageRequest("a cube", time_grid="karras", grid=GridSettings(largest, smallest, rho))
    assert request_from_plain(json.loads(json.dumps(request_to_plain(request))), "the request") == request


def test_a_request_and_a_recipe_from_before_read_as_ever() -> None:
    plain = request_to_plain(ImageRequest("a cube", time_grid="karras"))
    del plain["request"]["grid"]
    assert request_from_plain(plain, "the request") == ImageRequest("a cube", time_grid="karras")
    old = json.loads(recipe().to_json())
    del old["request"]["grid"]
    assert Recipe.from_json(json.dumps(old)) == recipe()


@pytest.mark.parametrize(
    ("grid", "settings", "sentence"),
    [
        ("uniform", GridSettings(rho=5.0), "the uniform grid takes no rho; leave that out, or choose karras"),
        ("exponential", GridSettings(rho=5.0), "the exponential grid takes no rho"),
        ("custom", GridSettings(handles=((0, 1), (1, 0)), largest=5.0), "takes no sigma largest; leave that out, or"),
        ("karras", GridSettings(handles=((0, 1), (1, 0))), "the karras grid takes no handles; leave that out, or"),
        ("custom", GridSettings(), "no handles given; the custom grid needs at least 2, for example 0:1,0.5:0.4,1:0"),
    ],
)
def test_a_grid_takes_only_its_own_bends(grid: str, settings: GridSettings, sentence: str) -> None:
    with pytest.raises(RequestError, match=sentence):
        ImageRequest("a cube", time_grid=grid, grid=settings)


def test_every_option_is_a_field() -> None:
    for options in GRID_OPTIONS.values():
        for option in options:
            assert hasattr(GridSettings(), option)
