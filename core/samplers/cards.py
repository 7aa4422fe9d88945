"""What is known of each sampler without importing one. No torch here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.requests import ImageRequest

Family = Literal["first order", "ancestral", "multistep", "predictor-corrector"]


@dataclass(frozen=True, slots=True)
class EtaCard:
    """How much of its fresh noise a sampler adds: 0 none, 1 all that an ancestral step draws.

    setting: the field of a request that says it. default: what the sampler does untold. low, high: its range.
    """

    setting: Literal["eta", "ancestral_eta"]
    default: float
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True, slots=True)
class SamplerCard:
    """order: of convergence (weak order where stochastic). evaluations_per_step: network calls a step.

    options: what a request may set (`eta`, `noise_scale`). eta: of one that lists it, else None. source: the paper.
    """

    name: str
    title: str
    family: Family
    order: int
    stochastic: bool
    evaluations_per_step: int
    source: str
    options: tuple[str, ...] = ()
    eta: EtaCard | None = None


CARDS: tuple[SamplerCard, ...] = (
    SamplerCard(
        name="ddpm",
        title="DDPM",
        family="ancestral",
        order=1,
        stochastic=True,
        evaluations_per_step=1,
        source="Ho et al. 2020, arXiv:2006.11239",
        options=("noise_scale",),
    ),
    SamplerCard(
        name="ddim",
        title="DDIM",
        family="first order",
        order=1,
        stochastic=True,
        evaluations_per_step=1,
        source="Song et al. 2021, arXiv:2010.02502",
        options=("eta", "noise_scale"),
        eta=EtaCard("eta", 0.0),
    ),
    SamplerCard(
        name="euler",
        title="Euler",
        family="first order",
        order=1,
        stochastic=False,
        evaluations_per_step=1,
        source="Karras et al. 2022, arXiv:2206.00364",
    ),
    SamplerCard(
        name="euler_ancestral",
        title="Euler ancestral",
        family="ancestral",
        order=1,
        stochastic=True,
        evaluations_per_step=1,
        source="Song et al. 2021, arXiv:2010.02502, on Karras et al. 2022's noise",
        options=("eta", "noise_scale"),
        eta=EtaCard("ancestral_eta", 1.0),
    ),
    SamplerCard(
        name="heun",
        title="Heun",
        family="predictor-corrector",
        order=2,
        stochastic=False,
        evaluations_per_step=2,
        source="Karras et al. 2022, arXiv:2206.00364",
    ),
    SamplerCard(
        name="dpmpp_2m",
        title="DPM++ 2M",
        family="multistep",
        order=2,
        stochastic=False,
        evaluations_per_step=1,
        source="Lu et al. 2022, arXiv:2211.01095",
    ),
)


def eta_card(sampler: str) -> EtaCard | None:
    """Of the sampler of that name; None where it takes no eta, or is not known."""
    return next((card.eta for card in CARDS if card.name == sampler), None)


def eta_of(request: ImageRequest) -> float | None:
    """The eta that its sampler is given; None where that takes none."""
    card = eta_card(request.sampler)
    return getattr(request, card.setting) if card else None
