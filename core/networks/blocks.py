"""The pieces that U-Net and DiT share: modulated residual and attention blocks, embeddings of numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

import torch
import torch.nn.functional as F
from torch import nn

Layer = TypeVar("Layer", nn.Linear, nn.Conv2d)


def zeroed(layer: Layer) -> Layer:
    """The layer with weights and bias at zero, so that what it feeds starts unchanged."""
    nn.init.zeros_(layer.weight)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


def harmonics(values: torch.Tensor, width: int, lowest: float = 1.0, highest: float = 1000.0) -> torch.Tensor:
    """Sines and cosines of numbers in about [0, 1]. values: (B,) -> (B, width), width even.

    The angular frequencies run geometrically from `lowest` to `highest`, in radians per unit.
    Source: Vaswani et al. 2017 (arXiv:1706.03762), section 3.5, with the wavelengths fitted to [0, 1].
    """
    assert width % 2 == 0, f"width {width} is odd"
    exponents = torch.linspace(0.0, 1.0, width // 2, device=values.device)
    angles = values.float()[:, None] * (lowest * (highest / lowest) ** exponents)
    return torch.cat([angles.sin(), angles.cos()], dim=1)


class TimeEmbedding(nn.Module):
    """Time in [0, 1] -> (B, width), through harmonics and two layers."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
        self.width = width

    def forward(self, t: torch.Tensor) -> torch.Tensor:
        return self.layers(harmonics(t, self.width))


