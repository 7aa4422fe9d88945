"""Recipes: what to train and how, as small TOML files in `assets/recipes/`."""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from core.errors import NoisetteError
from core.training.trainable import Trainable

RECIPES = Path(__file__).resolve().parents[2] / "assets" / "recipes"

Option = str | int | float | bool | list[Any]
T = TypeVar("T", str, int, float, bool, list[int], list[float], list[str])


class RecipeError(NoisetteError):
    """A recipe is missing, malformed, or asks for what can't be built."""


@dataclass(frozen=True, slots=True)
class OptimizerSettings:
    """AdamW (Loshchilov & Hutter 2019, arXiv:1711.05101). clip_norm: the gradient's largest 2-norm; 0 is off."""

    learning_rate: float = 1.5e-3
    betas: tuple[float, float] = (0.9, 0.98)
    weight_decay: float = 0.01
    clip_norm: float = 1.0


@dataclass(frozen=True, slots=True)
class PaceSettings:
    """The learning rate over a run: linear warm-up, a constant part, then decay to a fraction of the peak.

    constant_fraction: the part of the run before the decay starts, in [0, 1).
    minutes: total training time after which the run counts as done even if its steps are not; None: steps alone decide.
    """

    warmup_steps: int = 200
    constant_fraction: float = 0.35
    decay: Literal["linear", "cosine"] = "linear"
    final_fraction: float = 0.03
    minutes: float | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """builder: "core.package.module:build..." -> a function (recipe, folder) -> Trainable.

    precision: "bf16" is autocast where bf16 is the quicker, on CUDA and CPUs with units for it; elsewhere float32.
    report_steps: steps between two rows of the loss log. options: whatever the builder takes.
    """

    name: str
    builder: str
    steps: int
    batch_size: int
    seed: int = 0
    precision: Literal["float32", "bf16"] = "float32"
    ema_decay: float = 0.9985
    report_steps: int = 25
    checkpoint_minutes: float = 2.0
    grid_minutes: float = 5.0
    optimizer: OptimizerSettings = field(default_factory=OptimizerSettings)
    pace: PaceSettings = field(default_factory=PaceSettings)
    options: Mapping[str, Option] = field(default_factory=dict[str, Option])

    def option(self, name: str, default: T) -> T:
        """An entry of [options], held to the default's type. Raises RecipeError."""
        value: Any = self.options.get(name, default)
        if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is not type(default):
            raise RecipeError(
                f"recipe {self.name}: option {name} = {value!r} has the wrong type; give a {type(default).__name__}"
            )
        return cast("T", value)

    def with_options(self, options: Sequence[tuple[str, str]]) -> Recipe:
        """The same recipe with these options in place of its own; a value is TOML, or else plain text."""
        return replace(self, options={**self.options, **{name: _toml_value(value) for name, value in options}})

    def only_options(self, *names: str) -> None:
        """Refuse options that the builder doesn't know. Raises RecipeError."""
        for name in self.options:
            if name not in names:
                raise RecipeError(f"recipe {self.name}: option {name!r} is unknown; it takes {', '.join(names)}")


def recipe_path(name: str) -> Path:
    """The file of a recipe: a shipped one by its name, or a path ending in .toml. Raises RecipeError."""
    path = Path(name) if name.endswith(".toml") else RECIPES / f"{name}.toml"
    if not path.is_file():
        shipped = ", ".join(sorted(entry.stem for entry in RECIPES.glob("*.toml"))) or "none"
        raise RecipeError(f"there is no recipe {name!r}; give one of the shipped ({shipped}) or a path to a .toml file")
    return path


def load_recipe(name: str) -> Recipe:
    """Read a recipe by name or path. Raises RecipeError: value, rule, remedy."""
    path = recipe_path(name)
    try:
        return parse_recipe(path.read_text(encoding="utf-8"), path.stem)
    except UnicodeDecodeError as error:
        raise RecipeError(f"recipe {path.name} is not UTF-8 text; save it as such") from error


