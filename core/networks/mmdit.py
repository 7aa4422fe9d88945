"""A transformer in which a picture's patches and a text's tokens read one another, each with weights of their own."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from core.networks.blocks import Modulation, WordLook, attended, join_heads, split_heads
from core.networks.tokens import FeedForward, LastLayer, normed, places


@dataclass(frozen=True, slots=True)
class MMDiTConfig:
    """patch: cells per token, each way. expand: the feed-forward's inner width in widths. mixing: see FeedForward."""

    in_channels: int
    out_channels: int
    text_width: int
    patch: int = 2
    width: int = 256
    depth: int = 6
    heads: int = 4
    condition_width: int = 256
    expand: int = 4
    mixing: bool = False


class MMDiT(nn.Module):
    """Source: Esser et al. 2024 (arXiv:2403.03206), section 4 and figure 2. A fresh network says zero.

    One learned token stands before the text's own, for "nothing here", so that no text is an input like any other.
    """

    def __init__(self, config: MMDiTConfig) -> None:
        super().__init__()
        self.config = config
        self.stem = nn.Conv2d(config.in_channels, config.width, config.patch, stride=config.patch)
        self.words = nn.Linear(config.text_width, config.width)
        self.nothing = nn.Parameter(torch.zeros(1, 1, config.width))
        self.blocks = nn.ModuleList(
            [JointBlock(config, last=place == config.depth - 1) for place in range(config.depth)]
        )
        self.last = LastLayer(config.width, config.condition_width, config.out_channels, config.patch)

    def forward(
        self,
        x: torch.Tensor,
        condition: torch.Tensor,
        text: torch.Tensor,
        mask: torch.Tensor,
        alone: torch.Tensor | None = None,
        looks: list[WordLook] | None = None,
    ) -> torch.Tensor:
        """x: (B, in_channels, H, W), H and W multiples of `patch` -> (B, out_channels, H, W).

        condition: (B, condition_width). text: (B, T, text_width); mask: (B, T), bool, True at words, or float to add to
        the attention's logits: the logarithms of the words' weights, -inf at padding.
        alone: (B,) bool, True for an item whose patches see themselves and the text, but no other patch.
        looks: where each block is to put what its patches read of the text; None looks at nothing.
        """
        h = self.stem(x)
        cells = (h.shape[2], h.shape[3])
        picture = h.flatten(2).transpose(1, 2)
        picture = picture + places(*cells, self.config.width, x.device).to(h.dtype)
        words = torch.cat([self.nothing.to(h.dtype).expand(len(x), -1, -1), self.words(text).to(h.dtype)], dim=1)
        seen = _seen(mask, picture.shape[1], alone)
        for number, block in enumerate(self.blocks, 1):
            own: list[WordLook] | None = None if looks is None else []
            picture, words = block(picture, words, condition, seen, cells, own)
            if looks is not None and own:
                shares = own[0].shares.reshape(len(x), *cells, -1)
                looks.append(WordLook(shares, own[0].stir, f"block {number}"))
        return self.last(picture, condition, cells)


