"""The Grid page put together: its view model, its widgets, and what its actions do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from studio.compare_pages import Page
from studio.panels.sweep import SweepPage
from studio.sweep import Sweep

if TYPE_CHECKING:
    from studio.compare_mode import CompareMode

MODE = "compare/grid"


def grid_page(mode: CompareMode) -> Page:
    """Made when the page is first opened."""
    sweep = Sweep(mode.bridge, mode.background, mode.settings, mode.session, lambda: mode.preferences["work/device"])
    sweep.said.connect(mode.session.said)
    page = SweepPage(mode.theme, sweep, mode.actions)
    # It ends with what shows it.
    sweep.setParent(page)

    def open_in_create() -> None:
        artifact = sweep.open_cell()
        mode.show_mode("create")
        if artifact is not None:
            mode.session.open_artifact(artifact)

    page.opened.connect(open_in_create)
    for name, deed in _deeds(sweep, page, open_in_create).items():
        mode.actions.connect(name, deed, MODE)
        # Whatever Create says of its own steps and pictures.
        mode.actions.enable(name, True, MODE)

    def enter() -> None:
        asked, mode.grid_asked = mode.grid_asked, ""
        if asked:
            sweep.open_job(asked)
        sweep.enter()
        page.cells.setFocus()

    return Page(page.bar, page, enter)


def _deeds(sweep: Sweep, page: SweepPage, open_in_create: Callable[[], object]) -> dict[str, Callable[[], object]]:
    """By action; on this page alone."""
    return {
        "generate": sweep.run,
        "resume_run": sweep.resume,
        "open_in_create": open_in_create,
        "step_back": lambda: sweep.turn(-1),
        "step_on": lambda: sweep.turn(1),
        "step_first": lambda: sweep.turn(-1000),
        "step_last": lambda: sweep.turn(1000),
        "zoom_in": lambda: sweep.zoom(1),
        "zoom_out": lambda: sweep.zoom(-1),
        "export": page.export_sheet,
        "export_numbers": page.export_numbers,
    }
