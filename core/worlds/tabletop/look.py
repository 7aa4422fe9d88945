"""How the tabletop looks: every constant of its light, materials and lens. No torch here.

Colours are linear-light RGB; `linear` turns an sRGB triple in 0..255 into it.
"""

from __future__ import annotations

from core.worlds.tabletop.scene import COLOURS, Colour


def linear(red: int, green: int, blue: int) -> tuple[float, float, float]:
    """sRGB 0..255 -> linear light (IEC 61966-2-1)."""
    r, g, b = (_linear(value / 255.0) for value in (red, green, blue))
    return r, g, b


def _linear(encoded: float) -> float:
    return encoded / 12.92 if encoded <= 0.04045 else ((encoded + 0.055) / 1.055) ** 2.4


SRGB: dict[Colour, tuple[int, int, int]] = {
    "red": (222, 38, 44),
    "orange": (244, 132, 16),
    "yellow": (248, 214, 24),
    "green": (34, 160, 66),
    "blue": (34, 104, 222),
    "purple": (138, 56, 200),
    "white": (246, 246, 244),
    "black": (26, 26, 30),
}
"""What a colour word means: a matte object's own colour, sRGB."""
ALBEDO = tuple(linear(*SRGB[colour]) for colour in COLOURS)

HALF_WIDTH = 0.34
"""Tangent of half the (square) picture's field of view."""

TABLE = linear(216, 203, 191)
BACKDROP = linear(200, 204, 214)
HORIZON = linear(190, 196, 208)
ZENITH = linear(232, 235, 240)
FADE = (2.6, 11.0)
"""The table turns into the backdrop between these distances from the centre, table units."""

SKY = 0.50
"""Ambient light from straight above; `BOUNCE` from straight below."""
BOUNCE = 0.30
LAMP = 0.92
LAMP_WIDTH = 0.15
"""Tangent of the lamp's angular radius: how soft the shadows are."""
LAMP_COLOUR = (1.0, 0.97, 0.92)

TORUS_MINOR = 0.30
"""Tube radius of a torus over its outer radius."""

MATTE_GLOSS = 0.05
MATTE_POWER = 18.0
METAL_DIFFUSE = 0.42
METAL_MIRROR = 0.62
METAL_GLOSS = 1.5
METAL_POWER = 70.0

OCCLUSION_REACH = (0.10, 0.28, 0.60)
OCCLUSION_WEIGHT = (0.20, 0.22, 0.22)

SHADOW_SAMPLES = 8
SHADOW_REFINEMENTS = 3
TORUS_MARCH = 48
FAR = 1.0e9
