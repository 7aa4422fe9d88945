"""Forty prompts of our own and forty held-out captions, ten in each style: `python packaging/sticker_sheet.py`.

Writes docs/stickers-prompts.png and docs/stickers-captions.png (or into `--out FOLDER`): the shipped model's own
defaults, seeds from 0, nothing chosen or left out. The captions come from the cache of `noisette data stickers`;
`--prompts-only` does without.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import torch  # noqa: E402

from core.datasets.stickers.cache import STYLES, open_stickers  # noqa: E402
from core.diffusion.time_grid import time_grid  # noqa: E402
from core.evaluation.painting import Order, painted  # noqa: E402
from core.evaluation.stickers.asked import asked  # noqa: E402
from core.evaluation.stickers.sheet import Cell, draw_sheet, write_sheet  # noqa: E402
from core.models.loader import load_model  # noqa: E402
from core.models.picture import PictureModel  # noqa: E402
from core.models.registry import SHIPPED, ModelRegistry  # noqa: E402
from core.requests import GuidanceSettings  # noqa: E402
from core.samplers.registry import sampler_named  # noqa: E402

PROMPTS = (
    "a sleepy fox",
    "rocket made of cheese",
    "angry pizza",
    "a cat wearing sunglasses",
    "penguin with an umbrella",
    "a purple dragon",
    "robot holding a flower",
    "a slice of watermelon",
    "ghost eating ice cream",
    "a snail carrying a house",
    "crying avocado",
    "an owl reading a book",
    "a cup of hot coffee",
    "blue strawberry",
    "happy little cloud",
    "a shark in a teacup",
    "wizard frog",
    "a pineapple with a crown",
    "old wooden ship",
    "a fox and a moon",
    "volcano made of chocolate",
    "smiling sun with clouds",
    "a green apple",
    "bear playing the guitar",
    "a castle on fire",
    "sad robot",
    "golden trophy",
    "a cactus in a pot",
    "dog dressed as an astronaut",
    "a burger with a face",
    "two red hearts",
    "mushroom house",
    "an octopus playing drums",
    "a rainbow over a mountain",
    "pumpkin in the snow",
    "a tiny yellow car",
    "panda drinking tea",
    "a crystal ball",
    "surprised orange",
    "a unicorn on a bicycle",
)
COLUMNS, SCALE = 10, 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    parser.add_argument("--model", default="stickers")
    parser.add_argument("--prompts-only", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model = load_model(ModelRegistry((SHIPPED,)), arguments.model, "cpu")
    own = [Order(text, seed, None, STYLES[seed % len(STYLES)]) for seed, text in enumerate(PROMPTS)]
    _show(arguments.out / "stickers-prompts.png", model, own, "Forty prompts of our own")
    if arguments.prompts_only:
        return
    captions = asked(open_stickers().entries, 2 * len(PROMPTS), 0)["caption"]
    told = [Order(entry.caption, seed, None, entry.style) for seed, entry in enumerate(captions)]
    _show(
        arguments.out / "stickers-captions.png",
        model,
        told,
        f"{len(told)} captions that training never showed",
        [entry.concept for entry in captions],
    )


def _show(path: Path, model: PictureModel, orders: Sequence[Order], title: str, of: Sequence[str] = ()) -> None:
    """of: what each caption was written of, where it is known."""
    chosen = model.card.defaults
    batches = painted(
        model,
        orders,
        sampler_named(chosen.sampler, schedule=model.schedule),
        time_grid(chosen.time_grid, model.schedule, chosen.steps),
        GuidanceSettings(chosen.guidance_scale),
        lambda: None,
    )
    pictures = np.concatenate(list(batches))
    faint = (
        [f"{order.style}, of {concept}" for order, concept in zip(orders, of, strict=True)]
        if of
        else [order.style for order in orders]
    )
    cells = [
        Cell((picture,), order.prompt, below) for picture, order, below in zip(pictures, orders, faint, strict=True)
    ]
    settings = f"{chosen.sampler}, {chosen.steps} steps, guidance {chosen.guidance_scale:g}, seeds from 0"
    print(write_sheet(path, draw_sheet(cells, COLUMNS, SCALE, f"{title}: {model.card.id}, {settings}")))


if __name__ == "__main__":
    main()
