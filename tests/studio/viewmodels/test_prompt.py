from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.requests import Branch, Variation
from studio.viewmodels.cost import Cost
from studio.viewmodels.draft import Draft
from studio.viewmodels.prompt import (
    PromptInputs,
    PromptView,
    advice,
    branch_words,
    derive_prompt,
    estimate,
    marked,
    replaced,
    size_words,
    words_of,
)
from tests.studio.scripted import CARD

READY = PromptInputs(Draft(model_id="flat", width=64, height=64), (CARD,))


def test_a_model_in_words() -> None:
    view = derive_prompt(READY)
    assert (view.model_title, view.model_summary, view.model_state) == ("Flat", "Text to image, 2.9 M weights", "Ready")
    assert (view.sizes, view.size_index) == (("32", "64"), 1)


def test_no_model_is_said_and_blocks() -> None:
    looking = derive_prompt(PromptInputs(problem="Looking for models"))
    assert (looking.model_title, looking.main_enabled, looking.estimate_wrong) == ("Looking for models", False, False)
    none = derive_prompt(PromptInputs(cards=(), problem="No model is installed"))
    assert (none.model_title, none.main_enabled, none.estimate_wrong) == ("No model yet", False, True)


def test_words_are_counted() -> None:
    assert words_of("a red cube, well-lit: 2 of them") == ["a", "red", "cube", "well-lit", "2", "of", "them"]
    assert derive_prompt(replace(READY, draft=replace(READY.draft, prompt="a cube"))).words == "2 words"
    assert derive_prompt(READY).words == ""


@pytest.mark.parametrize(
    ("unknown", "words"),
    [
        ((), ""),
        (("velvet",), "“velvet” is new to this model"),
        (("velvet", "fog"), "“velvet”, “fog” are new to this model"),
        (("a", "b", "c", "d"), "“a”, “b”, “c” and 1 more are new to this model"),
    ],
)
def test_advice(unknown: tuple[str, ...], words: str) -> None:
    assert advice(unknown) == words


TABLETOP = replace(READY, cards=(replace(CARD, network="tabletop"),))


def test_words_are_counted_without_marks() -> None:
    assert (
        derive_prompt(replace(READY, draft=replace(READY.draft, prompt="a (red:1.2) {cube|ball}"))).words == "3 words"
    )


def test_words_new_to_a_known_vocabulary_are_named_while_typing() -> None:
    draft = replace(READY.draft, prompt="a (Velvet:1.2) {cube|tweed} [fog->ball:0.3] in front {of|behind}")
    assert derive_prompt(replace(READY, draft=draft)).marked.unknown == ()
    view = derive_prompt(replace(TABLETOP, draft=draft))
    assert [draft.prompt[start:end] for start, end in view.marked.unknown][:3] == ["Velvet", "tweed", "fog"]
    assert view.advice.startswith("“Velvet”, “")


def test_a_mark_that_means_nothing_is_named_first() -> None:
    view = derive_prompt(replace(TABLETOP, draft=replace(READY.draft, prompt="a velvet (red")))
    assert view.advice == "“(” at character 10 is never closed; put ) after it, or \\( for plain text"


def test_what_is_left_out_is_marked_too() -> None:
    view = derive_prompt(replace(TABLETOP, draft=replace(READY.draft, negative_prompt="(blur:1.2)")))
    assert view.leave_out_marked.unknown == ((1, 5),)
    assert view.advice == ""


def test_only_whole_words_outside_marks_are_called_new() -> None:
    assert marked("a velvety velvet (b:1.2) 1.2", ("velvet", "1.2")).unknown == ((10, 16), (25, 28))


def test_estimates_come_from_measurements_only() -> None:
    draft = Draft(count=4)
    assert estimate(draft, Cost()) == "4 pictures, time not measured yet"
    assert estimate(draft, Cost(16.0)) == "4 pictures, about 16 s"
    assert estimate(draft, Cost(16.0, at_most=True)) == "4 pictures, at most about 16 s"
    assert estimate(draft, Cost(16.0, octets=31_000_000)) == "4 pictures, about 16 s, 31 MB"


def test_the_main_button_says_what_it_will_do() -> None:
    assert derive_prompt(READY).main_label == "Generate"
    assert derive_prompt(replace(READY, busy=True)).main_label == "Add to queue"
    paused = derive_prompt(replace(READY, busy=True, paused=True, problem="Opening"))
    assert (paused.main_label, paused.main_enabled) == ("Resume", True)
    assert derive_prompt(replace(READY, failed=True)).main_calm


def test_sizes_in_words() -> None:
    assert (size_words(128, 128), size_words(192, 128)) == ("128", "192×128")


def tabletop(prompt: str, **inputs: object) -> PromptView:
    card = replace(CARD, id="tabletop", network="tabletop")
    return derive_prompt(PromptInputs(Draft(prompt, model_id="tabletop"), (card,), **inputs))  # type: ignore[arg-type]


def test_words_are_counted_as_the_model_reads_them_and_warn_near_its_limit() -> None:
    assert (tabletop("a red cube").words, tabletop("a red cube").words_tone) == ("3 / 32", "tx3")
    long = tabletop(", ".join(["a red cube"] * 8))
    assert (long.words, long.words_tone) == ("31 / 32", "warn")


def test_words_like_an_unknown_one_are_suggested() -> None:
    view = tabletop("a purpel cube and a zzzz")
    (word, near), *others = view.suggestions
    assert word == "purpel"
    assert near[0] == "purple"
    assert others == []
    assert replaced("a purpel cube, purpels", "purpel", "purple") == "a purple cube, purpels"


def test_the_models_card_says_memory_and_measured_time() -> None:
    assert tabletop("a").model_figures == ("12 MB of weights",)
    measured = Cost(4.0, octets=31_000_000)
    assert tabletop("a", cost_of_one=measured).model_figures == ("31 MB", "≈ 4.0 s each")
    assert tabletop("a", cost_of_one=Cost(4.0)).model_figures == ("≈ 4.0 s each",)


def test_a_branch_is_named_by_its_step_and_parent() -> None:
    draft = Draft("b", branch=Branch("job-1", 0, 9), branch_of="a red cube")
    assert derive_prompt(PromptInputs(draft)).branch_words == "Continues from step 9 of “a red cube”"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"sampler": "euler", "count": 4}, True),
        ({"sampler": "euler", "count": 1}, False),
        ({"sampler": "ddim", "count": 4}, True),
        ({"sampler": "ddim", "count": 4, "eta": 0.5}, False),
        ({"sampler": "euler_ancestral", "count": 4}, False),
        ({"sampler": "euler_ancestral", "count": 4, "noise_scale": 0.0}, True),
        ({"sampler": "euler", "count": 4, "variation": Variation(3, 0.2)}, False),
    ],
)
def test_a_branch_says_where_its_pictures_will_be_alike(settings: dict[str, Any], told: bool) -> None:
    words = branch_words(Draft("b", branch=Branch("job-1", 0, 9), **settings))
    assert words.endswith("all 4 will be alike") is told
