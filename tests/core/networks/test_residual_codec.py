from __future__ import annotations

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from core.errors import RequestError
from core.networks.pca_codec import PcaCodec
from core.networks.residual_codec import ResidualCodec, ResidualCodecConfig

SMALL = ResidualCodecConfig(channels=6, pixels=3, coarse=16, fine=8, encoder=(1, 1), decoder=(1, 1), tiny=4)


def pictures(count: int, channels: int, side: int = 16) -> torch.Tensor:
    coarse = torch.rand(count, channels, 5, 5, generator=torch.Generator().manual_seed(1)) * 2 - 1
    return F.interpolate(coarse, size=(side, side), mode="bilinear")


@pytest.fixture
def codec() -> ResidualCodec:
    torch.manual_seed(0)
    return ResidualCodec(SMALL).requires_grad_(False)


def test_it_starts_as_the_best_linear_code(codec: ResidualCodec) -> None:
    images = pictures(24, 3)
    codec.start(images)
    peer = PcaCodec.fit(images, SMALL.channels, SMALL.factor)
    latent = codec.posterior(images).mean
    torch.testing.assert_close(codec.pictures(latent), peer.decode(peer.encode(images)), atol=2e-5, rtol=0)
    torch.testing.assert_close(codec.tiny(latent), codec.pictures(latent), atol=1e-6, rtol=0)
    variance, mean = torch.var_mean(latent, dim=(0, 2, 3), correction=0)
    torch.testing.assert_close(variance, torch.ones(6), atol=1e-3, rtol=0)
    torch.testing.assert_close(mean, torch.zeros(6), atol=1e-3, rtol=0)


def test_code_and_picture_are_local(codec: ResidualCodec) -> None:
    """A large picture's middle is coded as the same pixels are alone: convolutions only, no statistics."""
    torch.nn.init.normal_(codec.encoder.out.weight, std=0.1)
    torch.nn.init.normal_(codec.decoder.out.weight, std=0.1)
    images = pictures(1, 3, 128)
    whole = codec.posterior(images).mean
    part = codec.posterior(images[..., 32:96]).mean
    torch.testing.assert_close(part[..., 6:-6], whole[..., 14:-14], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(
        codec.pictures(whole[..., 4:28])[..., 32:-32], codec.pictures(whole)[..., 48:-48], atol=1e-5, rtol=1e-5
    )
    with pytest.raises(RequestError, match="18x16"):
        codec.posterior(torch.zeros(1, 3, 16, 18))


def test_calibration_gives_unit_latents_and_a_linear_look(codec: ResidualCodec) -> None:
    images = pictures(16, 3)
    codec.start(images * 3.0 + 0.5)
    latent = codec.posterior(images).mean
    codec.calibrate(images, latent)
    unit = codec.normalised(latent)
    torch.testing.assert_close(unit.mean(dim=(0, 2, 3)), torch.zeros(6), atol=1e-4, rtol=0)
    torch.testing.assert_close(unit.std(dim=(0, 2, 3)), torch.ones(6), atol=1e-2, rtol=0)
    torch.testing.assert_close(codec.raw(unit), latent, atol=1e-4, rtol=0)
    # the mean of a patch is linear in a linear code that loses little
    torch.testing.assert_close(codec.shown(unit), F.avg_pool2d(images, 4), atol=0.05, rtol=0)


def test_a_fresh_codec_of_another_size_keeps_its_shapes() -> None:
    codec = ResidualCodec(replace(SMALL, pixels=4, channels=8))
    latent = codec.posterior(torch.zeros(2, 4, 8, 24)).mean
    assert latent.shape == (2, 8, 2, 6)
    assert codec.pictures(latent).shape == codec.tiny(latent).shape == (2, 4, 8, 24)
