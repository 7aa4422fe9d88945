"""What a run begins from: variations, neighbourhoods, pictures."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.artifacts.image import PictureError, load_picture
from core.artifacts.recipe import pixels_sha256
from core.artifacts.start_picture import keep_start, load_start
from core.diffusion.noise import Noise
from core.jobs.context import JobContext
from core.requests import GuidanceSettings, ImageRequest, StartPicture, Variation
from core.tasks.beginning import COMPASS, start_noise, stepped_aside, turned
from core.turns import CENTRE, NEIGHBOURS, Turn
from tests.core.tasks.asking import artifacts, ask, hashes, made, pixels, run, steps_told

ContextMaker = Callable[[str], JobContext]
SHAPE = (8, 16, 16)
PLACES = tuple(place for place in range(NEIGHBOURS) if place != CENTRE)


def draw(seed: int) -> torch.Tensor:
    return Noise([seed], SHAPE).draw("start", 0)[0]


@given(st.floats(0.0, 1.0), st.integers(0, 99), st.integers(100, 199))
def test_a_turn_keeps_the_length_and_reaches_both_ends(strength: float, one: int, other: int) -> None:
    own, towards = draw(one), draw(other)
    between = turned(own, towards, strength)
    longest, shortest = max(own.norm(), towards.norm()), min(own.norm(), towards.norm())
    assert float(shortest) * 0.98 <= float(between.norm()) <= float(longest) * 1.02
    assert torch.equal(turned(own, towards, 0.0), own)
    assert torch.equal(turned(own, towards, 1.0), towards)
    assert torch.equal(turned(own, own, strength), own)


def test_a_turn_covers_the_angle_evenly() -> None:
    own, towards = draw(1), draw(2)
    angles = [
        math.acos(float(torch.nn.functional.cosine_similarity(own.ravel(), turned(own, towards, s).ravel(), dim=0)))
        for s in (0.25, 0.5, 0.75, 1.0)
    ]
    assert angles == pytest.approx([angles[-1] * part for part in (0.25, 0.5, 0.75, 1.0)], abs=0.01)


def angle_between(one: torch.Tensor, other: torch.Tensor) -> float:
    a, b = one.double().ravel(), other.double().ravel()
    return math.acos(float(a @ b / (a.norm() * b.norm())))


def test_neighbours_are_normal_noise_at_one_angle_each_its_own_way() -> None:
    noise, own = Noise([3], (32, 64, 64)), Noise([3], (32, 64, 64)).draw("start", 0)[0]
    around = [stepped_aside(noise, own, Turn(place, 0.3), 0) for place in PLACES]
    for place, one in zip(PLACES, around, strict=True):
        assert float(one.mean()) == pytest.approx(0.0, abs=0.02)
        assert float(one.std()) == pytest.approx(1.0, abs=0.02)
        assert angle_between(one, own) == pytest.approx(0.15 * math.pi, abs=1e-6)
        assert float(one.double().norm()) == pytest.approx(float(own.double().norm()), rel=1e-6)
        right, down = COMPASS[place]
        opposite = around[PLACES.index(COMPASS.index((-right, -down)))]
        torch.testing.assert_close(0.5 * (one + opposite), math.cos(0.15 * math.pi) * own, atol=1e-5, rtol=0.0)
    assert len({float(one.sum()) for one in around}) == 8


@given(st.lists(st.tuples(st.sampled_from(PLACES), st.floats(0.01, 1.0)), max_size=6), st.integers(0, 99))
def test_turn_upon_turn_keeps_the_length_and_makes_each_angle(ways: list[tuple[int, float]], seed: int) -> None:
    turns = tuple(Turn(place, radius) for place, radius in ways)
    length = float(draw(seed).double().norm())
    before = draw(seed)
    for depth in range(len(turns)):
        after = start_noise(ask("x", seed=seed, turns=turns[: depth + 1]), SHAPE)
        assert angle_between(before, after) == pytest.approx(0.5 * math.pi * turns[depth].radius, abs=1e-5)
        assert float(after.double().norm()) == pytest.approx(length, rel=1e-5)
        before = after


def test_each_depth_has_directions_of_its_own() -> None:
    there = start_noise(ask("x", seed=5, turns=(Turn(5, 0.5),)), SHAPE)
    back = start_noise(ask("x", seed=5, turns=(Turn(5, 0.5), Turn(3, 0.5))), SHAPE)
    own, quarter = draw(5), 0.25 * math.pi
    assert angle_between(there, own) == pytest.approx(quarter, abs=1e-6)
    # At right angles to one another, two turns by an eighth add up as on a sphere: cos c = cos a * cos b.
    assert angle_between(back, own) == pytest.approx(math.acos(math.cos(quarter) ** 2), abs=0.1)


def test_the_turn_of_older_editions_is_made_as_they_made_it() -> None:
    noise = Noise([5], SHAPE)
    aside = (-noise.draw("neighbour", 0) + noise.draw("neighbour", 1)) / math.hypot(-1, 1)
    angle = 0.5 * math.pi * 0.3
    then = noise.draw("start", 0) * math.cos(angle) + aside * math.sin(angle)
    now = start_noise(ask("x", turns=(Turn(6, 0.3),), first_turn="sum"), SHAPE)
    assert torch.equal(now, then[0])
    around = ask("x", turns=(Turn(6, 0.3),), first_turn="sum").surrounded(0, 0.1)
    assert torch.equal(start_noise(around.alone(CENTRE), SHAPE), now)


def test_a_neighbour_of_a_neighbour_is_the_middle_of_the_next_to_the_fourth(context: ContextMaker) -> None:
    """Chosen, then chosen among its neighbours, and so on: each middle is the very picture that was chosen."""
    chosen = made(ask("a cube"), context("first-0"))
    radius = 0.5
    for depth, place in enumerate((3, 8, 1, 5), 1):
        item = chosen.recipe.item
        request = chosen.recipe.request.surrounded(item, radius, chosen.id)
        nine = artifacts(run(request, context(f"deep-{depth}")))
        assert len({artifact.recipe.pixels_sha256 for artifact in nine}) == 9
        middle = nine[CENTRE].recipe
        assert middle.pixels_sha256 == chosen.recipe.pixels_sha256
        assert middle.steps_sha256 == chosen.recipe.steps_sha256
        assert {artifact.parents for artifact in nine} == {(chosen.id,)}
        chosen, radius = nine[place], radius / 2
    assert len(chosen.recipe.again().turns) == 4
    again = made(chosen.recipe.again(), context("alone"))
    assert again.recipe.steps_sha256 == chosen.recipe.steps_sha256
    assert again.recipe.pixels_sha256 == chosen.recipe.pixels_sha256


@pytest.mark.parametrize("batch", [1, 2, 9])
def test_a_deep_neighbourhood_does_not_depend_on_its_batches(context: ContextMaker, batch: int) -> None:
    request = ask("a cube", turns=(Turn(0, 0.5), Turn(7, 0.25)), variation=Variation(40, 0.5))
    request = request.surrounded(0, 0.1)
    assert hashes(run(replace(request, batch=batch), context("some"))) == hashes(run(request, context("eight")))


def test_a_neighbourhood_around_a_blend_has_the_blend_in_its_middle(context: ContextMaker) -> None:
    blends = artifacts(run(ask("a cube", count=3, variation=Variation(40, 0.5)), context("blend")))
    around = blends[2].recipe.request.surrounded(2, 0.3)
    assert around.variation == Variation(42, 0.5)
    assert artifacts(run(around, context("nine")))[CENTRE].recipe.pixels_sha256 == blends[2].recipe.pixels_sha256


def test_a_variation_of_strength_0_is_the_picture_itself_and_of_1_the_other_seeds(context: ContextMaker) -> None:
    request = ask("a cube", sampler="dpmpp_2m")
    own, other = made(request, context("own")), made(replace(request, seed=40), context("other"))
    assert own.recipe.pixels_sha256 != other.recipe.pixels_sha256
    none = made(replace(request, variation=Variation(40, 0.0)), context("none"))
    full = made(replace(request, variation=Variation(40, 1.0)), context("full"))
    half = made(replace(request, variation=Variation(40, 0.5)), context("half"))
    assert none.recipe.pixels_sha256 == own.recipe.pixels_sha256
    assert full.recipe.pixels_sha256 == other.recipe.pixels_sha256
    assert half.recipe.pixels_sha256 not in (own.recipe.pixels_sha256, other.recipe.pixels_sha256)


def test_variations_share_the_seed_and_each_can_be_made_again_alone(context: ContextMaker) -> None:
    events = run(ask("a cube", count=3, variation=Variation(40, 0.5)), context("three"))
    assert [artifact.recipe.seed for artifact in artifacts(events)] == [5, 5, 5]
    assert len(set(hashes(events))) == 3
    for artifact in artifacts(events):
        again = made(artifact.recipe.again(), context(f"again{artifact.recipe.item}"))
        assert again.recipe.pixels_sha256 == artifact.recipe.pixels_sha256


def test_the_centre_of_a_neighbourhood_is_the_plain_picture(context: ContextMaker) -> None:
    request = ask("a cube", model_id="planner")
    plain = made(request, context("plain"))
    events = run(replace(request, neighbours=0.2, count=9), context("nine"))
    nine = artifacts(events)
    assert nine[CENTRE].recipe.pixels_sha256 == plain.recipe.pixels_sha256
    assert len(set(hashes(events))) == 9
    assert {artifact.recipe.layout for artifact in nine} == {plain.recipe.layout}
    for artifact in nine[3:6]:
        again = made(artifact.recipe.again(), context(f"again{artifact.recipe.item}"))
        assert again.recipe.pixels_sha256 == artifact.recipe.pixels_sha256


def test_a_start_picture_is_followed_the_more_the_less_is_made_anew(context: ContextMaker) -> None:
    red = made(ask("a red cube"), context("red"))
    digest = keep_start(context("x").home / "starts", red.path)
    assert digest == red.recipe.pixels_sha256
    request = ask("a cube", sampler="euler", guidance=GuidanceSettings(1.0), steps=10)
    away = []
    for strength in (0.1, 0.5, 1.0):
        one = replace(request, start=StartPicture(digest, strength))
        events = run(one, context(f"start{strength}"))
        assert len(steps_told(events)) == round(10 * strength)
        away.append(np.abs(pixels(artifacts(events)[0]).astype(float) - pixels(red)).mean())
    assert max(away[:2]) < 3.0 < away[2]
    plain = run(request, context("plain"))
    assert hashes(plain) == hashes(run(replace(request, start=StartPicture(digest, 1.0)), context("full")))


@pytest.mark.parametrize("strength", [0.01, 0.33, 0.999])
@pytest.mark.parametrize("grid", ["uniform", "karras", "log_snr"])
def test_there_is_always_a_step_from_a_picture(context: ContextMaker, grid: str, strength: float) -> None:
    digest = keep_start(context("x").home / "starts", made(ask("a green cube"), context("green")).path)
    request = ask("a cube", time_grid=grid, steps=1, start=StartPicture(digest, strength))
    assert steps_told(run(request, context("one"))) == [1]


def test_the_shipped_models_codec_begins_from_a_picture(tmp_path: Path) -> None:
    from core.history.database import Database
    from core.history.home import HomeFolder
    from core.history.store import HistoryStore
    from core.models.registry import SHIPPED, ModelRegistry

    home = HomeFolder(tmp_path / "home")
    database = Database(home.database)
    history, registry = HistoryStore(home, database), ModelRegistry((SHIPPED,))
    first = made(ImageRequest("a red cube", steps=3), JobContext("first", home.root, history, registry))
    digest = keep_start(home.starts, first.path)
    request = ImageRequest("a red cube", steps=8, start=StartPicture(digest, 0.13), layout=first.recipe.layout)
    second = made(request, JobContext("second", home.root, history, registry))
    third = made(second.recipe.again(), JobContext("third", home.root, history, registry))
    database.close()
    assert np.abs(pixels(first).astype(float) - pixels(second)).mean() < 12.0
    assert third.recipe.pixels_sha256 == second.recipe.pixels_sha256


def test_any_picture_is_kept_by_its_pixels_and_fitted_to_the_size(tmp_path: Path) -> None:
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40, 1] = 200
    for name, options in (("a.png", {}), ("a.webp", {"lossless": True})):
        Image.fromarray(wide).save(tmp_path / name, **options)
        assert keep_start(tmp_path / "starts", tmp_path / name) == pixels_sha256(wide)
    assert len(list((tmp_path / "starts").iterdir())) == 1
    Image.fromarray(wide).save(tmp_path / "a.jpg", quality=95)
    assert load_start(tmp_path / "starts", keep_start(tmp_path / "starts", tmp_path / "a.jpg"), 8, 8).shape == (8, 8, 3)
    fitted = load_start(tmp_path / "starts", pixels_sha256(wide), 20, 20)
    np.testing.assert_array_equal(fitted, wide[:, 20:40])
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    clear = keep_start(tmp_path / "starts", tmp_path / "clear.png")
    assert (load_start(tmp_path / "starts", clear, 4, 4) == 255).all()


def test_a_start_picture_that_is_gone_changed_or_none_is_said(tmp_path: Path, context: ContextMaker) -> None:
    (tmp_path / "no.png").write_bytes(b"no picture")
    with pytest.raises(PictureError, match=r"is not a picture; give a PNG, JPEG or WebP"):
        keep_start(tmp_path / "starts", tmp_path / "no.png")
    with pytest.raises(PictureError, match="does not exist"):
        keep_start(tmp_path / "starts", tmp_path / "none.png")
    with pytest.raises(PictureError, match="is gone; choose it again"):
        run(ask(start=StartPicture("0" * 64, 0.5)), context("job"))
    green = made(ask("a green cube"), context("green"))
    (tmp_path / "starts").mkdir()
    (tmp_path / "starts" / f"{'0' * 64}.png").write_bytes(green.path.read_bytes())
    with pytest.raises(PictureError, match="was changed"):
        load_start(tmp_path / "starts", "0" * 64, 16, 16)
    assert load_picture(green.path).recipe.request.start is None
