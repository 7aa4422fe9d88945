"""What a task needs of a loaded picture model, whatever its networks are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from core.models.card import ModelCard
from core.requests import GuidanceSettings

if TYPE_CHECKING:
    import torch

    from core.diffusion.denoiser import Denoiser
    from core.diffusion.grids.grid import TimeGrid
    from core.diffusion.parameterization import Parameterization
    from core.diffusion.schedule import NoiseSchedule
    from core.latents.codec import LatentCodec


@dataclass(frozen=True, slots=True)
class Condition:
    """What one picture is asked to show. layout: a scene as JSON, or None for text alone. style: one of the card's, ""
    leaves it to the prompt.

    prompt, negative_prompt: their choices drawn (`prompt_draws.drawn`); weights and timed changes as written, for
    models that act on them.
    """

    prompt: str
    negative_prompt: str = ""
    layout: str | None = None
    style: str = ""


class PictureModel(Protocol):
    """A model on its device, ready to sample. Everything here may run on the worker thread only."""

    @property
    def card(self) -> ModelCard: ...

    @property
    def device(self) -> torch.device: ...

    @property
    def dtype(self) -> torch.dtype: ...

    @property
    def schedule(self) -> NoiseSchedule: ...

    @property
    def parameterization(self) -> Parameterization: ...

    @property
    def codec(self) -> LatentCodec: ...

    @property
    def weight_bytes(self) -> int:
        """Of all that it keeps on its device or in memory."""
        ...

    def in_float32(self) -> PictureModel:
        """The same model with networks that compute in float32: itself where they do so already."""
        ...

    def latent_shape(self, width: int, height: int) -> tuple[int, ...]:
        """(C, h, w) for a picture of width x height pixels. Raises RequestError for a size it can't make."""
        ...

    def unknown_words(self, prompt: str) -> tuple[str, ...]:
        """The prompt's words that this model's text encoder doesn't know, in order, once each. Marks of the prompt
        syntax are no words."""
        ...

    def plan(self, prompt: str, seed: int) -> str | None:
        """A layout (scene JSON) for the prompt, a pure function of both; None for a model without a planner."""
        ...

    def denoiser(self, conditions: Sequence[Condition], guidance: GuidanceSettings, levels: TimeGrid = ()) -> Denoiser:
        """The guided denoiser for a batch of len(conditions); all guesses of guidance share one network call.

        levels: of the run, for a method of guidance that must know where a step goes.
        Raises GuidanceError for a method that needs what the model has not.
        On the CPU each item's arithmetic doesn't depend on the others in the batch, to the bit.
        """
        ...


@runtime_checkable
class Remarks(Protocol):
    """A model with more to say of a prompt than which words it does not know."""

    def remarks(self, prompt: str) -> tuple[str, ...]:
        """Sentences for the user."""
        ...
