from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

from core.networks.unet import UNet, UNetConfig

SMALL = UNetConfig(3, 5, map_channels=4, map_factor=2, widths=(16, 24), heads=2, condition_width=12, text_width=8)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def awake(network: nn.Module) -> nn.Module:
    """The network with every zero-initialised weight made random, as if it had trained."""
    for value in network.parameters():
        if not value.any():
            nn.init.normal_(value, std=0.1)
    return network


def inputs(batch: int = 2, height: int = 8, width: int = 8) -> dict[str, torch.Tensor]:
    return {
        "x": torch.randn(batch, 3, height, width),
        "condition": torch.randn(batch, 12),
        "text": torch.randn(batch, 4, 8),
        "mask": torch.rand(batch, 4) < 0.7,
        "map_features": torch.randn(batch, 4, 2 * height, 2 * width),
    }


@pytest.mark.parametrize(("height", "width"), [(8, 8), (7, 5), (1, 2), (12, 3)])
def test_any_size_keeps_its_size(height: int, width: int) -> None:
    out = awake(UNet(SMALL))(**inputs(2, height, width))
    assert out.shape == (2, 5, height, width)
    assert torch.isfinite(out).all()


def test_a_fresh_network_says_zero() -> None:
    assert not UNet(SMALL)(**inputs()).any()


def test_a_fresh_map_changes_nothing_and_a_woken_one_does() -> None:
    network = UNet(SMALL)
    nn.init.normal_(network.out.weight)
    given = inputs()
    plain = network(**given | {"map_features": None})
    torch.testing.assert_close(network(**given), plain)
    nn.init.normal_(network.get_submodule("map.out").weight)  # type: ignore[arg-type]
    assert (network(**given) - plain).abs().max() > 1e-3


@pytest.mark.parametrize("part", ["x", "condition", "text", "map_features"])
def test_every_input_is_heard(part: str) -> None:
    network, given = awake(UNet(SMALL)), inputs()
    given[part].requires_grad_()
    network(**given).square().sum().backward()
    gradient = given[part].grad
    assert gradient is not None
    assert gradient.abs().max() > 0


def test_gradients_reach_every_weight() -> None:
    network = awake(UNet(SMALL))
    network(**inputs()).square().sum().backward()
    silent = [name for name, value in network.named_parameters() if value.grad is None or not value.grad.any()]
    assert silent == []


def test_items_do_not_see_each_other() -> None:
    network, given = awake(UNet(SMALL)), inputs(3)
    out = network(**given)
    changed = {name: torch.cat([value[:1], value.flip(0)[:2]]) for name, value in given.items()}
    assert torch.equal(network(**changed)[0], out[0])


def test_an_input_gain_multiplies_the_input_itself() -> None:
    network = UNet(replace(SMALL, out_channels=3, input_gain=True))
    nn.init.ones_(network.out.bias[3:])  # type: ignore[index]
    given = inputs()
    torch.testing.assert_close(network(**given), given["x"])


def test_a_guess_is_drawn_from_map_and_view_alone_and_added_by_a_gain() -> None:
    network = UNet(replace(SMALL, guess_width=8))
    nn.init.ones_(network.out.bias[5:])  # type: ignore[index]
    given = inputs()
    mapped = network.read_map(given["map_features"], given["condition"])
    guess = network.guess_of(mapped)
    assert guess.shape == (2, 5, 8, 8)
    assert guess.abs().max() > 1e-3
    noisier = given | {"x": 5.0 * given["x"]}
    torch.testing.assert_close(network(**noisier), guess)
    assert not network(**given | {"map_features": None}).any()


def test_a_guess_trains_every_weight() -> None:
    network = awake(UNet(replace(SMALL, out_channels=3, input_gain=True, guess_width=8)))
    network(**inputs()).square().sum().backward()
    silent = [name for name, value in network.named_parameters() if value.grad is None or not value.grad.any()]
    assert silent == []


def test_three_levels_and_no_text() -> None:
    config = replace(
        SMALL, widths=(16, 16, 32), blocks=(1, 2, 1), attention_levels=(1, 2), text_levels=(), map_channels=0
    )
    out = awake(UNet(config))(torch.randn(1, 3, 9, 9), torch.randn(1, 12))
    assert out.shape == (1, 5, 9, 9)


def test_the_painter_size_is_as_designed() -> None:
    network = UNet(UNetConfig(16, 16, map_channels=24, map_factor=2))
    assert 2.3e6 < sum(value.numel() for value in network.parameters()) < 3.0e6


def test_channels_last_gives_the_same() -> None:
    network, given = awake(UNet(SMALL)), inputs()
    plain = network(**given)
    network.to(memory_format=torch.channels_last)
    given["x"] = given["x"].contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(network(**given), plain, rtol=1e-4, atol=1e-5)
