"""The shipped model of the tabletop: a planner that lays out, a painter that paints the layout."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import torch

from core.conditioning.conjunction import as_one, parts_of
from core.conditioning.layout import CAMERA_CHANNELS, MAP_CHANNELS, camera_vector, cast_cells, layout_map
from core.conditioning.prompt_phases import Phase, longest_phase, phases
from core.diffusion.grids.grid import TimeGrid
from core.diffusion.guidance import Guess, GuidanceError, GuidedDenoiser
from core.diffusion.guidance.guided import ASKED
from core.diffusion.parameterization import Parameterization
from core.diffusion.schedule import NoiseSchedule, schedule_named
from core.errors import ModelError, RequestError
from core.models.card import ModelCard
from core.models.painter_guesses import Course, PainterGuesses, Said
from core.models.picture import Condition
from core.models.weakened import weakened
from core.networks.painter import Conditions, Painter
from core.networks.pca_codec import PcaCodec
from core.networks.unet import UNetConfig
from core.networks.weights import Weights, load_weights
from core.planning.planner import Planner
from core.requests import GuidanceSettings
from core.worlds.tabletop.grammar import MAX_TOKENS, PAD, unknown_words
from core.worlds.tabletop.scene import Scene
from core.worlds.tabletop.words import Word, canonical_words

UNLAID_KEPT = 4
"""Conditions without a layout that a model remembers, a quarter of a megabyte each."""


@dataclass(frozen=True, slots=True)
class TabletopModel:
    """A PictureModel. size: pixels a side; map_size: cells a side of the layout's map.

    weaker: the card of a weaker painter of the same kind, for autoguidance, and find_weaker: where its file is; without
    one the painter's own weights are spoiled.
    """

    card: ModelCard
    device: torch.device
    painter: Painter
    codec: PcaCodec
    planner: Planner
    size: int
    map_size: int
    weaker: ModelCard | None = None
    find_weaker: Callable[[], Path] | None = None
    unlaid: dict[Phase, Conditions] = field(default_factory=dict[Phase, Conditions], compare=False, repr=False)

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

    def served_by(self, weaker: ModelCard, find: Callable[[], Path]) -> TabletopModel:
        return replace(self, weaker=weaker, find_weaker=find)

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
        return tuple(
            dict.fromkeys(
                word for part in parts_of(prompt) for phase in phases(part.prompt) for word in unknown_words(phase.text)
            )
        )

    def plan(self, prompt: str, seed: int) -> str:
        """A layout is one for the whole run, so it is planned from the words that stand longest, the first of equals.

        The planner reads the words without their weights; those of weight 0 are not there. Prompts joined by AND are
        planned as one.
        """
        return self.planner.plan(longest_phase(as_one(prompt)).text, seed).to_json()

    def denoiser(
        self, conditions: Sequence[Condition], guidance: GuidanceSettings, levels: TimeGrid = ()
    ) -> GuidedDenoiser:
        with torch.inference_mode():
            said = tuple(self._said(one, ASKED[guidance.method] if guidance.on else ()) for one in conditions)
        weak = self._weaker() if guidance.on and guidance.method == "auto" else None
        if guidance.on and guidance.method == "pag" and not self.painter.config.attention_levels:
            raise GuidanceError(
                f"{self.card.id} has no self-attention to put out; choose another method of guidance than pag"
            )
        return GuidedDenoiser(PainterGuesses(self, said, weak), guidance, levels)

    def _weaker(self) -> Painter:
        """Raises ModelError for one that does not paint in this one's latents, or whose file is missing or damaged."""
        if self.weaker is None or self.find_weaker is None:
            return weakened(self.painter)
        file = self.find_weaker()
        weak = weaker_painter(file, file.stat().st_mtime_ns, self.device)
        read = [(card.network, card.parameterization, card.schedule, card.codec) for card in (self.weaker, self.card)]
        shapes = [(each.in_channels, each.map_channels, each.map_factor) for each in (weak.config, self.painter.config)]
        if read[0] != read[1] or shapes[0] != shapes[1]:
            raise ModelError(
                f"{self.weaker.id} can't serve {self.card.id}: it paints in other latents; remove it, or train it anew"
            )
        return weak

    def _said(self, one: Condition, asked: tuple[Guess, ...]) -> dict[Guess, Said]:
        """One item's conditions for each guess that may be asked for, worked out once a picture."""
        said = {Guess.PROMPTED: self._joined(one, self.painter)}
        if Guess.LEFT_OUT in asked:
            said[Guess.LEFT_OUT] = Said(((self._course(one.negative_prompt, None, self.painter), 1.0),))
        if Guess.EMPTY in asked:
            said[Guess.EMPTY] = Said(((self._course("", None, self.painter), 1.0),))
        if Guess.PERTURBED in asked:
            said[Guess.PERTURBED] = said[Guess.PROMPTED].put_out()
        if Guess.WEAK in asked:
            said[Guess.WEAK] = self._joined(one, self._weaker())
        return said

    def _joined(self, one: Condition, painter: Painter) -> Said:
        """Prompts joined by AND share the layout, so it is what the guess without words has too: their weights add up
        what the words do, not the layout again."""
        parts = parts_of(one.prompt)
        courses = [(self._course(part.prompt, one.layout, painter), part.weight) for part in parts]
        rest = 1.0 - sum(part.weight for part in parts)
        if len(parts) > 1 and rest:
            courses.insert(0, (self._course("", one.layout, painter), rest))
        return Said(tuple(courses))

    def _course(self, prompt: str, layout: str | None, painter: Painter) -> Course:
        """One item's conditions through the run, worked out once a picture, item by item."""
        said = phases(prompt)
        given = tuple(
            self._conditions(phase, layout, painter) if layout or painter is not self.painter else self._unlaid(phase)
            for phase in said
        )
        words = tuple(_named(read_words(phase)) for phase in said)
        return Course(tuple(phase.start for phase in said), given, words)

    def _unlaid(self, said: Phase) -> Conditions:
        """Without a layout. Most pictures are led away from the same one, so the last few are remembered."""
        known = self.unlaid.get(said)
        if known is None:
            while len(self.unlaid) >= UNLAID_KEPT:
                self.unlaid.pop(next(iter(self.unlaid)))
            known = self.unlaid[said] = self._conditions(said, None, self.painter)
        return known

    def _conditions(self, said: Phase, layout: str | None, painter: Painter) -> Conditions:
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
        return painter.conditions(tokens, camera, features, weights)


