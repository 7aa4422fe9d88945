from __future__ import annotations

import pytest
import torch

from core.networks.detector import Detector, DetectorConfig

CONFIG = DetectorConfig(classes={"shape": 5, "colour": 3}, size=32, stride=4, widths=(16, 24))


@pytest.fixture
def detector() -> Detector:
    torch.manual_seed(0)
    return Detector(CONFIG)


def test_every_map_covers_the_grid(detector: Detector) -> None:
    found = detector(torch.rand(2, 3, 32, 32))
    assert found.heat.shape == (2, 1, 8, 8)
    assert found.place.shape == (2, 2, 8, 8)
    assert {name: value.shape for name, value in found.attributes.items()} == {
        "shape": (2, 5, 8, 8),
        "colour": (2, 3, 8, 8),
    }
    assert found.features.shape == (2, 48)


def test_a_fresh_detector_expects_empty_cells(detector: Detector) -> None:
    assert float(detector(torch.rand(2, 3, 32, 32)).heat.detach().sigmoid().median()) < 0.1


def test_gradients_reach_every_weight(detector: Detector) -> None:
    found = detector(torch.rand(2, 3, 32, 32))
    total = found.heat.square().sum() + found.place.square().sum()
    total = total + sum(value.square().sum() for value in found.attributes.values())
    total.backward()
    assert [name for name, value in detector.named_parameters() if value.grad is None or not value.grad.any()] == []


def test_pictures_do_not_see_each_other(detector: Detector) -> None:
    pictures = torch.rand(3, 3, 32, 32)
    whole, part = detector(pictures), detector(torch.cat([pictures[:1], pictures.flip(0)[:2]]))
    assert torch.equal(whole.heat[0], part.heat[0])
    assert torch.equal(whole.features[0], part.features[0])


def test_a_far_corner_is_heard_everywhere(detector: Detector) -> None:
    """Places hang on the camera, which any part of the picture may show."""
    pictures = torch.rand(1, 3, 32, 32)
    changed = pictures.clone()
    changed[..., -4:, -4:] = -1.0
    assert (detector(pictures).place - detector(changed).place)[0, :, 0, 0].abs().max() > 0.0
