"""Pictures out of the window: to files, on a sheet, onto the clipboard. Read and written in the background."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from studio.background import Background
from studio.settings import Settings
from studio.viewmodels import wording
from studio.widgets.file_dialog import PNG, ask_for_folder, ask_how_to_save

CLEAR_PNG = "PNG picture, transparent (*.png)"
FOLDER, SHEET_CLEAR = "history/export", "sheet/clear"
"""Where it is kept which folder was taken last, and whether the last sheet was transparent."""

Paths = Callable[[], Sequence[Path]]
"""Which files; asked in the background."""


class Exporting(QObject):
    """said(sentence): what was done, or why not. Dialogs lie over `parent`."""

    said = Signal(str)

    def __init__(self, parent: QWidget, background: Background, settings: Settings) -> None:
        super().__init__(parent)
        self._over, self._background, self._settings = parent, background, settings

    def ask_to_save(self, source: Path, *, has_clear: bool, clear: bool = False) -> None:
        """A copy of one picture. has_clear: it can be had without its ground. clear: that is what is offered first."""
        kinds = (PNG, CLEAR_PNG) if has_clear else (PNG,)
        first = 1 if clear and has_clear else 0
        title = "Export transparent" if first else "Export picture"
        ask_how_to_save(
            self._over, title, source.name, kinds, first, lambda path, kind: self.save(source, path, clear=kind == 1)
        )

    def save(self, source: Path, target: Path, *, clear: bool) -> None:
        """Copy a picture's file, recipe and all. clear: with an alpha channel."""

        def write() -> None:
            if not clear:
                shutil.copyfile(source, target)
                return
            from core.artifacts.image import load_picture, save_transparent

            save_transparent(target, load_picture(source))

        self._background.run(write, None, self.said.emit)

    def ask_for_folder(self, find: Paths) -> None:
        """Copies with alpha channels where there is alpha; nothing in the folder is replaced."""
        start = self._settings.value(FOLDER, str(Path.home()))
        ask_for_folder(self._over, "Export transparent", start, lambda folder: self.save_all(find, folder))

    def save_all(self, find: Paths, folder: Path) -> None:
        """As `ask_for_folder` has it."""
        self._settings.keep(FOLDER, str(folder))

        def copy() -> int:
            from core.history.export import export_copies

            return len(export_copies(find(), folder, transparent=True))

        def done(count: int) -> None:
            self.said.emit(f"{wording.count(count, 'picture')} copied to {folder}, transparent where they can be")

        self._background.run(copy, done, self.said.emit)

    def ask_for_sheet(self, find: Paths) -> None:
        """Ask where to, and whether on a clear ground."""
        first = int(bool(self._settings.value(SHEET_CLEAR, False)))

        def then(target: Path, kind: int) -> None:
            self._settings.keep(SHEET_CLEAR, kind == 1)
            self.save_sheet(find, target, clear=kind == 1)

        ask_how_to_save(self._over, "Export a sheet", "sheet.png", (PNG, CLEAR_PNG), first, then)

    def save_sheet(self, find: Paths, target: Path, *, clear: bool) -> None:
        """Several pictures on one, in a square as far as they go."""

        def write() -> int:
            from core.artifacts.sticker_sheet import save_sheet

            sources = find()
            save_sheet(target, sources, transparent=clear)
            return len(sources)

        def done(count: int) -> None:
            self.said.emit(f"{wording.count(count, 'picture')} on the sheet {target.name}")

        self._background.run(write, done, self.said.emit)

    def copy(self, source: Path) -> None:
        """Onto the clipboard: with an alpha channel where the picture has one, and its recipe either way."""

        def read() -> tuple[bytes, QImage]:
            from core.history.export import octets_of

            octets = octets_of(source) or source.read_bytes()
            return octets, QImage.fromData(octets)

        def put(found: tuple[bytes, QImage]) -> None:
            mime = QMimeData()
            mime.setImageData(found[1])
            mime.setData("image/png", found[0])
            QGuiApplication.clipboard().setMimeData(mime)
            words = "Picture copied, transparent" if found[1].hasAlphaChannel() else "Picture copied"
            self.said.emit(words)

        self._background.run(read, put, self.said.emit)
