"""A layout as a map: a coarse ray-cast of what stands where, for a painter to paint over.

Each cell says which solid is met first there (its colour, shape, material), how its surface is turned, to the eye
and to the lamp, and where that point lies; shadows, highlights and the fine picture are left to the painter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from core.worlds.tabletop.packing import pack
from core.worlds.tabletop.render_torch import BEYOND_ID, TABLE_ID, Solids, encode, rays, surfaces
from core.worlds.tabletop.scene import DISTANCE, SHAPES, Scene
from core.worlds.tabletop.solids import length

MAP_CHANNELS = 1 + 3 + len(SHAPES) + 1 + 3 + 1 + 1 + 2 + 1 + 1 + 1
CAMERA_CHANNELS = 7
TO_LAMP = 1 + 3 + len(SHAPES) + 1 + 3
"""The map's channel of the cosine between surface and lamp."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The first surfaces seen through a size x size grid. ids: (B, h, w) int64; depth: (B, h, w), 0 where nothing is
    met; normal: (B, h, w, 3), world frame."""

    ids: torch.Tensor
    depth: torch.Tensor
    normal: torch.Tensor


def cast_cells(scenes: Sequence[Scene], size: int, device: torch.device | str = "cpu") -> Cells:
    """Ray-cast scenes at the centres of size x size cells."""
    solids = Solids.of(pack(scenes), device, torch.float32)
    seen = surfaces(solids, rays(solids, size))
    grid = (len(scenes), size, size)
    depth = torch.where(seen.item == BEYOND_ID, 0.0, seen.depth)
    return Cells(seen.item.reshape(grid), depth.reshape(grid), seen.normal.reshape(*grid, 3))


def layout_map(scenes: Sequence[Scene], cells: Cells) -> torch.Tensor:
    """(B, MAP_CHANNELS, h, w) features, each within about [-1, 1]; the last channel is 1: a layout is given."""
    size = cells.ids.shape[1]
    solids = Solids.of(pack(scenes), cells.ids.device, torch.float32)
    batch = len(scenes)
    own = cells.ids.reshape(batch, -1)
    item, table = (own >= 0)[..., None], (own == TABLE_ID)[..., None]
    chosen = own.clamp_min(0)
    colour = encode(torch.gather(solids.albedo, 1, chosen[..., None].expand(-1, -1, 3))) * 2.0 - 1.0
    shape = F.one_hot(torch.gather(solids.shape, 1, chosen), len(SHAPES)).float()
    metal = torch.gather(solids.metal, 1, chosen)[..., None].float()
    axes = torch.stack([solids.right, solids.up, -solids.forward], dim=2)
    world_normal = cells.normal.reshape(batch, -1, 3)
    normal = world_normal @ axes
    to_lamp = world_normal @ solids.lamp[:, :, None]
    depth = cells.depth.reshape(batch, -1, 1)
    point = solids.eye[:, None] + depth * rays(solids, size)
    flat = F.normalize(solids.forward[:, :2], dim=1)
    right = (point[..., :2] * solids.right[:, None, :2]).sum(-1, keepdim=True) / 3.0
    away = (point[..., :2] * flat[:, None]).sum(-1, keepdim=True) / 3.0
    near = (length(solids.eye)[:, None, None] - depth) / 2.5
    held = item.float()
    features = [
        held,
        colour * held,
        shape * held,
        metal * held,
        normal * held,
        to_lamp * held,
        table.float(),
        (right * table).clamp(-1.5, 1.5),
        (away * table).clamp(-1.5, 1.5),
        point[..., 2:] * held,
        near * held,
        torch.ones_like(held),
    ]
    return torch.cat(features, dim=-1).transpose(1, 2).reshape(batch, MAP_CHANNELS, size, size)


def camera_vector(scenes: Sequence[Scene], device: torch.device | str = "cpu") -> torch.Tensor:
    """(B, CAMERA_CHANNELS): elevation and distance of each view, the direction of its lamp, and 1 for "a camera is
    given"."""
    middle, spread = sum(DISTANCE) / 2.0, (DISTANCE[1] - DISTANCE[0]) / 2.0
    angles = torch.tensor([scene.camera.elevation_rad for scene in scenes])
    distances = torch.tensor([scene.camera.distance for scene in scenes])
    azimuth, elevation = (
        torch.tensor([getattr(scene.light, name) for scene in scenes]) for name in ("azimuth_rad", "elevation_rad")
    )
    columns = [
        angles.sin() * 2.0 - 0.9,
        angles.cos() * 4.0 - 3.5,
        (distances - middle) / spread,
        elevation.cos() * azimuth.sin(),
        elevation.cos() * azimuth.cos(),
        elevation.sin(),
        torch.ones(len(scenes)),
    ]
    return torch.stack(columns, dim=1).to(device)
