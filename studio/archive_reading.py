"""What the History view reads of the history. These block: call them off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from studio.gallery import DecodeError, read_image
from studio.viewmodels.archive import Filters

if TYPE_CHECKING:
    import numpy as np

    from core.artifacts.artifact import Artifact
    from core.history.finder import HistoryRow, Kin
    from core.history.store import HistoryStore

FIRST = 160
"""Rows read together with what was found: more than a large window shows."""
GENERATIONS = 2
PICTURE_PIXELS = 1024


@dataclass(frozen=True, slots=True)
class Found:
    """numbers: what matches, in order. total: how many there are outside the bin, in the project that is looked at.

    near: rows at the kept place.
    place: where the wanted or kept picture stands among them, −1 where it doesn't.
    """

    numbers: np.ndarray
    total: int
    near: tuple[HistoryRow, ...]
    chosen: list[int]
    place: int


@dataclass(frozen=True, slots=True)
class Detail:
    """kin: relatives, two generations each way. image: a null one where the file can't be read."""

    artifact: Artifact
    row: HistoryRow
    kin: tuple[Kin, ...]
    image: QImage


def find(history: HistoryStore, filters: Filters, kept: list[int], current: int, wanted_id: str) -> Found:
    """kept: numbers that are selected, `current` the one in the side panel; wanted_id: goes before it, "" for none."""
    import numpy as np

    from core.history.query import HistoryQuery, start_of

    finder = history.finder
    query = HistoryQuery(
        search=filters.search,
        kind=filters.kind,
        model=filters.model,
        since=start_of(filters.span, datetime.now().astimezone()),
        favourite=filters.favourite,
        failed=filters.failed,
        binned=filters.binned,
        oldest_first=filters.oldest_first,
        project=None if filters.binned else filters.project,
    )
    numbers = finder.find(query)
    wanted = finder.number_of(wanted_id) if wanted_id else None
    if wanted is not None:
        kept, current = [wanted], wanted
    chosen = np.flatnonzero(np.isin(numbers, np.asarray(kept, np.int64))).tolist() if kept else []
    places = np.flatnonzero(numbers == current)
    place = int(places[0]) if len(places) else -1
    first = max(place - FIRST // 2, 0)
    near = finder.rows(numbers[first : first + FIRST].tolist())
    total = len(finder.find(HistoryQuery(oldest_first=filters.oldest_first, project=query.project)))
    return Found(numbers, total, near, chosen, place)


def read_detail(history: HistoryStore, number: int) -> Detail | None:
    """None for a picture that is gone. Raises HistoryError for a recipe that can't be read."""
    rows = history.finder.rows([number])
    if not rows:
        return None
    artifact = history.get(rows[0].id)
    try:
        image = read_image(artifact.path, PICTURE_PIXELS)
    except DecodeError:
        image = QImage()
    return Detail(artifact, rows[0], history.finder.lineage(artifact.id, GENERATIONS), image)
