from __future__ import annotations

from dataclasses import replace

import pytest

from core.jobs.event import Cancelled, Progress, Queued
from core.requests import ImageRequest
from studio.viewmodels.run import Run, fold
from studio.viewmodels.status import StatusInputs, derive_status
from studio.viewmodels.sweep import SweepInputs, asked, derive_sweep
from studio.viewmodels.sweep_draft import AxisDraft, SweepDraft

BASE = ImageRequest("a red cube", seed=5)
READY = SweepInputs(base=BASE)


def drafted(*axes: tuple[str, str]) -> SweepInputs:
    rows = [AxisDraft(*axis) for axis in axes]
    return replace(READY, draft=SweepDraft((*rows, *[AxisDraft()] * (3 - len(rows)))))


def test_axes_are_kept_as_typed_and_the_usual_ones_stand_in_for_what_can_not_be_read() -> None:
    draft = SweepDraft().with_setting(2, "seed").with_text(2, "1..")
    assert SweepDraft.from_list(draft.to_list()) == draft
    for broken in ([], [["speed", "1"], ["", ""], ["", ""]], "?", [[1]]):
        assert SweepDraft.from_list(broken) == SweepDraft()


@pytest.mark.parametrize(
    ("axes", "problem"),
    [
        ((("seed", "1.."),), "The values of X can't be read"),
        ((("seed", "1"), ("seed", "2")), "Seed is on two axes; choose another setting for one of them"),
        ((("seed", "1"), ("", ""), ("steps", "4")), "Z is given without Y; give Y first"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_can_be_run(axes: tuple[tuple[str, str], ...], problem: str) -> None:
    view = derive_sweep(drafted(*axes))
    assert (view.problem, view.can_run) == (problem, False)


def test_what_was_found_wrong_of_other_axes_does_not_count() -> None:
    inputs = drafted(("churn", "0..60:20"))
    found = replace(inputs, planned=asked(inputs), problem="Churn changes nothing here")
    assert not derive_sweep(found).can_run
    assert derive_sweep(replace(found, draft=SweepDraft())).can_run


def test_the_sheet_on_show_is_one_value_of_z_and_the_labels_are_words() -> None:
    view = derive_sweep(replace(drafted(("sampler", "euler, heun"), ("steps", "4"), ("seed", "1..3")), sheet=2))
    assert (view.columns, view.rows, view.sheets) == (("Euler", "Heun"), ("4 steps",), ("Seed 1", "Seed 2", "Seed 3"))
    assert [cell.cell for cell in view.cells] == [4, 5]
    assert view.current_words == "Euler, 4 steps, Seed 3: not made yet"
    assert (view.total, view.rest) == ("6 cells", "tabletop, uniform, guidance 1")


def test_a_grid_in_words_while_it_runs_and_after_it_was_cancelled() -> None:
    request = asked(drafted(("seed", "1..4")))
    run = fold(Run("job", race="Grid: Seed; 4 cells", sweep=True), Queued("job", 2))
    shown = replace(READY, request=request, run=run)
    assert derive_sweep(shown).progress == "Waiting, 2 ahead"
    running = fold(run, Progress("job", 10, 80, 5.0, "cell 1 of 4, step 10 of 20"))
    view = derive_sweep(replace(shown, run=running, at=(0, 10, 20)))
    assert (view.progress, view.busy, view.cells[0].badge) == ("0 of 4 cells, 35 s left", True, "step 10 of 20")
    assert derive_status(StatusInputs(running, ready=True)).words == "Grid: cell 1 of 4, step 10 of 20"
    view = derive_sweep(replace(shown, run=fold(running, Cancelled("job", 10, 80))))
    assert (view.progress, view.can_resume, view.busy) == ("Cancelled, 0 of 4 cells kept", True, False)
