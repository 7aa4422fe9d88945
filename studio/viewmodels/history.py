"""The history strip: tiles, newest first, read page by page, with thumbnails that come when they are decoded."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QImage

from studio.viewmodels import wording
from studio.viewmodels.dragged import PICTURE_MIME, picture_mime
from studio.viewmodels.tile_words import position, tile_words

if TYPE_CHECKING:
    from core.artifacts.artifact import Artifact

HELD = 512
"""Thumbnails held; of others, the one looked at longest ago is decoded again when it is next in sight."""
Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


class TileRole(IntEnum):
    """What a tile's delegate asks for."""

    TILE = int(Qt.ItemDataRole.UserRole) + 1
    IMAGE = int(Qt.ItemDataRole.UserRole) + 2


@dataclass(frozen=True, slots=True)
class Tile:
    """badge: "19/24" while it runs, "" else. artifact: None while it runs."""

    job_id: str
    artifact: Artifact | None
    prompt: str
    seed: int
    badge: str = ""
    fraction: float = 0.0
    favourite: bool = False


class HistoryList(QAbstractListModel):
    """Tiles of running jobs first, then artifacts. wanted(artifact): its thumbnail is to be decoded."""

    wanted = Signal(object)
    more_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._running: Tile | None = None
        self._tiles: list[Tile] = []
        self._images: OrderedDict[str, QImage | None] = OrderedDict()
        self.total = 0

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._tiles) + (self._running is not None)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid() or not 0 <= index.row() < self.rowCount():
            return None
        tile = self.tile(index.row())
        match role:
            case TileRole.TILE:
                return tile
            case TileRole.IMAGE:
                return self._image(tile)
            case Qt.ItemDataRole.ToolTipRole:
                return f"{wording.shortened(tile.prompt, 160) or 'No prompt'}\nSeed {wording.whole(tile.seed)}"
            case Qt.ItemDataRole.AccessibleTextRole:
                state = f", {tile.badge}" if tile.badge else ""
                words = tile_words(tile.prompt, tile.seed, favourite=tile.favourite)
                # Beside the finished ones, as many as there are and not only those that were read.
                total = max(self.total + (self._running is not None), self.rowCount())
                return f"{words}{state}, {position(index.row(), total)}"
            case _:
                return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        usual = super().flags(index)
        finished = index.isValid() and self.tile(index.row()).artifact is not None
        return usual | Qt.ItemFlag.ItemIsDragEnabled if finished else usual

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list", PICTURE_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The files, which carry their recipes, and our own ids of them."""
        tiles = (self.tile(index.row()) for index in indexes)
        return picture_mime([(each.artifact.id, each.artifact.path) for each in tiles if each.artifact is not None])

    def canFetchMore(self, _parent: Index) -> bool:
        return len(self._tiles) < self.total

    def fetchMore(self, _parent: Index) -> None:
        self.more_wanted.emit(len(self._tiles))

    def tile(self, row: int) -> Tile:
        """The tile in a row."""
        if self._running is not None:
            if row == 0:
                return self._running
            row -= 1
        return self._tiles[row]

    def row_of(self, artifact_id: str) -> int:
        """The row of an artifact, −1 where it is not loaded."""
        shift = int(self._running is not None)
        return next((i + shift for i, t in enumerate(self._tiles) if t.artifact and t.artifact.id == artifact_id), -1)

    def show_running(self, tile: Tile | None, image: QImage | None = None) -> None:
        """Put a running job's tile first, change it, or take it away. image: its latest look, if newer."""
        if tile is not None and image is not None:
            self._images[tile.job_id] = image
        if self._running is None and tile is not None:
            self.beginInsertRows(_NO_PARENT, 0, 0)
            self._running = tile
            self.endInsertRows()
        elif self._running is not None and tile is None:
            self.beginRemoveRows(_NO_PARENT, 0, 0)
            self._running = None
            self.endRemoveRows()
        elif tile is not None and (image is not None or tile != self._running):
            self._running = tile
            self.dataChanged.emit(self.index(0), self.index(0))

    def end_running(self, job_id: str) -> None:
        """Take the running tile away if it is this job's."""
        if self._running is not None and self._running.job_id == job_id:
            self.show_running(None)
        self._images.pop(job_id, None)

    def prepend(self, artifact: Artifact) -> None:
        """A new artifact; one that is already here stays where it is."""
        if self.row_of(artifact.id) >= 0:
            return
        row = int(self._running is not None)
        self.beginInsertRows(_NO_PARENT, row, row)
        self._tiles.insert(0, _tile(artifact, frozenset()))
        self.total += 1
        self.endInsertRows()

    def clear(self) -> None:
        """Forget all that was read; the running job's tile stays."""
        self.beginResetModel()
        self._tiles, self.total = [], 0
        self.endResetModel()

    def append(self, artifacts: tuple[Artifact, ...], favourites: frozenset[str], total: int) -> None:
        """One more page of older artifacts. Thumbnails of what is no longer listed are let go."""
        present = {tile.artifact.id for tile in self._tiles if tile.artifact}
        fresh = [_tile(each, favourites) for each in artifacts if each.id not in present]
        self.total = total if artifacts else self.rowCount() - int(self._running is not None)
        if fresh:
            first = self.rowCount()
            self.beginInsertRows(_NO_PARENT, first, first + len(fresh) - 1)
            self._tiles.extend(fresh)
            self.endInsertRows()
        present.update(tile.artifact.id for tile in fresh if tile.artifact)
        present.update([self._running.job_id] if self._running is not None else ())
        for gone in [key for key in self._images if key not in present]:
            del self._images[gone]

    def image_of(self, model_id: str, row: int) -> QImage | None:
        """A row's thumbnail where its picture was made by that model and is decoded."""
        tile = self.tile(row)
        made = tile.artifact is not None and tile.artifact.recipe.request.model_id == model_id
        return self.data(self.index(row, 0), TileRole.IMAGE) if made else None

    def newest(self) -> Artifact | None:
        """The first picture, None where there is none."""
        return self._tiles[0].artifact if self._tiles else None

    def prompts(self) -> tuple[str, ...]:
        """The prompts of the tiles, newest first, each once."""
        return tuple(dict.fromkeys(tile.prompt for tile in self._tiles if tile.prompt))

    def set_image(self, artifact_id: str, image: QImage) -> None:
        """A decoded thumbnail."""
        self._images[artifact_id] = image
        self._touch(artifact_id)

    def set_favourite(self, artifact_id: str, favourite: bool) -> None:
        row = self.row_of(artifact_id)
        if row >= 0:
            at = row - int(self._running is not None)
            self._tiles[at] = replace(self._tiles[at], favourite=favourite)
            self._touch(artifact_id)

    def _image(self, tile: Tile) -> QImage | None:
        key = tile.artifact.id if tile.artifact else tile.job_id
        if key in self._images:
            self._images.move_to_end(key)
        elif tile.artifact is not None:
            self._images[key] = None
            while len(self._images) > HELD:
                self._images.popitem(last=False)
            self.wanted.emit(tile.artifact)
        return self._images.get(key)

    def _touch(self, artifact_id: str) -> None:
        row = self.row_of(artifact_id)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row))


def _tile(artifact: Artifact, favourites: frozenset[str]) -> Tile:
    request = artifact.recipe.request
    return Tile(artifact.job_id, artifact, request.prompt, artifact.recipe.seed, favourite=artifact.id in favourites)
