from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from core.errors import ModelError
from core.evaluation.stickers.looking import StickerJudge, StickerLook, on_white, pooled_captions, ranks, recall_at
from core.evaluation.stickers.looking import share_in_style as share
from core.networks.matcher import Matcher, MatcherConfig
from core.networks.minilm import load_minilm
from core.networks.weights import save_weights


def test_a_caption_is_the_mean_of_its_own_tokens() -> None:
    encoder = load_minilm()
    captions = ["a fox", "a sleepy fox", "fox", "rocket made of cheese"]
    told = encoder.states(captions)
    means = [states[mask].mean(dim=0) for states, mask in zip(told.states, told.mask, strict=True)]
    expected = torch.stack([mean / mean.square().mean().sqrt() for mean in means])
    torch.testing.assert_close(pooled_captions(encoder, captions), expected, rtol=1e-4, atol=1e-4)


def test_ranks_count_what_fits_better_or_as_well() -> None:
    pool = np.eye(4, dtype=np.float32)
    pictures = np.array([[0.9, 0.1, 0.0, 0.0], [0.5, 0.4, 0.3, 0.0], [0.5, 0.5, 0.0, 0.0]], np.float32)
    found = ranks(pictures, pool, np.array([0, 2, 1]))
    assert found.tolist() == [0, 2, 1]
    assert (recall_at(found, 1), recall_at(found, 2), recall_at(found, 3)) == (1 / 3, 2 / 3, 1.0)


def test_transparent_pictures_lie_on_white() -> None:
    picture = np.array([[[[10, 20, 30, 255], [10, 20, 30, 0], [0, 0, 0, 51]]]], np.uint8)
    assert on_white(picture).tolist() == [[[[10, 20, 30], [255, 255, 255], [204, 204, 204]]]]


def test_styles_are_compared_with_those_asked() -> None:
    look = StickerLook(np.zeros((3, 1)), np.zeros((3, 1)), np.array([0, 3, 1]))
    assert share(look, ["3d", "noto", "gradient"]) == pytest.approx(2 / 3)


def test_a_judge_is_read_from_its_file_and_looks_in_batches(tmp_path: Path) -> None:
    torch.manual_seed(0)
    matcher = Matcher(MatcherConfig()).eval()
    save_weights(tmp_path / "matcher.safetensors", matcher.state_dict(), dtype=torch.float16)
    judge = StickerJudge.load(tmp_path / "matcher.safetensors")
    pictures = np.random.default_rng(0).integers(0, 256, (130, 64, 64, 3), dtype=np.uint8)
    look = judge.look(pictures)
    assert look.features.shape == (130, 448)
    np.testing.assert_allclose(np.linalg.norm(look.embeddings, axis=1), 1.0, rtol=1e-5)
    np.testing.assert_allclose(judge.look(pictures[128:]).features, look.features[128:], rtol=1e-3, atol=1e-3)
    large = np.repeat(np.repeat(pictures[:2], 2, axis=1), 2, axis=2)
    assert judge.look(large).features.shape == (2, 448)
    save_weights(tmp_path / "other.safetensors", {"stem.weight": torch.zeros(1)})
    with pytest.raises(ModelError, match=r"other\.safetensors is not the matcher"):
        StickerJudge.load(tmp_path / "other.safetensors")
