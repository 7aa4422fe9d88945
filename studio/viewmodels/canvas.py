"""The centre: which picture is shown, in which guise, and what lies over it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from studio.viewmodels import wording
from studio.viewmodels.run import Frame, Phase, Run

if TYPE_CHECKING:
    import numpy as np


class Look(Enum):
    """What is shown of a step."""

    CLEAN = "Clean guess"
    NOISY = "Noisy state"
    SPLIT = "Split"


LOOKS = tuple(Look)


class Scene(Enum):
    """What the canvas as a whole shows."""

    WELCOME = "welcome"
    WAITING = "waiting"
    PICTURE = "picture"
    ERROR = "error"


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A decoded picture of the history. pixels: (H, W, 3) uint8 sRGB."""

    artifact_id: str
    pixels: np.ndarray


@dataclass(frozen=True, slots=True)
class CanvasInputs:
    """run: whose steps are at hand. step: the place among its frames that is on show, None for the newest (or the
    finished picture). item: which picture of the batch. shown: the finished picture. favourite: of it.

    history_count: None until it is known.
    """

    run: Run | None = None
    step: int | None = None
    item: int = 0
    look: Look = Look.CLEAN
    shown: Shown | None = None
    favourite: bool = False
    history_count: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """left fills the picture's place; right, where there is one, its right half. (H, W, 3) uint8."""

    left: np.ndarray
    right: np.ndarray | None
    key: tuple[object, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Picture) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True, slots=True)
class CanvasView:
    scene: Scene
    picture: Picture | None
    look_index: int
    looks_free: bool
    batch: tuple[Picture, ...]
    batch_index: int
    batch_title: str
    finished: bool
    favourite: bool
    sentence: str
    kept: str
    details: str


def derive_canvas(inputs: CanvasInputs) -> CanvasView:
    """What the centre shows."""
    run = inputs.run
    frame = shown_frame(run, inputs.step)
    finished = inputs.shown is not None and (inputs.step is None or frame is None)
    picture = _finished(inputs.shown) if finished and inputs.shown else _step(frame, inputs.item, inputs.look)
    failed = run is not None and run.phase is Phase.FAILED and not finished and inputs.step is None
    if failed:
        scene = Scene.ERROR
    elif picture is not None:
        scene = Scene.PICTURE
    elif inputs.history_count == 0 and run is None:
        scene = Scene.WELCOME
    else:
        scene = Scene.WAITING
    batch = _batch(frame, run)
    return CanvasView(
        scene=scene,
        picture=picture,
        look_index=LOOKS.index(inputs.look),
        looks_free=frame is not None and frame.noisy is not None and not finished,
        batch=batch,
        batch_index=inputs.item if batch else -1,
        batch_title=f"{len(batch)} in batch" if batch else "",
        finished=finished,
        favourite=inputs.favourite and finished,
        sentence=run.sentence if failed and run else "",
        kept=kept_words(run) if failed and run else "",
        details=run.details if failed and run else "",
    )


def shown_frame(run: Run | None, step: int | None) -> Frame | None:
    """The frame on show: the one at place `step`, or the newest."""
    if run is None or not run.frames:
        return None
    return run.frames[-1 if step is None else min(max(step, 0), len(run.frames) - 1)]


def kept_words(run: Run) -> str:
    """What a failed run leaves behind, in words."""
    where = f"Stopped at step {run.done} of {run.total}. " if run.done else "Stopped before the first step. "
    if run.produced:
        return where + f"Your prompt, the seed and {wording.count(len(run.produced), 'finished picture')} are kept."
    return where + "Your prompt and the seed are kept."


def _finished(shown: Shown) -> Picture:
    return Picture(shown.pixels, None, ("finished", shown.artifact_id, id(shown.pixels)))


def _step(frame: Frame | None, item: int, look: Look) -> Picture | None:
    if frame is None:
        return None
    item = min(item, len(frame.clean) - 1)
    key = ("step", id(frame), item, look)
    if look is Look.CLEAN or frame.noisy is None:
        return Picture(frame.clean[item], None, key)
    if look is Look.NOISY:
        return Picture(frame.noisy[item], None, key)
    return Picture(frame.clean[item], frame.noisy[item], key)


def _batch(frame: Frame | None, run: Run | None) -> tuple[Picture, ...]:
    if frame is None or run is None or run.count < 2:
        return ()
    return tuple(Picture(frame.clean[i], None, ("batch", id(frame), i)) for i in range(len(frame.clean)))
