from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.artifacts.artifact import FIRST_PROJECT, Artifact, artifact_id
from core.artifacts.image import load_recipe, save_picture, save_thumbnail
from core.history.database import Database, HistoryError
from core.history.home import HomeFolder, default_home
from core.history.lock import HomeLock
from core.history.migrations import MIGRATIONS
from core.history.queue_table import StoredQueue
from core.history.recovery import recover
from core.history.store import HistoryStore
from core.jobs.job import Job
from core.requests import ImageRequest, TrainRequest
from tests.core.artifacts.recipes import picture, recipe

JOB = "20261121-040353-9f31c2a7"
NOW = datetime(2026, 11, 21, 5, tzinfo=UTC)


Opener = Callable[[HomeFolder], Database]


@pytest.fixture
def opened() -> Iterator[Opener]:
    """Opens databases and closes them all after the test."""
    with ExitStack() as stack:

        def open_one(home: HomeFolder) -> Database:
            database = Database(home.database)
            stack.callback(database.close)
            return database

        yield open_one


@pytest.fixture
def store(tmp_path: Path, opened: Opener) -> HistoryStore:
    home = HomeFolder(tmp_path / "home")
    return HistoryStore(home, opened(home))


def add_rows(database: Database, *ids: str) -> None:
    with database.transaction() as connection:
        for each in ids:
            connection.execute("INSERT INTO queue (id, request) VALUES (?, ?)", (each, '{"kind": "hologram"}'))


def make(
    store: HistoryStore, number: int, prompt: str = "a red cube", *, row: bool = True, project: int = FIRST_PROJECT
) -> Artifact:
    """A picture with its files, as a task keeps one. number orders it in time."""
    name = artifact_id(JOB, number)
    pixels = picture(number)
    made_at = (NOW + timedelta(seconds=number)).isoformat()
    artifact = Artifact(
        name,
        "image",
        store.home.picture(name),
        store.home.thumbnail(name),
        recipe(pixels, prompt=prompt, made_at=made_at),
        parents=("before",),
        project=project,
    )
    save_thumbnail(store.home.thumbnail(name), pixels)
    save_picture(artifact.path, pixels, artifact.recipe)
    if row:
        store.add(artifact)
    return artifact


def test_what_is_added_comes_back_whole(store: HistoryStore) -> None:
    artifact = make(store, 1)
    assert store.get(artifact.id) == artifact


def test_adding_twice_records_once(store: HistoryStore) -> None:
    artifact = make(store, 1)
    store.add(artifact)
    assert store.page() == (artifact,)
    assert store.count("red") == 1


