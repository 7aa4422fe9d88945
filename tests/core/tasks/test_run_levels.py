"""The levels of a run as they can be told from its request alone are those that it goes through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from core.artifacts.run_log import RunLog
from core.artifacts.start_picture import keep_start
from core.diffusion.level import Level
from core.diffusion.run_levels import run_levels
from core.diffusion.schedule import schedule_named
from core.jobs.context import JobContext
from core.requests import GridSettings, ImageRequest, StartPicture
from tests.core.tasks.asking import ask, made
from tests.core.tasks.test_branching import child

ContextMaker = Callable[[str], JobContext]


def gone_through(context: JobContext, job: str) -> list[Level]:
    return list(RunLog(context.home / "trajectories" / f"{job}.steps").levels(0))


def told(request: ImageRequest, context: JobContext) -> list[Level]:
    return list(run_levels(request, schedule_named(context.registry.card(request.model_id).schedule)))


@pytest.mark.parametrize(
    "changes", [{}, {"steps": 9}, {"time_grid": "karras", "grid": GridSettings(rho=4.0)}, {"prompt": "a blue cube"}]
)
def test_of_a_branch_and_its_branch(context: ContextMaker, changes: dict[str, object]) -> None:
    made(ask(), context("first"))
    second = made(child(ask(), "first", 0, 2, **changes), context("second"))
    third = made(child(replace(ask(), steps=11), "second", 0, 3), context("third"))
    for job, artifact in (("second", second), ("third", third)):
        assert told(artifact.recipe.again(), context("x")) == gone_through(context("x"), job)


@pytest.mark.parametrize("strength", [0.3, 1.0])
def test_of_a_run_from_a_picture(context: ContextMaker, strength: float) -> None:
    digest = keep_start(context("x").home / "starts", made(ask("a green cube"), context("green")).path)
    artifact = made(ask(start=StartPicture(digest, strength)), context("made"))
    assert told(artifact.recipe.again(), context("x")) == gone_through(context("x"), "made")
    assert len(told(artifact.recipe.again(), context("x"))) == (3 if strength < 1.0 else 7)


def test_a_parent_that_is_not_told_leaves_the_own_grid(context: ContextMaker) -> None:
    request = child(ask(), "first", 0, 2)
    assert told(request, context("x")) == told(replace(request, branch=None), context("x"))
