"""How the studio writes figures: units after a space, thin spaces in thousands, a true minus sign."""

from __future__ import annotations

import math

THIN = "\u2009"
MINUS = "\u2212"


def whole(number: int) -> str:
    """48213 -> "48 213" with a thin space; four digits stay together."""
    digits = str(abs(number))
    if len(digits) > 4:
        digits = f"{abs(number):,}".replace(",", THIN)
    return (MINUS if number < 0 else "") + digits


def signed(number: float, places: int = 1) -> str:
    """Always with a sign: +2.2, −8.0, 0.0; infinities as words."""
    if math.isinf(number):
        return "+∞" if number > 0 else MINUS + "∞"
    if round(number, places) == 0:
        return f"{0:.{places}f}"
    return ("+" if number > 0 else MINUS) + f"{abs(number):.{places}f}"


def seconds(value: float) -> str:
    """A duration: 0.8 s, 42 s, 3 min 20 s, 2 h 5 min."""
    if value < 10:
        return f"{value:.1f} s"
    total = round(value)
    if total < 60:
        return f"{total} s"
    if total < 3600:
        minutes, rest = divmod(total, 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(total // 60, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def about(value: float) -> str:
    """An estimated duration: about 4 s, about 2 min 10 s, under 1 s."""
    if value < 1:
        return "under 1 s"
    return "about " + seconds(float(round(value)) if value < 10 else value).replace(".0 s", " s")


def count(number: int, noun: str, plural: str = "") -> str:
    """1 picture, 4 pictures."""
    return f"{whole(number)} {noun if number == 1 else plural or noun + 's'}"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def weights(number: int) -> str:
    """How many weights a model has: 980, 340 k, 2.9 M, 34 M, 1.2 B."""
    for size, unit in ((10**9, "B"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            scaled = number / size
            return f"{scaled:.0f} {unit}" if scaled >= 10 else f"{scaled:.1f} {unit}"
    return str(number)


def gigabytes(octets: int) -> str:
    """Bytes as gigabytes (10^9) with one decimal."""
    return f"{octets / 1e9:.1f}"


def octets(number: int) -> str:
    """Bytes in the unit that suits them (powers of 10): 0 MB, 3.2 MB, 412 MB, 1.3 GB."""
    if number >= 10**9:
        return f"{number / 1e9:.1f} GB"
    megabytes = number / 1e6
    return f"{megabytes:.1f} MB" if 0 < megabytes < 10 else f"{megabytes:.0f} MB"


def sigma(value: float) -> str:
    """A noise level to three figures."""
    if math.isinf(value):
        return "∞"
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def style(name: str) -> str:
    """A model's style as a label: 3D, Flat; "" is Any."""
    return name.upper() if name[:1].isdigit() else name.capitalize() or "Any"


def shortened(text: str, limit: int) -> str:
    """The text on one line, cut at `limit` characters with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
