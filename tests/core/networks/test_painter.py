from __future__ import annotations

import pytest
import torch
from torch import nn

from core.networks.painter import Conditions, Painter
from core.networks.unet import UNetConfig

CONFIG = UNetConfig(3, 3, 4, 2, widths=(8, 16), blocks=(1, 1), heads=2, condition_width=16, text_width=8, guess_width=8)


@pytest.fixture
def painter() -> Painter:
    torch.manual_seed(0)
    network = Painter(CONFIG, vocabulary=9, camera_channels=5)
    for value in network.parameters():
        if not value.any():
            nn.init.normal_(value, std=0.2)
    return network.eval()


def inputs(batch: int = 2) -> dict[str, torch.Tensor]:
    return {
        "x": torch.randn(batch, 3, 8, 8),
        "t": torch.rand(batch),
        "tokens": torch.randint(1, 9, (batch, 6)),
        "camera": torch.randn(batch, 5),
        "layout": torch.randn(batch, 4, 16, 16),
    }


@pytest.mark.parametrize("part", ["t", "tokens", "camera", "layout"])
def test_every_condition_is_heard_and_may_be_absent(painter: Painter, part: str) -> None:
    given = inputs()
    whole = painter(**given)
    without = painter(**given | {part: torch.zeros_like(given[part])})
    assert torch.isfinite(without).all()
    assert (whole - without).abs().max() > 1e-4


def test_conditions_worked_out_before_give_the_same(painter: Painter) -> None:
    given = inputs(3)
    ready = painter.conditions(given["tokens"], given["camera"], given["layout"])
    assert torch.equal(painter.paint(given["x"], given["t"], ready), painter(**given))
    singly = [
        painter.conditions(given["tokens"][k : k + 1], given["camera"][k : k + 1], given["layout"][k : k + 1])
        for k in range(3)
    ]
    torch.testing.assert_close(
        painter.paint(given["x"], given["t"], Conditions.joined(singly)), painter(**given), rtol=1e-4, atol=1e-5
    )
