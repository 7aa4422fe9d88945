"""The centre: which picture is shown, in which guise, and what lies over it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from studio.viewmodels import wording
from studio.viewmodels.run import Phase, Run
from studio.viewmodels.steps import StepLook, item_of, steps_of
from studio.viewmodels.variation import neighbourhood_words

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
    """A decoded picture of the history. pixels: (H, W, 3) uint8 sRGB. clear: (H, W, 4), the same without its ground;
    None where it has no other."""

    artifact_id: str
    pixels: np.ndarray
    clear: np.ndarray | None = None


@dataclass(frozen=True, slots=True)
class CanvasInputs:
    """run: whose steps are at hand. step: the number of the one on show, None for the newest (or the finished picture).

    item: which picture of the job. shown: the finished picture. favourite: of it. fetched: looks at its steps that
    were not previewed. siblings: the job's finished pictures, small. pinned: stands beside what is on show.
    history_count: None until it is known. parent: words on where the picture on show branched off, "" for nowhere.
    """

    run: Run | None = None
    step: int | None = None
    item: int = 0
    look: Look = Look.CLEAN
    shown: Shown | None = None
    favourite: bool = False
    history_count: int | None = None
    fetched: tuple[StepLook, ...] = ()
    siblings: tuple[Shown, ...] = ()
    pinned: Picture | None = None
    parent: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """left fills the picture's place; right, where there is one, its right half. (H, W, 3) uint8. clear: left without
    its ground, (H, W, 4)."""

    left: np.ndarray
    right: np.ndarray | None
    key: tuple[object, ...]
    clear: np.ndarray | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Picture) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True, slots=True)
class CanvasView:
    """batch: the job's pictures, None where one is still to come. grid: they lie around the middle one, three a side.

    resumable: the run on show ended before its last step. described: what the picture is, for screen readers.
    parent: where it branched off, or what it lies around, in words. around_words: of nine variations that are all
    made, how far they lie from their middle, "" else. course: what the picture belongs to while it is followed, so that
    one step turns into the next; "" where a change is one of the user's own. has_clear: the picture can do without its
    ground.
    """

    scene: Scene
    picture: Picture | None
    pinned: Picture | None
    look_index: int
    looks_free: bool
    batch: tuple[Picture | None, ...]
    grid: bool
    batch_index: int
    batch_title: str
    finished: bool
    favourite: bool
    sentence: str
    kept: str
    details: str
    resumable: bool
    resume_words: str
    described: str
    parent: str
    around_words: str = ""
    course: str = ""
    has_clear: bool = False


def derive_canvas(inputs: CanvasInputs) -> CanvasView:
    """What the centre shows."""
    run = inputs.run
    look = shown_look(inputs)
    finished = inputs.shown is not None and (inputs.step is None or look is None)
    picture = _finished(inputs.shown) if finished and inputs.shown else _step(look, inputs.look)
    failed = run is not None and run.phase is Phase.FAILED and not finished and inputs.step is None
    if failed:
        scene = Scene.ERROR
    elif picture is not None:
        scene = Scene.PICTURE
    elif inputs.history_count == 0 and run is None:
        scene = Scene.WELCOME
    else:
        scene = Scene.WAITING
    batch = _batch(inputs)
    resumable = run is not None and run.phase is Phase.CANCELLED and 0 < run.done < run.total
    return CanvasView(
        scene=scene,
        picture=picture,
        pinned=inputs.pinned,
        look_index=LOOKS.index(inputs.look),
        looks_free=look is not None and look.noisy is not None and not finished,
        batch=batch,
        grid=is_grid(run) and inputs.pinned is None,
        batch_index=inputs.item if batch else -1,
        batch_title=f"{len(batch)} in batch" if batch else "",
        finished=finished,
        favourite=inputs.favourite and finished,
        sentence=run.sentence if failed and run else "",
        kept=kept_words(run) if failed and run else "",
        details=run.details if failed and run else "",
        resumable=resumable,
        resume_words=f"Cancelled at step {run.done} of {run.total}" if resumable and run else "",
        described="Picture, finished" if finished else _described(look, inputs),
        parent=inputs.parent,
        around_words=_around_words(run) if inputs.pinned is None else "",
        course=_course(inputs),
        has_clear=picture is not None and picture.clear is not None,
    )


def shown_look(inputs: CanvasInputs) -> StepLook | None:
    """The look on show: the one at `step` or nearest to it, or the newest."""
    steps = steps_of(inputs.run, inputs.item, inputs.fetched)
    return steps.nearest(steps.newest if inputs.step is None else inputs.step)


def is_grid(run: Run | None) -> bool:
    """Whether a run's pictures lie around the one in their middle."""
    return run is not None and run.request is not None and run.request.neighbours > 0.0 and run.count > 1


def _around_words(run: Run | None) -> str:
    ended = run is not None and run.phase is Phase.DONE and run.request is not None and is_grid(run)
    return neighbourhood_words(run.request) if ended and run is not None and run.request is not None else ""


def kept_words(run: Run) -> str:
    """What a failed run leaves behind, in words."""
    where = f"Stopped at step {run.done} of {run.total}. " if run.done else "Stopped before the first step. "
    if run.produced:
        return where + f"Your prompt, the seed and {wording.count(len(run.produced), 'finished picture')} are kept."
    return where + "Your prompt and the seed are kept."


def _course(inputs: CanvasInputs) -> str:
    run = inputs.run
    if run is None or inputs.step is not None or inputs.look is Look.SPLIT:
        return ""
    return f"{run.job_id}/{inputs.item}/{inputs.look.value}"


def _described(look: StepLook | None, inputs: CanvasInputs) -> str:
    if look is None:
        return "Picture"
    chosen = inputs.look if look.noisy is not None else Look.CLEAN
    words = "clean guess and noisy state" if chosen is Look.SPLIT else chosen.value.lower()
    return f"Picture, {words} at step {look.number} of {steps_of(inputs.run, inputs.item).total}"


def _finished(shown: Shown) -> Picture:
    return Picture(shown.pixels, None, ("finished", shown.artifact_id, id(shown.pixels), id(shown.clear)), shown.clear)


def _step(look: StepLook | None, chosen: Look) -> Picture | None:
    if look is None:
        return None
    key = ("step", *look.key, chosen)
    if chosen is Look.CLEAN or look.noisy is None:
        return Picture(look.clean, None, key)
    if chosen is Look.NOISY:
        return Picture(look.noisy, None, key)
    return Picture(look.clean, look.noisy, key)


def _batch(inputs: CanvasInputs) -> tuple[Picture | None, ...]:
    """Each picture of the job: finished where it is, else its newest look."""
    run = inputs.run
    if run is None or run.count < 2:
        return ()
    done = {item_of(sibling.artifact_id): sibling for sibling in inputs.siblings}
    batch: list[Picture | None] = []
    for item in range(run.count):
        clean = run.clean_of(item)
        if item in done:
            batch.append(_finished(done[item]))
        else:
            batch.append(None if clean is None else Picture(clean, None, ("batch", id(clean.base), item)))
    return tuple(batch) if any(batch) else ()
