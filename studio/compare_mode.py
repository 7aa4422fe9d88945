"""The Compare mode put together: its pages, the race, and what the race's actions do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from studio.actions import Actions
from studio.background import Background
from studio.bridge import Bridge
from studio.compare_pages import PAGES, PageCard
from studio.preferences import Preferences
from studio.session import Session
from studio.settings import Settings
from studio.theme import Theme
from studio.theme.tokens import SAMPLER_SERIES

if TYPE_CHECKING:
    from studio.panels.compare import ComparePage
    from studio.panels.compare_stack import CompareStack
    from studio.race import Race

MODE = "compare"
LANES = range(6)
KEYS_OF_REMEDIES = ("remedy_2", "remedy_3")
"""Elsewhere the keys 2 and 3 take a failed run's remedies."""


class CompareMode:
    """show_mode(name): goes to a mode of the window. grid_asked: the job that the grid's page is to show when it comes.

    Pages and race are made when one of them is first asked for: the window opens sooner without them. What is given
    is there for the makers of `compare_pages.PAGES`.
    """

    def __init__(
        self,
        theme: Theme,
        bridge: Bridge,
        background: Background,
        settings: Settings,
        preferences: Preferences,
        session: Session,
        actions: Actions,
        show_mode: Callable[[str], object],
    ) -> None:
        self.theme, self.bridge, self.background, self.settings = theme, bridge, background, settings
        self.preferences, self.session, self.actions, self.show_mode = preferences, session, actions, show_mode
        self._pages: CompareStack | None = None
        self._page: ComparePage | None = None
        self._race: Race | None = None
        self.grid_asked = ""

    def attend(self) -> None:
        """Listen to the actions and to races; before the engine opens."""
        for name, deed in self._deeds().items():
            self.actions.connect(name, deed, MODE)
            # Whatever Create says of its own steps and pictures.
            self.actions.enable(name, True, MODE)
        self.actions.connect("compare", self._send)
        self.actions.connect("open_race", self._open_race)
        for name in ("schedules", "use_grid", "import_grid"):
            self.actions.connect(name, partial(self._go_to_schedules, again=name if name == "import_grid" else ""))
        self.session.race_wanted.connect(self._show_race)
        self.session.grid_wanted.connect(self._show_grid)

    def _deeds(self) -> dict[str, Callable[[], object]]:
        """By action; in this mode alone."""
        sides = {f"side_{side}_{lane + 1}": partial(self._choose, side, lane) for side in "ab" for lane in LANES}
        for lane, name in enumerate(KEYS_OF_REMEDIES, 2):
            sides[name] = sides.pop(f"side_a_{lane}")
        return {
            **sides,
            "generate": lambda: self.race.run(),
            "resume_run": lambda: self.race.resume(),
            "new_seed": lambda: self.race.new_seed(),
            "model": lambda: self.page.bar.choose_model(),
            "add_lane": lambda: self.race.add_lane(),
            "add_lane_as_create": lambda: self.race.add_from_create(),
            "remove_lane": lambda: self.race.remove_lane(self.race.model.view.b),
            "swap_sides": lambda: self.race.swap(),
            "keep_side": lambda: self.race.keep_lane(self.race.model.view.b),
            "look": lambda: self.race.next_look(),
            "step_back": lambda: self.race.move_scrub(-1),
            "step_on": lambda: self.race.move_scrub(1),
            "step_first": lambda: self.race.first(),
            "step_last": lambda: self.race.scrub_to(None),
            "play": lambda: self.race.play(),
            "export": lambda: self.page.export_sheet(),
            "open_settings": lambda: self.page.open_race(),
            "export_numbers": lambda: self.page.export_numbers(),
            "right_panel": lambda: self.page.toggle_closer(),
            "table": lambda: self.page.show_table(),
        }

    @property
    def race(self) -> Race:
        return self._race or self._make_race()

    @property
    def pages(self) -> CompareStack:
        """All of the mode."""
        return self._pages or self._make_pages()

    @property
    def page(self) -> ComparePage:
        """The race's."""
        return self._page or self._make_page()

    def enter(self) -> None:
        """The mode comes on show."""
        self.pages.enter()

    def enter_race(self) -> None:
        """The race's page comes on show."""
        self.race.enter()
        self.page.setFocus()

    def show_page(self, name: str) -> None:
        """Go to the mode, and to one of its pages."""
        self.pages.turn_to(name)
        self.show_mode(MODE)

    def _make_pages(self) -> CompareStack:
        from studio.panels.compare_stack import CompareStack

        self._pages = CompareStack(self.settings, PAGES, lambda card: card.make(self))
        self._pages.shown.connect(self._tell)
        return self._pages

    def _tell(self, card: PageCard) -> None:
        self.actions.set_mode(card.mode)
        self.session.status.update(mode=card.mode)

    def _make_race(self) -> Race:
        from studio.race import Race

        self._race = Race(
            self.bridge,
            self.background,
            self.settings,
            self.session,
            lambda: self.preferences["work/device"],
            SAMPLER_SERIES,
        )
        self._race.said.connect(self.session.said)
        return self._race

    def _make_page(self) -> ComparePage:
        from studio.panels.compare import ComparePage

        race = self.race
        self._page = ComparePage(self.theme, race, self.settings, self.actions)
        self._page.opened.connect(self._open_in_create)
        return self._page

    def _choose(self, side: str, lane: int) -> None:
        self.race.choose(side, lane)

    def _go_to_schedules(self, again: str) -> None:
        """again: an action that the page itself is to carry out."""
        self.show_page("schedules")
        if again:
            self.actions[again].trigger()

    def _send(self) -> None:
        self.race.send_from_create()
        self.show_page("race")

    def _open_race(self) -> None:
        self.show_page("race")
        self.page.open_race()

    def _show_race(self, job_id: str) -> None:
        self.show_page("race")
        if job_id != self.race.job.id:
            self.race.open_file(self.bridge.engine.home.races / f"{job_id}.json")

    def _show_grid(self, job_id: str) -> None:
        self.grid_asked = job_id
        self.show_page("grid")

    def _open_in_create(self, lane: int) -> None:
        self.race.open_in_create(lane)
        self.show_mode("create")
