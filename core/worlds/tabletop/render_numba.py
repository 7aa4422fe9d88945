"""The tabletop renderer as compiled scalar code, for making training data on a CPU.

The formulas are those of `render_torch`, which a test holds equal to this; `look` has every constant.
Needs the training-only extra numba; nothing that a user runs imports this file.
"""

# pyright: basic

from __future__ import annotations

import math

import numba as nb
import numpy as np

from core.worlds.tabletop import look
from core.worlds.tabletop.packing import PackedScenes

SPHERE, CUBE, CYLINDER, CONE, TORUS = range(5)
FAR = look.FAR
MINOR = look.TORUS_MINOR
REACHES = look.OCCLUSION_REACH
WEIGHTS = look.OCCLUSION_WEIGHT
TABLE, BACKDROP, HORIZON, ZENITH = look.TABLE, look.BACKDROP, look.HORIZON, look.ZENITH
FADE_FROM, FADE_TO = look.FADE
WIDTH = look.LAMP_WIDTH

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


@jit
def lit(count, shapes, centre, half, turn, lamp, skip, x, y, z):
    """The part of the lamp's disc seen from a point, 0 to 1: the items' least distance over the cone's width."""
    seen = 1.0
    for m in range(count):
        if m == skip:
            continue
        px, py, pz = centre[m, 0] - x, centre[m, 1] - y, centre[m, 2] - z
        along = px * lamp[0] + py * lamp[1] + pz * lamp[2]
        bound = math.sqrt(half[m, 0] ** 2 + half[m, 1] ** 2 + half[m, 2] ** 2)
        if along < -bound:
            continue
        away = math.sqrt(max(px * px + py * py + pz * pz - along * along, 0.0))
        reach = max(along, 0.0) + bound
        if away > bound + WIDTH * reach:
            continue
        low, high = max(along - bound - away * WIDTH, 0.02), reach + away * WIDTH
        step = (high - low) / look.SHADOW_SAMPLES
        least, place = FAR, low
        for k in range(look.SHADOW_SAMPLES + 1):
            t = low + step * k
            d = item_distance(m, shapes, centre, half, turn, x + t * lamp[0], y + t * lamp[1], z + t * lamp[2])
            ratio = d / (WIDTH * t)
            if ratio < least:
                least, place = ratio, t
        for _ in range(look.SHADOW_REFINEMENTS):
            step *= 0.5
            centre_t = place
            for side in (-1.0, 1.0):
                t = max(centre_t + side * step, 0.02)
                d = item_distance(m, shapes, centre, half, turn, x + t * lamp[0], y + t * lamp[1], z + t * lamp[2])
                ratio = d / (WIDTH * t)
                if ratio < least:
                    least, place = ratio, t
        seen = min(seen, smoothstep(-1.0, 1.0, least))
    return seen


@jit
def openness(count, shapes, centre, half, turn, skip, x, y, z, nx, ny, nz):
    """Ambient light that reaches a point, 0 to 1: how far the solids keep away along its normal (Evans 2006)."""
    shut = 0.0
    for k in range(3):
        reach = REACHES[k]
        px, py, pz = x + nx * reach, y + ny * reach, z + nz * reach
        near = reach
        if skip >= 0:
            near = min(near, max(pz, 0.0))
        for m in range(count):
            if m == skip:
                continue
            fx, fy, fz = px - centre[m, 0], py - centre[m, 1], pz - centre[m, 2]
            bound = math.sqrt(half[m, 0] ** 2 + half[m, 1] ** 2 + half[m, 2] ** 2) + reach
            if fx * fx + fy * fy + fz * fz > bound * bound:
                continue
            near = min(near, max(item_distance(m, shapes, centre, half, turn, px, py, pz), 0.0))
        shut += WEIGHTS[k] * (reach - near) / reach
    return 1.0 - shut


@jit
def ground_colour(k, x, y):
    blend = smoothstep(FADE_FROM, FADE_TO, length2(x, y))
    return TABLE[k] + (BACKDROP[k] - TABLE[k]) * blend


