from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.artifacts.image import Picture, load_recipe, save_picture
from core.artifacts.sticker_sheet import StickerSheetError, draw_sheet, save_sheet
from core.history.export import export_copies
from tests.core.artifacts.recipes import recipe


def sticker(shade: int, side: int = 32, *, clear: bool = True) -> Picture:
    """A square of one shade in the middle of white, which is its ground."""
    pixels, alpha = np.full((side, side, 3), 255, np.uint8), np.zeros((side, side), np.uint8)
    middle = slice(side // 4, 3 * side // 4)
    pixels[middle, middle], alpha[middle, middle] = shade, 255
    return Picture(pixels, recipe(), alpha if clear else None)


@pytest.mark.parametrize(("count", "columns", "rows"), [(2, 2, 1), (4, 2, 2), (5, 3, 2), (16, 4, 4)])
def test_a_sheet_is_as_square_as_it_goes(count: int, columns: int, rows: int) -> None:
    sheet = np.asarray(draw_sheet([sticker(10 * place) for place in range(count)], transparent=False))
    assert sheet.shape == (2 + rows * 34, 2 + columns * 34, 3)
    for place in range(count):
        assert (sheet[18 + place // columns * 34, 18 + place % columns * 34] == 10 * place).all()


def test_a_transparent_sheet_is_clear_around_what_is_drawn_and_small_ones_stand_in_the_middle() -> None:
    sheet = np.asarray(draw_sheet([sticker(60), sticker(90, 16), sticker(120, clear=False)], transparent=True))
    assert sheet[18, 18].tolist() == [60, 60, 60, 255]
    assert sheet[18, 52].tolist() == [90, 90, 90, 255]
    assert sheet[3, 3, 3] == sheet[3, 37, 3] == sheet[-18, -18, 3] == 0
    assert sheet[37, 3].tolist() == [255, 255, 255, 255]


def test_too_few_and_too_many_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StickerSheetError, match=r"1 picture given for a sheet; .* say 4 or 16"):
        draw_sheet([sticker(0)], transparent=True)
    wide = Picture(np.broadcast_to(np.uint8(0), (8000, 8000, 3)), recipe())
    with pytest.raises(StickerSheetError, match="take fewer"):
        draw_sheet([wide] * 4, transparent=False)
    with pytest.raises(StickerSheetError, match="does not exist"):
        save_sheet(tmp_path / "sheet.png", [tmp_path / "none.png"] * 2, transparent=True)


def test_copies_have_alpha_where_there_is_any_and_their_recipes(tmp_path: Path) -> None:
    for name, one in (("a", sticker(60)), ("b", sticker(60, clear=False))):
        save_picture(tmp_path / f"{name}.png", one.pixels, one.recipe, one.alpha)
    sources = [tmp_path / "a.png", tmp_path / "b.png"]
    clear, plain = export_copies(sources, tmp_path / "out", transparent=True)
    with Image.open(clear) as image:
        assert image.mode == "RGBA"
        assert image.getpixel((0, 0))[3] == 0
    assert load_recipe(clear) == recipe()
    assert plain.read_bytes() == sources[1].read_bytes()
    save_sheet(tmp_path / "sheet.png", sources, transparent=False)
    with Image.open(tmp_path / "sheet.png") as image:
        assert (image.mode, image.size) == ("RGB", (70, 36))
