"""Prompts and seeds for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

ANY = st.one_of(st.text(), st.text(alphabet="ab :|()[]{}->→\\0.4", max_size=40))
SEEDS = st.integers(0, 2**63 - 1)
