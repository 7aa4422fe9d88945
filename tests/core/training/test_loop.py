from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.networks.weights import load_weights
from core.training.checkpoint import FILE, CheckpointError
from core.training.journal import LOG
from core.training.loop import Budget, TrainingError, TrainStep, train_steps
from core.training.trainable import Batch, Loss
from tests.core.training.linear import RECIPE, Clock, Line

CPU = torch.device("cpu")


def run(folder: Path, **given: object) -> list[TrainStep]:
    return list(train_steps(Line(folder), RECIPE, folder, device=CPU, clock=Clock(), **given))  # type: ignore[arg-type]


def state(folder: Path) -> dict[str, torch.Tensor]:
    return load_weights(folder / FILE).tensors


def assert_same_bits(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> None:
    assert a.keys() == b.keys()
    for name, value in a.items():
        assert torch.equal(value, b[name]), name


def test_it_learns(tmp_path: Path) -> None:
    recipe = replace(RECIPE, steps=150, report_steps=50)
    steps = list(train_steps(Line(tmp_path), recipe, tmp_path, device=CPU))
    losses = list(dict.fromkeys(step.report.loss for step in steps if step.report))
    assert losses[-1] < 0.1 * losses[0]
    assert losses[-1] < 0.1


def test_it_learns_where_its_thread_records_no_gradients(tmp_path: Path) -> None:
    run(tmp_path / "usual")
    with torch.no_grad():
        run(tmp_path / "quiet")
    assert_same_bits(state(tmp_path / "usual"), state(tmp_path / "quiet"))


def test_stopping_and_resuming_changes_no_bit(tmp_path: Path) -> None:
    run(tmp_path / "whole")
    first = Budget(minutes=0.5)
    halves = tmp_path / "halves"
    steps = list(train_steps(Line(halves), RECIPE, halves, device=CPU, budget=first, clock=Clock(tick=3.0)))
    assert 0 < steps[-1].step < RECIPE.steps
    run(halves, resume=True)
    assert_same_bits(state(tmp_path / "whole"), state(halves))
    assert_same_bits(
        load_weights(tmp_path / "whole" / "line.safetensors").tensors, load_weights(halves / "line.safetensors").tensors
    )


def test_closing_it_keeps_its_work(tmp_path: Path) -> None:
    run(tmp_path / "whole")
    steps = train_steps(Line(tmp_path / "cut"), RECIPE, tmp_path / "cut", device=CPU, clock=Clock())
    for step in steps:
        if step.step == 5:
            break
    steps.close()
    assert not (tmp_path / "cut" / "line.safetensors").exists()
    resumed = run(tmp_path / "cut", resume=True)
    assert resumed[0].step == 6
    assert_same_bits(state(tmp_path / "whole"), state(tmp_path / "cut"))


def test_every_step_is_yielded_once_and_the_last_says_what_was_written(tmp_path: Path) -> None:
    steps = run(tmp_path)
    assert [step.step for step in steps] == [*range(1, 13), 12]
    assert steps[-1].written == (tmp_path / "line.safetensors",)
    assert steps[-1].grid is not None
    assert all(step.steps == 12 for step in steps)


def test_the_summary_says_how_it_ended(tmp_path: Path) -> None:
    line = Line(tmp_path)
    list(train_steps(line, RECIPE, tmp_path, device=CPU, budget=Budget(minutes=0.2), clock=Clock(tick=2.0)))
    list(train_steps(line, RECIPE, tmp_path, device=CPU, resume=True, clock=Clock()))
    early, late = line.summaries
    assert (early.finished, late.finished) == (False, True)
    assert late.items == 12 * 16
    assert late.seconds == early.seconds
    list(train_steps(line, RECIPE, tmp_path, device=CPU, resume=True, clock=Clock()))
    assert line.summaries[2] == late


def test_annealing_ends_the_schedule_in_time(tmp_path: Path) -> None:
    recipe = replace(RECIPE, steps=10_000, report_steps=1, pace=replace(RECIPE.pace, warmup_steps=0))
    line = Line(tmp_path)
    budget = Budget(minutes=1.0, anneal=True)
    steps = list(train_steps(line, recipe, tmp_path, device=CPU, budget=budget, clock=Clock(tick=1.0)))
    rates = [step.report.learning_rate for step in steps if step.report]
    assert line.summaries[0].finished
    assert rates[0] == recipe.optimizer.learning_rate
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < 0.2 * rates[0]


def test_fewer_steps_can_be_asked_for(tmp_path: Path) -> None:
    assert run(tmp_path, budget=Budget(steps=7))[-1].step == 7


def test_the_log_has_a_row_a_report_and_forgets_what_was_not_kept(tmp_path: Path) -> None:
    run(tmp_path)
    with (tmp_path / LOG).open() as file:
        rows = list(csv.DictReader(file))
    assert [row["step"] for row in rows] == ["4", "8", "12"]
    assert {"loss", "half", "learning_rate", "items_per_second"} <= rows[0].keys()
    assert float(rows[0]["half"]) == pytest.approx(0.5 * float(rows[0]["loss"]), rel=1e-4)

    again = tmp_path / "again"
    steps = train_steps(Line(again), RECIPE, again, device=CPU, clock=Clock())
    next(steps)
    steps.close()
    (again / LOG).write_bytes((tmp_path / LOG).read_bytes())
    run(again, resume=True)
    with (again / LOG).open() as file:
        assert [row["step"] for row in csv.DictReader(file)] == ["4", "8", "12"]


def test_grids_are_drawn_by_the_clock_and_kept(tmp_path: Path) -> None:
    recipe = replace(RECIPE, grid_minutes=1.0, report_steps=1)
    steps = list(train_steps(Line(tmp_path), recipe, tmp_path, device=CPU, clock=Clock(tick=5.0)))
    drawn = [step.step for step in steps if step.grid is not None]
    assert 1 < len(drawn) < len(steps)
    for number in drawn:
        assert np.asarray(Image.open(tmp_path / f"samples-{number:07d}.png")).shape == (4, 6, 3)


def test_checkpoints_are_written_by_the_clock(tmp_path: Path) -> None:
    recipe = replace(RECIPE, checkpoint_minutes=1.0, report_steps=1)
    steps = train_steps(Line(tmp_path), recipe, tmp_path, device=CPU, clock=Clock(tick=5.0))
    seen = [(tmp_path / FILE).exists() for _ in steps]
    assert not seen[0]
    assert seen[-2]


@dataclass
class Diverging(Line):
    def loss(self, batch: Batch, generator: torch.Generator) -> Loss:
        loss = super().loss(batch, generator)
        return Loss(loss.total * float("nan"), loss.parts)


def test_a_loss_that_is_not_finite_stops_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="at step 4"):
        list(train_steps(Diverging(tmp_path), RECIPE, tmp_path, device=CPU))
    assert not (tmp_path / FILE).exists()


