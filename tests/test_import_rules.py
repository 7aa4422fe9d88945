"""Who may import whom, as docs/decisions/003 and 004 say. A failure names the file, the line and the rule."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.import_reading import Import, read_imports, sources, under

ROOT = Path(__file__).resolve().parents[1]

TORCH = ("torch", "torchvision", "diffusers", "transformers", "accelerate", "numba")
QT = ("PySide6", "shiboken6", "pyqtgraph", "superqt", "qtawesome", "qtpy")

VALUES = (
    "core.colour",
    "core.dissection",
    "core.errors",
    "core.fetched",
    "core.giving_way",
    "core.late",
    "core.version",
    "core.plain",
    "core.grid_settings",
    "core.guidance_settings",
    "core.image_request",
    "core.requests",
    "core.solver_settings",
    "core.toy",
    "core.turns",
    "core.request_json",
    "core.request_kinds",
    "core.sweeps.request",
    "core.jobs",
    "core.models.card",
)
"""Plain values, and the queue that carries them: every room may use these."""

TABLETOP_VALUES = tuple(
    f"core.worlds.tabletop.{name}"
    for name in (
        "scene",
        "words",
        "constraints",
        "grammar",
        "grammar_read",
        "grammar_split",
        "grammar_write",
        "look",
        "projection",
        "arrangement",
    )
)

PROMPT_SYNTAX = tuple(
    f"core.conditioning.{name}"
    for name in ("conjunction", "prompt_draws", "prompt_phases", "prompt_syntax", "prompt_weight")
)
"""What a prompt's marks mean: the studio colours them."""

NOISE_LEVELS = tuple(
    f"core.diffusion.{name}" for name in ("grids", "level", "monotone", "run_levels", "schedule", "time_grid")
)
"""Plain floats: the studio plots them."""

TORCH_FREE = (
    *VALUES,
    *NOISE_LEVELS,
    *PROMPT_SYNTAX,
    *TABLETOP_VALUES,
    "core.artifacts",
    "core.compare",
    "core.datasets",
    "core.history",
    "core.interop",
    "core.microscope",
    "core.models.registry",
    "core.samplers.cards",
    "core.sweeps",
    "core.engine",
)

STUDIO_MAY_USE = (
    "core.engine",
    "core.colour",
    "core.dissection",
    "core.errors",
    "core.giving_way",
    "core.late",
    "core.version",
    "core.plain",
    "core.grid_settings",
    "core.guidance_settings",
    "core.image_request",
    "core.requests",
    "core.solver_settings",
    "core.request_kinds",
    "core.toy",
    "core.turns",
    "core.jobs.event",
    "core.jobs.mailbox",
    "core.jobs.toy",
    "core.artifacts",
    "core.compare",
    "core.history",
    "core.interop",
    "core.microscope",
    "core.models.card",
    "core.samplers.cards",
    "core.sweeps",
    *NOISE_LEVELS,
    *PROMPT_SYNTAX,
    *TABLETOP_VALUES,
)

MATHEMATICS = ("core.diffusion",)
PARTS = ("core.networks", "core.conditioning", "core.latents", "core.planning")
BUILT = (*MATHEMATICS, "core.samplers", *PARTS, "core.worlds", "core.models")
CRAFTS = (
    "core.training",
    "core.distillation",
    "core.video",
    "core.scene3d",
    "core.audio",
    "core.evaluation",
    "core.pretrained",
)

LAYERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(VALUES, VALUES),
    "core.models.card": (*VALUES, "core.artifacts"),
    "core.jobs": (*VALUES, "core.artifacts", "core.compare", "core.sweeps", "core.history", "core.models.registry"),
    "core.artifacts": (*VALUES, "core.interop", "core.diffusion.level"),
    "core.compare": (*VALUES, "core.artifacts", "core.samplers.cards"),
    "core.sweeps": (*VALUES, *NOISE_LEVELS, "core.artifacts", "core.samplers.cards"),
    "core.interop": (*VALUES, *NOISE_LEVELS, *PROMPT_SYNTAX, "core.artifacts", "core.samplers.cards"),
    "core.history": (*VALUES, "core.artifacts", "core.interop"),
    "core.microscope": (*VALUES, *NOISE_LEVELS),
    "core.diffusion": VALUES,
    "core.samplers": (*VALUES, *MATHEMATICS),
    "core.worlds": (*VALUES, "core.artifacts.atomic"),
    "core.worlds.toy2d": (*VALUES, *MATHEMATICS, "core.samplers"),
    **dict.fromkeys(PARTS, (*VALUES, *MATHEMATICS, *PARTS, "core.worlds")),
    "core.models": (*VALUES, *MATHEMATICS, *PARTS, "core.worlds", "core.samplers.cards", "core.pretrained"),
    "core.datasets": (*VALUES, "core.artifacts.atomic"),
    **dict.fromkeys(CRAFTS, (*VALUES, *BUILT, "core.artifacts", "core.datasets")),
    "core.training": (*VALUES, *BUILT, "core.artifacts", "core.datasets", "core.evaluation"),
    "core.tasks": (
        *VALUES,
        *BUILT,
        *CRAFTS,
        "core.artifacts",
        "core.datasets",
        "core.compare",
        "core.sweeps",
        "core.history",
        "core.interop",
    ),
    "core.engine": (*VALUES, "core.artifacts", "core.history", "core.interop", "core.models.registry", "core.sweeps"),
    "core.cli": ("core",),
}
"""room -> the rooms that it may use beside itself."""


