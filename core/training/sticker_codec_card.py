"""From a trained sticker codec to its file and its card."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from core.evaluation.codec_scores import codec_scores
from core.latents.kl_codec import ROLE, KlCodec, codec_header, load_codec
from core.latents.transparency import on_white
from core.latents.vq_codec import VqCodec, load_vq_codec
from core.models.card import ModelCard, write_card
from core.networks.quantiser import VectorQuantiser
from core.networks.residual_codec import ResidualCodec
from core.networks.weights import save_weights, sha256_of
from core.training.trainable import Summary

AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Material:
    """seen: (N, S, S, 4) uint8 pictures to measure the latents on. unseen: by side, pictures of held-out concepts.

    digest: of the set that they are from.
    """

    seen: np.ndarray
    unseen: Mapping[int, np.ndarray]
    digest: str


@dataclass(frozen=True, slots=True)
class _Words:
    id: str
    title: str
    summary: str
    network: str


KL = _Words(
    "sticker-codec",
    "Sticker codec",
    "Turns stickers, alpha included, into 8 numbers per 4x4 pixels and back.",
    "kl_codec",
)
VQ = _Words(
    "sticker-vq",
    "Sticker codec, with a codebook",
    "Turns stickers, alpha included, into one of a codebook's entries per 4x4 pixels and back.",
    "vq_codec",
)


def write_codec(
    folder: Path, codec: ResidualCodec, quantiser: VectorQuantiser | None, material: Material, summary: Summary
) -> list[Path]:
    """Measure the latents, write the weights in fp16, score what was written, write its card. The files' paths."""
    codec = codec.cpu()
    measure(codec, quantiser, material.seen)
    words = KL if quantiser is None else VQ
    tensors: dict[str, Tensor] = dict(codec.state_dict())
    if quantiser is not None:
        quantiser = quantiser.cpu()
        tensors = {f"network.{name}": value for name, value in tensors.items()}
        tensors["quantiser.codebook"] = quantiser.codebook
    weights = folder / f"{words.id}.safetensors"
    save_weights(weights, tensors, codec_header(codec.config), dtype=torch.float16)
    card = ModelCard(
        id=words.id,
        title=words.title,
        summary=words.summary,
        network=words.network,
        parameterization="none",
        schedule="none",
        codec=words.network,
        conditioning=(),
        sizes=tuple((side, side) for side in material.unseen),
        parameters=sum(value.numel() for value in codec.parameters()) + _entries(quantiser),
        license="Apache-2.0",
        source=f"trained from scratch on the stickers {material.digest[:12]}, recipe {summary.recipe}",
        files={ROLE: weights.name},
        sha256={ROLE: sha256_of(weights)},
        training={name: value for name, value in asdict(summary).items() if not isinstance(value, bool)},
        kind="codec",
        scored_by=f"noisette train {summary.recipe}: "
        f"{len(next(iter(material.unseen.values())))} pictures of held-out concepts, {summary.device}",
    )
    load: Callable[[ModelCard, Path, torch.device], KlCodec] = load_codec if quantiser is None else load_vq_codec
    written = load(card, folder, torch.device("cpu"))
    path = folder / f"{words.id}.json"
    write_card(replace(card, scores=_scores(written, material)), path)
    return [weights, path]


@torch.no_grad()
def measure(codec: ResidualCodec, quantiser: VectorQuantiser | None, pictures: np.ndarray) -> None:
    """Set what the codec holds of its latents: shift, scale and the linear look."""
    latents = torch.cat([codec.posterior(part).mean for part in _batches(pictures)])
    if quantiser is not None:
        latents = quantiser.vectors(quantiser.tokens(latents))
    codec.calibrate(on_white(pictures), latents)


@torch.no_grad()
def _scores(codec: KlCodec, material: Material) -> dict[str, float]:
    scores: dict[str, float] = {}
    for side, pictures in material.unseen.items():
        found = codec_scores(lambda real: codec.pictures(codec.encode(real)), pictures)
        scores |= {f"{name}_{side}": value for name, value in found.items()}
    side, pictures = next(iter(material.unseen.items()))
    tiny = codec_scores(lambda real: codec.quick(codec.encode(real)), pictures)
    scores[f"psnr_rgb_{side}_preview"] = tiny["psnr_rgb"]
    linear = ResidualCodec(codec.network.config)
    linear.start(on_white(material.seen))
    start = codec_scores(lambda real: linear.pictures(linear.posterior(real).mean), pictures)
    scores |= {f"{name}_{side}_linear": value for name, value in start.items()}
    if isinstance(codec, VqCodec):
        tokens = torch.cat([codec.tokens(part) for part in _batches(material.seen)])
        use = codec.quantiser.use(tokens)
        scores |= {
            "codebook_entries": codec.entries,
            "codebook_share": use.share,
            "codebook_perplexity": use.perplexity,
        }
    return {name: round(float(value), 4) for name, value in scores.items()}


def _batches(pictures: np.ndarray) -> Iterator[Tensor]:
    for start in range(0, len(pictures), AT_ONCE):
        yield on_white(pictures[start : start + AT_ONCE])


def _entries(quantiser: VectorQuantiser | None) -> int:
    return 0 if quantiser is None else quantiser.codebook.numel()
