"""Training the tabletop's detector on clean renders: the judge of every painted picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from core.evaluation.detections import ATTRIBUTES, tabletop_detector_config
from core.evaluation.judge_accuracy import accuracy_on_renders, fresh_renders
from core.models.card import ModelCard, write_card
from core.networks.detector import Detection, Detector
from core.networks.weights import save_weights, sha256_of
from core.training.augmentation import augmented
from core.training.data import Column, batch_indices, build_cache, open_cache
from core.training.recipe import Recipe
from core.training.trainable import Batch, Loss, Summary
from core.worlds.tabletop import dataset
from core.worlds.tabletop.constraints import observed
from core.worlds.tabletop.packing import pack
from core.worlds.tabletop.scene import MAX_ITEMS, Scene

ID = "tabletop-detector"
SPREAD = 0.8
"""Cells: how wide a centre's blob in the heat map is (the Gaussian's standard deviation)."""
NEAR = 0.4
"""Cells whose blob is at least this high learn the object's attributes too."""


class DetectorTraining:
    """A Trainable."""

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        recipe.only_options("size", "pictures", "data_seed", "held_out")
        self.recipe, self.folder = recipe, folder
        self.pictures = recipe.option("pictures", 80_000)
        self.held_out = recipe.option("held_out", 2_000)
        config = tabletop_detector_config(recipe.option("size", 96))
        self.cells, self.size = config.size // config.stride, config.size
        seed = recipe.option("data_seed", 1)
        data = folder.parent / "data" / f"tabletop-{config.size}"
        for _ in dataset.make(data, config.size, seed, self.pictures):
            pass
        self.shard_paths = dataset.shards_of(data)
        self.shards = [np.load(path, mmap_mode="r", allow_pickle=False) for path in self.shard_paths]
        self.targets = _targets(data, self.pictures, seed)
        torch.manual_seed(recipe.seed)
        self.module = Detector(config)

    def batch(self, step: int) -> Batch:
        rows = batch_indices(self.recipe.seed, step, self.recipe.batch_size, self.pictures)
        pictures = np.stack([self.shards[row // dataset.SHARD][row % dataset.SHARD] for row in rows])
        image = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1.0
        return {"image": image} | {name: torch.from_numpy(column[rows]) for name, column in self.targets.items()}

    def loss(self, batch: Batch, generator: torch.Generator) -> Loss:
        image, centre, place = augmented(batch["image"], batch["centre"], batch["place"], generator)
        present = torch.arange(MAX_ITEMS, device=image.device) < batch["count"][:, None]
        out = self.module(image.to(memory_format=torch.channels_last))
        blob, owner = blobs(centre * self.cells, present, self.cells)
        parts = {"heat": centre_loss(out.heat[:, 0], blob)} | _attribute_losses(out, batch["codes"], place, blob, owner)
        return Loss(torch.stack(list(parts.values())).sum(), {name: value.detach() for name, value in parts.items()})

    def sample_grid(self, module: nn.Module) -> np.ndarray | None:  # noqa: ARG002
        return None

    def finish(self, module: nn.Module, summary: Summary) -> Sequence[Path]:
        """Weights in fp16 and a card whose scores were measured on renders of scenes no training set holds."""
        weights = self.folder / f"{ID}.safetensors"
        save_weights(weights, module.state_dict(), dtype=torch.float16)
        judged = self.module.__class__(self.module.config)
        judged.load_state_dict({name: value.half().float() for name, value in module.state_dict().items()})
        scores = accuracy_on_renders(judged.eval(), fresh_renders(self.size, self.held_out))
        card = ModelCard(
            id=ID,
            title="Tabletop detector",
            summary="Reads a tabletop picture: each object's shape, colour, size, material and place.",
            network="detector",
            parameterization="none",
            schedule="none",
            codec="none",
            conditioning=(),
            sizes=((self.size, self.size),),
            parameters=sum(value.numel() for value in module.parameters()),
            license="Apache-2.0",
            source=f"trained from scratch on our own renders, recipe {self.recipe.name}",
            files={"detector": weights.name},
            sha256={"detector": sha256_of(weights)},
            training={name: value for name, value in asdict(summary).items() if not isinstance(value, bool)},
            scores=scores,
            scored_by=f"noisette train {self.recipe.name}: {self.held_out} unseen renders, {summary.device}",
            kind="detector",
        )
        path = self.folder / f"{ID}.json"
        write_card(card, path)
        return [weights, path]


def blobs(centre: torch.Tensor, present: torch.Tensor, cells: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The heat map's target. centre: (B, M, 2) row, column in cells; present: (B, M) bool.

    -> blob (B, cells, cells), 1 in the cell that holds a centre and falling off as a Gaussian; owner (B, cells,
    cells) int64, which object's blob is highest there.
    """
    axis = torch.arange(cells, device=centre.device, dtype=torch.float32)
    home = centre.floor().clamp(0, cells - 1)
    rows = (axis - home[..., :1]).square()[..., :, None]
    columns = (axis - home[..., 1:]).square()[..., None, :]
    heights = torch.exp(-(rows + columns) / (2.0 * SPREAD**2)) * present[..., None, None]
    blob, owner = heights.max(dim=1)
    return blob, owner


def centre_loss(logits: torch.Tensor, blob: torch.Tensor) -> torch.Tensor:
    """Focal loss that forgives cells near a centre; per object. logits, blob: (B, h, w).

    Source: Zhou et al. 2019 (arXiv:1904.07850), eq. 1, alpha = 2 and beta = 4.
    """
    probability = logits.sigmoid()
    at_centre = blob >= 1.0
    hit = (1.0 - probability).square() * F.logsigmoid(logits)
    miss = (1.0 - blob).pow(4) * probability.square() * F.logsigmoid(-logits)
    return -torch.where(at_centre, hit, miss).sum() / at_centre.sum().clamp_min(1)


def _attribute_losses(
    out: Detection, codes: torch.Tensor, place: torch.Tensor, blob: torch.Tensor, owner: torch.Tensor
) -> dict[str, torch.Tensor]:
    """Cross-entropies and the place's distance, over the cells near centres, weighted by how near. By name."""
    picture, row, column = (blob >= NEAR).nonzero(as_tuple=True)
    item, weight = owner[picture, row, column], blob[picture, row, column]
    weight = weight / weight.sum().clamp_min(1e-6)
    losses: dict[str, torch.Tensor] = {}
    for index, name in enumerate(ATTRIBUTES):
        logits = out.attributes[name][picture, :, row, column]
        losses[name] = (weight * F.cross_entropy(logits, codes[picture, item, index], reduction="none")).sum()
    error = F.smooth_l1_loss(out.place[picture, :, row, column], place[picture, item], beta=0.2, reduction="none")
    return losses | {"place": (weight * error.sum(dim=1)).sum()}


def _targets(data: Path, pictures: int, seed: int) -> dict[str, np.ndarray]:
    """What to find in each picture, made once: counts, codes, ground places, centres of what is seen."""
    columns = (
        Column("count", (), "int64"),
        Column("codes", (MAX_ITEMS, len(ATTRIBUTES)), "int64"),
        Column("place", (MAX_ITEMS, 2), "float32"),
        Column("centre", (MAX_ITEMS, 2), "float32"),
    )
    shards = dataset.shards_of(data)
    identity = f"objects of {data.name}, seed {seed}, as seen at {dataset.SEEN_SIZE}"

    def make(start: int, stop: int) -> dict[str, np.ndarray]:
        assert start // dataset.SHARD == (stop - 1) // dataset.SHARD, "a chunk lies within a shard"
        scenes = dataset.read_shard(shards[start // dataset.SHARD]).scenes
        first = start % dataset.SHARD
        return scene_targets(scenes[first : first + stop - start])

    folder = data.with_name(f"{data.name}-objects")
    for _ in build_cache(folder, columns, pictures, identity, make, chunk=dataset.SHARD):
        pass
    return open_cache(folder, identity, pictures)


def scene_targets(scenes: Sequence[Scene]) -> dict[str, np.ndarray]:
    """count (B,), codes (B, M, 4), place (B, M, 2) right and away, centre (B, M, 2) row and column in [0, 1)."""
    from core.worlds.tabletop.render_numba import render_arrays

    packed = pack(scenes)
    ids = render_arrays(packed, dataset.SEEN_SIZE, fine=1)[2]
    place = np.zeros((len(scenes), MAX_ITEMS, 2), np.float32)
    centre = np.zeros((len(scenes), MAX_ITEMS, 2), np.float32)
    for b, scene in enumerate(scenes):
        for m, item in enumerate(observed(scene)):
            place[b, m] = item.right, item.away
            rows, columns = np.nonzero(ids[b] == m)
            if len(rows):
                centre[b, m] = (rows.mean() + 0.5) / dataset.SEEN_SIZE, (columns.mean() + 0.5) / dataset.SEEN_SIZE
    return {"count": packed.count, "codes": packed.codes, "place": place, "centre": centre}


def build(recipe: Recipe, folder: Path) -> DetectorTraining:
    """The builder that recipes name."""
    return DetectorTraining(recipe, folder)
