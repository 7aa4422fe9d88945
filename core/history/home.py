"""The user's Noisette folder and what lies where in it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path


def default_home() -> Path:
    """`NOISETTE_HOME` where it is set, else the platform's folder for an application's data."""
    given = os.environ.get("NOISETTE_HOME")
    return Path(given).expanduser().absolute() if given else user_data_path("Noisette", appauthor=False)


def trajectory_beside(picture: Path) -> Path:
    """Where a picture file's own steps lie, saved on request: beside it, in the bin too."""
    return picture.with_name(f"{picture.stem}.trajectory.safetensors")


@dataclass(frozen=True, slots=True)
class HomeFolder:
    """root holds `noisette.sqlite3`, pictures by month, thumbnails, the bin, and the user's own models."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "noisette.sqlite3"

    @property
    def lock(self) -> Path:
        return self.root / "noisette.lock"

    @property
    def pictures(self) -> Path:
        return self.root / "pictures"

    @property
    def thumbnails(self) -> Path:
        return self.root / "thumbnails"

    @property
    def bin(self) -> Path:
        return self.root / "bin"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def starts(self) -> Path:
        """Pictures to begin from, by the sha256 of their pixels."""
        return self.root / "starts"

    @property
    def trajectories(self) -> Path:
        """Steps of recent jobs."""
        return self.root / "trajectories"

    @property
    def races(self) -> Path:
        """What was measured of each race."""
        return self.root / "races"

    @property
    def sweeps(self) -> Path:
        """What was asked of each sweep, and what its cells came to."""
        return self.root / "sweeps"

    @property
    def references(self) -> Path:
        """Fine solutions that races are measured against."""
        return self.root / "references"

    def picture(self, artifact_id: str) -> Path:
        """`pictures/2026-11/20261121-040353-9f31c2a7-01.png`: by month, so that no folder grows without end."""
        return self.pictures / f"{artifact_id[:4]}-{artifact_id[4:6]}" / f"{artifact_id}.png"

    def thumbnail(self, artifact_id: str) -> Path:
        return self.thumbnails / f"{artifact_id[:4]}-{artifact_id[4:6]}" / f"{artifact_id}.png"

    def trajectory(self, artifact_id: str) -> Path:
        """A picture's own steps, saved beside it on request."""
        return trajectory_beside(self.picture(artifact_id))
