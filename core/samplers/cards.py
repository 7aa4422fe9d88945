"""What is known of each sampler without importing one. No torch here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from core.requests import ImageRequest, SolverSettings

Family = Literal[
    "first order", "ancestral", "multistep", "single step", "predictor-corrector", "adaptive", "stochastic", "distilled"
]


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
class OptionCard:
    """Something else that a sampler can be told: a field of `SolverSettings`.

    default: what it does untold. low, high: the range that it takes. tip: what it does, for the studio and the command
    line.
    """

    setting: Literal["order", "churn", "sigma_low", "sigma_high", "restarts", "snr", "gamma", "tolerance"]
    title: str
    default: float
    low: float
    high: float
    tip: str
    whole: bool = False
    log: bool = False


@dataclass(frozen=True, slots=True)
class SamplerCard:
    """order: of convergence, as its options stand untold; where stochastic the weak order, of the variance on Gaussian
        data; 0 where only a distilled model is sampled rightly. evaluations_per_step: network calls a step.

    options: what a request may set (`eta`, `noise_scale`, and fields of `SolverSettings`). eta: of one that lists it,
        else None. settings: of the fields of SolverSettings.
    source: the paper. once: network calls more, or fewer, in the whole run.
    varies: a run takes at least as many calls as these say. alone: pictures are denoised one at a time, as each has
        its own steps.
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
    settings: tuple[OptionCard, ...] = ()
    once: int = 0
    varies: bool = False
    alone: bool = False

    def evaluations(self, steps: int) -> int:
        """Network calls of a run, the least where they vary."""
        return max(steps * self.evaluations_per_step + self.once, 1)


def _card(
    name: str,
    title: str,
    family: Family,
    order: int,
    source: str,
    *settings: OptionCard,
    each: int = 1,
    eta: EtaCard | None = None,
    noisy: bool = False,
    once: int = 0,
    varies: bool = False,
    alone: bool = False,
) -> SamplerCard:
    """noisy: it adds fresh noise, so its scale can be set. each: evaluations a step."""
    options = (("eta",) if eta else ()) + (("noise_scale",) if noisy else ())
    return SamplerCard(
        name=name,
        title=title,
        family=family,
        order=order,
        stochastic=noisy,
        evaluations_per_step=each,
        source=source,
        options=options + tuple(option.setting for option in settings),
        eta=eta,
        settings=settings,
        once=once,
        varies=varies,
        alone=alone,
    )


_BY_NATURE = EtaCard("ancestral_eta", 1.0)
_KARRAS, _SONG = "Karras et al. 2022, arXiv:2206.00364", "Song et al. 2021, arXiv:2010.02502"
_SOLVER, _SOLVER_PP = "Lu et al. 2022, arXiv:2206.00927", "Lu et al. 2022, arXiv:2211.01095"


def _order(default: int, high: int) -> OptionCard:
    tip = (
        "How many guesses each step combines. More follow a smooth path more closely; on few steps they may overshoot."
    )
    return OptionCard("order", "Order", default, 1, high, tip, whole=True)


def _low(default: float, what: str) -> OptionCard:
    return OptionCard("sigma_low", "From σ", default, 0.002, 80.0, f"The least noise at which {what}.", log=True)


def _high(default: float, what: str) -> OptionCard:
    return OptionCard("sigma_high", "To σ", default, 0.002, 80.0, f"The most noise at which {what}.", log=True)


_CHURN = OptionCard(
    "churn",
    "Churn",
    40.0,
    0.0,
    100.0,
    "How much noise is added over the run, to be taken away with the rest. 0 is Heun.",
)
_RESTARTS = OptionCard(
    "restarts",
    "Restarts",
    2,
    0,
    10,
    "How often the run goes back up to more noise. Each takes its steps again.",
    whole=True,
)
_TOLERANCE = OptionCard(
    "tolerance", "Tolerance", 1e-3, 1e-6, 0.1, "The error that a step may make. Less takes more evaluations.", log=True
)
_SNR = OptionCard("snr", "Signal to noise", 0.16, 0.0, 0.5, "How far each correction moves. 0 corrects nothing.")
_GAMMA = OptionCard("gamma", "Gamma γ", 0.3, 0.0, 1.0, "How much of each step is fresh noise: 0 none, 1 all, as LCM.")


