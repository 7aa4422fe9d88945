"""The shipped model of the tabletop: a planner that lays out, a painter that paints the layout."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch

from core.conditioning.layout import CAMERA_CHANNELS, MAP_CHANNELS, camera_vector, cast_cells, layout_map
from core.conditioning.prompt_syntax import Phase, longest_phase, phases
from core.diffusion.guidance import GuidedDenoiser
from core.diffusion.level import Level
from core.diffusion.parameterization import Parameterization, to_prediction
from core.diffusion.prediction import Prediction
from core.diffusion.schedule import NoiseSchedule, schedule_named
from core.errors import ModelError, RequestError
from core.models.card import ModelCard
from core.models.picture import Condition
from core.networks.painter import Conditions, Painter
from core.networks.pca_codec import PcaCodec
from core.networks.unet import UNetConfig
from core.networks.weights import load_weights
from core.planning.planner import Planner
from core.requests import GuidanceSettings
from core.worlds.tabletop.grammar import MAX_TOKENS, PAD, unknown_words
from core.worlds.tabletop.scene import Scene
from core.worlds.tabletop.words import canonical_words

ROUNDING = 1e-9
"""A run's fraction done is a difference of floats; a change at 0.4 must not come a step late for that."""


@dataclass(frozen=True, slots=True)
class TabletopModel:
    """A PictureModel. size: pixels a side; map_size: cells a side of the layout's map."""

    card: ModelCard
    device: torch.device
    painter: Painter
    codec: PcaCodec
    planner: Planner
    size: int
    map_size: int

    @property
    def dtype(self) -> torch.dtype:
        return torch.float32

    @property
    def schedule(self) -> NoiseSchedule:
        return schedule_named(self.card.schedule)

    @property
    def parameterization(self) -> Parameterization:
        return Parameterization(self.card.parameterization)

    @property
    def weight_bytes(self) -> int:
        held = (self.painter.state_dict(), self.codec.state_dict(), self.planner.weights)
        return sum(tensor.nbytes for part in held for tensor in part.values())

    def in_float32(self) -> TabletopModel:
        return self

    def latent_shape(self, width: int, height: int) -> tuple[int, ...]:
        """Raises RequestError for any size but the one it was trained at."""
        if (width, height) != (self.size, self.size):
            raise RequestError(
                f"{self.card.id} can't paint {width}x{height} pixels; it was trained at "
                f"{self.size}x{self.size}, ask for that",
                "size",
            )
        return self.codec.channels, self.size // self.codec.factor, self.size // self.codec.factor

    def unknown_words(self, prompt: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word for phase in phases(prompt) for word in unknown_words(phase.text)))

    def plan(self, prompt: str, seed: int) -> str:
        """A layout is one for the whole run, so it is planned from the words that stand longest, the first of equals.

        The planner reads the words without their weights; those of weight 0 are not there.
        """
        return self.planner.plan(longest_phase(prompt).text, seed).to_json()

    def denoiser(self, conditions: Sequence[Condition], guidance: GuidanceSettings) -> GuidedDenoiser:
        with torch.inference_mode():
            asked = [self._course(one.prompt, one.layout) for one in conditions]
            left_out = [self._course(one.negative_prompt, None) for one in conditions]
        return GuidedDenoiser(_Guesses(self, tuple(asked), tuple(left_out)), guidance)

    def _course(self, prompt: str, layout: str | None) -> _Course:
        """One item's conditions through the run, worked out once a picture, item by item."""
        said = phases(prompt)
        return _Course(tuple(phase.start for phase in said), tuple(self._conditions(phase, layout) for phase in said))

    def _conditions(self, said: Phase, layout: str | None) -> Conditions:
        words, counts = weighted_tokens(said)
        padding = MAX_TOKENS - len(words)
        tokens = torch.tensor([words + [PAD] * padding], device=self.device)
        weights = None
        if any(count != 1.0 for count in counts):
            weights = torch.tensor([counts + [1.0] * padding], device=self.device)
        camera = torch.zeros(1, CAMERA_CHANNELS, device=self.device)
        features = torch.zeros(1, MAP_CHANNELS, self.map_size, self.map_size, device=self.device)
        if layout is not None:
            scene = Scene.from_json(layout)
            camera = camera_vector([scene], self.device)
            features = layout_map([scene], cast_cells([scene], self.map_size, self.device))
        return self.painter.conditions(tokens, camera, features, weights)


