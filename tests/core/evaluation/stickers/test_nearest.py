from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.evaluation.stickers.nearest import copy_threshold, nearest, slightly_changed
from core.evaluation.stickers.sheet import Cell, draw_sheet, write_sheet


def test_the_nearest_is_found_by_direction() -> None:
    rng = np.random.default_rng(0)
    library = rng.standard_normal((50, 8))
    found = nearest(3.0 * library[[4, 17]], library)
    assert found.places.tolist() == [4, 17]
    np.testing.assert_allclose(found.distances, 0.0, atol=1e-12)
    assert nearest(-library[:1], library[:1]).distances[0] == pytest.approx(2.0)


def test_nine_in_ten_changed_pictures_are_within_the_threshold() -> None:
    rng = np.random.default_rng(0)
    originals = rng.standard_normal((200, 16))
    changed = originals + 0.1 * rng.standard_normal((200, 16))
    found = nearest(changed, originals)
    assert found.places.tolist() == list(range(200))
    assert found.copies(copy_threshold(changed, originals)) == pytest.approx(0.9)
    assert nearest(rng.standard_normal((50, 16)), originals).copies(copy_threshold(changed, originals)) == 0.0


def test_a_slight_change_is_one_pixel_and_a_twentieth() -> None:
    picture = np.zeros((1, 2, 3, 3), np.uint8)
    picture[0, :, 1] = 200
    assert slightly_changed(picture)[0, 0, :, 0].tolist() == [0, 0, 190]


def test_a_sheet_shows_its_cells_in_rows(tmp_path: Path) -> None:
    red, blue = np.zeros((16, 16, 3), np.uint8), np.zeros((16, 16, 3), np.uint8)
    red[..., 0], blue[..., 2] = 255, 255
    sheet = draw_sheet([Cell((red, blue), "a caption of many words", "quiet")] * 5, 2, scale=2, title="Title")
    pixels = np.asarray(Image.open(write_sheet(tmp_path / "new" / "sheet.png", sheet)))
    assert int((pixels == [255, 0, 0]).all(axis=2).sum()) == 5 * 32 * 32
    assert int((pixels == [0, 0, 255]).all(axis=2).sum()) == 5 * 32 * 32
    rows = np.flatnonzero((pixels == [255, 0, 0]).all(axis=2).any(axis=1))
    assert int((np.diff(rows) > 1).sum()) == 2
