from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.artifacts.artifact import Artifact
from core.history.database import Database, HistoryError
from core.history.export import export_copies
from core.history.home import HomeFolder
from core.history.migrations import MIGRATIONS
from core.history.query import HistoryQuery, start_of
from core.history.store import HistoryStore
from core.requests import ImageRequest
from tests.core.artifacts.recipes import recipe
from tests.core.history.test_store import make

PROMPTS = ("a red cube", "two blue spheres", "red fog over a cone", "Ein grüner Würfel", "a cube, a cone")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[HistoryStore]:
    home = HomeFolder(tmp_path / "home")
    database = Database(home.database)
    yield HistoryStore(home, database)
    database.close()


def record(
    store: HistoryStore, name: str, *, parents: tuple[str, ...] = (), day: int = 1, **request: object
) -> Artifact:
    """A row without files."""
    home = store.home
    told = recipe(made_at=f"2026-11-{day:02d}T12:00:00+00:00", **request)
    artifact = Artifact(name, "image", home.picture(name), home.thumbnail(name), told, parents)
    store.add(artifact)
    return artifact


def found(store: HistoryStore, **query: object) -> list[str]:
    return [row.id for row in store.finder.rows(store.finder.find(HistoryQuery(**query)))]  # type: ignore[arg-type]


def test_rows_tell_what_a_tile_shows_without_the_recipe(store: HistoryStore) -> None:
    artifact = make(store, 3, "a blue cone")
    (row,) = store.finder.rows(store.finder.find(HistoryQuery()))
    assert (row.id, row.kind, row.prompt, row.seed) == (artifact.id, "image", "a blue cone", 7)
    assert (row.path, row.thumbnail, row.made_at) == (artifact.path, artifact.thumbnail, artifact.recipe.made_at)
    assert (row.item, row.count, row.favourite, row.branched, row.binned) == (0, 1, False, False, False)


def test_filters_combine_and_both_orders_hold(store: HistoryStore) -> None:
    record(store, "a", day=1, prompt="a red cube")
    record(store, "b", day=3, prompt="a blue cube", model_id="other")
    record(store, "c", day=2, prompt="a red sphere")
    store.set_favourites(["a", "b"], True)
    assert found(store) == ["b", "c", "a"]
    assert found(store, oldest_first=True) == ["a", "c", "b"]
    assert found(store, search="cub") == ["b", "a"]
    assert found(store, search="cub", oldest_first=True) == ["a", "b"]
    assert found(store, favourite=True, model="other") == ["b"]
    assert found(store, since="2026-11-02T00:00:00+00:00") == ["b", "c"]
    assert found(store, kind="video") == []
    assert found(store, search="red", since="2026-11-02T00:00:00+00:00") == ["c"]
    assert [(model.id, model.count) for model in store.finder.models()] == [("tabletop", 2), ("other", 1)]


def test_what_was_found_is_found_anew_after_every_change(store: HistoryStore) -> None:
    make(store, 1)
    assert len(found(store)) == 1
    second = make(store, 2)
    assert len(found(store)) == 2
    store.set_favourite(second.id, True)
    assert found(store, favourite=True) == [second.id]
    store.delete([second.id])
    assert second.id not in found(store)
    assert found(store, binned=True) == [second.id]
    store.restore([second.id])
    assert found(store, binned=True) == []
    assert len(found(store)) == 2


def test_another_process_s_additions_are_seen(store: HistoryStore) -> None:
    make(store, 1)
    assert len(found(store)) == 1
    database = Database(store.home.database)
    make(HistoryStore(store.home, database), 2)
    database.close()
    assert len(found(store)) == 2


def test_deleting_for_good_takes_only_what_lies_in_the_bin(store: HistoryStore) -> None:
    kept, gone = make(store, 1), make(store, 2)
    store.delete([gone.id])
    assert store.purge([kept.id, gone.id]) == 1
    assert found(store) == [kept.id]
    assert found(store, binned=True) == []
    assert kept.path.exists()
    assert not (store.home.bin / gone.path.name).exists()
    assert gone.thumbnail is not None
    assert not gone.thumbnail.exists()


def test_rows_that_are_gone_are_left_out(store: HistoryStore) -> None:
    make(store, 1)
    numbers = store.finder.find(HistoryQuery())
    assert len(store.finder.rows([*numbers, 4711])) == 1
    assert store.finder.number_of("nothing") is None


def test_a_row_whose_recipe_is_damaged_still_has_its_tile(store: HistoryStore) -> None:
    artifact = make(store, 1)
    with closing(sqlite3.connect(store.home.database)) as connection, connection:
        connection.execute("UPDATE artifacts SET recipe = '{'")
    assert found(store) == [artifact.id]
    with pytest.raises(HistoryError, match="can't be read"):
        store.get(artifact.id)


