"""Pictures of the history for the window: read, decoded and marked off the GUI thread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QIODevice, QIODeviceBase, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader

from core.artifacts.artifact import FIRST_PROJECT
from core.errors import NoisetteError
from core.jobs.event import Preview
from studio.background import Background
from studio.bridge import Bridge
from studio.pixels import to_image
from studio.viewmodels.canvas import Shown
from studio.viewmodels.history import HistoryList, Tile
from studio.viewmodels.run import Phase, Run

if TYPE_CHECKING:
    import numpy as np

    from core.artifacts.artifact import Artifact

PAGE = 60
THUMBNAIL_PIXELS = 192
ALPHA = "noisette-alpha"
"""The text of a picture's file that holds its alpha, as `core.artifacts.image` writes it."""
MADE_AHEAD = (QIODevice, QIODeviceBase)
"""Classes that reading a picture names. PySide makes a class when it is first named, and two threads that make the same
one at once end the process; these are made here, before any thread decodes."""


class DecodeError(NoisetteError):
    """A picture file can't be read."""


@dataclass(frozen=True, slots=True)
class Page:
    """total: how many match, all: how many there are outside the bin, in all projects."""

    artifacts: tuple[Artifact, ...]
    favourites: frozenset[str]
    total: int
    all: int


class Gallery(QObject):
    """list: the strip's tiles. decoded(Shown, favourite): a picture asked for by `open`. counted(total): in history.

    job_read(job_id, pictures): the finished pictures of a job, small. complained(sentence): a file or the history could
    not be read.
    """

    decoded = Signal(object, bool)
    counted = Signal(int)
    job_read = Signal(str, object)
    complained = Signal(str)

    def __init__(self, bridge: Bridge, background: Background, project: int = FIRST_PROJECT) -> None:
        """project: the one that the strip lists."""
        super().__init__()
        self._bridge, self._background = bridge, background
        self._favourites: frozenset[str] = frozenset()
        self._artifacts: dict[str, Artifact] = {}
        self._asked, self._all = "", 0
        self._span = 0
        self._project = project
        self.current: Artifact | None = None
        self.list = HistoryList()
        self.list.wanted.connect(self._decode_thumbnail)
        self.list.more_wanted.connect(self._read)

    def read_first(self) -> None:
        """The newest page."""
        self._read(0)

    def add(self, artifact: Artifact) -> None:
        """A new picture, already kept. One that is known stays where it is; another project's is not listed."""
        if artifact.id in self._artifacts:
            return
        self._artifacts[artifact.id] = artifact
        listed = self.list.row_of(artifact.id) >= 0
        if artifact.project == self._project and not listed:
            self.list.prepend(artifact)
        self._all += not listed
        self.counted.emit(self._all)

    def know(self, artifact: Artifact) -> None:
        """A picture of the history that may be opened though the strip has not come to it."""
        self._artifacts.setdefault(artifact.id, artifact)

    def set_span(self, days: int) -> None:
        """List only what was made in so many days, today counted as one; 0 is everything."""
        if days != self._span:
            self._span = days
            if self._bridge.is_open:
                self.read_again()

    def set_project(self, project: int) -> None:
        """List another project's pictures."""
        self._project = project
        self.list.show_running(None)
        if self._bridge.is_open:
            self.read_again()

    def read_again(self) -> None:
        """Pictures came back or went elsewhere than here. Those of the job on show stay known."""
        job = self.current.job_id if self.current is not None else ""
        self._artifacts = {key: artifact for key, artifact in self._artifacts.items() if artifact.job_id == job}
        self.list.clear()
        self._read(0)

    def take_likes(self, artifact_ids: Iterable[str], favourite: bool) -> None:
        """Marks were changed elsewhere."""
        changed = frozenset(artifact_ids)
        self._favourites = self._favourites | changed if favourite else self._favourites - changed
        for artifact_id in changed:
            self.list.set_favourite(artifact_id, favourite)

    def open(self, artifact_id: str) -> None:
        """Decode a picture; `decoded` follows for the one asked for last."""
        artifact = self._artifacts.get(artifact_id)
        if artifact is None:
            return
        self.current, self._asked = artifact, artifact_id
        self._background.run(lambda: decode_shown(artifact_id, artifact.path), self._take, self._say)

    def read_job(self, job_id: str) -> None:
        """Decode the thumbnails of a job's pictures; `job_read` follows."""
        history = self._bridge.engine.history

        def read() -> tuple[tuple[Artifact, ...], tuple[Shown, ...]]:
            made = history.of_job(job_id)
            return made, tuple(Shown(each.id, decode(each.thumbnail or each.path)) for each in made)

        self._background.run(read, lambda found: self._take_job(job_id, *found), self._say)

    def artifact(self, artifact_id: str) -> Artifact | None:
        """A picture that was read before."""
        return self._artifacts.get(artifact_id)

    def recent_prompts(self, most: int) -> tuple[str, ...]:
        """The newest prompts, each once."""
        return self.list.prompts()[:most]

    def close(self) -> None:
        """No picture is on show; one that is still being decoded comes too late."""
        self.current, self._asked = None, ""

    def set_favourite(self, artifact_id: str, favourite: bool) -> None:
        """Mark a picture in the history."""
        kept = self._favourites | {artifact_id} if favourite else self._favourites - {artifact_id}
        self._favourites = frozenset(kept)
        self.list.set_favourite(artifact_id, favourite)
        history = self._bridge.engine.history
        self._background.run(lambda: history.set_favourite(artifact_id, favourite), None, self._say)

    def show_running(self, run: Run, preview: Preview | None) -> None:
        """Put the running job first in the strip, with its latest look."""
        if run.phase is not Phase.RUNNING or run.produced or run.project != self._project:
            self.end_running(run.job_id)
            return
        request = run.request
        badge = f"{run.done}/{run.total}" if run.total else ""
        fraction = run.done / run.total if run.total else 0.0
        prompt, seed = (request.prompt, request.seed) if request else ("", 0)
        image = to_image(preview.clean[0]) if preview is not None else None
        self.list.show_running(Tile(run.job_id, None, prompt, seed, badge, fraction), image)

    def end_running(self, job_id: str) -> None:
        """The job no longer runs."""
        self.list.end_running(job_id)

    def _read(self, offset: int) -> None:
        history, span, project = self._bridge.engine.history, self._span, self._project

        def read() -> Page:
            from core.history.query import start_of

            since = start_of(span, datetime.now().astimezone())
            return Page(
                history.page(offset, PAGE, since=since, project=project),
                history.favourites(),
                history.count(since=since, project=project),
                history.count(),
            )

        self._background.run(read, lambda page: self._take_page((span, project), page), self._say)

    def _take_page(self, asked: tuple[int, int], page: Page) -> None:
        self._favourites, self._all = page.favourites, page.all
        self._artifacts.update({artifact.id: artifact for artifact in page.artifacts})
        if asked == (self._span, self._project):
            self.list.append(page.artifacts, page.favourites, page.total)
        self.counted.emit(page.all)

    def _take_job(self, job_id: str, made: tuple[Artifact, ...], shown: tuple[Shown, ...]) -> None:
        self._artifacts.update({artifact.id: artifact for artifact in made})
        self.job_read.emit(job_id, shown)

    def _decode_thumbnail(self, artifact: Artifact) -> None:
        path = artifact.thumbnail or artifact.path
        self._background.run(
            lambda: read_image(path, THUMBNAIL_PIXELS), lambda image: self.list.set_image(artifact.id, image), self._say
        )

    def _take(self, shown: Shown) -> None:
        if shown.artifact_id == self._asked:
            self.decoded.emit(shown, shown.artifact_id in self._favourites)

    def _say(self, sentence: str) -> None:
        self.complained.emit(sentence)


