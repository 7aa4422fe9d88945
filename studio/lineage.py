"""Where the picture on show branched off, in words, and the way back there. No widgets here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.artifacts.artifact import artifact_id, job_of
from core.requests import Branch
from studio.background import Background
from studio.bridge import Bridge
from studio.gallery import Gallery
from studio.runs import Runs
from studio.viewmodels import wording
from studio.viewmodels.run import Run
from studio.viewmodels.steps import item_of
from studio.viewmodels.variation import around_words

if TYPE_CHECKING:
    from core.artifacts.artifact import Artifact

PROMPT_MOST = 40


@dataclass(frozen=True, slots=True)
class Parent:
    """item: of that job's pictures, from 0. step: that a branch leaves it at, None for variations around it."""

    job_id: str
    item: int
    step: int | None


class Lineage(QObject):
    """found(artifact, step), met(run, item, step): the parent that was asked for, at its end where the step is None.

    said(sentence): why there is none.
    """

    found = Signal(object, object)
    met = Signal(object, int, object)
    said = Signal(str)

    def __init__(self, runs: Runs, gallery: Gallery, bridge: Bridge, background: Background) -> None:
        super().__init__()
        self._runs, self._gallery, self._bridge, self._background = runs, gallery, bridge, background

    def words(self, run: Run | None) -> str:
        """From which step of which picture a run goes on, or which it lies around; "" for one that began by itself."""
        branch, parent = branch_of(run), parent_of(run)
        if parent is None or run is None or run.request is None:
            return ""
        prompt = self._prompt(parent, branch) if branch is not None and parent.step else run.request.prompt
        of = f"“{wording.shortened(prompt, PROMPT_MOST)}”" if prompt else "another picture"
        return f"From step {parent.step} of {of}" if parent.step else around_words(run.request, of)

    def seek_parent(self, run: Run | None) -> None:
        """Look for the picture that a run goes on from, or lies around; a signal follows."""
        parent = parent_of(run)
        if parent is None:
            return
        wanted, begun = artifact_id(parent.job_id, parent.item), self._runs.get(parent.job_id)
        known = self._gallery.artifact(wanted)
        if known is not None:
            self.found.emit(known, parent.step)
        elif begun is not None:
            self.met.emit(begun, parent.item, parent.step)
        elif self._bridge.is_open:
            history = self._bridge.engine.history
            self._background.run(lambda: history.get(wanted), lambda each: self._take(each, parent), self._miss)

    def _take(self, artifact: Artifact, parent: Parent) -> None:
        self.found.emit(artifact, parent.step)

    def _miss(self, _sentence: str) -> None:
        self.said.emit("The picture that this one goes on from is no longer in the history")

    def _prompt(self, parent: Parent, branch: Branch) -> str:
        if branch.origin is not None:
            return branch.origin.prompt
        run = self._runs.get(parent.job_id)
        if run is not None and run.request is not None:
            return run.request.prompt
        artifact = self._gallery.artifact(artifact_id(parent.job_id, parent.item))
        return artifact.recipe.request.prompt if artifact is not None else ""


def branch_of(run: Run | None) -> Branch | None:
    """Where a run leaves another's path."""
    return run.request.branch if run is not None and run.request is not None else None


def parent_of(run: Run | None) -> Parent | None:
    """The picture that a run goes on from, or whose neighbours it makes."""
    branch, request = branch_of(run), run.request if run is not None else None
    if request is not None and request.around:
        return Parent(job_of(request.around), item_of(request.around), None)
    return Parent(branch.job_id, branch.item, branch.step) if branch is not None else None
