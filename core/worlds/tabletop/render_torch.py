"""The tabletop renderer in torch: any device, any size, in batches, with gradients.

The same formulas as `render_numba`, for all items and pixels at once; `look` has every constant.
Tensors are (B, M, P, ...): scenes, items, rays. Source of the soft shadow: cone-traced signed distances.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from core.worlds.tabletop import look
from core.worlds.tabletop.packing import PackedScenes, pack
from core.worlds.tabletop.scene import Scene
from core.worlds.tabletop.solids import hits, length, signed_distance

FAR = look.FAR
TABLE_ID, BEYOND_ID = -1, -2


@dataclass(frozen=True, slots=True)
class Surfaces:
    """What each ray meets first. item: (B, P) int64, -1 the table, -2 nothing; depth: (B, P) along the ray,
    FAR for nothing; normal, point, direction: (B, P, 3) in the world frame."""

    item: torch.Tensor
    depth: torch.Tensor
    normal: torch.Tensor
    point: torch.Tensor
    direction: torch.Tensor


@dataclass(frozen=True, slots=True)
class Rendered:
    """picture: (B, 3, H, W) sRGB in 0..1. depth: (B, H, W). ids: (B, H, W). normal: (B, 3, H, W), world frame.

    boxes: (B, M, 4) left, top, right, bottom of each item's seen pixels, in 0..1; NaN where it is not seen.
    """

    picture: torch.Tensor
    depth: torch.Tensor
    ids: torch.Tensor
    normal: torch.Tensor
    boxes: torch.Tensor


@dataclass(frozen=True, slots=True)
class Solids:
    """`PackedScenes` as tensors on a device; see there for shapes."""

    present: torch.Tensor
    shape: torch.Tensor
    metal: torch.Tensor
    albedo: torch.Tensor
    centre: torch.Tensor
    half: torch.Tensor
    turn: torch.Tensor
    eye: torch.Tensor
    right: torch.Tensor
    up: torch.Tensor
    forward: torch.Tensor
    lamp: torch.Tensor

    @staticmethod
    def of(packed: PackedScenes, device: torch.device | str, dtype: torch.dtype) -> Solids:
        def tensor(array: object) -> torch.Tensor:
            return torch.as_tensor(array, device=device).to(dtype)

        count = torch.as_tensor(packed.count, device=device)
        codes = torch.as_tensor(packed.codes, device=device)
        return Solids(
            torch.arange(codes.shape[1], device=device)[None] < count[:, None],
            codes[..., 0],
            codes[..., 3] == 1,
            tensor(packed.albedo),
            tensor(packed.centre),
            tensor(packed.half),
            tensor(packed.turn),
            tensor(packed.eye),
            tensor(packed.right),
            tensor(packed.up),
            tensor(packed.forward),
            tensor(packed.lamp),
        )

    def local(self, vector: torch.Tensor) -> torch.Tensor:
        """World directions (B, M, P, 3) or (B, 1, P, 3) in each item's own frame."""
        cos, sin = self.turn[:, :, None, 0], self.turn[:, :, None, 1]
        x, y = vector[..., 0], vector[..., 1]
        return torch.stack([cos * x + sin * y, cos * y - sin * x, vector[..., 2].expand_as(cos * x)], dim=-1)

    def world(self, vector: torch.Tensor) -> torch.Tensor:
        """The inverse of `local`."""
        cos, sin = self.turn[:, :, None, 0], self.turn[:, :, None, 1]
        x, y = vector[..., 0], vector[..., 1]
        return torch.stack([cos * x - sin * y, sin * x + cos * y, vector[..., 2]], dim=-1)

    def distance(self, point: torch.Tensor) -> torch.Tensor:
        """Signed distances (B, M, P) from world points (B, P, 3) or (B, M, P, 3) to every item."""
        points = point if point.dim() == 4 else point[:, None]
        return signed_distance(
            self.shape[:, :, None], self.half[:, :, None], self.local(points - self.centre[:, :, None])
        )


