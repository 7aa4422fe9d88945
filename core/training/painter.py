"""Training the tabletop's painter: rendered scenes, written captions, flow matching in the codec's latents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import nn

from core.conditioning.layout import CAMERA_CHANNELS, MAP_CHANNELS, Cells, camera_vector, layout_map
from core.diffusion.denoiser import NetworkDenoiser
from core.diffusion.level import Level
from core.diffusion.level_batch import noised
from core.diffusion.noise import Noise
from core.diffusion.parameterization import parameterization_named, target
from core.diffusion.schedule import schedule_named
from core.diffusion.time_grid import time_grid
from core.latents.codec import to_uint8
from core.models.registry import SHIPPED, ModelRegistry
from core.networks.painter import Painter
from core.networks.pca_codec import PcaCodec
from core.networks.unet import UNetConfig
from core.networks.weights import load_weights, save_weights
from core.samplers.euler import euler
from core.training.data import Column, batch_indices, build_cache, open_cache
from core.training.loss import LogitNormalTime, draw_levels
from core.training.recipe import Recipe, RecipeError
from core.training.trainable import Batch, Loss, Summary
from core.worlds.tabletop import dataset
from core.worlds.tabletop.grammar import MAX_TOKENS, PAD, held_out, tokenize, vocabulary, write
from core.worlds.tabletop.packing import pack
from core.worlds.tabletop.scene import Scene

CODEC_PICTURES = 3000
GRID = 16
"""Pictures in a sample grid, beside as many real ones."""


class PainterTraining:
    """A Trainable. Rows are kept off the grid's pictures, which are the dataset's last.

    The option `serves` names a shipped model whose guidance the painter is for: it paints in that one's latents.
    """

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        recipe.only_options(
            *(
                "size",
                "factor",
                "channels",
                "map_size",
                "widths",
                "blocks",
                "condition_width",
                "text_width",
                "input_gain",
                "guess_width",
            ),
            *("pictures", "data_seed", "item_weight", "drop_both", "drop_layout", "drop_text", "drop_camera"),
            *("parameterization", "schedule", "serves"),
        )
        self.recipe, self.folder = recipe, folder
        self.size, factor = recipe.option("size", 96), recipe.option("factor", 6)
        self.map_size = recipe.option("map_size", 48)
        self.pictures = recipe.option("pictures", 80_000)
        seed = recipe.option("data_seed", 1)
        data = folder.parent / "data" / f"tabletop-{self.size}"
        for _ in dataset.make(data, self.size, seed, self.pictures):
            pass
        self.shards = dataset.shards_of(data)
        self.cells = _cells(data.with_name(f"{data.name}-cells-{self.map_size}"), self, seed)
        self.serves = recipe.option("serves", "")
        channels = recipe.option("channels", 32)
        self.codec = codec_of(self.serves, channels, factor) if self.serves else _codec(self, channels, factor)
        self.module = Painter(
            UNetConfig(
                in_channels=self.codec.channels,
                out_channels=self.codec.channels,
                map_channels=MAP_CHANNELS,
                map_factor=self.map_size // (self.size // factor),
                widths=tuple(recipe.option("widths", [80, 144])),
                blocks=tuple(recipe.option("blocks", [2, 1])),
                condition_width=recipe.option("condition_width", 192),
                text_width=recipe.option("text_width", 128),
                guess_width=recipe.option("guess_width", 32),
                input_gain=recipe.option("input_gain", True),
            ),
            len(vocabulary()),
            CAMERA_CHANNELS,
        )
        self.parameterization = parameterization_named(recipe.option("parameterization", "edm"))
        self.schedule = schedule_named(recipe.option("schedule", "flow"))
        self.item_weight = recipe.option("item_weight", 2.0)
        self.drop_both = recipe.option("drop_both", 0.05)
        self.drop_layout = recipe.option("drop_layout", 0.07)
        self.drop_text = recipe.option("drop_text", 0.10)
        self.drop_camera = recipe.option("drop_camera", 0.15)

    def scenes(self, rows: Sequence[int]) -> list[Scene]:
        return [_shard(self.shards[row // dataset.SHARD]).scenes[row % dataset.SHARD] for row in rows]

    def images(self, rows: Sequence[int]) -> torch.Tensor:
        """(B, 3, H, W) float32 in [-1, 1]."""
        stacked = np.stack([_shard(self.shards[r // dataset.SHARD]).pictures[r % dataset.SHARD] for r in rows])
        return torch.from_numpy(stacked).permute(0, 3, 1, 2).float() / 127.5 - 1.0

    def batch(self, step: int) -> Batch:
        rows = batch_indices(self.recipe.seed, step, self.recipe.batch_size, self.pictures - GRID)
        rng = np.random.default_rng((self.recipe.seed, 7, step))
        batch = self.conditions([int(row) for row in rows], rng)
        batch["latent"] = self.codec.encode(self.images([int(row) for row in rows]))
        chance = torch.from_numpy(rng.random(len(rows)))
        both = chance < self.drop_both
        layout = both | ((chance >= self.drop_both) & (chance < self.drop_both + self.drop_layout))
        text = both | (chance >= 1.0 - self.drop_text)
        camera = both | torch.from_numpy(rng.random(len(rows)) < self.drop_camera)
        batch["weight"] = 1.0 + (self.item_weight - 1.0) * _coverage(batch["layout"], batch["latent"].shape[-1])
        batch["layout"] = batch["layout"] * (~layout)[:, None, None, None]
        batch["tokens"] = batch["tokens"] * (~text)[:, None]
        batch["camera"] = batch["camera"] * (~camera)[:, None]
        return batch

    def conditions(self, rows: Sequence[int], rng: np.random.Generator) -> dict[str, torch.Tensor]:
        """tokens, camera, layout of the rows, none dropped."""
        scenes = self.scenes(rows)
        cells = Cells(
            torch.from_numpy(self.cells["ids"][list(rows)].astype(np.int64)),
            torch.from_numpy(self.cells["depth"][list(rows)].astype(np.float32)),
            torch.from_numpy(self.cells["normal"][list(rows)].astype(np.float32) / 127.0),
        )
        return {
            "tokens": torch.tensor([tokenize_seen(scene, rng) for scene in scenes]),
            "camera": camera_vector(scenes),
            "layout": layout_map(scenes, cells),
        }

    def loss(self, batch: Batch, generator: torch.Generator) -> Loss:
        """Flow matching on the straight path, times logit-normal; the picture's items count `item_weight` times.

        Source: Lipman et al. 2023 (arXiv:2210.02747), eq. 23 with time reversed; the network's output is
        preconditioned as in Karras et al. 2022 (arXiv:2206.00364), which keeps noise out of the first guess.
        """
        latent = batch["latent"]
        level = draw_levels(LogitNormalTime(), self.schedule, len(latent), 3, generator)
        eps = torch.randn(latent.shape, generator=generator, device=latent.device)
        x = noised(latent, eps, level).to(memory_format=torch.channels_last)
        given = self.module.conditions(batch["tokens"], batch["camera"], batch["layout"])
        output = self.module.paint(x, level.t, given).float()
        wanted = target(self.parameterization, latent, eps, level)
        error = (output - wanted).square().mean(dim=1, keepdim=True)
        items = (batch["weight"] - 1.0).clamp_min(0.0)
        on_items = (error * items).sum() / items.sum().clamp_min(1e-6)
        weighted = (error * batch["weight"]).mean() / batch["weight"].mean()
        parts = {"plain": error.detach().mean(), "items": on_items.detach()}
        if self.module.config.guess_width:
            assert given.mapped is not None, "a painter's conditions hold a layout"
            off = (self.module.unet.guess_of(given.mapped).float() - latent).square().mean(dim=1, keepdim=True)
            guess = (off * batch["weight"]).mean() / batch["weight"].mean()
            weighted, parts = weighted + guess, parts | {"guess": guess.detach()}
        return Loss(weighted, parts)

    @torch.no_grad()
    def sample_grid(self, module: nn.Module) -> np.ndarray:
        """Real pictures and painted ones of the same layouts in turn, eight Euler steps, all conditions given."""
        rows = list(range(self.pictures - GRID, self.pictures))
        device = next(module.parameters()).device
        given = {key: value.to(device) for key, value in self.conditions(rows, np.random.default_rng(0)).items()}
        side = self.size // self.codec.factor

        def network(state: torch.Tensor, level: Level) -> torch.Tensor:
            t = torch.full((GRID,), level.t, device=device)
            return module(state, t, given["tokens"], given["camera"], given["layout"])

        noise = Noise(range(GRID), (self.codec.channels, side, side), device)
        grid = time_grid("uniform", self.schedule, 8)
        x = noise.draw("start", 0)
        for step in euler(NetworkDenoiser(network, self.parameterization), x, grid, noise):
            x = step.x
        painted = to_uint8(self.codec.decode(x.float().cpu()))
        real = to_uint8(self.images(rows))
        pairs = np.stack([real, painted], axis=1).reshape(4, 8, self.size, self.size, 3)
        return np.ascontiguousarray(pairs.transpose(0, 2, 1, 3, 4)).reshape(4 * self.size, 8 * self.size, 3)

    def finish(self, module: nn.Module, summary: Summary) -> Sequence[Path]:
        """tabletop.safetensors: the averaged painter and the codec, fp16, with how they were made in the header."""
        tensors = {f"painter.{name}": value for name, value in module.state_dict().items()}
        tensors |= {f"codec.{name}": value for name, value in self.codec.state_dict().items()}
        config = asdict(self.module.config) | {"vocabulary": len(vocabulary()), "size": self.size}
        reading = {"parameterization": self.parameterization.value, "schedule": self.schedule.name}
        path = self.folder / "tabletop.safetensors"
        save_weights(
            path,
            tensors,
            {"config": json.dumps(config), "training": json.dumps(asdict(summary)), **reading},
            dtype=torch.float16,
        )
        return [path]


def tokenize_seen(scene: Scene, rng: np.random.Generator, tries: int = 8) -> list[int]:
    """Tokens of a caption of the scene that training may see; padding alone where none was found."""
    for _ in range(tries):
        caption = write(scene, rng).text
        if not held_out(caption):
            return padded(tokenize(caption))
    return [PAD] * MAX_TOKENS


def padded(tokens: Sequence[int]) -> list[int]:
    """The tokens, cut or padded to MAX_TOKENS."""
    return [*tokens[:MAX_TOKENS], *[PAD] * (MAX_TOKENS - len(tokens))]


def _coverage(layout: torch.Tensor, cells: int) -> torch.Tensor:
    """(B, 1, cells, cells): 1 where an item or its close surroundings show, else 0."""
    finer = layout.shape[-1] // cells
    item = torch.nn.functional.max_pool2d(layout[:, :1], finer)
    return torch.nn.functional.max_pool2d(item, 3, stride=1, padding=1)


def _cells(folder: Path, training: PainterTraining, seed: int) -> dict[str, np.ndarray]:
    """The layouts' ray-casts, made once."""
    from core.worlds.tabletop.render_numba import render_arrays

    size = training.map_size
    columns = (
        Column("ids", (size, size), "int8"),
        Column("depth", (size, size), "float16"),
        Column("normal", (size, size, 3), "int8"),
    )

    def rows(start: int, stop: int) -> dict[str, np.ndarray]:
        _, depth, ids, normal = render_arrays(pack(training.scenes(range(start, stop))), size, fine=1)
        reached = np.where(ids == -2, 0.0, np.minimum(depth, 60000.0))
        return {"ids": ids, "depth": reached, "normal": np.round(normal * 127.0)}

    identity = f"cells of tabletop {training.size} px seed {seed} at {size}"
    for _ in build_cache(folder, columns, training.pictures, identity, rows):
        pass
    return open_cache(folder, identity, training.pictures)


def _codec(training: PainterTraining, channels: int, factor: int) -> PcaCodec:
    rows = np.random.default_rng(0).choice(training.pictures, min(CODEC_PICTURES, training.pictures), replace=False)
    return PcaCodec.fit(training.images([int(row) for row in np.sort(rows)]), channels, factor)


def codec_of(model_id: str, channels: int, factor: int) -> PcaCodec:
    """A shipped painter's own codec. Raises ModelError for a missing model, RecipeError for one of another shape."""
    registry = ModelRegistry((SHIPPED,))
    codec = PcaCodec.from_tensors(load_weights(registry.files(model_id)["painter"]).part("codec."))
    if (codec.channels, codec.factor) != (channels, factor):
        raise RecipeError(
            f"{model_id}'s codec has {codec.channels} channels and factor {codec.factor}, the recipe {channels} and "
            f"{factor}; a painter that serves another needs that one's"
        )
    return codec


@lru_cache(maxsize=512)
def _shard(path: Path) -> dataset.Shard:
    return dataset.read_shard(path)


def build(recipe: Recipe, folder: Path) -> PainterTraining:
    """The builder that recipes name."""
    return PainterTraining(recipe, folder)
