"""Rays and distances against the five solids, in torch, each in its own frame (centre at the origin, axis z)."""

from __future__ import annotations

import torch

from core.worlds.tabletop import look

SPHERE, CUBE, CYLINDER, CONE, TORUS = range(5)
FAR = look.FAR
MINOR = look.TORUS_MINOR


def length(vector: torch.Tensor) -> torch.Tensor:
    """(..., 3) or (..., 2) -> (...), the Euclidean length."""
    return vector.square().sum(dim=-1).sqrt()


def _pick(shape: torch.Tensor, options: list[torch.Tensor]) -> torch.Tensor:
    """options[k] where shape is k; shape broadcasts against the options' leading axes."""
    picked = options[0]
    for code, option in enumerate(options[1:], 1):
        chosen = shape == code
        picked = torch.where(chosen[..., None] if option.dim() > chosen.dim() else chosen, option, picked)
    return picked


def _length(*parts: torch.Tensor) -> torch.Tensor:
    # the floor keeps the gradient finite at the origin
    return sum((part.square() for part in parts), torch.zeros(())).clamp_min(1e-18).sqrt()


def signed_distance(shape: torch.Tensor, half: torch.Tensor, point: torch.Tensor) -> torch.Tensor:
    """Signed distance (..., P) from points (..., P, 3) to solids shape (..., 1) with half extents (..., 1, 3)."""
    x, y, z = point.unbind(-1)
    hx, hz = half[..., 0], half[..., 2]
    radius = _length(x, y)
    sphere = _length(x, y, z) - hx
    q = point.abs() - half
    box = _length(*q.clamp_min(0.0).unbind(-1)) + q.amax(-1).clamp_max(0.0)
    qr, qz = radius - hx, z.abs() - hz
    cylinder = _length(qr.clamp_min(0.0), qz.clamp_min(0.0)) + torch.maximum(qr, qz).clamp_max(0.0)
    t = ((radius * hx + (hz - z) * 2.0 * hz) / (hx * hx + 4.0 * hz * hz)).clamp(0.0, 1.0)
    side = _length(radius - hx * t, z - hz + 2.0 * hz * t)
    base = _length((radius - hx).clamp_min(0.0), z + hz)
    inside = (z > -hz) & (radius * 2.0 * hz < hx * (hz - z))
    near = torch.minimum(side, base)
    cone = torch.where(inside, -near, near)
    torus = _length(radius - hx * (1.0 - MINOR), z) - hx * MINOR
    return _pick(shape, [sphere, box, cylinder, cone, torus])


