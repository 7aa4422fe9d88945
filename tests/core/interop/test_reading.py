"""Every tool's file in every container, and what is said of files that hold nothing or harm."""

from __future__ import annotations

import io
import json
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.artifacts.image import save_picture
from core.interop.imported import ImportedError, Tool
from core.interop.reading import read_settings, read_text
from core.requests import CUSTOM, GridSettings
from tests.core.artifacts.recipes import picture, recipe
from tests.core.interop import foreign


@pytest.mark.parametrize("name", foreign.FILES)
def test_each_tool_is_known_in_each_container(name: str, tmp_path: Path) -> None:
    tool, make = foreign.FILES[name]
    octets = make()
    imported = read_settings(octets)
    assert imported.tool.value == tool
    assert imported.settings.prompt
    assert imported.settings.steps
    assert imported.settings.seed
    (tmp_path / "file").write_bytes(octets)
    assert read_settings(tmp_path / "file") == imported


@pytest.mark.parametrize("tool", ["a1111", "comfyui", "novelai", "swarmui"])
def test_the_container_changes_nothing(tool: str) -> None:
    files = [make for name, (_, make) in foreign.FILES.items() if name.startswith(tool) and "workflow" not in name]
    first, *others = [read_settings(make()) for make in files]
    assert others
    assert all(other.settings == first.settings and other.unmapped == first.unmapped for other in others)


def test_our_own_picture_gives_its_whole_request(tmp_path: Path) -> None:
    made = recipe(
        prompt="{red|blue} cube", time_grid=CUSTOM, grid=GridSettings(handles=((0.0, 1.0), (0.5, 0.4), (1.0, 0.0)))
    )
    save_picture(tmp_path / "ours.png", picture(), made)
    imported = read_settings(tmp_path / "ours.png")
    assert imported.tool is Tool.NOISETTE
    assert imported.request == made.asked()
    assert (imported.unmapped, imported.remarks) == ((), ())


def test_a_recipe_that_can_not_be_read_leaves_the_infotext_and_says_so() -> None:
    octets = foreign.png(noisette='{"schema": 99}', parameters=foreign.INFOTEXT)
    imported = read_settings(octets)
    assert imported.tool is Tool.A1111
    assert any("schema 99" in remark for remark in imported.remarks)


def test_text_after_the_pixels_is_found() -> None:
    octets = foreign.png()
    chunk = b"tEXtparameters\0" + foreign.INFOTEXT.encode()
    late = len(chunk) - 4, chunk, zlib.crc32(chunk)
    end = octets.rindex(b"IEND") - 4
    moved = octets[:end] + late[0].to_bytes(4, "big") + late[1] + late[2].to_bytes(4, "big") + octets[end:]
    assert read_settings(moved).settings.seed == 1


def test_utf8_in_a_latin_chunk_is_read_as_meant() -> None:
    octets = foreign.png(Software="NovelAI", Comment=json.dumps({"prompt": "x", "steps": 3}), Description="x")
    text = json.dumps({"prompt": "猫", "steps": 3}, ensure_ascii=False).encode()
    chunk = b"tEXtComment\0" + text
    at = octets.index(b"tEXtComment") - 4
    length = int.from_bytes(octets[at : at + 4], "big") + 12
    wrong = len(text) + 8, chunk, zlib.crc32(chunk)
    swapped = octets[:at] + wrong[0].to_bytes(4, "big") + wrong[1] + wrong[2].to_bytes(4, "big") + octets[at + length :]
    assert read_settings(swapped).settings.prompt == "猫"


def test_a_picture_without_settings_says_what_was_looked_for() -> None:
    with pytest.raises(ImportedError, match="holds no settings of Noisette, A1111"):
        read_settings(foreign.png())
    with pytest.raises(ImportedError, match="holds no settings"):
        read_settings(foreign.png(Comment="made with a camera", Software="Camera"))


def test_what_is_no_picture_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ImportedError, match="not a PNG, JPEG or WebP"):
        read_settings(b"no picture")
    with pytest.raises(ImportedError, match="can't be read"):
        read_settings(tmp_path / "gone.png")
    with pytest.raises(ImportedError, match="is a folder"):
        read_settings(tmp_path)
    bitmap = io.BytesIO()
    foreign.blank().save(bitmap, format="BMP")
    with pytest.raises(ImportedError, match="not a PNG, JPEG or WebP"):
        read_settings(bitmap.getvalue())


def test_a_chunk_that_unpacks_to_a_flood_is_refused() -> None:
    info = PngInfo()
    info.add_text("parameters", "a" * (8 << 20), zip=True)
    octets = io.BytesIO()
    Image.new("RGB", (8, 8)).save(octets, format="PNG", pnginfo=info)
    assert len(octets.getvalue()) < 20_000
    with pytest.raises(ImportedError, match="can't be read"):
        read_settings(octets.getvalue())


HOSTILE = {
    "deep": "[" * 200_000,
    "deep object": '{"1":' * 100_000,
    "digits": '{"3": ' + "9" * 10_000 + "}",
    "not a number": "NaN",
    "cut": '{"3": {"class_type": "KSam',
    "list": "[]",
    "text": '"KSampler"',
    "empty": "{}",
    "null nodes": '{"1": null, "2": 3, "nodes": 7}',
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("key", ["prompt", "workflow", "invokeai_metadata", "sd_metadata", "Comment", "noisette"])
def test_hostile_json_is_one_sentence(key: str, name: str) -> None:
    with pytest.raises(ImportedError) as caught:
        read_settings(foreign.png(**{key: HOSTILE[name]}))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@given(st.binary(max_size=400))
def test_any_comment_is_read_or_refused(comment: bytes) -> None:
    for code in (b"UNICODE\0", b"ASCII\0\0\0", b""):
        assert foreign.refusal(read_settings, foreign.with_comment("JPEG", code + comment)) != ""


@given(st.integers(0, 2**32), st.binary(min_size=1, max_size=6))
def test_a_damaged_file_is_read_or_refused(place: int, patch: bytes) -> None:
    octets = foreign.FILES["a1111-jpeg" if place % 2 else "comfyui-png"][1]()
    at = place % len(octets)
    assert foreign.refusal(read_settings, octets[:at] + patch + octets[at + len(patch) :]) != ""


def test_pasted_texts() -> None:
    assert read_text(foreign.INFOTEXT).tool is Tool.A1111
    assert read_text(json.dumps(foreign.GRAPH)).tool is Tool.COMFYUI
    assert read_text(json.dumps({"prompt": foreign.GRAPH})).tool is Tool.COMFYUI
    assert read_text(json.dumps(foreign.INVOKEAI)).tool is Tool.INVOKEAI
    assert read_text(json.dumps(foreign.SD_METADATA)).tool is Tool.INVOKEAI
    assert read_text(json.dumps(foreign.NOVELAI_COMMENT)).tool is Tool.NOVELAI
    assert read_text(json.dumps(foreign.SWARMUI)).tool is Tool.SWARMUI
    with pytest.raises(ImportedError):
        read_text("a red cube")
    with pytest.raises(ImportedError):
        read_text('{"some": "thing"}')