def test_resuming_nothing_or_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="has no checkpoint"):
        run(tmp_path, resume=True)
    run(tmp_path)
    other = replace(RECIPE, name="other")
    with pytest.raises(CheckpointError, match="recipe 'line'"):
        list(train_steps(Line(tmp_path), other, tmp_path, device=CPU, resume=True))
    wider = Line(tmp_path, module=torch.nn.Sequential(torch.nn.Linear(2, 9), torch.nn.SiLU(), torch.nn.Linear(9, 1)))
    with pytest.raises(CheckpointError, match="another shape"):
        list(train_steps(wider, RECIPE, tmp_path, device=CPU, resume=True))
    (tmp_path / FILE).write_bytes(b"not tensors")
    with pytest.raises(CheckpointError, match="can't be read"):
        run(tmp_path, resume=True)


def test_the_average_trails_the_weights(tmp_path: Path) -> None:
    run(tmp_path)
    tensors = state(tmp_path)
    names: Sequence[str] = [name for name in tensors if name.startswith("module.")]
    assert any(not torch.equal(tensors[name], tensors[name.replace("module.", "average.")]) for name in names)


@pytest.mark.gpu
def test_bf16_on_a_gpu_learns_and_keeps_float32_weights(tmp_path: Path) -> None:
    recipe = replace(RECIPE, steps=150, report_steps=50, precision="bf16")

    @dataclass
    class OnDevice(Line):
        def loss(self, batch: Batch, generator: torch.Generator) -> Loss:
            x = batch["x"]
            output = self.module(x)
            assert output.dtype == torch.bfloat16
            noise = torch.randn(16, 1, generator=generator, device=x.device)
            total = (output.float() - (2.0 * x[:, :1] - x[:, 1:] + 0.1 * noise)).square().mean()
            return Loss(total, {})

        def sample_grid(self, module: torch.nn.Module) -> np.ndarray | None:  # noqa: ARG002
            return None

    steps = list(train_steps(OnDevice(tmp_path), recipe, tmp_path, device=torch.device("cuda")))
    losses = [step.report.loss for step in steps if step.report]
    assert losses[-1] < 0.2 * losses[0]
    assert {value.dtype for value in state(tmp_path).values()} == {torch.float32}
