from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.training.data import HEADER, CacheError, Column, batch_indices, build_cache, open_cache

COLUMNS = (Column("picture", (2, 3), "uint8"), Column("value", (), "float32"))


def make(start: int, stop: int) -> dict[str, np.ndarray]:
    rows = np.arange(start, stop)
    return {"picture": np.broadcast_to(rows[:, None, None], (len(rows), 2, 3)), "value": rows / 2}


def test_a_cache_holds_what_was_made(tmp_path: Path) -> None:
    assert list(build_cache(tmp_path, COLUMNS, 10, "a", make, chunk=4)) == [0, 4, 8, 10]
    columns = open_cache(tmp_path, "a", 10)
    assert columns["picture"].shape == (10, 2, 3)
    np.testing.assert_array_equal(columns["picture"][7], 7)
    np.testing.assert_array_equal(columns["value"], np.arange(10) / 2)


def test_an_interrupted_build_goes_on_where_it_stopped(tmp_path: Path) -> None:
    building = build_cache(tmp_path, COLUMNS, 10, "a", make, chunk=4)
    assert [next(building), next(building)] == [0, 4]
    building.close()  # type: ignore[attr-defined]
    with pytest.raises(CacheError, match="holds 4 rows"):
        open_cache(tmp_path, "a", 10)
    made: list[int] = []

    def noted(start: int, stop: int) -> dict[str, np.ndarray]:
        made.append(start)
        return make(start, stop)

    list(build_cache(tmp_path, COLUMNS, 10, "a", noted, chunk=4))
    assert made == [4, 8]
    np.testing.assert_array_equal(open_cache(tmp_path, "a", 10)["value"], np.arange(10) / 2)


def test_a_cache_can_be_prolonged_and_read_in_part(tmp_path: Path) -> None:
    list(build_cache(tmp_path, COLUMNS, 5, "a", make))
    assert list(build_cache(tmp_path, COLUMNS, 8, "a", make)) == [5, 8]
    assert list(build_cache(tmp_path, COLUMNS, 3, "a", make)) == [3]
    np.testing.assert_array_equal(open_cache(tmp_path, "a", 3)["value"], np.arange(3) / 2)
    np.testing.assert_array_equal(open_cache(tmp_path, "a", 8)["value"], np.arange(8) / 2)


def test_another_identity_starts_anew(tmp_path: Path) -> None:
    list(build_cache(tmp_path, COLUMNS, 5, "a", make))
    assert next(build_cache(tmp_path, COLUMNS, 5, "b", make)) == 0


def test_missing_and_damaged_caches_are_named(tmp_path: Path) -> None:
    with pytest.raises(CacheError, match="holds nothing"):
        open_cache(tmp_path, "a", 1)
    (tmp_path / HEADER).write_text("{")
    with pytest.raises(CacheError, match="damaged"):
        open_cache(tmp_path, "a", 1)
    (tmp_path / HEADER).write_text("[]")
    with pytest.raises(CacheError, match="not a cache's header"):
        open_cache(tmp_path, "a", 1)


@given(st.integers(1, 40), st.integers(1, 17), st.integers(0, 5))
def test_batches_read_every_row_once_an_epoch(count: int, batch: int, seed: int) -> None:
    steps = -(-count * 3 // batch)
    rows = np.concatenate([batch_indices(seed, step, batch, count) for step in range(steps)])
    for epoch in range(3):
        np.testing.assert_array_equal(np.sort(rows[epoch * count : (epoch + 1) * count]), np.arange(count))


def test_epochs_and_seeds_differ() -> None:
    first, second = batch_indices(1, 0, 50, 50), batch_indices(1, 1, 50, 50)
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, batch_indices(2, 0, 50, 50))
    np.testing.assert_array_equal(first, batch_indices(1, 0, 50, 50))
