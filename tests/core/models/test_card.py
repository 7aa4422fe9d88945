from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ModelError
from core.models.card import ModelCard, ModelDefaults, read_card, write_card

CARD = ModelCard(
    id="tiny",
    title="Tiny",
    summary="",
    network="gaussian_mixture",
    parameterization="x0",
    schedule="flow",
    codec="pixels",
    conditioning=("text",),
    sizes=((16, 16), (32, 16)),
    parameters=12,
    license="Apache-2.0",
    source="tests",
    files={"painter": "tiny.safetensors"},
    sha256={"painter": "0" * 64},
    defaults=ModelDefaults(steps=4, guidance_scale=2.5),
    training={"steps": 10, "loss": 0.5, "recipe": "tiny"},
    scores={"single": 0.5},
)


def test_a_card_goes_to_disk_and_back(tmp_path: Path) -> None:
    path = tmp_path / "tiny.json"
    write_card(CARD, path)
    assert read_card(path) == CARD


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"id": "other"}, "has id 'other'; it must be the file's own name, 'tiny'"),
        ({"sizes": ()}, "lists no size"),
        ({"files": {"painter": "../../etc/tiny.safetensors"}}, "name a .safetensors file beside the card"),
        ({"files": {"painter": "tiny.pkl"}}, "name a .safetensors file beside the card"),
        ({"sha256": {}}, "has no sha256 for 'painter'"),
    ],
)
def test_a_card_that_could_not_be_used_is_neither_written_nor_read(
    tmp_path: Path, change: dict[str, object], sentence: str
) -> None:
    path = tmp_path / "tiny.json"
    with pytest.raises(ModelError, match=sentence):
        write_card(replace(CARD, **change), path)
    assert not path.exists()
    write_card(CARD, path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ModelError, match=sentence):
        read_card(path)


@given(st.text(max_size=100))
def test_any_text_is_a_card_or_a_model_error(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "tiny.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="model card"):
        read_card(path)
