from __future__ import annotations

import numpy as np
import torch

from core.training.augmentation import augmented, softened
from core.training.detector import scene_targets
from core.worlds.tabletop.scene import sample_scene


def test_a_mirrored_picture_takes_its_targets_along() -> None:
    """The centre of a bright spot, and the place it stands for, move with it."""
    image = torch.full((64, 3, 8, 8), -1.0)
    image[:, :, 2, 1] = 1.0
    centre = torch.tensor([[[2.5 / 8, 1.5 / 8]]]).expand(64, -1, -1)
    place = torch.tensor([[[-0.6, 0.3]]]).expand(64, -1, -1)
    changed, centres, places = augmented(image, centre, place, torch.Generator().manual_seed(0))
    brightest = changed.mean(dim=1).flatten(1).argmax(dim=1)
    spots = torch.stack([(brightest // 8 + 0.5) / 8, (brightest % 8 + 0.5) / 8], dim=1)
    torch.testing.assert_close(centres[:, 0], spots)
    mirrored = spots[:, 1] > 0.5
    assert 16 < int(mirrored.sum()) < 48
    torch.testing.assert_close(places[:, 0, 0], torch.where(mirrored, 0.6, -0.6))
    torch.testing.assert_close(places[:, 0, 1], torch.full((64,), 0.3))


def test_pictures_change_a_little_and_stay_in_range() -> None:
    image = torch.rand(16, 3, 8, 8, generator=torch.Generator().manual_seed(1)) * 2 - 1
    nowhere = torch.zeros(16, 1, 2)
    changed = augmented(image, nowhere, nowhere, torch.Generator().manual_seed(2))[0]
    assert float(changed.abs().max()) <= 1.0
    either = torch.minimum(
        (changed - image).abs().mean(dim=(1, 2, 3)), (changed - image.flip(3)).abs().mean(dim=(1, 2, 3))
    )
    assert float(either.min()) > 0.0
    assert float(either.max()) < 0.35


def test_softening_is_the_binomial_filter_and_keeps_flat_pictures() -> None:
    image = torch.zeros(1, 1, 5, 5)
    image[0, 0, 2, 2] = 16.0
    torch.testing.assert_close(
        softened(image)[0, 0, 1:4, 1:4], torch.tensor([[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]])
    )
    flat = torch.full((1, 3, 4, 6), 0.3)
    torch.testing.assert_close(softened(flat), flat)


def test_targets_lie_within_the_picture_and_match_the_scene() -> None:
    scenes = [sample_scene(np.random.default_rng(seed)) for seed in range(6)]
    targets = scene_targets(scenes)
    for b, scene in enumerate(scenes):
        count = len(scene.items)
        assert targets["count"][b] == count
        assert (targets["centre"][b, :count] >= 0).all()
        assert (targets["centre"][b] < 1).all()
        assert not targets["place"][b, count:].any()
