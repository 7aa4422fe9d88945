from __future__ import annotations

from dataclasses import replace

import pytest

from studio.viewmodels.draft import Draft
from studio.viewmodels.prompt import PromptInputs, advice, derive_prompt, estimate, marked, size_words, words_of
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
    assert estimate(4, 20, None) == "4 pictures, not timed yet"
    assert estimate(4, 20, 0.2) == "4 pictures, about 16 s"
    assert estimate(1, 4, 0.01) == "1 picture, under 1 s"


def test_the_main_button_says_what_it_will_do() -> None:
    assert derive_prompt(READY).main_label == "Generate"
    assert derive_prompt(replace(READY, busy=True)).main_label == "Add to queue"
    paused = derive_prompt(replace(READY, busy=True, paused=True, problem="Opening"))
    assert (paused.main_label, paused.main_enabled) == ("Resume", True)
    assert derive_prompt(replace(READY, failed=True)).main_calm


def test_sizes_in_words() -> None:
    assert (size_words(128, 128), size_words(192, 128)) == ("128", "192×128")
