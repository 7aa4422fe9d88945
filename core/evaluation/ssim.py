"""How alike two pictures are in structure: SSIM at several scales, to tell how varied a model's pictures are."""

from __future__ import annotations

import torch
import torch.nn.functional as F

WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Of the scales, from the picture's own on: Wang et al. 2003, section 3.2."""
WINDOW, SIGMA = 11, 1.5
"""Pixels: the Gaussian window of Wang et al. 2004, section III.C."""
C1, C2 = 0.01**2, 0.03**2
"""For values in [0, 1]."""


def scales_for(side: int) -> int:
    """How many scales a picture of `side` pixels has room for: each halves it, and the window must fit. 64 px: 3."""
    return sum(side >> scale >= WINDOW for scale in range(len(WEIGHTS)))


def ms_ssim(first: torch.Tensor, second: torch.Tensor, scales: int | None = None) -> torch.Tensor:
    """(B,) in [0, 1], 1 for equal pictures. first, second: (B, C, H, W) in [0, 1]; channels are averaged.

    scales: as many as fit, by default. Fewer than five take the first weights, made larger to the sum of all, so their
    values compare only with those of as many scales. Negative contrast terms, which have no such power, count as 0.
    Source: Wang, Simoncelli & Bovik 2003, "Multiscale structural similarity for image quality assessment", eq. 7.
    """
    count = scales_for(min(first.shape[2:])) if scales is None else scales
    assert 1 <= count <= len(WEIGHTS), f"{count} scales"
    share = sum(WEIGHTS[:count]) / sum(WEIGHTS)
    weights = [weight / share for weight in WEIGHTS[:count]]
    value = torch.ones(first.shape[:2], dtype=first.dtype, device=first.device)
    for scale, weight in enumerate(weights):
        if scale:
            first, second = F.avg_pool2d(first, 2), F.avg_pool2d(second, 2)
        whole, contrast = ssim(first, second)
        value = value * (whole if scale == count - 1 else contrast).clamp_min(0.0) ** weight
    return value.mean(dim=1)


def ssim(first: torch.Tensor, second: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(B, C) each: SSIM, and its contrast and structure terms alone; means over the places where the window fits.

    Source: Wang et al. 2004, "Image quality assessment: from error visibility to structural similarity", eq. 13.
    """
    assert min(first.shape[2:]) >= WINDOW, f"a window of {WINDOW} pixels does not fit into {tuple(first.shape)}"
    mean1, mean2 = _blurred(first), _blurred(second)
    variance1 = _blurred(first * first) - mean1 * mean1
    variance2 = _blurred(second * second) - mean2 * mean2
    covariance = _blurred(first * second) - mean1 * mean2
    contrast = (2.0 * covariance + C2) / (variance1 + variance2 + C2)
    luminance = (2.0 * mean1 * mean2 + C1) / (mean1 * mean1 + mean2 * mean2 + C1)
    return (luminance * contrast).mean(dim=(2, 3)), contrast.mean(dim=(2, 3))


def _blurred(x: torch.Tensor) -> torch.Tensor:
    channels = x.shape[1]
    offsets = torch.arange(WINDOW, dtype=x.dtype, device=x.device) - WINDOW // 2
    window = torch.exp(-offsets.square() / (2.0 * SIGMA**2))
    kernel = (window / window.sum()).expand(channels, 1, 1, WINDOW)
    across = F.conv2d(x, kernel, groups=channels)
    return F.conv2d(across, kernel.transpose(2, 3), groups=channels)