@jit
def surroundings(k, lamp, x, y, z, dx, dy, dz):
    """Linear light that comes from direction d to the point: the table below, a soft studio above, the lamp's panel."""
    if dz < -1e-6:
        t = min(z / -dz, 1.0e4)
        return ground_colour(k, x + t * dx, y + t * dy) * 0.92
    sky = HORIZON[k] + (ZENITH[k] - HORIZON[k]) * math.sqrt(max(dz, 0.0))
    panel = smoothstep(0.88, 0.95, dx * lamp[0] + dy * lamp[1] + dz * lamp[2])
    return 0.72 * sky + 1.6 * panel


@jit
def shade(count, shapes, metals, albedo, centre, half, turn, lamp, eye, dx, dy, dz, out):
    """Linear RGB along a ray into out[0:3]; depth, item and world normal into out[3:8]."""
    ox, oy, oz = eye[0], eye[1], eye[2]
    item, t, nx, ny, nz = trace(count, shapes, centre, half, turn, ox, oy, oz, dx, dy, dz)
    ground = -oz / dz if dz < -1e-6 else FAR
    if item < 0 and ground >= FAR:
        for k in range(3):
            out[k] = BACKDROP[k] + (ZENITH[k] - BACKDROP[k]) * smoothstep(0.0, 0.6, dz)
        out[3], out[4], out[5], out[6], out[7] = FAR, -2.0, 0.0, 0.0, 0.0
        return
    if item < 0:
        x, y = ox + ground * dx, oy + ground * dy
        sun = lit(count, shapes, centre, half, turn, lamp, -1, x, y, 0.0)
        air = openness(count, shapes, centre, half, turn, -1, x, y, 0.0, 0.0, 0.0, 1.0)
        far = smoothstep(FADE_FROM, FADE_TO, length2(x, y))
        share = look.LAMP / (look.LAMP + look.SKY)
        for k in range(3):
            tint = 1.0 - share + share * sun * (1.0 + (look.LAMP_COLOUR[k] - 1.0) * 0.5)
            out[k] = ground_colour(k, x, y) * (tint * air * (1.0 - far) + far)
        out[3], out[4], out[5], out[6], out[7] = ground, -1.0, 0.0, 0.0, 1.0
        return
    x, y, z = ox + t * dx, oy + t * dy, oz + t * dz
    skip = item
    facing = nx * lamp[0] + ny * lamp[1] + nz * lamp[2]
    sun = 0.0
    if facing > 0.0:
        sun = lit(count, shapes, centre, half, turn, lamp, skip, x, y, z)
        if shapes[item] == TORUS:
            sun = min(sun, hole_light(half[item], turn[item], centre[item], lamp, x, y, z))
    air = openness(count, shapes, centre, half, turn, skip, x, y, z, nx, ny, nz)
    ambient = (look.BOUNCE + (look.SKY - look.BOUNCE) * (0.5 + 0.5 * nz)) * air
    across = dx * nx + dy * ny + dz * nz
    rx, ry, rz = dx - 2.0 * across * nx, dy - 2.0 * across * ny, dz - 2.0 * across * nz
    mirror_lamp = max(rx * lamp[0] + ry * lamp[1] + rz * lamp[2], 0.0)
    fresnel = (1.0 - min(-across, 1.0)) ** 5
    for k in range(3):
        base = albedo[item, k]
        warm = look.LAMP_COLOUR[k]
        light = ambient + look.LAMP * warm * max(facing, 0.0) * sun
        if metals[item] == 1:
            mirror = surroundings(k, lamp, x, y, z, rx, ry, rz) * (0.55 + 0.45 * air)
            tint = base + (1.0 - base) * (0.10 + 0.55 * fresnel)
            gloss = look.METAL_GLOSS * mirror_lamp**look.METAL_POWER * sun
            out[k] = look.METAL_DIFFUSE * base * light + look.METAL_MIRROR * tint * mirror + gloss * warm
        else:
            gloss = look.MATTE_GLOSS * mirror_lamp**look.MATTE_POWER * sun
            sheen = 0.05 * fresnel * air
            out[k] = base * light + gloss * warm + sheen
    out[3], out[4], out[5], out[6], out[7] = t, float(item), nx, ny, nz


