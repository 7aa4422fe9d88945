"""Takes an infotext apart: prompt, what to leave out, and the pairs of its last line.

Source: AUTOMATIC1111/stable-diffusion-webui, modules/infotext_utils.py, parse_generation_parameters.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from core.interop.imported import ImportedError

MAX_INFOTEXT = 1 << 20
"""Characters; a long prompt with all its resources has some ten thousand."""
MAX_PAIRS = 1000
FEWEST_PAIRS = 3
"""The last line is one of settings only where it holds so many."""

NEGATIVE = "Negative prompt:"
_KEY = re.compile(r"\w[\w \-/.]{0,79}\Z")


@dataclass(frozen=True, slots=True)
class Parts:
    """pairs: as written, quotes taken off; a value of JSON in brackets is kept whole."""

    prompt: str
    negative_prompt: str
    pairs: dict[str, str]


def take_apart(text: str) -> Parts:
    """Raises ImportedError for a text that is too long or holds no line of settings."""
    if len(text) > MAX_INFOTEXT:
        raise ImportedError(f"the settings are {len(text)} characters long; at most {MAX_INFOTEXT} are read")
    *lines, last = text.replace("\r\n", "\n").strip().split("\n")
    pairs = read_pairs(last)
    if len(pairs) < FEWEST_PAIRS:
        raise ImportedError(f"the last line holds {len(pairs)} settings; an infotext ends with at least {FEWEST_PAIRS}")
    at = next((i for i, line in enumerate(lines) if _is_negative(line)), len(lines))
    negative = [line.strip().removeprefix(NEGATIVE) if _is_negative(line) else line for line in lines[at:]]
    return Parts("\n".join(lines[:at]).strip(), "\n".join(negative).strip(), pairs)


def read_pairs(line: str) -> dict[str, str]:
    """`Key: value, Key: "quoted, value", Key: [json, ...]`; the first of equal keys counts. In linear time."""
    pairs: dict[str, str] = {}
    reader = _Values(line)
    place = 0
    while place < len(line) and len(pairs) < MAX_PAIRS:
        colon = line.find(":", place)
        if colon < 0:
            break
        key = line[place:colon]
        comma = key.rfind(",")
        key = key[comma + 1 :].strip()
        if _KEY.match(key) is None:
            place = colon + 1
            continue
        value, place = reader.read(colon + 1)
        pairs.setdefault(key, value)
    return pairs


def _is_negative(line: str) -> bool:
    return line.strip().startswith(NEGATIVE)


class _Values:
    def __init__(self, line: str) -> None:
        self._line = line
        self._decoder = json.JSONDecoder()
        # After one bracket that closes nowhere none is looked at again: a hostile line costs no more than its length.
        self._trusting = True

    def read(self, start: int) -> tuple[str, int]:
        """The value that begins there, and the place after the comma that ends it."""
        line = self._line
        start = _after_spaces(line, start)
        if self._trusting and line.startswith(('"', "[", "{"), start):
            try:
                value, end = self._decode(start)
            except (ValueError, RecursionError):
                self._trusting = False
            else:
                rest = _after_spaces(line, end)
                if rest >= len(line) or line[rest] == ",":
                    return (value if isinstance(value, str) else line[start:end]), rest + 1
        end = line.find(",", start)
        end = len(line) if end < 0 else end
        return line[start:end].strip(), end + 1

    def _decode(self, start: int) -> tuple[Any, int]:
        return self._decoder.raw_decode(self._line, start)


def _after_spaces(line: str, place: int) -> int:
    while place < len(line) and line[place] == " ":
        place += 1
    return place
