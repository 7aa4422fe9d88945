"""A real picture model small enough for tests: the exact denoiser of flat-coloured pictures, in pixel space.

Its world is a mixture of Gaussians, one per colour. A prompt's colours choose among them; without any, all remain.
With "layout" in its card's conditioning it plans too: a one-item scene, whose colour it then paints.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.grids.grid import TimeGrid
from core.diffusion.guidance import Guess, GuidanceError, GuidedDenoiser
from core.diffusion.level import Level
from core.diffusion.mixture import GaussianMixture
from core.diffusion.parameterization import Parameterization
from core.diffusion.prediction import Prediction
from core.diffusion.schedule import NoiseSchedule, schedule_named
from core.errors import RequestError
from core.latents.codec import LatentCodec, to_uint8
from core.models.card import ModelCard, ModelDefaults, write_card
from core.models.loader import register_network
from core.models.picture import Condition
from core.requests import GuidanceSettings
from core.worlds.tabletop.scene import COLOURS, Scene, sample_scene

NETWORK = "gaussian_mixture"
SIDE = 16
SPREAD = 0.1
FILLERS = frozenset({"a", "an", "the", "cube", "sphere", "and"})

RGB: dict[str, tuple[float, float, float]] = {
    "red": (0.8, -0.7, -0.7),
    "orange": (0.9, 0.1, -0.8),
    "yellow": (0.9, 0.8, -0.7),
    "green": (-0.7, 0.5, -0.6),
    "blue": (-0.7, -0.5, 0.8),
    "purple": (0.2, -0.7, 0.6),
    "white": (0.9, 0.9, 0.9),
    "black": (-0.9, -0.9, -0.9),
}


class PixelCodec:
    """Pictures are their own latents."""

    channels = 3
    factor = 1

    def encode(self, image: Tensor) -> Tensor:
        return image

    def decode(self, latent: Tensor) -> Tensor:
        return latent

    def preview(self, latent: Tensor) -> np.ndarray:
        return to_uint8(latent)


def chosen(condition: Condition, *, negative: bool) -> list[int]:
    """Places in COLOURS that a condition leaves; a layout's own colour beats the prompt's."""
    if negative:
        named = [colour for colour in COLOURS if colour in condition.negative_prompt.lower().split()]
        return [place for place, colour in enumerate(COLOURS) if colour not in named]
    if condition.layout is not None:
        return [COLOURS.index(Scene.from_json(condition.layout).items[0].colour)]
    words = condition.prompt.lower().split()
    return [place for place, colour in enumerate(COLOURS) if colour in words] or list(range(len(COLOURS)))


@dataclass(frozen=True, slots=True)
class Conditioned:
    """One mixture an item, so that no item's arithmetic depends on the batch."""

    with_prompt: tuple[GaussianMixture, ...]
    without: tuple[GaussianMixture, ...]

    everything: GaussianMixture | None = None

    def guesses(self, x: Tensor, level: Level, asked: tuple[Guess, ...]) -> tuple[Prediction, ...]:
        return tuple(self._guess(x, level, guess) for guess in asked)

    def _guess(self, x: Tensor, level: Level, asked: Guess) -> Prediction:
        known = {Guess.PROMPTED: self.with_prompt, Guess.LEFT_OUT: self.without}
        if self.everything is not None:
            known[Guess.EMPTY] = (self.everything,) * len(x)
        if asked not in known:
            raise GuidanceError(f"the flat colours have no {asked.value} guess; choose another method of guidance")
        guesses = [mixture(item[None], level) for mixture, item in zip(known[asked], x, strict=True)]
        return Prediction(torch.cat([guess.x0 for guess in guesses]), torch.cat([guess.eps for guess in guesses]))


@dataclass(frozen=True, slots=True)
class MixtureModel:
    card: ModelCard
    means: Tensor
    device: torch.device
    codec: LatentCodec
    schedule: NoiseSchedule
    dtype: torch.dtype = torch.float32
    parameterization: Parameterization = Parameterization.X0

    @property
    def weight_bytes(self) -> int:
        return self.means.nbytes

    def in_float32(self) -> MixtureModel:
        return replace(self, dtype=torch.float32)

    def latent_shape(self, width: int, height: int) -> tuple[int, ...]:
        if (width, height) not in self.card.sizes:
            known = ", ".join(f"{w}x{h}" for w, h in self.card.sizes)
            raise RequestError(f"{self.card.id} can't make {width}x{height} pictures; choose one of {known}")
        return (3, height, width)

    def unknown_words(self, prompt: str) -> tuple[str, ...]:
        known = FILLERS | set(COLOURS)
        return tuple(dict.fromkeys(word for word in prompt.lower().split() if word not in known))

    def plan(self, prompt: str, seed: int) -> str | None:
        if "layout" not in self.card.conditioning:
            return None
        scene = sample_scene(np.random.default_rng(seed), count=1)
        places = chosen(Condition(prompt), negative=False)
        item = replace(scene.items[0], colour=COLOURS[places[seed % len(places)]])
        return replace(scene, items=(item,)).to_json()

    def denoiser(self, conditions: Sequence[Condition], guidance: GuidanceSettings, levels: TimeGrid = ()) -> Denoiser:
        return GuidedDenoiser(
            Conditioned(
                tuple(self._mixture(chosen(condition, negative=False)) for condition in conditions),
                tuple(self._mixture(chosen(condition, negative=True)) for condition in conditions),
                self._mixture(list(range(len(COLOURS)))),
            ),
            guidance,
            levels,
        )

    def _mixture(self, places: list[int]) -> GaussianMixture:
        means = self.means[places]
        weights = torch.full((len(places),), 1.0 / len(places))
        return GaussianMixture(weights, means, torch.full((len(places),), SPREAD))


def load(card: ModelCard, folder: Path, device: torch.device) -> MixtureModel:
    means = load_file(folder / card.files["painter"])["means"].to(device)
    return MixtureModel(card, means, device, PixelCodec(), schedule_named(card.schedule))


def install_mixture(folder: Path, model_id: str = "mixture", *, plans: bool = False, side: int = SIDE) -> ModelCard:
    """Write the model's card and weights, and make its network known to this process."""
    register_network(NETWORK, f"{__name__}:load")
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / f"{model_id}.safetensors"
    means = torch.tensor([RGB[colour] for colour in COLOURS])[:, :, None, None].expand(-1, -1, side, side)
    save_file({"means": means.contiguous()}, weights)
    card = ModelCard(
        id=model_id,
        title="Flat colours",
        summary="The exact denoiser of eight flat colours",
        network=NETWORK,
        parameterization="x0",
        schedule="flow",
        codec="pixels",
        conditioning=("text", "layout") if plans else ("text",),
        sizes=((side, side),),
        parameters=means.numel(),
        license="Apache-2.0",
        source="tests",
        files={"painter": weights.name},
        sha256={"painter": hashlib.sha256(weights.read_bytes()).hexdigest()},
        defaults=ModelDefaults(steps=4),
    )
    write_card(card, folder / f"{model_id}.json")
    return card
