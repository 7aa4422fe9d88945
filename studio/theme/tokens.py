"""Colours, lengths and series marks of the studio: the one place where they are written down."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Marker = Literal["circle", "square", "triangle", "diamond", "cross", "none"]

SPACE = (2, 4, 6, 8, 10, 14, 20, 28)
MARGIN = 14
ROW = 30
RADIUS_PICTURE, RADIUS_FIELD, RADIUS_BUTTON, RADIUS_CARD, RADIUS_FLOAT, RADIUS_ERROR = 3, 5, 6, 8, 10, 12
HOVER_MS, PANEL_MS, CROSS_FADE_MS, TOOLTIP_MS, TOAST_MS = 120, 180, 80, 500, 6000


@dataclass(frozen=True, slots=True)
class Series:
    """How one curve is drawn: colour, marker and dash pattern (in pen widths; empty is solid)."""

    colour: str
    marker: Marker
    dash: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme. Every colour is `#rrggbb`; text colours hold 4.5 : 1 on every surface but `bg4`, marks 3 : 1.

    bg0: rail and bars; bg1: panel; bg2: field and card; bg3: hover; bg4: pressed and tracks.
    tx1: values and titles; tx2: labels and icons; tx3: hints and axes. acc: what is happening now.
    track: grooves of sliders. surround, and the colours with that beginning: what lies around a picture, and on it.
    """

    name: Literal["dark", "light"]
    bg0: str
    bg1: str
    bg2: str
    bg3: str
    bg4: str
    canvas: str
    line: str
    line2: str
    tx1: str
    tx2: str
    tx3: str
    acc: str
    acc_tx: str
    on_acc: str
    ok: str
    warn: str
    err: str
    info: str
    focus: str
    ctl: str
    acc_bg: str
    err_bg: str
    ok_bg: str
    warn_bg: str
    info_bg: str
    prompt_choice: str
    prompt_change: str
    track: str
    surround: str
    surround_tx: str
    surround_acc: str
    surround_focus: str
    series: tuple[Series, ...]

    @property
    def plain_series(self) -> tuple[Series, ...]:
        """One of each colour, the reference's left out."""
        return self.series[: len(_ALIKE)]


_SHAPES: tuple[tuple[Marker, tuple[float, ...]], ...] = (
    ("circle", ()),
    ("square", (6.0, 3.0)),
    ("triangle", (1.0, 2.0)),
    ("diamond", (5.0, 2.0, 1.0, 2.0)),
    ("cross", (3.0, 2.0)),
)
_ALIKE = (
    ("euler", "ddim", "lms", "ipndm", "plms", "deis"),
    ("heun", "dpm_2", "dpm_solver_3", "rk4", "dopri5", "edm_stochastic", "restart"),
    ("dpmpp_2m", "dpmpp_3m", "dpmpp_2s", "res_multistep", "dpmpp_sde", "dpmpp_2m_sde", "dpmpp_3m_sde"),
    ("uni_pc", "uni_pc_bh2", "sa_solver", "er_sde", "langevin"),
    (
        *("euler_ancestral", "dpm_2_ancestral", "dpmpp_2s_ancestral", "res_multistep_ancestral"),
        *("ddpm", "consistency", "lcm", "tcd"),
    ),
)
"""Relatives share a colour; the first of them has the marker and dash that belong to it."""
SPARE = 6
"""Series that belong to no sampler: for lanes that differ in something else."""


