"""The planner's training data and loss, through the recipe that ships."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from core.planning.planner import Planner
from core.planning.slots import END
from core.training.planner import PlannerTraining, camera_thirds, plan_data
from core.training.recipe import Recipe, build_trainable, load_recipe
from core.training.trainable import Summary
from core.worlds.tabletop.scene import REACH, Camera, Scene
from core.worlds.tabletop.words import PAD


def small_recipe() -> Recipe:
    recipe = load_recipe("planner")
    return replace(recipe, batch_size=16, options={"chunk": 64, "passes": 2, "width": 32, "layers": 1, "negatives": 8})


def test_data_is_a_pure_function_of_the_seed_and_sorted_by_length() -> None:
    first, again, other = plan_data(60, (1, 2)), plan_data(60, (1, 2)), plan_data(60, (1, 3))
    np.testing.assert_array_equal(first.text, again.text)
    np.testing.assert_array_equal(first.spots, again.spots)
    assert (first.text != other.text).any()
    lengths = (first.text != PAD).sum(1)
    assert (np.diff(lengths) >= 0).all()
    used = first.form != END
    assert used[:, 0].all()
    assert (np.hypot(*first.spots[used].T) <= REACH + 1e-5).all()
    assert (first.spots[~used] == 0).all()


def test_batches_are_pure_functions_of_the_step(tmp_path: Path) -> None:
    one, two = (PlannerTraining(small_recipe(), tmp_path) for _ in range(2))
    last = one.batch(20)
    one.batch(3)
    for name, value in two.batch(20).items():
        torch.testing.assert_close(value, last[name])
        assert len(value) == 16


def test_training_lowers_the_loss_and_leaves_a_planner(tmp_path: Path) -> None:
    trainable = build_trainable(small_recipe(), tmp_path)
    optimizer = torch.optim.AdamW(trainable.module.parameters(), lr=3e-3)
    losses: list[float] = []
    for step in range(40):
        loss = trainable.loss(trainable.batch(step % 8), torch.Generator().manual_seed(step))
        optimizer.zero_grad()
        loss.total.backward()
        optimizer.step()
        losses.append(float(loss.total.detach()))
    assert np.mean(losses[-8:]) < np.mean(losses[:8]) - 1.0
    assert set(loss.parts) == {"form", "finish", "camera", "placement"}
    summary = Summary("planner", 40, 640, 1.0, losses[-1], False, "cpu", 1)
    (path,) = trainable.finish(trainable.module, summary)
    assert Planner.load(path).plan("a red cube", 0).items


def test_camera_thirds() -> None:
    low, high = Camera(0.0, 0.29, 8.5), Camera(0.0, 0.69, 7.1)
    assert camera_thirds(Scene((), low)) == (0, 2)
    assert camera_thirds(Scene((), high)) == (2, 0)
