"""Starting the studio, as fast as it can stand. Importing this loads next to nothing."""

from __future__ import annotations

import builtins
import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio.late_methods import late_methods
from studio.late_signatures import import_qt

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from studio.main_window import MainWindow
    from studio.making_ahead import MakingAhead

SWITCH_INTERVAL = 0.0005
"""How long another thread may hold the interpreter before the window gets its turn, seconds.

A fifth of it makes opening History faster while torch is imported, but the window and the first picture come later
(`cold_start.py`).
"""


def launch(argv: Sequence[str] = (), home: Path | None = None) -> tuple[QApplication, MainWindow]:
    """The application and its window, which opens the engine once it is seen. home: see `open_window`.

    Until then nothing is looked through for garbage: what is made on the way stays, and that would take a twentieth of
    the start. Python's own import function stays in its place, too: PySide's, which serves `from __feature__ import`
    alone, makes importing torch slower by a twelfth.
    """
    gc.disable()
    own_import = builtins.__import__
    import_qt()
    builtins.__import__ = own_import
    sys.setswitchinterval(SWITCH_INTERVAL)
    with late_methods():
        from studio.app import application, open_window

        app = application(argv)
        window = open_window(app, home)
    # From here on the window looks for garbage itself (`Collecting`), and need not look through what stands now.
    window.seen.connect(gc.freeze)
    window.seen.connect(lambda: rest(window))
    return app, window


def rest(window: MainWindow) -> MakingAhead:
    """From now on, what the user may go to next is made while they rest."""
    from studio.making_ahead import make_ahead

    return make_ahead(window)


def main(argv: Sequence[str] = ()) -> int:
    """Open the studio and stay until it is closed; the exit status."""
    app, window = launch(argv)
    from core.history.home import default_home
    from studio.guard import Guard

    guard = Guard(window, default_home())
    guard.install()
    try:
        return app.exec()
    finally:
        guard.close()