def test_pages_run_from_the_newest_to_the_oldest_and_cover_all(store: HistoryStore) -> None:
    made = [make(store, number) for number in (2, 0, 1, 4, 3)]
    newest_first = sorted(made, key=lambda artifact: artifact.recipe.made_at, reverse=True)
    pages = [store.page(offset, 2) for offset in (0, 2, 4, 6)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert [artifact for page in pages for artifact in page] == newest_first
    assert store.count() == 5


def test_search_finds_beginnings_of_all_words_in_any_order_and_case(store: HistoryStore) -> None:
    cube, sphere = make(store, 1, "a red cube"), make(store, 2, "a blue Sphere, red light")
    assert store.page(search="red") == (sphere, cube)
    assert store.page(search="CUB red") == (cube,)
    assert store.page(search="tabletop sph") == (sphere,)
    assert store.page(search="red torus") == ()
    assert store.count("blue") == 1


@given(
    st.lists(
        st.sampled_from(["r", "re", "red", "redder", "reddest", "a", "an", "and", "the", "them", "cub", "cube"]),
        max_size=5,
    )
)
def test_every_word_of_a_search_begins_a_word_of_the_prompt(
    tmp_path_factory: pytest.TempPathFactory, words: list[str]
) -> None:
    home = HomeFolder(tmp_path_factory.getbasetemp() / "beginnings-home")
    prompts = ("a red cube", "the reddest and the redder", "an art", "cubes")
    with closing(Database(home.database)) as database:
        store = HistoryStore(home, database)
        if not store.count():
            for number, prompt in enumerate(prompts):
                make(store, number, prompt)
        wanted = [prompt for prompt in prompts if all(re.search(rf"\b{word}", prompt) for word in words)]
        assert sorted(each.recipe.request.prompt for each in store.page(search=" ".join(words))) == sorted(wanted)


@given(st.text(max_size=30))
def test_any_text_may_be_searched_for(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    home = HomeFolder(tmp_path_factory.getbasetemp() / "search-home")
    database = Database(home.database)
    store = HistoryStore(home, database)
    assert store.count(text) == len(store.page(search=text, limit=100))
    database.close()


def test_favourites_are_marked_and_listed(store: HistoryStore) -> None:
    make(store, 1)
    liked = make(store, 2)
    store.set_favourite(liked.id, True)
    assert store.favourites() == {liked.id}
    assert store.page(favourites_only=True) == (liked,)
    assert store.count(favourites_only=True) == 1
    store.set_favourite(liked.id, False)
    assert store.favourites() == frozenset()


def test_an_unknown_id_is_refused(store: HistoryStore) -> None:
    with pytest.raises(HistoryError, match="'nothing' is not in the history"):
        store.get("nothing")


def test_a_deleted_picture_lies_in_the_bin_and_can_be_restored(store: HistoryStore) -> None:
    artifact, other = make(store, 1), make(store, 2)
    store.delete([artifact.id])
    assert store.page() == (other,)
    assert store.count("red") == 1
    assert not artifact.path.exists()
    (binned,) = store.binned()
    assert load_recipe(binned.path) == artifact.recipe
    store.restore([artifact.id])
    assert store.page() == (other, artifact)
    assert artifact.path.exists()
    assert store.binned() == ()


def test_the_bin_forgets_after_its_days_and_not_before(store: HistoryStore) -> None:
    artifact = make(store, 1)
    store.delete([artifact.id], now=NOW)
    assert store.empty_bin(now=NOW + timedelta(days=29)) == 0
    assert store.empty_bin(now=NOW + timedelta(days=30)) == 1
    assert store.binned() == ()
    assert list(store.home.root.rglob("*.png")) == []
    assert artifact.id not in store.ids()


def test_a_start_empties_the_bin_of_what_is_past_its_days_and_touches_nothing_else(store: HistoryStore) -> None:
    old, recent = make(store, 1), make(store, 2)
    store.delete([old.id], now=datetime.now(UTC) - timedelta(days=31))
    store.delete([recent.id], now=datetime.now(UTC) - timedelta(days=29))
    foreign = store.home.bin / "holiday.png"
    foreign.write_bytes(b"not ours")
    recover(store)
    assert [artifact.id for artifact in store.binned()] == [recent.id]
    assert foreign.exists()


def test_a_kill_between_the_bins_row_and_its_file_is_made_good_at_the_start(store: HistoryStore) -> None:
    artifact = make(store, 1)
    store.delete([artifact.id])
    (binned,) = store.binned()
    binned.path.replace(artifact.path)
    recover(store)
    assert binned.path.exists()
    assert store.page() == ()


def test_a_kill_between_a_restored_row_and_its_file_is_made_good_at_the_start(store: HistoryStore) -> None:
    artifact = make(store, 1)
    store.home.bin.mkdir()
    binned = store.home.bin / artifact.path.name
    artifact.path.replace(binned)
    recover(store)
    assert artifact.path.exists()
    assert not binned.exists()


def test_a_recipe_that_is_damaged_keeps_no_start_from_its_work(store: HistoryStore, opened: Opener) -> None:
    damaged, lost = make(store, 1), make(store, 2, row=False)
    with opened(store.home).transaction() as connection:
        connection.execute("UPDATE artifacts SET recipe = '{' WHERE id = ?", (damaged.id,))
    assert recover(store).adopted == (lost.id,)


def test_what_a_job_made_is_found_by_the_job_alone(store: HistoryStore) -> None:
    made = [make(store, 0), make(store, 1)]
    store.delete([made[1].id])
    assert [artifact.id for artifact in store.of_job(JOB)] == [artifact.id for artifact in made]
    assert store.of_job(JOB[:-1]) == ()


def test_a_start_adopts_finished_pictures_without_a_row_and_only_those(store: HistoryStore) -> None:
    recorded, lost = make(store, 1), make(store, 2, row=False)
    assert lost.thumbnail is not None
    lost.thumbnail.unlink()
    foreign = lost.path.with_name("holiday.png")
    foreign.write_bytes(b"not ours")
    half = lost.path.with_name(f"{artifact_id(JOB, 3)}.png")
    half.write_bytes(lost.path.read_bytes()[:200])
    painted_over = lost.path.with_name(f"{artifact_id(JOB, 4)}.png")
    save_picture(painted_over, picture(99), lost.recipe)
    assert recover(store).adopted == (lost.id,)
    assert {artifact.id for artifact in store.page()} == {recorded.id, lost.id}
    assert lost.thumbnail.exists()
    assert foreign.exists()
    assert recover(store).adopted == ()


def test_a_start_sweeps_unfinished_files_that_no_one_writes_any_more(store: HistoryStore) -> None:
    artifact = make(store, 1)
    part = artifact.path.with_name(".x.png.0123abcd.part")
    part.write_bytes(b"half")
    assert recover(store).swept == 0
    assert part.exists()
    assert recover(store, stale_seconds=0.0).swept == 1
    assert not part.exists()
    assert artifact.path.exists()


def test_a_start_makes_lost_thumbnails_again(store: HistoryStore) -> None:
    empty, missing = make(store, 1), make(store, 2)
    assert empty.thumbnail is not None
    assert missing.thumbnail is not None
    before = [empty.thumbnail.read_bytes(), missing.thumbnail.read_bytes()]
    empty.thumbnail.write_bytes(b"")
    missing.thumbnail.unlink()
    recover(store)
    assert [empty.thumbnail.read_bytes(), missing.thumbnail.read_bytes()] == before


def test_a_home_folder_may_move(store: HistoryStore, tmp_path: Path, opened: Opener) -> None:
    artifact = make(store, 1)
    store.home.root.rename(tmp_path / "moved")
    home = HomeFolder(tmp_path / "moved")
    (moved,) = HistoryStore(home, opened(home)).page()
    assert moved.path.exists()
    assert moved.path != artifact.path


def test_a_file_outside_the_home_is_refused(store: HistoryStore, tmp_path: Path) -> None:
    stray = Artifact("x", "image", tmp_path / "x.png", None, recipe())
    with pytest.raises(HistoryError, match="outside"):
        store.add(stray)


def test_a_failed_transaction_leaves_nothing(store: HistoryStore, opened: Opener) -> None:
    database = opened(store.home)
    store.page()
    with pytest.raises(HistoryError):
        add_rows(database, "a", "a")
    assert StoredQueue(database).load() == ((), ())


def test_the_queue_table_keeps_order_and_tells_of_rows_it_can_not_read(store: HistoryStore, opened: Opener) -> None:
    database = opened(store.home)
    table = StoredQueue(database)
    jobs = [Job("b", ImageRequest("two")), Job("a", TrainRequest("planner", "runs")), Job("c", ImageRequest("three"))]
    for job in jobs:
        table.add(job)
    table.remove("a")
    add_rows(database, "odd")
    loaded, unread = table.load()
    assert loaded == (jobs[0], jobs[2])
    assert unread == (
        "the waiting job odd is of kind 'hologram'; known are image, train, evaluate, replay, compare, sweep",
    )


def test_a_new_file_has_the_newest_edition_and_a_newer_one_is_refused(store: HistoryStore, opened: Opener) -> None:
    store.page()
    with closing(sqlite3.connect(store.home.database)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(HistoryError, match="edition 99"):
        HistoryStore(store.home, opened(store.home)).page()


def test_a_migration_that_fails_leaves_the_edition_as_it_was(
    store: HistoryStore, monkeypatch: pytest.MonkeyPatch, opened: Opener
) -> None:
    artifact = make(store, 1)
    broken = (*MIGRATIONS, ("CREATE TABLE extra (x)", "NOT SQL"))
    monkeypatch.setattr("core.history.database.MIGRATIONS", broken)
    with pytest.raises(HistoryError, match="failed"):
        HistoryStore(store.home, opened(store.home)).page()
    monkeypatch.undo()
    assert HistoryStore(store.home, opened(store.home)).page() == (artifact,)


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path, opened: Opener) -> None:
    home = HomeFolder(tmp_path)
    home.database.write_text("my diary " * 100)
    with pytest.raises(HistoryError, match="not a database"):
        HistoryStore(home, opened(home)).page()
    assert home.database.read_text().startswith("my diary")


def test_after_its_close_the_history_says_so(store: HistoryStore, opened: Opener) -> None:
    database = opened(store.home)
    database.close()
    with pytest.raises(HistoryError, match="closed"):
        HistoryStore(store.home, database).page()


def test_one_lock_a_home(tmp_path: Path) -> None:
    first, second = HomeLock(tmp_path / "lock"), HomeLock(tmp_path / "lock")
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()


def test_the_home_is_where_the_variable_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOISETTE_HOME", str(tmp_path / "here"))
    assert default_home() == tmp_path / "here"
    monkeypatch.delenv("NOISETTE_HOME")
    assert default_home().name == "Noisette"
