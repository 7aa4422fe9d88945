from __future__ import annotations

import re
from itertools import product

import pytest
from PySide6.QtGui import QFontInfo, QPalette
from PySide6.QtWidgets import QApplication

from core.samplers.cards import CARDS
from studio.theme import DARK, LIGHT, Theme, Tokens, fonts, icons
from studio.theme.stylesheet import stylesheet
from studio.theme.tokens import (
    PICTURE_LABEL,
    SAMPLER_SERIES,
    SPARE,
    SURROUNDS,
    contrast,
    with_more_contrast,
    with_surround,
)

SURFACES = ("bg0", "bg1", "bg2", "bg3", "canvas")
TEXTS = ("tx1", "tx2", "tx3", "acc", "acc_tx", "ok", "warn", "err", "info", "focus", "prompt_choice", "prompt_change")


def test_contrast_is_wcags() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(("tokens", "name", "surface"), list(product((DARK, LIGHT), TEXTS, SURFACES)))
def test_text_holds_four_and_a_half_to_one_everywhere(tokens: Tokens, name: str, surface: str) -> None:
    assert contrast(getattr(tokens, name), getattr(tokens, surface)) >= 4.5


@pytest.mark.parametrize(("tokens", "surface"), list(product((DARK, LIGHT), SURFACES)))
def test_marks_hold_three_to_one(tokens: Tokens, surface: str) -> None:
    for colour in (tokens.ctl, *(series.colour for series in tokens.series)):
        assert contrast(colour, getattr(tokens, surface)) >= 3.0
    assert contrast(tokens.on_acc, tokens.acc) >= 4.5


FIGURES = {
    "tx1": (15.14, 12.16, 15.93, 12.92),
    "tx2": (8.71, 7.00, 8.31, 6.74),
    "tx3": (5.78, 4.64, 5.89, 4.77),
    "acc": (8.61, 6.92, 5.96, 4.83),
    "acc_tx": (9.88, 7.93, 6.71, 5.44),
    "ok": (8.33, 6.69, 6.01, 4.88),
    "warn": (11.84, 9.50, 6.12, 4.96),
    "err": (7.44, 5.97, 6.00, 4.87),
    "info": (8.25, 6.63, 6.20, 5.03),
    "focus": (9.87, 7.93, 6.20, 5.03),
    "ctl": (4.02, 3.23, 3.90, 3.16),
    "prompt_choice": (9.04, 7.26, 7.36, 5.97),
    "prompt_change": (9.85, 7.91, 6.33, 5.13),
    "s1": (8.67, 6.96, 5.80, 4.70),
    "s2": (11.94, 9.59, 5.34, 4.33),
    "s3": (5.77, 4.63, 5.77, 4.68),
    "s4": (13.41, 10.77, 3.83, 3.11),
    "s5": (5.51, 4.42, 11.71, 9.50),
    "s6": (13.83, 11.11, 13.10, 10.62),
}
"""What the specification promises of each token: on the panel and at worst, dark and light."""
TINTS = ("acc", "err", "ok", "warn", "info")


def colour_of(tokens: Tokens, name: str) -> str:
    return tokens.series[int(name[1]) - 1].colour if name in {f"s{n}" for n in range(1, 7)} else getattr(tokens, name)


@pytest.mark.parametrize(("name", "figures"), FIGURES.items())
def test_every_token_has_the_contrast_that_is_promised(name: str, figures: tuple[float, ...]) -> None:
    for tokens, panel, worst in ((DARK, *figures[:2]), (LIGHT, *figures[2:])):
        colour = colour_of(tokens, name)
        # The figures are rounded to two places.
        assert contrast(colour, tokens.bg1) >= panel - 0.005
        assert min(contrast(colour, getattr(tokens, surface)) for surface in SURFACES) >= worst - 0.005


@pytest.mark.parametrize(("tokens", "least"), [(DARK, 6.40), (LIGHT, 5.38)])
def test_a_colour_reads_on_its_own_tint(tokens: Tokens, least: float) -> None:
    for name in TINTS:
        ink = tokens.acc_tx if name == "acc" else getattr(tokens, name)
        assert contrast(ink, getattr(tokens, f"{name}_bg")) >= least - 0.005, name


