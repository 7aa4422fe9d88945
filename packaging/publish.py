"""Put trained weights into assets/models: `python packaging/publish.py [RUNS_FOLDER [NAMES]]`.

Takes the painter and the planner that `noisette train tabletop` and `noisette train planner` wrote, and the detector
of `noisette train detector`, and writes the cards that name them; asked for `tabletop_weak` alone, that run's painter.
A card keeps its scores only while its weights stay the ones that were scored. With `--report FILE` the figures of
`noisette evaluate tabletop --out FOLDER` (FOLDER/report.json) are written into the card of the weights at hand, and no
weights are copied.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.models.card import ModelCard, ModelDefaults, read_card, write_card  # noqa: E402
from core.networks.weights import load_weights  # noqa: E402

MODELS = ROOT / "assets" / "models"


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def publish_tabletop(runs: Path, chosen: list[str]) -> ModelCard:
    """Copy what was chosen of painter and planner, write tabletop.json beside them."""
    files = {"painter": "tabletop.safetensors", "planner": "tabletop-planner.safetensors"}
    for role, name in files.items():
        run = {"painter": "tabletop", "planner": "planner"}[role]
        if run in chosen:
            shutil.copyfile(runs / run / name, MODELS / name)
    painter, planner = (load_weights(MODELS / name) for name in files.values())
    hashes = {role: sha256(MODELS / name) for role, name in files.items()}
    path = MODELS / "tabletop.json"
    before = read_card(path) if path.exists() else None
    same = before is not None and before.sha256 == hashes
    size = json.loads(painter.metadata["config"])["size"]
    training = json.loads(painter.metadata["training"])
    card = ModelCard(
        id="tabletop",
        title=f"Tabletop {size}",
        summary="One to four solids on a table: a planner lays out what the prompt asks for, a painter paints it.",
        network="tabletop",
        parameterization=painter.metadata["parameterization"],
        schedule=painter.metadata["schedule"],
        codec="pca",
        conditioning=("text", "layout", "camera"),
        sizes=((size, size),),
        parameters=sum(value.numel() for part in (painter, planner) for value in part.tensors.values()),
        license="Apache-2.0",
        source="from scratch on our own renders and captions: recipes tabletop (in pieces: docs/notes.md) and planner",
        files=files,
        sha256=hashes,
        defaults=ModelDefaults(sampler="euler", time_grid="uniform", steps=8, guidance_scale=3.0),
        training={name: value for name, value in training.items() if not isinstance(value, bool)},
        scores=before.scores if same and before else {},
        scored_by=before.scored_by if same and before else "",
    )
    write_card(card, path)
    return card


def publish_weak(runs: Path) -> ModelCard:
    """Copy the painter that autoguidance asks beside the shipped one, with a card that says whom it serves."""
    name = "tabletop-weak.safetensors"
    shutil.copyfile(runs / "tabletop_weak" / "tabletop.safetensors", MODELS / name)
    served, weights = read_card(MODELS / "tabletop.json"), load_weights(MODELS / name)
    training = json.loads(weights.metadata["training"])
    planner = served.files["planner"]
    card = replace(
        served,
        id="tabletop-weak",
        title="Tabletop 96, weak",
        summary="A narrower painter, trained for less long, that autoguidance leads the shipped one away from.",
        parameterization=weights.metadata["parameterization"],
        schedule=weights.metadata["schedule"],
        parameters=sum(value.numel() for value in weights.tensors.values()),
        source=f"from scratch on our own renders and captions: recipe {training['recipe']}",
        files={"painter": name, "planner": planner},
        sha256={"painter": sha256(MODELS / name), "planner": served.sha256["planner"]},
        training={name: value for name, value in training.items() if not isinstance(value, bool)},
        scores={},
        scored_by="",
        kind="weak",
        serves=served.id,
    )
    write_card(card, MODELS / "tabletop-weak.json")
    return card


def publish_detector(runs: Path) -> None:
    """Copy the detector with the card that its training wrote."""
    for name in ("tabletop-detector.safetensors", "tabletop-detector.json"):
        shutil.copyfile(runs / "detector" / name, MODELS / name)


def record(report: Path) -> None:
    """Write a report's figures into the card of the model that it measured."""
    found = json.loads(report.read_text(encoding="utf-8"))
    path = MODELS / f"{found['model_id']}.json"
    scores = {name: round(value, 5) for name, value in found["figures"].items()}
    write_card(replace(read_card(path), scores=scores, scored_by=f"{found['command']}: {found['hardware']}"), path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "runs",
        type=Path,
        nargs="?",
        default=ROOT / "runs",
        help="the folder that holds the runs tabletop, planner and detector",
    )
    parser.add_argument(
        "names",
        nargs="*",
        default=["tabletop", "planner", "detector"],
        help="which of them to publish, or tabletop_weak",
    )
    parser.add_argument("--report", type=Path, help="a report.json: write its figures into the card")
    options = parser.parse_args()
    if options.report is not None:
        record(options.report)
        return
    MODELS.mkdir(parents=True, exist_ok=True)
    if "detector" in options.names:
        publish_detector(options.runs)
    card = (
        publish_weak(options.runs)
        if options.names == ["tabletop_weak"]
        else publish_tabletop(options.runs, options.names)
    )
    print(f"{card.id}: {card.parameters / 1e6:.1f} M weights, {', '.join(card.files.values())}")


if __name__ == "__main__":
    main()
