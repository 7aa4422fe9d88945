"""Trains the planner on captions that the grammar writes. Recipe: `assets/recipes/planner.toml`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import nn

from core.planning.network import PlannerNetwork
from core.planning.placement import Meaning, placement_loss
from core.planning.slot_model import THIRDS, SlotModelConfig, slot_loss
from core.planning.slots import END, to_tokens
from core.planning.weights import save_planner
from core.training.recipe import Recipe
from core.training.trainable import Batch, Loss, Summary
from core.worlds.tabletop.grammar import (
    CATEGORIES,
    MAX_TOKENS,
    PAD,
    UNKNOWN,
    Caption,
    draw,
    held_out,
    tokenize,
    vocabulary,
)
from core.worlds.tabletop.scene import DISTANCE, ELEVATION, MAX_ITEMS, Scene, ground_view

CATEGORY_WEIGHTS = {"single": 0.05, "binding": 0.1, "count": 0.12, "relation": 0.3, "negation": 0.32, "list": 0.11}
UNKNOWN_WORD_RATE = 0.06
"""How often a stray word stands in a caption, so that the planner reads past it."""
PLACEMENT_WEIGHT, CAMERA_WEIGHT = 1.0, 0.3


@dataclass(frozen=True, slots=True)
class PlanData:
    """N captioned scenes, in the order of their captions' lengths.

    text: (N, MAX_TOKENS). form, finish: (N, MAX_ITEMS), END and 0 past the last slot. spots: (N, MAX_ITEMS, 2)
    table units in the camera's frame. thirds: (N, 2), of elevation and distance.
    """

    text: np.ndarray
    form: np.ndarray
    finish: np.ndarray
    spots: np.ndarray
    thirds: np.ndarray


class PlannerTraining:
    """A `Trainable`. Captions are written in chunks, each a pure function of (seed, chunk), and used `passes` times."""

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        recipe.only_options("chunk", "passes", "width", "layers", "negatives")
        self._recipe, self._folder = recipe, folder
        self._chunk = recipe.option("chunk", 16384)
        self._passes = recipe.option("passes", 3)
        self._negatives = recipe.option("negatives", 96)
        torch.manual_seed(recipe.seed)
        config = SlotModelConfig(len(vocabulary()), recipe.option("width", 128), recipe.option("layers", 4))
        self._network = PlannerNetwork(config)
        self._data = lru_cache(maxsize=1)(self._write_chunk)

    @property
    def module(self) -> nn.Module:
        return self._network

    def _write_chunk(self, chunk: int) -> PlanData:
        return plan_data(self._chunk, (self._recipe.seed, chunk))

    def batch(self, step: int) -> Batch:
        """Captions of about one length: windows of the sorted chunk, so that little is padding."""
        size = self._recipe.batch_size
        steps = self._passes * (self._chunk // size)
        chunk, within = divmod(step, steps)
        data = self._data(chunk)
        number, window = divmod(within, self._chunk // size)
        rng = np.random.default_rng((self._recipe.seed, chunk, number))
        # Each pass shifts the windows, so that the same captions meet different neighbours.
        start = int(rng.permutation(self._chunk // size)[window]) * size + int(rng.integers(size))
        rows = np.arange(start, start + size) % self._chunk
        text = data.text[rows]
        length = int((text != PAD).sum(1).max())
        slots = max(1, int((data.form[rows] != END).sum(1).max()))
        arrays = {
            "text": text[:, :length],
            "form": data.form[rows, :slots],
            "finish": data.finish[rows, :slots],
            "spots": data.spots[rows, :slots],
            "thirds": data.thirds[rows],
        }
        return {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in arrays.items()}

    def loss(self, batch: Batch, generator: torch.Generator) -> Loss:
        network = self._network
        form, finish = batch["form"], batch["finish"]
        logits = network.slots(batch["text"], form, finish)
        of_form, of_finish = slot_loss(logits, form, finish)
        elevation, distance = batch["thirds"].unbind(1)
        cross_entropy = nn.functional.cross_entropy
        of_camera = cross_entropy(logits.elevation, elevation) + cross_entropy(logits.distance, distance)
        meaning = Meaning(batch["text"], logits.words, logits.states, form != END)
        of_placement = placement_loss(network.placement, meaning, batch["spots"], generator, negatives=self._negatives)
        total = of_form + of_finish + CAMERA_WEIGHT * of_camera + PLACEMENT_WEIGHT * of_placement
        parts = {"form": of_form, "finish": of_finish, "camera": of_camera, "placement": of_placement}
        return Loss(total, {name: value.detach() for name, value in parts.items()})

    def sample_grid(self, module: nn.Module) -> np.ndarray | None:  # noqa: ARG002
        return None

    def finish(self, module: nn.Module, summary: Summary) -> Sequence[Path]:
        assert isinstance(module, PlannerNetwork)
        path = self._folder / "tabletop-planner.safetensors"
        save_planner(module, path, {"steps": str(summary.step), "captions": str(summary.items)})
        return (path,)


def build(recipe: Recipe, folder: Path) -> PlannerTraining:
    """The recipe's builder."""
    return PlannerTraining(recipe, folder)


