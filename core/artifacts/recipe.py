"""Everything that decides a result, kept with it, so that it can be made again. No torch here."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from core.errors import NoisetteError
from core.plain import PlainError, from_plain, parse_json, to_plain
from core.requests import ImageRequest

if TYPE_CHECKING:
    import numpy as np

SCHEMA = 3
"""2: requests may branch, start from pictures and vary; steps' hashes. 3: noise scale, colour, turns of the noise,
an eta of Euler ancestral's own."""
HASH_DIGITS = 16


class RecipeError(NoisetteError):
    """A recipe is missing, malformed, or from a newer Noisette."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What carried the work out. dtype: of the network's weights. threads: of torch, on the CPU.

    machine: processor or graphics card, as the system names it.
    """

    noisette: str
    python: str
    torch: str
    system: str
    machine: str
    device: str
    dtype: str
    threads: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """One picture's recipe.

    request: as it was asked. item: which of its pictures this is, from 0; seed: that picture's own.
    layout: the scene that was painted, given or planned (JSON), or None. width, height: pixels.
    model_sha256: of the model's files, by role. pixels_sha256: see `pixels_sha256`.
    made_at: ISO 8601, UTC. drawn_prompt: the prompt with its choices drawn by the seed, "" where it has none.
    steps_sha256: of each step's state, see `state_hash`; empty where they were not kept. schema: which edition of this
        record.
    """

    request: ImageRequest
    item: int
    seed: int
    layout: str | None
    width: int
    height: int
    model_title: str
    model_sha256: dict[str, str]
    environment: Environment
    pixels_sha256: str
    made_at: str
    drawn_prompt: str = ""
    steps_sha256: tuple[str, ...] = ()
    schema: int = field(default=SCHEMA)

    def to_json(self) -> str:
        return json.dumps(to_plain(self), sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> Recipe:
        """Read a recipe. Raises RecipeError for anything else, a later schema, or a request out of range."""
        try:
            data = parse_json(text, "the recipe")
            _check_schema(data)
            return from_plain(Recipe, data, "the recipe")
        except RecipeError:
            raise
        except NoisetteError as error:
            raise RecipeError(str(error)) from error

    def again(self) -> ImageRequest:
        """The request for this one picture: its own seed, place and layout, its true size, a count of one."""
        return replace(self.request.alone(self.item), layout=self.layout, width=self.width, height=self.height)

    def asked(self) -> ImageRequest:
        """The same as a person would put it: a layout that the planner made is left to the planner."""
        return self.again() if self.request.layout is not None else replace(self.again(), layout=None)


def state_hash(state: bytes) -> str:
    """First digits of a state's sha256. state: one picture's float32 numbers in C order, little-endian."""
    # A window that shows recipes opens sooner without what is imported here and below.
    import hashlib

    return hashlib.sha256(state).hexdigest()[:HASH_DIGITS]


def pixels_sha256(pixels: np.ndarray) -> str:
    """Of height, width, channels (4-byte little-endian each) and the rows of a (H, W, C) uint8 picture."""
    import hashlib

    import numpy as np

    if pixels.dtype != np.uint8 or pixels.ndim != 3:
        raise PlainError(f"pixels are {pixels.dtype} with {pixels.ndim} axes; give uint8 (H, W, C)")
    digest = hashlib.sha256(np.asarray(pixels.shape, dtype="<u4").tobytes())
    digest.update(np.ascontiguousarray(pixels).tobytes())
    return digest.hexdigest()


def _check_schema(data: Any) -> None:
    if not isinstance(data, dict):
        return
    schema = cast("dict[str, Any]", data).get("schema", SCHEMA)
    if isinstance(schema, int) and schema > SCHEMA:
        raise RecipeError(f"the recipe has schema {schema}; this Noisette reads up to {SCHEMA}, so update it")
