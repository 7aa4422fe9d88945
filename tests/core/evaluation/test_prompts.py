from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from core.evaluation import prompts
from core.evaluation.prompts import JUDGED, evaluation_prompts, real_pictures
from core.planning.sight import clearly_visible
from core.worlds.tabletop.grammar import held_out, meets, parse


def test_prompts_are_held_out_distinct_and_shared_out() -> None:
    drawn = evaluation_prompts(23, seed=1)
    assert Counter(entry.caption.category for entry in drawn) == dict(zip(JUDGED, (5, 5, 5, 4, 4), strict=True))
    assert len({entry.caption.text for entry in drawn}) == 23
    assert all(held_out(entry.caption.text) for entry in drawn)
    assert all(meets(entry.scene, parse(entry.caption.text)) for entry in drawn)
    assert all(clearly_visible(entry.scene) for entry in drawn)


def test_they_are_a_pure_function() -> None:
    assert evaluation_prompts(10, seed=2) == evaluation_prompts(10, seed=2)
    assert evaluation_prompts(10, seed=2) != evaluation_prompts(10, seed=3)


def test_both_renderers_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    scenes = [entry.scene for entry in evaluation_prompts(5, seed=0)][:1]
    compiled = real_pictures(scenes, 24)
    monkeypatch.setattr(prompts, "compiled_renderer", lambda: False)
    difference = np.abs(real_pictures(scenes, 24).astype(int) - compiled.astype(int))
    assert (difference > 2).mean() < 0.02


def test_real_pictures_are_uint8_and_show_something() -> None:
    scenes = [entry.scene for entry in evaluation_prompts(5, seed=0)]
    pictures = real_pictures(scenes, 32)
    assert pictures.shape == (5, 32, 32, 3)
    assert pictures.dtype == np.uint8
    assert all(picture.std() > 5.0 for picture in pictures)
