"""From a prompt to a scene: which objects, by the slot model; where, by the placement; and from where they are seen."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import torch

from core.planning.network import PlannerNetwork
from core.planning.placement import Meaning, uniform_spots
from core.planning.sight import clearly_visible
from core.planning.slot_model import THIRDS
from core.planning.slots import END, Kind, from_tokens
from core.planning.weights import load_planner
from core.worlds.tabletop.scene import (
    AZIMUTH,
    DISTANCE,
    ELEVATION,
    GAP,
    MAX_ITEMS,
    Camera,
    Item,
    Scene,
    footprint,
    sample_light,
)
from core.worlds.tabletop.words import tokenize

CANDIDATES = 768
ATTEMPTS = 64
"""Arrangements whose visibility is looked at before fresh candidates are drawn."""
ROUNDS = 8
MIN_P = 0.25
"""Choices below this fraction of the likeliest one's probability are never taken (min-p truncation)."""


class Planner:
    """Plans scenes. A plan is a pure function of (prompt, seed) on one machine and version."""

    def __init__(self, network: PlannerNetwork) -> None:
        self._network = network.eval()

    @staticmethod
    def load(path: Path) -> Planner:
        """Read a planner's weights. Raises ModelError."""
        return Planner(load_planner(path))

    @property
    def weights(self) -> dict[str, torch.Tensor]:
        """By name; not to be written to."""
        return self._network.state_dict()

    @torch.inference_mode()
    def plan(self, prompt: str, seed: int) -> Scene:
        """One scene for the prompt, its items in the order of their mention.

        Any string is planned: unknown words are read past, and where nothing is asked for the scene is random. Items
        never overlap; they are all in clear sight wherever an arrangement of that kind was found.
        """
        rng = np.random.default_rng(seed)
        text = torch.tensor([tokenize(prompt)], dtype=torch.long)
        kinds, meaning, elevation, distance = self._choose_kinds(text, rng)
        camera = Camera(
            float(rng.uniform(*AZIMUTH)),
            _within_third(ELEVATION, elevation, rng),
            _within_third(DISTANCE, distance, rng),
        )
        light = sample_light(rng)
        yaws = rng.uniform(-math.pi, math.pi, len(kinds))
        fallback: Scene | None = None
        for _ in range(ROUNDS):
            for spots in self._arrangements(kinds, meaning, rng):
                scene = Scene(_stand(kinds, spots, yaws, camera), camera, light)
                if clearly_visible(scene):
                    return scene
                fallback = fallback or scene
        assert fallback is not None, "no arrangement without overlap among the candidates"
        return fallback

    def _choose_kinds(self, text: torch.Tensor, rng: np.random.Generator) -> tuple[list[Kind], Meaning, int, int]:
        """(kinds, what they stand for, third of elevation, third of distance), drawn slot by slot."""
        slots = self._network.slots
        form = torch.full((1, MAX_ITEMS), END)
        finish = torch.zeros((1, MAX_ITEMS), dtype=torch.long)
        first = slots(text, form[:, :0], finish[:, :0])
        elevation, distance = _draw(first.elevation[0], rng), _draw(first.distance[0], rng)
        for slot in range(MAX_ITEMS):
            choices = slots(text, form[:, :slot], finish[:, :slot]).form[0, slot] if slot else first.form[0, 0]
            # At least one object stands on the table.
            chosen = _draw(choices[:END] if slot == 0 else choices, rng)
            if chosen == END:
                break
            form[0, slot] = chosen
            finish[0, slot] = _draw(slots(text, form[:, : slot + 1], finish[:, : slot + 1]).finish[0, slot], rng)
        count = int((form != END).sum())
        form, finish = form[:, :count], finish[:, :count]
        kinds = [from_tokens(int(form[0, slot]), int(finish[0, slot])) for slot in range(count)]
        logits = slots(text, form, finish)
        meaning = Meaning(text, logits.words, logits.states, torch.ones_like(form, dtype=torch.bool))
        return kinds, meaning, elevation, distance

    def _arrangements(self, kinds: list[Kind], meaning: Meaning, rng: np.random.Generator) -> list[np.ndarray]:
        """Some (S, 2) arrangements without overlap, in a random order that favours the likelier; may be empty."""
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        count = len(kinds)
        # Four large objects rarely fall apart by chance: many are drawn, CANDIDATES of the fitting are scored.
        drawn = uniform_spots((CANDIDATES * (1, 2, 6, 24)[count - 1], count), generator)
        spots = drawn[_apart(drawn, kinds)][:CANDIDATES]
        if not len(spots):
            return []
        scores = self._network.placement(meaning, spots[None])[0].double().numpy()
        likely = scores >= scores.max() + math.log(MIN_P)
        # Sorting by score plus Gumbel noise draws without replacement from the softmax (Kool et al. 2019, eq. 6).
        order = np.argsort(-(scores + rng.gumbel(size=len(scores))), kind="stable")
        return [spots[int(number)].double().numpy() for number in order if likely[number]][:ATTEMPTS]


def _apart(spots: torch.Tensor, kinds: list[Kind]) -> torch.Tensor:
    """(K,) bool: no two footprints of an arrangement nearer than GAP. spots: (K, S, 2)."""
    radius = torch.tensor([footprint(kind.at(0.0, 0.0, 0.0)) for kind in kinds])
    first, second = torch.triu_indices(len(kinds), len(kinds), 1)
    between = (spots[:, first] - spots[:, second]).square().sum(-1).sqrt()
    # A hair more than GAP: turning into the world's frame rounds.
    return (between > radius[first] + radius[second] + GAP + 1e-4).all(1)


def _stand(kinds: list[Kind], spots: np.ndarray, yaws: np.ndarray, camera: Camera) -> tuple[Item, ...]:
    """Items of the world frame from (right, away) of the camera's; the inverse of `ground_view`."""
    c, s = math.cos(camera.azimuth_rad), math.sin(camera.azimuth_rad)
    return tuple(
        kind.at(float(right * c - away * s), float(right * s + away * c), float(yaw))
        for kind, (right, away), yaw in zip(kinds, spots, yaws, strict=True)
    )


def _draw(logits: torch.Tensor, rng: np.random.Generator) -> int:
    """One index by its softmax probability, the unlikely ones cut off at MIN_P."""
    values = np.asarray(logits, dtype=np.float64)
    weights = np.exp(values - values.max())
    weights[weights < MIN_P] = 0.0
    return int(rng.choice(len(weights), p=weights / weights.sum()))


def _within_third(interval: tuple[float, float], third: int, rng: np.random.Generator) -> float:
    low, high = interval
    return low + (high - low) * (third + float(rng.random())) / THIRDS
