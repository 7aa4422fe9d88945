from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.artifacts.artifact import Artifact
from core.artifacts.image import load_picture
from core.artifacts.recipe import pixels_sha256
from core.conditioning.prompt_draws import drawn
from core.diffusion.level import Level
from core.diffusion.prediction import Prediction
from core.errors import GenerationError, NoisetteError
from core.jobs.context import JobContext
from core.jobs.event import Event, Notice, Planned, Preview, Produced, Progress
from core.jobs.gate import JobInterrupted
from core.models.loader import load_model
from core.requests import GuidanceSettings, ImageRequest
from core.samplers.cards import CARDS
from core.samplers.step import Step
from core.tasks.denoising import PausingDenoiser, look_at
from core.tasks.generate import generate
from core.tasks.pictures import BATCH
from core.worlds.tabletop.scene import Item, Scene
from tests.core.models.mixture_model import MixtureModel

ContextMaker = Callable[[str], JobContext]


def ask(prompt: str = "a red cube", **fields: object) -> ImageRequest:
    return replace(ImageRequest(prompt, "mixture", steps=4, guidance=GuidanceSettings(2.0), seed=5), **fields)


def run(request: ImageRequest, context: JobContext) -> list[Event]:
    return list(generate(request, context))


def artifacts(events: list[Event]) -> list[Artifact]:
    return [event.artifact for event in events if isinstance(event, Produced)]


def pixels(artifact: Artifact) -> np.ndarray:
    return load_picture(artifact.path).pixels


def test_the_prompt_decides_the_picture(context: ContextMaker) -> None:
    means = {
        colour: pixels(artifacts(run(ask(f"a {colour} cube"), context(colour)))[0]).mean(axis=(0, 1))
        for colour in ("red", "green", "blue")
    }
    assert [int(np.argmax(means[colour])) for colour in means] == [0, 1, 2]


def test_a_sketch_is_seen_and_leaves_nothing(context: ContextMaker) -> None:
    where = context("sketch")
    events = run(ask(kept=False), where)
    assert not artifacts(events)
    last = [event for event in events if isinstance(event, Preview)][-1]
    assert last.index == 3
    np.testing.assert_array_equal(last.clean[0], pixels(artifacts(run(ask(), context("kept")))[0]))
    assert where.history.count() == 1
    assert not where.history.of_job("sketch")


def test_every_step_is_told_and_the_first_and_last_are_shown(context: ContextMaker) -> None:
    events = run(ask(), context("job"))
    steps = [event for event in events if isinstance(event, Progress) and event.note.startswith("step")]
    assert [(step.done, step.total) for step in steps] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    previews = [event for event in events if isinstance(event, Preview)]
    assert (previews[0].index, previews[-1].index) == (0, 3)
    for preview in previews:
        assert preview.clean.shape == (1, 16, 16, 3)
        assert preview.clean.dtype == np.uint8
        assert preview.noisy is not None
    np.testing.assert_array_equal(previews[-1].noisy, pixels(artifacts(events)[0])[None])


def test_a_look_shows_the_guess_and_the_state_whether_they_are_alike_or_not(context: ContextMaker) -> None:
    codec, clean = load_model(context("job").registry, "mixture", "cpu").codec, Level(0.0, 1.0, 0.0)
    torch.manual_seed(0)
    state, guess = torch.rand(2, 3, 16, 16), torch.rand(2, 3, 16, 16)
    for x, x0 in ((state, state.clone()), (state, guess)):
        look = look_at("job", Step(3, 4, clean, x, x0), codec)
        np.testing.assert_array_equal(look.clean, codec.preview(x0))
        np.testing.assert_array_equal(look.noisy, codec.preview(x))


def test_the_recipe_on_disk_makes_the_same_pixels_again(context: ContextMaker) -> None:
    (first,) = artifacts(run(ask(), context("first")))
    kept = load_picture(first.path).recipe
    assert kept == first.recipe
    assert kept.pixels_sha256 == pixels_sha256(pixels(first))
    (again,) = artifacts(run(kept.again(), context("again")))
    assert again.recipe.pixels_sha256 == kept.pixels_sha256


@pytest.mark.parametrize("sampler", [card.name for card in CARDS])
def test_a_picture_does_not_depend_on_the_others_made_with_it(context: ContextMaker, sampler: str) -> None:
    request = ask("a cube", sampler=sampler, count=BATCH + 2, eta=0.5, guidance=GuidanceSettings(2.0, rescale=0.5))
    together = artifacts(run(request, context("together")))
    assert [artifact.recipe.seed for artifact in together] == list(request.seeds)
    for place in (0, 3, BATCH, BATCH + 1):
        alone = artifacts(run(replace(request, seed=request.seed + place, count=1), context(f"alone{place}")))
        assert alone[0].recipe.pixels_sha256 == together[place].recipe.pixels_sha256


