"""From a failed run to its card: what happened, what is kept, the evidence, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from core.jobs.event import Failed
from core.models.card import ModelCard
from core.requests import MOST_AT_ONCE, ImageRequest
from core.samplers.cards import CARDS
from studio.viewmodels import wording
from studio.viewmodels.canvas import kept_words
from studio.viewmodels.draft import Draft
from studio.viewmodels.run import Phase, Run

KEYED = ("retry", "remedy_2", "remedy_3")
"""The actions that take the remedies, in order; there are never more remedies."""
HIGH_GUIDANCE = 8.0
"""Above it guidance itself is the likelier reason that a picture broke up."""
CALM_GUIDANCE = 3.0
SAFE_SAMPLER = "euler"


class Deed(Enum):
    """What taking a remedy does. RESUME: the same job goes on, with what it has made. SUBMIT: a new job replaces it.

    CHOOSE_MODEL: the models' list opens.
    """

    RESUME = "resume"
    SUBMIT = "submit"
    CHOOSE_MODEL = "choose model"


@dataclass(frozen=True, slots=True)
class Remedy:
    """name: a verb and what it changes. cost: what that means for the result.

    request: for RESUME and SUBMIT. changes: settings of the draft that change with it, by name.
    """

    name: str
    cost: str
    deed: Deed
    request: ImageRequest | None = None
    changes: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Blame:
    """The setting at fault: the draft's fields and the values that failed, and a line of advice.

    part: of the first field, where that has several rows ("largest" of the grid).
    """

    fields: tuple[tuple[str, Any], ...]
    advice: str
    part: str = ""

    @property
    def row(self) -> str:
        """What is marked."""
        return self.part or self.fields[0][0]

    def stands(self, draft: Draft) -> bool:
        """Whether the settings are still those that failed."""
        return all(getattr(draft, name) == value for name, value in self.fields)


@dataclass(frozen=True, slots=True)
class FailureInputs:
    """run: failed. cards: the models that are installed."""

    run: Run | None = None
    cards: tuple[ModelCard, ...] = ()


@dataclass(frozen=True, slots=True)
class FailureView:
    """title: what happened, in one sentence. reason: more of it, "" where the title says all. kept: what is left.

    needed, free: memory, in words; part: free of needed, 0 without figures. short: why, for the main button's place.
    """

    title: str = ""
    reason: str = ""
    kept: str = ""
    needed: str = ""
    free: str = ""
    part: float = 0.0
    remedies: tuple[Remedy, ...] = ()
    blame: Blame | None = None
    short: str = ""
    details: str = field(default="", repr=False)


def derive_failure(inputs: FailureInputs) -> FailureView:
    """What the card of a failed run says; all empty for any other run."""
    run = inputs.run
    if run is None or run.phase is not Phase.FAILED or run.failure is None:
        return FailureView()
    failure, request = run.failure, run.request
    card = next((card for card in inputs.cards if request is not None and card.id == request.model_id), None)
    needed, free, part = _memory(failure)
    remedies = tuple(_remedies(run, request, card, inputs.cards))[: len(KEYED)] if request is not None else ()
    return FailureView(
        title=_title(run, failure, card),
        reason=_reason(failure),
        kept=kept_words(run),
        needed=needed,
        free=free,
        part=part,
        remedies=remedies,
        blame=_blame(request, failure) if request is not None else None,
        short=_short(failure, needed, free),
        details=failure.details,
    )


def at_once(run: Run) -> int:
    """How many pictures were at work together."""
    if run.frames:
        return len(run.frames[-1].clean)
    most = (run.request.batch if run.request else None) or MOST_AT_ONCE
    return min(run.count, most)


def _title(run: Run, failure: Failed, card: ModelCard | None) -> str:
    named = card.title if card else f"“{run.request.model_id}”" if run.request else "the model"
    match failure.cause:
        case "memory":
            pictures = at_once(run)
            return f"Not enough memory for {pictures} pictures at once" if pictures > 1 else "Not enough memory"
        case "not_finite":
            return f"The picture broke up at step {run.done + 1}"
        case "model_file":
            return f"The model {named} can't be used"
        case "disk":
            return "The disk is full"
        case "device":
            return "The graphics device is not there"
        case "request":
            return _sentence(failure.sentence)
        case _ if failure.expected:
            return _sentence(failure.sentence)
        case _:
            return "Something in Noisette broke while it made this picture"


def _reason(failure: Failed) -> str:
    match failure.cause:
        case "memory":
            return ""
        case "disk":
            return "There was no room left to save to. Delete or move some files, then go on."
        case "device":
            return "It stopped answering or is not in this computer; the processor can do the work."
        case "not_finite":
            return "Its numbers grew beyond all bounds, so there is nothing left to show."
        case "request":
            return ""
        case _ if failure.expected and failure.cause == "other":
            return ""
        case _ if not failure.expected:
            return "This is a fault of the program, not of your settings. The report says where."
        case _:
            return _sentence(failure.sentence)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _memory(failure: Failed) -> tuple[str, str, float]:
    """Figures that explain nothing (more was free than was asked for) are left out."""
    needed, free = failure.needed_bytes, failure.free_bytes
    if needed is None or free is None or needed <= free:
        return "", "", 0.0
    return f"Needed {_size(needed)}", f"{_size(free)} was free", free / needed


def _size(octets: int) -> str:
    if octets < 10**15:
        return f"{wording.gigabytes(octets)} GB" if octets >= 10**8 else f"{octets / 1e6:.1f} MB"
    return f"{wording.whole(octets // 10**12)} TB"


def _short(failure: Failed, needed: str, free: str) -> str:
    words = {
        "memory": f"{needed}, {free}".removesuffix(" was free") + " free" if needed else "Not enough memory",
        "not_finite": "The last picture broke up",
        "model_file": "This model can't be used",
        "disk": "The disk is full",
        "device": "The graphics device is not there",
    }
    return words.get(failure.cause, "The last run stopped")


def _blame(request: ImageRequest, failure: Failed) -> Blame | None:
    match failure.cause:
        case "memory" if request.count > 1 and (request.batch or MOST_AT_ONCE) > 1:
            half = max(min(request.count, request.batch or MOST_AT_ONCE) // 2, 1)
            return Blame((("count", request.count),), f"Too many at once for this computer. Try {half}.")
        case "memory":
            return Blame(_size_of(request), "Too large for this computer's free memory.")
        case "not_finite" if request.guidance.scale > CALM_GUIDANCE:
            return Blame((("guidance_scale", request.guidance.scale),), "Strong guidance can break a picture up.")
        case "not_finite" if _noisier(request):
            advice = "More noise than the steps take away can break a picture up."
            return Blame((("noise_scale", request.noise_scale),), advice)
        case "request" if failure.at_fault == "size":
            return Blame(_size_of(request), _advice(failure))
        case "request" if failure.at_fault in ("largest", "smallest"):
            return Blame((("grid", request.grid), ("time_grid", request.time_grid)), _advice(failure), failure.at_fault)
        case "model_file":
            return Blame((("model_id", request.model_id),), "This model can't be used. Take another one.")
        case _:
            return None


def _size_of(request: ImageRequest) -> tuple[tuple[str, Any], ...]:
    return ("width", request.width or 0), ("height", request.height or 0)


def _advice(failure: Failed) -> str:
    """The part of its sentence that says what to do."""
    return _sentence(failure.sentence.rpartition("; ")[2]) + "."


def _noisier(request: ImageRequest) -> bool:
    adds = any(card.name == request.sampler and "noise_scale" in card.options for card in CARDS)
    return adds and request.noise_scale > 1.0


def _remedies(
    run: Run, request: ImageRequest, card: ModelCard | None, cards: tuple[ModelCard, ...]
) -> Iterator[Remedy]:
    cause = run.failure.cause if run.failure else "other"
    match cause:
        case "memory":
            yield from _less_memory(run, request, card)
        case "not_finite":
            yield from _steadier(request, card)
        case "model_file":
            yield from _other_models(request, cards)
        case "disk":
            yield Remedy("Go on once there is room", _goes_on(run), Deed.RESUME, request)
        case "device":
            yield _on_processor(request)
            yield Remedy("Try again", "same settings", Deed.RESUME, request)
        case "request":
            yield from _fitting(request, card)
        case _:
            yield Remedy("Try again", "same prompt, same seed", Deed.RESUME, request)
            if _on_graphics(run):
                yield _on_processor(request)


def _goes_on(run: Run) -> str:
    if run.produced:
        return f"makes the {wording.count(run.count - len(run.produced), 'picture')} still missing"
    return "same pictures, same seeds"


def _less_memory(run: Run, request: ImageRequest, card: ModelCard | None) -> Iterator[Remedy]:
    pictures = at_once(run)
    if pictures > 1:
        half = pictures // 2
        turns = -(-request.count // half)
        times = "twice" if turns == 2 else f"{turns} times"
        name = f"Make {half} at a time, {times}" if half > 1 else "Make one at a time"
        yield Remedy(name, "same pictures, same seeds", Deed.RESUME, replace(request, batch=half))
    for width, height in _smaller(request, card)[:1]:
        own = request.width or (card.sizes[0][0] if card else width)
        tall = request.height or (card.sizes[0][1] if card else height)
        part = f"{100 * width * height / (own * tall):.0f} % of the pixels, other pictures"
        name = f"Make {'it' if request.count == 1 else f'all {request.count}'} at {width} × {height}"
        smaller = replace(request, width=width, height=height)
        yield Remedy(name, part, Deed.SUBMIT, smaller, (("width", width), ("height", height)))
    if _on_graphics(run):
        yield _on_processor(request)
    yield Remedy("Try again", "once other programs have freed memory", Deed.RESUME, request)


def _smaller(request: ImageRequest, card: ModelCard | None) -> list[tuple[int, int]]:
    """The model's sizes below the one asked for, the largest first."""
    if card is None:
        return []
    present = (request.width or card.sizes[0][0]) * (request.height or card.sizes[0][1])
    below = [size for size in card.sizes if size[0] * size[1] < present]
    return sorted(below, key=lambda size: -size[0] * size[1])


