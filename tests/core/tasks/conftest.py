from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.history.database import Database
from core.history.home import HomeFolder
from core.history.store import HistoryStore
from core.jobs.context import JobContext
from core.models.registry import ModelRegistry
from tests.core.models.mixture_model import install_mixture

ContextMaker = Callable[[str], JobContext]


@pytest.fixture
def context(tmp_path: Path) -> Iterator[ContextMaker]:
    """Contexts of jobs in one home with two models: "mixture" paints prompts, "planner" plans them first."""
    home = HomeFolder(tmp_path / "home")
    models = tmp_path / "models"
    install_mixture(models)
    install_mixture(models, "planner", plans=True)
    database = Database(home.database)
    history, registry = HistoryStore(home, database), ModelRegistry((models,))
    yield lambda job_id: JobContext(job_id, home.root, history, registry)
    database.close()
