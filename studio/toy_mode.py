"""The 2D mode put together: its page, and what its actions do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from studio.actions import Actions
from studio.background import Background
from studio.bridge import Bridge
from studio.session import Session
from studio.settings import Settings
from studio.theme import Theme
from studio.theme.tokens import SAMPLER_SERIES
from studio.toy_bench import ToyBench

if TYPE_CHECKING:
    from studio.compare_mode import CompareMode
    from studio.panels.compare_plane import PlaneDrawer
    from studio.panels.toy_view import ToyPage
    from studio.twin import Twin

MODE, RACE = "plane", "compare"


class ToyMode:
    """show_mode(name): goes to a mode of the window. compare: the mode whose lanes can be seen here.

    Page and twin are made when one of them is first asked for; until then nothing is worked out."""

    def __init__(
        self,
        theme: Theme,
        bridge: Bridge,
        background: Background,
        settings: Settings,
        session: Session,
        actions: Actions,
        home: Path,
        show_mode: Callable[[str], object],
        compare: Callable[[], CompareMode],
    ) -> None:
        self._theme, self._bridge, self._background, self._settings = theme, bridge, background, settings
        self._session, self._actions, self._folder = session, actions, home / "toy"
        self._show_mode, self._compare = show_mode, compare
        self.bench = ToyBench()
        self._twin: Twin | None = None
        self._page: ToyPage | None = None
        self._drawer: PlaneDrawer | None = None

    def attend(self) -> None:
        """Listen to the actions; before the engine opens."""
        for name, deed in self._deeds().items():
            self._actions.connect(name, deed, MODE)
            # Whatever Create says of its own steps and pictures.
            self._actions.enable(name, True, MODE)
        self._actions.connect("in_plane", self.toggle_drawer, RACE)
        self._bridge.opened.connect(self._open)
        self._session.training_wanted.connect(lambda: self._show_mode(MODE))

    def _deeds(self) -> dict[str, Callable[[], object]]:
        """By action; in this mode alone."""
        return {
            "step_back": lambda: self.page.step(-1),
            "step_on": lambda: self.page.step(1),
            "step_first": lambda: self.page.step(-1000),
            "step_last": lambda: self.page.step(1000),
            "play": lambda: self.page.play(),
            "generate": lambda: self.twin.train(),
            "cancel": lambda: self.twin.lessons.stop(),
            "draw": lambda: self.page.toggle_drawing(),
            "table": self._show_table,
        }

    @property
    def twin(self) -> Twin:
        if self._twin is None:
            from studio.twin import Twin

            self._twin = Twin(self._bridge, self._session, self.bench, self._folder, SAMPLER_SERIES)
        return self._twin

    @property
    def page(self) -> ToyPage:
        if self._page is None:
            from studio.panels.toy_view import ToyPage

            self._page = ToyPage(self._theme, self.twin, self._settings, self._actions)
            self._open()
        return self._page

    @property
    def drawer(self) -> PlaneDrawer:
        """A race's lanes in the plane; made when first asked for."""
        if self._drawer is None:
            from studio.panels.compare_plane import PlaneDrawer
            from studio.race_plane import RacePlane

            session = self._session
            beside = RacePlane(
                self._compare().race, self.bench, lambda: session.desk.cards, lambda: self.twin.model.inputs.strokes
            )
            self._drawer = PlaneDrawer(self._theme, beside)
            self._drawer.hide()
            self._drawer.closed.connect(self.toggle_drawer)
            self._compare().pages.made.emit(self._drawer)
        return self._drawer

    def enter(self) -> None:
        """The mode comes on show."""
        self.page.layouts.button(max(self.page.layouts.current(), 0)).setFocus()
        self.twin.open()

    def toggle_drawer(self) -> None:
        """A race's lanes in the plane beside it, or away."""
        page, drawer = self._compare().page, self.drawer
        page.show_beside(drawer if drawer.isHidden() else None)
        (drawer.shapes if drawer.isVisible() else page).setFocus()

    def close(self) -> None:
        """Wait for what is being worked out; what only waits is left."""
        self.bench.close()

    def _open(self) -> None:
        if self._page is not None:
            self.twin.open()

    def _show_table(self) -> None:
        from studio.panels.figure_sheet import FigureSheet
        from studio.table_saving import ask_and_save
        from studio.viewmodels.toy_errors import table_of

        say = self._session.said.emit
        window = self.page.window()
        shown = table_of(self.twin.model.inputs)
        sheet = FigureSheet(window, self._theme, "The plane as a table", shown, "plane.csv")
        sheet.said.connect(say)
        sheet.save_wanted.connect(lambda table: ask_and_save(window, self._background, table, say))
        sheet.open_in_middle(70)