@jit
def hole_light(half, turn, centre, lamp, x, y, z):
    """How much of the lamp a torus leaves to a point on itself, 0 to 1."""
    c, s = turn[0], turn[1]
    px, py, pz = x - centre[0], y - centre[1], z - centre[2]
    qx, qy = c * px + s * py, c * py - s * px
    lx, ly, lz = c * lamp[0] + s * lamp[1], c * lamp[1] - s * lamp[0], lamp[2]
    least = 1.0
    for k in range(10):
        t = half[0] * (0.3 + 0.17 * k)
        least = min(least, distance(TORUS, half, qx + t * lx, qy + t * ly, pz + t * lz) / (WIDTH * t))
    return smoothstep(-1.0, 1.0, least)


@jit
def encode(value):
    """Linear light -> sRGB in 0..1, after a soft shoulder above 0.8."""
    if value > 0.8:
        value = 0.8 + 0.2 * (1.0 - math.exp(-(value - 0.8) / 0.2))
    if value <= 0.0031308:
        return 12.92 * max(value, 0.0)
    return 1.055 * value ** (1.0 / 2.4) - 0.055


@jit
def shade_at(packed, b, u, v, out):
    """Shade the ray through picture place (u, v) in [-1, 1], v up."""
    count, shapes, metals, albedo, centre, half, turn, eye, right, up, forward, lamp = packed
    w = look.HALF_WIDTH
    dx = forward[b, 0] + w * (u * right[b, 0] + v * up[b, 0])
    dy = forward[b, 1] + w * (u * right[b, 1] + v * up[b, 1])
    dz = forward[b, 2] + w * (u * right[b, 2] + v * up[b, 2])
    n = 1.0 / math.sqrt(dx * dx + dy * dy + dz * dz)
    shade(
        count[b],
        shapes[b],
        metals[b],
        albedo[b],
        centre[b],
        half[b],
        turn[b],
        lamp[b],
        eye[b],
        dx * n,
        dy * n,
        dz * n,
        out,
    )
    for k in range(3):
        out[k] = encode(out[k])


@jit
def differs(a, b):
    """Whether two neighbours' (encoded) samples call for more samples between them."""
    if a[4] != b[4]:
        return True
    if a[5] * b[5] + a[6] * b[6] + a[7] * b[7] < 0.90 and a[4] >= 0.0:
        return True
    return max(abs(a[0] - b[0]), max(abs(a[1] - b[1]), abs(a[2] - b[2]))) > 0.10


@nb.njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def render_kernel(packed, size, fine, everywhere, picture, depth, ids, normal):
    batch = picture.shape[0]
    first = np.empty((size, size, 8))
    one = np.empty(8)
    for b in range(batch):
        for i in range(size):
            for j in range(size):
                u, v = (2.0 * j + 1.0) / size - 1.0, 1.0 - (2.0 * i + 1.0) / size
                shade_at(packed, b, u, v, first[i, j])
        for i in range(size):
            for j in range(size):
                here = first[i, j]
                depth[b, i, j] = here[3]
                ids[b, i, j] = int(here[4])
                for k in range(3):
                    normal[b, i, j, k] = here[5 + k]
                edge = everywhere
                if not edge and i > 0:
                    edge = differs(here, first[i - 1, j])
                if not edge and j > 0:
                    edge = differs(here, first[i, j - 1])
                if not edge and i + 1 < size:
                    edge = differs(here, first[i + 1, j])
                if not edge and j + 1 < size:
                    edge = differs(here, first[i, j + 1])
                if not edge:
                    for k in range(3):
                        picture[b, i, j, k] = here[k]
                    continue
                r, g, bl = 0.0, 0.0, 0.0
                for p in range(fine):
                    for q in range(fine):
                        u = 2.0 * (j + (q + 0.5) / fine) / size - 1.0
                        v = 1.0 - 2.0 * (i + (p + 0.5) / fine) / size
                        shade_at(packed, b, u, v, one)
                        r, g, bl = r + one[0], g + one[1], bl + one[2]
                share = 1.0 / (fine * fine)
                picture[b, i, j, 0], picture[b, i, j, 1], picture[b, i, j, 2] = r * share, g * share, bl * share


