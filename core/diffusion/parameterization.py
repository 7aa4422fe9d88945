"""What a network's output means, and the way from there to (x0, eps) and back.

With x = alpha * x0 + sigma * eps every kind is linear in (x0, eps), so each has one row of coefficients each way.
Written for any alpha and sigma, not only alpha^2 + sigma^2 = 1, so any network serves any schedule.
"""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from torch import Tensor

from core.diffusion.combination import combined
from core.diffusion.prediction import Prediction
from core.errors import NoisetteError

SIGMA_DATA = 0.5
"""EDM's standard deviation of the data."""


class ParameterizationError(NoisetteError):
    """A kind of output that can't be read: at that level, or at all."""


class Parameterization(Enum):
    """EPS: the noise. Source: Ho et al. 2020 (arXiv:2006.11239), eq. 11.
    X0: the clean data.
    V: alpha * eps - sigma * x0. Source: Salimans and Ho 2022 (arXiv:2202.00512), section 4.
    VELOCITY: eps - x0, the slope of the straight path. Source: Liu et al. 2023 (arXiv:2209.03003), eq. 1.
    EDM: F of the preconditioned denoiser. Source: Karras et al. 2022 (arXiv:2206.00364), eq. 7 and table 1.
    """

    EPS = "eps"
    X0 = "x0"
    V = "v"
    VELOCITY = "velocity"
    EDM = "edm"


class NoiseLevel(Protocol):
    """A Level, or a LevelBatch with a level for each item."""

    @property
    def alpha(self) -> float | Tensor: ...

    @property
    def sigma(self) -> float | Tensor: ...


def parameterization_named(name: str) -> Parameterization:
    """The parameterization of that name, such as "velocity". Raises ParameterizationError naming them all."""
    try:
        return Parameterization(name)
    except ValueError:
        names = ", ".join(kind.value for kind in Parameterization)
        raise ParameterizationError(f"{name!r} is not a parameterization; choose one of {names}") from None


def to_prediction(
    kind: Parameterization, output: Tensor, x: Tensor, level: NoiseLevel, *, sigma_data: float = SIGMA_DATA
) -> Prediction:
    """Read a network's output.

    output, x: (B, *shape); the output takes x's precision, so a bf16 network leaves the state float32.
    Raises ParameterizationError for EPS at alpha = 0 and X0 at sigma = 0, where the other half is not in x.
    """
    alpha, sigma = level.alpha, level.sigma
    if output.dtype is not x.dtype:
        output = output.to(x.dtype)
    match kind:
        case Parameterization.EPS:
            _refuse_zero(alpha, "alpha", "an eps network can't start at pure noise; begin the grid at a lower time")
            return Prediction(_combine(x, 1.0 / alpha, output, -sigma / alpha), output)
        case Parameterization.X0:
            _refuse_zero(
                sigma, "sigma", "an x0 network can't tell the noise of clean data; end the grid's calls above it"
            )
            return Prediction(output, _combine(x, 1.0 / sigma, output, -alpha / sigma))
        case Parameterization.V:
            norm = alpha * alpha + sigma * sigma
            return Prediction(
                _combine(x, alpha / norm, output, -sigma / norm), _combine(x, sigma / norm, output, alpha / norm)
            )
        case Parameterization.VELOCITY:
            norm = alpha + sigma
            return Prediction(
                _combine(x, 1.0 / norm, output, -sigma / norm), _combine(x, 1.0 / norm, output, alpha / norm)
            )
        case Parameterization.EDM:
            # c_skip and c_out in terms of alpha and sigma: finite at both ends, where EDM's own (alpha = 1) are not.
            norm = sigma * sigma + (alpha * sigma_data) ** 2
            skip, out = sigma_data**2 / norm, sigma_data / norm**0.5
            return Prediction(
                _combine(x, alpha * skip, output, sigma * out), _combine(x, sigma / norm, output, -alpha * out)
            )


def from_prediction(
    kind: Parameterization, prediction: Prediction, level: NoiseLevel, *, sigma_data: float = SIGMA_DATA
) -> Tensor:
    """The network output that `to_prediction` would read as this prediction."""
    return target(kind, prediction.x0, prediction.eps, level, sigma_data=sigma_data)


def target(
    kind: Parameterization, x0: Tensor, eps: Tensor, level: NoiseLevel, *, sigma_data: float = SIGMA_DATA
) -> Tensor:
    """What a network of that kind should put out for alpha * x0 + sigma * eps.

    x0, eps: (B, *shape). level: one Level, or a LevelBatch of B. Finite everywhere but EDM at alpha = sigma = 0.
    """
    alpha, sigma = level.alpha, level.sigma
    match kind:
        case Parameterization.EPS:
            return eps
        case Parameterization.X0:
            return x0
        case Parameterization.V:
            return _combine(eps, alpha, x0, -sigma)
        case Parameterization.VELOCITY:
            return eps - x0
        case Parameterization.EDM:
            norm = (sigma * sigma + (alpha * sigma_data) ** 2) ** 0.5
            return _combine(x0, sigma / (sigma_data * norm), eps, -alpha * sigma_data / norm)


def _combine(x: Tensor, a: float | Tensor, y: Tensor, b: float | Tensor) -> Tensor:
    """a * x + b * y."""
    if isinstance(a, float) and isinstance(b, float):
        return combined(x, a, y, b)
    return a * x + b * y


def _refuse_zero(value: float | Tensor, name: str, remedy: str) -> None:
    if (float(value.min()) if isinstance(value, Tensor) else value) == 0.0:
        raise ParameterizationError(f"{name} is 0 at this level; {remedy}")
