"""What an evaluation found, as figures by name, JSON and a page to read."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from core.artifacts.atomic import write_text
from core.evaluation.distances import Distances


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
    """One pair of steps and guidance scale. distances: to as many real renders.

    seconds_per_picture: denoising and decoding, planning not counted.
    """

    steps: int
    guidance_scale: float
    rates: Rates
    distances: Distances
    seconds_per_picture: float


@dataclass(frozen=True, slots=True)
class Plans:
    """How the plans would fare without a painter: read as they are, and rendered exactly and judged.

    seconds: a plan, on average.
    """

    rates: Rates
    rendered: Rates
    distances: Distances
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """judge: how the judge scores real renders of the prompts' own scenes, so the most a model can reach.

    judge_card: the judge's accuracy as its card states it. plans: None for a model without a planner.
    """

    model_id: str
    sampler: str
    prompts: dict[str, int]
    seed: int
    judge: Rates
    judge_card: dict[str, float]
    plans: Plans | None
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
                **{f"{name}{at}": value for name, value in asdict(entry.distances).items()},
                f"seconds_per_picture{at}": entry.seconds_per_picture,
            }
        aside = {"judge": self.judge}
        if self.plans is not None:
            aside |= {"plan": self.plans.rates, "rendered_plan": self.plans.rendered}
            figures |= {f"rendered_plan/{name}": value for name, value in asdict(self.plans.distances).items()}
            figures["plan/seconds"] = self.plans.seconds
        for name, rates in aside.items():
            figures |= {f"{name}/{category}": rate for category, rate in rates.by_category.items()}
            figures[f"{name}/exact"] = rates.exact
        return figures | {f"judge_card/{name}": value for name, value in self.judge_card.items()}

    def markdown(self) -> str:
        """A page with one row per setting, and what to hold the rows against."""
        head = ["", *self.prompts, "all", "FD", "KD", "precision", "recall", "s/picture"]
        rows = [
            self._row(
                f"{entry.steps} steps, guidance {entry.guidance_scale:g}",
                entry.rates,
                entry.distances,
                entry.seconds_per_picture,
            )
            for entry in self.measured
        ]
        if self.plans is not None:
            rows.append(self._row("the plans, rendered exactly", self.plans.rendered, self.plans.distances))
            rows.append(self._row("the plans, as they are", self.plans.rates))
        rows.append(self._row("real renders of the same prompts", self.judge))
        table = "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])
        counts = ", ".join(f"{number} {category}" for category, number in self.prompts.items())
        card = ", ".join(f"{name} {value:.4f}" for name, value in self.judge_card.items())
        return (
            f"# {self.model_id} on held-out prompts\n\n"
            f"Prompts: {counts}. Sampler {self.sampler}, seed {self.seed}. A prompt counts where every constraint on "
            "the objects holds; wishes about the camera are not judged. FD and KD are the Frechet and the kernel "
            "distance in the judge's features to real renders of the same prompts.\n\n"
            f"{table}\n\n"
            f"The judge on unseen real renders: {card}.\n\n"
            f"`{self.command}` on {self.hardware}\n"
        )

    def _row(
        self, name: str, rates: Rates, distances: Distances | None = None, seconds: float | None = None
    ) -> list[str]:
        shares = [f"{rates.by_category[category]:.3f}" for category in self.prompts]
        near = ["", "", "", ""]
        if distances is not None:
            near = [
                f"{distances.frechet:.2f}",
                f"{distances.kernel:.4f}",
                f"{distances.precision:.3f}",
                f"{distances.recall:.3f}",
            ]
        return [name, *shares, f"{rates.exact:.3f}", *near, "" if seconds is None else f"{seconds:.3f}"]

    def save(self, folder: Path) -> tuple[Path, Path]:
        """Write report.json and report.md into the folder; their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(self) | {"figures": self.figures()}, indent=2, ensure_ascii=False) + "\n"
        paths = folder / "report.json", folder / "report.md"
        for path, content in zip(paths, (text, self.markdown()), strict=True):
            write_text(path, content)
        return paths
