"""What each action of the window does, by its name in `actions`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from studio.panels.mode_rail import MODES

if TYPE_CHECKING:
    from studio.main_window import MainWindow

WEIGHT_STEP = 0.1


def deeds_of(window: MainWindow) -> dict[str, Callable[[], object]]:
    """Those of any mode; what belongs to one alone (a project's, the history's) is connected where that is made."""
    return {
        **_of_the_run(window),
        **_of_the_settings(window),
        **_of_the_canvas(window),
        **_of_the_window(window),
        **{f"mode_{mode}": lambda index=index: window.show_mode(index) for index, (mode, _, _) in enumerate(MODES)},
    }


def _of_the_run(window: MainWindow) -> dict[str, Callable[[], object]]:
    session = window.session
    return {
        "generate": session.generate,
        "live": lambda: session.live.set_on(not session.live.on),
        "cancel": lambda: window.tips.hide() or session.runs.cancel(),
        "pause": lambda: session.set_paused(not session.runs.queue.view.paused),
        "branch": session.branch,
        "restart": session.restart,
        "resume_run": session.resume_run,
        "variations": session.variations.around,
        "variations_nearer": lambda: session.variations.around(0.5),
        "variations_wider": lambda: session.variations.around(2.0),
        "favourite": session.toggle_favourite,
        "plan": lambda: session.plan.toggle(),
        "reuse": session.reuse,
        "export": window.sheets.ask_for_export,
        "export_clear": lambda: window.sheets.ask_for_export(clear=True),
        "copy_picture": window.sheets.copy_picture,
        "enlarge": window.sheets.ask_to_enlarge,
        "sheet": window.sheets.ask_for_sheet,
        "retry": lambda: session.take_remedy(0),
        "remedy_2": lambda: session.take_remedy(1),
        "remedy_3": lambda: session.take_remedy(2),
    }


def _of_the_settings(window: MainWindow) -> dict[str, Callable[[], object]]:
    session, prompt = window.session, window.create_page.prompt
    return {
        "new_seed": session.desk.new_seed,
        "lock_seed": lambda: session.desk.change(seed_locked=not session.desk.draft.seed_locked),
        "guidance": window.focus_guidance,
        "model": window.sheets.models,
        "style": session.desk.next_style,
        "prompt": lambda: window.focus_on(prompt.editor, "left"),
        "weight_up": lambda: prompt.change_weight(WEIGHT_STEP),
        "weight_down": lambda: prompt.change_weight(-WEIGHT_STEP),
        "undo": session.desk.undo,
        "redo": session.desk.redo,
        "open_settings": window.sheets.ask_for_settings,
        "paste_settings": lambda: window.restorer.read_mime(QGuiApplication.clipboard().mimeData()),
    }


def _of_the_canvas(window: MainWindow) -> dict[str, Callable[[], object]]:
    stage, create, canvas = window.session.stage, window.create_page, window.create_page.canvas
    return {
        "step_back": lambda: stage.move_step(-1),
        "step_on": lambda: stage.move_step(1),
        "step_first": stage.first_step,
        "step_last": lambda: stage.set_step(None),
        "play": stage.play,
        "look": stage.next_look,
        "pin": stage.pin,
        "fit": canvas.view.fit,
        "real_size": canvas.view.real_size,
        "smooth": lambda: canvas.set_smooth(not canvas.view.smooth),
        "zoom_in": lambda: canvas.view.zoom_by(1),
        "zoom_out": lambda: canvas.view.zoom_by(-1),
        "pixel_grid": lambda: canvas.set_grid(not canvas.view.grid),
        "clear_ground": lambda: canvas.set_clear(not canvas.view.shows_clear),
        "table": window.sheets.table,
        "tear_off": create.torn_canvas.toggle,
        "tear_off_steps": create.torn_steps.toggle,
        "tear_off_plot": create.torn_plot.toggle,
    }


def _of_the_window(window: MainWindow) -> dict[str, Callable[[], object]]:
    create = window.create_page
    return {
        "tip": window.explain,
        "next_region": lambda: window.regions.go(QApplication.focusWidget(), 1),
        "last_region": lambda: window.regions.go(QApplication.focusWidget(), -1),
        "queue": window.sheets.queue,
        "left_panel": lambda: create.toggle_panel("left"),
        "right_panel": lambda: create.toggle_panel("right"),
        "all_panels": create.toggle_all,
        "theme": window.house.toggle_theme,
        "settings": window.settings_mode.show,
        "palette": window.sheets.palette,
        "shortcuts": window.sheets.shortcuts,
        "quit": window.close,
    }
