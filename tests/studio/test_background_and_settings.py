from __future__ import annotations

import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.errors import NoisetteError
from studio.background import Background
from studio.settings import FILE, Settings


class OddError(NoisetteError):
    """For this test."""


def refuse() -> None:
    raise OddError("value, rule, remedy")


def test_work_is_done_elsewhere_and_its_result_comes_here(qtbot: QtBot) -> None:
    background, here = Background(), threading.get_ident()
    seen: list[tuple[int, int]] = []
    background.run(threading.get_ident, lambda there: seen.append((there, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0][0] != here
    assert seen[0][1] == here
    background.close()


def test_refusals_are_told_as_they_stand(qtbot: QtBot) -> None:
    background = Background()
    told: list[str] = []
    background.run(refuse, None, told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["value, rule, remedy"]
    background.close()


def test_what_nobody_expects_is_raised_in_the_window(qtbot: QtBot) -> None:
    background = Background()
    with qtbot.capture_exceptions() as caught:
        background.run(lambda: 1 // 0)
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is ZeroDivisionError
    background.close()


def test_after_the_close_nothing_runs(qtbot: QtBot) -> None:
    background = Background()
    background.close()
    ran: list[int] = []
    background.run(lambda: ran.append(1))
    qtbot.wait(1)
    assert ran == []


def test_one_thread_keeps_the_order(qtbot: QtBot) -> None:
    background = Background(threads=1)
    done: list[int] = []
    for number in range(20):
        background.run(lambda number=number: number, done.append)
    qtbot.waitUntil(lambda: len(done) == 20)
    assert done == list(range(20))
    background.close()


@pytest.mark.parametrize("value", ["light", True, 0.25, [1, 2], {"prompt": 'a "red" cube, no %1\n'}])
def test_settings_come_back_after_a_restart(tmp_path: Path, qtbot: QtBot, value: object) -> None:
    first = Settings(Background(threads=1), tmp_path / "home")
    first.keep("group/key", value)
    first.close()
    assert Settings(Background(threads=1), tmp_path / "home").value("group/key", type(value)()) == value
    del qtbot


def test_a_damaged_file_or_value_counts_as_absent(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("[group]\nkey=not json\nother=3\n\x00garbage", encoding="utf-8")
    settings = Settings(Background(threads=1), tmp_path)
    assert settings.value("group/key", "default") == "default"
    assert settings.value("group/other", "default") == "default"
    assert settings.value("group/other", 0) == 3