class Modulation(nn.Module):
    """From the condition, `count` vectors of `width` for each item; all zero at first, so a block starts as identity.

    Source: Peebles & Xie 2023 (arXiv:2212.09748), adaLN-Zero.
    """

    def __init__(self, condition_width: int, width: int, count: int) -> None:
        super().__init__()
        self.project = zeroed(nn.Linear(condition_width, count * width))
        self.count = count

    def forward(self, condition: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """condition: (B, condition_width) -> `count` tensors (B, width)."""
        return self.project(F.silu(condition)).chunk(self.count, dim=1)


class ResBlock(nn.Module):
    """Two 3x3 convolutions, shifted, scaled and gated by the condition, beside an identity or 1x1 path.

    x: (B, in_width, H, W), condition: (B, condition_width) -> (B, out_width, H, W).
    """

    def __init__(self, in_width: int, out_width: int, condition_width: int, groups: int = 8) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(math.gcd(groups, in_width), in_width)
        self.conv1 = nn.Conv2d(in_width, out_width, 3, padding=1)
        self.norm2 = nn.GroupNorm(math.gcd(groups, out_width), out_width, affine=False)
        self.conv2 = nn.Conv2d(out_width, out_width, 3, padding=1)
        self.modulation = Modulation(condition_width, out_width, 3)
        self.shortcut = nn.Identity() if in_width == out_width else nn.Conv2d(in_width, out_width, 1)

    def forward(self, x: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
        shift, scale, gate = (value[:, :, None, None] for value in self.modulation(condition))
        h = self.conv1(F.silu(self.norm1(x)))
        h = self.norm2(h) * (1.0 + scale) + shift
        return self.shortcut(x) + gate * self.conv2(F.silu(h))


class SelfAttention(nn.Module):
    """Attention among the tokens of each item. tokens: (B, L, width) -> (B, L, width)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        assert width % heads == 0, f"{heads} heads don't divide width {width}"
        self.heads = heads
        self.project = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(
        self, tokens: torch.Tensor, mask: torch.Tensor | None = None, alone: torch.Tensor | None = None
    ) -> torch.Tensor:
        """mask: (B, L) bool, True where a token may be looked at; None lets all be.

        alone: (B,) bool, True for an item whose tokens each look at themselves only; None is none.
        """
        query, key, value = (split_heads(part, self.heads) for part in self.project(tokens).chunk(3, dim=2))
        seen = None if mask is None else mask[:, None, None, :]
        looked = attended(query, key, value, seen)
        if alone is not None:
            # The identity in place of the attention map: Ahn et al. 2024 (arXiv:2403.17377), eq. 12.
            looked = torch.where(alone[:, None, None, None], value, looked)
        return self.out(join_heads(looked))


class CrossAttention(nn.Module):
    """Attention of an item's tokens to its text, and always to one learned token, which stands for "nothing here".

    So an empty text is an input like any other.
    """

    def __init__(self, width: int, text_width: int, heads: int) -> None:
        super().__init__()
        assert width % heads == 0, f"{heads} heads don't divide width {width}"
        self.heads = heads
        self.nothing = nn.Parameter(torch.zeros(1, 1, text_width))
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(text_width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(
        self, tokens: torch.Tensor, text: torch.Tensor, mask: torch.Tensor, shares: list[torch.Tensor] | None = None
    ) -> torch.Tensor:
        """tokens: (B, L, width); text: (B, T, text_width); mask: (B, T) bool, True at words -> (B, L, width).

        mask may be float instead, added to the attention's logits: the logarithms of the words' weights, -inf at
        padding.
        shares: where to put how much of each token's attention falls on "nothing" and on each word, (B, L, 1 + T), the
        mean over the heads: the same softmax, worked out anew, as torch's own does not give it away.
        """
        batch = tokens.shape[0]
        text = torch.cat([self.nothing.to(text.dtype).expand(batch, -1, -1), text], dim=1)
        always = True if mask.dtype == torch.bool else 0.0
        seen = F.pad(mask, (1, 0), value=always)[:, None, None, :]
        key, value = (split_heads(part, self.heads) for part in self.key_value(text).chunk(2, dim=2))
        query = split_heads(self.query(tokens), self.heads)
        if shares is not None:
            shares.append(_softmax(query, key, seen).mean(dim=1))
        return self.out(join_heads(attended(query, key, value, seen)))


@dataclass(frozen=True, slots=True)
class WordLook:
    """What one block read of the words. shares: (B, L, 1 + T) as CrossAttention gives them; of a picture's network
    (B, h, w, 1 + T). stir: (B,) root mean square of what the words added to the tokens, against the tokens' own.
    """

    shares: torch.Tensor
    stir: torch.Tensor
    layer: str = ""


class TransformerBlock(nn.Module):
    """Self-attention, attention to text (text_width > 0), and an MLP, each modulated and gated by the condition.

    Source: Peebles & Xie 2023 (arXiv:2212.09748), figure 3, with a gated cross-attention between.
    """

    def __init__(self, width: int, heads: int, condition_width: int, text_width: int = 0, expand: int = 4) -> None:
        super().__init__()
        self.attention = SelfAttention(width, heads)
        self.text = CrossAttention(width, text_width, heads) if text_width else None
        self.mlp = nn.Sequential(
            nn.Linear(width, expand * width), nn.GELU(approximate="tanh"), nn.Linear(expand * width, width)
        )
        self.modulation = Modulation(condition_width, width, 9 if text_width else 6)

    def forward(
        self,
        tokens: torch.Tensor,
        condition: torch.Tensor,
        text: torch.Tensor | None = None,
        mask: torch.Tensor | None = None,
        alone: torch.Tensor | None = None,
        looks: list[WordLook] | None = None,
    ) -> torch.Tensor:
        """tokens: (B, L, width); condition: (B, condition_width); text, mask: as in CrossAttention, alone: as in
        SelfAttention. looks: where to put what was read of the words; None looks at nothing."""
        parts = [value[:, None, :] for value in self.modulation(condition)]
        shift, scale, gate = parts[:3]
        tokens = tokens + gate * self.attention(_normed(tokens, shift, scale), alone=alone)
        if self.text is not None:
            assert text is not None, "this block reads text; pass states and mask"
            assert mask is not None, "this block reads text; pass states and mask"
            shift, scale, gate = parts[6:]
            shares: list[torch.Tensor] | None = None if looks is None else []
            told = gate * self.text(_normed(tokens, shift, scale), text, mask, shares)
            if looks is not None and shares:
                stir = (told.square().mean(dim=(1, 2)) / tokens.square().mean(dim=(1, 2))).sqrt()
                looks.append(WordLook(shares[0], stir))
            tokens = tokens + told
        shift, scale, gate = parts[3:6]
        change: torch.Tensor = self.mlp(_normed(tokens, shift, scale))
        return tokens + gate * change


def attended(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, seen: torch.Tensor | None = None
) -> torch.Tensor:
    """softmax(q k^T / sqrt(w)) v of (B, heads, L, w) by (B, heads, T, w) twice. seen: as `_softmax` takes it.

    torch's own, but for training on a CPU: its way back is several times slower there than these products are, for the
    few hundred tokens of our pictures. Source: Vaswani et al. 2017 (arXiv:1706.03762), eq. 1.
    """
    if query.device.type != "cpu" or not (torch.is_grad_enabled() and query.requires_grad):
        return F.scaled_dot_product_attention(query, key, value, seen)
    return _softmax(query, key, seen).to(value.dtype) @ value


def _softmax(query: torch.Tensor, key: torch.Tensor, seen: torch.Tensor | None) -> torch.Tensor:
    """(B, heads, L, T). seen: bool, or float to add to the logits; None lets all be seen.

    Source: Vaswani et al. 2017, eq. 1.
    """
    logits = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    exact = torch.promote_types(logits.dtype, torch.float32)
    if seen is None:
        return logits.softmax(dim=-1, dtype=exact)
    logits = logits.masked_fill(~seen, -math.inf) if seen.dtype == torch.bool else logits + seen
    return logits.softmax(dim=-1, dtype=exact)


def split_heads(tokens: torch.Tensor, heads: int) -> torch.Tensor:
    """(B, L, heads * w) -> (B, heads, L, w)."""
    return tokens.reshape(*tokens.shape[:2], heads, -1).transpose(1, 2)


def join_heads(tokens: torch.Tensor) -> torch.Tensor:
    """(B, heads, L, w) -> (B, L, heads * w)."""
    return tokens.transpose(1, 2).flatten(2)


def _normed(tokens: torch.Tensor, shift: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    return F.layer_norm(tokens, tokens.shape[-1:]) * (1.0 + scale) + shift