CARDS: tuple[SamplerCard, ...] = (
    _card("ddpm", "DDPM", "ancestral", 1, "Ho et al. 2020, arXiv:2006.11239", noisy=True),
    _card("ddim", "DDIM", "first order", 1, _SONG, eta=EtaCard("eta", 0.0), noisy=True),
    _card("euler", "Euler", "first order", 1, _KARRAS),
    _card(
        "euler_ancestral",
        "Euler ancestral",
        "ancestral",
        1,
        f"{_SONG}, on Karras et al. 2022's noise",
        eta=_BY_NATURE,
        noisy=True,
    ),
    _card("heun", "Heun", "predictor-corrector", 2, _KARRAS, each=2),
    _card("dpmpp_2m", "DPM++ 2M", "multistep", 2, _SOLVER_PP),
    _card("dpmpp_3m", "DPM++ 3M", "multistep", 2, _SOLVER_PP),
    _card("dpmpp_2s", "DPM++ 2S", "single step", 2, _SOLVER_PP, each=2),
    _card("dpm_2", "DPM2", "single step", 2, f"{_SOLVER}; {_KARRAS}", each=2),
    _card("dpm_solver_3", "DPM-Solver 3", "single step", 3, _SOLVER, each=3),
    _card("uni_pc", "UniPC", "predictor-corrector", 4, "Zhao et al. 2023, arXiv:2302.04867", _order(3, 3)),
    _card("uni_pc_bh2", "UniPC BH2", "predictor-corrector", 4, "Zhao et al. 2023, arXiv:2302.04867", _order(3, 3)),
    _card("deis", "DEIS", "multistep", 3, "Zhang and Chen 2023, arXiv:2204.13902", _order(3, 3)),
    _card("res_multistep", "RES multistep", "multistep", 2, "Zhang et al. 2023, arXiv:2308.02157", _order(2, 3)),
    _card("lms", "LMS", "multistep", 4, f"Hairer et al. 1993, on {_KARRAS}", _order(4, 4)),
    _card("ipndm", "iPNDM", "multistep", 2, "Zhang and Chen 2023, arXiv:2204.13902", _order(4, 4)),
    _card("plms", "PLMS", "multistep", 2, "Liu et al. 2022, arXiv:2202.09778", once=1),
    _card("rk4", "Runge-Kutta 4", "single step", 4, "Hairer et al. 1993, section II.1", each=4),
    _card(
        "dopri5",
        "Dormand-Prince 5",
        "adaptive",
        5,
        "Dormand and Prince 1980, doi:10.1016/0771-050X(80)90013-3",
        _TOLERANCE,
        each=6,
        once=1,
        varies=True,
        alone=True,
    ),
    _card(
        "dpm_2_ancestral", "DPM2 ancestral", "ancestral", 2, f"{_SOLVER}; {_SONG}", each=2, eta=_BY_NATURE, noisy=True
    ),
    _card(
        "dpmpp_2s_ancestral",
        "DPM++ 2S ancestral",
        "ancestral",
        2,
        f"{_SOLVER_PP}; {_SONG}",
        each=2,
        eta=_BY_NATURE,
        noisy=True,
    ),
    _card("dpmpp_sde", "DPM++ SDE", "stochastic", 2, _SOLVER_PP, each=2, eta=_BY_NATURE, noisy=True),
    _card("dpmpp_2m_sde", "DPM++ 2M SDE", "stochastic", 2, _SOLVER_PP, eta=_BY_NATURE, noisy=True),
    _card("dpmpp_3m_sde", "DPM++ 3M SDE", "stochastic", 2, _SOLVER_PP, eta=_BY_NATURE, noisy=True),
    _card(
        "res_multistep_ancestral",
        "RES multistep ancestral",
        "ancestral",
        1,
        "Zhang et al. 2023, arXiv:2308.02157; Song et al. 2021, arXiv:2010.02502",
        _order(2, 3),
        eta=_BY_NATURE,
        noisy=True,
    ),
    _card(
        "sa_solver",
        "SA-Solver",
        "stochastic",
        2,
        "Xue et al. 2023, arXiv:2309.05019",
        _order(2, 3),
        eta=_BY_NATURE,
        noisy=True,
    ),
    _card("er_sde", "ER-SDE", "stochastic", 2, "Cui et al. 2023, arXiv:2309.06169", _order(3, 3), noisy=True),
    _card(
        "edm_stochastic",
        "Heun with churn",
        "stochastic",
        2,
        _KARRAS,
        _CHURN,
        _low(0.05, "churn acts"),
        _high(50.0, "churn acts"),
        each=2,
        noisy=True,
    ),
    _card(
        "restart",
        "Restart",
        "stochastic",
        2,
        "Xu et al. 2023, arXiv:2306.14878",
        _RESTARTS,
        _low(0.1, "restarts begin"),
        _high(2.0, "restarts reach"),
        each=2,
        noisy=True,
        varies=True,
    ),
    _card(
        "langevin",
        "Langevin corrector",
        "predictor-corrector",
        1,
        "Song et al. 2021, arXiv:2011.13456",
        _SNR,
        each=2,
        once=-1,
        noisy=True,
    ),
    _card("consistency", "Consistency", "distilled", 0, "Song et al. 2023, arXiv:2303.01469", noisy=True),
    _card("lcm", "LCM", "distilled", 0, "Luo et al. 2023, arXiv:2310.04378", noisy=True),
    _card("tcd", "TCD", "distilled", 0, "Zheng et al. 2024, arXiv:2402.19159", _GAMMA, noisy=True),
)