def _series(*colours: str) -> tuple[Series, ...]:
    """The six plain ones, the last of them the reference's; then one for each other sampler; then the spare ones."""
    plain = [_relative(colour, family, 0) for family, colour in enumerate(colours[:-1])]
    others = [
        _relative(colours[family], family, place)
        for family, names in enumerate(_ALIKE)
        for place in range(1, len(names))
    ]
    spare = [
        _relative(colours[family], family, len(_ALIKE[family]) + each // len(_ALIKE))
        for each in range(SPARE)
        for family in (each % len(_ALIKE),)
    ]
    return (*plain, Series(colours[-1], "none", ()), *others, *spare)


def _relative(colour: str, family: int, place: int) -> Series:
    """Marker and dash both move on, the dash twice as fast, and once more in each round: no two of a colour are alike,
    and the first 25 of all colours differ without it."""
    marker = _SHAPES[(family + place) % len(_SHAPES)][0]
    dash = _SHAPES[(family + 2 * place + place // len(_SHAPES)) % len(_SHAPES)][1]
    return Series(colour, marker, dash)


def _sampler_series() -> dict[str, int]:
    firsts = {names[0]: family for family, names in enumerate(_ALIKE)}
    others = (name for names in _ALIKE for name in names[1:])
    return firsts | {name: len(_ALIKE) + 1 + place for place, name in enumerate(others)}


SAMPLER_SERIES = _sampler_series()
"""A sampler keeps its colour, marker and dash wherever it appears."""


DARK = Tokens(
    name="dark",
    bg0="#121214",
    bg1="#19191C",
    bg2="#222226",
    bg3="#2B2B30",
    bg4="#37373E",
    canvas="#0E0E0F",
    line="#2A2A2F",
    line2="#3D3D45",
    tx1="#EEEEF0",
    tx2="#B6B6BF",
    tx3="#9393A0",
    acc="#E9A961",
    acc_tx="#F0B877",
    on_acc="#1E1305",
    ok="#52C796",
    warn="#F0D35A",
    err="#FF8672",
    info="#74B8F2",
    focus="#8CC8FF",
    ctl="#787883",
    acc_bg="#38291A",
    err_bg="#3A1F1B",
    ok_bg="#173028",
    warn_bg="#342E14",
    info_bg="#18293A",
    prompt_choice="#C3AEFF",
    prompt_change="#6FD3C4",
    track="#37373E",
    surround="#0E0E0F",
    surround_tx="#B6B6BF",
    surround_acc="#E9A961",
    surround_focus="#8CC8FF",
    series=_series("#8DBBE6", "#FBD061", "#D67791", "#70FBA8", "#AA75F7", "#E4E4E8"),
)

LIGHT = Tokens(
    name="light",
    bg0="#E6E6E9",
    bg1="#F5F5F7",
    bg2="#FFFFFF",
    bg3="#E9E9EC",
    bg4="#DADADF",
    canvas="#DEDEE1",
    line="#DCDCE1",
    line2="#C6C6CD",
    tx1="#1A1A1E",
    tx2="#484851",
    tx3="#5E5E68",
    acc="#8A5010",
    acc_tx="#80490C",
    on_acc="#FFFFFF",
    ok="#0B6B47",
    warn="#755800",
    err="#B3261E",
    info="#0B5CA8",
    focus="#0B5CA8",
    ctl="#7A7A85",
    acc_bg="#F4E4D0",
    err_bg="#FBE4E1",
    ok_bg="#DDF1E8",
    warn_bg="#F8EFCB",
    info_bg="#DEECF9",
    prompt_choice="#5B35B5",
    prompt_change="#00665A",
    track="#DADADF",
    surround="#DEDEE1",
    surround_tx="#484851",
    surround_acc="#8A5010",
    surround_focus="#0B5CA8",
    series=_series("#155BC4", "#716612", "#A63277", "#178E53", "#2504A6", "#2A2A30"),
)

SURROUNDS = {
    "theme": {},
    "black": {"surround": "#000000", "surround_tx": DARK.tx2, "surround_acc": DARK.acc, "surround_focus": DARK.focus},
    "grey": {"surround": "#777777", "surround_tx": "#000000", "surround_acc": "#FFDDB0", "surround_focus": "#FFFFFF"},
    "white": {
        "surround": "#FFFFFF",
        "surround_tx": LIGHT.tx2,
        "surround_acc": LIGHT.acc,
        "surround_focus": LIGHT.focus,
    },
}
"""What may lie around a picture: as the theme has it, black, grey that reflects 18 %, white."""


def with_more_contrast(tokens: Tokens) -> Tokens:
    """Edges of fields and grooves of sliders hold 3 : 1 as well."""
    return replace(tokens, line2=tokens.ctl, track=tokens.ctl)


def with_surround(tokens: Tokens, name: str) -> Tokens:
    """name: a key of SURROUNDS."""
    return replace(tokens, **SURROUNDS[name])


PICTURE_LABEL = ("#EEEEF0", "#101012", 0.78)
"""Ink, ground and the ground's opacity of a label that lies on a picture."""

PICTURE_ACCENT = DARK.acc
"""The accent on a picture, in either theme; it lies on a line of the label's ground."""


def contrast(ink: str, ground: str) -> float:
    """WCAG 2.2 contrast ratio of two `#rrggbb` colours, 1 to 21."""
    lighter, darker = sorted((_luminance(ink), _luminance(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
