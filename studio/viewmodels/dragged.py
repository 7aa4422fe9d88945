"""Pictures of the history as they are dragged: their files, which carry the recipes, and our own ids of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl

PICTURE_MIME = "application/x-noisette-picture"
"""Ids of dragged pictures, one a line."""


def picture_mime(pictures: Sequence[tuple[str, Path]]) -> QMimeData:
    """pictures: (id, file) of each."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for _, path in pictures])
    mime.setData(PICTURE_MIME, "\n".join(name for name, _ in pictures).encode())
    return mime
