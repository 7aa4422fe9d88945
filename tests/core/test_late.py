"""Modules that run late, on a small package written for it."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.late import LateModules

Write = Callable[[str, str], None]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writes a module of the package `belated`; afterwards nothing of it is left."""
    monkeypatch.syspath_prepend(str(tmp_path))
    finders = list(sys.meta_path)

    def put(name: str, source: str) -> None:
        path = tmp_path / Path(*name.split("."))
        path = (
            path / "__init__.py" if name.count(".") == 0 or source.startswith("# package") else path.with_suffix(".py")
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)

    put("belated", "ran = []\n")
    yield put
    sys.meta_path[:] = finders
    for name in [name for name in sys.modules if name.partition(".")[0] == "belated"]:
        del sys.modules[name]


def test_it_runs_at_the_first_look_and_once(write: Write) -> None:
    write("belated.one", "import belated\nbelated.ran.append('one')\nvalue = 7\n")
    late = LateModules("belated.one")
    late.install()
    belated = importlib.import_module("belated")
    one = importlib.import_module("belated.one")
    assert belated.one is one
    assert belated.ran == []
    assert late.waiting() == ("belated.one",)
    assert one.value == one.value == 7
    assert belated.ran == ["one"]
    assert late.waiting() == ()
    assert sys.modules["belated.one"] is belated.one
    assert type(belated.one) is type(sys)
    with pytest.raises(AttributeError, match="no attribute 'none'"):
        one.none  # noqa: B018


def test_looking_for_files_runs_nothing(write: Write) -> None:
    write("belated.one", "import belated\nbelated.ran.append('one')\n")
    LateModules("belated.one").install()
    one = importlib.import_module("belated.one")
    assert one.__file__.endswith("one.py")
    assert importlib.import_module("belated").ran == []


def test_a_module_of_a_late_package_is_there_once(write: Write) -> None:
    write("belated.box", "# package\nfrom belated.box.lid import Lid\n")
    write("belated.box.lid", "import belated\nbelated.ran.append('lid')\nclass Lid: ...\n")
    LateModules("belated.box").install()
    importlib.import_module("belated.box")
    lid = importlib.import_module("belated.box.lid")
    assert importlib.import_module("belated").ran == ["lid"]
    assert importlib.import_module("belated.box").Lid is lid.Lid
    assert lid.__spec__ is not None
    assert lid.__spec__.origin is not None


def test_two_that_need_each_other_run_as_ever(write: Write) -> None:
    write("belated.one", "first = 1\nfrom belated import two\nvalue = two.first\n")
    write("belated.two", "first = 2\nfrom belated import one\nvalue = one.first\n")
    late = LateModules("belated.one", "belated.two")
    late.install()
    importlib.import_module("belated")
    late.bind()
    assert late.waiting() == ("belated.one", "belated.two")
    late.complete()
    assert late.waiting() == ()
    assert (sys.modules["belated.one"].value, sys.modules["belated.two"].value) == (2, 1)


def test_one_that_fails_says_so_each_time(write: Write) -> None:
    write("belated.one", "raise ImportError('no such luck')\n")
    late = LateModules("belated.one")
    late.install()
    one = importlib.import_module("belated.one")
    for _ in range(2):
        with pytest.raises(ImportError, match="no such luck"):
            one.value  # noqa: B018
        assert late.waiting() == ("belated.one",)


def test_names_of_nothing_are_no_fault(write: Write) -> None:
    assert write
    late = LateModules("belated.none", "belated.not.there")
    late.install()
    late.bind()
    late.complete()
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("belated.none")


def test_threads_that_look_at_once_see_it_whole(write: Write) -> None:
    write("belated.one", "import time, belated\nbelated.ran.append(1)\ntime.sleep(0.05)\nlast = 3\n")
    LateModules("belated.one").install()
    one = importlib.import_module("belated.one")
    seen: list[int] = []
    threads = [threading.Thread(target=lambda: seen.append(one.last)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [3] * 4
    assert importlib.import_module("belated").ran == [1]


def test_leading_comes_before_a_finder_that_puts_itself_first(write: Write) -> None:
    write("belated.one", "value = 1\n")
    late, before = LateModules("belated.one"), sys.meta_path

    class Forward:
        def find_spec(self, *_: object) -> None:
            return None

    forward = Forward()
    with late.leading():
        sys.meta_path.insert(0, forward)  # type: ignore[arg-type]
        assert sys.meta_path[:2] == [late, forward]
        importlib.import_module("belated.one")
    assert late.waiting() == ("belated.one",)
    assert sys.meta_path is before
    assert before[0] is forward
    assert late not in before
    assert sys.modules["belated.one"].value == 1
