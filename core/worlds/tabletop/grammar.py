"""The tabletop's English: captions of scenes, and what a caption asks for. No torch here.

scene, caption = draw("relation", rng)      a scene and a caption of it
caption = write(scene, rng)                 a caption of a given scene
parsed = parse("a shiny ball, no boxes")    constraints, camera words, unknown words; any string
meets(scene, parsed)                        whether the scene is what was asked for
tokenize(prompt)                            the word-level tokens that the networks read
held_out(text)                              whether training must never see this caption
"""

from __future__ import annotations

from core.worlds.tabletop.grammar_read import Parsed, meets, parse
from core.worlds.tabletop.grammar_split import HeldOut, held_out, held_out_captions
from core.worlds.tabletop.grammar_write import CATEGORIES, Caption, Category, draw, write
from core.worlds.tabletop.words import (
    MAX_TOKENS,
    PAD,
    UNKNOWN,
    canonical_text,
    tokenize,
    unknown_words,
    vocabulary,
)

__all__ = [
    "CATEGORIES",
    "MAX_TOKENS",
    "PAD",
    "UNKNOWN",
    "Caption",
    "Category",
    "HeldOut",
    "Parsed",
    "canonical_text",
    "draw",
    "held_out",
    "held_out_captions",
    "meets",
    "parse",
    "tokenize",
    "unknown_words",
    "vocabulary",
    "write",
]
