"""One amount of noise. No torch here."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Level:
    """How much noise: x = alpha * x0 + sigma * eps.

    t: 1 is noise, 0 is data; a place on a schedule, not a duration.
    """

    t: float
    alpha: float
    sigma: float

    @property
    def ratio(self) -> float:
        """sigma / alpha, the noise in units of the data; inf where alpha is 0."""
        return self.sigma / self.alpha if self.alpha else math.inf

    @property
    def log_snr(self) -> float:
        """log(alpha^2 / sigma^2); -inf where alpha is 0, inf where sigma is 0."""
        if not self.alpha:
            return -math.inf
        if not self.sigma:
            return math.inf
        return 2.0 * (math.log(self.alpha) - math.log(self.sigma))
