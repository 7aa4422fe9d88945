"""What another tool's picture says of how it was made, in our terms."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from core.colour import ColourSettings
from core.errors import NoisetteError
from core.requests import GridSettings, GuidanceSettings, ImageRequest, SolverSettings


class ImportedError(NoisetteError):
    """A file holds no settings that can be read."""


class Tool(Enum):
    """Who wrote the settings, by the name that users know."""

    NOISETTE = "Noisette"
    A1111 = "A1111"
    COMFYUI = "ComfyUI"
    INVOKEAI = "InvokeAI"
    NOVELAI = "NovelAI"
    SWARMUI = "SwarmUI"
    FOOOCUS = "Fooocus"


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings that mean the same here, in the words of ImageRequest. None: the file says nothing that could be used.

    model: as the file names it; model_hash: the first digits of its sha256. sampler, time_grid: our names.
    guidance: its method and what that takes, without the three that stand by themselves.
    width, height: pixels. variation: the other seed, and how far the noise is turned towards its own (0 to 1).
    """

    prompt: str | None = None
    negative_prompt: str | None = None
    model: str | None = None
    model_hash: str | None = None
    sampler: str | None = None
    time_grid: str | None = None
    grid: GridSettings | None = None
    steps: int | None = None
    guidance_scale: float | None = None
    interval: tuple[float, float] | None = None
    rescale: float | None = None
    guidance: GuidanceSettings | None = None
    eta: float | None = None
    ancestral_eta: float | None = None
    noise_scale: float | None = None
    solver: SolverSettings | None = None
    colour: ColourSettings | None = None
    seed: int | None = None
    width: int | None = None
    height: int | None = None
    variation: tuple[int, float] | None = None
    style: str | None = None


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A setting of the file that was not taken up. name, value: as the file has them, shortened. why: one sentence."""

    name: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Imported:
    """The settings of one picture.

    version: of the tool, "" where it does not say. remarks: sentences about what means something else there than here.
    request: of our own pictures, whole; `settings` then repeats what both know.
    """

    tool: Tool
    settings: Settings
    version: str = ""
    unmapped: tuple[Unmapped, ...] = ()
    remarks: tuple[str, ...] = ()
    request: ImageRequest | None = field(default=None)
