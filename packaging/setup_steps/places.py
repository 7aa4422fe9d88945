"""Where the set-up keeps its things, all inside the repository."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """repository: the checkout's root."""

    repository: Path

    @property
    def venv(self) -> Path:
        return self.repository / ".venv"

    @property
    def python(self) -> Path:
        """The virtual environment's interpreter."""
        return self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def site_packages(self) -> Path:
        """The virtual environment's packages; a path that doesn't exist where there is no environment yet."""
        if os.name == "nt":
            return self.venv / "Lib" / "site-packages"
        found = sorted(self.venv.glob("lib/python3.*/site-packages"))
        return found[0] if found else self.venv / "lib" / "site-packages"

    @property
    def stamp(self) -> Path:
        return self.venv / "noisette-stamp.json"

    @property
    def state(self) -> Path:
        return self.repository / ".noisette"

    @property
    def log(self) -> Path:
        return self.state / "start.log"

    @property
    def lock(self) -> Path:
        return self.state / "start.lock"

    @property
    def demo(self) -> Path:
        return self.state / "demo"

    @property
    def project(self) -> Path:
        return self.repository / "pyproject.toml"

    @property
    def constraints(self) -> Path:
        return self.repository / "packaging" / "constraints.txt"

    @property
    def weights(self) -> Path:
        """Where the product looks for weights that did not come with it, by the environment it runs in."""
        return self.venv / "share" / "noisette" / "weights"

    @property
    def weight_pins(self) -> Path:
        return self.repository / "packaging" / "weights.txt"


def find_places() -> Places:
    """The repository that holds this file, whatever the current folder is."""
    return Places(Path(__file__).resolve().parents[2])