class Etas(Protocol):
    """A request or a draft of one."""

    @property
    def eta(self) -> float: ...

    @property
    def ancestral_eta(self) -> float: ...


def option_of(card: SamplerCard, setting: str, solver: SolverSettings) -> float:
    """What a sampler is told: the request's, else its own. setting: one that the card has."""
    option = next(option for option in card.settings if option.setting == setting)
    told = getattr(solver, setting)
    return option.default if told is None else min(told, option.high) if option.whole else told


def solver_for(sampler: str, solver: SolverSettings) -> SolverSettings:
    """What of the settings that sampler takes; an order beyond its own is its highest."""
    card = next((card for card in CARDS if card.name == sampler), None)
    told = [each.setting for each in card.settings if getattr(solver, each.setting) is not None] if card else []
    kept = {name: option_of(card, name, solver) for name in told if card}
    return SolverSettings(**kept)  # pyright: ignore[reportArgumentType]


def eta_card(sampler: str) -> EtaCard | None:
    """Of the sampler of that name; None where it takes no eta, or is not known."""
    return next((card.eta for card in CARDS if card.name == sampler), None)


def eta_of(request: ImageRequest) -> float | None:
    """The eta that its sampler is given; None where that takes none."""
    card = eta_card(request.sampler)
    return getattr(request, card.setting) if card else None


def runs_alone(sampler: str) -> bool:
    """Whether it denoises one picture at a time, as each takes steps of its own."""
    return any(card.alone for card in CARDS if card.name == sampler)


def adds_noise(sampler: str) -> bool:
    """Whether it draws fresh noise, whose scale can be set. False of one that is not known."""
    return any(card.stochastic for card in CARDS if card.name == sampler)


def noise_added(sampler: str, etas: Etas, noise_scale: float) -> bool:
    """Whether a run with these settings draws any: two of one state may then differ. True of a sampler not known."""
    card = next((card for card in CARDS if card.name == sampler), None)
    if card is None:
        return True
    eta = getattr(etas, card.eta.setting) if card.eta else 1.0
    return card.stochastic and eta > 0.0 and noise_scale > 0.0
