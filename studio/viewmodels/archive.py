"""The History view: what is looked for, and what is said of what was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from studio.viewmodels import wording
from studio.viewmodels.spans import SPANS

if TYPE_CHECKING:
    from core.history.finder import ModelCount

KINDS: tuple[tuple[str, str], ...] = (("", "All kinds"), ("image", "Pictures"))
ORDERS = ("Newest first", "Oldest first")


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked for. span: days, today counted as one; 0 is always. project: its number, None for all.

    The bin is one for all projects.
    """

    search: str = ""
    kind: str = ""
    model: str = ""
    span: int = 0
    favourite: bool = False
    failed: bool = False
    binned: bool = False
    oldest_first: bool = False
    project: int | None = None

    @property
    def narrows(self) -> bool:
        """Whether anything is left out, save by its project and by lying in the bin or not."""
        return bool(self.search.strip() or self.kind or self.model or self.span or self.favourite or self.failed)


@dataclass(frozen=True, slots=True)
class ArchiveInputs:
    """found: how many match, None before the first look. total: all outside the bin, of the filters' project.

    listed: what the list on show was found with; while the filters ask for another bin or project than that, nothing is
    said of it or done to it. chosen: how many are selected. projects: (number, name), the current one first, None for
    all.
    """

    filters: Filters = field(default_factory=Filters)
    listed: Filters | None = None
    models: tuple[ModelCount, ...] = ()
    projects: tuple[tuple[int | None, str], ...] = ()
    found: int | None = None
    total: int = 0
    chosen: int = 0
    all_favourites: bool = False
    problem: str = ""

    @property
    def settled(self) -> bool:
        """Whether the list on show is of the bin, or of the project, that is asked for."""
        listed, asked = self.listed, self.filters
        if listed is None or listed.binned != asked.binned:
            return False
        # The bin is one for all projects.
        return asked.binned or listed.project == asked.project


@dataclass(frozen=True, slots=True)
class ArchiveView:
    """models: (id, words) of the choices, the first is any. empty: title and words where nothing is listed.

    next_step: what the empty page's button does ("create", "clear", "leave_bin", "" for none) and its words.
    can_act: something outside the bin is selected. can_restore: something in the bin is.
    """

    kind: str
    model: str
    span: str
    order: str
    models: tuple[tuple[str, str], ...]
    projects: tuple[tuple[int | None, str], ...]
    count: str
    chosen: str
    narrows: bool
    binned: bool
    favourite: bool
    empty: tuple[str, str] | None
    next_step: tuple[str, str]
    can_act: bool
    can_restore: bool
    can_empty: bool
    favourite_label: str


def derive_archive(inputs: ArchiveInputs) -> ArchiveView:
    """The bar over the grid, and what stands in the grid's place where it is empty."""
    filters, found = inputs.filters, inputs.found
    models = (("", "All models"), *((model.id, model.title) for model in inputs.models))
    empty, next_step = _empty(inputs)
    return ArchiveView(
        kind=dict(KINDS).get(filters.kind, filters.kind),
        model=dict(models).get(filters.model, filters.model),
        span=dict(SPANS)[filters.span],
        order=ORDERS[filters.oldest_first],
        models=models,
        projects=inputs.projects,
        count=_count(inputs),
        chosen=f"{wording.whole(inputs.chosen)} selected" if inputs.chosen > 1 else "",
        narrows=filters.narrows,
        binned=filters.binned,
        favourite=filters.favourite,
        empty=empty,
        next_step=next_step,
        can_act=inputs.chosen > 0 and inputs.settled and not filters.binned,
        can_restore=inputs.chosen > 0 and inputs.settled and filters.binned,
        can_empty=filters.binned and inputs.settled and bool(found) and not filters.narrows,
        favourite_label="Remove favourite" if inputs.all_favourites else "Favourite",
    )


def _count(inputs: ArchiveInputs) -> str:
    found = inputs.found
    if inputs.problem:
        return ""
    if found is None or not inputs.settled:
        return "Looking"
    if inputs.filters.binned:
        return f"{wording.count(found, 'picture')} in the bin"
    if not inputs.filters.narrows:
        return wording.count(found, "picture")
    return f"{wording.whole(found)} of {wording.count(inputs.total, 'picture')}"


def _empty(inputs: ArchiveInputs) -> tuple[tuple[str, str] | None, tuple[str, str]]:
    filters = inputs.filters
    if inputs.problem:
        return ("The history can't be read", inputs.problem), ("", "")
    if inputs.found != 0 or not inputs.settled:
        return None, ("", "")
    if filters.narrows:
        where = "in the bin " if filters.binned else ""
        words = f"“{filters.search.strip()}”" if filters.search.strip() else "these filters"
        return (f"Nothing {where}matches {words}", "Fewer words or filters find more."), ("clear", "Clear filters")
    if filters.binned:
        said = "What you delete stays here for 30 days. Until then it can be restored."
        return ("The bin is empty", said), ("leave_bin", "Back to the pictures")
    others = [name for number, name in inputs.projects if number == filters.project and number is not None]
    if others and len(inputs.projects) > 2:
        said = "What you make while this project is the current one is kept here."
        return (f"No pictures in “{others[0]}” yet", said), ("create", "Make the first one")
    said = "Every picture you make is kept here, with everything needed to make it again."
    return ("No pictures yet", said), ("create", "Make the first one")
