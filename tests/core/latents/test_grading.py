"""Decoded numbers to pixels: as they were by default, and by the cited formulas otherwise."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from core.colour import AS_DECODED, ColourSettings
from core.errors import RequestError
from core.latents.codec import to_uint8
from core.latents.grading import fitted, graded, lit


def decoded(seed: int = 0, reach: float = 1.4, batch: int = 2) -> torch.Tensor:
    """(batch, 3, 6, 5) float32, some of it beyond white and black."""
    drawn = torch.rand(batch, 3, 6, 5, generator=torch.Generator().manual_seed(seed))
    return (2.0 * drawn - 1.0) * reach


def flat(red: float, green: float, blue: float) -> torch.Tensor:
    """One picture of one 8-bit colour."""
    return (torch.tensor([red, green, blue]) / 127.5 - 1.0)[None, :, None, None].expand(1, 3, 4, 4)


def pixel(colour: ColourSettings, *rgb: float) -> list[int]:
    return graded(flat(*rgb), colour)[0, 0, 0].tolist()


@given(st.integers(0, 1000), st.floats(0.1, 3.0))
def test_by_default_pixels_are_the_decoders_to_the_bit(seed: int, reach: float) -> None:
    image = decoded(seed, reach)
    np.testing.assert_array_equal(graded(image, AS_DECODED), to_uint8(image))


@given(st.integers(0, 1000))
def test_a_picture_within_range_is_not_moved_by_fitting(seed: int) -> None:
    image = decoded(seed, 1.0)
    np.testing.assert_array_equal(graded(image, ColourSettings("fit")), to_uint8(image))


def test_a_picture_comes_out_alone_as_in_a_batch() -> None:
    image, colour = decoded(batch=3), ColourSettings("fit", 0.4, 1.2, 0.7)
    for place in range(3):
        np.testing.assert_array_equal(graded(image, colour)[place], graded(image[place : place + 1], colour)[0])


def test_every_colour_passes_through_linear_light_and_back() -> None:
    """A bend so small that no 8-bit value moves: the two curves undo one another."""
    ramp = torch.arange(256.0)[None, None, None].expand(1, 3, 1, 256) / 127.5 - 1.0
    np.testing.assert_array_equal(graded(ramp, ColourSettings(contrast=1.0 + 1e-9))[0, 0, :, 0], np.arange(256))


def test_the_curve_is_that_of_the_systems_srgb_profile() -> None:
    """LittleCMS' own sRGB, asked for luminance (XYZ's Y under D50), against ours where all three are one grey."""
    srgb, xyz = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    to_lab = ImageCms.buildTransform(srgb, xyz, "RGB", "LAB")
    for level in (20, 90, 118, 200, 250):
        theirs = np.asarray(ImageCms.applyTransform(Image.new("RGB", (1, 1), (level,) * 3), to_lab))[0, 0, 0] / 2.55
        # One stop less is half of the light; L* by CIE 1976 of that, against theirs of our pixel.
        light = ((theirs + 16.0) / 116.0) ** 3 if theirs > 8 else theirs / 903.3
        ours = pixel(ColourSettings(exposure=-1.0), level, level, level)[0]
        halved = np.asarray(ImageCms.applyTransform(Image.new("RGB", (1, 1), (ours,) * 3), to_lab))[0, 0, 0] / 2.55
        expected = 116.0 * np.cbrt(light / 2) - 16.0 if light / 2 > 0.008856 else 903.3 * light / 2
        assert halved == pytest.approx(expected, abs=0.6)


def test_a_stop_doubles_the_light_and_white_stays_white() -> None:
    # sRGB 118 is 18 % of light, 162 is 36 %: the photographer's grey card, one stop up.
    assert pixel(ColourSettings(exposure=1.0), 118, 118, 118) == [162, 162, 162]
    assert pixel(ColourSettings(exposure=-1.0), 162, 162, 162) == [118, 118, 118]
    assert pixel(ColourSettings(exposure=4.0), 200, 255, 0) == [255, 255, 0]


def test_contrast_turns_about_mid_grey() -> None:
    light = np.array([[0.18, 0.18, 0.18], [0.09, 0.36, 0.72]])
    strong = lit(light, ColourSettings(contrast=2.0))
    np.testing.assert_allclose(strong[0], 0.18, rtol=1e-12)
    np.testing.assert_allclose(strong[1], [0.045, 0.72, 2.88], rtol=1e-12)
    assert pixel(ColourSettings(contrast=0.0), 10, 118, 250) == [118, 118, 118]


def test_saturation_keeps_luminance() -> None:
    light = np.array([0.8, 0.3, 0.1])
    luminance = 0.2126 * 0.8 + 0.7152 * 0.3 + 0.0722 * 0.1
    np.testing.assert_allclose(lit(light, ColourSettings(saturation=0.0)), luminance, rtol=1e-12)
    for saturation in (0.5, 1.7):
        bent = lit(light, ColourSettings(saturation=saturation))
        assert bent @ np.array([0.2126, 0.7152, 0.0722]) == pytest.approx(luminance, rel=1e-12)
        np.testing.assert_allclose(bent - luminance, saturation * (light - luminance), rtol=1e-12)
    # Pure green is far lighter than pure blue.
    assert pixel(ColourSettings(saturation=0.0), 0, 255, 0) == [220, 220, 220]
    assert pixel(ColourSettings(saturation=0.0), 0, 0, 255) == [76, 76, 76]


def test_fitting_is_dynamic_thresholding() -> None:
    picture = np.linspace(-1.0, 3.0, 1001)
    ranked = np.sort(np.abs(picture))
    reach = ranked[995]  # 99.5 % of 1,000 intervals
    np.testing.assert_allclose(fitted(picture), np.clip(picture, -reach, reach) / reach, rtol=1e-12)
    over = graded(torch.full((1, 3, 4, 4), 1.5) * torch.tensor([1.0, 0.5, 0.0])[None, :, None, None], ColourSettings())
    kept = graded(
        torch.full((1, 3, 4, 4), 1.5) * torch.tensor([1.0, 0.5, 0.0])[None, :, None, None], ColourSettings("fit")
    )
    assert over[0, 0, 0].tolist() == [255, 223, 128]
    assert kept[0, 0, 0].tolist() == [255, 191, 128]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"exposure": 4.5}, "exposure 4.5 is out of range; give -4 to 4"),
        ({"contrast": -0.1}, "contrast -0.1 is out of range; give 0 to 3"),
        ({"saturation": float("nan")}, "saturation nan is out of range; give 0 to 3"),
        ({"out_of_range": "wrap"}, "out of range 'wrap' is not a way; choose clip or fit"),
    ],
)
def test_settings_out_of_range_are_refused(values: dict, sentence: str) -> None:
    with pytest.raises(RequestError) as refused:
        ColourSettings(**values)
    assert str(refused.value) == sentence
    assert refused.value.field == "colour"
