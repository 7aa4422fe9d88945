"""Small changes to training pictures, so that a detector trusts what it sees a little less."""

from __future__ import annotations

import torch
import torch.nn.functional as F


def augmented(
    image: torch.Tensor, centre: torch.Tensor, place: torch.Tensor, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Mirror half of the pictures; change light and tint a little; soften a third slightly; add slight noise.

    image: (B, 3, H, W) in [-1, 1]. centre: (B, M, 2) row, column in [0, 1). place: (B, M, 2) right, away.
    Returns the same three. Softening stays mild: to a judge trained on blurred pictures, a drum passes for a cube.
    """
    batch, device = len(image), image.device

    def chance(*shape: int) -> torch.Tensor:
        return torch.rand(batch, *shape, generator=generator, device=device)

    mirrored = chance() < 0.5
    image = torch.where(mirrored[:, None, None, None], image.flip(3), image)
    row, column = centre.unbind(dim=2)
    centre = torch.stack([row, torch.where(mirrored[:, None], 1.0 - column, column)], dim=2)
    right, away = place.unbind(dim=2)
    place = torch.stack([torch.where(mirrored[:, None], -right, right), away], dim=2)

    gain = 1.0 + 0.16 * (chance(1, 1, 1) - 0.5) + 0.06 * (chance(3, 1, 1) - 0.5)
    image = (image + 1.0) * gain - 1.0
    softness = 0.6 * chance(1, 1, 1) * (chance(1, 1, 1) < 0.35)
    image = torch.lerp(image, softened(image), softness)
    noise = torch.randn(image.shape, generator=generator, device=device)
    return (image + 0.06 * chance(1, 1, 1).square() * noise).clamp(-1.0, 1.0), centre, place


def softened(image: torch.Tensor) -> torch.Tensor:
    """The picture under the 3x3 binomial filter (1 2 1) x (1 2 1) / 16, its edges repeated."""
    padded = F.pad(image, (1, 1, 1, 1), mode="replicate")
    across = 0.25 * padded[..., :-2] + 0.5 * padded[..., 1:-1] + 0.25 * padded[..., 2:]
    return 0.25 * across[..., :-2, :] + 0.5 * across[..., 1:-1, :] + 0.25 * across[..., 2:, :]
