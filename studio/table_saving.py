"""A plot's table saved as a file, which the user names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from core.artifacts.atomic import write_text
from core.errors import NoisetteError
from studio.background import Background
from studio.viewmodels import wording
from studio.viewmodels.plot_table import TableFile
from studio.widgets.file_dialog import CSV, ask_where_to_save


class TableError(NoisetteError):
    """A table can't be saved."""


def ask_and_save(window: QWidget, background: Background, table: TableFile, say: Callable[[str], object]) -> None:
    """Ask for a file, write it in the background, and say what came of it."""

    def chosen(path: Path) -> None:
        saved = f"{wording.count(table.rows, 'row')} saved in {path}"
        background.run(lambda: write(path, table.text), lambda _: say(saved), say)

    ask_where_to_save(window, "Save as CSV", table.name, chosen, CSV)


def write(path: Path, text: str) -> None:
    """Wholly or not at all, as UTF-8. It blocks: not for a GUI thread. Raises TableError where that can't be done."""
    try:
        write_text(path, text, durable=False)
    except OSError as error:
        raise TableError(f"{path} can't be written ({error.strerror}); choose another folder") from error
