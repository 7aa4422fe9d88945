"""Making a kept picture again: identical, or where it parts and by how much; nothing is kept of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from core.artifacts.image import load_picture, save_picture
from core.artifacts.recipe import Recipe
from core.errors import NoisetteError
from core.jobs.context import JobContext
from core.jobs.event import Compared, Event, Notice
from core.requests import Branch, ReplayRequest
from core.tasks.replay import replay
from tests.core.tasks.asking import ask, made, run

ContextMaker = Callable[[str], JobContext]


def again(artifact_id: str, context: JobContext) -> tuple[Compared, list[Event]]:
    events = list(replay(ReplayRequest(artifact_id), context))
    (verdict,) = (event for event in events if isinstance(event, Compared))
    assert events[-1] is verdict
    return verdict, events


def test_a_repetition_is_identical_and_leaves_no_row(context: ContextMaker) -> None:
    artifact = made(ask("a cube", sampler="euler_ancestral"), context("first"))
    job = context("again")
    verdict, _ = again(artifact.id, job)
    assert (verdict.job_id, verdict.artifact_id) == ("again", artifact.id)
    assert verdict.identical
    assert verdict.within_tolerance
    assert verdict.sentence == "identical: 256 pixels, 6 steps; same machine and editions"
    assert (verdict.first_step, verdict.largest_difference) == (None, 0)
    assert job.history.count() == 1
    assert not (job.home / "trajectories" / "again.steps").exists()


def test_a_branch_is_made_again_from_its_parents_beginning(context: ContextMaker) -> None:
    made(ask("a cube"), context("parent"))
    branch = made(ask("a blue cube", branch=Branch("parent", 0, 3)), context("child"))
    verdict, events = again(branch.id, context("again"))
    assert verdict.identical
    notes = [getattr(event, "note", "") for event in events]
    assert "making step 3 of 3 of the parent again" in notes


@pytest.mark.parametrize("kept", [True, False])
def test_the_first_step_that_differs_is_named_with_how_far_it_is_off(context: ContextMaker, kept: bool) -> None:
    job = context("first")
    artifact = made(ask("a cube", sampler="euler", keep_trajectory=kept), job)
    (job.home / "trajectories" / "first.steps").unlink()
    # As if the first run had drawn a prompt of other words from its fourth step on.
    changed = json.loads(artifact.recipe.to_json())
    changed["request"]["prompt"] = "[a cube->a blue cube:0.5]"
    changed["layout"] = None
    picture = load_picture(artifact.path)
    save_picture(artifact.path, picture.pixels, Recipe.from_json(json.dumps(changed)))
    verdict, _ = again(artifact.id, context("again"))
    assert not verdict.identical
    assert verdict.first_step is not None
    assert f"step {verdict.first_step} is the first whose state differs" in verdict.sentence
    assert (verdict.step_difference is not None) == kept
    if kept:
        assert "of its spread" in verdict.sentence
    assert verdict.largest_difference > 0


def test_a_model_or_file_that_was_changed_is_told(context: ContextMaker) -> None:
    artifact = made(ask(), context("first"))
    picture = load_picture(artifact.path)
    foreign = replace(picture.recipe, model_sha256={"painter": "f" * 64}, pixels_sha256="0" * 64)
    save_picture(artifact.path, picture.pixels, foreign)
    _, events = again(artifact.id, context("again"))
    sentences = [event.sentence for event in events if isinstance(event, Notice)]
    assert "was changed after it was made" in sentences[0]
    assert "is not the one that made this" in sentences[1]


def test_recipes_without_steps_are_compared_by_their_pixels(context: ContextMaker) -> None:
    artifact = made(ask(), context("first"))
    picture = load_picture(artifact.path)
    save_picture(artifact.path, picture.pixels, replace(picture.recipe, steps_sha256=()))
    verdict, _ = again(artifact.id, context("again"))
    assert verdict.sentence == "identical: 256 pixels; same machine and editions"


def test_what_is_not_in_the_history_can_not_be_made_again(context: ContextMaker) -> None:
    with pytest.raises(NoisetteError, match="'nothing' is not in the history"):
        list(replay(ReplayRequest("nothing"), context("again")))
    artifact = made(ask(), context("first"))
    artifact.path.unlink()
    with pytest.raises(NoisetteError, match="does not exist"):
        list(replay(ReplayRequest(artifact.id), context("again")))
    assert run(ask(), context("other"))