def weighted_tokens(said: Phase) -> tuple[list[int], list[float]]:
    """(tokens, weights) of a phase's first MAX_TOKENS canonical words.

    A word read from a phrase of several weights ("to the (left:2) of") has the one that is furthest from 1.
    """
    each = [piece.weight for piece in said.pieces for _ in piece.words]
    words = read_words(said)
    weights = [max(each[word.start : word.end], key=lambda weight: abs(weight - 1.0)) for word in words]
    return [word.token for word in words], weights


def read_words(said: Phase) -> tuple[Word, ...]:
    """A phase's words as the painter reads them, a token each."""
    return canonical_words(said.text)[:MAX_TOKENS]


def _named(words: Sequence[Word]) -> tuple[str, ...]:
    """As they were typed; one that is read as two says which of them it is: "gold (metal)"."""
    places = Counter(word.start for word in words)
    return tuple(word.typed if places[word.start] == 1 else f"{word.typed} ({word.canonical})" for word in words)


def load(card: ModelCard, folder: Path, device: torch.device) -> TabletopModel:
    """Build the model of a card from its files. Raises ModelError for files that are not what the card says."""
    painter, weights = _painter(folder / card.files["painter"], device)
    codec = PcaCodec.from_tensors(weights.part("codec.")).to(device)
    size = int(json.loads(weights.metadata["config"])["size"])
    cells = size // codec.factor * painter.config.map_factor
    planner = Planner.load(folder / card.files["planner"])
    return TabletopModel(card, device, painter, codec, planner, size, cells)


@lru_cache(maxsize=2)
def weaker_painter(file: Path, changed_ns: int, device: torch.device) -> Painter:  # noqa: ARG001 - names its state
    """A painter without its codec and planner. Raises ModelError for a file that holds none."""
    return _painter(file, device)[0]


def _painter(file: Path, device: torch.device) -> tuple[Painter, Weights]:
    weights = load_weights(file)
    try:
        config = cast("dict[str, Any]", json.loads(weights.metadata["config"]))
        _, words = int(config.pop("size")), int(config.pop("vocabulary"))
        entries = {key: _entry(value) for key, value in config.items()}
        shape = UNetConfig(**entries)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{file.name} has no readable painter configuration ({error}); install the model again"
        ) from error
    painter = Painter(shape, words, CAMERA_CHANNELS)
    painter.load_state_dict(weights.part("painter."))
    painter.to(device=device, memory_format=torch.channels_last).eval().requires_grad_(False)  # pyright: ignore[reportCallIssue]
    return painter, weights


def _entry(value: Any) -> Any:
    """JSON has lists where a configuration has tuples."""
    return tuple(cast("list[Any]", value)) if isinstance(value, list) else value
