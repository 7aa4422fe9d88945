"""Vector quantisation with a codebook that follows the vectors it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

DECAY = 0.99
RESTART_BELOW = 0.003
"""Of the mean count: an entry whose moving count falls below gets a new place."""


@dataclass(frozen=True, slots=True)
class CodebookUse:
    """share: of the entries that were used at all. perplexity: e^entropy of their use, at most the entries."""

    share: float
    perplexity: float


class VectorQuantiser(nn.Module):
    """codebook: (entries, channels). counts, sums: moving, of the vectors that chose each entry.

    Source: van den Oord et al. 2017 (arXiv:1711.00937), appendix A.1, eq. 6-8, DECAY their gamma; entries that die are
    put onto vectors of the batch, as in Dhariwal et al. 2020 (arXiv:2005.00341), section 3.1.
    """

    codebook: Tensor
    counts: Tensor
    sums: Tensor

    def __init__(self, entries: int, channels: int) -> None:
        super().__init__()
        self.register_buffer("codebook", torch.randn(entries, channels))
        self.register_buffer("counts", torch.ones(entries))
        self.register_buffer("sums", self.codebook.clone())

    @torch.no_grad()
    def start(self, vectors: Tensor, generator: torch.Generator, rounds: int = 8) -> None:
        """Lloyd's iterations from random vectors. vectors: (N, channels), N at least the entries."""
        entries = len(self.codebook)
        chosen = torch.randperm(len(vectors), generator=generator)[:entries]
        self.codebook.copy_(vectors[chosen])
        for _ in range(rounds):
            sums, counts = self._totals(vectors, self._nearest(vectors))
            filled = counts > 0
            self.codebook[filled] = sums[filled] / counts[filled, None]
        self.counts.fill_(1.0)
        self.sums.copy_(self.codebook)

    def tokens(self, latent: Tensor) -> Tensor:
        """(B, channels, h, w) -> (B, h, w) int64: each cell's nearest entry."""
        flat = latent.permute(0, 2, 3, 1)
        return self._nearest(flat.flatten(0, 2).float()).view(flat.shape[:3])

    def vectors(self, tokens: Tensor) -> Tensor:
        """(B, h, w) int64 -> (B, channels, h, w)."""
        return F.embedding(tokens, self.codebook).permute(0, 3, 1, 2).contiguous()

    @torch.no_grad()
    def follow(self, latent: Tensor, tokens: Tensor, generator: torch.Generator) -> None:
        """Move each entry towards the mean of the cells that chose it; revive the dead ones."""
        flat = latent.detach().float().permute(0, 2, 3, 1).flatten(0, 2)
        sums, counts = self._totals(flat, tokens.flatten())
        self.counts.lerp_(counts, 1.0 - DECAY)
        self.sums.lerp_(sums, 1.0 - DECAY)
        dead = self.counts < RESTART_BELOW * len(flat) / len(self.counts)
        drawn = torch.randint(len(flat), (len(self.counts),), generator=generator, device=flat.device)
        mean = len(flat) / len(self.counts)
        self.counts.copy_(torch.where(dead, torch.full_like(self.counts, mean), self.counts))
        self.sums.copy_(torch.where(dead[:, None], flat[drawn] * mean, self.sums))
        self.codebook.copy_(self.sums / self.counts[:, None])

    def use(self, tokens: Tensor) -> CodebookUse:
        """How evenly these tokens use the codebook."""
        counts = torch.bincount(tokens.flatten(), minlength=len(self.codebook)).double()
        shares = counts / counts.sum()
        entropy = -(shares * shares.clamp_min(1e-30).log()).sum()
        return CodebookUse(float((counts > 0).double().mean()), float(entropy.exp()))

    def _nearest(self, flat: Tensor) -> Tensor:
        # |v - e|^2 less |v|^2, which is the same for every entry
        halves = 0.5 * self.codebook.square().sum(dim=1)
        parts = cast("tuple[Tensor, ...]", flat.split(16384))
        return torch.cat([(halves - part @ self.codebook.T).argmin(dim=1) for part in parts])

    def _totals(self, flat: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Sums (entries, channels) and counts (entries,) of the vectors that chose each entry."""
        sums = torch.zeros_like(self.codebook).index_add_(0, tokens, flat)
        counts = torch.bincount(tokens, minlength=len(self.codebook)).to(flat.dtype)
        return sums, counts
