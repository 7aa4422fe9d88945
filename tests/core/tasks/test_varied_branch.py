"""Nine pictures around a branch: the noise of the state where it leaves its parent is turned, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from core.artifacts.artifact import Artifact
from core.artifacts.run_log import RunLog
from core.artifacts.trajectory import State
from core.diffusion.noise import Noise
from core.diffusion.schedule import schedule_named
from core.jobs.context import JobContext
from core.jobs.event import Compared
from core.requests import Branch, ImageRequest, ReplayRequest, Variation
from core.samplers.cards import CARDS
from core.tasks.replay import replay
from core.tasks.turning import state_turned
from core.turns import CENTRE, NEIGHBOURS, Turn
from tests.core.tasks.asking import artifacts, ask, break_off, hashes, made, pixels, run, steps_told
from tests.core.tasks.test_branching import child, forget_steps

ContextMaker = Callable[[str], JobContext]
LEVEL = schedule_named("vp_cosine").at_time(0.4)
SHAPE = (3, 24, 24)


def state() -> State:
    rng = np.random.default_rng(1)
    x0 = rng.uniform(-1.0, 1.0, SHAPE).astype(np.float32)
    eps = rng.standard_normal(SHAPE).astype(np.float32)
    return State((LEVEL.alpha * x0 + LEVEL.sigma * eps).astype(np.float32), x0, "of the parent")


def noise_of(each: State) -> np.ndarray:
    """As its docstring has it."""
    return (each.x.astype(np.float64) - LEVEL.alpha * each.x0) / LEVEL.sigma


def turned(*turns: Turn, seed: int = 5) -> State:
    return state_turned(ImageRequest("a", branch=Branch("job", 0, 2), turns=turns, seed=seed), state(), LEVEL)


def angle(a: np.ndarray, b: np.ndarray) -> float:
    """In right angles."""
    cosine = float((a * b).sum()) / float(np.linalg.norm(a) * np.linalg.norm(b))
    return math.acos(min(cosine, 1.0)) / (math.pi / 2)


@pytest.mark.parametrize("radius", [0.01, 0.25, 0.5, 1.0])
@pytest.mark.parametrize("place", [0, 3, 8])
def test_a_turn_keeps_the_guess_and_the_norm_and_goes_by_its_angle(place: int, radius: float) -> None:
    other = turned(Turn(place, radius))
    assert np.array_equal(other.x0, state().x0)
    assert np.linalg.norm(noise_of(other)) == pytest.approx(np.linalg.norm(noise_of(state())), rel=1e-6)
    assert angle(noise_of(other), noise_of(state())) == pytest.approx(radius, abs=1e-3)
    assert other.hashed != turned(Turn(place, radius), seed=6).hashed


@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0])
def test_a_variation_turns_it_towards_the_other_seeds_noise_at_its_level(strength: float) -> None:
    request = ImageRequest("a", branch=Branch("job", 0, 2), variation=Variation(9, strength))
    begun, far = state_turned(request, state(), LEVEL), Noise([9], SHAPE).draw("start", 0)[0].numpy()
    own = noise_of(state())
    assert np.array_equal(begun.x0, state().x0)
    assert angle(noise_of(begun), own) == pytest.approx(strength * angle(far, own), abs=1e-3)
    assert angle(noise_of(begun), far) == pytest.approx((1.0 - strength) * angle(far, own), abs=1e-3)
    assert np.array_equal(begun.x, state().x) == (strength == 0.0)


def test_a_branch_with_a_variation_is_made_again_to_the_bit(context: ContextMaker) -> None:
    """Each of its pictures turns towards the next seed's noise, and a replay, which makes the parent anew, agrees."""
    parent = made(ask(), context("parent"))
    asked = child(ask(), "parent", 0, 3, variation=Variation(9, 0.6), count=2)
    both = artifacts(run(asked, context("child")))
    assert len({each.recipe.pixels_sha256 for each in (parent, *both)}) == 3
    assert all(each.recipe.steps_sha256[:2] == parent.recipe.steps_sha256[:2] for each in both)
    for job in ("parent", "child"):
        forget_steps(context("x"), job)
    told = replay(ReplayRequest(both[1].id), context("again"))
    (verdict,) = (each for each in told if isinstance(each, Compared))
    assert verdict.identical


def test_turns_follow_one_another_and_places_lie_in_their_directions() -> None:
    eight = [noise_of(turned(Turn(place, 0.5))) for place in range(NEIGHBOURS) if place != CENTRE]
    for index, one in enumerate(eight):
        opposite = eight[7 - index]
        assert angle(one, opposite) == pytest.approx(1.0, abs=1e-2)
    twice = noise_of(turned(Turn(3, 0.5), Turn(3, 0.5)))
    assert angle(twice, noise_of(turned(Turn(3, 0.5)))) == pytest.approx(0.5, abs=1e-3)


def test_without_a_turn_or_without_noise_it_stays_as_it_is() -> None:
    assert turned().hashed == "of the parent"
    nothing = np.zeros(SHAPE, np.float32)
    request = ImageRequest("a", branch=Branch("job", 0, 2), turns=(Turn(0, 0.5),))
    assert state_turned(request, State(nothing, nothing, "clean"), LEVEL).hashed == "clean"


