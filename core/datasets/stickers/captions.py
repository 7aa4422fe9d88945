"""What may be said of a concept: its name, and the keywords of two dictionaries that are worth learning."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from core.datasets.stickers.emoji import family

SHARED_BY_AT_MOST = 40
"""A keyword of more concepts than this says too little of any."""

USELESS = frozenset(
    """
    143 aight adult af afaik alphabet and approximately asl bae bff bih bro button character cool-square day emoji
    emoticon facing fr fren ftw fwb gg gib glhf hehe hmm idc idek idgaf idk ijbol ikr ily img imo irl iykyk jk kk lmao
    lol lmk meaning mhm mmm nbd ngl nm nvm nope not npc nsfw nvr obtw ofc oh ok omg omw orly pic pls ppl rip rofl rotfl
    shape sign smdh smh squared symbol tbh teh text thing thx tldr tmi tmr ttyl tysm uhh ugh vibe whatever words wtf
    wth xd xoxo yaas yaaas yea yolo yup blue-square purple-square red-square green-square orange-square letter letters
    number numbers other general misc stuff item object icon glyph mark ideograph human people person body nature
    female male women men the you your that this what with from have into for use used via etc no yes well as at by
    """.split()
)

_WORDS = re.compile(r"[a-z][a-z'-]*(?: [a-z0-9][a-z0-9'-]*){0,4}")


def keywords(raw: Iterable[str], concept: str) -> tuple[str, ...]:
    """Dictionary entries as plain English, each once, without the concept's own name and the useless ones.

    "face_with_tears_of_joy" -> "face with tears of joy"; ":D", "100", "lol" and single letters are dropped.
    """
    taken = {plain(concept)}
    kept: list[str] = []
    for entry in raw:
        words = plain(entry)
        if words in taken or words in USELESS or not _WORDS.fullmatch(words) or len(words) < 3:
            continue
        if all(word in USELESS for word in words.split()):
            continue
        taken.add(words)
        kept.append(words)
    return tuple(kept)


def plain(text: str) -> str:
    """Lower case, underscores as spaces, one kind of apostrophe, no quotation marks or full stops at the end."""
    text = re.sub(r"[_\s]+", " ", text.replace("’", "'").lower())
    return re.sub(r"[“”\"]", "", text).strip(" .,;")


def caption_table(raw: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """concept -> its captions, its own name first; raw: concept -> dictionary entries.

    A keyword that more than 40 families of concepts share is dropped.
    """
    found = {concept: keywords(entries, concept) for concept, entries in raw.items()}
    sharing: Counter[str] = Counter()
    for words in _families(found).values():
        sharing.update(words)
    return {
        concept: (concept, *(word for word in words if sharing[word] <= SHARED_BY_AT_MOST))
        for concept, words in found.items()
    }


def _families(found: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    gathered: dict[str, set[str]] = {}
    for concept, words in found.items():
        gathered.setdefault(family(concept), set()).update(words)
    return gathered
