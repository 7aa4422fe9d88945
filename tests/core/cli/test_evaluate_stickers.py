from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.cli.evaluate import STICKER_PROMPTS
from core.jobs.context import JobContext
from core.jobs.event import Event, Progress
from core.models.card import ModelCard, ModelDefaults, read_card, write_card
from core.requests import EvaluateRequest
from tests.core.cli.conftest import Run

CARD = ModelCard(
    id="drawn",
    title="Drawn",
    summary="",
    network="stickers",
    parameterization="velocity",
    schedule="flow",
    codec="none",
    conditioning=("text",),
    sizes=((64, 64),),
    parameters=0,
    license="Apache-2.0",
    source="",
    defaults=ModelDefaults("euler", "uniform", 12, 2.5),
)


def test_stickers_are_measured_by_their_own_evaluation_at_their_own_settings(
    run: Run, monkeypatch: pytest.MonkeyPatch, noisette_home: Path
) -> None:
    path = noisette_home / "models" / "drawn.json"
    write_card(CARD, path)
    seen: list[EvaluateRequest] = []

    def evaluate(request: EvaluateRequest, context: JobContext) -> Iterator[Event]:
        seen.append(request)
        yield Progress(context.job_id, 1, 1, 0.0, "done", {"style@12,g2.5": 0.75})

    monkeypatch.setattr("core.evaluation.stickers.task.evaluate", evaluate)
    assert run("evaluate", "drawn", "--device", "cpu").lines == ["style@12,g2.5\t0.7500"]
    assert run("evaluate", "drawn", "--prompts", 40, "--steps", "4", "--device", "cpu", "--into-card").code == 0
    assert seen == [
        EvaluateRequest("drawn", STICKER_PROMPTS, (12,), (2.5,), "euler", device="cpu"),
        EvaluateRequest("drawn", 40, (4,), (2.5,), "euler", device="cpu", into_card=True),
    ]
    card = read_card(path)
    assert card.scores == {"style@12,g2.5": 0.75}
    assert card.scored_by.startswith("noisette evaluate drawn --prompts 40 --steps 4 --guidance 2.5 --sampler euler")
