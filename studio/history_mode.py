"""The History mode put together: its page, what its actions do, and what the rest of the window hears of it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from core.jobs.event import TERMINAL, Cancelled, Compared, Event, Failed
from studio.actions import Actions
from studio.background import Background
from studio.bridge import Bridge
from studio.session import Session
from studio.settings import Settings
from studio.theme import Theme
from studio.viewmodels.run import OPEN, Run

if TYPE_CHECKING:
    from core.artifacts.artifact import Artifact
    from studio.archive import Archive
    from studio.exporting import Exporting
    from studio.panels.history_view import HistoryPage

MODE = "history"
MODULES = (
    *("core.history.query", "core.history.project", "studio.gallery", "studio.thumbnail_loader"),
    *("studio.viewmodels.archive", "studio.viewmodels.archive_grid", "studio.viewmodels.detail"),
    *("studio.archive_reading", "studio.archive_changes", "studio.archive"),
    *("studio.widgets.picture_grid", "studio.widgets.choice_chip", "studio.widgets.track", "studio.panels.history_bar"),
    *("studio.widgets.fact_list", "studio.widgets.kin_button", "studio.widgets.lineage_tree"),
    *("studio.widgets.section", "studio.panels.history_detail"),
    *("studio.widgets.confirm", "studio.widgets.file_dialog", "studio.widgets.toast", "studio.panels.history_view"),
)
"""What page and archive come from, each after those that it imports, so that each import takes but a moment."""


class HistoryMode:
    """show_mode(name): goes to a mode of the window.

    Page and archive are made when one of them is first asked for, if not ahead of that, by `steps`: the window opens
    sooner without them.
    """

    def __init__(
        self,
        theme: Theme,
        bridge: Bridge,
        background: Background,
        settings: Settings,
        session: Session,
        actions: Actions,
        show_mode: Callable[[str], object],
        exporting: Callable[[], Exporting],
    ) -> None:
        self._session, self._bridge, self._show_mode = session, bridge, show_mode
        self._theme, self._background, self._settings, self._actions = theme, background, settings, actions
        self._repeating: dict[str, Artifact] = {}
        self._page: HistoryPage | None = None
        self._parent: QWidget | None = None
        self._hurried = False
        self._steps = self._making()
        for name, deed in {
            "open_in_create": lambda: self.page.open_chosen(),
            "reuse": lambda: self.page.take_up_chosen(),
            "make_again": lambda: self.page.repeat_chosen(),
            "favourite": lambda: self.archive.toggle_favourite(),
            "export": lambda: self.page.export(),
            "export_clear": lambda: exporting().ask_for_folder(self.archive.chosen_paths()),
            "copy_picture": lambda: self.archive.with_current(lambda artifact: exporting().copy(artifact.path)),
            "enlarge": lambda: self.archive.with_current(
                lambda artifact: exporting().ask_to_enlarge(artifact.path, has_clear=True)
            ),
            "sheet": lambda: exporting().ask_for_sheet(self.archive.chosen_paths()),
            "move_to_project": lambda: self.page.move_chosen(),
            "delete": lambda: self.archive.delete(),
            "restore": lambda: self.archive.restore(),
            "purge": lambda: self.page.purge(),
        }.items():
            actions.connect(name, deed, MODE)
            actions.enable(name, False, MODE)
        # Settings of Create are not seen here, and are not changed from here.
        actions.connect("undo", lambda: self.archive.changes.undo(), MODE)
        actions.connect("redo", lambda: self.archive.changes.redo(), MODE)
        actions.connect("find", lambda: self._go(lambda: self.page.find()))
        actions.connect("bin", lambda: self._go(lambda: self.page.toggle_bin()))
        bridge.happened.connect(self._happen)
        session.runs.learnt.connect(self._take_over)

    @property
    def page(self) -> HistoryPage:
        return self._page or self._make()

    @property
    def archive(self) -> Archive:
        return self.page.archive

    def page_on(self, parent: QWidget) -> HistoryPage:
        """The page, to be put on `parent`, where it is made if it is still to be made."""
        self._parent = parent
        return self.page

    def steps(self, parent: QWidget) -> Iterator[None]:
        """Make page and archive, a part at each step. parent: what the page will be put on."""
        self._parent = parent
        return self._steps

    def warm(self) -> Iterator[None]:
        """Have at hand what the page will ask for as it comes on show for the first time, a part at each step."""
        self.archive.warm()
        yield

    def _make(self) -> HistoryPage:
        self._hurried = True
        for _ in self._steps:
            pass
        assert self._page is not None
        return self._page

    def _making(self) -> Generator[None]:
        for name in MODULES:
            import_module(name)
            yield
        from studio.archive import Archive
        from studio.panels.history_view import HistoryPage

        archive = Archive(self._bridge, self._background, self._session.projects)
        if self._hurried:
            archive.look_ahead()
        yield
        page = HistoryPage(self._theme, archive, self._settings, self._actions, self._parent)
        yield
        yield from page.filling()
        self._page = page
        page.wanted.connect(self._open)
        page.taken_up.connect(self._take_up)
        page.repeated.connect(self._repeat)
        page.left.connect(lambda: self._show_mode("create"))
        archive.model.watch("binned", lambda _: self._hint())
        archive.liked.connect(self._like)
        archive.recounted.connect(self._session.gallery.read_again)
        archive.recounted.connect(self._session.projects.read)
        yield

    @property
    def is_shown(self) -> bool:
        """Whether one is in this mode."""
        return self._page is not None and self._page.isVisible()

    def enter(self) -> None:
        """The mode comes on show."""
        self.page.grid.setFocus()
        self._hint()

    def _hint(self) -> None:
        if self.page.isVisible():
            self._session.status.update(mode="bin" if self.archive.filters.binned else MODE)

    def _go(self, deed: Callable[[], object]) -> None:
        self._show_mode(MODE)
        deed()

    def _open(self, artifact: Artifact) -> None:
        self._session.open_artifact(artifact)
        self._show_mode("create")

    def _take_up(self, artifact: Artifact) -> None:
        self._session.desk.take_up(artifact.recipe.asked())
        self._show_mode("create")
        self._session.said.emit("Settings of this picture taken up, seed locked")

    def _repeat(self, artifact: Artifact) -> None:
        """Its steps are seen in Create; the side panel says here how it compares."""
        self._repeating[self._session.runs.repeat(artifact)] = artifact
        self.archive.show_verdict(artifact.id, "Being made again…")

    def _take_over(self, run: Run, artifact: Artifact) -> None:
        """An earlier session began to make this picture again."""
        if run.phase in OPEN:
            self._repeating[run.job_id] = artifact

    def _happen(self, event: Event) -> None:
        """The verdict, or why there is none."""
        artifact = self._repeating.get(event.job_id)
        if artifact is None:
            return
        if isinstance(event, Compared):
            self._tell(artifact.id, event.sentence[:1].upper() + event.sentence[1:])
        elif isinstance(event, Failed):
            self._tell(artifact.id, f"Could not be made again: {event.sentence}")
        elif isinstance(event, Cancelled):
            self._tell(artifact.id, "Making it again was cancelled")
        if isinstance(event, TERMINAL):
            del self._repeating[event.job_id]
            run = self._session.stage.run
            if run is not None and run.job_id == event.job_id:
                # What was made to compare is kept nowhere; the picture itself and its steps are.
                self._session.open_artifact(artifact)

    def _tell(self, artifact_id: str, verdict: str) -> None:
        self.archive.show_verdict(artifact_id, verdict)
        if not self.page.isVisible():
            self._session.said.emit(verdict)

    def _like(self, artifact_ids: tuple[str, ...], favourite: bool) -> None:
        session = self._session
        session.gallery.take_likes(artifact_ids, favourite)
        on_show = session.gallery.current
        if on_show is not None and on_show.id in artifact_ids:
            session.stage.canvas.update(favourite=favourite)
