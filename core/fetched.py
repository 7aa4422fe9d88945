"""What packaging/start.py fetches beside the packages: where it lies, and what to say where it does not. No torch."""

from __future__ import annotations

import sys
from pathlib import Path

MINILM = Path(sys.prefix) / "share" / "noisette" / "weights" / "all-MiniLM-L6-v2"
"""The text encoder of models that read open English."""
MINILM_FILES = ("model.safetensors", "tokenizer.json")
READ_BY_MINILM = frozenset({"stickers"})
"""Cards' networks whose prompts it reads."""


def missing_minilm(folder: Path = MINILM) -> str:
    """Why the encoder can't be had, and how it can; "" where its files are there. Touches the disk."""
    if all((folder / name).is_file() for name in MINILM_FILES):
        return ""
    return (
        f"The text encoder MiniLM is not in {folder}, and this model reads no prompt without it; start Noisette "
        "with packaging/start.py while connected to the internet, which fetches it (84 MB)"
    )