def nine(context: ContextMaker, name: str, radius: float = 0.5) -> tuple[Artifact, list[Artifact]]:
    """A branch with another prompt, and those around it."""
    request = ask("a red cube", sampler=name, count=2)
    run(request, context("parent"))
    middle = made(child(request, "parent", 1, 3, prompt="a blue cube"), context("middle"))
    around = middle.recipe.asked().surrounded(0, radius, middle.id)
    return middle, artifacts(run(around, context("nine")))


@pytest.mark.parametrize("name", [card.name for card in CARDS])
def test_the_middle_is_the_branch_itself_and_each_is_made_again_to_the_bit(context: ContextMaker, name: str) -> None:
    middle, around = nine(context, name)
    assert around[CENTRE].recipe.pixels_sha256 == middle.recipe.pixels_sha256
    assert around[CENTRE].recipe.steps_sha256 == middle.recipe.steps_sha256
    assert len({each.recipe.steps_sha256 for each in around}) == NEIGHBOURS
    first = around[0].recipe.steps_sha256
    assert first[:2] == middle.recipe.steps_sha256[:2]
    assert first[2] != middle.recipe.steps_sha256[2]
    assert all(each.parents == (middle.id,) for each in around)
    for job in ("parent", "middle", "nine"):
        forget_steps(context("x"), job)
    (verdict,) = (each for each in replay(ReplayRequest(around[7].id), context("again")) if isinstance(each, Compared))
    assert verdict.identical
    alone = made(around[2].recipe.again(), context("alone"))
    assert alone.recipe.steps_sha256 == around[2].recipe.steps_sha256


def test_the_nearer_they_lie_the_more_they_are_the_branch(context: ContextMaker) -> None:
    request = ask("a red cube", sampler="dpmpp_2m")
    run(request, context("parent"))
    middle = made(child(request, "parent", 0, 2), context("middle"))
    gaps = []
    for job, radius in (("near", 0.01), ("wider", 0.1), ("far", 1.0)):
        around = artifacts(run(middle.recipe.asked().surrounded(0, radius, middle.id), context(job)))
        log = RunLog(context("x").home / "trajectories" / f"{job}.steps")
        own = log.state(CENTRE, 5).x
        gaps.append(np.mean([np.abs(log.state(item, 5).x - own).mean() for item in (0, 1, 5)]))
        assert len(around) == NEIGHBOURS
    assert 0.0 < gaps[0] < 0.2 * gaps[1] < 0.2 * gaps[2]


def test_a_variation_of_a_branch_is_varied_and_branched_from_again(context: ContextMaker) -> None:
    _, around = nine(context, "euler_ancestral")
    chosen = around[6]
    further = artifacts(run(chosen.recipe.asked().surrounded(0, 0.25, chosen.id), context("further")))
    assert further[CENTRE].recipe.pixels_sha256 == chosen.recipe.pixels_sha256
    assert further[0].recipe.again().turns == (Turn(6, 0.5), Turn(0, 0.25))
    ways = {step: replace(chosen.recipe.asked(), turns=(), branch=Branch("nine", 6, step)) for step in (2, 3, 4)}
    kept = {step: made(way, context(f"on{step}")).recipe.steps_sha256 for step, way in ways.items()}
    assert kept[3] == kept[4] == chosen.recipe.steps_sha256
    assert kept[2][:2] == kept[3][:2]
    assert kept[2][2] != kept[3][2], "step 2 lies before the turn"
    for job in ("parent", "middle", "nine", *(f"on{step}" for step in ways)):
        forget_steps(context("x"), job)
    assert {step: made(way, context(f"off{step}")).recipe.steps_sha256 for step, way in ways.items()} == kept


@pytest.mark.parametrize("step", [4, 5])
def test_a_neighbourhood_that_is_broken_off_goes_on_to_the_same_pixels(context: ContextMaker, step: int) -> None:
    middle, around = nine(context, "dpmpp_2m")
    request = middle.recipe.asked().surrounded(0, 0.5, middle.id)
    break_off(request, context("cut"), step)
    resumed = run(request, context("cut"))
    assert steps_told(resumed)[0] == step + 1
    assert hashes(resumed) == [each.recipe.pixels_sha256 for each in around]


def test_one_broken_off_while_it_wrote_down_its_parents_steps_begins_again(
    context: ContextMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    middle, around = nine(context, "dpmpp_2m")
    request = middle.recipe.asked().surrounded(0, 0.5, middle.id)
    real = RunLog.add_step

    def cut(log: RunLog, step: int, *rest: object) -> None:
        if step == 3:
            raise KeyboardInterrupt
        real(log, step, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(RunLog, "add_step", cut)
        with pytest.raises(KeyboardInterrupt):
            run(request, context("cut"))
    assert RunLog(context("x").home / "trajectories" / "cut.steps").steps()[0] == 2
    assert hashes(run(request, context("cut"))) == [each.recipe.pixels_sha256 for each in around]


def test_pixels_differ_from_place_to_place(context: ContextMaker) -> None:
    _, around = nine(context, "euler", radius=1.0)
    first = pixels(around[0])
    assert sum(not np.array_equal(first, pixels(each)) for each in around[1:]) >= 7