def weighted_tokens(said: Phase) -> tuple[list[int], list[float]]:
    """(tokens, weights) of a phase's first MAX_TOKENS canonical words.

    A word read from a phrase of several weights ("to the (left:2) of") has the one that is furthest from 1.
    """
    each = [piece.weight for piece in said.pieces for _ in piece.words]
    words = canonical_words(said.text)[:MAX_TOKENS]
    weights = [max(each[word.start : word.end], key=lambda weight: abs(weight - 1.0)) for word in words]
    return [word.token for word in words], weights


@dataclass(frozen=True, slots=True)
class _Course:
    """Conditions of one item by the run's fraction done: given[i] from starts[i] on, the first from 0.0."""

    starts: tuple[float, ...]
    given: tuple[Conditions, ...]

    def at(self, level: Level) -> Conditions:
        """The fraction done is 1 - t, as for the guidance interval: the same noise at any step count, on any grid."""
        return self.given[bisect_right(self.starts, 1.0 - level.t + ROUNDING) - 1]


@dataclass(frozen=True, slots=True)
class _Guesses:
    """The painter under a batch's conditions, as guidance asks for it."""

    model: TabletopModel
    asked: tuple[_Course, ...]
    left_out: tuple[_Course, ...]

    def conditional(self, x: torch.Tensor, level: Level) -> Prediction:
        return self._read(self._paint(x, level, [(one.at(level),) for one in self.asked])[:, 0], x, level)

    def pair(self, x: torch.Tensor, level: Level) -> tuple[Prediction, Prediction]:
        pairs = zip(self.asked, self.left_out, strict=True)
        both = self._paint(x, level, [(asked.at(level), left_out.at(level)) for asked, left_out in pairs])
        return self._read(both[:, 0], x, level), self._read(both[:, 1], x, level)

    def _read(self, output: torch.Tensor, x: torch.Tensor, level: Level) -> Prediction:
        return to_prediction(self.model.parameterization, output, x, level)

    @torch.inference_mode()
    def _paint(self, x: torch.Tensor, level: Level, given: Sequence[tuple[Conditions, ...]]) -> torch.Tensor:
        """(B, K, C, h, w): the network's K outputs for each item.

        CPU convolutions may round otherwise for another batch size, so there each item is a batch of its own.
        """
        ways = len(given[0])
        if x.device.type != "cpu":
            flat = Conditions.joined([one for item in given for one in item])
            return self._call(x.repeat_interleave(ways, dim=0), level, flat).reshape(len(x), ways, *x.shape[1:])
        rows = [
            self._call(item.expand(ways, *item.shape), level, Conditions.joined(own))
            for item, own in zip(x, given, strict=True)
        ]
        return torch.stack(rows)

    def _call(self, x: torch.Tensor, level: Level, given: Conditions) -> torch.Tensor:
        t = torch.full((len(x),), level.t, device=x.device)
        return self.model.painter.paint(x.contiguous(memory_format=torch.channels_last), t, given)


def load(card: ModelCard, folder: Path, device: torch.device) -> TabletopModel:
    """Build the model of a card from its files. Raises ModelError for files that are not what the card says."""
    weights = load_weights(folder / card.files["painter"])
    try:
        config = cast("dict[str, Any]", json.loads(weights.metadata["config"]))
        size, words = int(config.pop("size")), int(config.pop("vocabulary"))
        entries = {key: _entry(value) for key, value in config.items()}
        shape = UNetConfig(**entries)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{card.files['painter']} has no readable painter configuration ({error}); install the model again"
        ) from error
    painter = Painter(shape, words, CAMERA_CHANNELS)
    painter.load_state_dict(weights.part("painter."))
    painter.to(device=device, memory_format=torch.channels_last).eval().requires_grad_(False)  # pyright: ignore[reportCallIssue]
    codec = PcaCodec.from_tensors(weights.part("codec.")).to(device)
    cells = size // codec.factor * shape.map_factor
    return TabletopModel(card, device, painter, codec, Planner.load(folder / card.files["planner"]), size, cells)


def _entry(value: Any) -> Any:
    """JSON has lists where a configuration has tuples."""
    return tuple(cast("list[Any]", value)) if isinstance(value, list) else value
