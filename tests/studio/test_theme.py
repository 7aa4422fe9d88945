from __future__ import annotations

import re
from itertools import product

import pytest
from PySide6.QtGui import QFontInfo, QPalette
from PySide6.QtWidgets import QApplication

from studio.theme import DARK, LIGHT, Theme, Tokens, fonts, icons
from studio.theme.stylesheet import stylesheet
from studio.theme.tokens import contrast

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


@pytest.mark.parametrize("tokens", [DARK, LIGHT])
def test_series_differ_in_more_than_colour(tokens: Tokens) -> None:
    assert len({(series.marker, series.dash) for series in tokens.series}) == len(tokens.series)


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
