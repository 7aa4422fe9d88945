"""Where rays meet the solids, as compiled scalar code: what `solids` is to `render_torch`, this is to `render_numba`.

Needs the training-only extra numba. Its compiled code is kept with its callers', which do not see that this file or
`look` was changed: after a change of either remove `__pycache__/*.nb*`.
"""

# pyright: basic

from __future__ import annotations

import math

import numba as nb

from core.worlds.tabletop import look

SPHERE, CUBE, CYLINDER, CONE, TORUS = range(5)
FAR = look.FAR
MINOR = look.TORUS_MINOR

jit = nb.njit(fastmath=True, cache=True, error_model="numpy")


@jit
def length2(a, b):
    return math.sqrt(a * a + b * b)


@jit
def smoothstep(low, high, value):
    u = min(max((value - low) / (high - low), 0.0), 1.0)
    return u * u * (3.0 - 2.0 * u)


@jit
def distance(shape, half, x, y, z):
    """Signed distance to the solid in its own frame (centre at the origin, axis z)."""
    if shape == SPHERE:
        return math.sqrt(x * x + y * y + z * z) - half[0]
    if shape == CUBE:
        qx, qy, qz = abs(x) - half[0], abs(y) - half[1], abs(z) - half[2]
        ox, oy, oz = max(qx, 0.0), max(qy, 0.0), max(qz, 0.0)
        return math.sqrt(ox * ox + oy * oy + oz * oz) + min(max(qx, max(qy, qz)), 0.0)
    radius = math.sqrt(x * x + y * y)
    if shape == CYLINDER:
        qr, qz = radius - half[0], abs(z) - half[2]
        return length2(max(qr, 0.0), max(qz, 0.0)) + min(max(qr, qz), 0.0)
    if shape == TORUS:
        return length2(radius - half[0] * (1.0 - MINOR), z) - half[0] * MINOR
    # a cone is the triangle (0, h), (r, -h), (0, -h) turned about z
    r, h = half[0], half[2]
    t = min(max((radius * r + (h - z) * 2.0 * h) / (r * r + 4.0 * h * h), 0.0), 1.0)
    side = length2(radius - r * t, z - h + 2.0 * h * t)
    base = length2(max(radius - r, 0.0), z + h)
    inside = z > -h and radius * 2.0 * h < r * (h - z)
    near = min(side, base)
    return -near if inside else near


@jit
def hit(shape, half, ox, oy, oz, dx, dy, dz):
    """(t, nx, ny, nz) of the first hit of a ray with the solid in its own frame; t = FAR for a miss."""
    if shape == CUBE:
        near, far, axis = -FAR, FAR, 0
        for k in range(3):
            o, d = (ox, oy, oz)[k], (dx, dy, dz)[k]
            if abs(d) < 1e-12:
                d = 1e-12
            a, b = (-half[k] - o) / d, (half[k] - o) / d
            if a > b:
                a, b = b, a
            if a > near:
                near, axis = a, k
            far = min(far, b)
        if near > far or near <= 0.0:
            return FAR, 0.0, 0.0, 0.0
        if axis == 0:
            return near, -math.copysign(1.0, dx), 0.0, 0.0
        if axis == 1:
            return near, 0.0, -math.copysign(1.0, dy), 0.0
        return near, 0.0, 0.0, -math.copysign(1.0, dz)
    if shape == SPHERE:
        b = ox * dx + oy * dy + oz * dz
        c = ox * ox + oy * oy + oz * oz - half[0] * half[0]
        disc = b * b - c
        if disc <= 0.0:
            return FAR, 0.0, 0.0, 0.0
        t = -b - math.sqrt(disc)
        if t <= 0.0:
            return FAR, 0.0, 0.0, 0.0
        return t, (ox + t * dx) / half[0], (oy + t * dy) / half[0], (oz + t * dz) / half[0]
    if shape == TORUS:
        return hit_torus(half, ox, oy, oz, dx, dy, dz)
    r, h = half[0], half[2]
    best, nx, ny, nz = FAR, 0.0, 0.0, 0.0
    if shape == CYLINDER:
        a = dx * dx + dy * dy
        b = ox * dx + oy * dy
        c = ox * ox + oy * oy - r * r
    else:
        # radius = slope * (h - z)
        slope = r / (2.0 * h)
        w, dw = h - oz, -dz
        a = dx * dx + dy * dy - slope * slope * dw * dw
        b = ox * dx + oy * dy - slope * slope * w * dw
        c = ox * ox + oy * oy - slope * slope * w * w
    disc = b * b - a * c
    if disc > 0.0 and abs(a) > 1e-12:
        root = math.sqrt(disc)
        for sign in (-1.0, 1.0):
            t = (-b + sign * root) / a
            z = oz + t * dz
            if t > 0.0 and t < best and abs(z) <= h:
                px, py = ox + t * dx, oy + t * dy
                lift = 0.0 if shape == CYLINDER else r / (2.0 * h)
                flat = max(length2(px, py), 1e-9)
                length = math.sqrt(1.0 + lift * lift)
                best, nx, ny, nz = t, px / flat / length, py / flat / length, lift / length
    if abs(dz) > 1e-12:
        for cap in (-1.0, 1.0):
            if shape == CONE and cap > 0.0:
                continue
            t = (cap * h - oz) / dz
            px, py = ox + t * dx, oy + t * dy
            if t > 0.0 and t < best and px * px + py * py <= r * r:
                best, nx, ny, nz = t, 0.0, 0.0, cap
    return best, nx, ny, nz


