"""What an evaluation found, as figures by name, JSON and a page to read."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from core.artifacts.atomic import write_atomically


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares in [0, 1] of prompts whose every constraint held, by category, and over all prompts.

    constraints: the share of single constraints that held.
    """

    by_category: dict[str, float]
    exact: float
    constraints: float


@dataclass(frozen=True, slots=True)
class Measured:
    """One pair of steps and guidance scale. frechet_distance: in the judge's features, to as many real renders.

    kernel_distance, precision, recall: in the same features. seconds_per_picture: denoising and decoding, planning not
    counted.
    """

    steps: int
    guidance_scale: float
    rates: Rates
    frechet_distance: float
    kernel_distance: float
    precision: float
    recall: float
    seconds_per_picture: float


@dataclass(frozen=True, slots=True)
class Report:
    """judge: how the judge scores real renders of the prompts' own scenes, so the most a model can reach.

    judge_card: the judge's accuracy as its card states it. plans: how the plans themselves, unpainted, meet the
    prompts; None where nothing was planned. planning_seconds: a plan, on average.
    """

    model_id: str
    sampler: str
    prompts: dict[str, int]
    seed: int
    judge: Rates
    judge_card: dict[str, float]
    plans: Rates | None
    planning_seconds: float
    measured: tuple[Measured, ...]
    command: str
    hardware: str

    def figures(self) -> dict[str, float]:
        """Every number by a short name: "exact@20,g3", "relation@20,g3", "judge/relation", "plan/relation"."""
        figures: dict[str, float] = {}
        for entry in self.measured:
            at = f"@{entry.steps},g{entry.guidance_scale:g}"
            figures |= {f"{category}{at}": rate for category, rate in entry.rates.by_category.items()}
            figures |= {
                f"exact{at}": entry.rates.exact,
                f"constraints{at}": entry.rates.constraints,
                f"frechet_distance{at}": entry.frechet_distance,
                f"kernel_distance{at}": entry.kernel_distance,
                f"precision{at}": entry.precision,
                f"recall{at}": entry.recall,
                f"seconds_per_picture{at}": entry.seconds_per_picture,
            }
        for name, rates in (("judge", self.judge), ("plan", self.plans)):
            if rates is not None:
                figures |= {f"{name}/{category}": rate for category, rate in rates.by_category.items()}
                figures[f"{name}/exact"] = rates.exact
        return figures | {f"judge_card/{name}": value for name, value in self.judge_card.items()}

    def markdown(self) -> str:
        """A page with one row per setting, and what to hold the rows against."""
        categories = list(self.prompts)
        head = ["", *categories, "all", "FD", "precision", "recall", "s/picture"]
        rows = [
            [
                f"{entry.steps} steps, guidance {entry.guidance_scale:g}",
                *(f"{entry.rates.by_category[category]:.3f}" for category in categories),
                f"{entry.rates.exact:.3f}",
                f"{entry.frechet_distance:.2f}",
                f"{entry.precision:.3f}",
                f"{entry.recall:.3f}",
                f"{entry.seconds_per_picture:.3f}",
            ]
            for entry in self.measured
        ]
        for name, rates in (("real renders of the same prompts", self.judge), ("the plans, unpainted", self.plans)):
            if rates is not None:
                rates_row = [f"{rates.by_category[category]:.3f}" for category in categories]
                rows.append([name, *rates_row, f"{rates.exact:.3f}", "", "", "", ""])
        table = "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])
        counts = ", ".join(f"{number} {category}" for category, number in self.prompts.items())
        card = ", ".join(f"{name} {value:.4f}" for name, value in self.judge_card.items())
        return (
            f"# {self.model_id} on held-out prompts\n\n"
            f"Prompts: {counts}. Sampler {self.sampler}, seed {self.seed}. A prompt counts where every constraint on "
            "the objects holds; wishes about the camera are not judged. FD is the Frechet distance in the judge's "
            "features to real renders of the same prompts.\n\n"
            f"{table}\n\n"
            f"The judge on unseen real renders: {card}. A plan takes {self.planning_seconds:.3f} s.\n\n"
            f"`{self.command}` on {self.hardware}\n"
        )

    def save(self, folder: Path) -> tuple[Path, Path]:
        """Write report.json and report.md into the folder; their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(self) | {"figures": self.figures()}, indent=2, ensure_ascii=False) + "\n"
        paths = folder / "report.json", folder / "report.md"
        for path, content in zip(paths, (text, self.markdown()), strict=True):
            write_atomically(path, lambda file, content=content: file.write(content.encode()) and None)
        return paths
