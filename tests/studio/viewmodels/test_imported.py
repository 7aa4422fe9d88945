from __future__ import annotations

from core.interop.fitting import Fitted, fitted
from core.interop.imported import Imported, Settings, Tool, Unmapped
from core.requests import GridSettings
from studio.viewmodels.draft import Draft
from studio.viewmodels.imported import derive_import, taken_up
from tests.core.interop.test_fitting import card


def found(**settings: object) -> Fitted:
    imported = Imported(Tool.A1111, Settings(**settings), unmapped=(Unmapped("VAE", "x", "y"),))  # type: ignore[arg-type]
    made = fitted(imported, (card("one"),))
    assert made is not None
    return made


DRAFT = Draft(prompt="old", negative_prompt="old too", model_id="one", width=96, height=96, steps=11, eta=0.3, count=3)


def test_what_is_told_is_taken_and_what_is_not_stays_or_is_off() -> None:
    draft = taken_up(DRAFT, found(prompt="new", sampler="heun", seed=4))
    assert (draft.prompt, draft.negative_prompt, draft.sampler) == ("new", "", "heun")
    assert (draft.seed, draft.seed_locked, draft.steps) == (4, True, 11)
    assert (draft.eta, draft.count, draft.width) == (0.0, 1, 96)


def test_a_grid_comes_with_its_bends_or_none() -> None:
    bent = Draft(model_id="one", time_grid="karras", grid=GridSettings(rho=3.0))
    assert taken_up(bent, found(time_grid="exponential")).grid == GridSettings()
    assert taken_up(bent, found(steps=3)).grid == GridSettings(rho=3.0)
    settings = {"time_grid": "karras", "grid": GridSettings(rho=5.0), "steps": 9}
    assert taken_up(bent, found(**settings)).grid == GridSettings(rho=5.0)


def test_another_model_brings_its_best_settings_first() -> None:
    draft = taken_up(Draft(model_id="other", steps=3), found(seed=1))
    assert (draft.model_id, draft.steps) == ("one", card("one").defaults.steps)


def test_the_rows_say_what_the_draft_has() -> None:
    view = derive_import(found(prompt="a\ncube", seed=48213, time_grid="karras", grid=GridSettings(rho=5.0), steps=9))
    assert view.title == "Settings from A1111"
    rows = dict(view.taken)
    assert (rows["Prompt"], rows["Model"], rows["Steps"]) == ("a cube", "One", "9")
    assert rows["Noise schedule"].startswith("Karras, ρ 5")
    assert [each.name for each in view.lost] == ["VAE"]
    assert not view.whole
