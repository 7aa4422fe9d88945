from __future__ import annotations

import pytest
import torch

from core.errors import RequestError
from core.networks.autoencoder import Autoencoder, AutoencoderConfig, Posterior


@pytest.fixture
def codec() -> Autoencoder:
    torch.manual_seed(0)
    return Autoencoder(AutoencoderConfig(channels=4, factor=4, width=8))


def test_shapes_there_and_back(codec: Autoencoder) -> None:
    latent = codec.encode(torch.rand(2, 3, 16, 24))
    assert latent.shape == (2, 4, 4, 6)
    assert codec.decode(latent).shape == (2, 3, 16, 24)
    with pytest.raises(RequestError, match="18x16"):
        codec.encode(torch.zeros(1, 3, 16, 18))


def test_it_learns_smooth_pictures(codec: Autoencoder) -> None:
    generator = torch.Generator().manual_seed(1)
    colours = torch.rand(8, 3, 2, 2, generator=generator) * 2 - 1
    images = torch.nn.functional.interpolate(colours, size=(8, 8), mode="bilinear")
    optimizer = torch.optim.Adam(codec.parameters(), lr=1e-2)
    for _ in range(40):
        posterior = codec.posterior(images)
        loss = (codec.decoder(posterior.sample(generator)) - images).square().mean()
        loss = loss + 1e-6 * posterior.divergence().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        error = (codec.decode(codec.encode(images)) - images).square().mean()
    assert float(error) < 0.3 * float(images.square().mean())


def test_divergence_is_that_of_gaussians() -> None:
    mean, deviation = torch.tensor([[[[0.7]]]]), 1.3
    posterior = Posterior(mean, torch.full_like(mean, 2.0).log() * 0 + 2.0 * torch.tensor(deviation).log())
    own = torch.distributions.Normal(mean, deviation)
    expected = torch.distributions.kl_divergence(own, torch.distributions.Normal(0.0, 1.0)).flatten()
    torch.testing.assert_close(posterior.divergence(), expected)


def test_samples_have_the_stated_moments() -> None:
    posterior = Posterior(torch.full((1, 1, 100, 100), 2.0), torch.full((1, 1, 100, 100), -2.0))
    drawn = posterior.sample(torch.Generator().manual_seed(0))
    assert float(drawn.mean()) == pytest.approx(2.0, abs=0.02)
    assert float(drawn.std()) == pytest.approx(0.3679, rel=0.03)


def test_calibration_gives_unit_latents_and_a_linear_look(codec: Autoencoder) -> None:
    images = torch.rand(6, 3, 16, 16, generator=torch.Generator().manual_seed(2)) * 2 - 1
    codec.calibrate(images)
    assert float(codec.encode(images).detach().std()) == pytest.approx(1.0, rel=1e-4)
    look = codec.preview(codec.encode(images))
    assert look.shape == (6, 4, 4, 3)
    small = (torch.nn.functional.avg_pool2d(images, 4).permute(0, 2, 3, 1) + 1) * 127.5
    guess = torch.from_numpy(look).float()
    assert float((guess - small).square().mean()) < float((small - small.mean(dim=(0, 1, 2))).square().mean())