def rays(solids: Solids, size: int, fine: int = 1) -> torch.Tensor:
    """Unit directions (B, (size * fine)^2, 3) through the centres of fine x fine cells a pixel, row by row."""
    side = size * fine
    places = (torch.arange(side, device=solids.eye.device, dtype=solids.eye.dtype) * 2.0 + 1.0) / side - 1.0
    v, u = torch.meshgrid(-places, places, indexing="ij")
    u, v = u.reshape(1, -1, 1) * look.HALF_WIDTH, v.reshape(1, -1, 1) * look.HALF_WIDTH
    direction = solids.forward[:, None] + u * solids.right[:, None] + v * solids.up[:, None]
    return torch.nn.functional.normalize(direction, dim=-1)


def surfaces(solids: Solids, direction: torch.Tensor) -> Surfaces:
    """The first thing that each camera ray (B, P, 3) meets."""
    start = solids.eye[:, None].expand_as(direction)
    origin = solids.local(start[:, None] - solids.centre[:, :, None])
    depth, normal = hits(solids.shape[:, :, None], solids.half[:, :, None], origin, solids.local(direction[:, None]))
    depth = torch.where(solids.present[:, :, None], depth, FAR)
    nearest, item = depth.min(dim=1)
    chosen = item[:, None, :, None].expand(-1, 1, -1, 3)
    facing = torch.gather(solids.world(normal), 1, chosen)[:, 0]
    down = direction[..., 2] < -1e-6
    table = torch.where(down, start[..., 2] / torch.where(down, -direction[..., 2], 1.0), FAR)
    struck, on_table = nearest < FAR, (nearest >= FAR) & down
    up = torch.zeros_like(facing)
    up[..., 2] = on_table.to(up.dtype)
    reach = torch.where(struck, nearest, table)
    return Surfaces(
        torch.where(struck, item, torch.where(on_table, TABLE_ID, BEYOND_ID)),
        reach,
        torch.where(struck[..., None], facing, up),
        start + torch.where(reach < FAR, reach, 0.0)[..., None] * direction,
        direction,
    )


def smoothstep(low: float, high: float, value: torch.Tensor) -> torch.Tensor:
    u = ((value - low) / (high - low)).clamp(0.0, 1.0)
    return u * u * (3.0 - 2.0 * u)


