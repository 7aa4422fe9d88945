"""Settings of the whole suite: one thread, no screen, and a home of its own for every test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Before torch or Qt is imported anywhere: both read these once.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

settings.register_profile(
    "noisette",
    deadline=None,
    max_examples=50,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("noisette")


@pytest.fixture(autouse=True)
def noisette_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user-data directory of this test alone, so that none reads or writes the developer's own history."""
    home = tmp_path / "noisette-home"
    monkeypatch.setenv("NOISETTE_HOME", str(home))
    return home


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `gpu` run where torch finds one; nothing else is ever skipped."""
    marked = [item for item in items if item.get_closest_marker("gpu")]
    if not marked:
        return
    import torch

    if not torch.cuda.is_available() and not torch.backends.mps.is_available():
        for item in marked:
            item.add_marker(pytest.mark.skip(reason="no GPU here"))
