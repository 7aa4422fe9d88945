"""Where the picture on show branched off, in words, and the way back there. No widgets here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.artifacts.artifact import artifact_id
from core.requests import Branch
from studio.background import Background
from studio.bridge import Bridge
from studio.gallery import Gallery
from studio.runs import Runs
from studio.viewmodels import wording
from studio.viewmodels.run import Run

if TYPE_CHECKING:
    from core.artifacts.artifact import Artifact

PROMPT_MOST = 40


class Lineage(QObject):
    """found(artifact, step), met(run, item, step): the parent that was asked for. said(sentence): why there is none."""

    found = Signal(object, int)
    met = Signal(object, int, int)
    said = Signal(str)

    def __init__(self, runs: Runs, gallery: Gallery, bridge: Bridge, background: Background) -> None:
        super().__init__()
        self._runs, self._gallery, self._bridge, self._background = runs, gallery, bridge, background

    def words(self, run: Run | None) -> str:
        """From which step of which picture a run goes on; "" for one that began by itself."""
        branch = branch_of(run)
        if branch is None:
            return ""
        prompt = self._prompt(branch)
        of = f"“{wording.shortened(prompt, PROMPT_MOST)}”" if prompt else "another picture"
        return f"From step {branch.step} of {of}"

    def seek_parent(self, run: Run | None) -> None:
        """Look for the picture that a run goes on from; a signal follows."""
        branch = branch_of(run)
        if branch is None:
            return
        wanted, parent = artifact_id(branch.job_id, branch.item), self._runs.get(branch.job_id)
        known = self._gallery.artifact(wanted)
        if known is not None:
            self.found.emit(known, branch.step)
        elif parent is not None:
            self.met.emit(parent, branch.item, branch.step)
        elif self._bridge.is_open:
            history = self._bridge.engine.history
            self._background.run(lambda: history.get(wanted), lambda each: self._take(each, branch), self._miss)

    def _take(self, artifact: Artifact, branch: Branch) -> None:
        self.found.emit(artifact, branch.step)

    def _miss(self, _sentence: str) -> None:
        self.said.emit("The picture that this one goes on from is no longer in the history")

    def _prompt(self, branch: Branch) -> str:
        if branch.origin is not None:
            return branch.origin.prompt
        run = self._runs.get(branch.job_id)
        if run is not None and run.request is not None:
            return run.request.prompt
        artifact = self._gallery.artifact(artifact_id(branch.job_id, branch.item))
        return artifact.recipe.request.prompt if artifact is not None else ""


def branch_of(run: Run | None) -> Branch | None:
    """Where a run leaves another's path."""
    return run.request.branch if run is not None and run.request is not None else None
