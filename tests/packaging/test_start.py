"""What start.py makes of its arguments, and that nothing but the standard library carries it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from setup_steps.errors import SetupError
from setup_steps.launch import has_display, window_libraries
from setup_steps.main import Wish, read_wish
from setup_steps.places import find_places

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
START = PACKAGING / "start.py"


def test_only_the_standard_library_is_imported() -> None:
    files = [START, *sorted((PACKAGING / "setup_steps").glob("*.py"))]
    assert len(files) > 8
    allowed = set(sys.stdlib_module_names) | {"setup_steps"}
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.partition(".")[0] for name in names} <= allowed, f"{file.name}:{getattr(node, 'lineno', 0)}"


def test_an_older_python_can_read_as_far_as_the_version_check() -> None:
    ast.parse(START.read_text(encoding="utf-8"), feature_version=(3, 7))
    first_import_of_ours = START.read_text(encoding="utf-8").index("from setup_steps")
    assert START.read_text(encoding="utf-8").index("sys.version_info < (3, 11)") < first_import_of_ours


@pytest.mark.parametrize(
    ("arguments", "wish"),
    [
        ([], Wish("", "studio")),
        (["test"], Wish("", "test")),
        (["--torch=cpu", "test"], Wish("cpu", "test")),
        (["--torch", "cuda"], Wish("cuda", "studio")),
        (["generate", "a red cube", "--torch=x"], Wish("", "cli", ("generate", "a red cube", "--torch=x"))),
        (["generate", "--help"], Wish("", "cli", ("generate", "--help"))),
        (["--help"], Wish("", "help")),
    ],
)
def test_our_options_stand_before_the_command(arguments: list[str], wish: Wish) -> None:
    assert read_wish(arguments, {}) == wish


def test_the_environment_chooses_torch_and_the_option_overrules_it() -> None:
    assert read_wish(["models"], {"NOISETTE_TORCH": "cpu"}).torch == "cpu"
    assert read_wish(["--torch=cuda", "models"], {"NOISETTE_TORCH": "cpu"}).torch == "cuda"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--colour"], "--colour is not an option"),
        (["--torch"], "--torch needs a value"),
        (["--torch=rocket"], "rocket is not a build of torch"),
        (["test", "-k", "x"], "-k can't follow test"),
    ],
)
def test_a_wrong_argument_is_named(arguments: list[str], sentence: str) -> None:
    with pytest.raises(SetupError, match=sentence) as caught:
        read_wish(arguments, {})
    assert caught.value.exit_code == 2


def test_each_command_installs_what_it_needs() -> None:
    assert read_wish([], {}).extras == frozenset()
    assert read_wish(["generate", "x"], {}).extras == frozenset()
    assert read_wish(["train", "tabletop"], {}).extras == {"train"}
    assert read_wish(["data", "stickers"], {}).extras == {"train"}
    assert read_wish(["evaluate", "tabletop"], {}).extras == {"train"}
    assert read_wish(["test"], {}).extras == {"test"}


def test_it_runs_from_any_folder_and_sets_nothing_up_for_help(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-S", str(START), "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "start.py test" in done.stdout
    assert list(tmp_path.iterdir()) == [tmp_path / "noisette-home"] or not list(tmp_path.iterdir())


def test_a_wrong_option_is_one_line_and_no_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(START), "--torch=rocket"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr == "start.py: --torch=rocket is not a build of torch; give cpu, cuda, an index's URL or a wheel\n"
    )


def test_the_repository_is_found_from_the_file() -> None:
    places = find_places()
    assert places.repository == PACKAGING.parent
    assert places.project.is_file()
    assert places.constraints.is_file()


@pytest.mark.parametrize(
    ("platform", "env", "expected"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_a_display_is_known(platform: str, env: dict[str, str], expected: bool) -> None:
    assert has_display(platform, env) is expected


def test_only_the_display_in_use_asks_for_libraries() -> None:
    assert window_libraries({}) == {}
    assert "libxcb-cursor.so.0" in window_libraries({"DISPLAY": ":0"})
    assert set(window_libraries({"WAYLAND_DISPLAY": "wayland-0"})) == {
        "libwayland-client.so.0",
        "libwayland-cursor.so.0",
    }
