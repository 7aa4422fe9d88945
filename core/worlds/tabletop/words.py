"""The words of the tabletop: a small fixed vocabulary, and what people type brought onto it. No torch here.

Canonical text is one vocabulary word after another: "to the left of" becomes `left-of`, "a shiny ball" becomes
`a metal sphere`, "without any" becomes `no`. Filler ("there is", "a picture of") vanishes; any other word is unknown
and keeps its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from core.worlds.tabletop.scene import COLOURS, MATERIALS, SHAPES, SIZES

PAD, UNKNOWN = 0, 1
MAX_TOKENS = 32

NUMBERS = ("one", "two", "three", "four")
PLURALS: dict[str, str] = {
    "object": "objects",
    "sphere": "spheres",
    "cube": "cubes",
    "cylinder": "cylinders",
    "cone": "cones",
    "torus": "tori",
}
RELATIONS = ("left-of", "right-of", "in-front-of", "behind")
SIDES = ("left-side", "right-side", "front-side", "back-side")
VIEWS = ("from-above", "from-low", "close-up", "from-afar")

# Weights are trained on these positions: append, never reorder.
VOCABULARY: tuple[str, ...] = (
    "<pad>",
    "<unknown>",
    *(",", "and", "or", "a", "the", "some", "no"),
    *NUMBERS,
    *SHAPES,
    "object",
    *(PLURALS[shape] for shape in SHAPES),
    "objects",
    *COLOURS,
    *SIZES,
    *MATERIALS,
    *RELATIONS,
    *SIDES,
    *VIEWS,
)

_SYNONYMS: dict[str, str] = {
    ",": ". ; : ! ? ( ) [ ]",
    "and": "& + / plus but with beside besides alongside near by while then along",
    "a": "an another single",
    "some": "several multiple many lots few various",
    "no": "not without zero 0 none never nothing except excluding isn't aren't",
    "one": "1 once",
    "two": "2 pair couple both",
    "three": "3 trio triple",
    "four": "4",
    "sphere": "ball orb globe bead",
    "spheres": "balls orbs globes beads",
    "cube": "box block dice die",
    "cubes": "boxes blocks",
    "cylinder": "tube can drum barrel pillar column",
    "cylinders": "tubes cans drums barrels pillars columns",
    "cone": "pyramid",
    "cones": "pyramids",
    "torus": "ring donut doughnut hoop",
    "tori": "toruses rings donuts doughnuts hoops",
    "object": "thing item solid shape",
    "objects": "things items solids shapes ones",
    "red": "crimson scarlet ruby",
    "orange": "tangerine amber",
    "yellow": "lemon",
    "green": "lime emerald",
    "blue": "navy azure cobalt",
    "purple": "violet lilac magenta",
    "white": "ivory snowy",
    "black": "ebony jet",
    "small": "tiny little mini miniature smallish smaller",
    "large": "big huge giant enormous massive great larger bigger",
    "matte": "matt rubber rubbery dull clay chalk chalky wooden rough",
    "metal": "metallic shiny chrome steel polished glossy reflective iron mirrored",
    "behind": "beyond",
}

_PHRASES: dict[str, str] = {
    "left-of": "to the left of|to left of|on the left of|at the left of|on the left side of|left of|left from",
    "right-of": "to the right of|to right of|on the right of|at the right of|on the right side of|right of|right from",
    "in-front-of": "in front of|in the front of|before|ahead of|closer than|nearer than",
    "behind": "in back of|at the back of|in the back of|farther than|further than",
    "left-side": "on the left|to the left|at the left|on the left side|at left|left side",
    "right-side": "on the right|to the right|at the right|on the right side|at right|right side",
    "front-side": "in front|in the front|at the front|in the foreground|front side",
    "back-side": "in the back|at the back|in the background|back side",
    "from-above": "seen from above|viewed from above|from above|from a high angle|high angle|top view|"
    "from the top|bird's eye view|bird eye view|birds eye view|from high up|looking down",
    "from-low": "seen from a low angle|viewed from a low angle|from a low angle|from low angle|low angle|"
    "from low down|from below|at table level|at eye level|from low",
    "close-up": "seen close up|close up|closeup|from close up|from nearby|zoomed in|up close",
    "from-afar": "seen from afar|viewed from afar|from afar|from far away|far away|from a distance|zoomed out",
    "and": "next to|close to|as well as|together with|on one side and",
    "no": "without any|with no|none of them is|none of them are|none of them|but no|not any|no other",
    "two": "a pair of|a couple of|pair of|couple of",
    "some": "a few|lots of|a lot of|a number of",
    "a object": "something|anything|a one",
    "a red": "a ruby",
    "yellow metal": "gold|golden|brass",
    "white metal": "silver|silvery|aluminium",
    "orange metal": "copper|bronze",
    "": "a picture of|picture of|a photo of|photo of|a photograph of|an image of|image of|a render of|a rendering of|"
    "a scene of|a scene with|scene with|an arrangement of|there is|there are|there's|on the table|on a table|on table|"
    "show me|draw me|made of|made from|that is|that are|that's|which is|which are|of them|"
    "in colour|in color|side by side",
}

_FILLER = (
    "is are was were be being it its this that which they i want draw show make render please coloured colored "
    "standing sitting placed resting lying stands sits lies any of in on at to as only just exactly very seen viewed"
)

_BEYOND_FOUR = ("five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "dozen", "twenty", "hundred")
_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*|[,;:.!?&+/()\[\]]|[^\s\w-]")


@dataclass(frozen=True, slots=True)
class Word:
    """canonical: a vocabulary word, or "" for an unknown one. typed: what it was read from, at text[start:end]."""

    canonical: str
    typed: str
    start: int = 0
    end: int = 0

    @property
    def token(self) -> int:
        """Its place in the vocabulary."""
        return _index().get(self.canonical, UNKNOWN)


def known_words() -> tuple[str, ...]:
    """Every single word that counts: the vocabulary's own and those that are brought onto it, in alphabetic order."""
    own = {word for word in VOCABULARY if word.isalpha()}
    brought = {word for synonyms in _SYNONYMS.values() for word in synonyms.split() if word.isalpha()}
    return tuple(sorted(own | brought))


