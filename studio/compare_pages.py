"""The pages of the Compare mode: a table from which each is made when it is first opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from studio.compare_mode import CompareMode


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was made. bar: its own part of the mode's bar. enter: called each time that it comes on show."""

    bar: QWidget
    body: QWidget
    enter: Callable[[], object]


@dataclass(frozen=True, slots=True)
class PageCard:
    """What is known of a page before it is made.

    name: kept in the settings. title: on the bar's control. make: imports what it needs when it is called. Actions
    that act on this page alone are connected for `mode`.
    """

    name: str
    title: str
    make: Callable[[CompareMode], Page]

    @property
    def mode(self) -> str:
        """What the actions and the status bar know the page as."""
        return "compare" if self.name == "race" else f"compare/{self.name}"


def _race(mode: CompareMode) -> Page:
    return Page(mode.page.bar, mode.page, mode.enter_race)


def _grid(mode: CompareMode) -> Page:
    from studio.sweep_mode import grid_page

    return grid_page(mode)


def _schedules(mode: CompareMode) -> Page:
    from studio.microscope_mode import make_schedules

    return make_schedules(mode)


PAGES: tuple[PageCard, ...] = (
    PageCard("race", "Race", _race),
    PageCard("grid", "Grid", _grid),
    PageCard("schedules", "Schedules", _schedules),
)
"""In the order of the control; one line a page."""
