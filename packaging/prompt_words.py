"""The words that prompts of the sticker model are completed from: `python packaging/prompt_words.py [--out FILE.json]`.

Those of the captions that it was trained with, the most telling first: what has a picture of its own, then what is in
the names of many, then the dictionaries' keywords. `noisette data stickers` makes the captions.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.artifacts.atomic import write_text  # noqa: E402
from core.datasets.stickers.cache import TRAIN, open_stickers  # noqa: E402

OUT = ROOT / "assets" / "prompts" / "stickers.json"
WORD = re.compile(r"[a-z][a-z'-]*[a-z]")
SHORTEST = 3
OWN, NAMED = 6, 3
"""What a picture of its own is worth, and a place in a name, next to a keyword's 1."""
JOINING = frozenset({"and", "for", "from", "the", "with"})


def main() -> None:
    """Write the file and say what is in it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--out", type=Path, default=OUT)
    out: Path = arguments.parse_args().out
    stickers = open_stickers()
    said: dict[str, set[str]] = {}
    for entry in stickers.entries:
        if entry.split == TRAIN:
            said.setdefault(entry.concept, set()).update(entry.captions)
    worth: Counter[str] = Counter()
    phrases: set[str] = set()
    for concept, captions in said.items():
        name = concept.lower()
        worth[name] += OWN * bool(WORD.fullmatch(name))
        worth.update(dict.fromkeys(set(WORD.findall(name)), NAMED))
        # A caption ends with the skin tone after a comma.
        parts = {part.strip().lower() for caption in captions for part in caption.split(",")}
        worth.update({word for part in parts for word in WORD.findall(part)})
        phrases |= {part for part in parts if " " in part and re.fullmatch(r"[a-z' -]+", part)}
    words = sorted(filter(_is_word, worth), key=lambda word: (-worth[word], len(word), word))
    kept = {"captions": stickers.digest, "words": words, "phrases": sorted(phrases)}
    write_text(out, json.dumps(kept, ensure_ascii=False, indent=0) + "\n")
    print(f"{len(words)} words, {len(phrases)} phrases, {out.stat().st_size / 1000:.0f} kB: {out}")


def _is_word(word: str) -> bool:
    return len(word) >= SHORTEST and word not in JOINING and WORD.fullmatch(word) is not None


if __name__ == "__main__":
    main()
