from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch

from core.jobs.event import Notice, Preview, Progress
from core.requests import TrainRequest
from core.training import task
from core.training.recipe import Recipe
from tests.core.training.linear import RECIPE, Line


@dataclass
class Context:
    job_id: str = "job"
    asked: int = 0
    stop_at: int = -1
    threads: list[int] = field(default_factory=list)

    def pause_point(self) -> None:
        self.asked += 1
        self.threads.append(torch.get_num_threads())
        if self.asked == self.stop_at:
            raise InterruptedError


@pytest.fixture(autouse=True)
def _line(monkeypatch: pytest.MonkeyPatch) -> None:
    def build(recipe: Recipe, folder: Path) -> Line:
        assert recipe is RECIPE
        return Line(folder)

    monkeypatch.setattr(task, "load_recipe", lambda name: RECIPE if name == "line" else None)
    monkeypatch.setattr(task, "build_trainable", build)


def test_a_run_is_a_stream_of_events(tmp_path: Path) -> None:
    context = Context()
    events = list(task.train(TrainRequest("line", str(tmp_path), device="cpu"), context))
    progress = [event for event in events if isinstance(event, Progress)]
    assert [event.done for event in progress] == [*range(1, 13), 12]
    assert progress[-1].extras.keys() >= {"loss", "items_per_second", "eta_seconds"}
    assert all(event.job_id == "job" for event in events)
    previews = [event for event in events if isinstance(event, Preview)]
    assert previews[0].clean.shape == (1, 4, 6, 3)
    assert [event.sentence for event in events if isinstance(event, Notice)] == [
        f"wrote {tmp_path / 'line.safetensors'}"
    ]


def test_an_interrupted_run_can_be_resumed(tmp_path: Path) -> None:
    request = TrainRequest("line", str(tmp_path), device="cpu")
    with pytest.raises(InterruptedError):
        list(task.train(request, Context(stop_at=5)))
    resumed = TrainRequest("line", str(tmp_path), device="cpu", resume=True)
    first = next(event for event in task.train(resumed, Context()) if isinstance(event, Progress))
    assert first.done == 6


def test_the_thread_count_holds_while_it_runs(tmp_path: Path) -> None:
    before = torch.get_num_threads()
    context = Context()
    list(task.train(TrainRequest("line", str(tmp_path), device="cpu", threads=2), context))
    assert set(context.threads) == {2}
    assert torch.get_num_threads() == before