def layer_of(module: str) -> str:
    """The longest entry of LAYERS that holds the module; "" where none does."""
    return max((room for room in LAYERS if under(module, room)), key=len, default="")


def keeps_its_layer(found: Import) -> bool:
    if not (under(found.importer, "core") and under(found.imported, "core")):
        return True
    room = layer_of(found.importer)
    return room != "" and under(found.imported, room, *LAYERS[room])


def keeps_off_torch(found: Import) -> bool:
    if not under(found.importer, *TORCH_FREE):
        return True
    if under(found.imported, "core"):
        return under(found.imported, *TORCH_FREE)
    return not under(found.imported, *TORCH)


def keeps_off_qt(found: Import) -> bool:
    return not under(found.importer, "core") or not under(found.imported, "studio", *QT)


def studio_uses_the_door(found: Import) -> bool:
    if not under(found.importer, "studio"):
        return True
    if under(found.imported, "core"):
        return under(found.imported, *STUDIO_MAY_USE)
    return not under(found.imported, *TORCH)


def views_hold_no_engine(found: Import) -> bool:
    views = ("studio.panels", "studio.widgets", "studio.theme")
    return not under(found.importer, *views) or not under(found.imported, "core.engine", "core.jobs.toy")


RULES: dict[str, Callable[[Import], bool]] = {
    "a room of core uses only the rooms below it (LAYERS)": keeps_its_layer,
    "what the studio and the command line load at once stays free of torch (TORCH_FREE)": keeps_off_torch,
    "core knows neither Qt nor the studio": keeps_off_qt,
    "the studio knows core only by its torch-free door (STUDIO_MAY_USE)": studio_uses_the_door,
    "panels, widgets and the theme hold no engine": views_hold_no_engine,
}


def broken(imports: tuple[Import, ...], rule: str) -> list[str]:
    return [f"{found.place}: {found.importer} imports {found.imported}" for found in imports if not RULES[rule](found)]


@pytest.fixture(scope="module")
def imports() -> tuple[Import, ...]:
    return read_imports(ROOT, sources(ROOT, "core", "studio"))


def test_there_are_files_and_imports_to_judge(imports: tuple[Import, ...]) -> None:
    assert len(sources(ROOT, "core")) > 40
    assert len(sources(ROOT, "studio")) > 5
    assert {"core.requests", "core.engine", "studio.app"} <= {found.importer for found in imports}


def test_every_room_of_core_has_a_layer() -> None:
    rooms = {f"core.{path.stem}" for path in (ROOT / "core").iterdir() if path.name[0] not in "._"}
    stray = sorted(room for room in rooms if not layer_of(room) and room != "core.__init__")
    assert not stray, f"{', '.join(stray)}: no entry in LAYERS of {Path(__file__).name}; say there what it may use"


@pytest.mark.parametrize("rule", RULES)
def test_the_tree_keeps_the_rule(imports: tuple[Import, ...], rule: str) -> None:
    faults = broken(imports, rule)
    assert not faults, f"rule: {rule}\n  " + "\n  ".join(faults)


FAULTS = [
    ("core/samplers/euler.py", "import core.networks.unet", "a room of core uses only"),
    ("core/diffusion/level.py", "from ..samplers import step", "a room of core uses only"),
    ("core/engine.py", "def run():\n    from core.tasks import image", "a room of core uses only"),
    ("core/history/store.py", "def load():\n    import torch", "what the studio and the command line"),
    (
        "core/requests.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from torch import Tensor",
        "what the studio and the command line",
    ),
    ("core/engine.py", "from core.models import loader", "what the studio and the command line"),
    ("core/latents/codec.py", "from PySide6.QtGui import QImage", "core knows neither"),
    ("core/tasks/image.py", "import studio.app", "core knows neither"),
    ("studio/bridge.py", "from core.samplers.euler import euler", "the studio knows core only"),
    ("studio/app.py", "def late():\n    import torch", "the studio knows core only"),
    ("studio/panels/prompt.py", "from core.engine import Engine", "panels, widgets and the theme"),
]


@pytest.mark.parametrize(("path", "source", "rule"), FAULTS)
def test_a_fault_is_found_and_named(tmp_path: Path, path: str, source: str, rule: str) -> None:
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_text(source)
    (tmp_path / "core" / "models").mkdir(parents=True, exist_ok=True)
    (tmp_path / "core" / "models" / "loader.py").touch()
    (tmp_path / "core" / "tasks").mkdir(exist_ok=True)
    found = read_imports(tmp_path, (file,))
    name = next(full for full in RULES if full.startswith(rule))
    line = source.count("\n") + 1
    assert [fault.split(" ")[0] for fault in broken(found, name)] == [f"{path}:{line}:"]


@pytest.mark.parametrize("module", ["core.engine", "core.cli", "studio.app", "studio.launch"])
def test_importing_the_fronts_loads_no_torch(module: str) -> None:
    heavy = ", ".join(repr(name) for name in TORCH)
    code = f"import sys, {module}; sys.exit(', '.join(sorted({{{heavy}}} & set(sys.modules))) or 0)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"import {module} loads {done.stderr.strip()}"
