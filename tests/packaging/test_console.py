"""What a set-up shows and what it keeps in the log."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from setup_steps.checks import run_all
from setup_steps.console import Console, condensed
from setup_steps.errors import SetupError
from setup_steps.system_packages import DRAWING, WAYLAND_WINDOWS, X11_WINDOWS, install_command, missing


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Collecting torch==2.13.0", "looking for torch"),
        ("  Downloading torch-2.13.0-cp311-none-manylinux.whl (190.1 MB)", "downloading torch (190.1 MB)"),
        ("  Using cached numpy-2.4.6-cp311-cp311-manylinux.whl (16 MB)", "reading numpy"),
        ("Processing /somewhere/torch-2.13.0-cp311.whl", "reading torch"),
        ("Installing collected packages: mpmath, torch", "unpacking 2 packages"),
        ("Installing collected packages: mpmath", "unpacking 1 package"),
        ("Requirement already satisfied: filelock in /x", "found filelock"),
        ("Setting up libgl1:amd64 (1.6.0-1) ...", "unpacking libgl1"),
        ("", ""),
        ("WARNING: something", ""),
    ],
)
def test_lines_are_condensed(line: str, words: str) -> None:
    assert condensed(line) == words


def run(console: Console, code: str, folder: Path) -> tuple[int, tuple[str, ...]]:
    return console.run([sys.executable, "-c", code], env=os.environ, cwd=folder)


def test_a_pipe_gets_plain_lines_and_the_log_everything(tmp_path: Path) -> None:
    screen = io.StringIO()
    console = Console(tmp_path / "state" / "start.log", screen)
    console.say("installing")
    outcome = run(console, "print('Collecting torch'); print('é detail'); raise SystemExit(3)", tmp_path)
    console.close()
    assert outcome == (3, ("Collecting torch", "é detail"))
    assert "\r" not in screen.getvalue()
    assert screen.getvalue().endswith("s] installing\n")
    log = (tmp_path / "state" / "start.log").read_text(encoding="utf-8")
    assert all(part in log for part in ("installing\n", "  Collecting torch\n", "  é detail\n", "$ "))


def test_a_terminal_has_one_changing_line_that_is_wiped(tmp_path: Path) -> None:
    screen = Terminal()
    console = Console(tmp_path / "start.log", screen)
    run(console, "print('Collecting torch')", tmp_path)
    console.say("done")
    console.close()
    assert "looking for torch" in screen.getvalue()
    assert screen.getvalue().rpartition("\r")[2].endswith("s] done\n")


def test_a_program_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    console = Console(tmp_path / "start.log", io.StringIO())
    with pytest.raises(SetupError, match="can't be started"):
        console.run([str(tmp_path / "nothing")], env={}, cwd=tmp_path)
    console.close()


def test_the_log_is_kept_from_start_to_start(tmp_path: Path) -> None:
    for word in ("first", "second"):
        console = Console(tmp_path / "start.log", io.StringIO())
        console.say(word)
        console.close()
    log = (tmp_path / "start.log").read_text(encoding="utf-8")
    assert log.index("first") < log.index("second")


def test_missing_libraries_and_programs_name_their_packages() -> None:
    there = {"libGL.so.1"}
    lacking = missing(
        {"libGL.so.1": "libgl1", "libEGL.so.1": "libegl1"},
        {"Xvfb": "xvfb"},
        loads=there.__contains__,
        finds=lambda program: program != "Xvfb",
    )
    assert lacking == {"libEGL.so.1": "libegl1", "Xvfb": "xvfb"}


def test_the_command_to_type_names_each_package_once() -> None:
    command = install_command(["libglib2.0-0", "libgl1", "libglib2.0-0"])
    assert command == ("sudo apt-get update && sudo apt-get install -y --no-install-recommends libgl1 libglib2.0-0")


def test_the_tables_cover_what_qt_links_to() -> None:
    """Read from the installed Qt itself: a newer one that links to more fails here."""
    platforms = Path(__import__("PySide6").__file__).parent / "Qt" / "plugins" / "platforms"
    known = {**DRAWING, **X11_WINDOWS, **WAYLAND_WINDOWS}
    base_system = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libxcb.so.1", "ld-linux-x86-64.so.2"}
    for plugin in ("libqxcb.so", "libqwayland.so", "libqoffscreen.so"):
        needed = needed_sonames(platforms / plugin)
        assert len(needed) > 3
        assert {name for name in needed if not name.startswith("libQt6")} <= set(known) | base_system


def needed_sonames(path: Path) -> set[str]:
    """The DT_NEEDED entries of a 64-bit little-endian ELF file (System V ABI, chapter 5)."""
    pt_load, pt_dynamic, dt_needed, dt_strtab = 1, 2, 1, 5
    data = path.read_bytes()
    assert data[:6] == b"\x7fELF\x02\x01"

    def word(offset: int, size: int) -> int:
        return int.from_bytes(data[offset : offset + size], "little")

    table, entry, count = word(0x20, 8), word(0x36, 2), word(0x38, 2)
    segments = [
        (word(at, 4), word(at + 8, 8), word(at + 16, 8), word(at + 32, 8))
        for at in range(table, table + entry * count, entry)
    ]

    def in_file(address: int) -> int:
        return next(o + address - v for kind, o, v, size in segments if kind == pt_load and v <= address < v + size)

    start, length = next((offset, size) for kind, offset, _, size in segments if kind == pt_dynamic)
    entries = [(word(at, 8), word(at + 8, 8)) for at in range(start, start + length, 16)]
    strings = in_file(next(value for tag, value in entries if tag == dt_strtab))
    names = [strings + value for tag, value in entries if tag == dt_needed]
    return {data[at : data.index(b"\0", at)].decode() for at in names}


def test_the_checks_stop_at_the_first_that_fails(tmp_path: Path) -> None:
    screen = io.StringIO()
    checks = (
        ("one: passes", ("-c", "")),
        ("two: fails", ("-c", "raise SystemExit(7)")),
        ("three: is not reached", ("-c", "open('reached', 'w')")),
    )
    assert run_all(Path(sys.executable), os.environ, tmp_path, checks, screen) == 7
    assert "== one: passes\n\n== two: fails\n\ntwo failed (exit 7), after 1 of 3 checks\n" in screen.getvalue()
    assert not (tmp_path / "reached").exists()


def test_the_checks_end_in_a_summary(tmp_path: Path) -> None:
    screen = io.StringIO()
    assert run_all(Path(sys.executable), os.environ, tmp_path, (("one: passes", ("-c", "")),), screen) == 0
    assert screen.getvalue().startswith("\n== one: passes\n\nall 1 checks passed in ")
