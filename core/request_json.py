"""Requests as plain JSON values, with the name of their kind. No torch here."""

from __future__ import annotations

from typing import Any, cast

from core.plain import PlainError, from_plain, to_plain
from core.request_kinds import Request
from core.requests import CompareRequest, EvaluateRequest, ImageRequest, ReplayRequest, TrainRequest
from core.sweeps.request import SweepRequest

KINDS: dict[str, type[Request]] = {
    "image": ImageRequest,
    "train": TrainRequest,
    "evaluate": EvaluateRequest,
    "replay": ReplayRequest,
    "compare": CompareRequest,
    "sweep": SweepRequest,
}


def request_to_plain(request: Request) -> dict[str, Any]:
    """{"kind": ..., "request": {...}}."""
    kind = next(name for name, known in KINDS.items() if type(request) is known)
    return {"kind": kind, "request": to_plain(request)}


def request_from_plain(data: Any, where: str) -> Request:
    """Raises PlainError for a malformed value, RequestError for a request out of range."""
    if not isinstance(data, dict):
        raise PlainError(f"{where} is not an object; it needs 'kind' and 'request'")
    record = cast("dict[str, Any]", data)
    kind = record.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise PlainError(f"{where} is of kind {kind!r}; known are {', '.join(KINDS)}")
    return from_plain(KINDS[kind], record.get("request"), where)
