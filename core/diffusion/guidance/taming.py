"""What keeps a strongly guided guess in bounds: both look at the prompted guess, which no guidance has touched."""

from __future__ import annotations

import torch
from torch import Tensor

from core.diffusion.guidance.methods import items, spread


def rescaled(guided: Tensor, prompted: Tensor, amount: float) -> Tensor:
    """guided, prompted: (B, *shape). Each item's standard deviation moved by `amount` to the prompted one's;
    a flat one has none to give or to take.

    Source: Lin et al. 2023 (arXiv:2305.08891), eqs. 15 and 16.
    """
    # One reduction per item: a batched one may sum in another order for another batch size.
    sizes = torch.stack([item.std(correction=0) for item in items(guided)])
    aims = torch.stack([item.std(correction=0) for item in items(prompted)])
    factors = 1.0 + amount * (aims / sizes.clamp_min(torch.finfo(sizes.dtype).tiny) - 1.0)
    return guided * spread(torch.where((sizes > 0.0) & (aims > 0.0), factors, 1.0), guided)


def thresholded(guided: Tensor, bound: Tensor, quantile: float) -> Tensor:
    """Each item cut off at its own quantile of absolute values, then shrunk so that this is `bound`, where it is more.

    bound: (B,) above 0. Source: Saharia et al. 2022 (arXiv:2205.11487), section 2.3, whose bound is 1.
    """
    cut = torch.maximum(quantiles(guided, quantile), bound)
    edges = spread(cut, guided)
    return torch.clamp(guided, -edges, edges) * spread(bound / cut.clamp_min(torch.finfo(cut.dtype).tiny), guided)


def quantiles(x: Tensor, quantile: float) -> Tensor:
    """(B,): of each item's absolute values."""
    return torch.quantile(x.flatten(1).abs(), quantile, dim=1)
