from __future__ import annotations

import pytest
import torch

from core.networks.quantiser import DECAY, VectorQuantiser


def test_tokens_are_the_nearest_entries() -> None:
    torch.manual_seed(0)
    quantiser = VectorQuantiser(32, 3)
    latent = torch.randn(2, 3, 4, 5)
    tokens = quantiser.tokens(latent)
    expected = torch.cdist(latent.permute(0, 2, 3, 1).reshape(-1, 3), quantiser.codebook).argmin(dim=1).view(2, 4, 5)
    assert torch.equal(tokens, expected)
    assert torch.equal(quantiser.tokens(quantiser.vectors(tokens)), tokens)


def test_entries_follow_the_mean_of_those_that_choose_them() -> None:
    """van den Oord et al. 2017, eq. 6-8, by hand."""
    quantiser = VectorQuantiser(2, 1)
    quantiser.codebook.copy_(torch.tensor([[0.0], [10.0]]))
    quantiser.sums.copy_(quantiser.codebook)
    latent = torch.tensor([1.0, 2.0, 9.0, 12.0]).view(1, 1, 2, 2)
    quantiser.follow(latent, quantiser.tokens(latent), torch.Generator().manual_seed(0))
    counts = torch.full((2,), DECAY + (1 - DECAY) * 2.0)
    sums = torch.tensor([(1 - DECAY) * 3.0, DECAY * 10.0 + (1 - DECAY) * 21.0])
    torch.testing.assert_close(quantiser.codebook[:, 0], sums / counts)


def test_the_dead_are_put_where_vectors_are() -> None:
    quantiser = VectorQuantiser(4, 2)
    quantiser.codebook.fill_(100.0)
    quantiser.codebook[0] = 0.0
    quantiser.sums.copy_(quantiser.codebook)
    latent = torch.randn(1, 2, 8, 8, generator=torch.Generator().manual_seed(2))
    for step in range(600):
        quantiser.follow(latent, quantiser.tokens(latent), torch.Generator().manual_seed(step))
    use = quantiser.use(quantiser.tokens(latent))
    assert use.share == 1.0
    assert float(quantiser.codebook.abs().max()) < 4.0


def test_it_starts_with_clusters() -> None:
    centres = torch.tensor([[-8.0, 0.0], [8.0, 0.0], [0.0, 8.0]])
    vectors = centres.repeat(40, 1) + 0.1 * torch.randn(120, 2, generator=torch.Generator().manual_seed(1))
    quantiser = VectorQuantiser(12, 2)
    quantiser.start(vectors, torch.Generator().manual_seed(0))
    assert float(torch.cdist(vectors, quantiser.codebook).amin(dim=1).mean()) < 0.15


def test_use_of_a_codebook() -> None:
    quantiser = VectorQuantiser(8, 2)
    use = quantiser.use(torch.tensor([0, 1, 2, 3] * 5))
    assert use.share == 0.5
    assert use.perplexity == pytest.approx(4.0)
