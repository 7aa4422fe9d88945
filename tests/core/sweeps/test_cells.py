from __future__ import annotations

import csv
from dataclasses import replace

import pytest

from core.errors import RequestError
from core.request_json import request_from_plain, request_to_plain
from core.requests import GridSettings, ImageRequest, StartPicture
from core.samplers.cards import CARDS
from core.sweeps.cells import cells_of, label
from core.sweeps.record import CellFigures, SweepRecord, sweep_csv
from core.sweeps.request import Axis, SweepRequest
from core.sweeps.settings import SETTINGS, Setting, setting_named

BASE = ImageRequest("a red cube and a red ball")


def swept(*axes: tuple[str, str], base: ImageRequest = BASE) -> SweepRequest:
    return SweepRequest(base, tuple(setting_named(name).read(values) for name, values in axes))


def a_base_for(setting: Setting) -> ImageRequest:
    """A request that heeds the setting."""
    bases = [
        replace(BASE, sampler=card.name, time_grid=grid, guidance=replace(BASE.guidance, method=method))
        for card in CARDS
        for grid in ("uniform", "karras", "shifted", "linear_quadratic", "beta_sigma")
        for method in ("cfg", "apg", "cfg_zero", "cfg_pp", "perp_neg")
    ]
    begun = [replace(base, start=StartPicture("0" * 64, 0.5)) for base in bases[:1]]
    return next(base for base in (*bases, *begun) if setting.takes(base))


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_reads_its_example_and_changes_the_picture(setting: Setting) -> None:
    base = replace(a_base_for(setting), prompt="a red cube", model_id="another")
    cells = cells_of(SweepRequest(base, (setting.read(setting.example),)))
    assert len({cell.request for cell in cells}) == len(cells)
    assert any(cell.request != base for cell in cells)


def test_cells_go_across_then_down_then_by_sheets() -> None:
    sweep = swept(("sampler", "euler, heun"), ("steps", "4..6"), ("seed", "1, 2"))
    assert sweep.shape == (2, 3, 2)
    assert sweep.values(0) == ("euler", "4", "1")
    assert sweep.values(1) == ("heun", "4", "1")
    assert sweep.values(2) == ("euler", "5", "1")
    assert sweep.values(6) == ("euler", "4", "2")
    assert [sweep.place(cell) for cell in (5, 11)] == [(1, 2, 0), (1, 2, 1)]


def test_evaluations_give_a_sampler_of_two_a_step_half_the_steps_whichever_axis_comes_first() -> None:
    for axes in (
        (("sampler", "euler, heun"), ("evaluations", "24")),
        (("evaluations", "24"), ("sampler", "euler, heun")),
    ):
        assert [(cell.request.steps, cell.evaluations) for cell in cells_of(swept(*axes))] == [(24, 24), (12, 24)]


def test_a_pair_sets_both_and_another_schedule_leaves_the_bends_of_the_one_before() -> None:
    bent = replace(BASE, time_grid="karras", grid=GridSettings(rho=3.0))
    first, second = cells_of(swept(("Sampler and schedule", "euler+karras, heun + log_snr"), base=bent))
    assert (first.request.sampler, first.request.grid.rho) == ("euler", 3.0)
    assert (second.request.sampler, second.request.time_grid, second.request.grid) == (
        "heun",
        "log_snr",
        GridSettings(),
    )


def test_words_are_sought_and_replaced_as_a1111_does() -> None:
    cells = cells_of(swept(("prompt-replace", 'red, blue, "green, shiny"')))
    assert [cell.request.prompt for cell in cells] == [
        "a red cube and a red ball",
        "a blue cube and a blue ball",
        "a green, shiny cube and a green, shiny ball",
    ]
    with pytest.raises(RequestError, match="'pink' is not in the prompt"):
        cells_of(swept(("prompt-replace", "pink, blue")))


def test_a_setting_that_some_samplers_take_leaves_the_others_as_they_are() -> None:
    plain, noisy = cells_of(swept(("sampler", "heun, edm_stochastic"), ("churn", "60")))
    assert (plain.request.solver.churn, noisy.request.solver.churn) == (None, 60.0)
    with pytest.raises(RequestError, match="churn changes nothing here"):
        cells_of(swept(("churn", "0..60:20")))


@pytest.mark.parametrize(
    ("axes", "sentence"),
    [
        ((("sampler", "eular"),), "'eular' is not a sampler; near it are euler, "),
        ((("speed", "1"),), "'speed' is not a setting that can be swept; choose one of model, prompt"),
        ((("seed", "1, 1"),), "seed '1' is given twice; name each value once"),
        ((("seed", "1"), ("seed", "2")), "seed is on two axes; choose another setting for one of them"),
        ((("steps", "0..2"),), "0 steps requested; ask for 1 to 1000"),
        ((("steps", "1..150"), ("seed", "1..150")), "22500 cells asked for; a sweep has at most 2000"),
        ((("size", "64"),), "size '64' is not WIDTHxHEIGHT; give for example 128x128"),
    ],
)
def test_what_is_wrong_is_said(axes: tuple[tuple[str, str], ...], sentence: str) -> None:
    with pytest.raises(RequestError) as caught:
        cells_of(swept(*axes))
    assert str(caught.value).startswith(sentence)


def test_a_sweep_waits_in_the_queue_as_plain_values() -> None:
    sweep = swept(("sampler+grid", "euler+karras, heun+uniform"), ("seed", "1..3"))
    assert request_from_plain(request_to_plain(sweep), "the request") == sweep


def test_labels_are_words() -> None:
    assert label(Axis("sampler", ("dpmpp_2m",)), "dpmpp_2m") == "DPM++ 2M"
    assert label(Axis("sampler+grid", ("euler+karras",)), "euler+karras") == "Euler, Karras"
    assert label(Axis("evaluations", ("8",)), "8") == "8 evaluations"
    assert label(Axis("exposure", ("-1",)), "-1") == "Exposure \N{MINUS SIGN}1"


def test_the_table_names_every_cells_values_and_figures() -> None:
    sweep = swept(("sampler", "euler, heun"), ("seed", "3"))
    figures = CellFigures(1, "job-c0002-01", 12, 24, None, 3, "ab")
    (row,) = csv.DictReader(sweep_csv(SweepRecord(sweep, (figures,))).splitlines())
    assert row == {
        "cell": "2",
        "sampler": "heun",
        "seed": "3",
        "picture": "job-c0002-01",
        "steps": "12",
        "evaluations": "24",
        "seconds": "",
        "pixels_sha256": "ab",
    }
