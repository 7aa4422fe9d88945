"""Broken installs are noticed, mended and not mistaken for whole ones; the stamp; the lock."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setup_steps import environment, stamp
from setup_steps.errors import SetupError
from setup_steps.install import pinned, release
from setup_steps.lock import hold
from setup_steps.places import Places

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A repository with requirements and the bare bones of an environment."""
    places = Places(tmp_path / "repository")
    places.constraints.parent.mkdir(parents=True)
    places.project.write_text("[project]\n")
    places.constraints.write_text("torch==2.13.0\n")
    (places.venv / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    return places


@pytest.fixture(scope="module")
def stamp_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stamp") / "stamp.json"


def distribution(site_packages: Path, name: str) -> Path:
    """An installed package of one module, as pip leaves it."""
    info = site_packages / f"{name}-1.0.dist-info"
    info.mkdir()
    (site_packages / f"{name}.py").write_bytes(b"x = 1\n")
    (info / "METADATA").write_text(f"Name: {name}\n")
    size = (info / "METADATA").stat().st_size
    rows = [f"{name}.py,,6", f"{info.name}/METADATA,,{size}", f"__pycache__/{name}.pyc,,", f"{info.name}/RECORD,,"]
    (info / "RECORD").write_text("\n".join(rows) + "\n")
    return info


def test_a_whole_distribution_is_left_alone(places: Places) -> None:
    info = distribution(places.site_packages, "whole")
    assert environment.mend(places.site_packages) == ()
    assert info.is_dir()


@pytest.mark.parametrize("damage", ["no RECORD", "empty RECORD", "no METADATA", "file missing", "file cut short"])
def test_a_half_installed_distribution_is_forgotten(places: Places, damage: str) -> None:
    info = distribution(places.site_packages, "half")
    module = places.site_packages / "half.py"
    match damage:
        case "no RECORD":
            (info / "RECORD").unlink()
        case "empty RECORD":
            (info / "RECORD").write_text("")
        case "no METADATA":
            (info / "METADATA").unlink()
        case "file missing":
            module.unlink()
        case _:
            module.write_bytes(b"x")
    distribution(places.site_packages, "other")
    assert environment.mend(places.site_packages) == ("half",)
    assert [path.name for path in places.site_packages.glob("*.dist-info")] == ["other-1.0.dist-info"]


def test_pip_s_own_leftovers_go(places: Places) -> None:
    (places.site_packages / "~orch").mkdir()
    environment.mend(places.site_packages)
    assert not (places.site_packages / "~orch").exists()


def test_the_tests_own_environment_is_whole() -> None:
    import numpy

    site_packages = Path(numpy.__file__).parents[1]
    records = sorted(site_packages.glob("numpy-*.dist-info"))
    assert [environment._complete(info) for info in records] == [True]


def test_stray_settings_do_not_reach_children(places: Places) -> None:
    given_env = {
        "PYTHONPATH": "/elsewhere",
        "PYTHONHOME": "/x",
        "PIP_TARGET": "/y",
        "HOME": "/h",
        "OMP_WAIT_POLICY": "ACTIVE",
    }
    child = environment.child_environment(places, given_env)
    assert child == {"HOME": "/h", "PYTHONPATH": str(places.repository), "OMP_WAIT_POLICY": "ACTIVE"}


def whole(places: Places) -> stamp.Stamp:
    return stamp.Stamp(stamp.digest(places), ("test",), "cpu", stamp.installed(places))


def test_a_stamp_survives_the_disk(places: Places) -> None:
    stamp.write(places.stamp, whole(places))
    assert stamp.read(places.stamp) == whole(places)
    assert [path.name for path in places.venv.iterdir() if path.is_file()] == [places.stamp.name]


@given(
    text=st.text() | st.sampled_from(["{}", "[]", "null", '{"digest": 1, "extras": null, "torch": "", "packages": []}'])
)
def test_no_text_makes_reading_a_stamp_fail(stamp_path: Path, text: str) -> None:
    stamp_path.write_text(text, encoding="utf-8")
    assert stamp.read(stamp_path) is None


def test_a_stamp_serves_what_it_holds(places: Places) -> None:
    distribution(places.site_packages, "one")
    kept = whole(places)
    assert stamp.serves(kept, places, frozenset(), "")
    assert stamp.serves(kept, places, frozenset({"test"}), "cpu")
    assert not stamp.serves(None, places, frozenset(), "")
    assert not stamp.serves(kept, places, frozenset({"train"}), "")
    assert not stamp.serves(kept, places, frozenset(), "cuda")


def test_a_stamp_is_void_once_anything_has_changed(places: Places) -> None:
    info = distribution(places.site_packages, "one")
    kept = whole(places)
    (info / "RECORD").unlink()
    (info / "METADATA").unlink()
    info.rmdir()
    assert not stamp.serves(kept, places, frozenset(), "")
    distribution(places.site_packages, "one")
    assert stamp.serves(kept, places, frozenset(), "")
    places.constraints.write_text("torch==2.14.0\n")
    assert not stamp.serves(kept, places, frozenset(), "")


def test_pins_and_versions_are_read() -> None:
    assert pinned("# torch\nsetuptools==84.2.1\ntorch==2.13.0\n", "torch") == "2.13.0"
    assert [release(version) for version in ("2.13.0+cpu", "2.6.0a0+git", "")] == [(2, 13, 0), (2, 6, 0), ()]
    with pytest.raises(SetupError, match="no line torch=="):
        pinned("numpy==2.4.6\n", "torch")


def test_the_shipped_constraints_pin_what_start_reads() -> None:
    text = (PACKAGING / "constraints.txt").read_text()
    assert release(pinned(text, "torch")) >= (2, 6)
    assert pinned(text, "setuptools")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert all(line.count("==") == 1 and "+" not in line for line in lines)


HOLDER = """
import subprocess, sys
from pathlib import Path
from setup_steps.lock import hold

with hold(Path(sys.argv[1]), lambda: print("waiting", flush=True)) as descriptor:
    print("held", flush=True)
    if sys.argv[2] == "child":
        child = subprocess.Popen(["cat"], stdin=sys.stdin, stdout=subprocess.DEVNULL, pass_fds=(descriptor,))
        print("started", flush=True)
    sys.stdin.read()
"""


def holder(lock: Path, kind: str) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": str(PACKAGING)}
    command = [sys.executable, "-c", HOLDER, str(lock), kind]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> None:
    process.communicate()


def test_a_second_set_up_waits_and_a_killed_one_leaves_no_lock(tmp_path: Path) -> None:
    first, second = holder(tmp_path / "lock", "alone"), None
    try:
        assert line(first) == "held"
        second = holder(tmp_path / "lock", "alone")
        assert line(second) == "waiting"
        first.kill()
        assert line(second) == "held"
    finally:
        for process in (first, second):
            if process is not None:
                end(process)


def test_a_child_that_outlives_its_killed_parent_keeps_the_lock(tmp_path: Path) -> None:
    first = holder(tmp_path / "lock", "child")
    assert (line(first), line(first)) == ("held", "started")
    first.kill()
    first.wait()
    second = holder(tmp_path / "lock", "alone")
    assert line(second) == "waiting"
    end(first)
    assert line(second) == "held"
    end(second)


def test_the_lock_is_free_again_after_use(tmp_path: Path) -> None:
    waits: list[bool] = []
    for _ in range(2):
        with hold(tmp_path / "lock", lambda: waits.append(True)):
            pass
    assert waits == []


def test_qts_python_sources_lie_as_files() -> None:
    """Else its library unpacks and compiles them at each start."""
    code = "import shiboken6.Shiboken, shibokensupport; print(shibokensupport.__file__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()).is_file()
