"""What light a ray brings, as compiled scalar code: shadows, openness, reflections and the shading of what it meets.

Needs the training-only extra numba; what `solids_numba` says of changes holds here.
"""

# pyright: basic

from __future__ import annotations

import math

from core.worlds.tabletop import look
from core.worlds.tabletop.solids_numba import FAR, TORUS, distance, item_distance, jit, length2, smoothstep, trace

REACHES = look.OCCLUSION_REACH
WEIGHTS = look.OCCLUSION_WEIGHT
TABLE, BACKDROP, HORIZON, ZENITH = look.TABLE, look.BACKDROP, look.HORIZON, look.ZENITH
FADE_FROM, FADE_TO = look.FADE
WIDTH = look.LAMP_WIDTH


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
