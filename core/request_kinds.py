"""Every kind of request in one type. No torch here."""

from __future__ import annotations

from core.requests import CompareRequest, EvaluateRequest, ImageRequest, ReplayRequest, TrainRequest
from core.sweeps.request import SweepRequest

Request = ImageRequest | TrainRequest | EvaluateRequest | ReplayRequest | CompareRequest | SweepRequest
