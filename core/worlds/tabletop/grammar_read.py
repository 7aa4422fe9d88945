"""Reads English about a tabletop into constraints. No torch here.

The grammar, over canonical words (see `words`):

    caption   = clause { ("," | "and") clause }
    clause    = negation | view | mention [side] { relation ["," | "and"] }
    mention   = [determiner | number] adjective* [noun] adjective*
    negation  = "no" mention { "or" mention }
    relation  = ("left-of" | "right-of" | "in-front-of" | "behind") mention

A relation after "and" speaks of the clause's first mention: "a cube left of a ball and behind a cone". "The cube", in a
relation, is an earlier mention if exactly one fits. "A red and a blue cube" are two cubes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, cast

from core.worlds.tabletop.constraints import (
    Absent,
    CameraWord,
    Constraint,
    Exists,
    NothingElse,
    Observed,
    Pattern,
    Relation,
    RelationKind,
    TotalCount,
    holds,
    observed,
)
from core.worlds.tabletop.scene import COLOURS, MATERIALS, MAX_ITEMS, SHAPES, SIZES, Scene
from core.worlds.tabletop.words import (
    NUMBERS,
    PLURALS,
    RELATIONS,
    SIDES,
    VIEWS,
    Word,
    canonical_words,
    is_beyond_four,
)

_ADJECTIVES: dict[str, str] = {
    **dict.fromkeys(COLOURS, "colour"),
    **dict.fromkeys(SIZES, "size"),
    **dict.fromkeys(MATERIALS, "material"),
}
_SINGULARS = {plural: singular for singular, plural in PLURALS.items()}
_NOUNS = {*SHAPES, "object", *_SINGULARS}
_COUNTS = {"a": 1, "the": 1, **{word: number for number, word in enumerate(NUMBERS, 1)}}
_OPPOSITE: dict[str, RelationKind] = {
    "left-of": "right-of",
    "right-of": "left-of",
    "in-front-of": "behind",
    "behind": "in-front-of",
}
_SIDE_RELATION: dict[str, RelationKind] = {
    "left-side": "left-of",
    "right-side": "right-of",
    "front-side": "in-front-of",
    "back-side": "behind",
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """constraints: on the objects. camera: on the view. mentions: what is on the table, in order.

    unknown: words outside the vocabulary, as typed. unread: known words that found no role. notes: whole sentences for
    the user about what was read otherwise than written.
    """

    constraints: tuple[Constraint, ...] = ()
    camera: tuple[CameraWord, ...] = ()
    mentions: tuple[Exists, ...] = ()
    unknown: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def holds_for(self, items: tuple[Observed, ...]) -> bool:
        return all(holds(self.constraints, items))


def parse(text: str) -> Parsed:
    """Read a caption. Takes any string and never raises; what it can't read, it names."""
    return _Reader(canonical_words(text)).read()


def meets(scene: Scene, parsed: Parsed) -> bool:
    """Whether the scene is what the caption asks for, camera included."""
    return parsed.holds_for(observed(scene)) and all(word.holds(scene.camera) for word in parsed.camera)