def parse_recipe(text: str, name: str) -> Recipe:
    """A recipe from its TOML text. name: what it is called unless the text says. Raises RecipeError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"recipe {name} is not TOML: {error}; mend that line") from error
    top = _Table(data, f"recipe {name}")
    optimizer = top.table("optimizer")
    pace = top.table("pace")
    recipe = Recipe(
        name=top.text("name", name),
        builder=top.text("builder"),
        steps=top.whole("steps", low=1),
        batch_size=top.whole("batch_size", low=1),
        seed=top.whole("seed", 0),
        precision=cast("Any", top.choice("precision", "float32", ("float32", "bf16"))),
        ema_decay=top.number("ema_decay", 0.9985, 0.0, 1.0),
        report_steps=top.whole("report_steps", 25, low=1),
        checkpoint_minutes=top.number("checkpoint_minutes", 2.0, 0.0),
        grid_minutes=top.number("grid_minutes", 5.0, 0.0),
        optimizer=OptimizerSettings(
            learning_rate=optimizer.number("learning_rate", 1.5e-3, 0.0, 10.0),
            betas=optimizer.pair("betas", (0.9, 0.98)),
            weight_decay=optimizer.number("weight_decay", 0.01, 0.0),
            clip_norm=optimizer.number("clip_norm", 1.0, 0.0),
        ),
        pace=PaceSettings(
            warmup_steps=pace.whole("warmup_steps", 200),
            constant_fraction=pace.number("constant_fraction", 0.35, 0.0, 0.999),
            decay=cast("Any", pace.choice("decay", "linear", ("linear", "cosine"))),
            final_fraction=pace.number("final_fraction", 0.03, 0.0, 1.0),
            minutes=pace.number("minutes", 0.0, 0.0) or None,
        ),
        options=top.table("options").rest(),
    )
    for table in (optimizer, pace, top):
        table.nothing_left()
    return recipe


def build_trainable(recipe: Recipe, folder: Path) -> Trainable:
    """Call the recipe's builder. Only functions named build... inside `core` are called. Raises RecipeError."""
    module_name, _, function_name = recipe.builder.partition(":")
    if not module_name.startswith("core.") or not function_name.startswith("build"):
        raise RecipeError(f"builder {recipe.builder!r} is not allowed; write core.package.module:build...")
    try:
        function = getattr(importlib.import_module(module_name), function_name, None)
        if not callable(function):
            raise RecipeError(f"builder {recipe.builder!r}: {module_name} has no {function_name}; check its spelling")
        return cast("Callable[[Recipe, Path], Trainable]", function)(recipe, folder)
    except ModuleNotFoundError as error:
        if error.name is not None and not error.name.startswith("core"):
            raise RecipeError(
                f"recipe {recipe.name} needs the package {error.name!r}, which is not installed; "
                "install Noisette's extra 'train'"
            ) from error
        raise RecipeError(f"builder {recipe.builder!r}: there is no such module; check its spelling") from error


def _toml_value(text: str) -> Option:
    try:
        table = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    return cast("Option", table["value"]) if len(table) == 1 else text


class _Table:
    """A TOML table read key by key, so that what is left at the end is a spelling mistake."""

    def __init__(self, data: dict[str, Any], where: str) -> None:
        self._data = dict(data)
        self._where = where

    def _take(self, key: str, default: Any) -> Any:
        value = self._data.pop(key, default)
        if value is None:
            raise RecipeError(f"{self._where} has no {key}; add it")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value = self._take(key, default)
        if not isinstance(value, str) or not value:
            raise RecipeError(f"{self._where} has {key} = {value!r}; give a text")
        return value

    def choice(self, key: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self._take(key, default)
        if value not in allowed:
            raise RecipeError(f"{self._where} has {key} = {value!r}; choose one of {', '.join(allowed)}")
        return str(value)

    def whole(self, key: str, default: int | None = None, low: int = 0) -> int:
        value = self._take(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < low:
            raise RecipeError(f"{self._where} has {key} = {value!r}; give a whole number of at least {low}")
        return value

    def number(self, key: str, default: float, low: float, high: float = float("inf")) -> float:
        value = self._take(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise RecipeError(f"{self._where} has {key} = {value!r}; give a number from {low:g} to {high:g}")
        return float(value)

    def pair(self, key: str, default: tuple[float, float]) -> tuple[float, float]:
        value: Any = self._take(key, list(default))
        entries = cast("list[Any]", value) if isinstance(value, list) else []
        if len(entries) != 2 or not all(isinstance(entry, int | float) and 0 <= entry < 1 for entry in entries):
            raise RecipeError(f"{self._where} has {key} = {value!r}; give two numbers in [0, 1)")
        return float(entries[0]), float(entries[1])

    def table(self, key: str) -> _Table:
        value: Any = self._data.pop(key, {})
        if not isinstance(value, dict):
            raise RecipeError(f"{self._where} has {key} = {value!r}; write it as a table, [{key}]")
        return _Table(cast("dict[str, Any]", value), f"[{key}] of {self._where}")

    def rest(self) -> dict[str, Any]:
        return self._data

    def nothing_left(self) -> None:
        for key in self._data:
            raise RecipeError(f"{self._where} has an unknown key {key!r}; remove it or mend its spelling")
