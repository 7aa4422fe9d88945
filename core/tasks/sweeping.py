"""A sweep: its cells made one after the other, each an ordinary picture under a job id of its own."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from dataclasses import replace

from core.artifacts.artifact import Artifact, artifact_id
from core.history.home import HomeFolder
from core.jobs.context import JobContext
from core.jobs.event import CellMade, CellStepped, Event, Measured, Notice, Preview, Produced, Progress
from core.requests import GuidanceSettings, ImageRequest
from core.samplers.registry import sampler_card
from core.sweeps.cells import Cell, cells_of
from core.sweeps.record import CellFigures, SweepFileError, SweepRecord, read_sweep, save_sweep
from core.sweeps.request import SweepRequest, cell_job
from core.tasks.generate import generate
from core.tasks.preparing import prepare
from core.tasks.racing import evaluations_made, steps_within

SAVED_EVERY_S = 1.0
"""Seconds between two writes of the record: the pictures themselves are kept at once."""


def sweep(request: SweepRequest, context: JobContext) -> Iterator[Event]:
    """Progress counts steps over all cells; CellStepped shows the cell at work, CellMade tells of each finished one.

    A cell is made by the task of pictures from its own request, so it is the same picture as made alone, with the same
    recipe. A job that was cancelled or killed makes only the cells that are missing, and takes a half-made one up at
    its last step. Raises NoisetteError kinds: value, rule, remedy.
    """
    yield Progress(context.job_id, 0, 0, 0.0, "loading the model")
    yield from _Sweep(request, context).run()


class _Sweep:
    def __init__(self, request: SweepRequest, context: JobContext) -> None:
        self.request, self.context = request, context
        self.started = self.saved = context.clock()
        self.file = HomeFolder(context.home).sweeps / f"{context.job_id}.json"
        self.counted = dict[tuple[ImageRequest, int | None], tuple[int, int | None]]()
        # One model after the other: few stay in memory.
        wanted = cells_of(request)
        models = list(dict.fromkeys(cell.request.model_id for cell in wanted))
        self.cells = [self._fitted(c) for c in sorted(wanted, key=lambda c: models.index(c.request.model_id))]
        self.made = self._kept()
        self.told = set[str]()
        self.done, self.total = 0, sum(cell.request.steps for cell, _ in self.cells)

    def run(self) -> Generator[Event, None, None]:
        """Every cell, in the order of the models."""
        there = {artifact.id: artifact for artifact in self.context.history.of_job(self.context.job_id)}
        self._save(durable=True)
        try:
            for cell, evaluations in self.cells:
                artifact = there.get(artifact_id(cell_job(self.context.job_id, cell.index), 0))
                if artifact is None:
                    yield from self._make(cell, evaluations)
                else:
                    yield self._known(cell, evaluations, artifact)
                self.done += cell.request.steps
        finally:
            self._save(durable=True)

    def _make(self, cell: Cell, evaluations: int | None) -> Generator[Event, None, None]:
        job, clock = self.context.job_id, self.context.clock
        own = cell_job(job, cell.index)
        self.context.history.projects.assign(own, self.context.project)
        number, began = cell.index + 1, clock()
        with closing(_generator(generate(cell.request, replace(self.context, job_id=own)))) as events:
            for event in events:
                match event:
                    case Progress(done=done, note=note):
                        began = clock() if note.startswith("loading") else began
                        said = f"cell {number} of {self.request.total}, {note}"
                        yield Progress(job, self.done + done, self.total, clock() - self.started, said)
                    case Preview(index=index, total=total, clean=clean):
                        yield CellStepped(job, cell.index, index + 1, total, clean[0])
                    case Produced(artifact=artifact):
                        yield Produced(job, artifact)
                        yield self._taken(figures_of(cell, evaluations, artifact, clock() - began), artifact)
                    case Measured():
                        yield replace(event, job_id=job)
                    case Notice(sentence=sentence) if sentence not in self.told:
                        self.told.add(sentence)
                        yield Notice(job, sentence)
                    case _:
                        pass

    def _known(self, cell: Cell, evaluations: int | None, artifact: Artifact) -> CellMade:
        figures = self.made.get(cell.index)
        return self._taken(figures or figures_of(cell, evaluations, artifact, None), artifact)

    def _taken(self, figures: CellFigures, artifact: Artifact) -> CellMade:
        self.made[figures.cell] = figures
        if self.context.clock() - self.saved >= SAVED_EVERY_S:
            self._save(durable=False)
        return CellMade(self.context.job_id, artifact, figures)

    def _fitted(self, cell: Cell) -> tuple[Cell, int | None]:
        """A cell with its steps, and the evaluations that they take: a model, size or grid that isn't to be had is
        found here, before any work."""
        request = cell.request
        # Cells that differ only in what neither plan nor count looks at share both.
        alike = replace(request, prompt="", negative_prompt="", seed=0, guidance=GuidanceSettings())
        key = alike, cell.evaluations
        if key not in self.counted:
            plan = prepare(request, self.context)
            steps = request.steps if cell.evaluations is None else steps_within(request, plan, cell.evaluations)
            varies = sampler_card(request.sampler).varies
            self.counted[key] = steps, None if varies else evaluations_made(request, plan, steps)
        steps, evaluations = self.counted[key]
        return replace(cell, request=replace(request, steps=steps)), evaluations

    def _kept(self) -> dict[int, CellFigures]:
        """What an earlier life of this job measured."""
        try:
            record = read_sweep(self.file)
        except SweepFileError:
            return {}
        return {made.cell: made for made in record.cells} if record.request == self.request else {}

    def _save(self, *, durable: bool) -> None:
        """A disk that refuses costs the figures, not the pictures."""
        self.saved = self.context.clock()
        made = tuple(self.made[cell] for cell in sorted(self.made))
        with suppress(OSError):
            record = SweepRecord(self.request, made, complete=len(made) == self.request.total)
            save_sweep(self.file, record, durable=durable)


def figures_of(cell: Cell, evaluations: int | None, artifact: Artifact, seconds: float | None) -> CellFigures:
    """What a cell came to."""
    recipe = artifact.recipe
    steps = recipe.request.steps
    return CellFigures(cell.index, artifact.id, steps, evaluations, seconds, recipe.seed, recipe.pixels_sha256)


def _generator(events: Iterator[Event]) -> Generator[Event, None, None]:
    yield from events
