"""The sticker model: a prompt in open English, read by MiniLM, drawn in one of several styles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import torch

from core.conditioning.conjunction import parts_of
from core.conditioning.prompt_phases import Phase, phases
from core.conditioning.sentence import Sentence, read_sentence, remarks, unread
from core.diffusion.grids.grid import TimeGrid
from core.diffusion.guidance import Guess, GuidedDenoiser
from core.diffusion.guidance.guided import ASKED
from core.diffusion.parameterization import Parameterization
from core.diffusion.schedule import NoiseSchedule, schedule_named
from core.errors import ModelError, RequestError
from core.latents.kl_codec import KlCodec, load_codec
from core.models.card import ModelCard, read_card
from core.models.painter_guesses import Course, PainterGuesses, Said
from core.models.picture import Condition
from core.models.weakened import weakened
from core.networks.captioned import CaptionedConfig, CaptionedNetwork
from core.networks.minilm import MiniLm, load_minilm
from core.networks.painter import Conditions
from core.networks.weights import load_weights
from core.requests import GuidanceSettings

ROLE = "painter"
"""Of the network's file; of several, the others' begin with it."""
READ_KEPT = 64
"""Sentences that a model remembers, fifty kilobytes each."""
LENGTHS = 8
"""Texts are padded to a multiple of this many tokens."""


@dataclass(frozen=True, slots=True)
class StickersModel:
    """A PictureModel without a planner."""

    card: ModelCard
    device: torch.device
    painter: CaptionedNetwork
    codec: KlCodec
    encoder: MiniLm
    read: dict[Phase, Sentence] = field(default_factory=dict[Phase, Sentence], compare=False, repr=False)

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
        held = (self.painter.state_dict(), self.codec.network.state_dict())
        return sum(tensor.nbytes for part in held for tensor in part.values()) + self.encoder.weight_bytes

    def in_float32(self) -> StickersModel:
        return self

    def latent_shape(self, width: int, height: int) -> tuple[int, ...]:
        """Raises RequestError for a size that the card does not list."""
        if (width, height) not in self.card.sizes:
            listed = ", ".join(f"{one}x{other}" for one, other in self.card.sizes)
            raise RequestError(f"{self.card.id} can't draw {width}x{height} pixels; choose one of {listed}", "size")
        return self.codec.channels, height // self.codec.factor, width // self.codec.factor

    def unknown_words(self, prompt: str) -> tuple[str, ...]:
        """Any word is read, in pieces if need be; only what no letters are in (most emoji) is not."""
        return unread(self.encoder, prompt)

    def remarks(self, prompt: str) -> tuple[str, ...]:
        """A sentence for each text that is too long to be read whole."""
        return remarks(self.encoder, prompt)

    def plan(self, prompt: str, seed: int) -> None:  # noqa: ARG002
        """There is no layout: words alone say what stands where."""
        return

    def denoiser(
        self, conditions: Sequence[Condition], guidance: GuidanceSettings, levels: TimeGrid = ()
    ) -> GuidedDenoiser:
        """Without words means without style, too, so that guidance brings out both."""
        asked = ASKED[guidance.method] if guidance.on else ()
        with torch.inference_mode():
            said = tuple(self._said(one, asked) for one in conditions)
        weak = weakened(self.painter) if Guess.WEAK in asked else None
        return GuidedDenoiser(PainterGuesses(self, said, weak), guidance, levels)

    def _said(self, one: Condition, asked: tuple[Guess, ...]) -> dict[Guess, Said]:
        """One item's conditions for each guess that may be asked for, worked out once a picture."""
        length = self._length(one)
        said = {Guess.PROMPTED: self._joined(one, length, self.painter)}
        if Guess.LEFT_OUT in asked:
            said[Guess.LEFT_OUT] = Said(((self._course(one.negative_prompt, "", length, self.painter), 1.0),))
        if Guess.EMPTY in asked:
            said[Guess.EMPTY] = Said(((self._course("", "", length, self.painter), 1.0),))
        if Guess.PERTURBED in asked:
            said[Guess.PERTURBED] = said[Guess.PROMPTED].put_out()
        if Guess.WEAK in asked:
            said[Guess.WEAK] = self._joined(one, length, weakened(self.painter))
        return said

    def _length(self, one: Condition) -> int:
        """Tokens to which the item's texts are padded: by its own alone, so that the batch does not matter."""
        prompts = (*(part.prompt for part in parts_of(one.prompt)), one.negative_prompt)
        each = (self._sentence(phase) for prompt in prompts for phase in phases(prompt) if phase.text.strip())
        longest = max((int(sentence.mask.sum()) for sentence in each), default=1)
        return -(-longest // LENGTHS) * LENGTHS

    def _joined(self, one: Condition, length: int, painter: CaptionedNetwork) -> Said:
        """Prompts joined by AND share the style, so it is what the guess without words has too: their weights add up
        what the words do, not the style again."""
        parts = parts_of(one.prompt)
        courses = [(self._course(part.prompt, one.style, length, painter), part.weight) for part in parts]
        rest = 1.0 - sum(part.weight for part in parts)
        if len(parts) > 1 and rest:
            courses.insert(0, (self._course("", one.style, length, painter), rest))
        return Said(tuple(courses))

    def _course(self, prompt: str, style: str, length: int, painter: CaptionedNetwork) -> Course:
        said = phases(prompt)
        given = tuple(self._conditions(phase, style, length, painter) for phase in said)
        words = tuple(self._sentence(phase).words if phase.text.strip() else () for phase in said)
        return Course(tuple(phase.start for phase in said), given, words)

    def _conditions(self, said: Phase, style: str, length: int, painter: CaptionedNetwork) -> Conditions:
        chosen = torch.tensor([1 + self.card.styles.index(style) if style else 0], device=self.device)
        if not said.text.strip():
            states = torch.zeros(1, length, painter.config.text_width, device=self.device)
            mask = torch.zeros(1, length, dtype=torch.bool, device=self.device)
            places = torch.zeros(length, dtype=torch.int64, device=self.device)
            return painter.conditions(states, mask, chosen, None, _grouping(places))
        sentence = self._sentence(said)
        weights = None if sentence.weights is None else sentence.weights[:, :length]
        states, mask = sentence.states[:, :length], sentence.mask[:, :length]
        return painter.conditions(states, mask, chosen, weights, _grouping(sentence.places[:length]))

    def _sentence(self, said: Phase) -> Sentence:
        """The last few are remembered: a batch, its steps and its previews say the same."""
        known = self.read.get(said)
        if known is None:
            while len(self.read) >= READ_KEPT:
                self.read.pop(next(iter(self.read)))
            known = self.read[said] = read_sentence(self.encoder, said)
        return known


def _grouping(places: torch.Tensor) -> torch.Tensor:
    """As `Conditions` has it. places: (T,), to which word each token belongs, from 1; 0 for none."""
    count = len(places)
    grouping = torch.zeros(1, 1 + count, 1 + count, device=places.device)
    grouping[0, 0, 0] = 1.0
    grouping[0, torch.arange(1, 1 + count, device=places.device), places] = 1.0
    return grouping


def load(card: ModelCard, folder: Path, device: torch.device) -> StickersModel:
    """Build the model of a card from its files. Raises ModelError for files that are not what the card says, a missing
    codec's card, or a missing text encoder."""
    painter = painter_of([folder / name for role, name in card.files.items() if role.startswith(ROLE)])
    if painter.config.styles != len(card.styles):
        raise ModelError(
            f"{card.id} names {len(card.styles)} styles, its network has {painter.config.styles}; install it again"
        )
    codec_card = read_card(folder / f"{card.codec}.json")
    if codec_card.files != {"codec": card.files.get("codec")}:
        raise ModelError(
            f"{card.id} was trained on the latents of {card.files.get('codec')}; install it again with that"
        )
    codec = load_codec(codec_card, folder, device)
    if codec.channels != painter.config.channels:
        raise ModelError(
            f"{card.codec} has {codec.channels} channels, {card.id} draws {painter.config.channels}; install both again"
        )
    return StickersModel(card, device, painter.to(device), codec, load_minilm(device))


def painter_of(files: Sequence[Path]) -> CaptionedNetwork:
    """The network whose weights lie in these files, on the CPU. Raises ModelError."""
    parts = [load_weights(file) for file in files]
    try:
        config = CaptionedConfig(**cast("dict[str, Any]", json.loads(parts[0].metadata["config"])))
        painter = CaptionedNetwork(config)
        painter.load_state_dict({name: value for part in parts for name, value in part.tensors.items()})
    except (IndexError, KeyError, TypeError, ValueError, RuntimeError) as error:
        named = " and ".join(file.name for file in files) or "no file"
        raise ModelError(f"{named} can't be read as a sticker network ({error}); install the model again") from error
    return painter.eval().requires_grad_(False)
