"""The judge of stickers: a picture's place among captions, its style, and the features that sets are compared in."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from core.datasets.stickers.cache import STYLES
from core.errors import ModelError
from core.networks.matcher import Matcher, MatcherConfig
from core.networks.minilm import MiniLm
from core.networks.weights import load_weights

MATCHER_ID = "sticker-matcher"
BATCH = 128


@dataclass(frozen=True, slots=True)
class StickerLook:
    """features: (B, F) of the matcher's trunk. embeddings: (B, D) of length 1, beside those of captions.

    styles: (B,) places in STYLES, the likeliest of each picture.
    """

    features: np.ndarray
    embeddings: np.ndarray
    styles: np.ndarray


class StickerJudge:
    """A matcher that was trained on real pictures alone, apart from any generator. Not safe between threads.

    pause_point: called before each batch that is looked at.
    """

    def __init__(self, matcher: Matcher, pause_point: Callable[[], None] = lambda: None) -> None:
        self._matcher = matcher.eval().float()
        self._pause_point = pause_point

    @staticmethod
    def load(path: Path, pause_point: Callable[[], None] = lambda: None) -> StickerJudge:
        """From its .safetensors file. Raises ModelError."""
        matcher = Matcher(MatcherConfig())
        try:
            matcher.load_state_dict(load_weights(path).tensors)
        except RuntimeError as error:
            raise ModelError(f"{path} is not the matcher of stickers ({error}); install the model again") from error
        matcher.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        return StickerJudge(matcher, pause_point)

    @torch.inference_mode()
    def look(self, pictures: np.ndarray) -> StickerLook:
        """pictures: (B, H, W, 3) uint8 sRGB on white, of any size; they are brought to the matcher's own."""
        size = self._matcher.config.size
        parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        for start in range(0, len(pictures), BATCH):
            self._pause_point()
            image = torch.from_numpy(np.ascontiguousarray(pictures[start : start + BATCH]))
            image = image.permute(0, 3, 1, 2).float() / 127.5 - 1.0
            if image.shape[2:] != (size, size):
                image = F.interpolate(image, size=(size, size), mode="bilinear", antialias=True)
            image = image.contiguous(memory_format=torch.channels_last)
            seen, styles = self._matcher(image), self._matcher.styles(image)
            parts.append((seen.features.numpy(), seen.embedding.numpy(), styles.argmax(dim=1).numpy()))
        features, embeddings, styles = (np.concatenate(column) for column in zip(*parts, strict=True))
        return StickerLook(features, embeddings, styles)

    @torch.inference_mode()
    def captions(self, pooled: torch.Tensor) -> np.ndarray:
        """pooled: (P, width), see `pooled_captions` -> (P, D) of length 1."""
        return self._matcher.embed_texts(pooled).numpy()


@torch.no_grad()
def pooled_captions(encoder: MiniLm, captions: Sequence[str]) -> torch.Tensor:
    """(P, width) float32 on the CPU: the mean of each text's states, of rms 1. Texts of one length go together.

    The mean over all tokens, marks included, is what all-MiniLM-L6-v2 was trained to compare by its direction.
    """
    pieces = [encoder.pieces(caption).tokens for caption in captions]
    pooled = torch.empty(len(pieces), encoder.width)
    for length in {len(ids) for ids in pieces}:
        rows = [row for row, ids in enumerate(pieces) if len(ids) == length]
        for start in range(0, len(rows), BATCH):
            some = rows[start : start + BATCH]
            tokens = torch.tensor([pieces[row] for row in some], device=encoder.device)
            pooled[some] = encoder.network(tokens).mean(dim=1).cpu()
    return F.normalize(pooled, dim=1) * math.sqrt(encoder.width)


def on_white(pictures: np.ndarray) -> np.ndarray:
    """(B, H, W, 4) uint8 straight-alpha -> (B, H, W, 3) uint8 on white."""
    alpha = pictures[..., 3:].astype(np.float32) / 255.0
    return (pictures[..., :3] * alpha + 255.0 * (1.0 - alpha)).round().astype(np.uint8)


def ranks(pictures: np.ndarray, pool: np.ndarray, own: np.ndarray) -> np.ndarray:
    """(N,) from 0: how many captions of the pool fit a picture better than its own, or as well.

    pictures: (N, D), pool: (P, D), of length 1. own: (N,) the places of their captions in the pool.
    """
    fits = pictures @ pool.T
    best = fits[np.arange(len(own)), own][:, None]
    return (fits >= best).sum(axis=1) - 1


def recall_at(found: np.ndarray, places: int) -> float:
    """The share of `ranks` among the first places."""
    return float((found < places).mean())


def share_in_style(look: StickerLook, styles: Sequence[str]) -> float:
    """How many pictures are in the style asked for."""
    return float((look.styles == _places(styles)).mean())


def share_in_finish(look: StickerLook, styles: Sequence[str]) -> float:
    """The same with "3d" and "gradient" as one: at 64 px they are one drawing, hardly told apart."""
    same = np.arange(len(STYLES))
    same[STYLES.index("gradient")] = STYLES.index("3d")
    return float((same[look.styles] == same[_places(styles)]).mean())


def _places(styles: Sequence[str]) -> np.ndarray:
    return np.array([STYLES.index(style) for style in styles])
