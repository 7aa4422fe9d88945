"""A branch goes on from a step of another picture: to the bit where nothing was changed, and replayable for ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from core.artifacts.image import load_picture
from core.errors import NoisetteError, RequestError
from core.jobs.context import JobContext
from core.jobs.event import Notice
from core.requests import Branch, GuidanceSettings, ImageRequest, StartPicture, Variation
from core.samplers.cards import CARDS
from core.tasks.replanned import standing_as
from core.worlds.tabletop.grammar_read import meets, parse
from core.worlds.tabletop.scene import Item, Scene
from tests.core.tasks.asking import artifacts, ask, break_off, hashes, made, pixels, run, steps_told

ContextMaker = Callable[[str], JobContext]
NAMES = [card.name for card in CARDS]


def child(request: ImageRequest, job: str, item: int, step: int, **changes: object) -> ImageRequest:
    """What the studio asks for: the parent's own picture, from there on."""
    one = replace(request.alone(item), variation=None, turns=(), start=None)
    return replace(one, branch=Branch(job, item, step), **changes)


def forget_steps(context: JobContext, job: str) -> None:
    (context.home / "trajectories" / f"{job}.steps").unlink()


@pytest.mark.parametrize("step", [1, 3, 5])
@pytest.mark.parametrize("name", NAMES)
def test_a_branch_that_changes_nothing_is_its_parent_to_the_bit(context: ContextMaker, name: str, step: int) -> None:
    request = ask("a cube", sampler=name, eta=0.6, count=3, guidance=GuidanceSettings(2.0, rescale=0.4))
    parent = artifacts(run(request, context("parent")))[1]
    events = run(child(request, "parent", 1, step), context("child"))
    (branch,) = artifacts(events)
    assert steps_told(events) == list(range(step + 1, 7))
    assert branch.recipe.pixels_sha256 == parent.recipe.pixels_sha256
    assert branch.recipe.steps_sha256 == parent.recipe.steps_sha256
    assert branch.parents == (parent.id,)


@pytest.mark.parametrize("name", NAMES)
def test_a_branch_is_made_again_without_its_parents_steps_or_file(context: ContextMaker, name: str) -> None:
    request = ask("a cube", sampler=name, eta=0.6, count=2)
    parent = artifacts(run(request, context("parent")))[1]
    branch = made(child(request, "parent", 1, 2, prompt="a blue cube", steps=9), context("child"))
    forget_steps(context("x"), "parent")
    forget_steps(context("x"), "child")
    context("x").history.delete([parent.id])
    context("x").history.empty_bin(days=-1.0)
    again = made(load_picture(branch.path).recipe.again(), context("again"))
    assert again.recipe.pixels_sha256 == branch.recipe.pixels_sha256
    assert again.recipe.steps_sha256 == branch.recipe.steps_sha256


def test_a_changed_prompt_acts_on_the_picture(context: ContextMaker) -> None:
    request = ask("a red cube")
    parent = made(request, context("parent"))
    branch = made(child(request, "parent", 0, 2, prompt="a blue cube"), context("child"))
    assert int(np.argmax(pixels(parent).mean(axis=(0, 1)))) == 0
    assert int(np.argmax(pixels(branch).mean(axis=(0, 1)))) == 2
    assert branch.recipe.steps_sha256[:2] == parent.recipe.steps_sha256[:2]
    assert branch.recipe.steps_sha256[2] != parent.recipe.steps_sha256[2]


def test_another_seed_draws_other_noise_from_there_on(context: ContextMaker) -> None:
    request = ask("a cube", sampler="euler_ancestral")
    parent = made(request, context("parent"))
    others = [made(child(request, "parent", 0, 3, seed=seed), context(f"child{seed}")) for seed in (5, 6, 7)]
    assert others[0].recipe.steps_sha256 == parent.recipe.steps_sha256
    assert len({other.recipe.pixels_sha256 for other in others}) == 3


