"""Colour settings in words."""

from __future__ import annotations

from core.colour import AS_DECODED, ColourSettings
from studio.viewmodels import wording


def exposure_words(stops: float) -> str:
    """+0.50, −1.00, 0.00."""
    return wording.signed(stops, 2)


def colour_words(colour: ColourSettings) -> str:
    """What is done to the finished picture: "exposure +0.50, saturation 0.80"; "as decoded" for nothing."""
    told = list[str]()
    if colour.out_of_range != AS_DECODED.out_of_range:
        told.append("fitted into range")
    if colour.exposure:
        told.append(f"exposure {exposure_words(colour.exposure)}")
    if colour.contrast != AS_DECODED.contrast:
        told.append(f"contrast {colour.contrast:.2f}")
    if colour.saturation != AS_DECODED.saturation:
        told.append(f"saturation {colour.saturation:.2f}")
    return ", ".join(told) or "as decoded"
