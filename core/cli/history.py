"""`noisette history`: what was made."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from core.artifacts.artifact import Artifact
from core.cli.options import AsJson
from core.cli.output import remark, say_json, say_table
from core.engine import Engine
from core.plain import to_plain


def history(
    search: Annotated[str, typer.Option(help="Only where each of these words begins one of the prompt's.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, the newest first.")] = 20,
    offset: Annotated[int, typer.Option(min=0, help="Skip so many.")] = 0,
    project: Annotated[str, typer.Option(help="Only of this project.  [default: all]")] = "",
    as_json: AsJson = False,
) -> int:
    """List the pictures that were made, newest first.

    \b
    Examples:
      noisette history --limit 5
      noisette history --search "red cube" --json
      noisette history --project "Marble studies"
    """
    engine = Engine(keep_queue=False)
    try:
        projects = engine.history.projects
        number = projects.named(project).number if project else None
        found = engine.history.page(offset, limit, search, project=number)
        total = engine.history.count(search, project=number)
        names = {each.number: each.name for each in projects.all()}
    finally:
        engine.close()
    if as_json:
        say_json([_plain(artifact, names.get(artifact.project, "")) for artifact in found])
        return 0
    say_table(("made", "seed", "size", "prompt", "from", "file"), [_row(artifact) for artifact in found])
    remark(f"{len(found)} of {total}")
    return 0


def _row(artifact: Artifact) -> tuple[str, ...]:
    recipe = artifact.recipe
    made = recipe.made_at[:16].replace("T", " ")
    size = f"{recipe.width}x{recipe.height}"
    # One line a row, whatever the prompt holds.
    parents = ", ".join(artifact.parents) or "-"
    return made, str(recipe.seed), size, " ".join(recipe.request.prompt.split()), parents, str(artifact.path)


def _plain(artifact: Artifact, project: str) -> dict[str, Any]:
    return {
        "id": artifact.id,
        "kind": artifact.kind,
        "project": project,
        "path": str(artifact.path),
        "thumbnail": str(artifact.thumbnail) if artifact.thumbnail else None,
        "parents": list(artifact.parents),
        "recipe": to_plain(artifact.recipe),
    }
