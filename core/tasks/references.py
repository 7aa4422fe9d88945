"""Fine solutions of a lane's own equation, kept so that no race works one out twice."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save  # pyright: ignore[reportUnknownVariableType]
from torch import Tensor

from core.artifacts.atomic import write_atomically
from core.artifacts.trajectory import RunItem
from core.diffusion.denoiser import Denoiser
from core.diffusion.level import Level
from core.diffusion.time_grid import time_grid
from core.errors import RequestError
from core.plain import to_plain
from core.requests import ImageRequest, ReferenceSettings
from core.samplers.registry import sampler_card, sampler_named
from core.samplers.step import moved
from core.tasks.denoising import check_finite
from core.tasks.environment import environment_of
from core.tasks.preparing import Plan

KNOT_BYTES = 32 << 20
"""Of one reference's path at most; what lies between its knots is worked out from them."""
FOLDER_BYTES = 1 << 30
"""Of all that are kept; the ones used longest ago go first."""
COARSER = 4
"""A reference's uncertainty is told from one with so many times fewer steps."""
EDITION = 1


@dataclass(frozen=True, slots=True)
class Reference:
    """levels: K + 1 of them, noise falling, the last clean data. x, x0: (K + 1, *shape) float32 on the CPU, the state
    and the clean guess at each; the last of both is the finished latent. uncertainty: about how far that may be off.
    """

    levels: tuple[Level, ...]
    x: Tensor
    x0: Tensor
    evaluations: int
    uncertainty: float

    @property
    def end(self) -> Tensor:
        return self.x[-1]

    def at(self, level: Level) -> Tensor:
        """(*shape): the state at any level of the path. Third-order between knots: the clean guess is taken as a line.

        Raises RequestError for a level with more noise than the path begins with.
        """
        ratios = [-each.ratio for each in self.levels]
        place = bisect_right(ratios, -level.ratio) - 1
        if place < 0:
            raise RequestError(f"sigma / alpha {level.ratio:g} is before the reference, which begins at {-ratios[0]:g}")
        if place >= len(self.levels) - 1:
            return self.x[-1]
        here, there = self.levels[place], self.levels[place + 1]
        if level.ratio == here.ratio:
            return self.x[place]
        part = (here.t - level.t) / (here.t - there.t)
        return moved(self.x[place], torch.lerp(self.x0[place], self.x0[place + 1], 0.5 * part), here, level)


def error_at(state: Tensor, level: Level, reference: Reference) -> float:
    """Root-mean-square difference in units of the spread sqrt(alpha^2 + sigma^2). state: (*shape), on any device."""
    difference = state.detach().cpu().double() - reference.at(level).double()
    return float(difference.square().mean().sqrt()) / (level.alpha**2 + level.sigma**2) ** 0.5


def reference_key(
    settings: ReferenceSettings,
    request: ImageRequest,
    item: RunItem,
    plan: Plan,
    used: dict[str, str],
    *,
    with_path: bool,
) -> str:
    """Names all that decides a reference. Lanes of one name share theirs. used: the hashes of the model's files."""
    first = plan.grid[0]
    decides: dict[str, Any] = {
        "edition": EDITION,
        "settings": to_plain(settings),
        "model": used,
        "item": to_plain(item),
        "guidance": to_plain(request.guidance),
        "beginning": to_plain((request.start, request.variation, request.turns, request.first_turn)),
        "size": [plan.width, plan.height],
        "precision": request.precision,
        "first": [first.t, first.alpha, first.sigma],
        "environment": to_plain(environment_of(plan.model)),
        "path": with_path,
    }
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()


