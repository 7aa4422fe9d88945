"""The tabletop renderer as compiled scalar code, for making training data on a CPU.

The formulas are those of `render_torch`, which a test holds equal to this; `look` has every constant.
Needs the training-only extra numba; nothing that a user runs imports this file. The parts: where rays meet
solids (`solids_numba`), what light they bring (`light_numba`), and here pictures and counts of pixels.
"""

# pyright: basic

from __future__ import annotations

import math

import numba as nb
import numpy as np

from core.worlds.tabletop import look
from core.worlds.tabletop.light_numba import shade
from core.worlds.tabletop.packing import PackedScenes
from core.worlds.tabletop.solids_numba import FAR, hit, jit


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
