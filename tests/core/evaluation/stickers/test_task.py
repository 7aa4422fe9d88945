from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.datasets.stickers.cache import open_stickers
from core.diffusion.level import Level
from core.diffusion.parameterization import Parameterization
from core.diffusion.prediction import Prediction
from core.diffusion.schedule import NoiseSchedule, schedule_named
from core.errors import RequestError
from core.evaluation import evaluating
from core.evaluation.stickers import task
from core.evaluation.stickers.asked import asked
from core.evaluation.stickers.features import PhotoFeatures
from core.evaluation.stickers.looking import MATCHER_ID, on_white
from core.jobs.event import Notice, Progress
from core.models.card import ModelCard, read_card, write_card
from core.models.picture import Condition
from core.models.registry import ModelRegistry
from core.networks.matcher import Matcher, MatcherConfig
from core.networks.weights import save_weights, sha256_of
from core.requests import EvaluateRequest, GuidanceSettings
from tests.made_stickers import write_stickers

CARD = ModelCard(
    id="oracle",
    title="Oracle",
    summary="",
    network="stickers",
    parameterization="velocity",
    schedule="flow",
    codec="plain",
    conditioning=("text",),
    sizes=((64, 64),),
    parameters=0,
    license="Apache-2.0",
    source="",
)


class Plain:
    """Pixels as latents."""

    channels, factor = 3, 1

    def encode(self, image: torch.Tensor) -> torch.Tensor:
        assert image.shape[1] == 4
        return image[:, :3]

    def decode(self, latent: torch.Tensor) -> torch.Tensor:
        return latent


@dataclass(frozen=True)
class Known:
    """A denoiser that knows the pictures."""

    x0: torch.Tensor

    def __call__(self, x: torch.Tensor, level: Level) -> Prediction:
        return Prediction(self.x0, (x - level.alpha * self.x0) / level.sigma)


@dataclass
class Oracle:
    """A PictureModel that draws the real picture of what it is asked, (caption, style) -> (64, 64, 3) uint8."""

    pictures: dict[tuple[str, str], np.ndarray]
    card = CARD
    device = torch.device("cpu")
    schedule: NoiseSchedule = field(default_factory=lambda: schedule_named("flow"))
    parameterization = Parameterization.VELOCITY
    codec = Plain()

    def latent_shape(self, width: int, height: int) -> tuple[int, ...]:
        return 3, height, width

    def denoiser(self, conditions: Sequence[Condition], guidance: GuidanceSettings) -> Known:
        assert guidance.method == "cfg"
        drawn = np.stack([self.pictures[one.prompt, one.style] for one in conditions])
        return Known(torch.from_numpy(drawn).permute(0, 3, 1, 2).float() / 127.5 - 1.0)


@dataclass
class Context:
    registry: ModelRegistry
    clock: Callable[[], float] = time.perf_counter
    job_id: str = "job"
    paused: int = 0

    def pause_point(self) -> None:
        self.paused += 1


def letters(_: object, texts: Sequence[str]) -> torch.Tensor:
    return torch.tensor([[float(text.count(chr(97 + place % 26))) for place in range(384)] for text in texts])


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    """The small set, a matcher of random weights, and an oracle that knows its own prompts."""
    monkeypatch.setenv("NOISETTE_CACHE", str(tmp_path))
    write_stickers(tmp_path / "stickers")
    models = tmp_path / "models"
    torch.manual_seed(0)
    weights = models / f"{MATCHER_ID}.safetensors"
    save_weights(weights, Matcher(MatcherConfig()).state_dict(), dtype=torch.float16)
    matcher = replace(
        CARD, id=MATCHER_ID, kind="matcher", files={"matcher": weights.name}, sha256={"matcher": sha256_of(weights)}
    )
    write_card(matcher, models / f"{MATCHER_ID}.json")
    write_card(CARD, models / "oracle.json")
    stickers = open_stickers()
    prompts = [entry for part in asked(stickers.entries, 20, 0).values() for entry in part]
    real = on_white(stickers.pictures(64))
    oracle = Oracle({(entry.caption, entry.style): real[entry.row] for entry in prompts})
    monkeypatch.setattr(task, "load_model", lambda *_: oracle)
    monkeypatch.setattr(PhotoFeatures, "load", lambda: None)
    monkeypatch.setattr(task, "load_minilm", lambda: None)
    monkeypatch.setattr(task, "pooled_captions", letters)
    monkeypatch.setattr(task, "VARIED_PROMPTS", 2)
    monkeypatch.setattr(task, "TIMED", 1)
    return Context(ModelRegistry((models,)))


def test_a_perfect_model_scores_what_real_pictures_score(context: Context, tmp_path: Path) -> None:
    request = EvaluateRequest(
        "oracle", prompts=20, steps=(1,), guidance=(1.0,), sampler="euler", folder=str(tmp_path / "out"), into_card=True
    )
    events = list(evaluating.evaluate(request, context))
    last = [event for event in events if isinstance(event, Progress)][-1]
    assert last.done == last.total
    figures = last.extras
    for name in ("caption_r1", "caption_r5", "name_r5", "concept_r1", "style"):
        assert figures[f"{name}@1,g1"] == figures[f"real/{name}"]
    assert (figures["concept_pool"], figures["concept_r1@1,g1"]) == (1.0, 1.0)
    assert (figures["caption_pool"], figures["caption_prompts"], figures["name_prompts"]) == (11.0, 10.0, 1.0)
    assert figures["fd_matcher@1,g1"] == pytest.approx(0.0, abs=1e-3)
    assert (figures["precision_matcher@1,g1"], figures["recall_matcher@1,g1"]) == (1.0, 1.0)
    assert figures["coded/caption_r5"] == figures["real/caption_r5"]
    assert figures["coded/fd_matcher"] == pytest.approx(0.0, abs=1e-3)
    # one prompt, one picture, whatever the seed; but of different things the pictures differ
    assert figures["ms_ssim@1,g1"] == pytest.approx(1.0, abs=1e-4)
    assert figures["real/ms_ssim"] < 0.9
    assert figures["copies@1,g1"] > 0.8
    assert figures["nearest_distance@1,g1"] == pytest.approx(0.0, abs=1e-5)
    told = [event.sentence for event in events if isinstance(event, Notice)]
    assert told[0].startswith("distances are in the matcher's features alone")
    assert {Path(sentence.split()[-1]).name for sentence in told[1:]} == {
        "report.json",
        "report.md",
        "nearest-1-g1.png",
        "oracle.json",
    }
    assert json.loads((tmp_path / "out" / "report.json").read_text())["figures"] == figures
    assert "3 scales" in (tmp_path / "out" / "report.md").read_text()
    card = read_card(tmp_path / "models" / "oracle.json")
    assert card.scores == figures
    assert card.scored_by.startswith(
        "noisette evaluate oracle --prompts 20 --steps 1 --guidance 1 --sampler euler --seed 0: cpu, "
    )
    assert context.paused >= 6


def test_without_the_pictures_it_says_how_to_get_them(context: Context, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "stickers")
    with pytest.raises(Exception, match="run `noisette data stickers`"):
        list(evaluating.evaluate(EvaluateRequest("oracle", steps=(1,)), context))


def test_too_few_prompts_are_refused(context: Context) -> None:
    with pytest.raises(RequestError, match="19 prompts"):
        next(evaluating.evaluate(EvaluateRequest("oracle", prompts=19), context))
