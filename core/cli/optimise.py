"""`noisette optimise`: a time grid for one model, chosen by measured error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.options import AsJson, Device
from core.cli.output import remark, say, say_json
from core.engine import Engine
from core.errors import RequestError
from core.history.kept_grids import KeptGrid, grid_file, keep_grid, kept_grid
from core.models.card import ModelCard
from core.plain import to_plain
from core.requests import GuidanceSettings

if TYPE_CHECKING:
    from core.evaluation.grid_search import Tried

MOST_STEPS, MOST_PICTURES = 40, 64


def optimise(
    model: Annotated[str, typer.Option(help="Which model; `noisette models` lists them.")] = "tabletop",
    steps: Annotated[int, typer.Option(help="Of the grid.")] = 8,
    sampler: Annotated[str | None, typer.Option(help="That walks it.  [default: the model's]")] = None,
    guidance: Annotated[float | None, typer.Option(help="Scale.  [default: the model's]")] = None,
    pictures: Annotated[int, typer.Option(help="Made for the search, and as many for the measurement.")] = 8,
    again: Annotated[bool, typer.Option(help="Measure anew where one is kept.")] = False,
    device: Device = "auto",
    as_json: AsJson = False,
) -> int:
    """Find the grid of N steps that comes nearest to a fine run of this model, and keep it by the model's hash.

    `noisette generate --time-grid optimised` takes it. Every other grid is measured too; the table shows them all.

    \b
    Examples:
      noisette optimise --steps 8
      noisette optimise --model tabletop --steps 5 --sampler dpmpp_2m --json
    """
    if not 2 <= steps <= MOST_STEPS:
        raise RequestError(f"{steps} steps requested; ask for 2 to {MOST_STEPS}")
    if not 1 <= pictures <= MOST_PICTURES:
        raise RequestError(f"{pictures} pictures requested; ask for 1 to {MOST_PICTURES}")
    with Engine(keep_queue=False) as engine:
        card = engine.registry.card(model)
        sampler = sampler or card.defaults.sampler
        scale = card.defaults.guidance_scale if guidance is None else guidance
        path = grid_file(engine.home.root, card, sampler, steps)
        if again or not path.is_file():
            keep_grid(path, _measured(engine, card, sampler, steps, GuidanceSettings(scale), pictures, device))
        kept = kept_grid(engine.home.root, card, sampler, steps)
    if as_json:
        say_json(to_plain(kept) | {"file": str(path)})
        return 0
    for name, error in sorted(kept.errors.items(), key=lambda each: each[1]):
        say(f"{error:.5f}\t{name}")
    say(f"kept in {path}")
    return 0


def _measured(
    engine: Engine, card: ModelCard, sampler: str, steps: int, guidance: GuidanceSettings, pictures: int, device: Device
) -> KeptGrid:
    # The other commands, and this one's help, need no torch.
    from core.evaluation.grid_search import searched
    from core.models.loader import load_model
    from core.models.picture import Condition
    from core.samplers.registry import sampler_named
    from core.worlds.tabletop.grammar import held_out_captions

    loaded = load_model(engine.registry, card.id, device)
    texts = [entry.caption.text for entry in held_out_captions("relation", pictures, 0)]
    pictures = len(texts)
    said = [Condition(text, layout=loaded.plan(text, seed)) for seed, text in enumerate(texts)]
    tried: list[Tried] = []
    remark("making two fine runs to measure against, then each named grid, then the search")
    for each in searched(
        loaded.denoiser(said, guidance),
        loaded.schedule,
        loaded.latent_shape(*card.sizes[0]),
        steps,
        sampler_named(sampler),
        seeds=range(pictures),
        others=range(pictures, 2 * pictures),
        device=loaded.device,
    ):
        remark(f"{each.name}: {each.error:.5f}")
        tried.append(each)
    best = tried[-1]
    errors = {each.name: each.error for each in tried}
    return KeptGrid(card.id, sampler, steps, guidance.scale, best.levels, errors)
