"""`noisette projects`: the sets that pictures belong to."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from core.cli.options import AsJson
from core.cli.output import say, say_json, say_table
from core.engine import Engine
from core.history.project import Project
from core.history.project_deletion import delete_project
from core.history.store import HistoryStore

projects = typer.Typer(rich_markup_mode=None, add_completion=False)
THEIR_NAME = "A project's name, whatever the capitals."


@contextmanager
def _history() -> Generator[HistoryStore]:
    engine = Engine(keep_queue=False)
    try:
        yield engine.history
    finally:
        engine.close()


@projects.callback(invoke_without_command=True)
def listed(context: typer.Context, as_json: AsJson = False) -> int:
    """List the projects with their numbers of pictures outside the bin, or make, rename and delete one.

    \b
    Examples:
      noisette projects
      noisette projects --json
      noisette projects new "Marble studies"
      noisette projects rename "Marble studies" Stone
      noisette projects delete Stone --into Untitled
    """
    if context.invoked_subcommand is not None:
        return 0
    with _history() as history:
        found = history.projects.all()
    if as_json:
        say_json([_plain(project) for project in found])
        return 0
    say_table(("name", "pictures"), [(project.name, str(project.count)) for project in found])
    return 0


@projects.command()
def new(name: Annotated[str, typer.Argument(help="1 to 60 letters.")], as_json: AsJson = False) -> int:
    """Make an empty project.

    \b
    Examples:
      noisette projects new "Marble studies"
    """
    with _history() as history:
        made = history.projects.add(name)
    _tell(made, as_json)
    return 0


@projects.command()
def rename(
    old: Annotated[str, typer.Argument(help=THEIR_NAME)],
    name: Annotated[str, typer.Argument(metavar="NEW", help="1 to 60 letters.")],
    as_json: AsJson = False,
) -> int:
    """Give a project another name.

    \b
    Examples:
      noisette projects rename Untitled Sketches
    """
    with _history() as history:
        number = history.projects.named(old).number
        history.projects.rename(number, name)
        renamed = history.projects.get(number)
    _tell(renamed, as_json)
    return 0


@projects.command()
def delete(
    name: Annotated[str, typer.Argument(help=THEIR_NAME)],
    into: Annotated[
        str | None, typer.Option(metavar="OTHER", help="Move its pictures to this project.  [default: the bin]")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Delete a project. Its pictures go to the bin, where they stay for 30 days, or to another project.

    A picture that is restored from the bin brings its project back. The first project stays.

    \b
    Examples:
      noisette projects delete Stone
      noisette projects delete Stone --into "Marble studies"
    """
    with _history() as history:
        number = history.projects.named(name).number
        other = None if into is None else history.projects.named(into)
        deletion = delete_project(history, number, other.number if other else None)
    moved, to = len(deletion.ids), other.name if other else None
    if as_json:
        say_json({"name": deletion.project.name, "moved": moved, "into": to})
        return 0
    held = f"; {moved} picture{'' if moved == 1 else 's'} moved to {to or 'the bin'}" if moved else ""
    say(f"deleted {deletion.project.name}{held}")
    return 0


def _tell(project: Project, as_json: bool) -> None:
    if as_json:
        say_json(_plain(project))
    else:
        say(project.name)


def _plain(project: Project) -> dict[str, Any]:
    return {"name": project.name, "number": project.number, "pictures": project.count}