@pytest.mark.parametrize(
    ("changes", "rest"),
    [
        ({"steps": 3}, [2 / 3, 1 / 3, 0.0]),
        ({"steps": 1}, [0.0]),
        ({"steps": 12}, [9 / 12, 8 / 12, 7 / 12, 6 / 12, 5 / 12, 4 / 12, 3 / 12, 2 / 12, 1 / 12, 0.0]),
    ],
)
def test_another_grid_goes_on_below_the_branch(
    context: ContextMaker, changes: dict[str, int], rest: list[float]
) -> None:
    request = ask()
    run(request, context("parent"))
    run(child(request, "parent", 0, 1, **changes), context("child"))
    from core.artifacts.run_log import RunLog

    levels = RunLog(context("x").home / "trajectories" / "child.steps").levels(0)
    assert [level.t for level in levels] == pytest.approx([1.0, 5 / 6, *rest])


def test_a_branch_of_a_branch_and_of_a_broken_off_run(context: ContextMaker) -> None:
    request = ask("a cube", sampler="euler_ancestral")
    break_off(request, context("first"), 3)
    second = child(request, "first", 0, 2, prompt="a green cube")
    run(second, context("second"))
    third = made(child(second, "second", 0, 4, prompt="a blue cube"), context("third"))
    assert third.parents == ("second-01",)
    for job in ("first", "second", "third"):
        forget_steps(context("x"), job)
    again = made(third.recipe.again(), context("again"))
    assert again.recipe.pixels_sha256 == third.recipe.pixels_sha256
    earlier = made(child(second, "second", 0, 1), context("earlier"))
    assert earlier.recipe.steps_sha256[0] == third.recipe.steps_sha256[0]


def test_a_branch_that_is_broken_off_goes_on_to_the_same_pixels(context: ContextMaker) -> None:
    request = ask("a cube")
    run(request, context("parent"))
    branch = child(request, "parent", 0, 2, prompt="a blue cube")
    whole = run(branch, context("whole"))
    break_off(branch, context("cut"), 4)
    forget_steps(context("x"), "parent")
    resumed = run(branch, context("cut"))
    assert steps_told(resumed) == [5, 6]
    assert hashes(resumed) == hashes(whole)


def test_items_of_one_branch_do_not_depend_on_one_another(context: ContextMaker) -> None:
    request = ask("a {red|green|blue} cube", count=4)
    run(request, context("parent"))
    branch = replace(child(request, "parent", 0, 2), count=5)
    together = artifacts(run(branch, context("child")))
    for artifact in together:
        again = made(artifact.recipe.again(), context(f"again{artifact.recipe.item}"))
        assert again.recipe.pixels_sha256 == artifact.recipe.pixels_sha256


@pytest.mark.parametrize(
    "beginning", [{"variation": Variation(99, 0.4)}, {"neighbours": 0.2, "count": 9}, {"count": 2, "seed": 3}]
)
def test_a_parent_that_began_otherwise_is_remembered_as_it_was(
    context: ContextMaker, beginning: dict[str, object]
) -> None:
    request = ask("a cube", **beginning)
    last = request.count - 1
    parent = artifacts(run(request, context("parent")))[last]
    branch = made(child(request, "parent", last, 3), context("child"))
    assert branch.recipe.pixels_sha256 == parent.recipe.pixels_sha256
    forget_steps(context("x"), "parent")
    again = made(branch.recipe.again(), context("again"))
    assert again.recipe.pixels_sha256 == parent.recipe.pixels_sha256


