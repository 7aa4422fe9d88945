from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.compare.figures import RaceRecord
from core.compare.naming import lane_names
from core.compare.record import COLUMNS, RaceFileError, race_csv, race_json, race_request, read_race, save_race
from core.errors import RequestError
from core.request_json import request_from_plain, request_to_plain
from core.requests import CompareRequest, GuidanceSettings, ImageRequest, Lane, ReferenceSettings
from tests.core.compare.records import followed, race, record, run


def whole() -> RaceRecord:
    return record(race("euler", "heun", budgets=(8,)), followed(0, 0.1), followed(1, 0.05), run(0, 0.3, budget=8))


def test_a_record_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "race.json"
    save_race(file, whole())
    assert read_race(file) == whole()
    assert race_request(file) == whole().request
    assert "Heun is 2.0 times closer" in json.loads(race_json(whole()))["summary"]["finding"]


def test_the_table_has_every_number_in_a_row_of_its_kind() -> None:
    rows = list(csv.DictReader(io.StringIO(race_csv(whole()))))
    assert tuple(rows[0]) == COLUMNS
    kinds = {kind: [row for row in rows if row["row"] == kind] for kind in {row["row"] for row in rows}}
    assert {kind: len(each) for kind, each in kinds.items()} == {
        "lane": 2,
        "curve": 3,
        "run": 3,
        "step": 4,
        "evaluation": 4,
        "reference": 2,
    }
    assert [float(row["error"]) for row in kinds["run"]] == [0.1, 0.05, 0.3]
    assert kinds["step"][1]["log_snr"] == ""
    assert kinds["run"][1]["name"] == "Heun"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a race"),
        ('{"noisette": "recipe"}', "is not a race"),
        ('{"noisette": "race", "schema": 99}', "edition 99"),
        ('{"noisette": "race", "schema": 1, "race": {"names": []}}', "lacks 'request'"),
    ],
)
def test_other_files_are_refused_by_a_sentence(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "other.json"
    file.write_text(text)
    with pytest.raises(RaceFileError, match=words):
        read_race(file)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("race") / "any.json"
    file.write_bytes(data)
    with pytest.raises(RaceFileError):
        read_race(file)


def test_a_race_waits_in_the_queue_as_json() -> None:
    request = race("euler", "heun", budgets=(8, 16), repeats=3, truth=True, reference=ReferenceSettings(steps=64))
    assert request_from_plain(json.loads(json.dumps(request_to_plain(request))), "the request") == request


def test_lanes_are_named_by_what_tells_them_apart() -> None:
    plain = ImageRequest("a red cube", "mixture", sampler="heun")
    guided = replace(plain, guidance=GuidanceSettings(3.0))
    assert lane_names(CompareRequest((Lane(plain), Lane(guided)))) == ("Heun · guidance 1", "Heun · guidance 3")
    assert lane_names(CompareRequest((Lane(plain), Lane(replace(plain, prompt="a blue cube"))))) == (
        "Heun · a red cube",
        "Heun · a blue cube",
    )
    assert lane_names(CompareRequest((Lane(plain), Lane(plain), Lane(plain, "mine")))) == (
        "Heun (1)",
        "Heun (2)",
        "mine",
    )
    grids = CompareRequest((Lane(plain), Lane(replace(plain, time_grid="log_snr"))))
    assert lane_names(grids) == ("Heun · uniform", "Heun · log-snr")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"lanes": ()}, "0 lanes requested; a race has 2 to 6"),
        ({"evaluations": 1}, "1 evaluations requested; give 2 to 1000"),
        ({"budgets": (8, 8)}, "repeat one"),
        ({"repeats": 0}, "0 seeds requested"),
        ({"seed": -1}, "seed -1 is out of range"),
    ],
)
def test_a_race_out_of_range_is_refused(fields: dict[str, object], words: str) -> None:
    with pytest.raises(RequestError, match=words):
        replace(race("euler", "heun"), **fields)


def test_a_lane_begins_from_noise_and_a_reference_is_fine() -> None:
    with pytest.raises(RequestError, match="leave out branch and neighbours"):
        Lane(ImageRequest("a", count=9, neighbours=0.2))
    with pytest.raises(RequestError, match="ask for 16 to 20000"):
        ReferenceSettings(steps=3)
