"""Nine pictures around one that is on show, around one of those, and so on. No widgets here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.artifacts.artifact import artifact_id
from core.errors import NoisetteError
from core.models.card import ModelCard
from core.requests import ImageRequest
from studio.gallery import Gallery
from studio.stage import Stage
from studio.viewmodels.canvas import is_grid

if TYPE_CHECKING:
    from core.artifacts.artifact import Artifact

NEAR = 0.5
"""How far the first neighbours of a picture lie from it, as a part of a right angle of noise."""
NEAREST, WIDEST = 1 / 64, 1.0


class Variations(QObject):
    """cards: what is installed. submit: hands a request to the engine. said(sentence): why there are none."""

    said = Signal(str)

    def __init__(
        self,
        stage: Stage,
        gallery: Gallery,
        cards: Callable[[], tuple[ModelCard, ...]],
        submit: Callable[[ImageRequest], object],
    ) -> None:
        super().__init__()
        self._stage, self._gallery, self._cards, self._submit = stage, gallery, cards, submit

    @property
    def radius(self) -> float:
        """Of the neighbourhood on show, else of a first one."""
        run = self._stage.run
        return run.request.neighbours if run is not None and run.request is not None and is_grid(run) else NEAR

    def around(self, times: float = 1.0) -> None:
        """Nine pictures around the one on show, at the radius of the neighbourhood on show, or so many times that."""
        if self._gallery.current is not None and self._stage.canvas.view.finished:
            self._surround(self._gallery.current, times)

    def around_item(self, item: int) -> None:
        """Nine pictures around one of those on show, which becomes their middle."""
        run = self._stage.run
        artifact = self._gallery.artifact(artifact_id(run.job_id, item)) if run is not None else None
        if artifact is None:
            self.said.emit("This picture is still forming; its own variations need it whole")
        else:
            self._surround(artifact, 1.0)

    def _surround(self, artifact: Artifact, times: float) -> None:
        radius = min(max(self.radius * times, NEAREST), WIDEST)
        recipe = artifact.recipe
        # The same model plans the same again; of another, only the plan itself would give the same picture.
        same = any((card.id, card.sha256) == (recipe.request.model_id, recipe.model_sha256) for card in self._cards())
        request = recipe.asked() if same else recipe.again()
        try:
            self._submit(request.surrounded(0, radius, artifact.id))
        except NoisetteError as error:
            self.said.emit(str(error))
