"""The settings of the Create mode as they stand: a frozen value from which a request is made."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from core.errors import RequestError
from core.models.card import ModelCard
from core.requests import GuidanceSettings, ImageRequest


@dataclass(frozen=True, slots=True)
class Draft:
    """What the next press of the main button would ask for.

    model_id: "" until a model is known. width, height: pixels; 0 is the model's own size.
    interval: where guidance acts, as fractions of the run (0 at noise, 1 at data).
    seed_locked: keep the seed after a submit instead of drawing a new one.
    """

    prompt: str = ""
    negative_prompt: str = ""
    model_id: str = ""
    width: int = 0
    height: int = 0
    count: int = 1
    seed: int = 7
    seed_locked: bool = False
    sampler: str = "dpmpp_2m"
    time_grid: str = "uniform"
    steps: int = 20
    guidance_scale: float = 1.0
    interval: tuple[float, float] = (0.0, 1.0)
    rescale: float = 0.0
    eta: float = 0.0

    def request(self) -> ImageRequest:
        """The request these settings make. Raises RequestError: value, rule, remedy."""
        return ImageRequest(
            prompt=self.prompt.strip(),
            model_id=self.model_id,
            negative_prompt=self.negative_prompt.strip(),
            sampler=self.sampler,
            time_grid=self.time_grid,
            steps=self.steps,
            guidance=GuidanceSettings(self.guidance_scale, self.interval, self.rescale),
            eta=self.eta,
            seed=self.seed,
            count=self.count,
            width=self.width or None,
            height=self.height or None,
        )

    def with_model(self, card: ModelCard) -> Draft:
        """These settings on another model: its size where the present one can't be made, its best settings."""
        size = (self.width, self.height) if (self.width, self.height) in card.sizes else card.sizes[0]
        best = card.defaults
        return replace(
            self,
            model_id=card.id,
            width=size[0],
            height=size[1],
            sampler=best.sampler,
            time_grid=best.time_grid,
            steps=best.steps,
            guidance_scale=best.guidance_scale,
        )

    def with_request(self, request: ImageRequest) -> Draft:
        """The settings that made a picture, taken up again; the seed is locked so that it can be made again."""
        return replace(
            self,
            prompt=request.prompt,
            negative_prompt=request.negative_prompt,
            model_id=request.model_id,
            width=request.width or 0,
            height=request.height or 0,
            count=request.count,
            seed=request.seed,
            seed_locked=True,
            sampler=request.sampler,
            time_grid=request.time_grid,
            steps=request.steps,
            guidance_scale=request.guidance.scale,
            interval=request.guidance.interval,
            rescale=request.guidance.rescale,
            eta=request.eta,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for the settings file."""
        return asdict(self)

    @staticmethod
    def from_dict(data: dict[str, Any]) -> Draft:
        """Read kept settings; what is missing or of another type falls back to its default."""
        blank = Draft()
        kept: dict[str, Any] = {}
        for entry in fields(Draft):
            default, value = getattr(blank, entry.name), data.get(entry.name)
            if isinstance(default, tuple):
                if isinstance(value, list) and len(value) == 2 and all(isinstance(v, int | float) for v in value):
                    kept[entry.name] = (float(value[0]), float(value[1]))
            elif isinstance(default, float) and isinstance(value, int | float) and not isinstance(value, bool):
                kept[entry.name] = float(value)
            elif type(value) is type(default):
                kept[entry.name] = value
        draft = replace(blank, **kept)
        try:
            draft.request()
        except RequestError:
            return blank
        return draft
