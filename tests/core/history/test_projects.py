"""Projects: their names, what belongs to them, and that deleting one loses nothing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.artifacts.artifact import FIRST_PROJECT
from core.history.home import HomeFolder
from core.history.migrations import MIGRATIONS
from core.history.project import LONGEST_NAME, Project, ProjectError, checked_name
from core.history.project_deletion import delete_project, take_back
from core.history.query import HistoryQuery
from core.history.queue_table import StoredQueue
from core.history.recovery import recover
from core.history.store import HistoryStore
from core.jobs.event import Cancelled, EndedJob
from core.jobs.job import Job
from core.requests import ImageRequest
from tests.core.artifacts.recipes import recipe
from tests.core.history.test_store import JOB, Opener, make, opened, store

__all__ = ["opened", "store"]


def put(store: HistoryStore, number: int, project: int) -> str:
    artifact = make(store, number)
    store.move([artifact.id], project)
    return artifact.id


def counts(store: HistoryStore) -> dict[str, int]:
    return {project.name: project.count for project in store.projects.all()}


def test_a_new_history_has_one_project(store: HistoryStore) -> None:
    assert store.projects.all() == (Project(FIRST_PROJECT, "Untitled", 0),)


def test_projects_are_made_named_and_found_again(store: HistoryStore) -> None:
    marble = store.projects.add("  Marble \n studies ")
    assert marble == Project(2, "Marble studies")
    assert store.projects.named("MARBLE studies") == marble
    store.projects.rename(marble.number, "marble Studies")
    store.projects.rename(FIRST_PROJECT, "Sketches")
    assert [project.name for project in store.projects.all()] == ["Sketches", "marble Studies"]
    with pytest.raises(ProjectError, match=r"no project 'stone'; choose one of Sketches, marble Studies"):
        store.projects.named("stone")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (" \t", "name is empty; give it 1 to 60 letters"),
        ("a" * 61, "the name has 61 letters; a project's has at most 60, so shorten it"),
        ("STRASSE", "there is a project “Straße” already; choose another name"),
        ("bell\x07", "holds what can't be shown"),
    ],
)
def test_a_name_that_can_not_be_taken_is_told_and_changes_nothing(store: HistoryStore, name: str, told: str) -> None:
    store.projects.add("Straße")
    before = store.projects.all()
    with pytest.raises(ProjectError, match=told):
        store.projects.add(name)
    with pytest.raises(ProjectError, match=told):
        store.projects.rename(FIRST_PROJECT, name)
    assert store.projects.all() == before


@given(st.text(max_size=80))
def test_a_name_is_kept_as_it_was_checked_or_refused(text: str) -> None:
    try:
        name = checked_name(text)
    except ProjectError:
        return
    assert name.strip()
    assert checked_name(name) == name
    assert len(name) <= LONGEST_NAME
    with pytest.raises(ProjectError):
        checked_name(name, [name])


def test_pages_counts_and_the_finder_keep_to_a_project(store: HistoryStore) -> None:
    marble = store.projects.add("Marble").number
    here, there = [put(store, number, marble) for number in (1, 2)], make(store, 3).id
    assert [artifact.id for artifact in store.page(project=marble)] == here[::-1]
    assert [artifact.id for artifact in store.page(project=FIRST_PROJECT)] == [there]
    assert (store.count(), store.count(project=marble), store.count(project=FIRST_PROJECT)) == (3, 2, 1)
    rows = store.finder.rows(store.finder.find(HistoryQuery("red", project=marble)))
    assert [(row.id, row.project) for row in rows] == [(name, marble) for name in here[::-1]]
    assert len(store.finder.find(HistoryQuery())) == 3
    assert store.get(here[0]).project == marble
    store.move(here, FIRST_PROJECT)
    assert len(store.finder.find(HistoryQuery(project=marble))) == 0
    with pytest.raises(ProjectError, match="project 9 is not there"):
        store.move(here, 9)


def test_a_move_can_be_taken_back_to_where_each_came_from(store: HistoryStore) -> None:
    marble, stone = (store.projects.add(name).number for name in ("Marble", "Stone"))
    here, there = put(store, 1, marble), make(store, 2).id
    already = put(store, 3, stone)
    left = store.move([here, there, already, "no such picture"], stone)
    assert left == ((FIRST_PROJECT, (there,)), (marble, (here,)))
    assert counts(store) == {"Untitled": 0, "Marble": 0, "Stone": 3}
    assert store.move([here], stone) == ()
    assert set(store.move_back(stone, left)) == {here, there}
    assert {name: store.get(name).project for name in (here, there, already)} == {
        here: marble,
        there: FIRST_PROJECT,
        already: stone,
    }
    assert store.move_back(stone, left) == ()


def test_taking_a_move_back_leaves_what_went_on_and_reopens_what_was_deleted(store: HistoryStore) -> None:
    marble, stone, glass = (store.projects.add(name).number for name in ("Marble", "Stone", "Glass"))
    stays, gone, binned = (put(store, number, marble) for number in (1, 2, 3))
    left = store.move([stays, gone, binned], stone)
    store.move([gone], glass)
    store.delete([binned])
    delete_project(store, marble)
    assert len(store.finder.find(HistoryQuery(project=stone))) == 1
    assert store.move_back(stone, left) == (stays, binned)
    assert counts(store) == {"Untitled": 0, "Marble": 1, "Stone": 0, "Glass": 1}
    assert len(store.finder.find(HistoryQuery(project=stone))) == 0, "the finder remembers what was"
    store.restore([binned])
    assert counts(store)["Marble"] == 2


def test_a_move_to_a_project_that_is_not_there_changes_nothing(store: HistoryStore) -> None:
    name = make(store, 1).id
    with pytest.raises(ProjectError, match="project 9 is not there"):
        store.move([name], 9)
    assert store.get(name).project == FIRST_PROJECT


def test_a_project_is_asked_for_by_its_own_index(store: HistoryStore, opened: Opener) -> None:
    where, values = HistoryQuery(project=2).conditions
    with opened(store.home).reading() as connection:
        sql = f"EXPLAIN QUERY PLAN SELECT number FROM artifacts WHERE {where} ORDER BY {HistoryQuery().order}"
        plan = " ".join(row["detail"] for row in connection.execute(sql, values))
        sql = "EXPLAIN QUERY PLAN SELECT number FROM artifacts WHERE binned_at IS NULL ORDER BY made_at DESC, id DESC"
        plan_of_all = " ".join(row["detail"] for row in connection.execute(sql))
    assert "artifacts_by_project" in plan
    assert "artifacts_by_time" in plan_of_all
    assert "B-TREE" not in plan + plan_of_all, "sorted by hand"


def test_deleting_to_the_bin_can_be_taken_back(store: HistoryStore) -> None:
    marble = store.projects.add("Marble").number
    ids, other = {put(store, number, marble) for number in (1, 2)}, make(store, 3)
    before = counts(store)
    deletion = delete_project(store, marble)
    assert counts(store) == {"Untitled": 1}
    assert {artifact.id for artifact in store.binned()} == ids
    assert not any(store.home.picture(name).exists() for name in ids)
    take_back(store, deletion)
    assert counts(store) == before
    assert all(store.home.picture(name).exists() for name in ids)
    assert store.page(project=FIRST_PROJECT) == (other,)


def test_deleting_into_another_project_moves_and_can_be_taken_back(store: HistoryStore) -> None:
    marble, stone = (store.projects.add(name).number for name in ("Marble", "Stone"))
    name = put(store, 1, marble)
    deletion = delete_project(store, marble, stone)
    assert counts(store) == {"Untitled": 0, "Stone": 1}
    assert store.get(name).project == stone
    assert store.binned() == ()
    take_back(store, deletion)
    assert counts(store) == {"Untitled": 0, "Marble": 1, "Stone": 0}


def test_the_first_project_stays_and_none_takes_its_own(store: HistoryStore) -> None:
    marble = store.projects.add("Marble").number
    with pytest.raises(ProjectError, match="“Untitled” is the first project and stays"):
        delete_project(store, FIRST_PROJECT)
    with pytest.raises(ProjectError, match="“Untitled” is the first project and stays"):
        store.projects.close(FIRST_PROJECT)
    with pytest.raises(ProjectError, match="can't take its own pictures"):
        delete_project(store, marble, marble)
    with pytest.raises(ProjectError, match="project 9 is not there"):
        delete_project(store, 9)
    assert len(store.projects.all()) == 2


def test_a_picture_out_of_the_bin_brings_its_project_back_under_a_free_name(store: HistoryStore) -> None:
    marble = store.projects.add("Marble").number
    name = put(store, 1, marble)
    delete_project(store, marble)
    new = store.projects.add("marble").number
    assert new not in (FIRST_PROJECT, marble), "a number was given twice"
    store.restore([name])
    assert counts(store) == {"Untitled": 0, "Marble 2": 1, "marble": 0}
    assert store.get(name).project == marble


def test_what_a_job_of_a_deleted_project_still_makes_goes_to_the_first(store: HistoryStore) -> None:
    marble = store.projects.add("Marble").number
    store.projects.close(marble)
    artifact = make(store, 1, row=False, project=marble)
    store.add(artifact)
    assert store.get(artifact.id).project == FIRST_PROJECT


def test_an_adopted_picture_goes_to_its_jobs_project(store: HistoryStore) -> None:
    """A kill between file and row: the next start finds the file, which does not name its project."""
    marble = store.projects.add("Marble").number
    store.projects.assign(JOB, marble)
    artifact = make(store, 1, row=False)
    assert recover(store).adopted == (artifact.id,)
    assert store.get(artifact.id).project == marble


def test_the_queue_remembers_projects_through_its_end(store: HistoryStore, opened: Opener) -> None:
    marble = store.projects.add("Marble").number
    table = StoredQueue(opened(store.home))
    jobs = (Job("a", ImageRequest("a cube"), marble), Job("b", ImageRequest("a cone")))
    for job in jobs:
        table.add(job)
    assert StoredQueue(opened(store.home)).load() == (jobs, ())
    ended = EndedJob(jobs[0], Cancelled("a", 1, 2), 1, 2, "2026-11-21T05:00:00+00:00")
    table.end(ended)
    assert StoredQueue(opened(store.home)).load_ended() == ((ended,), ())
    table.forget(["a"])
    assert (store.projects.of_job("a"), store.projects.of_job("b")) == (marble, FIRST_PROJECT)


def test_the_pictures_of_an_older_edition_belong_to_the_first_project(tmp_path: Path, opened: Opener) -> None:
    home = HomeFolder(tmp_path)
    old = sqlite3.connect(home.database)
    for statement in (statement for edition in MIGRATIONS[:3] for statement in edition):
        old.execute(statement)
    old.execute(
        "INSERT INTO artifacts (id, kind, path, recipe, made_at) VALUES (?, 'image', 'pictures/a.png', ?, ?)",
        (f"{JOB}-01", recipe().to_json(), recipe().made_at),
    )
    old.execute("PRAGMA user_version = 3")
    old.commit()
    old.close()
    store = HistoryStore(home, opened(home))
    assert [artifact.id for artifact in store.page(project=FIRST_PROJECT)] == [f"{JOB}-01"]
    assert counts(store) == {"Untitled": 1}
