"""The sheets and file dialogs that actions open over the window. Each is imported as it is first opened."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from studio.background import Background
from studio.settings import Settings

if TYPE_CHECKING:
    from studio.exporting import Exporting
    from studio.main_window import MainWindow
    from studio.project_actions import Offers
    from studio.viewmodels.draft import Draft
    from studio.viewmodels.imported import ImportView
    from studio.viewmodels.plot_table import TableFile

TABLE_TOP, PALETTE_TOP, SHORTCUTS_TOP, IMPORT_TOP = 70, 52, 90, 70
GUIDANCE_WIDTH = 860
"""Where a sheet in the middle begins, pixels from the window's top."""


class Sheets(QObject):
    """Opens them over one window."""

    def __init__(self, window: MainWindow, background: Background, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._background, self._settings = window, background, settings

    def models(self) -> None:
        from studio.panels.model_picker import ModelPicker

        window = self._window
        ModelPicker(window, window.theme, window.session).open_beside(window.create_page.prompt.model)

    def queue(self) -> None:
        from studio.panels.queue import QueueSheet

        window = self._window
        button = window.top.queue_button
        sheet = QueueSheet(window, window.theme, window.session)
        sheet.destroyed.connect(button.set_closed)
        button.set_open(True)
        sheet.open_under(button)

    def table(self) -> None:
        """The figures of the plot that has the focus, else of the first."""
        from studio.panels.table_sheet import TableSheet

        window = self._window
        trajectory = window.create_page.trajectory
        if trajectory.shows_guidance and trajectory.holds_focus():
            from studio.panels.figure_sheet import FigureSheet
            from studio.viewmodels.dissection import dissection_table

            title, shown = "Guidance of each step as a table", dissection_table(window.session.dissection.model.inputs)
            figures = FigureSheet(window, window.theme, title, shown, "guidance.csv", width=GUIDANCE_WIDTH)
            figures.said.connect(window.session.said)
            figures.save_wanted.connect(self.save_table)
            figures.open_in_middle(TABLE_TOP)
            return
        plot = window.create_page.plot_of(QApplication.focusWidget())
        sheet = TableSheet(window, window.theme, window.session, plot)
        sheet.said.connect(window.session.said)
        sheet.save_wanted.connect(self.save_table)
        sheet.open_in_middle(TABLE_TOP)

    def save_table(self, table: TableFile) -> None:
        from studio.table_saving import ask_and_save

        ask_and_save(self._window, self._background, table, self._window.session.said.emit)

    def palette(self) -> None:
        from studio.panels.command_palette import CommandPalette

        CommandPalette(self._window, self._window.theme, self._window.finder).open_in_middle(PALETTE_TOP)

    def shortcuts(self) -> None:
        from studio.panels.shortcuts import ShortcutSheet

        sheet = ShortcutSheet(self._window, self._window.theme, self._window.actions_)
        sheet.change_wanted.connect(self._window.settings_mode.show_shortcuts)
        sheet.open_in_middle(SHORTCUTS_TOP)

    def restored(self, view: ImportView, before: Draft) -> None:
        """What was taken up of a picture: a sheet where something is missing or means something else, else a line."""
        window = self._window
        window.show_mode(0)
        if view.whole:
            window.session.said.emit("All settings of this picture taken up, seed locked")
            return
        from studio.panels.import_sheet import ImportSheet

        sheet = ImportSheet(window, window.theme, view, lambda: window.restorer.back_to(before))
        sheet.open_in_middle(IMPORT_TOP)

    def ask_for_settings(self) -> None:
        from studio.widgets.file_dialog import ask_for_picture

        ask_for_picture(self._window, "Open a picture's settings", self._window.restorer.read_file)

    @cached_property
    def exporting(self) -> Exporting:
        """Writes pictures out; made when first asked for."""
        from studio.exporting import Exporting

        made = Exporting(self._window, self._background, self._settings)
        made.said.connect(self._tell)
        made.offered.connect(lambda *told: self._page().offer(*told))
        return made

    def close(self) -> None:
        """Stop what is being written out."""
        if "exporting" in vars(self):
            self.exporting.close()

    def _page(self) -> Offers:
        """The page whose toast is seen."""
        window = self._window
        return window.history.page if window.history.is_shown else window.create_page

    def _tell(self, sentence: str) -> None:
        window = self._window
        (window.history.archive if window.history.is_shown else window.session).said.emit(sentence)

    def ask_for_export(self, *, clear: bool = False) -> None:
        """clear: offer it without its ground first."""
        session = self._window.session
        if session.gallery.current is not None:
            has_clear = session.stage.canvas.view.has_clear
            self.exporting.ask_to_save(session.gallery.current.path, has_clear=has_clear, clear=clear)

    def ask_to_enlarge(self) -> None:
        session = self._window.session
        if session.gallery.current is not None:
            has_clear = session.stage.canvas.view.has_clear
            self.exporting.ask_to_enlarge(session.gallery.current.path, has_clear=has_clear)

    def copy_picture(self) -> None:
        artifact = self._window.session.gallery.current
        if artifact is not None:
            self.exporting.copy(artifact.path)

    def ask_for_sheet(self) -> None:
        """Of the finished pictures of the job on show."""
        session = self._window.session
        run = session.stage.run
        if run is None or len(run.produced) < 2:
            session.said.emit("A sheet holds at least 2 pictures; make a batch of 4 or 16, or select some in History")
            return
        history, job = self._window.bridge.engine.history, run.job_id
        self.exporting.ask_for_sheet(lambda: [made.path for made in history.of_job(job)])