def test_lineage_goes_both_ways_and_names_each_relative_once(store: HistoryStore) -> None:
    record(store, "root", day=1)
    record(store, "left", day=2, parents=("root",))
    record(store, "right", day=3, parents=("root", "lost"))
    record(store, "child", day=4, parents=("left", "right"))
    record(store, "other", day=5, parents=("left",))
    record(store, "stranger", day=6)
    kin = [(each.generation, each.row.id, each.of) for each in store.finder.lineage("left")]
    assert kin == [(-1, "root", "left"), (1, "child", "left"), (1, "other", "left")]
    kin = [(each.generation, each.row.id) for each in store.finder.lineage("child")]
    assert kin == [(-2, "root"), (-1, "right"), (-1, "left")]
    assert [each.generation for each in store.finder.lineage("child", generations=1)] == [-1, -1]
    assert store.finder.lineage("stranger") == ()
    store.delete(["right"])
    assert [each.row.id for each in store.finder.lineage("child")] == ["root", "left"]


def test_a_lineage_that_bites_its_tail_ends(store: HistoryStore) -> None:
    record(store, "egg", parents=("hen",))
    record(store, "hen", parents=("egg",))
    assert {each.row.id for each in store.finder.lineage("egg", generations=9)} == {"hen"}


def test_an_earlier_edition_s_rows_are_searched_filtered_and_related(tmp_path: Path) -> None:
    home = HomeFolder(tmp_path)
    told = replace(recipe(prompt="an old cone"), request=ImageRequest("an old cone", "tabletop"))
    with closing(sqlite3.connect(home.database)) as connection, connection:
        for statement in MIGRATIONS[0]:
            connection.execute(statement)
        connection.execute("PRAGMA user_version = 1")
        for number, (name, parents) in enumerate({"first": "[]", "second": '["first"]'}.items(), 1):
            connection.execute(
                "INSERT INTO artifacts (number, id, kind, path, recipe, parents, made_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (number, name, "image", f"pictures/{name}.png", told.to_json(), parents, told.made_at),
            )
            connection.execute("INSERT INTO prompts (rowid, prompt) VALUES (?, ?)", (number, told.request.prompt))
    database = Database(home.database)
    store = HistoryStore(home, database)
    assert found(store, search="old c", model="tabletop") == ["second", "first"]
    assert [each.row.id for each in store.finder.lineage("first")] == ["second"]
    database.close()


WORDS = st.lists(
    st.sampled_from(["r", "re", "red", "cub", "grü", "x", "o", "two", "'", '"', "(", "*", "AND", "NEAR", ":"])
)


@given(search=st.text(max_size=20) | WORDS.map(" ".join))
def test_search_finds_what_the_store_s_own_pages_find(tmp_path_factory: pytest.TempPathFactory, search: str) -> None:
    home = HomeFolder(tmp_path_factory.getbasetemp() / "finder-home")
    database = Database(home.database)
    store = HistoryStore(home, database)
    if not store.count():
        for number, prompt in enumerate(PROMPTS):
            record(store, f"p{number}", day=number + 1, prompt=prompt)
    numbers = store.finder.find(HistoryQuery(search))
    assert [row.id for row in store.finder.rows(numbers)] == [each.id for each in store.page(search=search, limit=99)]
    database.close()


def test_orders_are_compact_and_can_not_be_written_to(store: HistoryStore) -> None:
    make(store, 1)
    order = store.finder.find(HistoryQuery())
    assert order.dtype == np.int64
    with pytest.raises(ValueError, match="read-only"):
        order[0] = 0


def test_spans_begin_at_midnight_where_the_user_is() -> None:
    here = timezone(timedelta(hours=-5))
    now = datetime(2026, 11, 21, 20, 30, tzinfo=here)
    assert start_of(1, now) == "2026-11-21T05:00:00+00:00"
    assert start_of(7, now) == "2026-11-15T05:00:00+00:00"
    assert start_of(0, now) == ""


def test_copies_never_replace_a_file(store: HistoryStore, tmp_path: Path) -> None:
    artifacts = [make(store, 1), make(store, 2)]
    folder = tmp_path / "out" / "deep"
    first = export_copies([each.path for each in artifacts], folder)
    again = export_copies([artifacts[0].path], folder)
    assert [path.name for path in first] == [each.path.name for each in artifacts]
    assert again[0].name == f"{artifacts[0].path.stem}-2.png"
    assert again[0].read_bytes() == artifacts[0].path.read_bytes()
    with pytest.raises(HistoryError, match=r"gone\.png can't be copied"):
        export_copies([tmp_path / "gone.png"], folder)
    assert len(list(folder.iterdir())) == 3
