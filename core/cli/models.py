"""`noisette models`: what is installed."""

from __future__ import annotations

from typing import Any

from core.cli.options import AsJson
from core.cli.output import remark, say_json, say_table
from core.engine import Engine
from core.models.registry import ModelRegistry
from core.plain import to_plain


def models(as_json: AsJson = False) -> int:
    """List the installed models: kind, sizes, weights, licence, source.

    \b
    Examples:
      noisette models
      noisette models --json
    """
    registry = Engine(keep_queue=False).registry
    for problem in registry.problems():
        remark(f"left out: {problem}")
    if as_json:
        say_json([_plain(registry, card.id) for card in registry.cards()])
        return 0
    columns = ("id", "title", "kind", "pixels", "styles", "weights", "on disk", "licence", "source")
    rows = [
        (
            card.id,
            card.title,
            card.kind,
            " ".join(f"{width}x{height}" for width, height in card.sizes) or "-",
            " ".join(card.styles) or "-",
            f"{card.parameters / 1e6:.2f} M",
            f"{registry.size_bytes(card.id) / 2**20:.1f} MiB",
            card.license,
            card.source,
        )
        for card in registry.cards()
    ]
    say_table(columns, rows)
    return 0


def _plain(registry: ModelRegistry, model_id: str) -> dict[str, Any]:
    card = registry.card(model_id)
    folder = registry.folder(model_id)
    return to_plain(card) | {"size_bytes": registry.size_bytes(model_id), "folder": str(folder)}
