"""The studio without a screen: open the window, make one picture with live previews, keep it and a screenshot."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from core.artifacts.artifact import Artifact
from core.errors import NoisetteError
from core.jobs.event import Cancelled, Event, Failed, Preview, Produced
from studio.app import application, open_window
from studio.bridge import EngineFactory
from studio.main_window import MainWindow

PROMPT = "a red cube to the left of a blue sphere"
SEED = 7
SETTLE_MS, POLL_MS = 400, 20


class DemonstrationError(NoisetteError):
    """The picture could not be made."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a demonstration leaves behind. previews: how many the window drew on the way."""

    picture: Path
    screenshot: Path
    previews: int


class _Watcher(QObject):
    """Generates once models are there, and closes the window once the picture is on the canvas."""

    def __init__(self, window: MainWindow, prompt: str, screenshot: Path) -> None:
        super().__init__(window)
        self._window, self._prompt, self._screenshot = window, prompt, screenshot
        self.previews = 0
        self.artifact: Artifact | None = None
        self.problem = ""
        self._job_id = ""
        window.bridge.happened.connect(self._happen)
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self._look)
        self._poll.start()

    def _look(self) -> None:
        session = self._window.session
        if not self._job_id and session.desk.cards:
            session.desk.change(prompt=self._prompt, seed=SEED, count=1)
            self._job_id = session.generate() or ""
        elif not self._job_id and session.status.view.tone == "err":
            self._end(session.status.inputs.problem)
        elif not self._job_id and session.desk.prompt.view.estimate_wrong:
            self._end(session.desk.prompt.view.estimate)
        elif self.artifact is not None and session.stage.canvas.view.finished:
            self._poll.stop()
            QTimer.singleShot(SETTLE_MS, self._shoot)

    def _happen(self, event: Event) -> None:
        if event.job_id != self._job_id:
            return
        match event:
            case Preview():
                self.previews += 1
            case Produced(artifact=artifact):
                self.artifact = artifact
            case Failed(sentence=sentence):
                self._end(sentence)
            case Cancelled():
                self._end("the demonstration was cancelled; start it again")
            case _:
                pass

    def _shoot(self) -> None:
        self._window.grab().save(str(self._screenshot))
        self._leave()

    def _end(self, problem: str) -> None:
        self.problem = problem
        self._poll.stop()
        self._leave()

    def _leave(self) -> None:
        """Other windows may still be open, so the last one's closing can't be waited for."""
        self._window.close()
        QApplication.quit()


def demonstrate(
    folder: Path, prompt: str = PROMPT, *, home: Path | None = None, factory: EngineFactory | None = None
) -> Shown:
    """Make the prompt's picture in a window that nobody sees; files go into `folder`, the picture into the history too.

    home, factory: as in `open_window`. Raises DemonstrationError, with the reason.
    """
    folder.mkdir(parents=True, exist_ok=True)
    app = application()
    window = open_window(app, home, factory)
    watcher = _Watcher(window, prompt, folder / "noisette-window.png")
    quits = app.quitOnLastWindowClosed()
    # One word to quit, not two: the second would end the event loop that comes next.
    app.setQuitOnLastWindowClosed(False)
    try:
        app.exec()
    finally:
        app.setQuitOnLastWindowClosed(quits)
    if watcher.artifact is None:
        raise DemonstrationError(watcher.problem or "the window was closed before the picture was made")
    picture = folder / "noisette-picture.png"
    copyfile(watcher.artifact.path, picture)
    return Shown(picture, folder / "noisette-window.png", watcher.previews)
