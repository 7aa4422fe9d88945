"""PySide's knowledge of its functions' signatures, loaded when it is asked for: with a first wrong call, or for help.

PySide compiles and runs it from its sources at each start, a third of what an empty window takes.
"""

from __future__ import annotations

import importlib

from core.late import LateModules

SIGNATURES = LateModules(
    *(
        f"shibokensupport.signature.{name}"
        for name in ("errorhandler", "layout", "parser", "lib.tool", "lib.enum_sig", "lib.pyi_generator")
    )
)
"""Not "mapping": PySide's own library looks into its names without asking it."""


def import_qt() -> None:
    """Import PySide without it, unless PySide was imported already."""
    with SIGNATURES.leading():
        importlib.import_module("PySide6.QtCore")
