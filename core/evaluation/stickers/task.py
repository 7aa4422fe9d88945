"""`noisette evaluate stickers`: a model of stickers measured on captions and concepts that it never saw, as a job."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from statistics import median

import numpy as np

from core.datasets.stickers.cache import TRAIN, open_stickers
from core.diffusion.time_grid import time_grid
from core.errors import RequestError
from core.evaluation.command import command_of, hardware_of, memory_peak_mb
from core.evaluation.painting import Order, painted
from core.evaluation.ssim import scales_for
from core.evaluation.stickers.asked import PARTS, Asked, Part, asked, asked_in_all, kept_from_matcher
from core.evaluation.stickers.ceiling import captions_of, real_pictures, scored
from core.evaluation.stickers.features import Nearness, PhotoFeatures
from core.evaluation.stickers.looking import MATCHER_ID, StickerJudge, StickerLook, on_white, pooled_captions
from core.evaluation.stickers.nearest import Nearest, copy_threshold, nearest, slightly_changed
from core.evaluation.stickers.report import (
    CodedStickers,
    Neighbour,
    Originality,
    RealStickers,
    StickersMeasured,
    StickersReport,
)
from core.evaluation.stickers.sheet import neighbours_sheet, write_sheet
from core.evaluation.stickers.variety import likeness_of_each, likeness_of_real, through_codec
from core.evaluation.task import JobContext
from core.jobs.event import Event, Notice, Progress
from core.models.loader import load_model
from core.networks.minilm import load_minilm
from core.requests import EvaluateRequest, GuidanceSettings
from core.samplers.registry import sampler_named

LEAST_PROMPTS = 20
TIMED = 4
"""Pictures made one at a time for the clock, after one that warms up."""
VARIED_PROMPTS, SEEDS_EACH = 12, 4
"""For the diversity of a prompt's pictures."""
SHOWN = 64
"""Samples beside their nearest training pictures."""
CHANGED = 200
"""Training pictures whose slightly changed selves set what counts as a copy."""
LOOKED_AT_ONCE = 512
NO_PHOTO_FEATURES = (
    "distances are in the matcher's features alone; install Noisette's extra 'train' for those of EfficientNet-Lite0"
)


def evaluate(request: EvaluateRequest, context: JobContext) -> Iterator[Event]:
    """Measure a model of stickers at each pair of steps and guidance scale, real pictures beside it.

    Progress counts pictures, real and made; the last one's extras are all the report's figures.
    With a folder, report.json, report.md and a sheet of samples beside their nearest training pictures are written.
    Raises RequestError, ModelError, SamplerError, StickersError.
    """
    if request.prompts < LEAST_PROMPTS:
        raise RequestError(f"{request.prompts} prompts requested; an evaluation of stickers needs {LEAST_PROMPTS}")
    yield Progress(context.job_id, 0, 0, 0.0, "loading the model")
    run = _Run(request, context)
    yield from run.time()
    yield from run.look_at_real()
    for steps in request.steps:
        for scale in request.guidance:
            yield from run.measure(steps, scale)
    report = run.report()
    if request.folder is not None:
        for path in report.save(Path(request.folder)):
            yield Notice(context.job_id, f"wrote {path}")
    yield run.progress("done", report.figures())


