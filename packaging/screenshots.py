"""Makes the pictures of the window in docs/screenshots, from real runs of the shipped model, without a screen.

    .venv/bin/python packaging/screenshots.py [--out docs/screenshots] [--models FOLDER]

For each theme: the first run, a run under way and a finished picture at 1440 x 900, the run and the first run at
1100 x 700; then the card of a failure. A temporary home is used; the user's own history is left alone.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QEventLoop, QTimer  # noqa: E402

from core.engine import Engine  # noqa: E402
from core.jobs.event import TERMINAL, Event, Failed, Progress  # noqa: E402
from studio.app import SWITCH_INTERVAL, application, open_window  # noqa: E402
from studio.main_window import SMALLEST, USUAL, MainWindow  # noqa: E402

PROMPTS = (
    ("a large yellow cube and a small green torus", 3),
    ("two red spheres behind a white cylinder", 11),
    ("a blue torus in front of an orange cube", 5),
    ("three black cylinders", 8),
    ("a purple cone to the right of a yellow cylinder", 21),
    ("a shiny red ball", 4),
    ("three objects and no cubes", 17),
)
PROMPT, SEED, STEPS, SHOWN_AT = "a large purple metal sphere, a white sphere and a small red sphere", 7, 24, 19
REST_MS = 600


class Camera:
    """Opens the window on a home and photographs it."""

    def __init__(self, window: MainWindow, folder: Path) -> None:
        self.window, self._folder = window, folder

    def rest(self, milliseconds: int = REST_MS) -> None:
        """Let the window draw, and thumbnails come."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def shoot(self, name: str) -> None:
        path = self._folder / f"{name}.png"
        self.window.grab().save(str(path))
        print(path)

    def in_both_themes(self, name: str, size: tuple[int, int]) -> None:
        self.window.resize(*size)
        for _ in range(2):
            self.rest()
            self.shoot(f"{name}_{self.window.theme.tokens.name}")
            self.window.actions_["theme"].trigger()

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


def photograph(camera: Camera) -> None:
    """Every view, in the order in which a newcomer meets them."""
    window, session = camera.window, camera.window.session
    while not session.desk.cards:
        camera.rest(20)
    camera.rest(2500)
    for size, suffix in ((USUAL, ""), (SMALLEST, "_min")):
        camera.in_both_themes(f"first_run{suffix}", size)
    for prompt, seed in PROMPTS:
        session.desk.change(prompt=prompt, seed=seed, seed_locked=True)
        camera.generate()
    session.toggle_favourite()
    session.desk.change(prompt=PROMPT, seed=SEED, steps=STEPS, count=4, interval=(0.0, 0.8))
    for size, suffix in ((USUAL, ""), (SMALLEST, "_min")):
        for _ in range(2):
            window.resize(*size)
            camera.rest()
            name = f"create{suffix}_{window.theme.tokens.name}"
            camera.generate(lambda name=name: camera.shoot(name), SHOWN_AT)
            window.actions_["theme"].trigger()
    camera.in_both_themes("done", USUAL)
    window.actions_["mode_history"].trigger()
    for size, suffix in ((USUAL, ""), (SMALLEST, "_min")):
        camera.in_both_themes(f"history{suffix}", size)
    window.actions_["mode_create"].trigger()
    session.submit(replace(session.desk.draft.request(), model_id="not-installed"))
    while session.stage.canvas.view.scene.value != "error":
        camera.rest(20)
    camera.in_both_themes("error", USUAL)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument("--models", type=Path, default=None, help="a folder of models instead of the shipped ones")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    sys.setswitchinterval(SWITCH_INTERVAL)
    with tempfile.TemporaryDirectory() as home:
        window = open_window(application(), Path(home), lambda: Engine(home=Path(home), models=options.models))
        photograph(Camera(window, options.out))
        window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
