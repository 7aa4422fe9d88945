"""Torch without the parts that pictures don't use: each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

PICTURE = """
import sys
from pathlib import Path
from core.engine import Engine
from core.jobs.event import Done, Failed
from core.jobs.torch_parts import PARTS
from core.requests import ImageRequest
with Engine(home=Path(sys.argv[1])) as engine:
    mailbox, ends = engine.subscribe(), []
    engine.submit(ImageRequest("a red cube", steps=2))
    while not ends:
        ends = [event for event in mailbox.wait() if isinstance(event, Done | Failed)]
    assert isinstance(ends[0], Done), ends
assert PARTS.waiting() == PARTS.names, set(PARTS.names) - set(PARTS.waiting())
"""

WHOLE = """
from core.jobs.torch_parts import PARTS, complete_torch, import_torch
import_torch()
import sys, torch
assert PARTS.waiting() == PARTS.names
torch.Generator().manual_seed(1)
complete_torch()
assert PARTS.waiting() == ()
print(*sorted(sys.modules))
picture, kernel = torch.empty(2, 3, 8, 8, device="meta"), torch.empty(4, 3, 3, 3, device="meta")
assert torch.nn.functional.conv2d(picture, kernel).shape == (2, 4, 6, 6)
assert torch.export.export(torch.nn.Linear(2, 3), (torch.zeros(1, 2),)).graph_signature.user_outputs
assert torch.compile(lambda x: x.sin() + 1, backend="eager")(torch.zeros(1)).item() == 1.0
assert torch.Generator().manual_seed(1).initial_seed() == 1
"""

EACH = """
import sys
from core.jobs.torch_parts import PARTS, import_torch
import_torch()
import torch
name = sys.argv[1]
assert "__builtins__" in dir(sys.modules[name])
assert name not in PARTS.waiting()
"""

OTHER_WORK = """
from core.jobs.lookup import find_task
from core.jobs.torch_parts import PARTS
from core.requests import ImageRequest, TrainRequest
find_task(ImageRequest("a cube"))
assert PARTS.waiting() == PARTS.names
find_task(TrainRequest.__new__(TrainRequest))
assert PARTS.waiting() == ()
"""

PARTS = (
    "torch._prims",
    "torch._refs",
    "torch._decomp",
    "torch._meta_registrations",
    "torch._export",
    "torch.export",
    "torch.distributions",
    "torch.utils.data",
    "unittest.mock",
)


def run(code: str, *words: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_picture_is_made_without_them(tmp_path: Path) -> None:
    run(PICTURE, str(tmp_path))


def test_completed_it_is_all_that_an_import_of_torch_brings() -> None:
    plain = run("import sys, torch; print(*sys.modules)").split()
    assert sorted(set(plain) - set(run(WHOLE).split())) == []


@pytest.mark.parametrize("name", PARTS)
def test_each_comes_by_itself_when_it_is_asked_for(name: str) -> None:
    run(EACH, name)


def test_other_work_than_pictures_has_all_of_torch() -> None:
    run(OTHER_WORK)
