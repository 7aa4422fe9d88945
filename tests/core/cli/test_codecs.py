from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core import engine
from core.datasets.stickers import cache
from core.latents.transparency import on_white
from core.networks.residual_codec import ResidualCodec, ResidualCodecConfig
from core.training.sticker_codec_card import Material, write_codec
from core.training.trainable import Summary
from tests.core.cli.conftest import Run


@dataclass(frozen=True)
class Entry:
    index: int
    split: str


class Squares:
    """Coloured squares, every other one held out."""

    entries = tuple(Entry(index, "held_out" if index % 2 else "train") for index in range(8))

    def pictures(self, size: int) -> np.ndarray:
        made = np.zeros((8, size, size, 4), np.uint8)
        for index in range(8):
            inset = size // 8 + index * size // 64
            made[index, inset:-inset, inset:-inset] = 30 * index, 255 - 20 * index, 90, 255
        return made


@pytest.fixture
def codec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """A linear codec of squares, the only shipped model there is; its scores as its card has them."""
    pictures = Squares().pictures(64)
    network = ResidualCodec(ResidualCodecConfig(coarse=8, fine=8, encoder=(0, 0), decoder=(0, 0), tiny=4))
    network.start(on_white(pictures[::2]))
    folder = tmp_path / "shipped"
    folder.mkdir(parents=True, exist_ok=True)
    summary = Summary("sticker_codec", 1, 1, 1.0, 0.0, True, "cpu", 1)
    path = write_codec(folder, network, None, Material(pictures[::2], {64: pictures[1::2]}, "0" * 64), summary)[1]
    monkeypatch.setattr(cache, "open_stickers", Squares)
    monkeypatch.setattr(engine, "SHIPPED", folder)
    return json.loads(path.read_text())["scores"]


def test_codecs_are_scored_as_their_cards_say(run: Run, codec: dict[str, float], tmp_path: Path) -> None:
    ran = run("codecs", "--json")
    told = json.loads(ran.out)
    assert (told["pictures"], told["size"]) == (4, 64)
    for name in ("psnr_rgb", "psnr_alpha", "psnr_edges"):
        assert told["scores"]["sticker-codec"][name] == pytest.approx(codec[f"{name}_64"], abs=1e-3)
    sheet = tmp_path / "sheet.png"
    lines = run("codecs", "--count", 2, "--sheet", sheet).lines
    assert lines[0].split("\t") == ["codec", "psnr_rgb", "psnr_alpha", "psnr_edges"]
    assert {"sticker-codec", "sticker-codec preview"} <= {line.split("\t")[0] for line in lines[1:]}
    with Image.open(sheet) as picture:
        assert picture.width > 128
    assert torch.is_grad_enabled()


@pytest.mark.usefixtures("codec")
def test_codecs_are_listed_among_the_models(run: Run) -> None:
    row = next(line for line in run("models").lines if line.startswith("sticker-codec\t"))
    assert row.split("\t")[2:4] == ["codec", "64x64"]
    assert "model 'sticker-codec' is a codec" in run("generate", "a fox", "--model", "sticker-codec").err


def test_a_negative_count_is_refused(run: Run) -> None:
    ran = run("codecs", "--count", -1)
    assert (ran.code, ran.out) == (2, "")
    assert "-1 pictures asked for" in ran.err
