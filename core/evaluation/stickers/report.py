"""What an evaluation of a model of stickers found, as figures by name, JSON and a page to read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from core.artifacts.atomic import write_text
from core.evaluation.distances import Distances
from core.evaluation.stickers.asked import PARTS
from core.evaluation.stickers.ceiling import Examined


@dataclass(frozen=True, slots=True)
class Originality:
    """distance: to the nearest training picture, the median of `pictures`. copies: the share within the threshold."""

    distance: float
    copies: float
    pictures: int


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A sample and the training picture most like it."""

    caption: str
    style: str
    nearest_concept: str
    nearest_style: str
    distance: float


@dataclass(frozen=True, slots=True)
class StickersMeasured:
    """One pair of steps and guidance scale. distances: to the real pictures of the same prompts, by the features' name.

    ms_ssim: how alike pictures of one prompt are, of other seeds, on average. seconds_per_picture: one at a time,
    reading the prompt, denoising and decoding; the median of a few.
    """

    steps: int
    guidance_scale: float
    examined: Examined
    distances: Mapping[str, Distances]
    ms_ssim: float
    originality: Originality
    neighbours: tuple[Neighbour, ...]
    seconds_per_picture: float

    @property
    def name(self) -> str:
        return f"{self.steps},g{self.guidance_scale:g}"


@dataclass(frozen=True, slots=True)
class RealStickers:
    """The same of real pictures, so the most that a model can reach; none of them was shown to the matcher.

    distances: of as many other real pictures to those of the prompts. ms_ssim: of pairs of different concepts in one
    style. originality: of concepts that training never saw. threshold: see `nearest.copy_threshold`.
    """

    examined: Examined
    distances: Mapping[str, Distances]
    ms_ssim: float
    originality: Originality
    threshold: float


@dataclass(frozen=True, slots=True)
class CodedStickers:
    """The prompts' real pictures after the model's codec and back: what it costs by itself. distances: to the same
    pictures as they were."""

    examined: Examined
    distances: Mapping[str, Distances]


