from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

# In a process of its own: in this one other tests have named every class already.
SCRIPT = """
import sys
from pathlib import Path

import numpy as np
import PySide6.QtCore, PySide6.QtGui, PySide6.QtWidgets

from studio.app import application
from studio import gallery, pixels, thumbnail_loader

application()
folder = Path(sys.argv[1])
modules = (PySide6.QtCore, PySide6.QtGui, PySide6.QtWidgets)


def classes():
    return {f"{module.__name__}.{name}" for module in modules for name in vars(module)}


before = classes()
image = pixels.to_image(np.full((40, 60, 3), 90, np.uint8))
assert image.save(str(folder / "a.png"))
(folder / "torn.png").write_bytes(b"no picture")
gallery.read_image(folder / "a.png", 20)
gallery.decode(folder / "a.png")
for large in (False, True):
    wanted = thumbnail_loader.Wanted(1, folder / "a.png", folder / "torn.png")
    assert not thumbnail_loader.tile_image(wanted, 20, 1.0, large=large).isNull()
print(*sorted(classes() - before))
"""


def test_work_off_the_gui_thread_names_no_new_class_of_qt(tmp_path: Path) -> None:
    # PySide makes a class when it is first named. Two threads that name the same one at once end the process.
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
