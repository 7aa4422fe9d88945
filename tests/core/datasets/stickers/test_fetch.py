from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from core.datasets.stickers.fetch import FetchError, fetch, integrity, is_here, tarball
from core.datasets.stickers.packages import EMOJILIB, PACKAGES
from tests.core.datasets.stickers.conftest import write_tarball

ASSETS = Path(__file__).resolve().parents[4] / "assets" / "licences"


def install_npm(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """An npm that runs `script`, with the folder it should pack into as `where`."""
    folder.mkdir()
    npm = folder / "npm"
    head = f"#!{sys.executable}\nimport sys, time\nfrom pathlib import Path\n"
    npm.write_text(head + "where = Path(sys.argv[sys.argv.index('--pack-destination') + 1])\n" + script)
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_a_package_is_fetched_once_and_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "source.tgz"
    write_tarball(source, {"a": b"1"})
    package = replace(EMOJILIB, integrity=integrity(source), size_bytes=source.stat().st_size)
    install_npm(
        tmp_path / "bin",
        monkeypatch,
        "assert sys.argv[1:3] == ['pack', 'emojilib@4.0.3'] and '--ignore-scripts' in sys.argv\n"
        f"(where / 'emojilib-4.0.3.tgz').write_bytes(Path({str(source)!r}).read_bytes())\n"
        f"with open({str(tmp_path / 'calls')!r}, 'a') as file: file.write('x')\n",
    )
    folder = tmp_path / "kept"
    for _ in range(2):
        assert fetch(package, folder) == tarball(package, folder)
    assert (tmp_path / "calls").read_text() == "x"
    assert is_here(package, folder)
    assert [path.name for path in folder.iterdir()] == ["emojilib-4.0.3.tgz"]
    with pytest.raises(FetchError, match="not the pinned"):
        fetch(EMOJILIB, tmp_path / "other")
    assert not list((tmp_path / "other").iterdir())


def test_what_npm_says_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_npm(tmp_path / "bin", monkeypatch, "sys.exit('npm error network\\n no way out')")
    with pytest.raises(FetchError, match=r"could not fetch emojilib@4.0.3 \(exit 1: npm error network no way out\)"):
        fetch(EMOJILIB, tmp_path / "kept")


def test_no_npm_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FetchError, match="npm is not on this machine"):
        fetch(EMOJILIB, tmp_path / "kept")


def test_cancelling_ends_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_npm(tmp_path / "bin", monkeypatch, "time.sleep(60)")

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(EMOJILIB, tmp_path / "kept", stop)
    assert not list((tmp_path / "kept").iterdir())


def test_every_package_has_its_notice() -> None:
    for package in PACKAGES:
        notice = (ASSETS / package.notice).read_text(encoding="utf-8")
        assert f"{package.name} {package.version}" in " ".join(notice.split())
        assert {"MIT": "Permission is hereby granted", "Apache-2.0": "Apache License"}[package.licence] in notice
