"""A race: lanes on the same noise with equal evaluations, measured against a fine reference of their own equation."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from core.artifacts.comparison import environment_changes
from core.artifacts.image import load_picture, save_picture
from core.artifacts.recipe import Recipe, pixels_sha256
from core.compare.figures import RaceRecord, ReferenceFigures, RunFigures, Wishes
from core.compare.looks import lane_looks, save_looks
from core.compare.naming import lane_names
from core.compare.record import RaceFileError, lane_picture, read_race, save_race
from core.errors import NoisetteError, RequestError
from core.evaluation.truth import JUDGE_ID, Judge
from core.history.home import HomeFolder
from core.history.strips import StripShelf
from core.jobs.context import JobContext
from core.jobs.event import Event, LaneStepped, Progress, RaceMeasured
from core.requests import CompareRequest
from core.samplers.registry import sampler_card
from core.tasks.denoising import look_at
from core.tasks.environment import environment_of
from core.tasks.preparing import remarks
from core.tasks.racing import Entrant, RunEnd, RunStep, TimedDenoiser, entrant, run_lane, steps_within, warm_up
from core.tasks.references import Reference, ReferenceShelf, make_reference, reference_cost, reference_key

Of = tuple[int, int, int]
"""A run's lane, seed and budget."""
TOLD_EVERY = 10
"""Steps of a reference, or of a run that is not shown, from one word of progress to the next."""


def compare(request: CompareRequest, context: JobContext) -> Iterator[Event]:
    """Progress counts network evaluations. Each lane's first run at the race's own budget is told step by step; a
    RaceMeasured follows each run, the last one `complete`.

    First the references of the first seed, so that errors are told as steps are made; then the lanes, the other
    budgets, the other seeds. What was measured is kept in the home's `races` after each run: a job that was cancelled
    or killed makes the runs that are missing, a half-made one from its beginning, and comes to the same figures.
    Raises NoisetteError kinds: value, rule, remedy.
    """
    yield Progress(context.job_id, 0, 0, 0.0, "loading the model")
    race = _Race(request, context)
    for lane in race.asking():
        yield from remarks(context.job_id, lane.plan.model, lane.request)
    with race.strips.hold(race.file):
        yield race.take_up()
        yield from race.run()


