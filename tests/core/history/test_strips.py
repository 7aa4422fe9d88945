from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.compare.looks import lane_looks, read_looks, save_looks
from core.history.strips import HELD, StripShelf

NOISE = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)


def race(folder: Path, name: str, *, made: float) -> Path:
    """A race of two lanes with their pictures, and when it was made."""
    record = folder / f"{name}.json"
    for lane in (0, 1):
        strip = lane_looks(record, lane)
        save_looks(strip, [NOISE, NOISE])
        os.utime(strip, (made, made))
        (folder / f"{name}-lane-{lane + 1}.png").write_bytes(b"picture")
    record.write_text("{}")
    return record


def left(folder: Path) -> set[str]:
    """Races that have all their strips."""
    return {path.stem for path in folder.glob("*.json") if all(lane_looks(path, lane).is_file() for lane in (0, 1))}


def test_the_oldest_races_strips_go_first_and_nothing_else_does(tmp_path: Path) -> None:
    for made, name in enumerate(("a", "b", "c"), 1000):
        race(tmp_path, name, made=made)
    shelf = StripShelf(tmp_path, 10**9)
    assert shelf.make_room() == 0
    shelf.set_budget(shelf.used() - 1)
    assert left(tmp_path) == {"b", "c"}
    shelf.hold(tmp_path / "b.json").release()
    shelf.set_budget(shelf.used() - 1)
    assert left(tmp_path) == {"b"}, "what was shown last stays"
    assert len(read_looks(lane_looks(tmp_path / "b.json", 0), 2)) == 2
    shelf.set_budget(0)
    assert (shelf.used(), len(list(tmp_path.glob("*.json"))), len(list(tmp_path.glob("*-lane-?.png")))) == (0, 3, 6)


def test_what_is_held_stays_whoever_holds_it(tmp_path: Path) -> None:
    """Here, or in another process, until that lets go or is killed."""
    for made, name in enumerate(("a", "b", "c"), 1000):
        race(tmp_path, name, made=made)
    shelf = StripShelf(tmp_path, 0)
    code = "import sys; from pathlib import Path; from core.history.strips import StripShelf; f = Path(sys.argv[1]);"
    code += "hold = StripShelf(f).hold(f / 'b.json'); print('held', flush=True); sys.stdin.read()"
    with (
        shelf.hold(tmp_path / "a.json"),
        subprocess.Popen(
            [sys.executable, "-c", code, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as other,
    ):
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        shelf.make_room()
        assert left(tmp_path) == {"a", "b"}
        other.kill()
    (hold,) = tmp_path.glob(f".*{HELD}")
    os.utime(hold, (0, 0))
    shelf.make_room()
    assert left(tmp_path) == set()
    assert not list(tmp_path.glob(".*"))


def test_a_kill_in_the_midst_leaves_whole_strips_for_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    race(tmp_path, "a", made=1000)
    race(tmp_path, "b", made=1001)
    whole, calls = Path.unlink, 0

    def unlink(path: Path, *, missing_ok: bool = False) -> None:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise KeyboardInterrupt
        whole(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink)
    shelf = StripShelf(tmp_path, 10**9)
    shelf._octets = shelf.used() // 2
    with pytest.raises(KeyboardInterrupt):
        shelf.make_room()
    monkeypatch.undo()
    assert left(tmp_path) == {"b"}
    shelf.make_room()
    assert left(tmp_path) == {"b"}
    assert shelf.used() == shelf._octets
