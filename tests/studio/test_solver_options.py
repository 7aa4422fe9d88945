"""The sliders of what the chosen sampler can be told beside fresh noise."""

from __future__ import annotations

import pytest

from core.requests import SolverSettings
from studio.main_window import MainWindow


@pytest.mark.parametrize(
    ("sampler", "shown"),
    [("euler", []), ("deis", ["order"]), ("edm_stochastic", ["churn", "sigma_high", "sigma_low"]), ("tcd", ["gamma"])],
)
def test_rows_are_those_that_the_sampler_has(window: MainWindow, sampler: str, shown: list[str]) -> None:
    options = window.create_page.sampler.solver
    window.session.desk.change(sampler=sampler)
    assert sorted(name for name, slider in options.sliders.items() if not slider.isHidden()) == shown
    assert options.isHidden() == (not shown)


def test_a_slider_reaches_the_request_and_another_sampler_leaves_it_out(window: MainWindow) -> None:
    desk, options = window.session.desk, window.create_page.sampler.solver
    desk.change(sampler="deis")
    options.sliders["order"].track.setValue(0)
    assert desk.request().solver == SolverSettings(order=1)
    desk.change(sampler="edm_stochastic")
    options.sliders["churn"].track.setValue(100)
    assert desk.request().solver == SolverSettings(churn=50.0)
    desk.change(sampler="euler")
    assert desk.request().solver == SolverSettings()


def test_an_end_of_a_range_past_the_other_goes_back(window: MainWindow) -> None:
    desk, options = window.session.desk, window.create_page.sampler.solver
    desk.change(sampler="restart", solver=SolverSettings(sigma_low=0.5, sigma_high=1.0))
    options.sliders["sigma_low"].changed.emit(2.0)
    assert desk.draft.solver == SolverSettings(sigma_low=0.5, sigma_high=1.0)