def plan_data(count: int, seed: tuple[int, ...]) -> PlanData:
    """`count` captioned scenes that training may see, a pure function of its arguments."""
    rng = np.random.default_rng(seed)
    weights = np.array([CATEGORY_WEIGHTS[category] for category in CATEGORIES])
    text = np.full((count, MAX_TOKENS), PAD, np.int64)
    form = np.full((count, MAX_ITEMS), END, np.int64)
    finish = np.zeros((count, MAX_ITEMS), np.int64)
    spots = np.zeros((count, MAX_ITEMS, 2), np.float32)
    thirds = np.zeros((count, 2), np.int64)
    categories = rng.choice(len(CATEGORIES), count, p=weights / weights.sum())
    for row in range(count):
        scene, caption = _training_pair(int(categories[row]), rng)
        tokens = _with_stray_words(tokenize(caption.text), rng)
        text[row, : len(tokens)] = tokens
        for slot, number in enumerate(caption.order):
            item = scene.items[number]
            form[row, slot], finish[row, slot] = to_tokens(item)
            spots[row, slot] = ground_view(item, scene.camera)
        thirds[row] = camera_thirds(scene)
    order = np.argsort((text != PAD).sum(1), kind="stable")
    return PlanData(text[order], form[order], finish[order], spots[order], thirds[order])


def camera_thirds(scene: Scene) -> tuple[int, int]:
    """Which thirds of the camera's ranges the scene's elevation and distance lie in, each 0 to 2."""
    pairs = ((scene.camera.elevation_rad, ELEVATION), (scene.camera.distance, DISTANCE))
    low, high = (
        min(THIRDS - 1, max(0, int(THIRDS * (value - start) / (end - start)))) for value, (start, end) in pairs
    )
    return low, high


def _training_pair(category: int, rng: np.random.Generator) -> tuple[Scene, Caption]:
    while True:
        scene, caption = draw(CATEGORIES[category], rng)
        # What relates three objects is the hardest to learn: half of the simpler captions make room for it.
        simple = caption.category == "relation" and len(scene.items) == 2
        if not held_out(caption.text) and not (simple and rng.random() < 0.5):
            return scene, caption


def _with_stray_words(tokens: list[int], rng: np.random.Generator) -> list[int]:
    """Now and then with an unknown word somewhere, and rarely nothing but unknown words, or nothing."""
    if rng.random() < 0.01:
        return [UNKNOWN] * int(rng.integers(0, 6))
    if rng.random() < UNKNOWN_WORD_RATE:
        for _ in range(int(rng.integers(1, 3))):
            tokens.insert(int(rng.integers(len(tokens) + 1)), UNKNOWN)
    return tokens[:MAX_TOKENS]
