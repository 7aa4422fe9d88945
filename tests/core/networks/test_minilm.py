from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from core.errors import ModelError
from core.networks.minilm import FOLDER, MAX_TOKENS, MiniLm, load_minilm
from core.networks.weights import load_weights

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "minilm.safetensors"
FOX, PIZZA = "a sleepy fox", "angry pizza with olives, 3d"


@pytest.fixture(scope="module")
def encoder() -> MiniLm:
    return load_minilm()


def test_states_are_those_of_another_implementation(encoder: MiniLm) -> None:
    """tests/golden/make_minilm.py, by the transformers library."""
    golden = load_weights(GOLDEN).tensors
    assert len(golden) > 3
    read = encoder.states(list(golden))
    for row, (text, expected) in enumerate(golden.items()):
        assert int(read.mask[row].sum()) == len(expected), text
        torch.testing.assert_close(read.states[row, : len(expected)], expected, atol=1e-5, rtol=0.0)
        assert not read.states[row, len(expected) :].any()


def test_a_text_has_the_same_bits_alone_and_in_a_batch(encoder: MiniLm) -> None:
    texts = [PIZZA, FOX, "", "fox " * 50, FOX]
    together = encoder.states(texts)
    assert together.states.shape == (5, MAX_TOKENS, encoder.width)
    for row, text in enumerate(texts):
        alone = encoder.states([text])
        assert torch.equal(alone.states[0], together.states[row])
        assert torch.equal(alone.mask[0], together.mask[row])
        assert alone.spans[0] == together.spans[row]


def test_trimming_leaves_no_token_out(encoder: MiniLm) -> None:
    read = encoder.states([FOX, PIZZA])
    short = read.trimmed()
    assert short.mask.any(dim=0).all()
    assert short.mask.sum() == read.mask.sum()
    assert torch.equal(short.states, read.states[:, : short.states.shape[1]])


def test_pieces_know_where_they_were_typed(encoder: MiniLm) -> None:
    text = "a Crème-brûlée 🍮"
    pieces = encoder.pieces(text)
    typed = [text[start:end] for start, end in pieces.spans]
    assert (typed[0], typed[1], typed[-1]) == ("", "a", "")
    assert "".join(typed) == "aCrème-brûlée"
    assert [text[start:end] for start, end in pieces.unknown] == ["🍮"]
    assert encoder.pieces("a Crème-brûlée").tokens == pieces.tokens


def test_a_text_that_is_too_long_says_how_far_it_was_read(encoder: MiniLm) -> None:
    text = "fox " * 50
    pieces = encoder.pieces(text)
    assert len(pieces.tokens) == MAX_TOKENS
    assert text[: pieces.read].split() == ["fox"] * (MAX_TOKENS - 2)
    assert encoder.pieces(FOX).read == len(FOX)


def test_a_training_may_use_the_states(encoder: MiniLm) -> None:
    layer = torch.nn.Linear(encoder.width, 1)
    layer(encoder.states([FOX]).states).sum().backward()
    assert layer.weight.grad is not None


def test_a_missing_or_wrong_encoder_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"not in .*start Noisette with packaging/start\.py"):
        load_minilm(folder=tmp_path / "nowhere")
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / name).write_bytes(b"{}")
    with pytest.raises(ModelError, match="does not hold the text encoder"):
        load_minilm(folder=tmp_path)
    (tmp_path / "model.safetensors").write_bytes(GOLDEN.read_bytes())
    (tmp_path / "tokenizer.json").write_bytes((FOLDER / "tokenizer.json").read_bytes())
    with pytest.raises(ModelError, match="does not hold the text encoder"):
        load_minilm(folder=tmp_path)


def test_nothing_slow_is_imported_for_it() -> None:
    code = (
        "import sys\n"
        "from core.jobs.torch_parts import PARTS, import_torch\n"
        "import_torch()\n"
        "from core.networks.minilm import load_minilm\n"
        "load_minilm().states(['a fox'])\n"
        "slow = {'transformers', 'huggingface_hub', 'numba', 'scipy'} & set(sys.modules)\n"
        "run = set(PARTS.names) - set(PARTS.waiting())\n"
        "sys.exit(' '.join(sorted(slow | run)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
