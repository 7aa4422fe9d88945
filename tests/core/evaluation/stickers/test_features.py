from __future__ import annotations

import numpy as np
import pytest
import torch

from core.evaluation.stickers.features import Nearness, PhotoFeatures
from core.evaluation.stickers.looking import StickerJudge
from core.networks.efficientnet_lite import EfficientNetLite
from core.networks.matcher import Matcher, MatcherConfig


def test_distances_are_told_by_the_features_name() -> None:
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    real, others = (rng.integers(low, 256, (8, 64, 64, 3), dtype=np.uint8) for low in (0, 128))
    photo = PhotoFeatures(EfficientNetLite().eval())
    assert photo.of(real).shape == (8, 320)
    nearness = Nearness(StickerJudge(Matcher(MatcherConfig())), photo, real)
    assert list(nearness.names) == ["matcher", "efficientnet_lite0"]
    for found in nearness.of(real).values():
        assert found.frechet == pytest.approx(0.0, abs=1e-2)
        assert (found.precision, found.recall) == (1.0, 1.0)
    for found in nearness.of(others).values():
        assert found.frechet > 1.0
    assert list(Nearness(StickerJudge(Matcher(MatcherConfig())), None, real).names) == ["matcher"]
