from __future__ import annotations

import numpy as np

from core.evaluation.codec_sheet import LABEL, codec_sheet, spread


def test_each_picture_stands_beside_what_became_of_it() -> None:
    pictures = np.zeros((3, 8, 8, 4), np.uint8)
    pictures[..., 3] = 255
    pictures[0, ..., :3] = 255, 0, 0
    pictures[2, ..., :3] = 0, 0, 255
    sheet = np.asarray(codec_sheet(pictures, {"negative": lambda real: -real}, enlarged=3, groups=2))
    assert sheet.shape == (LABEL + 2 * 24, 2 * 48 + LABEL, 3)
    assert sheet[LABEL + 12, 12].tolist() == [255, 0, 0]
    assert sheet[LABEL + 12, 36].tolist() == [0, 255, 255]
    assert sheet[LABEL + 12, 48 + LABEL + 12].tolist() == [0, 0, 255]
    assert sheet[LABEL + 36, 48 + LABEL + 12].tolist() == [255, 255, 255]


def test_rows_are_spread_evenly() -> None:
    assert spread([3, 5, 7, 9, 11], 3) == [3, 7, 11]
    assert spread([3, 5], 8) == [3, 5]
