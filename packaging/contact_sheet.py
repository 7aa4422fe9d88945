"""Sixty-four pictures of held-out prompts at full size: `python packaging/contact_sheet.py [--out FILE.png]`.

Each with its prompt below; red where the judge finds that the picture doesn't meet it. The shipped model's own
defaults, seeds from 0.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import torch  # noqa: E402
from PIL import Image, ImageDraw, ImageFont  # noqa: E402

from core.diffusion.time_grid import time_grid  # noqa: E402
from core.evaluation.painting import Order, painted  # noqa: E402
from core.evaluation.prompts import evaluation_prompts  # noqa: E402
from core.evaluation.truth import JUDGE_ID, Judge, judged  # noqa: E402
from core.models.loader import load_model  # noqa: E402
from core.models.registry import SHIPPED, ModelRegistry  # noqa: E402
from core.requests import GuidanceSettings  # noqa: E402
from core.samplers.registry import sampler_named  # noqa: E402

COLUMNS, ROWS, CAPTION = 8, 8, 34


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "tabletop-64.png")
    out = parser.parse_args().out
    torch.set_num_threads(1)
    registry = ModelRegistry((SHIPPED,))
    model = load_model(registry, "tabletop", "cpu")
    judge = Judge.load(registry.files(JUDGE_ID)["detector"])
    chosen = model.card.defaults
    prompts = [entry.caption.text for entry in evaluation_prompts(COLUMNS * ROWS, 1)]
    orders = [Order(text, seed, model.plan(text, seed)) for seed, text in enumerate(prompts)]
    pictures = np.concatenate(
        list(
            painted(
                model,
                orders,
                sampler_named(chosen.sampler),
                time_grid(chosen.time_grid, model.schedule, chosen.steps),
                GuidanceSettings(chosen.guidance_scale),
                lambda: None,
            )
        )
    )
    seen = judge.look(pictures).objects
    side = pictures.shape[1]
    font = ImageFont.truetype(str(ROOT / "assets" / "fonts" / "Inter-Regular.otf"), 9)
    sheet = Image.new("RGB", (COLUMNS * (side + 6), ROWS * (side + CAPTION)), "white")
    draw = ImageDraw.Draw(sheet)
    for number, (picture, text, objects) in enumerate(zip(pictures, prompts, seen, strict=True)):
        x, y = number % COLUMNS * (side + 6) + 3, number // COLUMNS * (side + CAPTION) + 2
        sheet.paste(Image.fromarray(picture), (x, y))
        colour = "#0B6B47" if judged(objects, text).exact else "#B3261E"
        draw.multiline_text((x, y + side + 2), _wrapped(text, draw, font, side), fill=colour, font=font, spacing=1)
    sheet.save(out)
    print(f"{out}: {sum(judged(o, t).exact for o, t in zip(seen, prompts, strict=True))} of {len(prompts)} as asked")


def _wrapped(text: str, draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont, width: int) -> str:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if draw.textlength(longer, font=font) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines[:3])


if __name__ == "__main__":
    main()