@nb.njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def count_kernel(packed, size, seen, alone, inside):
    """Pixels of each item: seen, if it stood alone (in a frame twice as wide), and alone inside the frame."""
    count, shapes, _, _, centre, half, turn, eye, right, up, forward, _ = packed
    w = look.HALF_WIDTH
    for b in range(seen.shape[0]):
        for i in range(-size // 2, size + size // 2):
            for j in range(-size // 2, size + size // 2):
                u, v = (2.0 * j + 1.0) / size - 1.0, 1.0 - (2.0 * i + 1.0) / size
                dx = forward[b, 0] + w * (u * right[b, 0] + v * up[b, 0])
                dy = forward[b, 1] + w * (u * right[b, 1] + v * up[b, 1])
                dz = forward[b, 2] + w * (u * right[b, 2] + v * up[b, 2])
                n = 1.0 / math.sqrt(dx * dx + dy * dy + dz * dz)
                best, owner = FAR, -1
                framed = 0 <= i < size and 0 <= j < size
                for m in range(count[b]):
                    px, py, pz = eye[b, 0] - centre[b, m, 0], eye[b, 1] - centre[b, m, 1], eye[b, 2] - centre[b, m, 2]
                    c, s = turn[b, m, 0], turn[b, m, 1]
                    t, _, _, _ = hit(
                        shapes[b, m],
                        half[b, m],
                        c * px + s * py,
                        c * py - s * px,
                        pz,
                        (c * dx + s * dy) * n,
                        (c * dy - s * dx) * n,
                        dz * n,
                    )
                    if t < FAR:
                        alone[b, m] += 1
                        if framed:
                            inside[b, m] += 1
                    if t < best:
                        best, owner = t, m
                if owner >= 0 and framed:
                    seen[b, owner] += 1


def _arrays(packed: PackedScenes) -> tuple[np.ndarray, ...]:
    return (
        packed.count,
        np.ascontiguousarray(packed.codes[..., 0]),
        np.ascontiguousarray(packed.codes[..., 3]),
        packed.albedo,
        packed.centre,
        packed.half,
        packed.turn,
        packed.eye,
        packed.right,
        packed.up,
        packed.forward,
        packed.lamp,
    )


def render_arrays(
    packed: PackedScenes, size: int, *, fine: int = 3, everywhere: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(picture (B,H,W,3) sRGB 0..1, depth (B,H,W), ids (B,H,W): -1 table, -2 beyond, normal (B,H,W,3)), float32/int8.

    fine: samples per pixel side where neighbours differ, or everywhere.
    """
    batch = len(packed)
    picture = np.empty((batch, size, size, 3), dtype=np.float32)
    depth = np.empty((batch, size, size), dtype=np.float32)
    ids = np.empty((batch, size, size), dtype=np.int8)
    normal = np.empty((batch, size, size, 3), dtype=np.float32)
    render_kernel(_arrays(packed), size, fine, everywhere, picture, depth, ids, normal)
    return picture, depth, ids, normal


def count_pixels(packed: PackedScenes, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(seen, alone, inside) pixel counts (B, M): visible; unhidden in a frame twice as wide; unhidden inside."""
    seen, alone, inside = (np.zeros(packed.codes.shape[:2], dtype=np.int64) for _ in range(3))
    count_kernel(_arrays(packed), size, seen, alone, inside)
    return seen, alone, inside
