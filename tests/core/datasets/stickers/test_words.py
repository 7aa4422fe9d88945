"""What an emoji is called, what is said of it, and what is kept from training."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.datasets.stickers.captions import caption_table, keywords, plain, subject
from core.datasets.stickers.emoji import Emoji, code_of, family, normal_code, plain_label, read_emoji, toned
from core.datasets.stickers.mixed_up import shown_code
from core.datasets.stickers.splits import held_out_captions, held_out_concepts
from core.datasets.stickers.tarballs import TarballError

WORDS = st.text("abcdefghij_-:) '’“1ö", max_size=14)


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("fox", "fox"),
        ("man: red hair", "man with red hair"),
        ("man: bald", "bald man"),
        ("kiss: woman, man", "kiss, woman and man"),
        ("family: man, woman, girl, boy", "family, man, woman, girl and boy"),
        ("keycap: 1", "keycap 1"),
        ("woman’s hat", "woman's hat"),
        ("Japanese “here” button", "Japanese here button"),
    ],
)
def test_labels_are_said_plainly(label: str, said: str) -> None:
    assert plain_label(label) == said


def test_all_spellings_of_a_code_are_one() -> None:
    assert normal_code("39-fe0f-20e3") == normal_code("0039-20E3") == code_of("9\ufe0f\u20e3") == "0039-20E3"


@given(st.lists(st.integers(0x20, 0x1FFFF).map(lambda point: f"{point:x}"), min_size=1, max_size=5))
def test_a_normal_code_stays_as_it_is(parts: list[str]) -> None:
    assert normal_code(normal_code("_".join(parts))) == normal_code("-".join(parts))


def test_tones_are_said_once() -> None:
    assert toned("fox", ()) == "fox"
    assert toned("waving hand", (5,)) == toned("waving hand", (5, 5)) == "waving hand, dark skin tone"
    assert toned("handshake", (1, 5)) == "handshake, light and dark skin tones"


def test_flags_components_and_lone_letters_are_left_out() -> None:
    rows = [{"label": f"a {group}", "hexcode": f"1F40{group or 0}", "group": group} for group in (None, 2, 3, 9)]
    assert [emoji.concept for emoji in read_emoji(rows).values()] == ["a 3"]
    with pytest.raises(TarballError, match=r"data\.json"):
        read_emoji([{"group": 1, "hexcode": "1F400"}])


@given(st.lists(WORDS, max_size=8), st.sampled_from(["fox", "abc hij", "big a"]))
def test_keywords_are_plain_words_each_once(raw: list[str], concept: str) -> None:
    found = keywords(raw, concept)
    assert len(set(found)) == len(found)
    assert all(re.fullmatch(r"[a-z][a-z0-9' -]{2,}", words) for words in found)
    assert set(found) <= set(map(plain, raw)) - {concept}
    assert keywords(found, concept) == found


def test_dull_words_names_and_plurals_are_dropped() -> None:
    raw = ["face_with_tears", ":D", "100", "x", "lol", "big", "red", "smiles", "smile", "happy", "big_smile", "of_joy"]
    assert keywords(raw, "face with tears") == ("smile", "happy", "big smile")


def test_anothers_name_is_a_caption_only_of_its_own_kind() -> None:
    table = caption_table({"cat": ["pet"], "crying cat": ["cat", "sad"], "lion": ["cat", "mane"], "cat face": ["cat"]})
    assert table == {
        "cat": ("cat", "pet"),
        "crying cat": ("crying cat", "cat", "sad"),
        "lion": ("lion", "mane"),
        "cat face": ("cat face", "cat"),
    }
    assert subject("cat with tears of joy") == "cat"


def test_what_everything_is_called_is_dropped() -> None:
    animals = {chr(97 + index // 26) + chr(97 + index % 26) * 3: ["beast", "alive"] for index in range(60)}
    rare = caption_table(animals | {"yak": ["beast", "horned"]})["yak"]
    assert rare == ("yak", "horned")


CONCEPTS = st.lists(
    st.tuples(st.sampled_from(["man", "woman", "person"]), st.text("abc", min_size=2, max_size=3)).map(" ".join),
    unique=True,
    max_size=30,
)


@given(CONCEPTS)
def test_a_family_is_held_out_whole(concepts: list[str]) -> None:
    unseen = held_out_concepts(concepts)
    assert {family(concept) for concept in unseen}.isdisjoint(
        family(concept) for concept in concepts if concept not in unseen
    )


def test_about_a_twentieth_of_concepts_is_held_out() -> None:
    concepts = [f"thing {number}" for number in range(4000)]
    assert 160 < len(held_out_concepts(concepts)) < 240


@given(st.dictionaries(st.text("abcd", min_size=3, max_size=4), st.lists(WORDS, max_size=8), max_size=12))
def test_a_held_out_caption_is_nowhere_else(raw: dict[str, list[str]]) -> None:
    captions = caption_table(raw)
    held = held_out_captions(captions, held_out_concepts(captions))
    for concept, unsaid in held.items():
        for words in unsaid:
            assert words in captions[concept][1:]
            assert not any(words in said for other, said in captions.items() if other != concept)


def test_pictures_filed_wrongly_are_put_right() -> None:
    light, medium = (Emoji(f"1F44B-1F3F{tone}", "waving hand", (), ()) for tone in "CD")
    assert (shown_code("3d", light), shown_code("3d", medium)) == (medium.code, light.code)
    assert shown_code("flat", light) == light.code
    coder = Emoji("1F9D1-1F3FC-200D-1F4BB", "technologist", (3,), ())
    assert shown_code("3d", coder) == coder.code
    swims = Emoji("1F3CA-1F3FB-200D-2642", "man swimming", (1,), ())
    assert (shown_code("flat", swims), shown_code("noto", swims)) == ("1F3CA-1F3FB-200D-2640", swims.code)