def reference_cost(settings: ReferenceSettings) -> int:
    """Network evaluations that a reference takes, its check included; about, as ends of a grid may take fewer."""
    each = sampler_card(settings.sampler).evaluations_per_step
    return each * (settings.steps + settings.steps // COARSER)


class ReferenceShelf:
    """The kept references of a home. A disk that refuses costs time, never the race."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, key: str) -> Reference | None:
        """None where it isn't kept, or not whole."""
        file = self._folder / f"{key}.safetensors"
        try:
            held = load_file(file)
            file.touch()
            levels = tuple(Level(*row) for row in cast("list[list[float]]", held["levels"].tolist()))
            evaluations, uncertainty = cast("list[float]", held["figures"].tolist())
            return Reference(levels, held["x"], held["x0"], int(evaluations), uncertainty)
        except (OSError, SafetensorError, KeyError, TypeError, ValueError):
            return None

    def keep(self, key: str, reference: Reference) -> None:
        held = {
            "levels": torch.tensor(
                [(each.t, each.alpha, each.sigma) for each in reference.levels], dtype=torch.float64
            ),
            "figures": torch.tensor([reference.evaluations, reference.uncertainty], dtype=torch.float64),
            "x": reference.x.contiguous(),
            "x0": reference.x0.contiguous(),
        }
        try:
            write_atomically(self._folder / f"{key}.safetensors", lambda file: file.write(save(held)), durable=False)
            self._make_room()
        except OSError:
            return

    def _make_room(self) -> None:
        files = [(file.stat(), file) for file in self._folder.glob("*.safetensors")]
        held = sum(stat.st_size for stat, _ in files)
        for stat, file in sorted(files, key=lambda each: each[0].st_mtime):
            if held <= FOLDER_BYTES:
                return
            file.unlink(missing_ok=True)
            held -= stat.st_size


def make_reference(
    settings: ReferenceSettings,
    denoiser: Denoiser,
    start: Tensor,
    plan: Plan,
    counted: Callable[[], int],
    *,
    with_path: bool,
) -> Generator[int, None, Reference]:
    """Solve finely; yields after each step. start: (1, *shape), at the noise of the plan's first level.

    The grid is uniform in t whatever the lanes' are. counted: evaluations that the denoiser has made so far.
    Raises RequestError for a sampler that draws fresh noise, GenerationError where the numbers break up.
    """
    before = counted()
    path = yield from _solved(settings, settings.steps, denoiser, start, plan, with_path=with_path)
    evaluations = counted() - before
    coarse = yield from _solved(settings, settings.steps // COARSER, denoiser, start, plan, with_path=False)
    off = (path.x[-1].double() - coarse.x[-1].double()).square().mean().sqrt()
    # As of first order, the least that a sampler has: e(N/4) - e(N) = 3 e(N).
    return Reference(path.levels, path.x, path.x0, evaluations, float(off) / (COARSER - 1))


def _solved(
    settings: ReferenceSettings, steps: int, denoiser: Denoiser, start: Tensor, plan: Plan, *, with_path: bool
) -> Generator[int, None, Reference]:
    grid = time_grid("uniform", plan.model.schedule, steps, start=plan.grid[0].t)
    noise = _NoNoise(settings.sampler)
    spacing = _spacing(steps, start) if with_path else steps
    kept = list[tuple[Level, Tensor, Tensor]]()
    x = start
    for step in sampler_named(settings.sampler)(denoiser, start, grid, noise):
        check_finite(step)
        if step.index % spacing == 0:
            kept.append((grid[step.index], x[0].cpu(), step.x0[0].cpu()))
        x = step.x
        yield step.index + 1
    end = x[0].cpu()
    levels = (*(level for level, _, _ in kept), grid[-1])
    states = torch.stack([*(state for _, state, _ in kept), end]).float()
    return Reference(levels, states, torch.stack([*(guess for _, _, guess in kept), end]).float(), 0, 0.0)


def _spacing(steps: int, start: Tensor) -> int:
    """Every so many steps one is kept."""
    most = max(KNOT_BYTES // (8 * start[0].numel()), 2)
    return -(-steps // most)


class _NoNoise:
    """For a solver that must not draw any."""

    def __init__(self, sampler: str) -> None:
        self._sampler = sampler

    def draw(self, stream: str, key: int) -> Tensor:
        raise RequestError(f"{self._sampler} draws fresh noise at {stream} {key}; choose a deterministic reference")

    def between(self, a: Level, b: Level) -> Tensor:
        raise RequestError(
            f"{self._sampler} draws fresh noise from {a.t:g} to {b.t:g}; choose a deterministic reference"
        )
