"""Makes the pictures of the window in docs/screenshots, from real runs of the shipped model, without a screen.

    .venv/bin/python packaging/screenshots.py [--out docs/screenshots] [--models FOLDER] [SCENE...]

Every view and state, dark and light, at 1440 x 900 and at 1100 x 700 ("_min"). Sheets and popovers are windows of their
own to Qt; they are painted in where they lie. A temporary home is used; the user's own history is left alone.
Colours are rounded a little (see `reduced`), which keeps the folder small.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402
from PySide6.QtCore import QEventLoop, QPoint, QRect, Qt, QTimer  # noqa: E402
from PySide6.QtGui import QColor, QPainter  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from core.engine import Engine  # noqa: E402
from core.jobs.event import TERMINAL, Event, Failed, Progress  # noqa: E402
from screenshot_scenes import SCENES  # noqa: E402
from studio.app import application, open_window  # noqa: E402
from studio.launch import SWITCH_INTERVAL  # noqa: E402
from studio.main_window import SMALLEST, USUAL, MainWindow  # noqa: E402

REST_MS, SETTLE_MS, READY_MS = 350, 60, 2500
LEVELS, GROUNDS = 4, 24
"""How coarse the pictures' colours become, and how many of the widest spread colours do not."""


class Camera:
    """Photographs the window. frames: (size, suffix, theme) of the pictures that each scene asks for."""

    frames = tuple(
        (size, suffix, theme) for size, suffix in ((USUAL, ""), (SMALLEST, "_min")) for theme in ("dark", "light")
    )

    def __init__(self, window: MainWindow, folder: Path) -> None:
        self.window, self._folder = window, folder

    def rest(self, milliseconds: int = REST_MS) -> None:
        """Let the window draw, and thumbnails come."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def until(self, true: Callable[[], object]) -> None:
        """Rest until it is so."""
        while not true():
            self.rest(20)

    def act(self, name: str) -> None:
        """Trigger an action of the window."""
        self.window.actions_[name].trigger()
        self.rest(SETTLE_MS)

    def leave_focus(self) -> None:
        """Have nothing in the window hold the focus."""
        focus = self.window.focusWidget()
        if focus is not None:
            focus.clearFocus()

    def pose(self, size: tuple[int, int], theme: str) -> None:
        self.window.resize(*size)
        self.window.house.preferences.set("theme", theme)
        self.rest()

    def shoot(self, name: str) -> None:
        """The window, with whatever lies over it."""
        grabbed = self.window.grab()
        with QPainter(grabbed) as painter:
            for other in QApplication.topLevelWidgets():
                if other is not self.window and other.isVisible() and other.windowTitle() != "Noisette":
                    corner = self.window.mapFromGlobal(other.mapToGlobal(QPoint(0, 0)))
                    painter.drawPixmap(corner, other.grab())
                    if other.windowType() in (Qt.WindowType.Window, Qt.WindowType.Dialog):
                        # The edge that the desktop would give it.
                        painter.setPen(QColor(self.window.theme.tokens.line2))
                        painter.drawRect(QRect(corner, other.size()).adjusted(-1, -1, 0, 0))
        path = self._folder / f"{name}.png"
        grabbed.save(str(path))
        reduced(Image.open(path).convert("RGB")).save(path, optimize=True)
        print(path)

    def everywhere(
        self, name: str, before: Callable[[], object] = lambda: None, after: Callable[[], object] = lambda: None
    ) -> None:
        """The present state at both sizes in both themes.

        before: done anew for each, as popovers close on resizing. after: takes back what closing them does not.
        """
        for size, suffix, theme in self.frames:
            self.pose(size, theme)
            before()
            self.rest(SETTLE_MS)
            self.shoot(f"{name}{suffix}_{theme}")
            self.close_sheets()
            after()

    def close_sheets(self) -> None:
        """Close every popover, until the window lies free."""
        for other in QApplication.topLevelWidgets():
            if other is not self.window and other.isVisible():
                other.close()
        self.rest(SETTLE_MS)

    def generate(self, at_step: Callable[[], None] | None = None, step: int = 0) -> None:
        """One run to its end. at_step: called once, when that step is made. Raises SystemExit where it fails."""
        loop, problem, waiting = QEventLoop(), "", at_step is not None

        def happen(event: Event) -> None:
            nonlocal problem, waiting
            if waiting and isinstance(event, Progress) and event.done >= step:
                waiting = False
                assert at_step is not None
                at_step()
            if isinstance(event, TERMINAL):
                problem = event.sentence if isinstance(event, Failed) else ""
                loop.quit()

        self.window.bridge.happened.connect(happen)
        self.window.session.generate()
        loop.exec()
        self.window.bridge.happened.disconnect(happen)
        if problem:
            raise SystemExit(problem)
        self.rest(200)


def reduced(image: Image.Image) -> Image.Image:
    """In every `LEVELS`th of each channel's 256 levels: two thirds of the octets. Grounds keep their own colours."""
    pixels = np.asarray(image).astype(np.uint32)
    packed = pixels[..., 0] << 16 | pixels[..., 1] << 8 | pixels[..., 2]
    colours, counts = np.unique(packed, return_counts=True)
    grounds = colours[np.argsort(counts)[-GROUNDS:]]
    rounded = np.minimum((pixels + LEVELS // 2) // LEVELS * LEVELS, 255)
    kept = np.isin(packed, grounds)[..., None]
    return Image.fromarray(np.where(kept, pixels, rounded).astype(np.uint8))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help=f"some of them: {', '.join(SCENES)}")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument("--models", type=Path, default=None, help="a folder of models instead of the shipped ones")
    options = parser.parse_args()
    strange = [name for name in options.scenes if name not in SCENES]
    if strange:
        parser.error(f"{strange[0]} is no scene; choose from {', '.join(SCENES)}")
    options.out.mkdir(parents=True, exist_ok=True)
    sys.setswitchinterval(SWITCH_INTERVAL)
    with tempfile.TemporaryDirectory() as home:
        window = open_window(application(), Path(home), lambda: Engine(home=Path(home), models=options.models))
        camera = Camera(window, options.out)
        camera.until(lambda: window.session.desk.cards)
        camera.rest(READY_MS)
        try:
            for name, scene in SCENES.items():
                if not options.scenes or name in options.scenes:
                    scene(camera)
        finally:
            window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
