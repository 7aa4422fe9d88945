from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.datasets.stickers.tarballs import TarballError, inner_name, member, members
from tests.core.datasets.stickers.conftest import write_tarball

NAMES = st.text(st.characters(codec="ascii", categories=("L", "N"), include_characters="._-"), min_size=1, max_size=12)


@given(st.lists(NAMES.filter(lambda part: part.strip(".")), min_size=1, max_size=4))
def test_a_plain_name_keeps_its_parts(parts: list[str]) -> None:
    assert inner_name("package/" + "/".join(parts)) == "/".join(parts)


@given(st.lists(NAMES, max_size=3), st.lists(NAMES, max_size=3))
def test_no_name_leads_out(before: list[str], after: list[str]) -> None:
    with pytest.raises(TarballError, match="leads out"):
        inner_name("/".join(["package", *before, "..", *after]))


@pytest.mark.parametrize("name", ["/etc/passwd", "package", "other/a", "package\\..\\a", "package/a\0", ""])
def test_other_ways_out_are_refused_too(name: str) -> None:
    with pytest.raises(TarballError, match="leads out"):
        inner_name(name)


@given(st.dictionaries(NAMES.filter(lambda name: name.strip(".")), st.binary(max_size=40), min_size=1, max_size=5))
def test_what_was_packed_is_read(tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]) -> None:
    path = tmp_path_factory.mktemp("packed") / "a.tgz"
    write_tarball(path, files)
    assert dict(members(path)) == files


@given(st.data())
def test_a_cut_or_garbled_file_is_told_of(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("garbled") / "a.tgz"
    write_tarball(path, {"a": bytes(range(256)), "b": b"more"})
    whole = bytearray(path.read_bytes())
    if data.draw(st.booleans()):
        whole = whole[: data.draw(st.integers(0, len(whole) - 1))]
    else:
        whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(bytes(whole))
    try:
        found = dict(members(path))
    except TarballError:
        return
    # A flip among gzip's own notes does no harm.
    assert found == {"a": bytes(range(256)), "b": b"more"}


def test_a_link_is_no_file(tmp_path: Path) -> None:
    path = tmp_path / "a.tgz"
    with tarfile.open(path, "w:gz") as archive:
        link = tarfile.TarInfo("package/data.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        archive.addfile(tarfile.TarInfo("package/other"), io.BytesIO())
    assert member(path, "other") == b""
    with pytest.raises(TarballError, match=r"data\.json is a link"):
        member(path, "data.json")
    with pytest.raises(TarballError, match=r"holds no missing"):
        member(path, "missing")
