"""Trains the small networks of the 2-D twin in seconds. Recipes: `assets/recipes/toy_*.toml`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from core.diffusion.denoiser import NetworkDenoiser
from core.diffusion.level_batch import levels_at, noised
from core.diffusion.noise import NoiseSource
from core.diffusion.parameterization import target
from core.diffusion.schedule import schedule_named
from core.diffusion.time_grid import time_grid
from core.models.toy import KIND_OF, load_toy, save_toy
from core.networks.toy_mlp import ToyMlp, ToyMlpConfig
from core.samplers.heun import heun
from core.toy import SCHEDULE_OF, Process, Shape, ToyData, ToyField, process_named, strokes_from_text
from core.training.loss import LogNormalSigma, TimeSampling, UniformTime, denoising_loss
from core.training.recipe import Recipe, RecipeError
from core.training.trainable import Batch, Loss, Summary
from core.worlds.toy2d.field import look_at, true_paths
from core.worlds.toy2d.shapes import draw_points

FILE = "toy.safetensors"
PAIR_STEPS = 24
"""Heun's steps from noise to data when a teacher's pairs are made."""
SKETCHES, APART = 16, 20
"""Of a whole run, and the fewest steps from one to the next: a look takes as long as some of them."""
SKETCH_STEPS, SKETCH_PARTICLES = 48, 400


class ToyTraining:
    """A Trainable: flow matching, denoising (vp in v, ve in EDM's form), or a flow rectified on its teacher's pairs.

    Reflow: each noise is paired with where the teacher takes it, and the straight line between is learned; it begins
    from the teacher's weights. Source: Liu et al. 2023 (arXiv:2209.03003), algorithm 1; Lipman et al. 2023
    (arXiv:2210.02747), eq. 23.
    """

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        recipe.only_options("process", "shape", "strokes", "brush", "width", "layers", "teacher", "pairs")
        self._recipe, self._folder = recipe, folder
        self._process: Process = process_named(recipe.option("process", "flow"))
        strokes = strokes_from_text(recipe.option("strokes", ""))
        shape = cast("Shape", recipe.option("shape", "swiss_roll"))
        self._data = ToyData(shape, strokes, recipe.option("brush", 0.08))
        self._schedule = schedule_named(SCHEDULE_OF[self._process])
        torch.manual_seed(recipe.seed)
        config = ToyMlpConfig(recipe.option("width", 128), recipe.option("layers", 3))
        self._network = ToyMlp(config)
        self._pairs = self._rectify() if self._process == "rectified" else None

    @property
    def module(self) -> nn.Module:
        return self._network

    def batch(self, step: int) -> Batch:
        size, seed = self._recipe.batch_size, (self._recipe.seed, step)
        if self._pairs is None:
            own = int(np.random.SeedSequence(seed).generate_state(1, np.uint64)[0] >> 24)
            return {"x0": torch.from_numpy(draw_points(self._data, size, own))}
        eps, x0 = self._pairs
        rows = torch.from_numpy(np.random.default_rng(seed).integers(len(x0), size=size))
        return {"x0": x0[rows], "eps": eps[rows]}

    def loss(self, batch: Batch, generator: torch.Generator) -> Loss:
        kind, x0 = KIND_OF[self._process], batch["x0"]
        if "eps" in batch:
            times = torch.rand(len(x0), generator=generator, device=x0.device)
            level = levels_at(self._schedule, times, 1)
            output = self._network(noised(x0, batch["eps"], level), level)
            error = (output - target(kind, x0, batch["eps"], level)).square().mean()
        else:
            sampling: TimeSampling = LogNormalSigma(-0.6, 1.4) if self._process == "ve" else UniformTime()
            error = denoising_loss(self._network, x0, self._schedule, kind, generator, sampling=sampling).mean()
        return Loss(error, {})

    def sample_grid(self, module: nn.Module) -> np.ndarray | None:  # noqa: ARG002
        return None

    def sketch(self, step: int, steps: int) -> ToyField | None:
        """A look at the weights as they are, `SKETCHES` times in a run that is not short."""
        if step % max(steps // SKETCHES, APART):
            return None
        denoiser = NetworkDenoiser(self._network, KIND_OF[self._process])
        truth = true_paths(denoiser, self._process, SKETCH_PARTICLES, 0, SKETCH_STEPS)
        return look_at(denoiser, self._data, self._process, exact=False, truth=truth, crowd=truth)

    def finish(self, module: nn.Module, summary: Summary) -> Sequence[Path]:
        assert isinstance(module, ToyMlp)
        path = self._folder / FILE
        notes = {"shape": self._data.shape, "steps": str(summary.step), "seed": str(self._recipe.seed)}
        save_toy(module, self._process, path, notes)
        return (path,)

    @torch.no_grad()
    def _rectify(self) -> tuple[Tensor, Tensor]:
        """The teacher's pairs of noise and data; its weights become ours."""
        name = self._recipe.option("teacher", "")
        if not name:
            raise RecipeError(
                f"recipe {self._recipe.name}: a rectified flow needs a teacher; train a flow and give its weights"
            )
        teacher = load_toy(Path(name))
        if teacher.process not in ("flow", "rectified") or teacher.network.config != self._network.config:
            raise RecipeError(f"recipe {self._recipe.name}: {name} is no flow of this network's size; give one that is")
        self._network.load_state_dict(teacher.network.state_dict())
        generator = torch.Generator().manual_seed(self._recipe.seed)
        eps = torch.randn(self._recipe.option("pairs", 8192), 2, generator=generator)
        grid = time_grid("uniform", self._schedule, PAIR_STEPS)
        x0 = eps
        for step in heun(teacher.denoiser, eps, grid, _NoNoise()):
            x0 = step.x
        return eps, x0


class _NoNoise(NoiseSource):
    """Heun draws none."""

    def draw(self, stream: str, key: int) -> Tensor:
        raise AssertionError(f"noise {stream}/{key} was drawn")

    def between(self, a: object, b: object) -> Tensor:
        raise AssertionError(f"noise between {a} and {b} was drawn")


def build(recipe: Recipe, folder: Path) -> ToyTraining:
    """The recipe's builder."""
    return ToyTraining(recipe, folder)