@jit
def hit_torus(half, ox, oy, oz, dx, dy, dz):
    """Sphere tracing (Hart 1996) from where the ray enters the torus's bounding sphere."""
    reach = half[0] * 1.001
    b = ox * dx + oy * dy + oz * dz
    disc = b * b - (ox * ox + oy * oy + oz * oz - reach * reach)
    if disc <= 0.0:
        return FAR, 0.0, 0.0, 0.0
    root = math.sqrt(disc)
    t, end = max(-b - root, 0.0), -b + root
    for _ in range(look.TORUS_MARCH):
        d = distance(TORUS, half, ox + t * dx, oy + t * dy, oz + t * dz)
        t += d
        if t > end:
            return FAR, 0.0, 0.0, 0.0
    x, y, z = ox + t * dx, oy + t * dy, oz + t * dz
    if distance(TORUS, half, x, y, z) > 2e-3:
        return FAR, 0.0, 0.0, 0.0
    flat = max(length2(x, y), 1e-9)
    ring = (flat - half[0] * (1.0 - MINOR)) / flat
    nx, ny, nz = x * ring, y * ring, z
    length = max(math.sqrt(nx * nx + ny * ny + nz * nz), 1e-9)
    return t, nx / length, ny / length, nz / length


@jit
def trace(count, shapes, centre, half, turn, ox, oy, oz, dx, dy, dz):
    """(item, t, nx, ny, nz): the first item that a world ray meets; item -1 where it meets none."""
    best, item, bx, by, bz = FAR, -1, 0.0, 0.0, 0.0
    for m in range(count):
        px, py, pz = ox - centre[m, 0], oy - centre[m, 1], oz - centre[m, 2]
        bound = half[m, 0] * half[m, 0] + half[m, 1] * half[m, 1] + half[m, 2] * half[m, 2]
        b = px * dx + py * dy + pz * dz
        if px * px + py * py + pz * pz - b * b > bound:
            continue
        c, s = turn[m, 0], turn[m, 1]
        t, nx, ny, nz = hit(
            shapes[m], half[m], c * px + s * py, c * py - s * px, pz, c * dx + s * dy, c * dy - s * dx, dz
        )
        if t < best:
            best, item, bx, by, bz = t, m, c * nx - s * ny, s * nx + c * ny, nz
    return item, best, bx, by, bz


@jit
def item_distance(m, shapes, centre, half, turn, x, y, z):
    px, py = x - centre[m, 0], y - centre[m, 1]
    c, s = turn[m, 0], turn[m, 1]
    return distance(shapes[m], half[m], c * px + s * py, c * py - s * px, z - centre[m, 2])
