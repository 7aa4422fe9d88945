"""Who may look at whom in the slot model, and what its loss counts."""

from __future__ import annotations

import math

import pytest
import torch

from core.planning.slot_model import SlotLogits, SlotModel, SlotModelConfig, slot_loss
from core.planning.slots import END, FINISHES, FORMS, from_tokens, to_tokens
from core.worlds.tabletop.words import PAD


@pytest.fixture
def model() -> SlotModel:
    torch.manual_seed(0)
    return SlotModel(SlotModelConfig(words=12, width=32, layers=2, heads=2)).eval()


TEXT = torch.tensor([[3, 4, 5, 6]])
FORM, FINISH = torch.tensor([[7, 8, END]]), torch.tensor([[1, 2, 0]])


def test_slots_and_tokens_are_inverse() -> None:
    kinds = {from_tokens(form, finish) for form in range(FORMS) for finish in range(FINISHES)}
    assert len(kinds) == FORMS * FINISHES == 160
    assert {to_tokens(kind.at(0.0, 0.0, 0.0)) for kind in kinds} == {(a, b) for a in range(40) for b in range(4)}
    kind = from_tokens(17, 3)
    assert to_tokens(kind.at(1.0, 2.0, 3.0)) == (17, 3)


def test_shapes(model: SlotModel) -> None:
    logits = model(TEXT, FORM, FINISH)
    assert logits.form.shape == (1, 4, FORMS + 1)
    assert logits.finish.shape == (1, 3, FINISHES)
    assert logits.states.shape == (1, 3, 32)
    assert logits.elevation.shape == logits.distance.shape == (1, 3)


def test_a_slot_sees_nothing_of_later_slots(model: SlotModel) -> None:
    first, second = model(TEXT, FORM, FINISH), model(TEXT, torch.tensor([[7, 30, 31]]), torch.tensor([[1, 3, 3]]))
    torch.testing.assert_close(first.form[:, :2], second.form[:, :2])
    torch.testing.assert_close(first.states[:, :1], second.states[:, :1])
    assert not torch.allclose(first.form[:, 2], second.form[:, 2])


def test_a_finish_sees_its_own_form(model: SlotModel) -> None:
    changed = model(TEXT, torch.tensor([[9, 8, END]]), FINISH)
    assert not torch.allclose(model(TEXT, FORM, FINISH).finish[:, 0], changed.finish[:, 0])


def test_padding_changes_nothing(model: SlotModel) -> None:
    padded = torch.cat((TEXT, torch.full((1, 5), PAD)), 1)
    torch.testing.assert_close(model(padded, FORM, FINISH).form, model(TEXT, FORM, FINISH).form)


def test_the_order_of_the_words_matters(model: SlotModel) -> None:
    assert not torch.allclose(model(TEXT.flip(1), FORM, FINISH).form, model(TEXT, FORM, FINISH).form)


def test_an_empty_caption_is_fine(model: SlotModel) -> None:
    assert model(torch.zeros((2, 0), dtype=torch.long), FORM.expand(2, -1), FINISH.expand(2, -1)).form.isfinite().all()


def test_the_loss_counts_each_slot_and_the_first_end() -> None:
    form = torch.tensor([[5, END, END, END], [1, 2, 3, 4]])
    finish = torch.tensor([[1, 0, 0, 0], [0, 1, 2, 3]])
    torch.manual_seed(1)
    logits = SlotLogits(
        form=torch.randn(2, 5, FORMS + 1),
        finish=torch.randn(2, 4, FINISHES),
        elevation=torch.zeros(2, 3),
        distance=torch.zeros(2, 3),
        states=torch.zeros(2, 4, 8),
        words=torch.zeros(2, 0, 8),
    )
    of_form, of_finish = slot_loss(logits, form, finish)
    log_form, log_finish = logits.form.log_softmax(-1), logits.finish.log_softmax(-1)
    counted = [log_form[0, 0, 5], log_form[0, 1, END], *(log_form[1, slot, slot + 1] for slot in range(4))]
    torch.testing.assert_close(of_form, -torch.stack(counted).mean())
    finishes = [log_finish[0, 0, 1], *(log_finish[1, slot, slot] for slot in range(4))]
    torch.testing.assert_close(of_finish, -torch.stack(finishes).mean())
    assert math.isfinite(float(of_form))