def hits(
    shape: torch.Tensor, half: torch.Tensor, origin: torch.Tensor, direction: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """(t (..., P), normal (..., P, 3)) of the first hit of rays (..., P, 3); t = FAR for a miss.

    shape: (..., 1) codes; half: (..., 1, 3).
    """
    found = [
        _sphere(half, origin, direction),
        _cube(half, origin, direction),
        _turned(half, origin, direction, cone=False),
        _turned(half, origin, direction, cone=True),
        _torus(shape, half, origin, direction),
    ]
    return _pick(shape, [t for t, _ in found]), _pick(shape, [n for _, n in found])


def _sphere(half: torch.Tensor, o: torch.Tensor, d: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    radius = half[..., 0]
    b = (o * d).sum(-1)
    disc = b * b - (o.square().sum(-1) - radius * radius)
    t = -b - disc.clamp_min(1e-18).sqrt()
    t = torch.where((disc > 0.0) & (t > 0.0), t, FAR)
    at = torch.where(t < FAR, t, 0.0)
    return t, (o + at[..., None] * d) / radius[..., None]


def _cube(half: torch.Tensor, o: torch.Tensor, d: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    safe = torch.where(d.abs() < 1e-12, 1e-12, d)
    a, b = (-half - o) / safe, (half - o) / safe
    near, axis = torch.minimum(a, b).max(dim=-1)
    far = torch.maximum(a, b).amin(dim=-1)
    t = torch.where((near <= far) & (near > 0.0), near, FAR)
    normal = -torch.nn.functional.one_hot(axis, 3).to(d.dtype) * torch.copysign(torch.ones_like(safe), safe)
    return t, normal


def _turned(half: torch.Tensor, o: torch.Tensor, d: torch.Tensor, *, cone: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """A capped cylinder, or a cone with its apex up: radius = slope * (h - z)."""
    r, h = half[..., 0], half[..., 2]
    (ox, oy, oz), (dx, dy, dz) = o.unbind(-1), d.unbind(-1)
    lift = r / (2.0 * h) if cone else torch.zeros_like(r)
    rise = lift * (h - oz) if cone else r.expand_as(oz)
    fall = -lift * dz
    a = dx * dx + dy * dy - fall * fall
    b = ox * dx + oy * dy - rise * fall
    c = ox * ox + oy * oy - rise * rise
    disc = b * b - a * c
    real = (disc > 0.0) & (a.abs() > 1e-12)
    root, denominator = disc.clamp_min(1e-18).sqrt(), torch.where(a.abs() > 1e-12, a, 1.0)
    length = (1.0 + lift * lift).sqrt()
    best = torch.full_like(oz, FAR)
    normal = torch.zeros_like(o + d)
    for sign in (-1.0, 1.0):
        t = (-b + sign * root) / denominator
        better = real & (t > 0.0) & (t < best) & ((oz + t * dz).abs() <= h)
        px, py = ox + t * dx, oy + t * dy
        flat = _length(px, py).clamp_min(1e-9)
        side = torch.stack([px / flat / length, py / flat / length, (lift / length).expand_as(px)], dim=-1)
        best, normal = torch.where(better, t, best), torch.where(better[..., None], side, normal)
    level = dz.abs() > 1e-12
    for cap in (-1.0,) if cone else (-1.0, 1.0):
        t = (cap * h - oz) / torch.where(level, dz, 1.0)
        px, py = ox + t * dx, oy + t * dy
        better = level & (t > 0.0) & (t < best) & (px * px + py * py <= r * r)
        up = torch.zeros_like(normal)
        up[..., 2] = cap
        best, normal = torch.where(better, t, best), torch.where(better[..., None], up, normal)
    return best, normal


def _torus(
    shape: torch.Tensor, half: torch.Tensor, o: torch.Tensor, d: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Of the rays that enter a torus' bounding sphere alone: a small part of them, and the march is long."""
    b = (o * d).sum(-1)
    disc = b * b - (o.square().sum(-1) - (half[..., 0] * 1.001).square())
    near = (disc > 0.0) & (shape == TORUS)
    t, normal = torch.full_like(b, FAR), torch.zeros_like(o + d)
    t[near], normal[near] = _marched(
        half[..., 0].expand_as(b)[near], o.expand_as(normal)[near], d.expand_as(normal)[near]
    )
    return t, normal


def _marched(wide: torch.Tensor, o: torch.Tensor, d: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Sphere tracing (Hart 1996) from where the ray enters the bounding sphere; one Newton step carries gradients."""
    b = (o * d).sum(-1)
    disc = b * b - (o.square().sum(-1) - (wide * 1.001).square())
    root = disc.clamp_min(1e-18).sqrt()
    end = -b + root

    def away(t: torch.Tensor) -> torch.Tensor:
        x, y, z = (o + t[..., None] * d).unbind(-1)
        return _length(_length(x, y) - wide * (1.0 - MINOR), z) - wide * MINOR

    with torch.no_grad():
        t = (-b - root).clamp_min(0.0)
        lost = torch.zeros_like(t, dtype=torch.bool)
        for _ in range(look.TORUS_MARCH):
            t = torch.where(lost, t, t + away(t))
            lost |= t > end
    x, y, z = (o + t[..., None] * d).unbind(-1)
    flat = _length(x, y).clamp_min(1e-9)
    ring = (flat - wide * (1.0 - MINOR)) / flat
    normal = torch.stack([x * ring, y * ring, z], dim=-1)
    normal = torch.nn.functional.normalize(normal, dim=-1, eps=1e-9)
    gap = away(t)
    if torch.is_grad_enabled():
        slope = (normal.detach() * d).sum(-1)
        t = t - (gap - gap.detach()) / torch.where(slope.abs() > 1e-3, slope, -1.0)
    return torch.where(lost | (gap > 2e-3), FAR, t), normal
