"""`noisette samplers`: what can walk from noise to data."""

from __future__ import annotations

from core.cli.options import AsJson
from core.cli.output import say_json, say_table
from core.plain import to_plain
from core.samplers.cards import CARDS


def samplers(as_json: AsJson = False) -> int:
    """List the samplers: name, family, order of convergence, cost a step, source.

    \b
    Examples:
      noisette samplers
      noisette samplers --json
    """
    if as_json:
        say_json(to_plain(CARDS))
        return 0
    columns = ("name", "title", "family", "order", "stochastic", "evaluations a step", "options", "source")
    rows = [
        (
            card.name,
            card.title,
            card.family,
            str(card.order),
            "yes" if card.stochastic else "no",
            str(card.evaluations_per_step),
            " ".join(card.options) or "-",
            card.source,
        )
        for card in CARDS
    ]
    say_table(columns, rows)
    return 0
