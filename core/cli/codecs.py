"""`noisette codecs`: how faithful the installed codecs are, on stickers that they never saw."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.options import AsJson
from core.cli.output import remark, say, say_json, say_table
from core.engine import Engine
from core.errors import RequestError

if TYPE_CHECKING:
    from core.evaluation.codec_scores import Reconstruct

COLUMNS = ("psnr_rgb", "psnr_alpha", "psnr_edges")


def codecs(
    size: Annotated[int, typer.Option(help="Pixels of the pictures, each way.")] = 64,
    count: Annotated[int, typer.Option(help="How many pictures of held-out concepts; 0 takes all.")] = 0,
    sheet: Annotated[Path | None, typer.Option(help="Draw pictures and what became of them into this PNG.")] = None,
    as_json: AsJson = False,
) -> int:
    """Score the installed codecs: decibels of colour on white, of alpha, and of colour near the edges of alpha.

    \b
    Examples:
      noisette codecs
      noisette codecs --size 128 --count 200
      noisette codecs --count 24 --sheet codecs.png
    """
    if count < 0:
        raise RequestError(f"{count} pictures asked for; give 0 for all, or more")
    import torch

    from core.datasets.stickers.cache import open_stickers
    from core.evaluation.codec_scores import codec_scores
    from core.evaluation.codec_sheet import codec_sheet, spread
    from core.latents.loading import reconstructions

    stickers = open_stickers()
    unseen = [entry.index for entry in stickers.entries if entry.split == "held_out"]
    pictures = stickers.pictures(size)[sorted(spread(unseen, count or len(unseen)))]
    registry = Engine(keep_queue=False).registry
    ways: dict[str, Reconstruct] = {}
    for card in registry.cards():
        if card.kind == "codec":
            registry.files(card.id)
            ways |= reconstructions(card, registry.folder(card.id), torch.device("cpu"))
    scores = {name: codec_scores(way, pictures) for name, way in ways.items()}
    if as_json:
        say_json({"pictures": len(pictures), "size": size, "scores": scores})
    else:
        rows = [(name, *(f"{found[key]:.2f}" for key in COLUMNS)) for name, found in scores.items()]
        say_table(("codec", *COLUMNS), rows)
        remark(f"{len(pictures)} pictures of held-out concepts, {size} px")
    if sheet is not None:
        codec_sheet(stickers.pictures(size)[spread(unseen, count or 24)], ways).save(sheet, optimize=True)
        say(str(sheet))
    return 0
