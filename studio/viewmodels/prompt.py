"""The left panel: what to make."""

from __future__ import annotations

import re
from collections.abc import Callable, Sized
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.conditioning.prompt_phases import readings
from core.conditioning.prompt_syntax import Problem, Span, parse
from core.conditioning.prompt_weight import WORD
from core.models.card import ModelCard
from core.requests import Variation
from core.samplers.cards import noise_added
from core.worlds.tabletop.words import MAX_TOKENS, canonical_words, known_words, unknown_words
from studio.viewmodels import wording
from studio.viewmodels.cost import Cost, cost_words, shortage_words
from studio.viewmodels.draft import Draft
from studio.viewmodels.prompt_examples import Example, examples_for
from studio.viewmodels.variation import turned_words

if TYPE_CHECKING:
    from studio.viewmodels.remedies import Blame

LIMITS: dict[str, tuple[Callable[[str], Sized], int]] = {"tabletop": (canonical_words, MAX_TOKENS)}
"""A card's network -> how its models count a text's words, and how many of them they read."""
KNOWN_WORDS: dict[str, Callable[[], tuple[str, ...]]] = {"tabletop": known_words}
NEARLY = 0.9
SUGGESTED, ALIKE = 4, 0.5
"""How many words are suggested for one, and how like it they must be spelled, 0 to 1."""
WEIGHT_OCTETS = 4
SIZES_SHOWN = 3
VOCABULARIES: dict[str, Callable[[str], tuple[str, ...]]] = {"tabletop": unknown_words}
"""A card's network -> the words of a text that its models don't know. Others say so only when they are run."""


@dataclass(frozen=True, slots=True)
class Marked:
    """How a prompt's text is drawn. spans: cover it. unknown: (start, end) of each word that is new to the model."""

    text: str = ""
    spans: tuple[Span, ...] = ()
    unknown: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PromptInputs:
    """cards: None until they are read. cost: of what the draft asks for; cost_of_one: of one such picture.

    unknown: words of this prompt that the model has reported as new to it, for models whose vocabulary isn't among
    VOCABULARIES. busy: a job runs or waits.
    hindered: why the draft's model can't be used, "" where it can.
    problem: why nothing can be made ("" where it can). blame: the setting that stopped the run on show; stopped: why.
    """

    draft: Draft = field(default_factory=Draft)
    cards: tuple[ModelCard, ...] | None = None
    cost: Cost = field(default_factory=Cost)
    cost_of_one: Cost = field(default_factory=Cost)
    unknown: tuple[str, ...] = ()
    busy: bool = False
    paused: bool = False
    failed: bool = False
    hindered: str = ""
    problem: str = ""
    blame: Blame | None = None
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class PromptView:
    """words: how many of those that the model reads; words_tone: its colour. suggestions: for each word that is new to
    the model, words near it that it knows. model_figures: memory, and seconds of a picture. start_words, turned: what
    it begins from in place of the seed's own noise, "" for none. shortage: of memory, in words; fewer: pictures at once
    that would do, 0 for none. at_once: how many are made at a time, where that was chosen. styles: those of the model,
    any of them first; none where it has none. examples: prompts to try with it.
    """

    words: str
    words_tone: str
    suggestions: tuple[tuple[str, tuple[str, ...]], ...]
    model_figures: tuple[str, ...]
    branch_words: str
    start_words: str
    strength: float
    variation: Variation | None
    turned: str
    advice: str
    marked: Marked
    leave_out_marked: Marked
    model_title: str
    model_summary: str
    model_state: str
    model_ready: bool
    styles: tuple[str, ...]
    style: str
    examples: tuple[Example, ...]
    sizes: tuple[str, ...]
    size_index: int
    count: int
    seed: str
    seed_locked: bool
    estimate: str
    estimate_wrong: bool
    shortage: str
    fewer: int
    at_once: str
    main_label: str
    main_enabled: bool
    main_calm: bool
    prompt: str
    negative_prompt: str
    blamed: str = ""
    blame_advice: str = ""


