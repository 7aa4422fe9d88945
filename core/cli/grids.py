"""`noisette grids`: the ways to spread a run's steps over the noise."""

from __future__ import annotations

from core.cli.options import AsJson
from core.cli.output import say_json, say_table
from core.diffusion.grids.cards import GRID_CARDS
from core.plain import to_plain


def grids(as_json: AsJson = False) -> int:
    """List the time grids: name, what each takes, what others call it and what differs there, source.

    \b
    Examples:
      noisette grids
      noisette grids --json
    """
    if as_json:
        say_json([{**to_plain(card), "options": list(card.options)} for card in GRID_CARDS])
        return 0
    rows = [
        (card.name, card.title, " ".join(card.options) or "-", card.peers or "-", card.source) for card in GRID_CARDS
    ]
    say_table(("name", "title", "options", "elsewhere", "source"), rows)
    return 0
