"""What a word that is being written may become: words and phrases that the model has learnt. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

SHORTEST, MOST, MOST_PHRASES = 2, 8, 2
"""Letters from which on words are offered; how many in all, and how many phrases that several words begin."""
LONGEST_PHRASE = 4
WRITTEN = re.compile(r"[A-Za-z][A-Za-z'-]*\Z")
TAIL = re.compile(r"[A-Za-z'-]+(?: [A-Za-z'-]+)*\Z")


@dataclass(frozen=True, slots=True)
class Words:
    """words: the most telling first. phrases: of several words, sorted."""

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """words: in place of the text from `start` to the cursor."""

    start: int
    words: str


def choices(text: str, cursor: int, known: Words) -> tuple[Choice, ...]:
    """For the word before the cursor, the best first; none within a word, or for one that is there already.

    cursor: in characters.
    """
    before, after = text[:cursor], text[cursor : cursor + 1]
    written = WRITTEN.search(before)
    if written is None or after.isalpha():
        return ()
    phrases = _phrases(before, known.phrases)[:MOST_PHRASES]
    start, prefix = written.start(), written.group().lower()
    if len(prefix) < SHORTEST:
        return tuple(phrases)
    found = [word for word in known.words if word.startswith(prefix)]
    if prefix in found:
        # The word stands there; what it begins is offered only where nothing else could be meant.
        found.remove(prefix)
    single = [phrase for phrase in known.phrases if phrase.startswith(f"{prefix} ")]
    words = [Choice(start, _cased(each, written.group())) for each in (*found[:MOST], *single)]
    return tuple(dict.fromkeys((*phrases, *words)))[:MOST]


def completed(text: str, cursor: int, choice: Choice) -> tuple[str, int]:
    """The text with the choice in it, and where the cursor stands then."""
    return text[: choice.start] + choice.words + text[cursor:], choice.start + len(choice.words)


def _phrases(before: str, phrases: tuple[str, ...]) -> list[Choice]:
    """Those that the last words begin, two of them at least; the longer beginning first."""
    tail = TAIL.search(before)
    words = tail.group().split(" ") if tail else []
    found: list[Choice] = []
    for count in range(min(LONGEST_PHRASE, len(words)), 1, -1):
        begun = " ".join(words[-count:])
        start = len(before) - len(begun)
        same = (phrase for phrase in phrases if phrase.startswith(begun.lower()) and phrase != begun.lower())
        found += [Choice(start, _cased(phrase, begun)) for phrase in same]
    return found


def _cased(words: str, like: str) -> str:
    """With a capital where what was written has one."""
    return words[:1].upper() + words[1:] if like[:1].isupper() else words
