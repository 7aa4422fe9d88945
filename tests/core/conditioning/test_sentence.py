from __future__ import annotations

import pytest
import torch

from core.conditioning.prompt_phases import phases
from core.conditioning.sentence import Sentence, read_sentence, remarks, unread
from core.networks.blocks import CrossAttention
from core.networks.minilm import MAX_TOKENS, MiniLm, load_minilm


@pytest.fixture(scope="module")
def encoder() -> MiniLm:
    return load_minilm()


def read(encoder: MiniLm, prompt: str) -> Sentence:
    return read_sentence(encoder, phases(prompt)[0])


def test_words_are_those_typed_and_tokens_know_theirs(encoder: MiniLm) -> None:
    said = read(encoder, "Two sleepyheads, crème-brûlée!")
    assert said.words == ("Two", "sleepyheads", "crème-brûlée")
    count = int(said.mask.sum())
    places = said.places.tolist()
    assert (places[0], places[count - 1]) == (0, 0)
    assert not any(places[count:])
    assert sorted(set(places)) == [0, 1, 2, 3]
    assert places.count(2) > 1, "a word of several pieces"


def test_weights_stand_at_the_tokens_of_their_words_and_leave_the_states(encoder: MiniLm) -> None:
    plain, said = read(encoder, "a sleepyheaded fox"), read(encoder, "a (sleepyheaded:2) (fox:0.5)")
    assert plain.weights is None
    assert plain.attention_mask.dtype == torch.bool
    assert torch.equal(plain.states, said.states)
    assert said.weights is not None
    by_word = torch.tensor([1.0, 1.0, 2.0, 0.5])
    torch.testing.assert_close(said.weights[0], by_word[said.places])


def test_a_word_of_weight_two_is_read_as_two_copies_of_it(encoder: MiniLm) -> None:
    torch.manual_seed(0)
    attention = CrossAttention(16, encoder.width, 2)
    tokens = torch.randn(1, 4, 16)
    said = read(encoder, "red (fox:2)")
    fox = int((said.places == 2).nonzero()[0])
    twice = torch.cat([said.states, said.states[:, fox : fox + 1]], dim=1)
    mask = torch.cat([said.mask, said.mask[:, fox : fox + 1]], dim=1)
    torch.testing.assert_close(
        attention(tokens, said.states, said.attention_mask), attention(tokens, twice, mask), atol=1e-5, rtol=1e-5
    )


def test_a_word_cut_by_weights_has_the_furthest_from_one(encoder: MiniLm) -> None:
    said = read(encoder, "(wat:1.1)(er:0.4)")
    assert said.words == ("water",)
    assert said.weights is not None
    assert said.weights[0, 1:2].tolist() == pytest.approx([0.4])


def test_attention_by_word_keeps_its_sum(encoder: MiniLm) -> None:
    torch.manual_seed(0)
    said = read(encoder, "a sleepyheaded fox, 3d")
    shares = torch.rand(2, 5, MAX_TOKENS).softmax(dim=-1)
    by_word = said.by_word(shares)
    assert by_word.shape == (2, 5, 1 + 4)
    torch.testing.assert_close(by_word.sum(dim=-1), torch.ones(2, 5))
    torch.testing.assert_close(by_word[..., 3], shares[..., said.places == 3].sum(dim=-1))


def test_an_empty_phase_is_a_sentence_without_words(encoder: MiniLm) -> None:
    said = read(encoder, "[->fox:0.5]")
    assert said.words == ()
    assert int(said.mask.sum()) == 2
    assert said.by_word(torch.ones(1, MAX_TOKENS)).tolist() == [[MAX_TOKENS]]


def test_what_is_left_out_is_said(encoder: MiniLm) -> None:
    assert unread(encoder, "a fox 🦊 AND [a 🍕->fox 🦊:0.5]") == ("🦊", "🍕")
    assert unread(encoder, "a ({sleepy|angry}:1.2) fox") == ()
    assert remarks(encoder, "a (sleepy:1.2) fox") == ()
    (said,) = remarks(encoder, "fox " * 30 + "cat " * 30)
    assert said.startswith("“cat cat")
    assert said.endswith("30 pieces of words are the most; shorten the prompt")
    assert "fox" not in said
    assert remarks(encoder, "[fox->" + "cat " * 40 + ":0.5]") != ()