def _steadier(request: ImageRequest, card: ModelCard | None) -> Iterator[Remedy]:
    exact = Remedy(
        "Compute in full precision", "float32; slower, near the same picture", Deed.SUBMIT,
        replace(request, precision="float32"),
    )  # fmt: skip
    scale = request.guidance.scale
    lower = max(min(scale / 2, HIGH_GUIDANCE), 1.0)
    calmer = Remedy(
        f"Lower guidance to {lower:g}", "follows the prompt less closely", Deed.SUBMIT,
        replace(request, guidance=replace(request.guidance, scale=lower)), (("guidance_scale", lower),),
    )  # fmt: skip
    rough = card is not None and card.precision != "float32" and request.precision != "float32"
    offers = [exact] if rough else []
    if scale > CALM_GUIDANCE:
        offers.insert(0 if scale > HIGH_GUIDANCE else len(offers), calmer)
    if _noisier(request):
        usual = replace(request, noise_scale=1.0)
        offers.append(
            Remedy("Set the noise scale to 1", "as much noise as is right", Deed.SUBMIT, usual, (("noise_scale", 1.0),))
        )
    yield from offers
    if request.sampler != SAFE_SAMPLER:
        steps = replace(request, sampler=SAFE_SAMPLER, eta=0.0)
        changes = (("sampler", SAFE_SAMPLER), ("eta", 0.0))
        yield Remedy("Use the Euler sampler", "steadier; another picture", Deed.SUBMIT, steps, changes)
    elif len(offers) < 2:
        yield Remedy("Draw another seed", "another picture", Deed.SUBMIT, *_next_seed(request))


