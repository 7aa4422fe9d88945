"""Exact denoisers of the plane's shapes: every guess is right, so all error is the sampler's."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.level import Level
from core.diffusion.mixture import GaussianMixture
from core.diffusion.prediction import Prediction
from core.toy import ToyData
from core.worlds.toy2d.shapes import GAUSSIANS, SPREAD, draw_points, gaussian_means

POINTS, BLUR = 1024, 0.06
"""A shape without a formula of its own stands as so many points, each a Gaussian of that standard deviation."""


@dataclass(frozen=True, slots=True)
class PointCloud:
    """The exact denoiser of a finite set of points, each blurred by the same round Gaussian.

    points: (K, n), equally likely. blur: standard deviation; 0 for the points themselves.
    The same mathematics as GaussianMixture's with equal weights and spreads, in one (B, K) table instead of (B, K, n).
    Source: Karras et al. 2022 (arXiv:2206.00364), eq. 57 in appendix B.3, for blur 0 and alpha 1.
    """

    points: Tensor
    blur: float = BLUR

    def __call__(self, x: Tensor, level: Level) -> Prediction:
        """x: (B, n). Finite wherever sigma or alpha * blur is above 0."""
        variance = (level.alpha * self.blur) ** 2 + level.sigma**2
        means = level.alpha * self.points
        # -|x - m|^2 / 2 without |x|^2, which the softmax takes out again
        closeness = torch.addmm(-0.5 * (means * means).sum(1), x, means.T).div_(variance)
        nearest = torch.softmax(closeness, dim=-1) @ self.points
        eps = (x - level.alpha * nearest) * (level.sigma / variance)
        x0 = nearest + (x - level.alpha * nearest) * (level.alpha * self.blur**2 / variance)
        return Prediction(x0, eps)


def exact_denoiser(data: ToyData) -> Denoiser:
    """The exact denoiser of a shape, in float32: a mixture for the eight Gaussians, else a cloud of points."""
    means, spread = _components(data)
    if data.shape == "eight_gaussians":
        weights, spreads = torch.full((GAUSSIANS,), 1.0 / GAUSSIANS), torch.full((GAUSSIANS,), spread)
        return GaussianMixture(weights, means, spreads)
    return PointCloud(means, spread)


def density_at(data: ToyData, level: Level, axis: Tensor) -> Tensor:
    """(G, G) probability density of the noisy states at that level: rows are y, columns x, both along `axis`, (G,)."""
    means, spread = _components(data)
    return blurred(level.alpha * means, math.hypot(level.alpha * spread, level.sigma), axis)


def blurred(points: Tensor, spread: float, axis: Tensor) -> Tensor:
    """(G, G) density of (K, 2) points, each a round Gaussian of that standard deviation; rows are y, columns x."""
    bells = torch.exp(-0.5 * ((axis[:, None, None] - points) / spread) ** 2)
    return bells[..., 1] @ bells[..., 0].T / (2.0 * math.pi * spread**2 * len(points))


def _components(data: ToyData) -> tuple[Tensor, float]:
    if data.shape == "eight_gaussians":
        return torch.from_numpy(gaussian_means()).float(), SPREAD
    return torch.from_numpy(draw_points(data, POINTS, seed=0)), BLUR