def derive_prompt(inputs: PromptInputs) -> PromptView:
    """What the left panel shows."""
    draft, card = inputs.draft, chosen_card(inputs.cards, inputs.draft)
    said = readings(draft.prompt)
    limit = LIMITS.get(card.network) if card else None
    number = max(len(limit[0](text)) for text in said) if limit else len(words_of(said[0]))
    unknown = new_words(draft.prompt, card) or inputs.unknown
    if inputs.cards is None:
        title, summary, state = "Looking for models", "", ""
    elif card is None:
        title, summary, state = "No model yet", "None is installed", ""
    else:
        title, summary = card.title, f"Text to image, {wording.weights(card.parameters)} weights"
        state = "Incomplete" if inputs.hindered else "Ready"
    sizes = card.sizes if card else ()
    # A setting is at fault for as long as it stands as it failed.
    blame = inputs.blame
    if blame is not None and not blame.stands(draft):
        blame = None
    size = (draft.width, draft.height)
    return PromptView(
        words=f"{number} / {limit[1]}" if limit else wording.count(number, "word") if number else "",
        words_tone="warn" if limit and number >= NEARLY * limit[1] else "tx3",
        suggestions=suggestions(unknown, card),
        model_figures=model_figures(card, inputs) if card and not inputs.hindered else (),
        branch_words=branch_words(draft),
        start_words="A picture" if draft.start else "",
        strength=draft.start.strength if draft.start else 1.0,
        variation=draft.variation,
        turned=turned_words(draft.turns),
        advice=advice(unknown, parse(draft.prompt).problems),
        marked=marked(draft.prompt, unknown),
        leave_out_marked=marked(draft.negative_prompt, new_words(draft.negative_prompt, card)),
        model_title=title,
        model_summary=summary,
        model_state=state,
        model_ready=card is not None and not inputs.hindered,
        styles=("", *card.styles) if card and card.styles else (),
        style=draft.style,
        examples=examples_for(card),
        sizes=tuple(size_words(*each) for each in sizes),
        size_index=sizes.index(size) if size in sizes else -1,
        count=draft.count,
        seed=wording.whole(draft.seed),
        seed_locked=draft.seed_locked,
        estimate=inputs.problem or inputs.stopped or estimate(draft, inputs.cost),
        shortage="" if inputs.problem or inputs.stopped else shortage_words(inputs.cost),
        fewer=inputs.cost.fewer,
        at_once=f"{draft.batch} at a time" if 0 < draft.batch < draft.count else "",
        estimate_wrong=bool(inputs.problem or inputs.stopped) and inputs.cards is not None,
        main_label="Resume" if inputs.paused else "Add to queue" if inputs.busy else "Generate",
        main_enabled=inputs.paused or not inputs.problem,
        main_calm=inputs.failed,
        prompt=draft.prompt,
        negative_prompt=draft.negative_prompt,
        blamed=blame.row if blame else "",
        blame_advice=blame.advice if blame else "",
    )


def model_figures(card: ModelCard, inputs: PromptInputs) -> tuple[str, ...]:
    """Memory and time of one picture, as they were measured; before that how much its weights are."""
    one, asked = inputs.cost_of_one, inputs.cost
    if one.seconds is None:
        return (f"{wording.octets(card.parameters * WEIGHT_OCTETS)} of weights",)
    # Where only batches were measured, one of their pictures.
    each = asked.seconds / inputs.draft.count if one.at_most and asked.seconds is not None else one.seconds
    memory = one.octets or asked.octets
    return (*((wording.octets(memory),) if memory else ()), f"≈ {wording.seconds(each)} each")


def branch_words(draft: Draft) -> str:
    """Where a branch continues from, "" for none; and that its pictures are one, where nothing tells them apart."""
    if draft.branch is None:
        return ""
    of = f" of “{wording.shortened(draft.branch_of, 40)}”" if draft.branch_of else " of another picture"
    words = f"Continues from step {draft.branch.step}{of}"
    if draft.count == 1 or draft.variation is not None or noise_added(draft.sampler, draft, draft.noise_scale):
        return words
    return f"{words}. The sampler adds no noise: all {draft.count} will be alike"


def suggestions(unknown: tuple[str, ...], card: ModelCard | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """For each unknown word those known ones that are spelled most like it; words with none are left out."""
    known = KNOWN_WORDS.get(card.network) if card else None
    if known is None:
        return ()
    from difflib import get_close_matches

    near = ((word, tuple(get_close_matches(word.lower(), known(), SUGGESTED, ALIKE))) for word in unknown)
    return tuple((word, found) for word, found in near if found)


def replaced(prompt: str, word: str, other: str) -> str:
    """The prompt with each occurrence of a whole word replaced."""
    return re.sub(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", lambda _: other, prompt)


def chosen_card(cards: tuple[ModelCard, ...] | None, draft: Draft) -> ModelCard | None:
    """The card of the draft's model, None where it is not installed."""
    return next((card for card in cards or () if card.id == draft.model_id), None)


def words_of(prompt: str) -> list[str]:
    """The words of a prompt, as they are counted."""
    return WORD.findall(prompt)


def new_words(prompt: str, card: ModelCard | None) -> tuple[str, ...]:
    """The words of a prompt that the card's model does not know, as far as it is known here."""
    find = VOCABULARIES.get(card.network) if card else None
    return tuple(dict.fromkeys(word for text in readings(prompt) for word in find(text))) if find else ()


def marked(prompt: str, unknown: tuple[str, ...]) -> Marked:
    """The prompt's spans, and where the unknown words stand outside its marks."""
    spans = parse(prompt).spans
    marks = [span for span in spans if span.mark]
    found = {
        place.span()
        for word in unknown
        for place in re.finditer(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", prompt)
        if not any(mark.start < place.end() and place.start() < mark.end for mark in marks)
    }
    return Marked(prompt, spans, tuple(sorted(found)))


def advice(unknown: tuple[str, ...], problems: tuple[Problem, ...] = ()) -> str:
    """One sentence on a mark that means nothing, or on words that the model does not know, "" for neither."""
    if problems:
        return problems[0].sentence
    if not unknown:
        return ""
    quoted = [f"“{word}”" for word in unknown[:3]]
    more = len(unknown) - len(quoted)
    listed = ", ".join(quoted) + (f" and {more} more" if more else "")
    return f"{listed} {'is' if len(unknown) == 1 else 'are'} new to this model"


def size_words(width: int, height: int) -> str:
    """128 for a square, else 192×128."""
    return str(width) if width == height else f"{width}×{height}"


def estimate(draft: Draft, cost: Cost) -> str:
    """What it would take, from what was measured on this machine; says so where nothing was."""
    return f"{wording.count(draft.count, 'picture')}, {cost_words(cost)}"
