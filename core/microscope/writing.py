"""Curves written down: CSV, JSON, and one list of numbers as other tools take it. No torch here."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from typing import Any

from core.microscope.curve import GridCurve

HEADS = ("curve", "step", "t", "sigma", "log_snr", "alpha", "log_snr_step", "t_step")
"""sigma: noise over signal. A step's sizes stand at the level where it begins; the last level begins none."""


def curves_csv(curves: Sequence[GridCurve]) -> str:
    """A row a level, numbers to their last digit; infinities as inf and -inf."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADS)
    for curve in curves:
        sizes = [*zip(curve.log_snr_steps, curve.time_steps, strict=True), ("", "")]
        for index, (level, size) in enumerate(zip(curve.levels, sizes, strict=True)):
            writer.writerow((curve.name, index + 1, level.t, level.ratio, level.log_snr, level.alpha, *size))
    return out.getvalue()


def curves_plain(curves: Sequence[GridCurve], schedule: str) -> dict[str, Any]:
    """As JSON values: lists by level, and by step; null for what is infinite."""
    return {
        "schedule": schedule,
        "curves": [
            {
                "name": curve.name,
                "title": curve.title,
                "steps": curve.steps,
                "t": _finite([level.t for level in curve.levels]),
                "sigma": _finite([level.ratio for level in curve.levels]),
                "log_snr": _finite([level.log_snr for level in curve.levels]),
                "alpha": _finite([level.alpha for level in curve.levels]),
                "log_snr_step": _finite(curve.log_snr_steps),
                "t_step": _finite(curve.time_steps),
            }
            for curve in curves
        ],
    }


def curves_json(curves: Sequence[GridCurve], schedule: str) -> str:
    return json.dumps(curves_plain(curves, schedule), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _finite(values: Sequence[float]) -> list[float | None]:
    return [value if math.isfinite(value) else None for value in values]