def vocabulary() -> tuple[str, ...]:
    """Every canonical word; a word's position is its token. Position 0 is padding, 1 is any unknown word."""
    return VOCABULARY


def canonical_words(text: str) -> tuple[Word, ...]:
    """The text on the vocabulary, longest phrase first. Any string is fine."""
    matches = list(_WORD.finditer(text))
    typed = [match[0] for match in matches]
    lowered = [word.lower().replace("’", "'") for word in typed]
    phrases, longest = _phrases()
    words: list[Word] = []
    at = 0
    while at < len(typed):
        for length in range(min(longest, len(typed) - at), 0, -1):
            found = phrases.get(tuple(lowered[at : at + length]))
            if found is not None:
                origin = " ".join(typed[at : at + length])
                start, end = matches[at].start(), matches[at + length - 1].end()
                words.extend(Word(word, origin, start, end) for word in found)
                break
        else:
            length = 1
            known = "four" if is_beyond_four(lowered[at]) else ""
            words.append(Word(known, typed[at], matches[at].start(), matches[at].end()))
        at += length
    return tuple(_tidy(words))


def canonical_text(text: str) -> str:
    """Canonical words joined by spaces, unknown words as `<unknown>`."""
    return " ".join(word.canonical or VOCABULARY[UNKNOWN] for word in canonical_words(text))


def tokenize(prompt: str) -> list[int]:
    """Tokens of the canonical words, at most MAX_TOKENS, not padded; UNKNOWN stands for an unknown word."""
    return [word.token for word in canonical_words(prompt)][:MAX_TOKENS]


def unknown_words(prompt: str) -> tuple[str, ...]:
    """The words that the vocabulary doesn't know, as typed, in order, once each."""
    return tuple(dict.fromkeys(word.typed for word in canonical_words(prompt) if not word.canonical))


def is_beyond_four(word: str) -> bool:
    """Whether a typed word is a whole number above four, in digits or in letters."""
    return word in _BEYOND_FOUR or (word.isascii() and word.isdecimal() and word.lstrip("0") not in set("1234") | {""})


def _tidy(words: list[Word]) -> list[Word]:
    """Without separators at either end or one after another ("and" outlives a comma beside it)."""
    kept: list[Word] = []
    for word in words:
        if word.canonical in (",", "and") and kept and kept[-1].canonical in (",", "and"):
            if word.canonical == "and":
                kept[-1] = word
        elif word.canonical not in (",", "and") or kept:
            kept.append(word)
    while kept and kept[-1].canonical in (",", "and"):
        kept.pop()
    return kept


@cache
def _index() -> dict[str, int]:
    return {word: number for number, word in enumerate(VOCABULARY)}


@cache
def _phrases() -> tuple[dict[tuple[str, ...], tuple[str, ...]], int]:
    """Typed words -> canonical words, and the length of the longest phrase."""
    table: dict[tuple[str, ...], tuple[str, ...]] = {(word,): () for word in _FILLER.split()}
    for canonical in VOCABULARY[2:]:
        table[tuple(canonical.split("-"))] = (canonical,)
    for canonical, typed in _SYNONYMS.items():
        table.update({(word,): (canonical,) for word in typed.split()})
    for canonical, typed in _PHRASES.items():
        table.update({tuple(phrase.split()): tuple(canonical.split()) for phrase in typed.split("|")})
    return table, max(map(len, table))