@pytest.mark.parametrize(("tokens", "least"), [(DARK, 8.96), (LIGHT, 6.49)])
def test_ink_reads_on_the_accent_and_on_what_is_pressed(tokens: Tokens, least: float) -> None:
    assert contrast(tokens.on_acc, tokens.acc) >= least - 0.005
    # Of the text tokens only the hints are never on bg4.
    assert min(contrast(ink, tokens.bg4) for ink in (tokens.tx1, tokens.tx2)) >= 4.5


def test_a_label_reads_on_any_picture() -> None:
    ink, ground, opacity = PICTURE_LABEL

    def over(picture: int) -> str:
        mixed = (round(opacity * int(ground[i : i + 2], 16) + (1 - opacity) * picture) for i in (1, 3, 5))
        return "#" + "".join(f"{channel:02X}" for channel in mixed)

    assert min(contrast(ink, over(picture)) for picture in range(256)) >= 8.0


@pytest.mark.parametrize("tokens", [DARK, LIGHT])
def test_more_contrast_brings_edges_and_tracks_to_three_to_one(tokens: Tokens) -> None:
    more = with_more_contrast(tokens)
    for surface in SURFACES:
        assert min(contrast(edge, getattr(more, surface)) for edge in (more.line2, more.track)) >= 3.0


@pytest.mark.parametrize(("tokens", "name"), list(product((DARK, LIGHT), SURROUNDS)))
def test_words_and_marks_read_on_every_surround(tokens: Tokens, name: str) -> None:
    around = with_surround(tokens, name)
    assert contrast(around.surround_tx, around.surround) >= 4.5
    assert contrast(around.surround_acc, around.surround) >= 3.0
    assert contrast(around.surround_focus, around.surround) >= 3.0


@pytest.mark.parametrize("tokens", [DARK, LIGHT])
def test_series_differ_in_more_than_colour(tokens: Tokens) -> None:
    plain = tokens.series[:6]
    assert len({(series.marker, series.dash) for series in plain}) == len(plain)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=lambda tokens: tokens.name)
def test_every_sampler_has_colour_marker_and_dash_of_its_own(tokens: Tokens) -> None:
    assert set(SAMPLER_SERIES) == {card.name for card in CARDS}
    drawn = {name: tokens.series[place] for name, place in SAMPLER_SERIES.items()}
    assert [SAMPLER_SERIES[name] for name in ("euler", "heun", "dpmpp_2m", "uni_pc")] == [0, 1, 2, 3]
    assert len(set(drawn.values())) == len(CARDS)
    assert tokens.series[5] not in drawn.values()
    # and those that belong to none differ from all
    assert len(set(tokens.series)) == len(tokens.series) == len(CARDS) + 1 + SPARE


@pytest.mark.parametrize("tokens", [DARK, LIGHT])
def test_the_style_sheet_is_filled_in_and_never_universal(tokens: Tokens) -> None:
    sheet = stylesheet(tokens)
    assert "$" not in sheet
    assert not re.search(r"(^|[\s,}])(\*|QWidget)\s*\{", sheet)
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", sheet)) <= {
        value for field in tokens.__slots__ if isinstance(value := getattr(tokens, field), str)
    }


def test_every_icon_draws_something_in_its_colour(qapp: QApplication) -> None:
    assert len(icons.names()) > 30
    for name in icons.names():
        image = icons.pixmap(name, "#FF0000", 24, 2.0).toImage()
        drawn = sum(image.pixelColor(x, y).alpha() > 100 for x in range(48) for y in range(48))
        assert drawn > 20, name
    del qapp


def test_inter_is_bundled_with_tabular_figures(qapp: QApplication) -> None:
    fonts.install()
    for face, family in ((fonts.label(), "Inter"), (fonts.title(), "Inter Display")):
        assert QFontInfo(face).family().startswith(family)
        assert face.pixelSize() >= 11
    assert (fonts.FOLDER.parents[0] / "licences" / "Inter-OFL.txt").is_file()
    del qapp


def test_a_theme_dresses_the_application_and_says_so(qapp: QApplication) -> None:
    theme = Theme(qapp, "dark")
    theme.dress()
    heard: list[str] = []
    theme.changed.connect(lambda: heard.append(theme.tokens.name))
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == DARK.bg1
    theme.toggle()
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == LIGHT.bg1
    theme.toggle()
    assert heard == ["light", "dark"]