class JointBlock(nn.Module):
    """Attention over both streams at once, then a feed-forward in each, all modulated and gated by the condition.

    last: nothing reads the text after this block, so its stream ends with what the picture reads of it.
    """

    def __init__(self, config: MMDiTConfig, *, last: bool) -> None:
        super().__init__()
        assert config.width % config.heads == 0, f"{config.heads} heads don't divide width {config.width}"
        self.heads = config.heads
        self.picture = Stream(config, ends=False, mixing=config.mixing)
        self.words = Stream(config, ends=last, mixing=False)

    def forward(
        self,
        picture: torch.Tensor,
        words: torch.Tensor,
        condition: torch.Tensor,
        seen: torch.Tensor,
        cells: tuple[int, int],
        looks: list[WordLook] | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """picture: (B, L, width); words: (B, 1 + T, width); seen: broadcast over (B, heads, L + 1 + T, L + 1 + T)."""
        count = picture.shape[1]
        of_picture, of_words = self.picture.opened(picture, condition), self.words.opened(words, condition)
        query = torch.cat([of_picture.query, of_words.query], dim=2)
        key = torch.cat([of_picture.key, of_words.key], dim=2)
        value = torch.cat([of_picture.value, of_words.value], dim=2)
        looked = attended(query, key, value, seen[:, :, : query.shape[2]])
        if looks is not None:
            looks.append(self._look(picture, of_picture, key, value, seen[:, :, :count]))
        read = join_heads(looked)
        picture = self.picture.closed(picture, of_picture, read[:, :count], cells)
        return picture, self.words.closed(words, of_words, read[:, count:], (1, words.shape[1]))

    def _look(
        self,
        picture: torch.Tensor,
        opened: Opened,
        key: torch.Tensor,
        value: torch.Tensor,
        seen: torch.Tensor,
    ) -> WordLook:
        """What of the patches' attention falls on the text, the heads together, as parts of all that does; and what
        that part of the attention adds to the patches."""
        count, query = picture.shape[1], opened.query
        logits = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
        logits = logits.masked_fill(~seen, -torch.inf) if seen.dtype == torch.bool else logits + seen
        on_words = logits.float().softmax(dim=-1)[..., count:]
        shares = on_words.mean(dim=1)
        shares = shares / shares.sum(dim=-1, keepdim=True).clamp_min(torch.finfo(shares.dtype).tiny)
        assert self.picture.out is not None, "the picture's stream goes on"
        told = join_heads(on_words.to(value.dtype) @ value[:, :, count:])
        told = opened.gate * F.linear(told, self.picture.out.weight)
        return WordLook(shares, (told.square().mean(dim=(1, 2)) / picture.square().mean(dim=(1, 2))).sqrt())


@dataclass(frozen=True, slots=True)
class Opened:
    """A stream's queries, keys and values, each (B, heads, L, width / heads), and its modulation, (B, 1, width) each.

    gate, shift, scale, last_gate: of the attention's outcome and the feed-forward; unused where the stream ends, which
    asks nothing: its query is empty.
    """

    query: torch.Tensor
    key: torch.Tensor
    value: torch.Tensor
    gate: torch.Tensor
    shift: torch.Tensor
    scale: torch.Tensor
    last_gate: torch.Tensor


class Stream(nn.Module):
    """One stream's own weights in a block.

    Queries and keys are brought to unit root mean square, head by head: Esser et al. 2024, section 5.3.2 (QK-norm).
    ends: it is read and not written.
    """

    def __init__(self, config: MMDiTConfig, *, ends: bool, mixing: bool) -> None:
        super().__init__()
        width, each = config.width, config.width // config.heads
        self.heads = config.heads
        self.modulation = Modulation(config.condition_width, width, 2 if ends else 6)
        self.project = nn.Linear(width, (2 if ends else 3) * width)
        self.query_norm = None if ends else nn.RMSNorm(each, eps=1e-6)
        self.key_norm = nn.RMSNorm(each, eps=1e-6)
        self.out = None if ends else nn.Linear(width, width)
        self.feed = None if ends else FeedForward(width, config.expand, mixing=mixing)

    def opened(self, tokens: torch.Tensor, condition: torch.Tensor) -> Opened:
        shift, scale, *rest = (value[:, None, :] for value in self.modulation(condition))
        projected = self.project(normed(tokens, shift, scale)).split(tokens.shape[2], dim=2)
        *asks, key, value = (split_heads(part, self.heads) for part in projected)
        # in the weights' own precision, whatever the projection was made in
        exact, query = self.key_norm.weight.dtype, value[:, :, :0]
        if self.query_norm is not None:
            query = self.query_norm(asks[0].to(exact)).to(value.dtype)
        key = self.key_norm(key.to(exact)).to(value.dtype)
        gate, shift, scale, last_gate = rest or (shift, shift, scale, shift)
        return Opened(query, key, value, gate, shift, scale, last_gate)

    def closed(self, tokens: torch.Tensor, opened: Opened, read: torch.Tensor, cells: tuple[int, int]) -> torch.Tensor:
        """The tokens after what they read: (B, L, width)."""
        if self.out is None or self.feed is None:
            return tokens
        tokens = tokens + opened.gate * self.out(read)
        return tokens + opened.last_gate * self.feed(normed(tokens, opened.shift, opened.scale), cells)


def _seen(mask: torch.Tensor, patches: int, alone: torch.Tensor | None) -> torch.Tensor:
    """What each token may look at: (B, 1, 1, L + 1 + T), or with L + 1 + T rows where an item is put out.

    Putting out: Ahn et al. 2024 (arXiv:2403.17377), eq. 12, has the identity in place of the self-attention map; here
    that map is the part of the joint one among the patches.
    """
    always = True if mask.dtype == torch.bool else 0.0
    seen = F.pad(mask, (patches + 1, 0), value=always)[:, None, None, :]
    if alone is None:
        return seen
    tokens = seen.shape[-1]
    among = torch.zeros(tokens, tokens, dtype=torch.bool, device=mask.device)
    among[:patches, :patches] = ~torch.eye(patches, dtype=torch.bool, device=mask.device)
    hidden = among & alone[:, None, None, None]
    return seen & ~hidden if seen.dtype == torch.bool else torch.where(hidden, -torch.inf, seen)
