"""The Schedules page of Compare put together: its widgets, and what the actions do while it is on show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from studio.compare_pages import Page
from studio.microscope import Microscope
from studio.panels.microscope import MicroscopePage
from studio.table_saving import ask_and_save

if TYPE_CHECKING:
    from studio.compare_mode import CompareMode

MODE = "compare/schedules"


def make_schedules(mode: CompareMode) -> Page:
    """The page, made when it is first opened."""

    def home() -> Path | None:
        return mode.bridge.engine.home.root if mode.bridge.is_open else None

    microscope = Microscope(mode.background, mode.settings, mode.session.desk, home)
    page = MicroscopePage(mode.theme, microscope, mode.settings, mode.actions)
    page.used.connect(lambda: mode.show_mode("create"))
    microscope.said.connect(mode.session.said)
    microscope.table_wanted.connect(
        lambda table: ask_and_save(page.window(), mode.background, table, mode.session.said.emit)
    )
    deeds = {
        "draw": page.draw,
        "import_grid": page.ask_for_list,
        "open_settings": page.ask_for_list,
        "paste_settings": page.paste,
        "export": page.export,
        "use_grid": page.use,
        "table": page.show_table,
        "look": microscope.next_quantity,
        "step_back": lambda: microscope.move_along(-1),
        "step_on": lambda: microscope.move_along(1),
        "step_first": lambda: microscope.move_along(-10_000),
        "step_last": lambda: microscope.move_along(10_000),
    }
    for name, deed in deeds.items():
        mode.actions.connect(name, deed, MODE)
        mode.actions.enable(name, True, MODE)
    return Page(page.bar, page, page.enter)
