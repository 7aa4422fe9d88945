"""Takes up the settings that a picture or a text carries: read in the background, put on the desk, told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QObject, Signal

from studio.background import Background
from studio.desk import Desk
from studio.viewmodels.draft import Draft

if TYPE_CHECKING:
    from core.interop.imported import Imported

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
IMAGE_MIMES = ("image/png", "image/webp", "image/jpeg")
MAX_PASTED = 32 << 20


class Restorer(QObject):
    """restored(ImportView, the draft as it was): the desk has the settings now. said(sentence): why it has not."""

    restored = Signal(object, object)
    said = Signal(str)

    def __init__(self, desk: Desk, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._background = desk, background
        self._newest = 0

    def read_file(self, path: Path) -> None:
        """Take up a picture file's settings; a later call overtakes this one."""
        self._read(lambda: _reading().read_settings(path))

    def read_mime(self, mime: QMimeData | None) -> None:
        """Take up what the clipboard holds: a picture file, a picture's octets, or settings as text.

        None is a clipboard that nobody has put anything on.
        """
        mime = mime or QMimeData()
        path = picture_path(mime)
        if path is not None:
            self.read_file(path)
            return
        kind = next((kind for kind in IMAGE_MIMES if mime.hasFormat(kind)), None)
        octets = bytes(mime.data(kind).data()) if kind else b""
        text = mime.text() if mime.hasText() else ""
        if octets:
            self._read(lambda: _reading().read_settings(octets))
        elif text.strip() and len(text) <= MAX_PASTED:
            self._read(lambda: _reading().read_text(text))
        else:
            self.said.emit("The clipboard holds no picture and no settings; copy a picture file, or an infotext")

    def back_to(self, draft: Draft) -> None:
        """The settings as they were before."""
        self._desk.put(draft)
        self.said.emit("Settings back to what they were")

    def _read(self, work: Callable[[], Imported]) -> None:
        self._newest += 1
        number = self._newest
        self._background.run(work, lambda imported: self._take(number, imported), self.said.emit)

    def _take(self, number: int, imported: Imported) -> None:
        if number != self._newest:
            return
        from core.interop.fitting import fitted
        from studio.viewmodels.imported import derive_import, taken_up

        before = self._desk.draft
        found = fitted(imported, self._desk.cards, before.model_id)
        if found is None:
            self.said.emit(self._desk.problem or "No model is installed; put one into the models folder")
            return
        self._desk.put(taken_up(before, found))
        self.restored.emit(derive_import(found), before)


def picture_path(mime: QMimeData) -> Path | None:
    """The first picture file among those dragged or copied, by its name alone: the disk is not touched."""
    paths = (Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile())
    return next((path for path in paths if path.suffix.lower() in SUFFIXES), None)


def _reading() -> Any:
    # Pillow and numpy come with it: the window opens sooner without them.
    from core.interop import reading

    return reading
