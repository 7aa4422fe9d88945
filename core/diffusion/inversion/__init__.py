"""From a picture back to the noise that a deterministic run makes it from."""

from core.diffusion.inversion.ddim import ddim_inversion
from core.diffusion.inversion.fixed_point import fixed_point_inversion
from core.diffusion.inversion.step import Inversion, InversionError, round_trip

__all__ = ["Inversion", "InversionError", "ddim_inversion", "fixed_point_inversion", "round_trip"]
