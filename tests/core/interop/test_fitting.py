"""From a file's settings to an installed model's."""

from __future__ import annotations

from dataclasses import replace

from core.interop.fitting import fitted
from core.interop.imported import Imported, Settings, Tool
from core.models.card import ModelCard
from core.requests import GridSettings


def card(name: str, **fields: object) -> ModelCard:
    made = ModelCard(
        id=name,
        title=name.title(),
        summary="",
        network="unet",
        parameterization="v",
        schedule="vp_linear",
        codec="none",
        conditioning=(),
        sizes=((96, 96), (128, 64)),
        parameters=1,
        license="Apache-2.0",
        source="",
        sha256={"unet": "ab" * 32},
    )
    return replace(made, **fields)


def lost(imported: Imported, **settings: object) -> tuple[set[str], Settings, str]:
    found = fitted(
        replace(imported, settings=Settings(**settings)),  # type: ignore[arg-type]
        (card("judge", kind="detector"), card("one"), card("two", sha256={"unet": "cd" * 32})),
        "two",
    )
    assert found is not None
    return {each.name for each in found.imported.unmapped}, found.imported.settings, found.card.id


THEIRS = Imported(Tool.COMFYUI, Settings())


def test_no_model_no_fit() -> None:
    assert fitted(THEIRS, ()) is None
    assert fitted(THEIRS, (card("judge", kind="detector"),)) is None


def test_a_model_is_known_by_hash_before_name() -> None:
    assert lost(THEIRS, model="whatever", model_hash="abababab")[::2] == (set(), "one")
    assert lost(THEIRS, model="ONE")[::2] == (set(), "one")
    assert lost(THEIRS, model="one", model_hash="0123456789")[::2] == ({"Model"}, "two")
    assert lost(THEIRS, model="v1-5")[::2] == ({"Model"}, "two")
    assert lost(THEIRS)[::2] == (set(), "two")


def test_only_sizes_of_the_model_are_kept() -> None:
    assert lost(THEIRS, width=128, height=64)[1].width == 128
    names, settings, _ = lost(THEIRS, width=512, height=512)
    assert (names, settings.width, settings.height) == ({"Size"}, None, None)


def test_only_styles_of_the_model_are_kept() -> None:
    unmapped, settings, _ = lost(THEIRS, style="3d")
    assert unmapped == {"Style"}
    assert settings.style is None
    drawn = fitted(replace(THEIRS, settings=Settings(style="3d")), (card("one", styles=("3d", "flat")),))
    assert drawn is not None
    assert drawn.imported.settings.style == "3d"


def test_bends_off_the_schedule_are_listed_and_the_grid_stays() -> None:
    names, settings, _ = lost(THEIRS, time_grid="karras", grid=GridSettings(largest=9000.0), steps=10)
    assert names == {"Bends of the schedule"}
    assert (settings.time_grid, settings.grid) == ("karras", None)
    assert lost(THEIRS, time_grid="karras", grid=GridSettings(largest=20.0), steps=10)[0] == set()
