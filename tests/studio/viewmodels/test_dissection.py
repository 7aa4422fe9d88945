from __future__ import annotations

import math
from dataclasses import replace
from weakref import ref

import numpy as np

from core.dissection import Quantity, Reading
from studio.viewmodels.dissection import (
    EMPTY,
    UNWATCHED,
    WAITING,
    DissectionInputs,
    derive_dissection,
    dissection_table,
    percent,
)
from studio.viewmodels.plot_table import copied
from studio.widgets.guidance_plot import bounds, stretches


def reading(step: int, evaluations: int = 1, guided: bool = True) -> Reading:
    figures = np.full((evaluations, 2, len(Quantity), 2), 0.1 * step, np.float32)
    if not guided:
        figures[:, :, [Quantity.REFERENCE, Quantity.DIFFERENCE, Quantity.ANGLE]] = math.nan
    return Reading(step, (0, 1), tuple(-4.0 + step + part / 2 for part in range(evaluations)), figures)


def test_an_empty_view_says_why() -> None:
    nothing = DissectionInputs()
    assert derive_dissection(nothing).empty == EMPTY
    assert derive_dissection(replace(nothing, shown=True)).empty == UNWATCHED
    assert derive_dissection(replace(nothing, shown=True, coming=True)).empty == WAITING


def test_every_evaluation_has_its_place_and_a_gap_where_guidance_rests() -> None:
    inputs = DissectionInputs((reading(1, 2, guided=False), reading(2, 2), reading(3)), item=1, step=2, shown=True)
    view = derive_dissection(inputs)
    assert [step for step, _ in view.places] == [1, 1, 2, 2, 3]
    assert view.here == -2.0
    without = view.sizes[1]
    assert without.value == "0.200"
    assert [len(stretch) for stretch in stretches(view.places, without.points)] == [3]
    assert [len(stretch) for stretch in stretches(view.places, view.sizes[0].points)] == [5]
    assert view.angles[0].value == "0.2°"


def test_the_table_has_a_row_an_evaluation_and_copies_them_whole() -> None:
    inputs = DissectionInputs((reading(1, guided=False), reading(2, 2)), step=2, shown=True)
    table = dissection_table(inputs)
    assert [row[0].words for row in table.rows] == ["1", "2", "2"]
    assert table.current == 1
    assert table.rows[0][4].words == "–"
    assert len(copied(table).splitlines()) == 4


def test_axes_hold_zero_and_all_values() -> None:
    line = derive_dissection(DissectionInputs((reading(1), reading(4)), shown=True)).sizes[0]
    low, high, step = bounds((line,), angles=False)
    assert low <= 0.0 < 0.4 < high
    assert step == 0.1
    assert bounds((replace(line, points=(170.0, math.nan)),), angles=True) == (0.0, 180.0, 45.0)
    assert bounds((replace(line, points=(math.nan,)),), angles=False)[:2] != (0.0, 0.0)


def test_what_is_remembered_of_a_reading_goes_with_it() -> None:
    seen = replace(reading(1), words=(("cube",), ("cube",)), layers=("mid",), maps=(np.ones((2, 2, 4, 4), np.float16),))
    inputs = DissectionInputs((seen,), step=1, word=1, shown=True)
    assert derive_dissection(inputs).overlay is not None
    held = ref(seen)
    del seen, inputs
    assert held() is None


def test_shares_in_words() -> None:
    assert [percent(share) for share in (0.0, 0.00073, 0.032, 0.5, 0.966)] == [
        "0 %",
        "0.073 %",
        "3.2 %",
        "50 %",
        "96.6 %",
    ]
