"""Pictures out of the window: to files, on a sheet, onto the clipboard. Read and written in the background."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

from PySide6.QtCore import QElapsedTimer, QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from studio.background import Background
from studio.settings import Settings
from studio.viewmodels import wording
from studio.widgets.file_dialog import PNG, ask_for_folder, ask_how_to_save

CLEAR_PNG = "PNG picture, transparent (*.png)"
FOLDER, SHEET_CLEAR = "history/export", "sheet/clear"
"""Where it is kept which folder was taken last, and whether the last sheet was transparent."""

TELL_MS = 300
Paths = Callable[[], Sequence[Path]]
"""Which files; asked in the background."""


class Exporting(QObject):
    """said(sentence): what was done, or why not. offered(sentence, action, deed): work goes on; what can be done about
    it. Dialogs lie over `parent`.
    """

    said = Signal(str)
    offered = Signal(str, str, object)
    _came_on = Signal(int, int)

    def __init__(self, parent: QWidget, background: Background, settings: Settings) -> None:
        super().__init__(parent)
        self._over, self._background, self._settings = parent, background, settings
        self._worker: Background | None = None
        self._cancelled, self._enlarging = Event(), False
        self._told = QElapsedTimer()
        self._came_on.connect(self._tell)

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

    def ask_to_enlarge(self, source: Path, *, has_clear: bool) -> None:
        """A copy four times as large; where what that needs is missing, how to get it."""

        def missing() -> str:
            from core.artifacts.upscaling import missing_upscaler

            return missing_upscaler()

        def then(sentence: str) -> None:
            if sentence:
                self.said.emit(sentence)
                return
            kinds, name = (PNG, CLEAR_PNG) if has_clear else (PNG,), f"{source.stem}-x4.png"
            title = "Export four times as large"
            ask_how_to_save(
                self._over, title, name, kinds, 0, lambda path, kind: self.enlarge(source, path, clear=kind == 1)
            )

        self._background.run(missing, then, self.said.emit)

    def enlarge(self, source: Path, target: Path, *, clear: bool) -> None:
        """As `ask_to_enlarge` has it; one at a time, told as it goes on, and cancelled within a piece."""
        if self._enlarging:
            self.said.emit("Another picture is being enlarged; wait for it, or cancel it")
            return
        self._worker = self._worker or Background(self, threads=1)
        self._enlarging = True
        self._cancelled.clear()
        self._told.start()

        def work() -> bool:
            from core.artifacts.image import load_picture
            from core.artifacts.upscaling import save_upscaled, upscaled

            pieces = upscaled(load_picture(source))
            while not self._cancelled.is_set():
                try:
                    piece = next(pieces)
                except StopIteration as end:
                    save_upscaled(target, end.value, transparent=clear)
                    return True
                self._came_on.emit(piece.done, piece.total)
            return False

        def done(whole: bool) -> None:
            self._enlarging = False
            self.said.emit(
                f"Enlarged four times: {target.name}" if whole else "Enlarging cancelled; nothing was written"
            )

        def refused(sentence: str) -> None:
            self._enlarging = False
            self.said.emit(sentence)

        self._worker.run(work, done, refused)

    def close(self) -> None:
        """Stop what is being enlarged."""
        self._cancelled.set()
        if self._worker is not None:
            self._worker.close()

    def _tell(self, done: int, total: int) -> None:
        if self._enlarging and done < total and self._told.elapsed() >= TELL_MS:
            self._told.start()
            self.offered.emit(f"Enlarging: part {done} of {total}", "Cancel", self._cancelled.set)

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
