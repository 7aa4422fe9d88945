"""Scenes as arrays, for the renderers and the networks. No torch here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.worlds.tabletop.look import ALBEDO
from core.worlds.tabletop.scene import (
    COLOURS,
    MATERIALS,
    MAX_ITEMS,
    SHAPES,
    SIZES,
    TARGET,
    Scene,
    eye,
    half_extents,
)


@dataclass(frozen=True, slots=True)
class PackedScenes:
    """B scenes, padded to MAX_ITEMS.

    count: (B,) int64. codes: (B, M, 4) int64 of shape, colour, size, material. albedo: (B, M, 3) linear light.
    centre: (B, M, 3), half: (B, M, 3) half extents, turn: (B, M, 2) cos and sin of yaw.
    eye, right, up, forward: (B, 3) the camera's place and axes. lamp: (B, 3) unit vector towards the lamp.
    """

    count: np.ndarray
    codes: np.ndarray
    albedo: np.ndarray
    centre: np.ndarray
    half: np.ndarray
    turn: np.ndarray
    eye: np.ndarray
    right: np.ndarray
    up: np.ndarray
    forward: np.ndarray
    lamp: np.ndarray

    def __len__(self) -> int:
        return len(self.count)


def pack(scenes: Sequence[Scene]) -> PackedScenes:
    """The arrays of `scenes`, float64."""
    batch = len(scenes)
    count = np.array([len(scene.items) for scene in scenes], dtype=np.int64)
    codes = np.zeros((batch, MAX_ITEMS, 4), dtype=np.int64)
    centre, half = np.zeros((batch, MAX_ITEMS, 3)), np.full((batch, MAX_ITEMS, 3), 1e-3)
    turn = np.zeros((batch, MAX_ITEMS, 2))
    turn[..., 0] = 1.0
    azimuth, lamps, places = np.zeros(batch), np.zeros((batch, 2)), np.zeros((batch, 3))
    for b, scene in enumerate(scenes):
        for m, item in enumerate(scene.items):
            codes[b, m] = (
                SHAPES.index(item.shape),
                COLOURS.index(item.colour),
                SIZES.index(item.size),
                MATERIALS.index(item.material),
            )
            half[b, m] = half_extents(item)
            centre[b, m] = (item.x, item.y, half[b, m, 2])
            turn[b, m] = (np.cos(item.yaw_rad), np.sin(item.yaw_rad))
        azimuth[b] = scene.camera.azimuth_rad
        lamps[b] = (scene.camera.azimuth_rad + scene.light.azimuth_rad, scene.light.elevation_rad)
        places[b] = eye(scene.camera)
    forward = np.array(TARGET) - places
    forward /= np.linalg.norm(forward, axis=1, keepdims=True)
    right = np.stack([np.cos(azimuth), np.sin(azimuth), np.zeros(batch)], axis=1)
    return PackedScenes(
        count,
        codes,
        np.array(ALBEDO)[codes[..., 1]],
        centre,
        half,
        turn,
        places,
        right,
        np.cross(right, forward),
        forward,
        _towards_lamp(lamps),
    )


def _towards_lamp(lamps: np.ndarray) -> np.ndarray:
    """(B, 2) azimuth, elevation -> (B, 3) unit vectors; the camera's own azimuth shines from its side."""
    flat = np.cos(lamps[:, 1])
    return np.stack([flat * np.sin(lamps[:, 0]), -flat * np.cos(lamps[:, 0]), np.sin(lamps[:, 1])], axis=1)
