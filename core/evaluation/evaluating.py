"""`noisette evaluate`: the evaluation that fits a model, and its figures in the model's card."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import cast

from core.evaluation.command import command_of, hardware_of
from core.evaluation.task import JobContext
from core.jobs.event import Event, Notice, Progress
from core.models.card import write_card
from core.models.loader import choose_device
from core.requests import EvaluateRequest

Evaluation = Callable[[EvaluateRequest, JobContext], Iterator[Event]]

TABLETOP = "core.evaluation.task:evaluate"
EVALUATIONS: dict[str, str] = {"stickers": "core.evaluation.stickers.task:evaluate"}
"""card.network -> its evaluation; the tabletop's measures all others. The extras of its last Progress are all that it
found."""


def evaluate(request: EvaluateRequest, context: JobContext) -> Iterator[Event]:
    """Measure a model as its network asks for. With `into_card` the card beside its weights gets the figures.

    Raises what the evaluation raises, OSError where the card can't be written.
    """
    card = context.registry.card(request.model_id)
    entry = EVALUATIONS.get(card.network, TABLETOP)
    module, _, name = entry.partition(":")
    evaluation = cast("Evaluation", getattr(importlib.import_module(module), name))
    scores: dict[str, float] = {}
    for event in evaluation(request, context):
        yield event
        scores = event.extras if isinstance(event, Progress) else scores
    if request.into_card:
        path = context.registry.folder(card.id) / f"{card.id}.json"
        told = f"{command_of(request)}: {hardware_of(choose_device(request.device))}"
        write_card(replace(card, scores=dict(scores), scored_by=told), path)
        context.registry.refresh()
        yield Notice(context.job_id, f"wrote {path}")
