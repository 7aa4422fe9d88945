from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from core.evaluation.ssim import ms_ssim, scales_for, ssim


def pair(size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Two pictures by formula, (1, 3, size, size) float64: the second has moved, darker and partly other content."""
    y, x = np.mgrid[0:size, 0:size] / size
    first = [0.5 + 0.4 * np.sin(9 * x + 5 * y * y), 0.5 + 0.3 * np.cos(14 * x * y), x * (1 - y)]
    second = [
        0.5 + 0.4 * np.sin(9 * x + 5 * y * y + 0.4),
        0.45 + 0.3 * np.cos(14 * x * y),
        np.where((x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.1, 0.9, x * (1 - y)),
    ]
    return torch.from_numpy(np.stack(first))[None], torch.from_numpy(np.stack(second))[None]


def test_one_scale_is_scikit_images() -> None:
    """structural_similarity of scikit-image 0.26.0 with gaussian_weights, sigma=1.5, use_sample_covariance=False."""
    assert float(ssim(*pair(64))[0].mean()) == pytest.approx(0.7501362201149827, abs=1e-12)
    assert float(ssim(*pair(192))[0].mean()) == pytest.approx(0.8767006735314281, abs=1e-12)


def test_it_is_the_formula_with_scipys_window() -> None:
    a, b = (value[0].numpy() for value in pair(40))
    blur = [gaussian_filter(v, (0, 1.5, 1.5), truncate=3.5) for v in (a, b, a * a, b * b, a * b)]
    m1, m2, aa, bb, ab = (value[:, 5:-5, 5:-5] for value in blur)
    expected = (2 * m1 * m2 + 1e-4) * (2 * (ab - m1 * m2) + 9e-4)
    expected /= (m1**2 + m2**2 + 1e-4) * (aa - m1**2 + bb - m2**2 + 9e-4)
    torch.testing.assert_close(ssim(*pair(40))[0][0], torch.from_numpy(expected.mean(axis=(1, 2))))


@pytest.mark.parametrize(("scales", "expected"), [(5, 0.7122001590061399), (3, 0.7772127480662934)])
def test_several_scales_are_those_of_pytorch_msssim(scales: int, expected: float) -> None:
    """ms_ssim of pytorch-msssim 1.0.0, whose window is float32; three scales by its `weights`."""
    assert float(ms_ssim(*pair(192), scales)) == pytest.approx(expected, abs=1e-6)


def test_small_pictures_have_fewer_scales() -> None:
    assert [scales_for(side) for side in (11, 64, 128, 176)] == [1, 3, 4, 5]
    first, second = pair(64)
    torch.testing.assert_close(ms_ssim(first, second), ms_ssim(first, second, 3))
    torch.testing.assert_close(ms_ssim(first, first), torch.ones(1, dtype=torch.float64))
    torch.testing.assert_close(ms_ssim(first, 1.0 - first), torch.zeros(1, dtype=torch.float64))
