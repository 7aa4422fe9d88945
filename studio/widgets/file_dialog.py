"""Asking for a file or a folder without holding up the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

PICTURES = "Pictures (*.png *.jpg *.jpeg *.webp)"
PNG, CSV = "PNG picture (*.png)", "Comma-separated values (*.csv)"


def ask_for_picture(parent: QWidget, title: str, then: Callable[[Path], object]) -> None:
    """then(path) follows, where one is chosen."""
    dialog = QFileDialog(parent, title, str(Path.home()), PICTURES)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    _open(dialog, then)


def ask_for_file(parent: QWidget, title: str, kind: str, then: Callable[[Path], object]) -> None:
    """then(path) follows, where one is chosen. kind: a dialog's filter."""
    dialog = QFileDialog(parent, title, str(Path.home()), kind)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    _open(dialog, then)


def ask_where_to_save(parent: QWidget, title: str, name: str, then: Callable[[Path], object], kind: str = PNG) -> None:
    """then(path) follows, where one is chosen; the dialog asks before it names a file that is there.

    name: what is offered; its ending is given to a name without one. kind: PNG or CSV.
    """
    dialog = QFileDialog(parent, title, str(Path.home() / name), kind)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix)
    _open(dialog, then)


def ask_how_to_save(
    parent: QWidget,
    title: str,
    name: str,
    kinds: Sequence[str],
    first: int,
    then: Callable[[Path, int], object],
) -> None:
    """As `ask_where_to_save`, with several kinds to choose from; then(path, which of them) follows."""
    dialog = QFileDialog(parent, title, str(Path.home() / name))
    dialog.setNameFilters(list(kinds))
    dialog.selectNameFilter(kinds[first])
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix)
    _open(dialog, lambda path: then(path, kinds.index(dialog.selectedNameFilter())))


def ask_for_folder(parent: QWidget, title: str, start: str, then: Callable[[Path], object]) -> None:
    """then(path) follows, where one is chosen."""
    dialog = QFileDialog(parent, title, start)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    _open(dialog, then)


def _open(dialog: QFileDialog, then: Callable[[Path], object]) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda name: then(Path(name)))
    dialog.open()
