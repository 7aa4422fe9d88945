from __future__ import annotations

from pathlib import Path

import pytest
import torch

from core.errors import ModelError, RequestError
from core.networks.pca_codec import RMS, PcaCodec
from core.networks.weights import load_weights, save_weights


@pytest.fixture(scope="module")
def images() -> torch.Tensor:
    """Smooth random pictures, so that a few components hold most."""
    generator = torch.Generator().manual_seed(0)
    coarse = torch.rand(24, 3, 5, 5, generator=generator) * 2 - 1
    return torch.nn.functional.interpolate(coarse, size=(16, 16), mode="bilinear")


def test_all_components_give_the_picture_back(images: torch.Tensor) -> None:
    codec = PcaCodec.fit(images, 48, 4)
    torch.testing.assert_close(codec.decode(codec.encode(images)), images, rtol=0, atol=1e-4)


def test_few_components_are_the_best_linear_code(images: torch.Tensor) -> None:
    codec = PcaCodec.fit(images, 6, 4)
    patches = torch.nn.functional.pixel_unshuffle(images.double(), 4).permute(0, 2, 3, 1).reshape(-1, 48)
    centred = patches - patches.mean(dim=0)
    lost = torch.linalg.svdvals(centred)[6:].square().sum() / centred.numel()
    error = (codec.decode(codec.encode(images)).double() - images.double()).square().mean()
    torch.testing.assert_close(error, lost, rtol=1e-3, atol=1e-9)


def test_latents_are_centred_uncorrelated_and_of_the_stated_size(images: torch.Tensor) -> None:
    latent = PcaCodec.fit(images, 6, 4).encode(images).permute(1, 0, 2, 3).flatten(1).double()
    torch.testing.assert_close(latent.mean(dim=1), torch.zeros(6, dtype=torch.float64), rtol=0, atol=1e-4)
    covariance = latent @ latent.T / latent.shape[1]
    torch.testing.assert_close(covariance, covariance.diagonal().diag(), rtol=0, atol=1e-4)
    assert float(latent.square().mean().sqrt()) == pytest.approx(RMS, rel=1e-4)


def test_whitening_is_partial(images: torch.Tensor) -> None:
    codec = PcaCodec.fit(images, 6, 4)
    latent = codec.encode(images).permute(1, 0, 2, 3).flatten(1).std(dim=1)
    patch = (latent * codec.decode_weight.flatten(1).norm(dim=1)).double()
    ratio = latent.double() / patch.sqrt()
    torch.testing.assert_close(ratio, ratio.mean().expand(6), rtol=1e-3, atol=0)


def test_previews_are_the_decoded_picture(images: torch.Tensor) -> None:
    codec = PcaCodec.fit(images, 12, 4)
    look = codec.preview(codec.encode(images[:2]))
    assert look.shape == (2, 16, 16, 3)
    expected = (codec.decode(codec.encode(images[:2])).clamp(-1, 1) + 1) * 127.5
    torch.testing.assert_close(torch.from_numpy(look).permute(0, 3, 1, 2).float(), expected, rtol=0, atol=0.51)


def test_it_can_be_saved_and_found_again(images: torch.Tensor, tmp_path: Path) -> None:
    codec = PcaCodec.fit(images, 8, 4)
    save_weights(tmp_path / "codec.safetensors", codec.state_dict())
    again = PcaCodec.from_tensors(load_weights(tmp_path / "codec.safetensors").tensors)
    assert (again.channels, again.factor) == (8, 4)
    assert torch.equal(again.encode(images), codec.encode(images))


def test_what_does_not_fit_is_refused(images: torch.Tensor) -> None:
    codec = PcaCodec.fit(images, 8, 4)
    with pytest.raises(RequestError, match="18x16"):
        codec.encode(torch.zeros(1, 3, 16, 18))
    with pytest.raises(ModelError, match="49 channels"):
        PcaCodec.fit(images, 49, 4)
    with pytest.raises(ModelError, match="not a PCA codec's"):
        PcaCodec.from_tensors({"weight": torch.zeros(3)})
    with pytest.raises(ModelError, match="not a PCA codec's"):
        PcaCodec.from_tensors({"encode_weight": torch.zeros(8, 3, 4, 4)})
