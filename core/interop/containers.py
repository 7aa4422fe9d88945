"""The texts that a PNG, JPEG or WebP carries, by name, whatever way they were put in. Pillow parses the files.

A1111 and its kin: PNG text `parameters`; else EXIF UserComment. ComfyUI: PNG text `prompt`, `workflow`; else EXIF Model
and Make as "prompt:{...}", "workflow:{...}". Pillow bounds what a compressed chunk may unpack to.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any, cast

from PIL import Image, UnidentifiedImageError
from PIL.PngImagePlugin import PngImageFile, iTXt

from core.interop.imported import ImportedError

FORMATS = ("PNG", "JPEG", "WEBP")
MAX_FILE_OCTETS = 512 << 20
MAX_TEXT = 32 << 20
"""Characters of one text."""
LATE_TEXT_PIXELS = 64_000_000
"""PNGs may hold texts after their pixels; larger ones are not decoded to look for them."""
COMMENT = "comment"
"""The name of a text that has none of its own: UserComment, or a JPEG's comment."""

_EXIF_IFD, _USER_COMMENT = 0x8769, 0x9286
_NAMED_TAGS = (0x010D, 0x010E, 0x010F, 0x0110, 0x0131, 0x013B, 0x8298)
"""DocumentName, ImageDescription, Make, Model, Software, Artist, Copyright: where savers put "name:{...}"."""
_SOFTWARE = 0x0131
_NAMED = re.compile(r"\s*([A-Za-z][\w-]{0,40})\s*:\s*(?=[{\[])")


def picture_texts(source: Path | bytes) -> dict[str, str]:
    """Texts by name, in lower case for those of EXIF; {} where there are none.

    Raises ImportedError for what is no such picture, too large, or can't be read.
    """
    name = str(source) if isinstance(source, Path) else "the data"
    if isinstance(source, Path):
        _check_size(source)
    try:
        with Image.open(source if isinstance(source, Path) else io.BytesIO(source), formats=FORMATS) as image:
            texts = {**_exif_texts(image), **_own_texts(image)}
            if isinstance(image, PngImageFile) and not texts and image.width * image.height <= LATE_TEXT_PIXELS:
                image.load()
                texts = _own_texts(image)
    except FileNotFoundError as error:
        raise ImportedError(f"{name} does not exist; check the path") from error
    except UnidentifiedImageError as error:
        raise ImportedError(f"{name} is not a PNG, JPEG or WebP picture; give one of these") from error
    except (ImportedError, KeyboardInterrupt):
        raise
    except Exception as error:
        # A broken file makes Pillow's plug-ins raise whatever it makes them raise.
        raise ImportedError(f"{name} can't be read ({error}); take another copy of it") from error
    for key, text in texts.items():
        if len(text) > MAX_TEXT:
            raise ImportedError(f"{name} holds {len(text)} characters as {key[:40]!r}; at most {MAX_TEXT} are read")
    return texts


def _check_size(path: Path) -> None:
    try:
        octets = path.stat().st_size
    except OSError as error:
        raise ImportedError(f"{path} can't be read ({error.strerror}); check the path") from error
    if path.is_dir():
        raise ImportedError(f"{path} is a folder; give a picture")
    if octets > MAX_FILE_OCTETS:
        raise ImportedError(f"{path} is {octets >> 20} MiB; pictures of up to {MAX_FILE_OCTETS >> 20} MiB are read")


def _own_texts(image: Image.Image) -> dict[str, str]:
    """A PNG's text chunks; a JPEG's comment."""
    found: dict[str, str] = {}
    for key, value in cast("dict[Any, Any]", image.info).items():
        if not isinstance(key, str):
            continue
        if key == "comment" and isinstance(value, bytes):
            found[COMMENT] = _decoded(value)
        elif isinstance(value, str) and isinstance(image, PngImageFile):
            found[key] = value if isinstance(value, iTXt) else _latin_or_utf8(value)
    return found


def _latin_or_utf8(text: str) -> str:
    """A tEXt chunk is Latin-1 by its standard; some tools write UTF-8 all the same."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _exif_texts(image: Image.Image) -> dict[str, str]:
    try:
        exif = image.getexif()
        tags = {tag: exif.get(tag) for tag in _NAMED_TAGS}
        comment = exif.get_ifd(_EXIF_IFD).get(_USER_COMMENT) or exif.get(_USER_COMMENT)
    except Exception:
        # A broken EXIF block hides no chunk of the file's own.
        return {}
    found: dict[str, str] = {}
    for tag, value in tags.items():
        text = _tag_text(value)
        named = _NAMED.match(text)
        if named is not None:
            found[named[1].lower()] = text[named.end() :]
        elif tag == _SOFTWARE and text:
            found["Software"] = text
        elif text.lstrip().startswith("{"):
            found.setdefault(COMMENT, text)
    if comment:
        text = _user_comment(comment) if isinstance(comment, bytes) else str(comment)
        named = _NAMED.match(text)
        found[named[1].lower() if named else COMMENT] = text[named.end() :] if named else text
    return found


def _tag_text(value: object) -> str:
    if isinstance(value, bytes):
        return _decoded(value)
    # An ASCII tag's bytes come as Latin-1.
    return _latin_or_utf8(value).rstrip("\0") if isinstance(value, str) else ""


def _user_comment(comment: bytes) -> str:
    """Eight bytes that name the encoding, then the text. Source: Exif 2.3, table 9."""
    code, body = comment[:8], comment[8:]
    if code == b"UNICODE\0":
        return _utf16(body)
    if code in (b"ASCII\0\0\0", b"\0" * 8, b"JIS\0\0\0\0\0"):
        return _decoded(body)
    return _decoded(comment)


def _utf16(body: bytes) -> str:
    """In either byte order: a mark says which, else the side on which the zeros of plain letters stand."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace").rstrip("\0")
    even, odd = body[0::2].count(0), body[1::2].count(0)
    return body.decode("utf-16-le" if odd > even else "utf-16-be", "replace").rstrip("\0")


def _decoded(body: bytes) -> str:
    """UTF-8, else UTF-16 where every other byte is zero, else Latin-1."""
    body = body.rstrip(b"\0") if b"\0" not in body.rstrip(b"\0") else body
    try:
        text = body.decode("utf-8")
        if "\0" not in text:
            return text
    except UnicodeDecodeError:
        if b"\0" not in body:
            return body.decode("latin-1")
    return _utf16(body)
