"""Opening torch's library ahead of its import: in processes of their own, since a library opens once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.jobs.torch_library import open_library

ROOT = Path(__file__).resolve().parents[3]


def run(code: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    env.pop("OMP_WAIT_POLICY", None)
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_it_opens_the_library_and_torch_is_then_imported_as_ever() -> None:
    code = (
        "import sys\n"
        "from core.jobs.torch_library import open_library\n"
        "print(open_library(), 'torch' in sys.modules)\n"
        "import torch\n"
        "print(float(torch.arange(3.0).sum()))\n"
    )
    opens = os.name == "posix"
    assert run(code).splitlines() == [f"{opens} False", "3.0"]


def test_other_threads_go_on_meanwhile() -> None:
    code = (
        "import threading, time\n"
        "from core.jobs.torch_library import open_library\n"
        "began, ticks = threading.Event(), []\n"
        "def work():\n"
        "    began.set(); open_library()\n"
        "thread = threading.Thread(target=work); thread.start(); began.wait()\n"
        "while thread.is_alive(): ticks.append(time.perf_counter())\n"
        "print(len(ticks) > 100)\n"
    )
    assert run(code) == "True"


def test_it_settles_how_idle_threads_wait() -> None:
    code = (
        "import os\n"
        "from core.jobs.torch_library import open_library\n"
        "open_library()\n"
        "print(os.environ['OMP_WAIT_POLICY'])\n"
    )
    assert run(code) == "PASSIVE"


def test_where_torch_is_imported_there_is_nothing_to_open() -> None:
    import torch

    assert torch is not None
    assert open_library()


def test_without_torch_it_says_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert not open_library()