class _Run:
    def __init__(self, request: EvaluateRequest, context: JobContext) -> None:
        self.request, self.context = request, context
        self.started = context.clock()
        self.stickers = open_stickers()
        self.model = load_model(context.registry, request.model_id, request.device)
        self.sampler = sampler_named(request.sampler, schedule=self.model.schedule)
        self.size = self.model.card.sizes[0][0]
        self.asked = asked(self.stickers.entries, request.prompts, request.seed)
        self.prompts = [entry for part in PARTS for entry in self.asked[part]]
        self.seconds: dict[tuple[int, float], float] = {}
        self.memory_peak_mb: float | None = None
        self.measured: list[StickersMeasured] = []
        self.trained = [entry for entry in self.stickers.entries if entry.split == TRAIN]
        self.done = 0
        settings = len(request.steps) * len(request.guidance)
        each = 1 + TIMED + len(self.prompts) + VARIED_PROMPTS * SEEDS_EACH
        self.total = 2 * len(self.prompts) + len(self.stickers.entries) + settings * each

    def progress(self, note: str, figures: dict[str, float] | None = None) -> Progress:
        seconds = self.context.clock() - self.started
        return Progress(self.context.job_id, self.done, self.total, seconds, note, figures or {})

    def time(self) -> Generator[Event, None, None]:
        """Pictures one at a time, and the memory they take, before anything else is loaded."""
        for steps in self.request.steps:
            for scale in self.request.guidance:
                taken: list[float] = []
                for order in self._orders(self.prompts[: 1 + TIMED], self.request.seed):
                    began = self.context.clock()
                    for _ in self._painted([order], steps, scale):
                        self.done += 1
                    taken.append(self.context.clock() - began)
                    yield self.progress("one picture at a time")
                self.seconds[steps, scale] = median(taken[1:])
        self.memory_peak_mb = memory_peak_mb()

    def look_at_real(self) -> Generator[Event, None, None]:
        """The judge, the captions to choose among, and what real pictures score."""
        yield self.progress("reading captions")
        self.judge = StickerJudge.load(self.context.registry.files(MATCHER_ID)["matcher"], self.context.pause_point)
        encoder = load_minilm()
        self.context.pause_point()
        pools = asked_in_all(self.stickers.entries)
        self.captions = captions_of(self.judge, pools, lambda texts: pooled_captions(encoder, texts))
        looks: dict[Part, StickerLook] = {
            part: self.judge.look(real_pictures(self.stickers, self.asked[part])) for part in PARTS
        }
        self.done += len(self.prompts)
        yield self.progress("judging real pictures")
        self.real_examined = scored(looks, self.asked, self.stickers, self.captions)
        photo = PhotoFeatures.load()
        if photo is None:
            yield Notice(self.context.job_id, NO_PHOTO_FEATURES)
        self.context.pause_point()
        self.nearness = Nearness(self.judge, photo, real_pictures(self.stickers, self.prompts))
        self.real_distances = self.nearness.of(self._other_real_pictures())
        self.context.pause_point()
        back = self._coded(np.array([entry.row for entry in self.prompts]))
        coded = scored(self._by_part(self.judge.look(back)), self.asked, self.stickers, self.captions)
        self.coded = CodedStickers(coded, self.nearness.of(back))
        self.done += len(self.prompts)
        yield from self._look_at_training()

    def _look_at_training(self) -> Generator[Event, None, None]:
        """Features of every training picture, and how near to them unseen ones lie."""
        library: list[np.ndarray] = []
        unseen = [entry.index for entry in self.stickers.entries if entry.split != TRAIN]
        rows = [entry.index for entry in self.trained]
        for features in self._features_of(rows):
            library.append(features)
            yield self.progress("looking at training pictures")
        self.library = np.concatenate(library)
        rng = np.random.default_rng((self.request.seed, 2))
        some = rng.choice(len(rows), min(CHANGED, len(rows)), replace=False)
        changed = slightly_changed(self._coded(np.array(rows)[some]))
        self.threshold = copy_threshold(self.judge.look(changed).features, self.library[some])
        found = nearest(np.concatenate(list(self._features_of(unseen))), self.library)
        self.real = RealStickers(
            examined=self.real_examined,
            distances=self.real_distances,
            ms_ssim=likeness_of_real(self.stickers, self.size, self.request.seed),
            originality=_originality(found, self.threshold),
            threshold=self.threshold,
        )
        yield self.progress("looking at training pictures")

    def _coded(self, rows: np.ndarray) -> np.ndarray:
        """(N, H, W, 3) uint8 on white: real pictures after the model's codec and back."""
        return through_codec(self.model.codec, self.stickers.pictures(self.size)[rows])

    def _features_of(self, rows: Sequence[int]) -> Iterator[np.ndarray]:
        pictures = self.stickers.pictures(self.stickers.sizes[0])
        for start in range(0, len(rows), LOOKED_AT_ONCE):
            self.context.pause_point()
            some = rows[start : start + LOOKED_AT_ONCE]
            self.done += len(some)
            yield self.judge.look(on_white(pictures[some])).features

    def _other_real_pictures(self) -> np.ndarray:
        """As many as there are prompts, other ones; such as the matcher never saw, if there are enough."""
        asked_rows = {entry.row for entry in self.prompts}
        rows = sorted(kept_from_matcher(self.stickers.entries) - asked_rows)
        if len(rows) < len(self.prompts):
            rows = [entry.index for entry in self.stickers.entries if entry.index not in asked_rows]
        rng = np.random.default_rng((self.request.seed, 1))
        chosen = rng.choice(rows, min(len(self.prompts), len(rows)), replace=False)
        return on_white(self.stickers.pictures(self.stickers.sizes[0])[np.sort(chosen)])

    def measure(self, steps: int, scale: float) -> Generator[Event, None, None]:
        """Paint and judge every prompt at one setting."""
        note = f"{steps} steps, guidance {scale:g}"
        batches: list[np.ndarray] = []
        for batch in self._painted(self._orders(self.prompts, self.request.seed), steps, scale):
            batches.append(batch)
            self.done += len(batch)
            yield self.progress(note)
        pictures = np.concatenate(batches)
        look = self.judge.look(pictures)
        varied: list[np.ndarray] = []
        again = [entry for entry in self.prompts[:VARIED_PROMPTS] for _ in range(SEEDS_EACH)]
        for batch in self._painted(self._orders(again, self.request.seed), steps, scale):
            varied.append(batch)
            self.done += len(batch)
            yield self.progress(f"{note}, other seeds")
        found = nearest(look.features, self.library)
        shown = self._shown()
        self.measured.append(
            StickersMeasured(
                steps=steps,
                guidance_scale=scale,
                examined=scored(self._by_part(look), self.asked, self.stickers, self.captions),
                distances=self.nearness.of(pictures),
                ms_ssim=likeness_of_each(np.concatenate(varied), SEEDS_EACH),
                originality=_originality(found, self.threshold),
                neighbours=tuple(self._neighbour(place, found) for place in shown),
                seconds_per_picture=self.seconds[steps, scale],
            )
        )
        if self.request.folder is not None:
            trained = self.stickers.pictures(self.size)
            beside = on_white(trained[[self.trained[int(found.places[place])].index for place in shown]])
            sheet = neighbours_sheet(self.request.model_id, self.measured[-1], pictures[shown], beside)
            path = write_sheet(Path(self.request.folder) / f"nearest-{steps}-g{scale:g}.png", sheet)
            yield Notice(self.context.job_id, f"wrote {path}")

    def _shown(self) -> list[int]:
        """Samples beside their neighbours: spread evenly over the prompts, captions and concepts alike."""
        count = min(SHOWN, len(self.prompts))
        return [place * len(self.prompts) // count for place in range(count)]

    def _orders(self, entries: Sequence[Asked], first_seed: int) -> list[Order]:
        return [
            Order(entry.caption, first_seed + number, None, style=entry.style) for number, entry in enumerate(entries)
        ]

    def _painted(self, orders: Sequence[Order], steps: int, scale: float) -> Iterator[np.ndarray]:
        grid = time_grid(self.model.card.defaults.time_grid, self.model.schedule, steps)
        guidance = GuidanceSettings(scale, method=self.request.method)
        return painted(self.model, orders, self.sampler, grid, guidance, self.context.pause_point)

    def _by_part(self, look: StickerLook) -> dict[Part, StickerLook]:
        parts: dict[Part, StickerLook] = {}
        start = 0
        for part in PARTS:
            own = slice(start, start + len(self.asked[part]))
            parts[part] = StickerLook(look.features[own], look.embeddings[own], look.styles[own])
            start = own.stop
        return parts

    def _neighbour(self, place: int, found: Nearest) -> Neighbour:
        prompt, trained = self.prompts[place], self.trained[int(found.places[place])]
        distance = float(found.distances[place])
        return Neighbour(prompt.caption, prompt.style, trained.concept, trained.style, distance)

    def report(self) -> StickersReport:
        return StickersReport(
            model_id=self.request.model_id,
            sampler=self.request.sampler,
            seed=self.request.seed,
            data=self.stickers.digest,
            features=self.nearness.names,
            scales=scales_for(self.size),
            real=self.real,
            coded=self.coded,
            measured=tuple(self.measured),
            memory_peak_mb=self.memory_peak_mb,
            command=command_of(self.request),
            hardware=hardware_of(self.model.device),
        )


def _originality(found: Nearest, threshold: float) -> Originality:
    return Originality(float(np.median(found.distances)), found.copies(threshold), len(found.distances))
