from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch

from core.diffusion.level import Level
from core.diffusion.parameterization import Parameterization
from core.diffusion.prediction import Prediction
from core.diffusion.schedule import NoiseSchedule, schedule_named
from core.errors import RequestError
from core.evaluation import task
from core.evaluation.prompts import real_pictures
from core.jobs.event import Notice, Progress
from core.latents.codec import to_uint8
from core.models.card import ModelCard
from core.models.picture import Condition
from core.models.registry import SHIPPED, ModelRegistry
from core.requests import EvaluateRequest, GuidanceSettings
from core.worlds.tabletop.grammar import draw, parse
from core.worlds.tabletop.scene import Scene

SIZE = 96


class Plain:
    """Pixels as latents."""

    channels, factor = 3, 1

    def encode(self, image: torch.Tensor) -> torch.Tensor:
        return image

    def decode(self, latent: torch.Tensor) -> torch.Tensor:
        return latent

    def preview(self, latent: torch.Tensor) -> np.ndarray:
        return to_uint8(latent)


@dataclass(frozen=True)
class Known:
    """A denoiser that knows the pictures."""

    x0: torch.Tensor

    def __call__(self, x: torch.Tensor, level: Level) -> Prediction:
        return Prediction(self.x0, (x - level.alpha * self.x0) / level.sigma)


@dataclass
class Oracle:
    """A PictureModel that paints its plan exactly; its plan is the scene that the prompt was written of."""

    scenes: dict[str, Scene]
    guidance: list[float] = field(default_factory=list)
    card = ModelCard(
        id="oracle",
        title="Oracle",
        summary="",
        network="oracle",
        parameterization="velocity",
        schedule="flow",
        codec="plain",
        conditioning=("text",),
        sizes=((SIZE, SIZE),),
        parameters=0,
        license="Apache-2.0",
        source="",
    )
    device = torch.device("cpu")
    dtype = torch.float32
    schedule: NoiseSchedule = field(default_factory=lambda: schedule_named("flow"))
    parameterization = Parameterization.VELOCITY
    codec = Plain()

    def latent_shape(self, width: int, height: int) -> tuple[int, ...]:
        return 3, height, width

    def unknown_words(self, prompt: str) -> tuple[str, ...]:
        return parse(prompt).unknown

    def plan(self, prompt: str, seed: int) -> str | None:
        assert seed >= 0
        return self.scenes[prompt].to_json()

    def denoiser(self, conditions: Sequence[Condition], guidance: GuidanceSettings) -> Known:
        self.guidance.append(guidance.scale)
        scenes = [Scene.from_json(one.layout or "") for one in conditions]
        pictures = torch.from_numpy(real_pictures(scenes, SIZE)).permute(0, 3, 1, 2)
        return Known(pictures.float() / 127.5 - 1.0)


@dataclass
class Context:
    registry: ModelRegistry = field(default_factory=lambda: ModelRegistry((SHIPPED,)))
    clock: Callable[[], float] = time.perf_counter
    job_id: str = "job"
    paused: int = 0

    def pause_point(self) -> None:
        self.paused += 1


@pytest.fixture
def oracle(monkeypatch: pytest.MonkeyPatch) -> Oracle:
    """It knows the prompts that the task is going to ask."""
    prompts = task.evaluation_prompts(15, 0)
    model = Oracle({entry.caption.text: entry.scene for entry in prompts})
    monkeypatch.setattr(task, "load_model", lambda *_: model)
    return model


@pytest.mark.usefixtures("oracle")
def test_a_perfect_model_scores_what_the_judge_gives_real_renders(tmp_path: Path) -> None:
    request = EvaluateRequest("oracle", prompts=15, steps=(1, 2), guidance=(1.0,), folder=str(tmp_path), device="cpu")
    context = Context()
    events = list(task.evaluate(request, context))
    last = events[-1]
    assert isinstance(last, Progress)
    assert last.done == last.total == 15 * 5
    figures = last.extras
    for category in ("single", "binding", "count", "relation", "negation", "exact"):
        assert figures[f"{category}@1,g1"] == figures[f"judge/{category}"]
        assert figures[f"rendered_plan/{category}"] == figures[f"judge/{category}"]
        assert figures[f"plan/{category}"] == 1.0
    assert figures["judge/exact"] > 0.8
    assert figures["frechet@2,g1"] == pytest.approx(0.0, abs=1e-3)
    assert (figures["precision@2,g1"], figures["recall@2,g1"]) == (1.0, 1.0)
    assert {Path(event.sentence.split()[-1]).name for event in events if isinstance(event, Notice)} == {
        "report.json",
        "report.md",
    }
    assert json.loads((tmp_path / "report.json").read_text())["figures"] == figures
    assert context.paused >= 15 + 3


def test_a_model_that_paints_something_else_is_found_out(oracle: Oracle) -> None:
    rng = np.random.default_rng(5)
    oracle.scenes = {text: draw("single", rng)[0] for text in oracle.scenes}
    request = EvaluateRequest("oracle", prompts=15, steps=(1,), guidance=(1.0, 4.0), device="cpu")
    events = list(task.evaluate(request, Context()))
    last = events[-1]
    assert isinstance(last, Progress)
    assert last.extras["exact@1,g4"] < 0.3
    assert last.extras["plan/exact"] < 0.3
    assert last.extras["judge/exact"] > 0.8
    assert last.extras["frechet@1,g4"] > 0.1
    assert set(oracle.guidance) == {1.0, 4.0}


def test_too_few_prompts_are_refused() -> None:
    with pytest.raises(RequestError, match="9 prompts"):
        next(task.evaluate(EvaluateRequest(prompts=9), Context()))