@dataclass(slots=True)
class _Reader:
    words: tuple[Word, ...]
    at: int = 0
    mentions: list[Exists] = field(default_factory=list[Exists])
    absent: list[Pattern] = field(default_factory=list[Pattern])
    relations: list[tuple[int, RelationKind, int]] = field(default_factory=list[tuple[int, RelationKind, int]])
    sides: dict[int, str] = field(default_factory=dict[int, str])
    views: list[CameraWord] = field(default_factory=list[CameraWord])
    unread: list[str] = field(default_factory=list[str])
    elliptic: int | None = None
    subject: int | None = None
    """The mention that a relation after "and" speaks of."""
    recent: int | None = None
    """The mention that a following bare adjective speaks of."""

    def read(self) -> Parsed:
        unknown = tuple(dict.fromkeys(word.typed for word in self.words if not word.canonical))
        typed_counts = [word.typed for word in self.words if is_beyond_four(word.typed.lower())]
        self.words = tuple(word for word in self.words if word.canonical)
        while self.at < len(self.words):
            self._clause()
        notes = [f"'{word}' objects are more than this world holds; {MAX_ITEMS} are planned" for word in typed_counts]
        mentions = self._at_most_four(notes)
        absent = [pattern for pattern in self.absent if pattern != Pattern()]
        if len(absent) < len(self.absent):
            notes.append("an empty table can't be planned; at least one object stands on it")
        return Parsed(
            self._constraints(mentions, absent),
            tuple(dict.fromkeys(self.views)),
            mentions,
            unknown,
            tuple(dict.fromkeys(self.unread)),
            tuple(dict.fromkeys(notes)),
        )

    def _peek(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.words[place].canonical if place < len(self.words) else ""

    def _clause(self) -> None:
        word = self._peek()
        if word in (",", "and"):
            if word == ",":
                self.elliptic = None
            self.at += 1
        elif word in VIEWS:
            self.views.append(CameraWord(word))
            self.at += 1
        elif word == "no":
            self._negation()
        elif word in RELATIONS and self.subject is not None:
            self._relation(word)
        elif word in SIDES and self.mentions:
            self.sides.setdefault(len(self.mentions) - 1, word)
            self.at += 1
        elif word in _ADJECTIVES and self._extends_last_mention():
            self.at += 1
        elif (found := self._noun_phrase()) is not None:
            self.subject = self._mention(*found)
        else:
            self._skip()

    def _skip(self) -> None:
        if self._peek() not in ("a", "the"):
            self.unread.append(self.words[self.at].typed)
        self.at += 1

    def _negation(self) -> None:
        self.at += 1
        read = False
        while (found := self._noun_phrase()) is not None:
            self.absent.append(found[0])
            read = True
            # "no cubes or cones", "no cubes, no cones": only "or" hands the negation on.
            if self._peek() != "or":
                break
            self.at += 1
        if not read:
            self.unread.append(self.words[self.at - 1].typed)
        self.recent = None

    def _relation(self, word: str) -> None:
        self.at += 1
        found = self._noun_phrase()
        if found is None or self.subject is None:
            self.unread.append(self.words[self.at - 1].typed)
            return
        other = self._mention(*found, never=self.subject)
        self.relations.append((self.subject, cast(RelationKind, word), other))

    def _extends_last_mention(self) -> bool:
        """Give the adjective here to the last mention: "a ball red", "a cube, metal"; not where a noun follows."""
        if self.recent is None:
            return False
        ahead = 0
        while self._peek(ahead) in _ADJECTIVES:
            ahead += 1
        last = self.mentions[self.recent]
        part = _ADJECTIVES[self._peek()]
        if self._peek(ahead) in _NOUNS or getattr(last.pattern, part) is not None:
            return False
        self.mentions[self.recent] = replace(last, pattern=_with(last.pattern, part, self._peek()))
        return True

    def _noun_phrase(self) -> tuple[Pattern, str, bool, bool] | None:
        """(pattern, determiner or "", plural, has a noun), or None with nothing consumed."""
        start, determiner, noun = self.at, "", ""
        if self._peek() in _COUNTS or self._peek() == "some":
            determiner = self._peek()
            self.at += 1
            # "the two cubes", "a one"; a second number is left for the next phrase.
            if determiner in ("a", "the") and self._peek() in NUMBERS:
                determiner = self._peek()
                self.at += 1
        values: dict[str, str] = {}
        while (word := self._peek()) in _ADJECTIVES:
            if _ADJECTIVES[word] in values:
                self.unread.append(self.words[self.at].typed)
            values.setdefault(_ADJECTIVES[word], word)
            self.at += 1
        if word in _NOUNS or (word == "one" and values):
            noun = "object" if word == "one" else word
            self.at += 1
        if not values and not noun:
            self.at = start
            return None
        shape = _SINGULARS.get(noun, noun)
        pattern = _pattern({**values, **({"shape": shape} if shape in SHAPES else {})})
        return pattern, determiner, noun in _SINGULARS, bool(noun)

    def _mention(
        self, pattern: Pattern, determiner: str, plural: bool, has_noun: bool, never: int | None = None
    ) -> int:
        """Record a mention, or find the earlier one that "the ..." names; its number."""
        related = never is not None or self._peek() in RELATIONS
        if determiner == "the" and not plural and related:
            earlier = [n for n, m in enumerate(self.mentions) if n != never and _covers(m.pattern, pattern)]
            if len(earlier) == 1:
                return earlier[0]
        if has_noun and self.elliptic is not None and pattern.shape is not None:
            giver = self.mentions[self.elliptic]
            self.mentions[self.elliptic] = replace(giver, pattern=_with(giver.pattern, "shape", pattern.shape))
        number = self.recent = len(self.mentions)
        some = determiner == "some" or (plural and determiner in ("", "the"))
        count = (2 if plural else 1) if some else _COUNTS.get(determiner, 1)
        self.mentions.append(Exists(pattern, count, some, number))
        self.elliptic = number if determiner and not has_noun else None
        return number

    def _at_most_four(self, notes: list[str]) -> tuple[Exists, ...]:
        """The mentions that fit on the table; the first four objects where there are more."""
        asked = sum(mention.count for mention in self.mentions)
        if asked > MAX_ITEMS:
            notes.append(f"{asked} objects are asked for and this world holds {MAX_ITEMS}; the first are planned")
        kept: list[Exists] = []
        room = MAX_ITEMS
        for mention in self.mentions:
            if room:
                kept.append(replace(mention, count=min(mention.count, room)))
                room -= kept[-1].count
        return tuple(kept)

    def _constraints(self, mentions: tuple[Exists, ...], absent: list[Pattern]) -> tuple[Constraint, ...]:
        found: list[Constraint] = list(mentions)
        if mentions:
            is_open = any(mention.at_least for mention in mentions)
            found.append(TotalCount(sum(mention.count for mention in mentions), is_open))
            if is_open and Pattern() not in (patterns := tuple(dict.fromkeys(m.pattern for m in mentions))):
                found.append(NothingElse(patterns))
        found.extend(Absent(pattern) for pattern in dict.fromkeys(absent))
        kept = list(self.relations)
        for mention, side in self.sides.items():
            kind: RelationKind = _SIDE_RELATION[side]
            others = (n for n in range(len(mentions)) if n != mention and self.sides.get(n) != side)
            kept.extend((mention, kind, n) for n in others if (n, _OPPOSITE[kind], mention) not in kept)
        kept = [relation for relation in kept if max(relation[0], relation[2]) < len(mentions)]
        found.extend(Relation(mentions[a], relation, mentions[b]) for a, relation, b in dict.fromkeys(kept))
        return tuple(found)


def _pattern(values: dict[str, str]) -> Pattern:
    typed: dict[str, Any] = dict(values)
    return Pattern(**typed)


def _with(pattern: Pattern, part: str, value: str) -> Pattern:
    change: dict[str, Any] = {part: value}
    return replace(pattern, **change)


def _covers(earlier: Pattern, named: Pattern) -> bool:
    """Whether everything that `named` says was said by the earlier mention."""
    return (
        named.shape in (None, earlier.shape)
        and named.colour in (None, earlier.colour)
        and named.size in (None, earlier.size)
        and named.material in (None, earlier.material)
    )