def _next_seed(request: ImageRequest) -> tuple[ImageRequest, tuple[tuple[str, Any], ...]]:
    seed = request.seed + request.count
    return replace(request, seed=seed), (("seed", seed),)


def _other_models(request: ImageRequest, cards: tuple[ModelCard, ...]) -> Iterator[Remedy]:
    others = [card for card in cards if card.id != request.model_id]
    yield Remedy("Choose another model", "see what is installed", Deed.CHOOSE_MODEL)
    for card in others[:1]:
        width, height = card.sizes[0]
        same = (request.width, request.height) in card.sizes
        changed = replace(
            request,
            model_id=card.id,
            width=request.width if same else width,
            height=request.height if same else height,
            layout=None,
        )
        changes = (("model_id", card.id), ("width", changed.width), ("height", changed.height))
        yield Remedy(f"Use {card.title}", "same prompt, other pictures", Deed.SUBMIT, changed, changes)
    yield Remedy("Try again", "once the model is installed anew", Deed.RESUME, request)


def _fitting(request: ImageRequest, card: ModelCard | None) -> Iterator[Remedy]:
    """Where the size is what the model can't make, its own; else the way back to the settings is all there is."""
    if card is not None and request.width and (request.width, request.height) not in card.sizes:
        width, height = card.sizes[0]
        fitting = replace(request, width=width, height=height)
        changes = (("width", width), ("height", height))
        yield Remedy(f"Make it at {width} × {height}", "the model's own size", Deed.SUBMIT, fitting, changes)
    yield Remedy("Try again", "same settings", Deed.RESUME, request)


def _on_graphics(run: Run) -> bool:
    """Whether the trace speaks of a graphics card: on the processor already, going there is no remedy."""
    return run.failure is not None and any(word in run.failure.details for word in ("CUDA", "MPS", "HIP"))


def _on_processor(request: ImageRequest) -> Remedy:
    cost = "same settings; slower, pixels may differ a little"
    return Remedy("Work on the processor", cost, Deed.SUBMIT, replace(request, device="cpu"))
