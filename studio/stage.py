"""What stands on the canvas: which run or picture, which of its steps, in which look. No widgets here."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from core.artifacts.artifact import artifact_id
from core.requests import ImageRequest
from core.turns import CENTRE
from studio.gallery import Gallery
from studio.step_looks import StepLooks
from studio.viewmodels.canvas import LOOKS, CanvasInputs, CanvasView, Look, Shown, derive_canvas, is_grid
from studio.viewmodels.run import OPEN, Phase, Run
from studio.viewmodels.steps import Place, Steps, item_of, steps_of
from studio.viewmodels.trajectory import (
    EMPTY_HINT,
    GONE_HINT,
    TrajectoryInputs,
    TrajectoryView,
    derive_trajectory,
    spread,
)
from studio.viewmodels.view_model import ViewModel

PLAY_MS, PLAY_CALM_MS = 140, 700
"""Between two steps that are played; with reduced motion, a slow change of pictures."""
PLAYED_MOST = 60
"""Of more steps evenly spaced ones are played."""


class Stage(QObject):
    """Owns the view models of the canvas and the trajectory.

    Steps are named by number, from 1. places: where each step of a request stands, as far as its model is known.
    calm: whether the user wants little motion. parent_words: where a run branched off.
    """

    def __init__(self, gallery: Gallery, looks: StepLooks, places: Callable[[ImageRequest], tuple[Place, ...]]) -> None:
        super().__init__()
        self._gallery, self._looks, self._places = gallery, looks, places
        self.calm: Callable[[], bool] = lambda: False
        self.parent_words: Callable[[Run | None], str] = lambda _run: ""
        self.canvas: ViewModel[CanvasInputs, CanvasView] = ViewModel(CanvasInputs(), derive_canvas)
        self.trajectory: ViewModel[TrajectoryInputs, TrajectoryView] = ViewModel(TrajectoryInputs(), derive_trajectory)
        self._player = QTimer(self)
        self._player.timeout.connect(self._play_on)
        looks.learnt.connect(self._learnt)
        looks.came.connect(self._came)
        self.trajectory.watch("wanted", self._want)

    @property
    def run(self) -> Run | None:
        """Whose steps are on show."""
        return self.canvas.inputs.run

    @property
    def item(self) -> int:
        """Which picture of its job is on show, from 0."""
        return self.canvas.inputs.item

    @property
    def branch_point(self) -> tuple[str, int, int] | None:
        """Job, item and number of the step on show where one can go on from it."""
        view = self.trajectory.view
        return (self.run.job_id, self.item, view.step) if self.run is not None and view.branchable else None

    def forget_others(self) -> None:
        """Let go looks at steps of all runs but the one on show."""
        self._looks.forget_but(self.run.job_id if self.run is not None else "")

    def focus(self, run: Run | None, item: int | None = None, step: int | None = None) -> None:
        """Put a picture of a run on show, of nine variations the middle one unless told; at its newest step or that."""
        self.stop()
        item = (CENTRE if is_grid(run) else 0) if item is None else item
        same = run is not None and self.run is not None and run.job_id == self.run.job_id
        siblings = self.canvas.inputs.siblings if same else ()
        self.canvas.update(
            run=run,
            step=step,
            item=item,
            shown=None,
            favourite=False,
            fetched=self._looks.of(run.job_id, item) if run is not None else (),
            siblings=siblings,
            parent=self.parent_words(run),
        )
        self._update_trajectory(run, item, step)
        if run is not None:
            self._looks.learn(run.job_id)
            if run.count > 1 and run.produced:
                self._gallery.read_job(run.job_id)

    def show(self, run: Run) -> None:
        """The run on show has moved on."""
        before = self.run
        self.canvas.update(run=run)
        self.trajectory.update(run=run)
        ended = before is not None and before.phase is not run.phase
        first = before is not None and bool(run.frames) and not before.frames
        if ended or (first and not self._looks.kept(run.job_id, self.item)):
            self._looks.learn(run.job_id)
        if ended:
            self._want(self.trajectory.view.wanted)

    def learn_request(self, run: Run) -> None:
        """What a run makes is known now."""
        if self.run is not None and self.run.job_id == run.job_id:
            self.canvas.update(run=run)
            self.trajectory.update(run=run, places=self._places_of(run))

    def place_steps(self) -> None:
        """Where the steps on show stand may be known now: models were found."""
        if self.run is not None:
            self.trajectory.update(places=self._places_of(self.run))

    def show_finished(self, shown: Shown, favourite: bool) -> None:
        """A finished picture was decoded; it is shown if it belongs to what is on show."""
        run = self.run
        if run is None or (shown.artifact_id in run.produced and item_of(shown.artifact_id) == self.item):
            self.canvas.update(shown=shown, favourite=favourite)

    def show_siblings(self, job_id: str, siblings: tuple[Shown, ...]) -> None:
        """The finished pictures of a job were decoded."""
        run = self.run
        if run is not None and run.job_id == job_id:
            made = dict.fromkeys((*run.produced, *(sibling.artifact_id for sibling in siblings)))
            self.canvas.update(siblings=siblings, run=replace(run, produced=tuple(made)))

    def pin(self) -> None:
        """Keep the picture on show beside those that follow, or let it go."""
        canvas = self.canvas
        canvas.update(pinned=None if canvas.inputs.pinned is not None else canvas.view.picture)

    def set_look(self, look: Look) -> None:
        """Clean guess, noisy state, or both. A finished picture has but one look."""
        self.canvas.update(look=look)

    def next_look(self) -> None:
        """The look after the present one."""
        self.set_look(LOOKS[(LOOKS.index(self.canvas.inputs.look) + 1) % len(LOOKS)])

    def set_item(self, item: int) -> None:
        """Show another picture of the job."""
        run = self.run
        self.canvas.update(item=item, shown=None, favourite=False, fetched=())
        self._update_trajectory(run, item, step=self.canvas.inputs.step)
        if run is not None:
            self.canvas.update(fetched=self._looks.of(run.job_id, item))
            artifact = artifact_id(run.job_id, item)
            if artifact in run.produced:
                self._gallery.open(artifact)

    def set_step(self, number: int | None) -> None:
        """Pin the view to a step; None follows the work (or shows the finished picture)."""
        self.stop()
        self._go(number)

    def move_step(self, by: int) -> None:
        """So many steps back (below 0) or on; beyond the newest the view follows again."""
        view = self.trajectory.view
        numbers = self._numbers()
        if not numbers or not view.step:
            return
        at = bisect_left(numbers, view.step) + by if by < 0 else bisect_right(numbers, view.step) + by - 1
        self.set_step(None if by > 0 and at >= len(numbers) - 1 else numbers[max(at, 0)])

    def first_step(self) -> None:
        """The first step that can be shown."""
        if numbers := self._numbers():
            self.set_step(numbers[0])

    def play(self) -> None:
        """Play the steps from the one on show (from the first, where it is the last), or stop."""
        if self._player.isActive():
            self.stop()
            return
        numbers = self._numbers()
        if len(numbers) < 2:
            return
        if self.trajectory.inputs.step is None:
            self._go(numbers[0])
        self.trajectory.update(playing=True)
        self._player.start(PLAY_CALM_MS if self.calm() else PLAY_MS)
        self.fetch_played()

    def fetch_played(self) -> None:
        """Have the steps at hand that would be played, as far as they are kept."""
        if self.run is not None and self._looks.kept(self.run.job_id, self.item):
            self._looks.want(self.run.job_id, self.item, self._played())

    def stop(self) -> None:
        """Stop playing."""
        if self._player.isActive():
            self._player.stop()
            self.trajectory.update(playing=False)

    def _play_on(self) -> None:
        here = self.trajectory.view.step
        following = next((number for number in self._played() if number > here), None)
        if following is None or following >= self._numbers()[-1]:
            self.stop()
            following = None
        self._go(following)

    def _played(self) -> tuple[int, ...]:
        numbers = self._numbers()
        return tuple(numbers[at - 1] for at in spread(len(numbers), PLAYED_MOST))

    def _go(self, number: int | None) -> None:
        run, numbers = self.run, self._numbers()
        if run is None or not numbers:
            return
        # The picture that is finished is what its last step came to.
        if number is not None and number >= numbers[-1] and run.phase is Phase.DONE:
            number = None
        self.canvas.update(step=number)
        self.trajectory.update(step=number)
        self._want(self.trajectory.view.wanted)

    def _steps(self) -> Steps:
        inputs = self.trajectory.inputs
        return steps_of(inputs.run, inputs.item, inputs.fetched, inputs.places)

    def _numbers(self) -> tuple[int, ...]:
        """The steps that can be shown."""
        steps = self._steps()
        if self.trajectory.inputs.kept:
            return tuple(range(1, self.trajectory.view.last + 1))
        return tuple(look.number for look in steps.looks)

    def _update_trajectory(self, run: Run | None, item: int, step: int | None = None) -> None:
        if run is None:
            hint = GONE_HINT if self._gallery.current else EMPTY_HINT
            self.trajectory.update(run=None, step=None, item=0, kept=0, exact=False, fetched=(), places=(), empty=hint)
            return
        self.trajectory.update(
            run=run,
            step=step,
            item=item,
            kept=self._looks.kept(run.job_id, item),
            exact=self._looks.exact(run.job_id),
            fetched=self._looks.of(run.job_id, item),
            places=self._places_of(run),
            empty=GONE_HINT if run.phase is Phase.DONE else EMPTY_HINT,
        )

    def _places_of(self, run: Run) -> tuple[Place, ...]:
        asked = run.request or run.repeats
        return self._looks.places(run.job_id) or (self._places(asked) if asked else ())

    def _learnt(self, job_id: str) -> None:
        if self.run is not None and self.run.job_id == job_id:
            self.trajectory.update(
                kept=self._looks.kept(job_id, self.item),
                exact=self._looks.exact(job_id),
                places=self._places_of(self.run),
            )

    def _came(self, job_id: str, item: int) -> None:
        if self.run is not None and (self.run.job_id, self.item) == (job_id, item):
            fetched = self._looks.of(job_id, item)
            self.canvas.update(fetched=fetched)
            self.trajectory.update(fetched=fetched)

    def _want(self, numbers: tuple[int, ...]) -> None:
        """While the job is at work there is no hurry, but for the step that the user went to."""
        run, asked = self.run, self.trajectory.inputs.step
        if run is None or not numbers:
            return
        if run.phase not in OPEN:
            self._looks.want(run.job_id, self.item, numbers)
        elif asked in numbers:
            self._looks.want(run.job_id, self.item, (asked,))
        else:
            self._looks.want(run.job_id, self.item, numbers, hurried=False)
