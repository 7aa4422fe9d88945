"""The judge: which objects a picture shows, and which of a caption's wishes they meet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from core.errors import ModelError
from core.evaluation.detections import objects, seen_both_ways, tabletop_detector_config
from core.networks.detector import Detector
from core.networks.weights import load_weights
from core.worlds.tabletop.constraints import Constraint, Observed, holds
from core.worlds.tabletop.grammar import parse

JUDGE_ID = "tabletop-detector"


@dataclass(frozen=True, slots=True)
class Verdict:
    """seen: the objects found. held: the caption's constraints in order, each with whether it holds.

    Wishes about the camera are not judged: a picture does not state its camera.
    """

    seen: tuple[Observed, ...]
    held: tuple[tuple[Constraint, bool], ...]

    @property
    def exact(self) -> bool:
        """Every constraint holds."""
        return all(ok for _, ok in self.held)


@dataclass(frozen=True, slots=True)
class Look:
    """objects: of each picture. features: (B, F) float64, for distances between sets of pictures."""

    objects: tuple[tuple[Observed, ...], ...]
    features: np.ndarray


class Judge:
    """A detector that was trained on real renders alone, read as a judge. Not safe between threads."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector.eval()

    @staticmethod
    def load(path: Path) -> Judge:
        """From its .safetensors file. Raises ModelError."""
        detector = Detector(tabletop_detector_config())
        try:
            detector.load_state_dict(load_weights(path).tensors)
        except RuntimeError as error:
            raise ModelError(f"{path} is not the tabletop's detector ({error}); install the model again") from error
        return Judge(detector.to(memory_format=torch.channels_last))  # pyright: ignore[reportCallIssue, reportUnknownArgumentType]

    @torch.inference_mode()
    def look(self, pictures: np.ndarray, batch_size: int = 32) -> Look:
        """pictures: (B, H, W, 3) uint8 sRGB, of any size; they are brought to the detector's own."""
        size = self._detector.config.size
        seen: list[tuple[Observed, ...]] = []
        features: list[np.ndarray] = []
        for start in range(0, len(pictures), batch_size):
            image = torch.from_numpy(np.ascontiguousarray(pictures[start : start + batch_size]))
            image = image.permute(0, 3, 1, 2).float() / 127.5 - 1.0
            if image.shape[2:] != (size, size):
                image = F.interpolate(image, size=(size, size), mode="bilinear", antialias=True)
            found = seen_both_ways(self._detector, image.contiguous(memory_format=torch.channels_last))
            seen += objects(found)
            features.append(found.features.double().numpy())
        return Look(tuple(seen), np.concatenate(features))

    def observe(self, picture: np.ndarray) -> tuple[Observed, ...]:
        """The objects of one picture, (H, W, 3) uint8 sRGB, surest first."""
        return self.look(picture[None]).objects[0]

    def score(self, picture: np.ndarray, prompt: str) -> Verdict:
        """Which of the prompt's constraints one picture meets."""
        return judged(self.observe(picture), prompt)


def judged(seen: tuple[Observed, ...], prompt: str) -> Verdict:
    """Which of the prompt's constraints these objects meet."""
    constraints = parse(prompt).constraints
    return Verdict(seen, tuple(zip(constraints, holds(constraints, seen), strict=True)))
