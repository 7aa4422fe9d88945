"""The looks of a race's lanes, kept beside its record."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.compare.looks import lane_looks, read_looks, save_looks


def test_looks_come_back_as_they_were(tmp_path: Path) -> None:
    path = lane_looks(tmp_path / "race.json", 1)
    assert path.name == "race-lane-2-steps.png"
    looks = [np.full((4, 6, 3), 50 * step, dtype=np.uint8) for step in range(3)]
    save_looks(path, looks)
    for kept, look in zip(read_looks(path, 3), looks, strict=True):
        np.testing.assert_array_equal(kept, look)


def test_what_is_gone_damaged_or_of_other_steps_is_no_look(tmp_path: Path) -> None:
    path = tmp_path / "race-lane-1-steps.png"
    save_looks(path, [])
    assert read_looks(path, 3) == ()
    save_looks(path, [np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)] * 3)
    assert read_looks(path, 5) == ()
    path.write_bytes(path.read_bytes()[:400])
    assert read_looks(path, 3) == ()
