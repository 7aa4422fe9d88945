from __future__ import annotations

import numpy as np
import pytest

from core.datasets.stickers.raster import SIZES, Drawing, DrawingError, rasterise, smaller, svg


def test_hidden_colours_do_not_bleed() -> None:
    picture = np.zeros((256, 256, 4), np.uint8)
    picture[:, :] = (0, 255, 0, 0)
    picture[:, :130] = (255, 0, 0, 255)
    for size, small in zip(SIZES, smaller(picture), strict=True):
        assert small.shape == (size, size, 4)
        seen = small[..., 3] > 0
        assert (small[seen][:, 1] == 0).all()
        assert (small[seen][:, 0] == 255).all()
        assert (small[~seen] == 0).all()
        assert set(np.unique(small[..., 3])) > {0, 255}


def test_an_even_picture_stays_even() -> None:
    picture = np.full((256, 256, 4), (12, 200, 77, 128), np.uint8)
    for small in smaller(picture):
        assert (small == (12, 200, 77, 128)).all()


def test_an_icon_is_drawn_in_the_middle_of_a_square() -> None:
    body = '<path fill="#00f" d="M0 0h16v32H0z"/>'
    (pictures,) = rasterise([Drawing("a", svg(body, 16, 32), is_svg=True)])
    small = pictures[0]
    # The filter reaches one pixel over an edge.
    assert (small[:, 17:47] == (0, 0, 255, 255)).all()
    assert (small[:, :15, 3] == 0).all()
    assert (small[:, 49:, 3] == 0).all()


def test_an_alias_is_mirrored() -> None:
    body = '<path fill="#00f" d="M0 0h8v32H0z"/>'
    (pictures,) = rasterise([Drawing("a", svg(body, 32, 32, mirrored=True), is_svg=True)])
    assert (pictures[0][:, 49:, 3] == 255).all()
    assert (pictures[0][:, :47, 3] == 0).all()


@pytest.mark.parametrize(("data", "is_svg"), [(b"<svg", True), (b"", True), (b"RIFF1234WEBP", False), (b"", False)])
def test_what_is_no_picture_is_named(data: bytes, is_svg: bool) -> None:
    with pytest.raises(DrawingError, match="broken"):
        rasterise([Drawing("broken", data, is_svg)])
