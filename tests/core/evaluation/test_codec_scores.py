from __future__ import annotations

import numpy as np
import pytest
import torch

from core.evaluation.codec_scores import codec_scores, edges
from core.latents.transparency import on_white, opaque, straight


def square() -> np.ndarray:
    """A red square of 8 on a clear 16."""
    picture = np.zeros((2, 16, 16, 4), np.uint8)
    picture[:, 4:12, 4:12] = 200, 10, 20, 255
    return picture


def test_edges_are_near_where_alpha_jumps() -> None:
    near = edges(on_white(square())[:, 3:] / 2.0 + 0.5)[0, 0]
    assert near[8].int().tolist() == [0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0]


def test_scores_are_those_of_known_errors() -> None:
    shifted = codec_scores(
        lambda real: real + 2.0 * 5.0 / 255.0 * torch.tensor([1, 1, 1, -1.0])[:, None, None], square()
    )
    # white stays white; 5 levels off in the square: a quarter of the picture
    assert shifted["psnr_rgb"] == pytest.approx(10 * np.log10(255**2 / (25 / 4)), abs=1e-4)
    assert shifted["psnr_alpha"] == pytest.approx(10 * np.log10(255**2 / (25 / 4)), abs=1e-4)
    assert shifted["psnr_edges"] == pytest.approx(10 * np.log10(255**2 / (25 * 48 / 128)), abs=0.3)


def test_straight_alpha_there_and_back() -> None:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (3, 8, 8, 4)).astype(np.uint8)
    picture[..., 3] = rng.choice([0, 128, 255], (3, 8, 8))
    picture[picture[..., 3] == 0] = 0
    back = straight(on_white(picture))
    assert np.array_equal(back[..., 3], picture[..., 3])
    assert int(np.abs(back.astype(int) - picture).max()) <= 1
    assert bool((on_white(np.zeros((1, 4, 4, 4), np.uint8))[:, :3] == 1.0).all())
    assert opaque(torch.zeros(1, 3, 2, 2))[:, 3].tolist() == [[[1.0, 1.0], [1.0, 1.0]]]
