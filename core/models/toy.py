"""Trained networks of the plane on disk, and the denoisers they make."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.diffusion.denoiser import Denoiser, NetworkDenoiser
from core.diffusion.parameterization import Parameterization
from core.errors import ModelError, RequestError
from core.networks.toy_mlp import ToyMlp, ToyMlpConfig
from core.networks.weights import load_weights, save_weights
from core.toy import Process, process_named

KIND_OF: dict[Process, Parameterization] = {
    "vp": Parameterization.V,
    "ve": Parameterization.EDM,
    "flow": Parameterization.VELOCITY,
    "rectified": Parameterization.VELOCITY,
}
"""What each process' network puts out."""


@dataclass(frozen=True, slots=True)
class TrainedToy:
    network: ToyMlp
    process: Process

    @property
    def denoiser(self) -> Denoiser:
        return NetworkDenoiser(self.network, KIND_OF[self.process])


def save_toy(network: ToyMlp, process: Process, path: Path, notes: dict[str, str]) -> None:
    """Write a network with all that is needed to read it. notes: more for the file's header."""
    config = network.config
    own = {"process": process, "width": str(config.width), "layers": str(config.layers)}
    save_weights(path, network.state_dict(), {**notes, **own})


def load_toy(path: Path) -> TrainedToy:
    """What `save_toy` wrote, ready to be asked. Raises ModelError."""
    weights = load_weights(path)
    try:
        process = process_named(weights.metadata["process"])
        network = ToyMlp(ToyMlpConfig(int(weights.metadata["width"]), int(weights.metadata["layers"])))
        network.load_state_dict(weights.tensors)
    except (KeyError, ValueError, RequestError, RuntimeError) as error:
        raise ModelError(f"{path} holds no network of the plane ({error}); train it again") from error
    return TrainedToy(network.eval().requires_grad_(False), process)
