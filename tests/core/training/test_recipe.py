from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.training.recipe import RECIPES, Recipe, RecipeError, build_trainable, load_recipe, parse_recipe

MINIMAL = 'builder = "core.training.detector:build"\nsteps = 10\nbatch_size = 4\n'


def test_a_minimal_recipe_takes_the_defaults() -> None:
    recipe = parse_recipe(MINIMAL, "mine")
    assert (recipe.name, recipe.steps, recipe.batch_size) == ("mine", 10, 4)
    assert recipe.optimizer.betas == (0.9, 0.98)
    assert recipe.pace.minutes is None
    assert recipe.precision == "float32"


def test_tables_and_options_are_read() -> None:
    text = (
        MINIMAL + 'precision = "bf16"\n[pace]\nminutes = 3\ndecay = "cosine"\n[options]\nwidths = [8, 16]\nrate = 2\n'
    )
    recipe = parse_recipe(text, "mine")
    assert recipe.precision == "bf16"
    assert (recipe.pace.minutes, recipe.pace.decay) == (3.0, "cosine")
    assert recipe.option("widths", [1]) == [8, 16]
    assert recipe.option("rate", 1.0) == 2.0
    assert recipe.option("absent", "word") == "word"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("steps = 0", "steps = 0; give a whole number of at least 1"),
        ("steps = true", "steps = True"),
        ("sped = 3", "unknown key 'sped'"),
        ('precision = "fp8"', "choose one of float32, bf16"),
        ("[optimizer]\nbetas = [0.9]", "give two numbers"),
        ("[optimizer]\nrate = 1", "unknown key 'rate'"),
        ("[pace]\nconstant_fraction = 1.0", "from 0 to 0.999"),
        ("pace = 3", "write it as a table"),
        ("ema_decay = ", "is not TOML"),
    ],
)
def test_faults_are_named(change: str, said: str) -> None:
    key = change.split(" ")[0]
    kept = "".join(line + "\n" for line in MINIMAL.splitlines() if not line.startswith(key))
    with pytest.raises(RecipeError, match="recipe mine") as caught:
        parse_recipe(kept + change + "\n", "mine")
    assert said in str(caught.value)


def test_missing_keys_are_named() -> None:
    with pytest.raises(RecipeError, match="has no steps; add it"):
        parse_recipe('builder = "core.x:build"\nbatch_size = 1\n', "mine")


@given(st.text())
def test_any_text_without_a_builder_gives_a_sentence(text: str) -> None:
    with pytest.raises(RecipeError, match="recipe mine"):
        parse_recipe(text, "mine")


def test_options_of_a_wrong_type_or_name_are_refused() -> None:
    recipe = parse_recipe(MINIMAL + "[options]\nsize = 'big'\n", "mine")
    with pytest.raises(RecipeError, match="give a int"):
        recipe.option("size", 96)
    with pytest.raises(RecipeError, match="option 'size' is unknown; it takes width"):
        recipe.only_options("width")


@pytest.mark.parametrize(
    "builder", ["os:system", "core.training.detector:DetectorTraining", "core.nowhere:build", "core.errors:build"]
)
def test_builders_outside_the_rule_are_refused(builder: str, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=builder):
        build_trainable(Recipe("mine", builder, 1, 1), tmp_path)


def test_unknown_recipes_are_answered_with_the_known() -> None:
    with pytest.raises(RecipeError, match="detector"):
        load_recipe("detectr")


def test_a_recipe_file_is_found_by_path(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(MINIMAL)
    assert load_recipe(str(path)).name == "own"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(RecipeError, match="UTF-8"):
        load_recipe(str(path))


def test_every_shipped_recipe_reads() -> None:
    names = [path.stem for path in RECIPES.glob("*.toml")]
    assert "detector" in names
    for name in names:
        assert load_recipe(name).name == name


def test_a_missing_package_is_named_with_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(recipe: Recipe, folder: Path) -> None:  # noqa: ARG001
        raise ModuleNotFoundError("No module named 'numba'", name="numba")

    monkeypatch.setattr("core.training.detector.build", build)
    with pytest.raises(RecipeError, match=r"needs the package 'numba'.*extra 'train'"):
        build_trainable(Recipe("mine", "core.training.detector:build", 1, 1), tmp_path)
