"""What is known of each sampler without importing one. No torch here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Family = Literal["first order", "ancestral", "multistep", "predictor-corrector"]


@dataclass(frozen=True, slots=True)
class SamplerCard:
    """order: of convergence (weak order where stochastic). evaluations_per_step: network calls a step.

    options: what a request may set (`eta`, `noise_scale`). source: the paper.
    """

    name: str
    title: str
    family: Family
    order: int
    stochastic: bool
    evaluations_per_step: int
    source: str
    options: tuple[str, ...] = ()


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
        options=("noise_scale",),
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
