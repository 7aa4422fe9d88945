"""The side panel of the History view: one picture, everything that made it, and its relatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.viewmodels import wording
from studio.viewmodels.recipe_rows import FactSection, recipe_sections

if TYPE_CHECKING:
    from core.artifacts.artifact import Artifact
    from core.history.finder import HistoryRow, Kin


@dataclass(frozen=True, slots=True)
class DetailInputs:
    """artifact: None where none is selected. row: what the history says of it now. verdict: of "Make again"."""

    artifact: Artifact | None = None
    row: HistoryRow | None = None
    kin: tuple[Kin, ...] = ()
    chosen: int = 0
    verdict: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DetailView:
    """lines: relatives by generation, the oldest first, with what each line is called; the picture's own is among them.

    links: (parent's id, child's id). hint: stands where no picture does.
    """

    shown: bool
    prompt: str
    chosen: str
    sections: tuple[FactSection, ...]
    lines: tuple[tuple[str, tuple[HistoryRow, ...]], ...]
    links: tuple[tuple[str, str], ...]
    favourite: bool
    binned: bool
    verdict: str
    hint: str


def derive_detail(inputs: DetailInputs) -> DetailView:
    """All that the panel shows."""
    artifact, row = inputs.artifact, inputs.row
    if artifact is None or row is None:
        hint = inputs.problem or "Select a picture to see how it was made."
        return DetailView(False, "", "", (), (), (), False, False, "", hint)
    lines = _lines(inputs)
    links = tuple((kin.of, kin.row.id) if kin.generation > 0 else (kin.row.id, kin.of) for kin in inputs.kin)
    return DetailView(
        shown=True,
        prompt=artifact.recipe.request.prompt or "No prompt",
        chosen=f"{wording.count(inputs.chosen, 'picture')} selected" if inputs.chosen > 1 else "",
        sections=recipe_sections(artifact),
        lines=lines,
        links=links,
        favourite=row.favourite,
        binned=row.binned,
        verdict=inputs.verdict,
        hint="",
    )


def _lines(inputs: DetailInputs) -> tuple[tuple[str, tuple[HistoryRow, ...]], ...]:
    """Empty where the picture has no relatives."""
    if not inputs.kin or inputs.row is None:
        return ()
    names = {-1: "Parents", 0: "This picture", 1: "Children"}
    generations = sorted({0, *(kin.generation for kin in inputs.kin)})
    lines: list[tuple[str, tuple[HistoryRow, ...]]] = []
    for generation in generations:
        rows = tuple(kin.row for kin in inputs.kin if kin.generation == generation) if generation else (inputs.row,)
        lines.append((names.get(generation, "Before" if generation < 0 else "After"), rows))
    return tuple(lines)
