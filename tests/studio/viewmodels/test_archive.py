from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from core.artifacts.artifact import Artifact
from core.history.finder import HistoryRow, Kin, ModelCount
from core.requests import GridSettings, GuidanceSettings
from core.worlds.tabletop.scene import Item, Scene
from studio.viewmodels.archive import ArchiveInputs, Filters, derive_archive
from studio.viewmodels.detail import DetailInputs, derive_detail
from studio.viewmodels.recipe_rows import as_text, recipe_sections
from tests.core.artifacts.recipes import recipe


def row(name: str, number: int = 1, **changes: object) -> HistoryRow:
    usual = HistoryRow(number, name, "image", name, "", "", "a cube", 7, 0, 1, False, False, False)
    return replace(usual, **changes)  # type: ignore[arg-type]


def artifact(**request: object) -> Artifact:
    return Artifact("job-01", "image", Path("/home/me/a.png"), None, recipe(**request))  # type: ignore[arg-type]


def facts(made: Artifact) -> dict[str, str]:
    return {fact.label: fact.value for section in recipe_sections(made) for fact in section.facts}


def inputs(filters: Filters | None = None, **others: object) -> ArchiveInputs:
    """As they are once a look has come back."""
    asked = filters or Filters()
    return ArchiveInputs(asked, listed=asked, **others)  # type: ignore[arg-type]


def test_the_count_says_of_how_many_where_something_is_left_out() -> None:
    assert derive_archive(ArchiveInputs()).count == "Looking"
    assert derive_archive(inputs(found=1, total=1)).count == "1 picture"
    narrowed = inputs(Filters(search="red"), found=12, total=12_345)
    assert derive_archive(narrowed).count == "12 of 12\u2009345 pictures"
    assert derive_archive(inputs(Filters(binned=True), found=3, total=9)).count == "3 pictures in the bin"


def test_an_empty_page_offers_the_next_step() -> None:
    def empty(**told: object) -> tuple[str, str]:
        view = derive_archive(inputs(found=0, **told))  # type: ignore[arg-type]
        assert view.empty is not None
        return view.empty[0], view.next_step[0]

    assert empty() == ("No pictures yet", "create")
    assert empty(filters=Filters(search=" zebra ")) == ("Nothing matches “zebra”", "clear")
    assert empty(filters=Filters(favourite=True)) == ("Nothing matches these filters", "clear")
    assert empty(filters=Filters(binned=True)) == ("The bin is empty", "leave_bin")
    assert empty(problem="the disk is gone") == ("The history can't be read", "")
    assert derive_archive(inputs(found=1)).empty is None


def test_what_can_be_done_depends_on_the_selection_and_the_bin() -> None:
    view = derive_archive(inputs(found=5, chosen=3))
    assert (view.can_act, view.can_restore, view.chosen) == (True, False, "3 selected")
    view = derive_archive(inputs(Filters(binned=True), found=5, chosen=1))
    assert (view.can_act, view.can_restore, view.can_empty, view.chosen) == (False, True, True, "")
    assert not derive_archive(inputs(Filters(binned=True), found=0)).can_empty


def test_models_are_offered_by_their_titles() -> None:
    view = derive_archive(inputs(Filters(model="tabletop"), models=(ModelCount("tabletop", "Tabletop 96", 4),)))
    assert view.models == (("", "All models"), ("tabletop", "Tabletop 96"))
    assert view.model == "Tabletop 96"


def test_until_the_list_is_of_what_is_asked_for_nothing_is_said_of_it_or_done_to_it() -> None:
    pictures, binned = Filters(project=2), Filters(project=2, binned=True)
    for listed, asked in ((pictures, binned), (binned, pictures), (pictures, Filters(project=3))):
        view = derive_archive(ArchiveInputs(asked, listed=listed, found=2, total=2, chosen=1))
        assert view.count == "Looking"
        assert (view.can_act, view.can_restore, view.can_empty) == (False, False, False)
        assert derive_archive(ArchiveInputs(asked, listed=listed, found=0)).empty is None
    # There is one bin for all projects, and a narrower search leaves what is on show to be acted on.
    both = ArchiveInputs(binned, listed=replace(binned, project=3), found=1, chosen=1)
    assert derive_archive(both).can_restore
    assert derive_archive(ArchiveInputs(replace(pictures, search="r"), listed=pictures, found=1, chosen=1)).can_act


def test_every_setting_has_its_row() -> None:
    scene = Scene((Item("cube", "red", "large", "metal", -0.25, 0.1),))
    made = artifact(
        sampler="heun",
        steps=12,
        guidance=GuidanceSettings(3.0, (0.0, 0.8), 0.5),
        negative_prompt="fog",
        count=4,
        time_grid="karras",
        grid=GridSettings(largest=80.0, rho=5.0),
        device="cpu",
    )
    made = replace(made, recipe=replace(made.recipe, item=1, layout=scene.to_json(), drawn_prompt="a red cube"))
    told = facts(made)
    assert told["Drawn as"] == "a red cube"
    assert told["Leave out"] == "fog"
    assert told["Steps"] == "12, 2 evaluations each"
    assert told["Noise schedule"] == "Karras, σ largest 80, ρ 5"
    assert (told["Guidance"], told["Interval"], told["Rescale"]) == ("3", "0 to 0.8 of the run", "0.5")
    assert told["Batch"] == "2 of 4"
    assert told["Layout"] == "1 object, planned from the words"
    assert told["Object 1"] == "large red cube, metal, at −0.2, +0.1"
    assert told["Device"] == "cpu, float32, 1 thread"
    assert told["File"] == str(Path("/home/me/a.png"))
    assert told["Painter hash"] == "0123456789abcdef…"


def test_a_setting_without_a_row_of_its_own_is_shown_by_its_name() -> None:
    assert "Device" in facts(artifact(device="cpu"))
    assert facts(artifact(precision="float32"))["Precision"] == "float32"
    assert "Precision" not in facts(artifact())


def test_the_copied_text_holds_what_rows_shorten() -> None:
    text = as_text(artifact())
    assert text.startswith("Prompt: a red cube\n")
    assert "Painter hash: " + "0123456789abcdef" * 4 in text


def test_a_layout_that_can_not_be_read_is_shown_as_it_is() -> None:
    made = artifact()
    assert facts(replace(made, recipe=replace(made.recipe, layout="[odd]")))["Layout"] == "[odd]"


def test_relatives_stand_in_lines_by_generation() -> None:
    kin = (
        Kin(-2, "mother", row("grandmother")),
        Kin(-1, "job-01", row("mother")),
        Kin(1, "job-01", row("son")),
        Kin(1, "job-01", row("daughter")),
    )
    view = derive_detail(DetailInputs(artifact(), row("job-01"), kin))
    assert [(title, [each.id for each in rows]) for title, rows in view.lines] == [
        ("Before", ["grandmother"]),
        ("Parents", ["mother"]),
        ("This picture", ["job-01"]),
        ("Children", ["son", "daughter"]),
    ]
    assert view.links == (
        ("grandmother", "mother"),
        ("mother", "job-01"),
        ("job-01", "son"),
        ("job-01", "daughter"),
    )
    assert derive_detail(DetailInputs(artifact(), row("job-01"))).lines == ()


def test_without_a_picture_a_hint_stands_there() -> None:
    assert derive_detail(DetailInputs()).hint == "Select a picture to see how it was made."
    assert derive_detail(DetailInputs(problem="gone")).hint == "gone"