def test_the_layout_stays_where_the_prompt_stays(context: ContextMaker) -> None:
    request = ask("a cube", model_id="planner")
    parent = made(request, context("parent"))
    same = made(child(request, "parent", 0, 2, guidance=GuidanceSettings(4.0), seed=77), context("same"))
    assert same.recipe.layout == parent.recipe.layout
    blue = made(child(request, "parent", 0, 2, prompt="a blue cube"), context("blue"))
    assert parent.recipe.layout is not None
    assert blue.recipe.layout is not None
    then, now = Scene.from_json(parent.recipe.layout), Scene.from_json(blue.recipe.layout)
    assert now.items[0].colour == "blue"
    assert (now.items[0].x, now.items[0].y, now.camera) == (then.items[0].x, then.items[0].y, then.camera)


def two(left: str, right: str, apart: float = 2.4) -> Scene:
    """Seen straight on, from the front."""
    items = (
        Item("cube", left, "small", "matte", -apart / 2.0, 0.0),  # type: ignore[arg-type]
        Item("sphere", right, "small", "matte", apart / 2.0, 0.0),  # type: ignore[arg-type]
    )
    return Scene(items)


def test_a_new_plan_takes_the_places_of_the_old_one_as_far_as_the_prompt_allows() -> None:
    old = two("red", "green")
    fresh = two("blue", "green", apart=3.0)
    kept = Scene.from_json(standing_as(fresh.to_json(), old.to_json(), "a blue cube to the left of a green sphere"))
    assert kept == two("blue", "green")
    prompt = "a blue cube to the right of a green sphere"
    swapped = Scene.from_json(standing_as(fresh.to_json(), old.to_json(), prompt))
    assert [item.x for item in swapped.items] == [1.2, -1.2]
    assert meets(swapped, parse(prompt))
    one = replace(fresh, items=fresh.items[:1]).to_json()
    assert standing_as(one, old.to_json(), "a blue cube") == one


@pytest.mark.parametrize(
    ("branch", "sentence"),
    [
        (Branch("parent", 0, 6), "step 6 of 6 is the finished picture; branch from step 1 to 5"),
        (Branch("parent", 0, 7), "step 7 to branch from is past the parent's last, 6; lower it"),
        (Branch("parent", 4, 2), "picture 5 of job parent has neither steps nor a file left"),
        (Branch("nobody", 0, 2), "picture 1 of job nobody has neither steps nor a file left"),
    ],
)
def test_what_can_not_be_branched_from_is_said(context: ContextMaker, branch: Branch, sentence: str) -> None:
    run(ask(), context("parent"))
    with pytest.raises(NoisetteError, match=sentence):
        run(ask(branch=branch), context("child"))
    assert context("child").history.of_job("child") == ()


def test_a_branch_keeps_its_parents_model(context: ContextMaker) -> None:
    run(ask(), context("parent"))
    with pytest.raises(RequestError, match="keep the parent's, 'mixture'"):
        run(ask(branch=Branch("parent", 0, 2), model_id="planner"), context("child"))


def test_a_branch_of_a_picture_made_elsewhere_in_the_home_needs_no_steps(context: ContextMaker) -> None:
    parent = made(ask(), context("parent"))
    forget_steps(context("x"), "parent")
    events = run(child(ask(), "parent", 0, 3), context("child"))
    assert not [event for event in events if isinstance(event, Notice)]
    assert hashes(events) == [parent.recipe.pixels_sha256]


def test_a_branch_from_a_start_picture_needs_its_file_to_be_made_again(context: ContextMaker) -> None:
    from core.artifacts.start_picture import keep_start

    job = context("x")
    digest = keep_start(job.home / "starts", made(ask("a green cube"), context("green")).path)
    request = ask("a cube", start=StartPicture(digest, 0.5))
    parent = made(request, context("parent"))
    branch = made(child(request, "parent", 0, 1), context("child"))
    assert branch.recipe.pixels_sha256 == parent.recipe.pixels_sha256
    assert branch.recipe.again().starts == (digest,)
    forget_steps(job, "parent")
    (job.home / "starts" / f"{digest}.png").unlink()
    with pytest.raises(NoisetteError, match="is gone; choose it again"):
        run(branch.recipe.again(), context("again"))