def lit(solids: Solids, point: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
    """The part (B, P) of the lamp's disc seen from points (B, P, 3), not counting item `skip` (B, P)."""
    lamp = solids.lamp[:, None, None]
    to_centre = solids.centre[:, :, None] - point[:, None]
    along = (to_centre * lamp).sum(-1)
    bound = length(solids.half)[:, :, None]
    away = (to_centre.square().sum(-1) - along.square()).clamp_min(0.0).sqrt()
    reach = along.clamp_min(0.0) + bound
    numbers = torch.arange(solids.half.shape[1], device=point.device)[None, :, None]
    near = (along >= -bound) & (away <= bound + look.LAMP_WIDTH * reach)
    near &= solids.present[:, :, None] & (numbers != skip[:, None])

    def ratio(t: torch.Tensor) -> torch.Tensor:
        return solids.distance(point[:, None] + t[..., None] * lamp) / (look.LAMP_WIDTH * t)

    low = (along - bound - away * look.LAMP_WIDTH).clamp_min(0.02)
    step = (reach + away * look.LAMP_WIDTH - low) / look.SHADOW_SAMPLES
    place, least = low, ratio(low)
    for k in range(1, look.SHADOW_SAMPLES + 1):
        t = low + step * k
        place, least = _lesser(place, least, t, ratio(t))
    for _ in range(look.SHADOW_REFINEMENTS):
        step = step * 0.5
        middle = place
        for side in (-1.0, 1.0):
            t = (middle + side * step).clamp_min(0.02)
            place, least = _lesser(place, least, t, ratio(t))
    return torch.where(near, smoothstep(-1.0, 1.0, least), 1.0).amin(dim=1)


def _lesser(
    place: torch.Tensor, least: torch.Tensor, t: torch.Tensor, ratio: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    better = ratio < least
    return torch.where(better, t, place), torch.where(better, ratio, least)


def hole_light(solids: Solids, point: torch.Tensor, item: torch.Tensor) -> torch.Tensor:
    """How much of the lamp (B, P) a torus leaves to points on itself; 1 on other items."""
    least = torch.ones_like(point[..., 0])
    own = item.clamp_min(0)[:, None]
    torus = torch.gather(solids.shape, 1, item.clamp_min(0)) == 4
    width = torch.gather(solids.half[..., 0], 1, item.clamp_min(0))
    for k in range(10):
        t = width * (0.3 + 0.17 * k)
        away = torch.gather(solids.distance(point + t[..., None] * solids.lamp[:, None]), 1, own)[:, 0]
        least = torch.minimum(least, away / (look.LAMP_WIDTH * t))
    return torch.where(torus & (item >= 0), smoothstep(-1.0, 1.0, least), 1.0)


def openness(solids: Solids, point: torch.Tensor, normal: torch.Tensor, item: torch.Tensor) -> torch.Tensor:
    """Ambient light (B, P) that reaches the points, 0 to 1 (distance-field occlusion, Evans 2006)."""
    shut = torch.zeros_like(point[..., 0])
    numbers = torch.arange(solids.half.shape[1], device=point.device)[None, :, None]
    counted = solids.present[:, :, None] & (numbers != item[:, None])
    for reach, weight in zip(look.OCCLUSION_REACH, look.OCCLUSION_WEIGHT, strict=True):
        probe = point + normal * reach
        away = torch.where(counted, solids.distance(probe).clamp_min(0.0), reach).amin(dim=1).clamp_max(reach)
        floor = torch.where(item >= 0, probe[..., 2].clamp_min(0.0), reach)
        shut = shut + weight * (reach - torch.minimum(away, floor)) / reach
    return 1.0 - shut


def _colour(rgb: tuple[float, float, float], like: torch.Tensor) -> torch.Tensor:
    return torch.tensor(rgb, device=like.device, dtype=like.dtype)


def ground_colour(point: torch.Tensor) -> torch.Tensor:
    """Linear RGB (..., 3) of the seamless table at points (..., 3)."""
    blend = smoothstep(*look.FADE, length(point[..., :2]))[..., None]
    table = _colour(look.TABLE, point)
    return table + (_colour(look.BACKDROP, point) - table) * blend


def surroundings(lamp: torch.Tensor, point: torch.Tensor, direction: torch.Tensor) -> torch.Tensor:
    """Linear light (B, P, 3) that comes to the points from a direction."""
    down = direction[..., 2] < -1e-6
    reach = torch.where(down, point[..., 2] / torch.where(down, -direction[..., 2], 1.0), 0.0).clamp_max(1.0e4)
    below = ground_colour(point + reach[..., None] * direction) * 0.92
    horizon, zenith = _colour(look.HORIZON, point), _colour(look.ZENITH, point)
    sky = horizon + (zenith - horizon) * direction[..., 2:].clamp_min(0.0).sqrt()
    panel = smoothstep(0.88, 0.95, (direction * lamp[:, None]).sum(-1))[..., None]
    return torch.where(down[..., None], below, 0.72 * sky + 1.6 * panel)


def shade(solids: Solids, seen: Surfaces) -> torch.Tensor:
    """Linear RGB (B, P, 3) of what the rays meet."""
    point, normal, direction, item = seen.point, seen.normal, seen.direction, seen.item
    lamp, warm = solids.lamp[:, None], _colour(look.LAMP_COLOUR, point)
    sun = lit(solids, point, item)[..., None]
    air = openness(solids, point, normal, item)[..., None]

    far = smoothstep(*look.FADE, length(point[..., :2]))[..., None]
    share = look.LAMP / (look.LAMP + look.SKY)
    tint = 1.0 - share + share * sun * (1.0 + (warm - 1.0) * 0.5)
    table = ground_colour(point) * (tint * air * (1.0 - far) + far)
    backdrop, zenith = _colour(look.BACKDROP, point), _colour(look.ZENITH, point)
    beyond = backdrop + (zenith - backdrop) * smoothstep(0.0, 0.6, direction[..., 2])[..., None]

    own = item.clamp_min(0)
    base = torch.gather(solids.albedo, 1, own[..., None].expand(-1, -1, 3))
    metal = torch.gather(solids.metal, 1, own)[..., None]
    facing = (normal * lamp).sum(-1, keepdim=True)
    sun = torch.where(facing > 0.0, torch.minimum(sun, hole_light(solids, point, item)[..., None]), 0.0)
    ambient = (look.BOUNCE + (look.SKY - look.BOUNCE) * (0.5 + 0.5 * normal[..., 2:])) * air
    light = ambient + look.LAMP * warm * facing.clamp_min(0.0) * sun
    across = (direction * normal).sum(-1, keepdim=True)
    mirrored = direction - 2.0 * across * normal
    toward_lamp = (mirrored * lamp).sum(-1, keepdim=True).clamp_min(0.0)
    fresnel = (1.0 - (-across).clamp_max(1.0)) ** 5
    gloss = look.MATTE_GLOSS * toward_lamp**look.MATTE_POWER * sun * warm
    matte = base * light + gloss + 0.05 * fresnel * air
    mirror = surroundings(solids.lamp, point, mirrored) * (0.55 + 0.45 * air)
    reflectance = base + (1.0 - base) * (0.10 + 0.55 * fresnel)
    shine = look.METAL_GLOSS * toward_lamp**look.METAL_POWER * sun * warm
    metallic = look.METAL_DIFFUSE * base * light + look.METAL_MIRROR * reflectance * mirror + shine

    solid = torch.where(metal, metallic, matte)
    ground = torch.where((item == TABLE_ID)[..., None], table, beyond)
    return torch.where((item >= 0)[..., None], solid, ground)


def encode(value: torch.Tensor) -> torch.Tensor:
    """Linear light -> sRGB in 0..1, after a soft shoulder above 0.8."""
    rolled = 0.8 + 0.2 * (1.0 - torch.exp(-(value - 0.8).clamp_min(0.0) / 0.2))
    value = torch.where(value > 0.8, rolled, value).clamp_min(0.0)
    curve = 1.055 * value.clamp_min(1e-8) ** (1.0 / 2.4) - 0.055
    return torch.where(value <= 0.0031308, 12.92 * value, curve)


def render(
    scenes: Sequence[Scene],
    size: int,
    *,
    fine: int = 3,
    device: torch.device | str = "cpu",
    dtype: torch.dtype = torch.float32,
    chunk: int = 4,
) -> Rendered:
    """Pictures of scenes, fine x fine samples a pixel, with depth, normals, ids and boxes at the pixels' centres.

    chunk: scenes in memory at once.
    """
    parts = [
        render_solids(Solids.of(pack(scenes[at : at + chunk]), device, dtype), size, fine=fine)
        for at in range(0, len(scenes), chunk)
    ]
    return Rendered(
        torch.cat([part.picture for part in parts]),
        torch.cat([part.depth for part in parts]),
        torch.cat([part.ids for part in parts]),
        torch.cat([part.normal for part in parts]),
        torch.cat([part.boxes for part in parts]),
    )


def render_solids(solids: Solids, size: int, *, fine: int = 3) -> Rendered:
    """As `render`, of tensors that may carry gradients."""
    batch, side = solids.eye.shape[0], size * fine
    picture = encode(shade(solids, surfaces(solids, rays(solids, size, fine))))
    picture = picture.reshape(batch, side, side, 3).permute(0, 3, 1, 2)
    centre = surfaces(solids, rays(solids, size))
    ids = centre.item.reshape(batch, size, size)
    return Rendered(
        torch.nn.functional.avg_pool2d(picture, fine) if fine > 1 else picture,
        centre.depth.reshape(batch, size, size),
        ids,
        centre.normal.reshape(batch, size, size, 3).permute(0, 3, 1, 2),
        boxes_of(ids, solids.half.shape[1]),
    )


def boxes_of(ids: torch.Tensor, items: int) -> torch.Tensor:
    """(B, items, 4) left, top, right, bottom in 0..1 of each item's pixels in ids (B, H, W); NaN where none."""
    height, width = ids.shape[1:]
    mask = ids[:, None] == torch.arange(items, device=ids.device)[None, :, None, None]
    edges: list[torch.Tensor] = []
    for cells, along in ((width, 2), (height, 3)):
        line = mask.any(dim=along).float()
        any_seen = line.amax(dim=-1) > 0
        first = line.argmax(dim=-1) / cells
        last = (cells - line.flip(-1).argmax(dim=-1)) / cells
        edges += [torch.where(any_seen, first, math.nan), torch.where(any_seen, last, math.nan)]
    left, right, top, bottom = edges
    return torch.stack([left, top, right, bottom], dim=-1)
