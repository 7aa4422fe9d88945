"""What is known of each time grid: its name in words, what it does, where it comes from. No torch here."""

from __future__ import annotations

from dataclasses import dataclass

from core.grid_settings import CUSTOM, GRID_OPTIONS, LISTED, OPTIMISED

AYS = "Sabour et al. 2024, arXiv:2404.14507"
TIMESTEPS = "Lin et al. 2023, arXiv:2305.08891, table 2"


@dataclass(frozen=True, slots=True)
class GridCard:
    """name: of a request. title: for people. summary: one sentence. source: the paper or the code it is from.

    peers: what others call it, and what differs there.
    """

    name: str
    title: str
    summary: str
    source: str
    peers: str = ""

    @property
    def options(self) -> tuple[str, ...]:
        """Fields of GridSettings that it takes."""
        return GRID_OPTIONS[self.name]


GRID_CARDS: tuple[GridCard, ...] = (
    GridCard("uniform", "Uniform", "Equal steps in time.", "Lipman et al. 2023, arXiv:2210.02747"),
    GridCard(
        "karras",
        "Karras",
        "Equal steps in a root of the noise, so most steps go to little noise.",
        "Karras et al. 2022, arXiv:2206.00364, eq. 5",
        "karras everywhere; on a flow ComfyUI and diffusers lay it in t",
    ),
    GridCard(
        "exponential", "Exponential", "Equal factors of noise.", "k-diffusion", "exponential everywhere; on a flow in t"
    ),
    GridCard(
        "log_snr",
        "Log-SNR",
        "Equal factors of noise, the last step included.",
        "Lu et al. 2022, arXiv:2206.00927, section 3.4",
        "diffusers use_lu_lambdas has one interval fewer: its last step begins at the least noise",
    ),
    GridCard(
        "polyexponential",
        "Polyexponential",
        "A power of the way in the logarithm of the noise.",
        "k-diffusion",
        "A1111, NovelAI Polyexponential",
    ),
    GridCard(
        "kl_optimal",
        "KL-optimal",
        "Equal steps in the angle whose tangent is the noise.",
        f"{AYS}, theorem 3.1",
        "ComfyUI kl_optimal; A1111's KL Optimal has one interval more and ends at the least noise",
    ),
    GridCard(
        "linspace",
        "Linspace",
        "Whole timesteps, evenly from the last to the first.",
        TIMESTEPS,
        "linspace of diffusers' DDIM; its DPM-Solver++ lays one more; ComfyUI normal and A1111 Uniform don't round",
    ),
    GridCard(
        "leading",
        "Leading",
        "Whole timesteps a whole stride apart, from the first on; begins below the most noise.",
        TIMESTEPS,
        "leading of diffusers' DDIM with steps_offset 1; ComfyUI ddim_uniform may have a step more",
    ),
    GridCard(
        "trailing",
        "Trailing",
        "Whole timesteps, evenly from the last on: uniform, rounded.",
        TIMESTEPS,
        "diffusers trailing; ComfyUI and A1111 simple round down",
    ),
    GridCard(
        "sgm_uniform",
        "SGM uniform",
        "Equal steps in timesteps; clean data takes the first one's place.",
        "Stability-AI/generative-models; ComfyUI",
        "ComfyUI sgm_uniform, A1111 SGM Uniform; diffusers maps the name to trailing",
    ),
    GridCard(
        "shifted",
        "Time shift",
        "Equal steps in time, moved towards much noise: SD3's and FLUX's.",
        "Esser et al. 2024, arXiv:2403.03206, eq. 23",
        "diffusers FlowMatchEuler shift; ComfyUI ModelSamplingSD3, ModelSamplingFlux",
    ),
    GridCard(
        "linear_quadratic",
        "Linear-quadratic",
        "A slow straight half, then a parabola.",
        "genmoai/mochi; Polyak et al. 2024, arXiv:2410.13720",
        "diffusers Mochi; ComfyUI linear_quadratic lays it in sigma",
    ),
    GridCard(
        "beta",
        "Beta",
        "Timesteps at quantiles of a Beta distribution: dense at both ends.",
        "Lee et al. 2024, arXiv:2407.12173",
        "ComfyUI beta; diffusers and A1111 put the quantiles on sigma",
    ),
    GridCard(
        "beta_sigma",
        "Beta on σ",
        "The noise itself at quantiles of a Beta distribution.",
        "diffusers, after Lee et al. 2024, arXiv:2407.12173",
        "diffusers use_beta_sigmas; A1111 Beta",
    ),
    GridCard(
        "ays_sd15", "Align your steps, SD 1.5", "A table that was optimised for SD 1.5.", AYS, "diffusers, ComfyUI"
    ),
    GridCard("ays_sdxl", "Align your steps, SDXL", "A table that was optimised for SDXL.", AYS, "diffusers, ComfyUI"),
    GridCard("ays_svd", "Align your steps, SVD", "A table that was optimised for SVD.", AYS, "diffusers, ComfyUI"),
    GridCard(
        OPTIMISED,
        "Optimised for this model",
        "Levels that a measurement chose for this model: `noisette optimise`.",
        "after Chen et al. 2024, arXiv:2405.11326 (GITS)",
    ),
    GridCard(LISTED, "Listed", "Levels of your own, as sigmas or times.", "-", "ComfyUI SIGMAS; diffusers sigmas="),
    GridCard(CUSTOM, "Custom", "A curve drawn through handles.", "Fritsch and Butland 1984, its curve"),
)
"""In the order of `GRID_OPTIONS`, each of them."""


def grid_title(name: str) -> str:
    """Of the grid of that name; the name itself where it is not known."""
    return next((card.title for card in GRID_CARDS if card.name == name), name)