def test_progress_counts_the_steps_of_all_batches(context: ContextMaker) -> None:
    events = run(ask(count=BATCH + 1), context("job"))
    steps = [event for event in events if isinstance(event, Progress) and event.note.startswith("step")]
    assert [step.done for step in steps] == list(range(1, 9))
    assert {step.total for step in steps} == {8}
    assert {len(event.clean) for event in events if isinstance(event, Preview)} == {BATCH, 1}


def test_unknown_words_are_named_once_and_never_fatal(context: ContextMaker) -> None:
    events = run(ask("a velvet red velvet cube", negative_prompt="tweed"), context("job"))
    assert [event.sentence for event in events if isinstance(event, Notice)] == [
        "'velvet' is not in this model's vocabulary; it will be ignored",
        "'tweed' is not in this model's vocabulary; it will be ignored",
    ]
    assert len(artifacts(events)) == 1


def test_choices_are_drawn_for_each_picture_by_its_seed(context: ContextMaker) -> None:
    request = ask("a {red|green|blue} cube", count=6)
    together = artifacts(run(request, context("together")))
    assert {artifact.recipe.request.prompt for artifact in together} == {request.prompt}
    said = [artifact.recipe.drawn_prompt for artifact in together]
    assert said == [drawn(request.prompt, seed) for seed in request.seeds]
    assert len(set(said)) > 1
    for artifact in together:
        colour = artifact.recipe.drawn_prompt.split()[1]
        assert int(np.argmax(pixels(artifact).mean(axis=(0, 1)))) == ("red", "green", "blue").index(colour)
        (again,) = artifacts(run(artifact.recipe.again(), context(f"again{artifact.recipe.item}")))
        assert again.recipe.pixels_sha256 == artifact.recipe.pixels_sha256
        assert load_picture(artifact.path).recipe == artifact.recipe


def test_a_prompt_without_choices_is_kept_once(context: ContextMaker) -> None:
    (made,) = artifacts(run(ask("a red cube"), context("job")))
    assert made.recipe.drawn_prompt == ""


def test_a_mark_without_meaning_is_told_and_not_fatal(context: ContextMaker) -> None:
    events = run(ask("a red cube )"), context("job"))
    sentences = [event.sentence for event in events if isinstance(event, Notice)]
    assert sentences[0].startswith("“)” at character 12 closes nothing; put ( before it")
    assert len(artifacts(events)) == 1


def test_a_model_that_plans_keeps_its_plan_in_the_recipe_and_replays_it(context: ContextMaker) -> None:
    request = ask("a cube", model_id="planner", count=3)
    made = artifacts(run(request, context("job")))
    layouts = [artifact.recipe.layout for artifact in made]
    assert len(set(layouts)) == 3
    for artifact in made:
        assert artifact.recipe.layout is not None
        assert Scene.from_json(artifact.recipe.layout).items
        (again,) = artifacts(run(artifact.recipe.again(), context(f"again{artifact.recipe.item}")))
        assert again.recipe.pixels_sha256 == artifact.recipe.pixels_sha256


def test_each_plan_is_told_before_it_is_painted(context: ContextMaker) -> None:
    request = ask("a red cube", model_id="planner", count=BATCH + 1)
    events = run(request, context("job"))
    told = [event for event in events if isinstance(event, Planned)]
    assert [event.item for event in told] == list(range(BATCH + 1))
    assert [event.layout for event in told] == [artifact.recipe.layout for artifact in artifacts(events)]
    first_look = next(at for at, event in enumerate(events) if isinstance(event, Preview))
    assert events.index(told[BATCH - 1]) < first_look < events.index(told[BATCH])


def test_a_given_layout_is_told_too_and_a_model_without_one_tells_none(context: ContextMaker) -> None:
    layout = Scene((Item("cube", "blue", "large", "matte", 0.0, 0.0),)).to_json()
    events = run(ask("a red cube", model_id="planner", layout=layout, count=2), context("given"))
    assert [event for event in events if isinstance(event, Planned)] == [
        Planned("given", 0, layout),
        Planned("given", 1, layout),
    ]
    assert not any(isinstance(event, Planned) for event in run(ask(), context("none")))


