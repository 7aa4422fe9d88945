"""Zoom of the canvas: the levels it prefers, and where a picture lies."""

from __future__ import annotations

from dataclasses import dataclass, replace

LEVELS = (1 / 16, 1 / 8, 1 / 6, 1 / 4, 1 / 3, 1 / 2, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 16.0, 24.0, 32.0)
"""Device pixels to one picture pixel; whole numbers where the picture is enlarged."""
NEAR = 0.06
"""A pinch comes to rest at a level that is so near, as a part of it."""
GRID_FROM = 8.0
"""The pixel grid is drawn from this zoom on."""
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Zoom:
    """scale: device pixels to one picture pixel; None fits the picture into its place.

    shift: of the picture's middle from the middle of its place, logical pixels.
    """

    scale: float | None = None
    shift: Point = (0.0, 0.0)

    def value(self, picture: tuple[int, int], room: tuple[float, float]) -> float:
        """Device pixels to one picture pixel. room: of its place, in device pixels."""
        if self.scale is not None:
            return self.scale
        fits = min(room[0] / picture[0], room[1] / picture[1])
        return float(int(fits)) if fits >= 1 else max(fits, LEVELS[0])

    def to(self, scale: float, before: float, about: Point) -> Zoom:
        """Another zoom at which the same part of the picture stays under a point.

        before: the present scale. about: from the middle of the picture's place, logical pixels.
        """
        scale = min(max(scale, LEVELS[0]), LEVELS[-1])
        part = scale / before
        moved = tuple(at + (own - at) * part for at, own in zip(about, self.shift, strict=True))
        return Zoom(scale, (moved[0], moved[1]))

    def moved(self, by: Point) -> Zoom:
        return replace(self, shift=(self.shift[0] + by[0], self.shift[1] + by[1]))


def level_beyond(scale: float, steps: int) -> float:
    """The level so many steps up (above 0) or down from a scale."""
    if steps > 0:
        above = [level for level in LEVELS if level > scale * 1.001]
        return above[min(steps, len(above)) - 1] if above else LEVELS[-1]
    below = [level for level in LEVELS if level < scale * 0.999]
    return below[-min(-steps, len(below))] if below else LEVELS[0]


def settled(scale: float) -> float:
    """A level that is very near, else the scale itself."""
    level = min(LEVELS, key=lambda each: abs(each - scale))
    return level if abs(level - scale) <= NEAR * level else scale
