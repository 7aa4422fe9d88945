"""What each emoji is: its concept, its family, the skin tones it shows, and which ones are left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from core.datasets.stickers.tarballs import TarballError

TONES = {1: "light", 2: "medium-light", 3: "medium", 4: "medium-dark", 5: "dark"}
"""The skin tones' numbers as emojibase gives them."""

FLAGS = 9
COMPONENTS = 2
"""Groups of emojibase that show nothing to draw, or what may not be ours: both are left out."""

VARIATION = "FE0F"

_PEOPLE = {
    "man": "person",
    "woman": "person",
    "boy": "child",
    "girl": "child",
    "men": "people",
    "women": "people",
    "mx": "claus",
    "mr": "claus",
    "mrs": "claus",
    "prince": "person with crown",
    "princess": "person with crown",
    "merman": "merperson",
    "mermaid": "merperson",
    "mother": "parent",
    "father": "parent",
}
_ASIDE = frozenset({"facing", "right", "left", "pointing", "up", "down", "with", "and", "the", "of"})


@dataclass(frozen=True, slots=True)
class Emoji:
    """code: its normal code ("1F44B-1F3FF"). concept: what it shows, whatever the tone ("waving hand").

    tones: of each person it shows, or () for the plain one. tags: emojibase's words for it.
    """

    code: str
    concept: str
    tones: tuple[int, ...]
    tags: tuple[str, ...]


def normal_code(code: str) -> str:
    """One spelling for all sources: "39-fe0f-20e3" -> "0039-20E3", "1f441_200d" -> "1F441-200D"."""
    parts = re.split(r"[-_\s]+", code.upper())
    return "-".join(part.removeprefix("U").zfill(4) for part in parts if part and part != VARIATION)


def code_of(characters: str) -> str:
    """An emoji as text -> its normal code."""
    return normal_code("-".join(f"{ord(character):04X}" for character in characters))


def read_emoji(data: Iterable[Mapping[str, Any]]) -> dict[str, Emoji]:
    """emojibase's `data.json` -> each emoji that may be drawn, by its normal code: no flags, no lone components.

    Raises TarballError for data of another form.
    """
    found: dict[str, Emoji] = {}
    try:
        for entry in data:
            if entry.get("group") in (None, FLAGS, COMPONENTS):
                continue
            concept = plain_label(entry["label"])
            tags = tuple(str(tag) for tag in entry.get("tags", ()))
            for shown in (entry, *entry.get("skins", ())):
                tones = _tones(shown.get("tone"))
                code = normal_code(shown["hexcode"])
                found[code] = Emoji(code, concept, tones, tags)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TarballError(f"emojibase-data's data.json is not of the form that was pinned ({error!r})") from error
    return found


def _tones(given: Any) -> tuple[int, ...]:
    """One number, or a list of one for each person, or nothing."""
    if given is None:
        return ()
    return tuple(map(int, cast("list[Any]", given))) if isinstance(given, list) else (int(given),)


def plain_label(label: str) -> str:
    """A label as a person would say it.

    "man: red hair" -> "man with red hair"; "man: bald" -> "bald man"; "kiss: woman, man" -> "kiss, woman and man".
    """
    text = re.sub(r"[“”\"]", "", label).replace("’", "'").strip()
    head, colon, rest = text.partition(": ")
    if not colon:
        return text
    if rest == "bald":
        return f"bald {head}"
    if "hair" in rest or rest == "beard":
        return f"{head} with {rest}"
    if head == "keycap":
        return f"{head} {rest}"
    named = rest.split(", ")
    return f"{head}, {' and '.join((', '.join(named[:-1]), named[-1])) if len(named) > 1 else rest}"


def toned(words: str, tones: tuple[int, ...]) -> str:
    """ "waving hand", (5,) -> "waving hand, dark skin tone"; two tones -> "..., light and dark skin tones"."""
    names = [TONES[tone] for tone in dict.fromkeys(tones)]
    if not names:
        return words
    return f"{words}, {' and '.join(names)} skin tone{'s' if len(names) > 1 else ''}"


def family(concept: str) -> str:
    """Concepts that differ in sex or direction alone are one family: they stay together in a split.

    "woman running facing right" and "man running" -> "person running".
    """
    words: list[str] = re.findall(r"[a-z0-9'#*+&!?]+", concept.lower())
    return " ".join(sorted({_PEOPLE.get(word, word) for word in words if word not in _ASIDE})) or concept