def test_a_given_layout_is_painted_in_place_of_a_plan(context: ContextMaker) -> None:
    (planned,) = artifacts(run(ask("a red cube", model_id="planner"), context("planned")))
    given = planned.recipe.layout
    assert given is not None
    blue = given.replace('"red"', '"blue"')
    (painted,) = artifacts(run(ask("a red cube", model_id="planner", layout=blue), context("painted")))
    assert painted.recipe.layout == blue
    assert int(np.argmax(pixels(painted).mean(axis=(0, 1)))) == 2


def test_a_job_that_runs_again_makes_only_what_is_missing(context: ContextMaker) -> None:
    whole = artifacts(run(ask(count=3), context("whole")))
    begun = generate(ask(count=3), context("cut"))
    first = next(event for event in begun if isinstance(event, Produced)).artifact
    begun.close()
    written = first.path.stat().st_mtime_ns
    events = run(ask(count=3), context("cut"))
    resumed = artifacts(events)
    assert resumed[0] == first
    assert first.path.stat().st_mtime_ns == written
    assert [a.recipe.pixels_sha256 for a in resumed] == [a.recipe.pixels_sha256 for a in whole]
    assert not [event for event in events if isinstance(event, Preview)], "a step was made twice"


@pytest.mark.parametrize("sampler", ["euler", "heun"])
def test_cancellation_comes_within_one_network_evaluation(
    context: ContextMaker, sampler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = context("job")
    calls: list[Level] = []
    real = MixtureModel.denoiser

    def counted(self: MixtureModel, *arguments: object) -> Callable[..., Prediction]:
        inner = real(self, *arguments)  # type: ignore[arg-type]

        def call(x: torch.Tensor, level: Level) -> Prediction:
            calls.append(level)
            if len(calls) == 3:
                base.gate.interrupt()
            return inner(x, level)

        return call

    monkeypatch.setattr(MixtureModel, "denoiser", counted)
    with pytest.raises(JobInterrupted):
        run(ask(sampler=sampler, steps=8), base)
    assert len(calls) == 3


def test_each_evaluation_passes_the_pause_point_first() -> None:
    order: list[str] = []

    def denoiser(x: torch.Tensor, _: Level) -> Prediction:
        order.append("evaluation")
        return Prediction(x, x)

    PausingDenoiser(denoiser, lambda: order.append("pause point"))(torch.zeros(1), Level(1.0, 0.0, 1.0))
    assert order == ["pause point", "evaluation"]


def test_a_state_that_breaks_up_is_told_with_a_remedy(context: ContextMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: MixtureModel, *_: object) -> Callable[..., Prediction]:
        del self
        return lambda x, level: Prediction(x * float("nan"), x) if level.t < 0.6 else Prediction(x, x)

    monkeypatch.setattr(MixtureModel, "denoiser", broken)
    with pytest.raises(GenerationError, match=r"broke up at step 3 of 4 .*lower the guidance scale"):
        run(ask(sampler="euler"), context("job"))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"sampler": "eulr"}, "'eulr' is not a sampler; choose one of ddpm"),
        ({"time_grid": "log"}, "'log' is not a time grid"),
        ({"model_id": "sd9"}, "model 'sd9' is not installed; installed are: mixture, planner"),
        ({"width": 24}, "can't make 24x16 pictures; choose one of 16x16"),
        ({"layout": "{", "model_id": "planner"}, "the layout is not JSON"),
    ],
)
def test_what_can_not_be_carried_out_is_refused_and_leaves_nothing(
    context: ContextMaker, fields: dict[str, object], sentence: str
) -> None:
    job = context("job")
    with pytest.raises(NoisetteError, match=sentence):
        run(ask(**fields), job)
    assert job.history.count() == 0


def test_a_full_disk_is_told(context: ContextMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.tasks.keep.save_picture", refuse)
    job = context("job")
    with pytest.raises(NoisetteError, match=r"can't be saved .*No space left.*free some space"):
        run(ask(), job)
    assert job.history.count() == 0


def test_the_file_stands_before_its_row_and_the_row_before_produced(
    context: ContextMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    job = context("job")
    real_add = type(job.history).add

    def add(self: object, artifact: Artifact) -> None:
        order.append(f"row, file there: {artifact.path.exists()}")
        real_add(self, artifact)  # type: ignore[arg-type]

    monkeypatch.setattr(type(job.history), "add", add)
    for event in generate(ask(), job):
        if isinstance(event, Produced):
            order.append(f"produced, rows: {job.history.count()}")
    assert order == ["row, file there: True", "produced, rows: 1"]
