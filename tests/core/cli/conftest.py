from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.cli import main
from tests.core.models.mixture_model import install_mixture


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command line went."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], noisette_home: Path) -> Run:
    """Runs a command line in this process, in a home with two models of the user's own."""
    install_mixture(noisette_home / "models")
    install_mixture(noisette_home / "models", "planner-mixture", plans=True)

    def go(*arguments: object) -> Ran:
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return go
