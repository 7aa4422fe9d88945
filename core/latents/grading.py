"""From decoded numbers to 8-bit pixels under a request's colour settings, one picture at a time."""

from __future__ import annotations

import numpy as np
import torch

from core.colour import AS_DECODED, ColourSettings
from core.latents.codec import to_uint8

FIT_SHARE = 99.5
"""Per cent of a picture's numbers that "fit" brings into range; what is left beyond is cut off."""
MID_GREY = 0.18
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
"""Of linear sRGB: Rec. ITU-R BT.709-6, item 3.2."""


def graded(image: torch.Tensor, colour: ColourSettings) -> np.ndarray:
    """(B, 3, H, W), nominally in [-1, 1], sRGB -> (B, H, W, 3) uint8 sRGB.

    Each picture by itself, in float64 on the CPU, so that neither batch nor device changes a rounding of it. With the
    default settings exactly `to_uint8`.
    """
    if colour == AS_DECODED:
        return to_uint8(image)
    pictures = image.detach().double().cpu().permute(0, 2, 3, 1).numpy()
    return np.stack([_one(picture, colour) for picture in pictures])


def fitted(picture: np.ndarray) -> np.ndarray:
    """Dynamic thresholding: divided by s, the FIT_SHARE percentile of |values|, where s is above 1.

    The paper does so with the clean guess of every step; here it is done once, with the finished picture.
    Source: Saharia et al. 2022 (arXiv:2205.11487), section 2.3.
    """
    reach = max(float(np.percentile(np.abs(picture), FIT_SHARE)), 1.0)
    return np.clip(picture, -reach, reach) / reach


def lit(light: np.ndarray, colour: ColourSettings) -> np.ndarray:
    """Exposure, contrast and saturation on linear light (..., 3), 1 is white.

    Source: ASC CDL 1.2 (slope 2^exposure; saturation about Rec. 709 luminance); OpenColorIO, GradingPrimary of linear
    light (contrast as a power about a pivot).
    """
    light = light * 2.0**colour.exposure
    light = MID_GREY * (light / MID_GREY) ** colour.contrast
    grey = (light @ LUMINANCE)[..., None]
    return grey + colour.saturation * (light - grey)


def _one(picture: np.ndarray, colour: ColourSettings) -> np.ndarray:
    if colour.out_of_range == "fit":
        picture = fitted(picture)
    if not colour.bends_light:
        # Rounded as the decoder's own are: what was in range stays as it was to the bit.
        return to_uint8(torch.from_numpy(picture).permute(2, 0, 1)[None])[0]
    light = _linear(np.clip((picture + 1.0) / 2.0, 0.0, 1.0))
    return np.rint(255.0 * _coded(np.clip(lit(light, colour), 0.0, 1.0))).astype(np.uint8)


def _linear(coded: np.ndarray) -> np.ndarray:
    """sRGB's curve undone. Source: IEC 61966-2-1:1999, section 5.2."""
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def _coded(light: np.ndarray) -> np.ndarray:
    """sRGB's curve. Source: IEC 61966-2-1:1999, section 5.3."""
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1.0 / 2.4) - 0.055)