@dataclass(frozen=True, slots=True)
class StickersReport:
    """scales: of MS-SSIM at the model's size. memory_peak_mb: of the process once it had made pictures, before any
    judge was loaded; None where the platform does not tell."""

    model_id: str
    sampler: str
    seed: int
    data: str
    features: Mapping[str, str]
    scales: int
    real: RealStickers
    coded: CodedStickers
    measured: tuple[StickersMeasured, ...]
    memory_peak_mb: float | None
    command: str
    hardware: str

    def figures(self) -> dict[str, float]:
        """Every number by a short name: "caption_r1@20,g3", "fd_matcher@20,g3", "real/caption_r1"."""
        figures: dict[str, float] = {}
        for entry in self.measured:
            own = _figures(entry.examined, entry.distances, entry.ms_ssim, entry.originality)
            figures |= {f"{name}@{entry.name}": value for name, value in own.items()}
            figures[f"seconds_per_picture@{entry.name}"] = entry.seconds_per_picture
        real = self.real
        aside = _figures(real.examined, real.distances, real.ms_ssim, real.originality)
        figures |= {f"real/{name}": value for name, value in aside.items()}
        coded = _figures(self.coded.examined, self.coded.distances)
        figures |= {f"coded/{name}": value for name, value in coded.items()}
        figures["copy_threshold"] = real.threshold
        for part, found in real.examined.retrieval.items():
            figures |= {f"{part}_pool": float(found.pool), f"{part}_prompts": float(found.pictures)}
        if self.memory_peak_mb is not None:
            figures["memory_peak_mb"] = self.memory_peak_mb
        return figures

    def markdown(self) -> str:
        """A page with one row per setting, and what to hold the rows against."""
        real = self.real
        names = list(self.features)
        parts = [part for part in PARTS if part in real.examined.retrieval]
        head = ["", *(f"{part} R@{places}" for part in parts for places in (1, 5)), "style", "finish"]
        head += [f"{word} ({name})" for name in names for word in ("FD", "KD", "precision", "recall")]
        head += ["MS-SSIM", "nearest", "copies", "s/picture"]
        rows = [
            [
                f"{entry.steps} steps, guidance {entry.guidance_scale:g}",
                *self._cells(entry.examined, entry.distances, entry.ms_ssim, entry.originality),
                f"{entry.seconds_per_picture:.3f}",
            ]
            for entry in self.measured
        ]
        aside = self._cells(real.examined, real.distances, real.ms_ssim, real.originality)
        rows.append(
            [
                "the prompts' real pictures through the codec",
                *self._cells(self.coded.examined, self.coded.distances),
                "",
            ]
        )
        rows.append(["real pictures that the matcher never saw", *aside, ""])
        table = "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])
        pools = "; ".join(
            f"{part}: {found.pictures} pictures, each to be found among {found.pool} captions, by chance "
            f"{1 / found.pool:.4f}"
            for part, found in real.examined.retrieval.items()
        )
        told = "; ".join(f"{name}: {text}" for name, text in self.features.items())
        memory = "" if self.memory_peak_mb is None else f" Memory at its peak: {self.memory_peak_mb:.0f} MB."
        return (
            f"# {self.model_id} on held-out captions and concepts\n\n"
            f"Stickers {self.data[:16]}, sampler {self.sampler}, seed {self.seed}. "
            "`caption`: captions never shown in training, of concepts that were; `name`: the names of such concepts, "
            "which were shown; `concept`: the names of concepts never shown. "
            f"{pools}. The judge is a matcher that was trained on real pictures alone. 3d, flat and gradient are one "
            "drawing in three finishes, so it has seen near twins of the real pictures in these styles that were kept "
            "from it; its card tells of noto alone, which has none. finish: the style with 3d and gradient as one.\n\n"
            "FD, KD, precision and recall are to the real pictures of the same prompts, in the features named "
            f"({told}); the last row's are of as many other real pictures. FD is not FID, and compares only with "
            f"others of as many pictures. MS-SSIM is of pictures of one prompt, {self.scales} scales; the last row's "
            "of real pictures of different concepts in one style; 1 would be no variety. nearest: the median "
            "distance to the nearest training picture (1 - cosine of the matcher's features), the last row's of "
            f"concepts that training never saw. copies: the share within {real.threshold:.4f}, as near as nine in ten "
            "training pictures are to themselves after the codec, one pixel aside and a twentieth darker; the last "
            f"row's copies are the false alarms among real pictures of concepts never seen.\n\n{table}\n\n"
            f"`{self.command}` on {self.hardware}.{memory}\n"
        )

    def _cells(
        self,
        examined: Examined,
        distances: Mapping[str, Distances],
        ms_ssim: float | None = None,
        originality: Originality | None = None,
    ) -> list[str]:
        cells = [f"{value:.3f}" for found in examined.retrieval.values() for value in (found.r1, found.r5)]
        cells += [f"{examined.style:.3f}", f"{examined.finish:.3f}"]
        for name in self.features:
            own = distances[name]
            cells += [f"{own.frechet:.1f}", f"{own.kernel:.3f}", f"{own.precision:.3f}", f"{own.recall:.3f}"]
        cells.append("" if ms_ssim is None else f"{ms_ssim:.3f}")
        return cells + (
            ["", ""] if originality is None else [f"{originality.distance:.3f}", f"{originality.copies:.3f}"]
        )

    def save(self, folder: Path) -> tuple[Path, Path]:
        """Write report.json and report.md into the folder; their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(self) | {"figures": self.figures()}, indent=2, ensure_ascii=False) + "\n"
        paths = folder / "report.json", folder / "report.md"
        for path, content in zip(paths, (text, self.markdown()), strict=True):
            write_text(path, content)
        return paths


def _figures(
    examined: Examined,
    distances: Mapping[str, Distances],
    ms_ssim: float | None = None,
    originality: Originality | None = None,
) -> dict[str, float]:
    figures = {f"{part}_r1": found.r1 for part, found in examined.retrieval.items()}
    figures |= {f"{part}_r5": found.r5 for part, found in examined.retrieval.items()}
    figures |= {"style": examined.style, "finish": examined.finish}
    if ms_ssim is not None:
        figures["ms_ssim"] = ms_ssim
    if originality is not None:
        figures |= {"nearest_distance": originality.distance, "copies": originality.copies}
    for name, own in distances.items():
        short = {"fd": own.frechet, "kd": own.kernel, "precision": own.precision, "recall": own.recall}
        figures |= {f"{key}_{name}": value for key, value in short.items()}
    return figures
