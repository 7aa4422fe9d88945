"""Guidance in words, and which of its settings its method shows."""

from __future__ import annotations

from dataclasses import dataclass

from core.guidance_settings import METHOD_OPTIONS, Course, GuidanceSettings, Method

METHODS: dict[Method, tuple[str, str]] = {
    "cfg": ("Classifier-free", "Away from the guess without the prompt, or with what is to be left out"),
    "apg": ("Projected", "As classifier-free, without the part that only raises contrast and colour"),
    "cfg_zero": ("Zero-star", "As classifier-free, with the guess without the prompt fitted first: for flow models"),
    "cfg_pp": ("Plus-plus", "Towards the prompt by a share, with the noise of the guess without it"),
    "perp_neg": ("Perpendicular", "What is to be left out takes nothing from what the prompt asks for"),
    "auto": ("Weaker model", "Away from the guess of a weaker copy of the model: better drawn, no stronger words"),
    "pag": ("Attention put out", "Away from the model's guess with its self-attention put out: better structure"),
}
"""Name for people, and one line of what it does."""
COURSES: dict[Course, tuple[str, str]] = {
    "constant": ("Constant", "One scale for the whole run"),
    "linear": ("Rising", "From none at noise, evenly, to twice as much at the end"),
    "cosine": ("Rising softly", "From none at noise to twice as much at the end, along a cosine"),
    "drawn": ("Drawn", "Scales of your own at even places of the run"),
}


@dataclass(frozen=True, slots=True)
class GuidanceView:
    """settings: all of them. takes: fields whose rows are shown. note: one line of what the method does."""

    settings: GuidanceSettings
    takes: frozenset[str]
    note: str


def derive_guidance(settings: GuidanceSettings) -> GuidanceView:
    takes = set(METHOD_OPTIONS[settings.method])
    if "course" in takes and settings.course == "drawn":
        takes.discard("scale")
    else:
        takes.discard("drawn")
    return GuidanceView(settings, frozenset(takes), METHODS[settings.method][1])


def guidance_words(settings: GuidanceSettings) -> str:
    """ "3", or "4, projected, parallel 0.2"; "off" where nothing acts."""
    if not settings.on:
        return "off"
    plain, takes = GuidanceSettings(), METHOD_OPTIONS[settings.method]
    words = list[str]()
    if settings.method == "cfg_pp":
        words.append(f"{settings.blend:g} of the way")
    elif settings.course == "drawn":
        words.append("drawn " + " · ".join(f"{scale:g}" for scale in settings.drawn))
    else:
        words.append(f"{settings.scale:g}")
    if settings.method != "cfg":
        words.append(METHODS[settings.method][0].lower())
    if "course" in takes and settings.course in ("linear", "cosine"):
        words.append(COURSES[settings.course][0].lower())
    for name, said in (
        *(("parallel", "parallel"), ("norm", "norm"), ("zero", "at rest"), ("leave_out", "leave out")),
        ("threshold", "threshold"),
    ):
        value = getattr(settings, name)
        if name in takes and value != getattr(plain, name):
            words.append(f"{said} {value:g}")
    return ", ".join(words)
