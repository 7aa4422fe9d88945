"""How a decoded picture becomes 8-bit pixels, as a request may ask. No torch here; `core.latents.grading` does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.errors import RequestError

OutOfRange = Literal["clip", "fit"]

MAX_EXPOSURE = 4.0
MAX_CONTRAST = 3.0
MAX_SATURATION = 3.0


@dataclass(frozen=True, slots=True)
class ColourSettings:
    """Of the finished picture. The defaults leave the decoder's own numbers as they are, to the bit.

    out_of_range: what becomes of numbers beyond white and black. "clip" cuts them off; "fit" brings the whole picture
        towards mid-grey as far as they need, and leaves one without them alone.
    exposure: stops; +1 doubles the light. contrast: the power of light about mid-grey (0.18), 1 is as it is.
    saturation: 0 is grey of the same luminance, 1 as it is. These three act on linear light, in this order.
    """

    out_of_range: OutOfRange = "clip"
    exposure: float = 0.0
    contrast: float = 1.0
    saturation: float = 1.0

    def __post_init__(self) -> None:
        if self.out_of_range not in ("clip", "fit"):
            raise RequestError(f"out of range {self.out_of_range!r} is not a way; choose clip or fit", "colour")
        for name, value, low, high in (
            ("exposure", self.exposure, -MAX_EXPOSURE, MAX_EXPOSURE),
            ("contrast", self.contrast, 0.0, MAX_CONTRAST),
            ("saturation", self.saturation, 0.0, MAX_SATURATION),
        ):
            if not low <= value <= high:
                raise RequestError(f"{name} {value:g} is out of range; give {low:g} to {high:g}", "colour")

    @property
    def bends_light(self) -> bool:
        """Whether exposure, contrast or saturation change anything."""
        return (self.exposure, self.contrast, self.saturation) != (0.0, 1.0, 1.0)


AS_DECODED = ColourSettings()
