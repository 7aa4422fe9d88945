"""What may be said of a concept: its name, and the keywords of two dictionaries that are worth learning."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set

from core.datasets.stickers.dull_words import DULL
from core.datasets.stickers.emoji import family

SHARED_BY_AT_MOST = 40
"""A keyword of more families of concepts than this says too little of any."""
LONGEST_WORDS = 5

_KEYWORD = re.compile(r"[a-z][a-z'-]+(?: [a-z0-9][a-z0-9'-]+)*")
_LOOSE_ENDS = frozenset({"a", "and", "for", "from", "in", "of", "on", "the", "to", "with"})


def caption_table(raw: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """concept -> its captions, its own name first; raw: concept -> dictionary entries.

    Dropped are: what `keywords` drops; the name of another concept, unless it is what this one's name is about ("cat"
    for "crying cat", not for "lion"); and a keyword that more than 40 families of concepts share.
    """
    names = {plain(concept) for concept in raw}
    found = {
        concept: tuple(word for word in keywords(entries, concept) if word not in names or word == subject(concept))
        for concept, entries in raw.items()
    }
    sharing: Counter[str] = Counter()
    for words in _by_family(found).values():
        sharing.update(words)
    return {
        concept: (concept, *(word for word in words if sharing[word] <= SHARED_BY_AT_MOST))
        for concept, words in found.items()
    }


def keywords(raw: Iterable[str], concept: str) -> tuple[str, ...]:
    """Dictionary entries as plain English, each once.

    "face_with_tears_of_joy" -> "face with tears of joy". Dropped are: ":D", "100", "a" and whatever is not of words;
    `DULL` words; the concept's own name said again; plurals beside their singulars.
    """
    said = dict.fromkeys(map(plain, raw))
    name = _bag(concept)
    return tuple(
        words
        for words in said
        if _KEYWORD.fullmatch(words)
        and _is_telling(words)
        and _bag(words) != name
        and not _is_plural(words, said.keys())
    )


def plain(text: str) -> str:
    """Lower case, underscores as spaces, one kind of apostrophe, no quotation marks and no stop at the end."""
    text = re.sub(r"[_\s]+", " ", text.replace("’", "'").lower())
    return re.sub(r"[“”\"]", "", text).strip(" .,;")


def subject(concept: str) -> str:
    """What a name is about: "crying cat" -> "cat", "fox face" -> "fox", "cat with tears of joy" -> "cat"."""
    words = re.split(r",| with | of | in | facing ", plain(concept))[0].split()
    if len(words) > 1 and words[-1] == "face":
        words = words[:-1]
    return words[-1] if words else ""


def _is_telling(words: str) -> bool:
    parts = words.split()
    if len(parts) > LONGEST_WORDS or parts[0] in _LOOSE_ENDS or parts[-1] in _LOOSE_ENDS or len(words) < 3:
        return False
    return not all(part in DULL or part in _LOOSE_ENDS for part in parts)


def _is_plural(words: str, said: Set[str]) -> bool:
    return any(words.endswith(ending) and words.removesuffix(ending) in said for ending in ("s", "es"))


def _bag(text: str) -> frozenset[str]:
    """The words in no order, for telling whether two names are the same."""
    return frozenset(re.findall(r"[a-z0-9]+", re.sub(r"'s?\b", "", plain(text)))) - _LOOSE_ENDS - {"s"}


def _by_family(found: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    gathered: dict[str, set[str]] = {}
    for concept, words in found.items():
        gathered.setdefault(family(concept), set()).update(words)
    return gathered
