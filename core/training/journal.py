"""What a training run leaves to look at: the loss log as CSV and grids of samples as PNG."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

LOG = "loss.csv"


class Journal:
    """A run's log in `folder`. Rows after `step` belong to a future that was not kept, and are dropped."""

    def __init__(self, folder: Path, step: int) -> None:
        self._folder = folder
        self._log = folder / LOG
        kept = self._rows_before(step)
        self._columns = tuple(kept[0]) if kept else ()
        if kept or self._log.exists():
            self._write("w", kept)

    def record(self, step: int, values: Mapping[str, float]) -> None:
        """Append a row: the step and the named values, in an order fixed by the first row."""
        row: dict[str, str] = {"step": str(step)} | {name: f"{value:.6g}" for name, value in values.items()}
        if not self._columns:
            self._columns = tuple(row)
            self._write("w", [row])
        else:
            self._write("a", [row])

    def picture(self, step: int, grid: np.ndarray) -> Path:
        """Save a grid of samples, (H, W, 3) uint8 sRGB, under the step's number."""
        path = self._folder / f"samples-{step:07d}.png"
        Image.fromarray(grid).save(path, compress_level=6)
        return path

    def _rows_before(self, step: int) -> list[dict[str, str]]:
        if not self._log.exists():
            return []
        with self._log.open(newline="", encoding="utf-8") as file:
            return [
                row for row in csv.DictReader(file) if (row.get("step") or "").isdigit() and int(row["step"]) <= step
            ]

    def _write(self, mode: str, rows: list[dict[str, str]]) -> None:
        with self._log.open(mode, newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, self._columns, restval="", extrasaction="ignore")
            if mode == "w" and self._columns:
                writer.writeheader()
            writer.writerows(rows)
