from __future__ import annotations

from dataclasses import dataclass

from studio.viewmodels.view_model import ViewModel


@dataclass(frozen=True, slots=True)
class Inputs:
    number: int = 1


@dataclass(frozen=True, slots=True)
class View:
    double: int
    positive: bool


def derive(inputs: Inputs) -> View:
    return View(2 * inputs.number, inputs.number > 0)


def test_a_watcher_hears_the_present_value_and_then_only_changes() -> None:
    model = ViewModel(Inputs(), derive)
    doubles: list[int] = []
    signs: list[bool] = []
    model.watch("double", doubles.append)
    model.watch("positive", signs.append)
    assert model.update(number=5) == {"double"}
    assert model.update(number=5) == frozenset()
    assert model.update(number=-1) == {"double", "positive"}
    assert doubles == [2, 10, -2]
    assert signs == [True, False]


def test_a_listener_hears_whole_views_until_it_leaves() -> None:
    model = ViewModel(Inputs(), derive)
    heard: list[View] = []
    leave = model.watch_all(heard.append)
    model.update(number=1)
    model.update(number=2)
    leave()
    model.update(number=3)
    assert heard == [View(2, True), View(4, True)]
