"""Weighed sums: right for any weights, exact where a weight is 0 or 1, and always new tensors."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.diffusion.combination import combined

X = torch.randn(3, 5, generator=torch.Generator().manual_seed(0))
Y = torch.randn(3, 5, generator=torch.Generator().manual_seed(1))
WEIGHTS = st.floats(-20.0, 20.0)


@given(a=WEIGHTS, b=WEIGHTS)
def test_it_is_the_weighed_sum_to_float32s_last_digits(a: float, b: float) -> None:
    x, y = X.double(), Y.double()
    exact = a * x + b * y
    largest = (abs(a) + 1.0) * x.abs() + (abs(b) + 1.0) * y.abs()
    allowed = 2.0 * torch.finfo(torch.float32).eps * largest
    assert ((combined(X, a, Y, b).double() - exact).abs() <= allowed).all()


@pytest.mark.parametrize(("a", "b", "exact"), [(1.0, 0.0, X), (0.0, 1.0, Y)])
def test_what_stays_whole_stays_exact_in_a_new_tensor(a: float, b: float, exact: torch.Tensor) -> None:
    kept = X.clone(), Y.clone()
    total = combined(X, a, Y, b)
    assert torch.equal(total, exact)
    total.zero_()
    assert torch.equal(X, kept[0])
    assert torch.equal(Y, kept[1])
