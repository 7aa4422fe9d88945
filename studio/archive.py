"""The History view at work: what is looked for, found, shown in detail, kept and thrown away. No widgets here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from core.jobs.event import Event, Produced
from studio.archive_changes import ArchiveChanges, Change, Ids, delete, move, move_to_new
from studio.archive_reading import Detail, Found, find, read_detail
from studio.background import Background
from studio.bridge import Bridge
from studio.projects import Projects
from studio.thumbnail_loader import ThumbnailLoader
from studio.viewmodels import wording
from studio.viewmodels.archive import ArchiveInputs, ArchiveView, Filters, derive_archive
from studio.viewmodels.archive_grid import ArchiveGrid
from studio.viewmodels.detail import DetailInputs, DetailView, derive_detail
from studio.viewmodels.view_model import ViewModel

if TYPE_CHECKING:
    from core.artifacts.artifact import Artifact
    from core.history.store import HistoryStore

DETAIL_MS, NEWS_MS = 40, 250
THUMBNAIL_PIXELS = 192
"""The longest side of kept thumbnails."""
COMPARED = 500
"""Of larger selections so many rows are looked at to say whether all are favourites."""


class Archive(QObject):
    """Reads the history for the History view, and changes it there.

    said(sentence): a line for the user. changes: what was done and can be taken back.
    pictured(QImage): the picture of the side panel, a null one for none.
    listed(places, current): the list is another now; select those. liked(ids, favourite): marks changed.
    recounted(): pictures went to the bin, to another project, or came back.
    """

    said = Signal(str)
    pictured = Signal(object)
    listed = Signal(object, int)
    liked = Signal(object, bool)
    recounted = Signal()

    def __init__(self, bridge: Bridge, background: Background, projects: Projects) -> None:
        super().__init__()
        self._bridge, self._background = bridge, background
        self._shown, self._looking, self._again, self._ahead = False, False, False, False
        self._places: list[int] = []
        self._current, self._detail_of, self._wanted_id = -1, -1, ""
        self._choices = 0
        self.projects = projects
        self.changes = ArchiveChanges(bridge, background)
        self.grid = ArchiveGrid()
        self.thumbnails, self.kin_thumbnails = (ThumbnailLoader(background, THUMBNAIL_PIXELS) for _ in range(2))
        self.model: ViewModel[ArchiveInputs, ArchiveView] = ViewModel(ArchiveInputs(), derive_archive)
        self.detail: ViewModel[DetailInputs, DetailView] = ViewModel(DetailInputs(), derive_detail)
        self._typist, self._detailer, self._news = (QTimer(self, singleShot=True) for _ in range(3))
        self._typist.timeout.connect(self.look)
        self._detailer.timeout.connect(self._read_detail)
        self._news.timeout.connect(self.look)
        self.grid.wanted.connect(self._read_rows)
        self.changes.said.connect(self.said)
        self.changes.taken_back.connect(self._want)
        self.changes.changed.connect(self._take_change)
        projects.model.watch("choices", lambda choices: self.model.update(projects=choices))
        self.model.update(filters=Filters(project=projects.current))
        projects.switched.connect(lambda number: self.set_filters(project=number))
        projects.rearranged.connect(self._freshen)
        bridge.opened.connect(self._freshen)
        bridge.happened.connect(self._happen)

    @property
    def filters(self) -> Filters:
        return self.model.inputs.filters

    @property
    def is_looking(self) -> bool:
        """Whether what is listed is about to change."""
        return self._looking or self._typist.isActive()

    @property
    def current(self) -> Artifact | None:
        """The picture in the side panel."""
        return self.detail.inputs.artifact

    def show(self) -> None:
        """The view comes on show: what it lists is read again, for marks may have changed elsewhere."""
        self._shown = True
        if self._ahead:
            self._ahead = False
        else:
            self.look()

    def look_ahead(self) -> None:
        """The view is about to come on show for the first time: what it lists is read while it is made."""
        self._ahead = self._bridge.is_open
        self.look()

    def warm(self) -> None:
        """Have the store read what a first look will ask for: it is remembered there until something changes."""
        if self._bridge.is_open:
            filters, history = self.filters, self._bridge.engine.history
            self._background.run(lambda: find(history, filters, [], -1, ""), None, lambda _: None)

    def hide(self) -> None:
        """The view leaves: nothing is read for it until it comes back."""
        self._shown = False

    def set_filters(self, **changes: Any) -> None:
        """Look for something else; what was typed is painted before."""
        filters = replace(self.filters, **changes)
        if filters == self.filters:
            return
        self.model.update(filters=filters)
        if set(changes) == {"search"}:
            self._typist.start(0)
        else:
            self._freshen()

    def clear_filters(self) -> None:
        """Everything again, in the bin or out of it as before."""
        self.set_filters(search="", kind="", model="", span=0, favourite=False, failed=False)

    def look(self) -> None:
        """Read what matches. While one look is under way only the newest other one waits."""
        if not self._bridge.is_open:
            return
        if self._looking:
            self._again = True
            return
        self._looking, self._again = True, False
        filters, history, wanted = self.filters, self._bridge.engine.history, self._wanted_id
        kept, current = self._numbers(), self._number_at(self._current)
        # Where something comes back, it is selected whatever was chosen meanwhile.
        choices = -1 if wanted else self._choices
        self._background.run(
            lambda: find(history, filters, kept, current, wanted),
            lambda found: self._take(filters, choices, found),
            self._refuse,
        )

    def choose(self, places: Sequence[int], current: int) -> None:
        """What is selected now; the side panel follows `current`."""
        self._places, self._current = list(places), current
        self._choices += 1
        rows = [row for row in map(self.grid.row, self._places[:COMPARED]) if row is not None]
        liked = bool(rows) and all(row.favourite for row in rows)
        self.model.update(chosen=len(self._places), all_favourites=liked)
        self.detail.update(chosen=len(self._places))
        if not self._detailer.isActive():
            self._detailer.start(DETAIL_MS)

    def go_to(self, artifact_id: str) -> None:
        """Select that picture; filters that would hide it are cleared."""
        self._wanted_id = artifact_id
        kin = next((each.row for each in self.detail.inputs.kin if each.row.id == artifact_id), None)
        project = self.filters.project if kin is not None and kin.project == self.filters.project else None
        self.model.update(filters=Filters(oldest_first=self.filters.oldest_first, project=project))
        self.look()

    def toggle_favourite(self) -> None:
        """Mark all that is selected, or take the mark from all where each has it."""
        favourite = not self.model.inputs.all_favourites

        def done(ids: Ids) -> None:
            self.liked.emit(ids, favourite)
            self.model.update(all_favourites=favourite)

        self._change(lambda history, ids: history.set_favourites(ids, favourite), done)

    def delete(self) -> None:
        """All that is selected to the bin; `changes` knows the way back."""
        if self.model.view.can_act:
            self._do(delete)

    def move_to(self, project: int) -> None:
        """All that is selected to another project; `changes` knows the way back."""
        if self.model.view.can_act:
            self._do(lambda history, ids: move(history, ids, project))

    def move_to_new(self, name: str) -> None:
        """All that is selected to a project that is made for it, which does not become the current one."""
        if self.model.view.can_act:
            self._do(lambda history, ids: move_to_new(history, ids, name))

    def home_of_chosen(self) -> int | None:
        """The project that all of the selection belongs to, as far as is known; None for several."""
        rows = [self.grid.row(place) for place in self._places[:COMPARED]]
        homes = {row.project for row in rows if row is not None}
        all_known = len(self._places) == len(rows) and None not in rows
        return homes.pop() if len(homes) == 1 and all_known else self.filters.project

    def restore(self) -> None:
        """All that is selected out of the bin."""

        def done(ids: Ids) -> None:
            self.said.emit(f"{wording.count(len(ids), 'picture')} restored")
            self.recounted.emit()

        if self.model.view.can_restore:
            self.changes.forget_deletions()
            self._change(lambda history, ids: history.restore(ids), done)

    def purge(self) -> None:
        """Delete for good what is selected in the bin. There is no way back: ask first."""

        def done(_: Ids) -> None:
            self.said.emit("Deleted for good")

        self.changes.forget_deletions()
        self._change(lambda history, ids: history.purge(ids), done)

    def empty_bin(self) -> None:
        """Delete for good all that lies in the bin. There is no way back: ask first."""
        history = self._bridge.engine.history

        def done(count: int) -> None:
            self.said.emit(f"{wording.count(count, 'picture')} deleted for good")
            self._freshen()

        # At once: a deletion that is undone while the bin is emptied would bring nothing back.
        self.changes.forget_deletions()
        self._background.run(lambda: history.empty_bin(days=0.0), done, self.said.emit)

    def export(self, folder: Path) -> None:
        """Copies of all that is selected, recipes and all; nothing in the folder is replaced."""
        find = self.chosen_paths()

        def copy() -> int:
            from core.history.export import export_copies

            return len(export_copies(find(), folder))

        def done(count: int) -> None:
            self.said.emit(f"{wording.count(count, 'picture')} copied to {folder}")

        self._background.run(copy, done, self.said.emit)

    def chosen_paths(self) -> Callable[[], list[Path]]:
        """What finds the files of all that is selected now, in its order; to be called in the background."""
        numbers, finder = self._numbers(), self._bridge.engine.history.finder
        return lambda: [row.path for row in finder.rows(numbers)]

    def with_current(self, deed: Callable[[Artifact], object]) -> None:
        """Call `deed` with the picture that the side panel follows, read anew."""
        number = self._number_at(self._current)
        if number < 0 or not self._bridge.is_open:
            return
        history = self._bridge.engine.history

        def read() -> Artifact | None:
            rows = history.finder.rows([number])
            return history.get(rows[0].id) if rows else None

        self._background.run(read, lambda artifact: artifact and deed(artifact), self.said.emit)

    def show_verdict(self, artifact_id: str, verdict: str) -> None:
        """What making a picture again has shown."""
        if self.current is not None and self.current.id == artifact_id:
            self.detail.update(verdict=verdict)

    def _change(self, work: Callable[[HistoryStore, Ids], object], done: Callable[[Ids], object]) -> None:
        """Have the store change what is selected, then read the list again."""
        numbers, history = self._numbers(), self._bridge.engine.history if self._bridge.is_open else None
        if not numbers or history is None:
            return

        def run() -> Ids:
            ids = tuple(row.id for row in history.finder.rows(numbers))
            work(history, ids)
            return ids

        def then(ids: Ids) -> None:
            done(ids)
            self._freshen()

        self._background.run(run, then, self.said.emit)

    def _do(self, work: Callable[[HistoryStore, Ids], Change]) -> None:
        """Have what is selected changed with a way back."""
        numbers = self._numbers()
        if numbers:
            self.changes.do(lambda history: work(history, tuple(row.id for row in history.finder.rows(numbers))))

    def _want(self, change: Change) -> None:
        """The first of what came back is selected."""
        self._wanted_id = change.ids[0]

    def _take_change(self) -> None:
        self._freshen()
        self.recounted.emit()

    def _freshen(self) -> None:
        """What is listed may be out of date."""
        if self._shown:
            self.look()

    def _happen(self, event: Event) -> None:
        if isinstance(event, Produced) and self._shown and not self._news.isActive():
            self._news.start(NEWS_MS)

    def _take(self, filters: Filters, choices: int, found: Found) -> None:
        """choices: how often something had been selected when the look began, −1 where that is not to matter."""
        self._looking = False
        if self._again or filters != self.filters or choices not in (-1, self._choices):
            self.look()
            return
        before, self._wanted_id = self._places[0] if self._places else 0, ""
        self.grid.set_numbers(found.numbers)
        self.grid.forget_rows()
        self.grid.take_rows(found.near)
        self.model.update(listed=filters, found=len(found.numbers), total=found.total, problem="")
        self._read_models()
        place = found.place if found.place >= 0 else min(before, len(found.numbers) - 1)
        self._detail_of = -1
        self.choose(found.chosen or [place] if place >= 0 else [], place)
        self.listed.emit(self._places, place)

    def _refuse(self, sentence: str) -> None:
        self._looking = False
        self.model.update(found=0, problem=sentence)

    def _read_models(self) -> None:
        """What the filter by model offers; no picture waits for it."""
        finder = self._bridge.engine.history.finder
        self._background.run(finder.models, lambda models: self.model.update(models=models), self.said.emit)

    def _number_at(self, place: int) -> int:
        return self.grid.number(place) if 0 <= place < self.grid.rowCount() else -1

    def _numbers(self) -> list[int]:
        return [self.grid.number(place) for place in self._places if place < self.grid.rowCount()]

    def _read_rows(self, numbers: list[int]) -> None:
        if not self._bridge.is_open:
            return
        finder = self._bridge.engine.history.finder
        self._background.run(lambda: finder.rows(numbers), self.grid.take_rows, self._miss_rows)

    def _miss_rows(self, sentence: str) -> None:
        self.grid.give_up()
        self.said.emit(sentence)

    def _read_detail(self) -> None:
        # A timer may outlast the window.
        if not self._bridge.is_open:
            return
        number = self._number_at(self._current)
        if number == self._detail_of and number >= 0:
            return
        self._detail_of = number
        if number < 0:
            self._show_none("")
            return
        history = self._bridge.engine.history
        self._background.run(
            lambda: read_detail(history, number),
            lambda detail: self._show_detail(number, detail),
            lambda sentence: self._show_none(sentence, number),
        )

    def _show_detail(self, number: int, detail: Detail | None) -> None:
        if detail is None:
            self._show_none("This picture is gone.", number)
        elif number == self._detail_of:
            same = self.current is not None and self.current.id == detail.artifact.id
            verdict = self.detail.inputs.verdict if same else ""
            self.detail.update(artifact=detail.artifact, row=detail.row, kin=detail.kin, verdict=verdict, problem="")
            self.pictured.emit(detail.image)

    def _show_none(self, problem: str, number: int = -1) -> None:
        if number in (-1, self._detail_of):
            self.detail.update(artifact=None, row=None, kin=(), verdict="", problem=problem)
            self.pictured.emit(QImage())
