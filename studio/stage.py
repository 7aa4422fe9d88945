"""What stands on the canvas: which run or picture, which of its steps, in which look. No widgets here."""

from __future__ import annotations

from PySide6.QtCore import QObject

from studio.gallery import Gallery
from studio.viewmodels.canvas import LOOKS, CanvasInputs, CanvasView, Look, Shown, derive_canvas
from studio.viewmodels.run import Run
from studio.viewmodels.trajectory import TrajectoryInputs, TrajectoryView, derive_trajectory
from studio.viewmodels.view_model import ViewModel


class Stage(QObject):
    """Owns the view models of the canvas and the trajectory."""

    def __init__(self, gallery: Gallery) -> None:
        super().__init__()
        self._gallery = gallery
        self.canvas: ViewModel[CanvasInputs, CanvasView] = ViewModel(CanvasInputs(), derive_canvas)
        self.trajectory: ViewModel[TrajectoryInputs, TrajectoryView] = ViewModel(TrajectoryInputs(), derive_trajectory)

    @property
    def run(self) -> Run | None:
        """Whose steps are on show."""
        return self.canvas.inputs.run

    def focus(self, run: Run | None) -> None:
        """Put a run on show, at its newest step."""
        self.canvas.update(run=run, step=None, item=0, shown=None, favourite=False, look=self.canvas.inputs.look)
        self.trajectory.update(run=run, step=None, item=0, kept=run is not None or not self._gallery.current)

    def show(self, run: Run) -> None:
        """The run on show has moved on."""
        self.canvas.update(run=run)
        self.trajectory.update(run=run)

    def show_finished(self, shown: Shown, favourite: bool) -> None:
        """A finished picture was decoded; it is shown if it belongs to what is on show."""
        if self.run is None or shown.artifact_id in self.run.produced:
            self.canvas.update(shown=shown, favourite=favourite)

    def set_look(self, look: Look) -> None:
        """Clean guess, noisy state, or both. On a finished picture the noisy ones show its last step."""
        self.canvas.update(look=look)

    def next_look(self) -> None:
        """The look after the present one."""
        self.set_look(LOOKS[(LOOKS.index(self.canvas.inputs.look) + 1) % len(LOOKS)])

    def set_item(self, item: int) -> None:
        """Show another picture of the batch."""
        run = self.run
        self.canvas.update(item=item)
        self.trajectory.update(item=item)
        if run is not None and run.first + item < len(run.produced):
            self._gallery.open(run.produced[run.first + item])

    def set_step(self, place: int | None) -> None:
        """Show the step at that place among those at hand; None follows the work (or shows the finished picture)."""
        run = self.run
        if run is None or not run.frames:
            return
        if place is not None:
            place = min(max(place, 0), len(run.frames))
            place = None if place >= self._last(run) else place
        self.canvas.update(step=place)
        self.trajectory.update(step=place)

    def move_step(self, by: int) -> None:
        """One step back (−1) or on (+1)."""
        run = self.run
        if run is None or not run.frames:
            return
        here = self.canvas.inputs.step
        self.set_step(max((self._last(run) if here is None else here) + by, 0))

    def _last(self, run: Run) -> int:
        """The place of the newest: the finished picture comes after the last step."""
        return len(run.frames) if self.canvas.inputs.shown is not None else len(run.frames) - 1
