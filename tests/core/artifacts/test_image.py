from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.artifacts.atomic import is_part, write_atomically
from core.artifacts.image import (
    INFOTEXT_KEY,
    THUMBNAIL_SIDE,
    Picture,
    PictureError,
    load_picture,
    load_recipe,
    save_picture,
    save_thumbnail,
    save_transparent,
)
from core.artifacts.recipe import RecipeError
from tests.core.artifacts.recipes import picture, recipe


def test_a_saved_picture_comes_back_with_its_pixels_and_recipe(tmp_path: Path) -> None:
    path, pixels = tmp_path / "deep" / "a.png", picture(3)
    kept = recipe(pixels, prompt="un dé rouge, 赤い立方体")
    save_picture(path, pixels, kept)
    loaded = load_picture(path)
    np.testing.assert_array_equal(loaded.pixels, pixels)
    assert loaded.recipe == kept
    assert load_recipe(path) == kept
    assert [entry.name for entry in path.parent.iterdir()] == ["a.png"]


def test_alpha_travels_in_the_file_and_comes_out_as_a_channel(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.png", tmp_path / "clear.png"
    alpha = np.linspace(0, 255, 64 * 64).astype(np.uint8).reshape(64, 64)
    colour = picture(4, 64, 64)
    opacity = alpha[..., None] / 255.0
    on_white = np.rint(colour * opacity + 255.0 * (1.0 - opacity)).astype(np.uint8)
    save_picture(path, on_white, recipe(on_white), alpha)
    kept = load_picture(path)
    np.testing.assert_array_equal(kept.pixels, on_white)
    assert kept.alpha is not None
    np.testing.assert_array_equal(kept.alpha, alpha)
    save_transparent(copy, kept)
    with Image.open(copy) as image:
        assert image.mode == "RGBA"
        ground = Image.new("RGBA", image.size, "white")
        again = np.asarray(Image.alpha_composite(ground, image).convert("RGB")).astype(int)
    assert np.abs(again - on_white).max() <= 2
    assert load_recipe(copy) == kept.recipe
    with pytest.raises(PictureError, match="no clear ground"):
        save_transparent(copy, Picture(on_white, kept.recipe))


def test_other_tools_find_the_settings_in_parameters(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    save_picture(path, picture(), recipe())
    with Image.open(path) as image:
        assert image.info[INFOTEXT_KEY].startswith("a red cube\nSteps: 20, Sampler: DPM++ 2M,")


def test_a_file_cut_anywhere_is_refused_or_whole_but_never_half_read(tmp_path: Path) -> None:
    path, cut = tmp_path / "a.png", tmp_path / "cut.png"
    save_picture(path, picture(), recipe())
    whole = path.read_bytes()
    refused = 0
    for length in range(0, len(whole), 7):
        cut.write_bytes(whole[:length])
        try:
            np.testing.assert_array_equal(load_picture(cut).pixels, picture())
        except (PictureError, RecipeError):
            refused += 1
    assert refused >= (len(whole) - 32) // 7


def test_files_that_are_not_ours_are_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="does not exist"):
        load_picture(tmp_path / "none.png")
    with pytest.raises(PictureError, match="can't be read"):
        load_picture(tmp_path)
    (tmp_path / "text.png").write_text("hello")
    with pytest.raises(PictureError, match="is not a PNG"):
        load_picture(tmp_path / "text.png")
    Image.fromarray(picture()).save(tmp_path / "plain.png")
    with pytest.raises(RecipeError, match="holds no recipe"):
        load_picture(tmp_path / "plain.png")


@pytest.mark.parametrize(("width", "height"), [(400, 100), (50, 20), (192, 192)])
def test_a_thumbnail_keeps_the_shape_and_is_never_enlarged(tmp_path: Path, width: int, height: int) -> None:
    path = tmp_path / "thumb.png"
    save_thumbnail(path, picture(0, width, height))
    scale = min(1.0, THUMBNAIL_SIDE / max(width, height))
    with Image.open(path) as image:
        assert image.size == (round(width * scale), round(height * scale))


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_atomically(path, lambda file: file.write(b"old"))

    def fail(file: object) -> None:
        file.write(b"half")  # type: ignore[attr-defined]
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, fail)
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


def test_while_it_is_written_a_file_has_another_name(tmp_path: Path) -> None:
    path, seen = tmp_path / "a.txt", list[str]()
    write_atomically(path, lambda _: seen.extend(entry.name for entry in tmp_path.iterdir()))
    assert len(seen) == 1
    assert is_part(seen[0])
    assert not is_part("a.txt")
