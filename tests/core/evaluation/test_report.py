from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from core.evaluation.distances import Distances
from core.evaluation.report import Measured, Plans, Rates, Report

RATES = Rates({"single": 0.5, "count": 0.25}, 0.375, 0.8)
NEAR = Distances(frechet=1.25, kernel=0.1, precision=0.9, recall=0.8)
REPORT = Report(
    model_id="tabletop",
    sampler="euler",
    prompts={"single": 4, "count": 4},
    seed=3,
    judge=Rates({"single": 1.0, "count": 0.75}, 0.875, 0.9),
    judge_card={"exact_one": 0.99},
    plans=None,
    measured=(Measured(8, 1.0, RATES, NEAR, 0.25), Measured(20, 3.0, RATES, NEAR, 1.0)),
    command="noisette evaluate tabletop",
    hardware="cpu",
)


def test_figures_have_a_name_for_every_setting() -> None:
    figures = REPORT.figures()
    assert figures["single@8,g1"] == 0.5
    assert figures["frechet@20,g3"] == 1.25
    assert figures["judge/count"] == 0.75
    assert figures["judge_card/exact_one"] == 0.99
    assert not any("plan/" in name for name in figures)
    planned = replace(REPORT, plans=Plans(RATES, Rates({"single": 0.4, "count": 0.2}, 0.3, 0.7), NEAR, 0.02)).figures()
    assert planned["plan/single"] == 0.5
    assert planned["rendered_plan/single"] == 0.4
    assert planned["rendered_plan/recall"] == 0.8
    assert planned["plan/seconds"] == 0.02


def test_the_page_sets_the_judge_beside_every_score() -> None:
    lines = REPORT.markdown().splitlines()
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    assert [row[0] for row in table[2:]] == [
        "8 steps, guidance 1",
        "20 steps, guidance 3",
        "real renders of the same prompts",
    ]
    assert {len(row) for row in table} == {len(table[0])}
    assert table[2][1:4] == ["0.500", "0.250", "0.375"]


def test_it_is_saved_whole(tmp_path: Path) -> None:
    as_json, as_page = REPORT.save(tmp_path / "new")
    data = json.loads(as_json.read_text())
    assert data["measured"][1]["steps"] == 20
    assert data["figures"] == REPORT.figures()
    assert as_page.read_text() == REPORT.markdown()
