"""What the History view does to pictures that can be taken back: deleting them, and moving them between projects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from core.history.project import Project
from studio.background import Background
from studio.bridge import Bridge
from studio.viewmodels import wording

if TYPE_CHECKING:
    from core.history.store import HistoryStore

Ids = tuple[str, ...]


class Change(Protocol):
    """ids: the pictures it is about, none where nothing was to do. told: what was done, in a sentence."""

    @property
    def ids(self) -> Ids: ...

    @property
    def told(self) -> str: ...

    def back(self, history: HistoryStore) -> str:
        """Undo it; says what came back. It reads and writes the disk."""
        ...

    def again(self, history: HistoryStore) -> Change:
        """Redo it. It reads and writes the disk."""
        ...


@dataclass(frozen=True, slots=True)
class Deletion:
    """Pictures that went to the bin."""

    ids: Ids

    @property
    def told(self) -> str:
        return f"{wording.count(len(self.ids), 'picture')} moved to the bin"

    def back(self, history: HistoryStore) -> str:
        history.restore(self.ids)
        return f"{wording.count(len(self.ids), 'picture')} back from the bin"

    def again(self, history: HistoryStore) -> Deletion:
        return delete(history, self.ids)


@dataclass(frozen=True, slots=True)
class Move:
    """Pictures that went to another project. left: (project, ids), which of them left which.

    made: the project was made for them; it goes with them where nothing else has come into it.
    """

    to: Project
    left: tuple[tuple[int, Ids], ...]
    made: bool = False

    @property
    def ids(self) -> Ids:
        return tuple(each for _, ids in self.left for each in ids)

    @property
    def told(self) -> str:
        if not self.left:
            return f"Already in “{self.to.name}”"
        return f"{wording.count(len(self.ids), 'picture')} moved to “{self.to.name}”"

    def back(self, history: HistoryStore) -> str:
        back = history.move_back(self.to.number, self.left)
        if self.made and not history.projects.ids(self.to.number):
            history.projects.close(self.to.number)
        return f"{wording.count(len(back), 'picture')} back from “{self.to.name}”"

    def again(self, history: HistoryStore) -> Move:
        if self.made:
            history.projects.reopen(self.to.number)
        return replace(move(history, self.ids, self.to.number), made=self.made)


def delete(history: HistoryStore, ids: Ids) -> Deletion:
    """To the bin. It blocks: not for a GUI thread."""
    history.delete(ids)
    return Deletion(ids)


def move(history: HistoryStore, ids: Ids, project: int) -> Move:
    """To another project. It blocks: not for a GUI thread. Raises ProjectError for one that isn't there."""
    to = history.projects.get(project)
    return Move(to, history.move(ids, project))


def move_to_new(history: HistoryStore, ids: Ids, name: str) -> Move:
    """To a project that is made for them. Raises ProjectError for a name that can't be taken."""
    return replace(move(history, ids, history.projects.add(name).number), made=True)


class ArchiveChanges(QObject):
    """Does them in the background, and knows the way back.

    done(Change): was done, or done again. taken_back(Change): was undone. changed(): either, or nothing was to do.
    said(sentence): a line for the user.
    """

    done = Signal(object)
    taken_back = Signal(object)
    changed = Signal()
    said = Signal(str)

    def __init__(self, bridge: Bridge, background: Background) -> None:
        super().__init__()
        self._bridge, self._background = bridge, background
        self._done: list[Change] = []
        self._undone: list[Change] = []

    def do(self, work: Callable[[HistoryStore], Change]) -> None:
        """Something new: what was undone before can't be redone any more."""
        if not self._bridge.is_open:
            return

        def then(change: Change) -> None:
            self._undone.clear()
            self._take(change)

        history = self._bridge.engine.history
        self._background.run(lambda: work(history), then, self.said.emit)

    def undo(self) -> None:
        """Take the last one back."""
        if self._done:
            self.take_back(self._done[-1])
        else:
            self.said.emit("Nothing to undo")

    def redo(self) -> None:
        """Do again what was taken back last."""
        if not self._undone:
            self.said.emit("Nothing to redo")
            return
        change, history = self._undone.pop(), self._bridge.engine.history
        self._background.run(lambda: change.again(history), self._take, self.said.emit)

    def take_back(self, change: Change) -> None:
        """Undo this one, if that can still be done."""
        if change not in self._done:
            return
        self._done.remove(change)
        history = self._bridge.engine.history

        def then(sentence: str) -> None:
            self._undone.append(change)
            self.said.emit(sentence)
            self.taken_back.emit(change)
            self.changed.emit()

        self._background.run(lambda: change.back(history), then, self.said.emit)

    def forget_deletions(self) -> None:
        """The bin is about to be another: its steps back may no longer lead anywhere."""
        for changes in (self._done, self._undone):
            changes[:] = [each for each in changes if not isinstance(each, Deletion)]

    def _take(self, change: Change) -> None:
        if change.ids:
            self._done.append(change)
            self.done.emit(change)
        else:
            self.said.emit(change.told)
        self.changed.emit()