class _Race:
    def __init__(self, request: CompareRequest, context: JobContext) -> None:
        self.request, self.context = request, context
        self.started = context.clock()
        home = HomeFolder(context.home)
        self.file = home.races / f"{context.job_id}.json"
        self.shelf = ReferenceShelf(home.references)
        self.strips = context.strips or StripShelf(home.races)
        self.names = lane_names(request)
        self.first = [self._entrant(lane, request.seed) for lane in range(len(request.lanes))]
        self.steps = {
            (lane.lane, budget): steps_within(lane.request, lane.plan, budget)
            for lane in self.first
            for budget in request.every_budget
        }
        self.judge: Judge | None = None
        self.references: dict[int, tuple[ReferenceFigures, ...]] = {}
        self.environment = environment_of(self.first[0].plan.model)
        self.models = {lane.plan.model.card.id: lane.plan.model.card.title for lane in self.first}
        self.runs: dict[Of, RunFigures] = {}
        self.done: int = 0
        self.total: int = 0
        self.budgets = (request.evaluations, *(each for each in request.every_budget if each != request.evaluations))

    def asking(self) -> Iterator[Entrant]:
        """One lane of each prompt, style and model."""
        seen = set[tuple[str, str, str, str]]()
        for lane in self.first:
            asks = lane.request.model_id, lane.request.prompt, lane.request.negative_prompt, lane.request.style
            if asks not in seen:
                seen.add(asks)
                yield lane

    def take_up(self) -> RaceMeasured:
        """What an earlier life of this job measured stands. A lane does while its picture is there, and where the
        picture names the weights of today.

        Raises RequestError where other versions or weights measured it: nothing can be added to that.
        """
        before = self._before()
        if before is not None:
            weights = [self._painted_by(lane) for lane in range(len(self.names))]
            changes = environment_changes(before.environment, self.environment)
            changed = [f"{name} {then}, now {now}" for name, (then, now) in changes.items()]
            if any(used not in (None, self._used(lane)) for used, lane in zip(weights, self.first, strict=True)):
                changed.append("other weights")
            if changed:
                raise RequestError(
                    f"this race was begun with {', '.join(changed)}; run it anew to measure it as a whole"
                )
            self.runs = {(run.lane, run.seed, run.budget): run for run in before.runs if weights[run.lane] is not None}
            for seed in self.request.seeds:
                made = tuple(each for each in before.references if each.seed == seed)
                self.references |= {seed: made} if made else {}
        return self._measured(complete=False)

    def run(self) -> Generator[Event, None, None]:
        """All that is missing, seed by seed."""
        self.total = self._planned()
        for seed in self.request.seeds:
            missing = [
                (lane, budget)
                for budget in self.budgets
                for lane in range(len(self.names))
                if (lane, seed, budget) not in self.runs
            ]
            if missing or seed not in self.references:
                yield from self._run_seed(seed, missing)
            else:
                self.done += self.total // self.request.repeats
        yield self._measured(complete=True)

    def _run_seed(self, seed: int, missing: list[tuple[int, int]]) -> Generator[Event, None, None]:
        """missing: (lane, budget) of the runs to make, in order."""
        shown = seed == self.request.seed
        lanes = self.first if shown else [self._entrant(lane, seed) for lane in range(len(self.names))]
        references = yield from self._references(lanes, seed)
        self.done += len(lanes) * sum(self.budgets) - sum(budget for _, budget in missing)
        for lane in sorted({lane for lane, _ in missing}) if shown else ():
            warm_up(lanes[lane])
        for lane, budget in missing:
            yield from self._run(lanes[lane], budget, references[lane], seed_is_first=shown)
            yield self._measured(complete=False)

    def _entrant(self, lane: int, seed: int) -> Entrant:
        return entrant(lane, self.request.picture(lane, seed, 1), self.context)

    def _references(self, lanes: list[Entrant], seed: int) -> Generator[Event, None, list[Reference]]:
        """One for each lane; those of one equation and one beginning share theirs."""
        with_path = seed == self.request.seed
        found, users = dict[str, Reference](), dict[str, list[int]]()
        seconds = dict[str, float]()
        keys = [self._key(lane, with_path=with_path) for lane in lanes]
        for lane, key in zip(lanes, keys, strict=True):
            users.setdefault(key, []).append(lane.lane)
            if key in found:
                continue
            kept = self.shelf.take(key)
            began = self.context.clock()
            found[key] = kept or (yield from self._reference(lane, with_path=with_path))
            seconds[key] = 0.0 if kept else self.context.clock() - began
            if kept is None:
                self.shelf.keep(key, found[key])
            else:
                self.done += reference_cost(self.request.reference)
        # What an earlier life of this job took for one is what it took in this race.
        before = {each.lanes: each.seconds for each in self.references.get(seed, ())}
        self.references[seed] = tuple(
            ReferenceFigures(
                seed,
                tuple(users[key]),
                each.evaluations,
                each.uncertainty,
                seconds[key] or before.get(tuple(users[key]), 0.0),
            )
            for key, each in found.items()
        )
        return [found[key] for key in keys]

    def _reference(self, lane: Entrant, *, with_path: bool) -> Generator[Event, None, Reference]:
        settings, before = self.request.reference, self.done
        watch = TimedDenoiser(lane.denoiser, self.context, lane.plan.model.device)
        solving = make_reference(
            settings, watch, lane.begin(), lane.plan, lambda: len(watch.levels), with_path=with_path
        )
        while True:
            try:
                step = next(solving)
            except StopIteration as end:
                self.done = before + reference_cost(settings)
                made: Reference = end.value
                return made
            self.done = before + min(len(watch.levels), reference_cost(settings))
            if step % TOLD_EVERY == 0:
                yield self._progress(f"reference, step {step} of {settings.steps}")

    def _run(
        self, lane: Entrant, budget: int, reference: Reference, *, seed_is_first: bool
    ) -> Generator[Event, None, None]:
        told = seed_is_first and budget == self.request.evaluations
        before = self.done
        steps = yield from self._fitting(lane, budget, reference)
        running = run_lane(lane, budget, steps, reference, self.context, shown=budget == self.request.evaluations)
        last: RunStep | None = None
        looks = list[np.ndarray]()
        while True:
            try:
                made = next(running)
            except StopIteration as ended:
                end: RunEnd = ended.value
                break
            last = made
            self.done = before + min(len(made.evaluated), budget)
            number, total = made.step.index + 1, made.step.total
            if told and number < total:
                look = self._look(lane, made)
                looks.append(look.clean)
                yield look
            if told or number % TOLD_EVERY == 0:
                yield self._progress(f"{self.names[lane.lane]}, step {number} of {total}")
        self.done = before + budget
        figures = end.figures
        if end.pixels is not None:
            figures = replace(figures, wishes=self._judged(lane, end.pixels))
            if told and last is not None:
                self._keep_picture(lane, steps, end.pixels)
                with suppress(OSError):
                    save_looks(lane_looks(self.file, lane.lane), looks)
                    self.strips.make_room()
                yield self._stepped(lane, last, end.pixels, end.pixels)
        self.runs[lane.lane, figures.seed, budget] = figures

    def _fitting(self, lane: Entrant, budget: int, reference: Reference) -> Generator[Event, None, int]:
        """A lane's steps. Where a sampler chooses its own evaluations, as many as it does not exceed the budget with:
        found by running it, at the cost of those runs."""
        steps = self.steps[lane.lane, budget]
        if not sampler_card(lane.request.sampler).varies:
            return steps
        while steps > 1:
            yield self._progress(f"{self.names[lane.lane]}, trying {steps} steps")
            trial = run_lane(lane, budget, steps, reference, self.context, shown=False)
            try:
                while True:
                    next(trial)
            except StopIteration as ended:
                end: RunEnd = ended.value
            if end.figures.evaluations <= budget:
                break
            steps -= 1
        return steps

    def _look(self, lane: Entrant, made: RunStep) -> LaneStepped:
        look = look_at(self.context.job_id, made.step, lane.plan.model.codec, lane.request.colour)
        assert look.noisy is not None, "a look shows both"
        return self._stepped(lane, made, look.clean[0], look.noisy[0])

    def _stepped(self, lane: Entrant, made: RunStep, clean: np.ndarray, noisy: np.ndarray) -> LaneStepped:
        assert made.error is not None, "the path of a run that is told is followed"
        step = made.step
        return LaneStepped(
            self.context.job_id,
            lane.lane,
            step.index + 1,
            step.total,
            step.level.log_snr,
            made.error,
            made.evaluated,
            clean,
            noisy,
        )

    def _judged(self, lane: Entrant, pixels: np.ndarray) -> Wishes | None:
        """None where nobody asked, or the prompt holds nothing that can be judged."""
        if not self.request.truth:
            return None
        if self.judge is None:
            self.judge = Judge.load(self.context.registry.files(JUDGE_ID)["detector"])
        held = self.judge.score(pixels, lane.item.prompt).held
        return Wishes(sum(ok for _, ok in held), len(held)) if held else None

    def _keep_picture(self, lane: Entrant, steps: int, pixels: np.ndarray) -> None:
        """Beside the record, with a recipe of its own. A disk that refuses costs the picture, not the race."""
        height, width = pixels.shape[:2]
        card, item = lane.plan.model.card, lane.item
        recipe = Recipe(
            request=replace(lane.request, steps=steps),
            item=0,
            seed=item.seed,
            layout=item.layout,
            width=width,
            height=height,
            model_title=card.title,
            model_sha256=self._used(lane),
            environment=environment_of(lane.plan.model),
            pixels_sha256=pixels_sha256(pixels),
            made_at=datetime.now(UTC).isoformat(timespec="microseconds"),
            drawn_prompt="" if item.prompt == lane.request.prompt else item.prompt,
        )
        with suppress(OSError):
            save_picture(lane_picture(self.file, lane.lane), pixels, recipe)

    def _measured(self, *, complete: bool) -> RaceMeasured:
        """What is known so far, kept on the disk as well."""
        seeds, lanes = self.request.seeds, range(len(self.names))
        order = [(lane, seed, budget) for seed in seeds for budget in self.budgets for lane in lanes]
        runs = tuple(self.runs[of] for of in order if of in self.runs)
        references = tuple(each for seed in seeds for each in self.references.get(seed, ()))
        record = RaceRecord(self.request, self.names, references, runs, self.environment, self.models)
        with suppress(OSError):
            save_race(self.file, record, durable=complete)
        return RaceMeasured(self.context.job_id, record, complete, str(self.file))

    def _before(self) -> RaceRecord | None:
        """What an earlier life of this job measured; None for nothing."""
        try:
            record = read_race(self.file)
        except RaceFileError:
            return None
        return record if record.request == self.request and record.runs else None

    def _painted_by(self, lane: int) -> dict[str, str] | None:
        """The hashes of the weights behind a lane's kept picture; None where there is none."""
        try:
            return load_picture(lane_picture(self.file, lane)).recipe.model_sha256
        except NoisetteError:
            return None

    def _planned(self) -> int:
        """Evaluations, as far as they can be told ahead: references that are kept cost none and are counted all the
        same, so that the bar never goes back."""
        request = self.request
        equations = len({self._key(lane, with_path=True) for lane in self.first})
        runs = len(self.first) * sum(request.every_budget)
        return request.repeats * (equations * reference_cost(request.reference) + runs)

    def _key(self, lane: Entrant, *, with_path: bool) -> str:
        used = self._used(lane)
        return reference_key(self.request.reference, lane.request, lane.item, lane.plan, used, with_path=with_path)

    def _used(self, lane: Entrant) -> dict[str, str]:
        return self.context.registry.weights_used(lane.request.model_id, lane.request.guidance)

    def _progress(self, note: str) -> Progress:
        return Progress(self.context.job_id, self.done, self.total, self.context.clock() - self.started, note)
