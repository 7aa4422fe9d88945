"""What is known of a model without loading it. No torch here."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ModelDefaults:
    """The settings a model looks best at."""

    sampler: str = "dpmpp_2m"
    time_grid: str = "uniform"
    steps: int = 20
    guidance_scale: float = 1.0


@dataclass(frozen=True, slots=True)
class ModelCard:
    """id: how users name it. files: role -> file name beside the card ("painter", "planner", ...).

    sha256: of each file, by role. parameters: how many weights in all. sizes: (width, height) pixels it can make,
    the first its own. scores: what `noisette evaluate ID` measured, with the command and hardware in `scored_by`.
    """

    id: str
    title: str
    summary: str
    network: str
    parameterization: str
    schedule: str
    codec: str
    conditioning: tuple[str, ...]
    sizes: tuple[tuple[int, int], ...]
    parameters: int
    license: str
    source: str
    files: dict[str, str] = field(default_factory=dict[str, str])
    sha256: dict[str, str] = field(default_factory=dict[str, str])
    defaults: ModelDefaults = field(default_factory=ModelDefaults)
    training: dict[str, str | float | int] = field(default_factory=dict[str, "str | float | int"])
    scores: dict[str, float] = field(default_factory=dict[str, float])
    scored_by: str = ""