def read_image(path: str | Path, side: int = 0) -> QImage:
    """Decode a file, shrunk to `side` pixels at most where that is not 0. Raises DecodeError. Any thread."""
    reader = QImageReader(str(path))
    size = reader.size()
    if side and size.isValid() and max(size.width(), size.height()) > side:
        reader.setScaledSize(size.scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        raise DecodeError(f"{path} can't be read ({reader.errorString()}); the file may be gone or damaged")
    return image


def decode(path: Path) -> np.ndarray:
    """A file's pixels, (H, W, 3) uint8 sRGB. Raises DecodeError. Any thread."""
    return _pixels(read_image(path))


def decode_shown(artifact_id: str, path: Path) -> Shown:
    """A finished picture, and how it is without its ground where it has alpha. Raises DecodeError. Any thread."""
    image = read_image(path)
    pixels, packed = _pixels(image), image.text(ALPHA)
    if not packed:
        return Shown(artifact_id, pixels)
    # The window opens sooner without it.
    from base64 import b64decode

    alpha = QImage.fromData(b64decode(packed))
    if alpha.isNull() or alpha.size() != image.size():
        return Shown(artifact_id, pixels)
    import numpy as np

    from core.artifacts.image import on_clear

    grey = alpha.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return Shown(artifact_id, pixels, on_clear(pixels, rows[:, : grey.width()]))


def _pixels(whole: QImage) -> np.ndarray:
    import numpy as np

    image = whole.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()
