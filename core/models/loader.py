"""From a card to a model on its device. Networks' code is imported only when a model of theirs is loaded."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Protocol, cast, runtime_checkable

import torch

from core.errors import DeviceError, ModelError, NoisetteError
from core.jobs.torch_parts import complete_torch
from core.models.card import ModelCard, read_card
from core.models.picture import PictureModel
from core.models.registry import ModelRegistry
from core.requests import Device, Precision

BUILDERS: dict[str, str] = {"tabletop": "core.models.tabletop:load", "stickers": "core.models.stickers:load"}
"""card.network -> where its `load(card, folder, device) -> PictureModel` is. Only what is named here is ever run."""

LEAN = ("tabletop", "stickers")
"""Networks for which torch may be without some of its parts: see `core.jobs.torch_parts`."""

KEPT = 2
"""How many loaded models stay in memory."""


def register_network(network: str, entry: str) -> None:
    """Let cards name another network. entry: "module:function" with `load(card, folder, device) -> PictureModel`."""
    BUILDERS[network] = entry


def load_model(
    registry: ModelRegistry, model_id: str, device: Device = "auto", precision: Precision = "auto"
) -> PictureModel:
    """The model, checked against its card and ready to sample; the last `KEPT` are kept.

    precision: "float32" for a model whose networks compute so, whatever they are kept in.
    Raises ModelError for a missing, damaged or unknown one, RequestError for a device that isn't here.
    """
    card = registry.card(model_id)
    if card.kind not in ("picture", "weak"):
        raise ModelError(f"model {model_id!r} is a {card.kind}; choose one that makes pictures")
    files = registry.files(model_id)
    states = tuple(sorted((role, path.stat().st_mtime_ns) for role, path in files.items()))
    model = _loaded(registry.folder(model_id) / f"{model_id}.json", states, str(choose_device(device)))
    weaker = registry.weaker(model_id)
    if weaker is not None and isinstance(model, Served):
        model = model.served_by(weaker, lambda: registry.files(weaker.id)["painter"])
    return model.in_float32() if precision == "float32" else model


@runtime_checkable
class Served(Protocol):
    """A model whose autoguidance can ask a weaker one."""

    @property
    def card(self) -> ModelCard: ...

    @property
    def weaker(self) -> ModelCard | None:
        """The weaker one's card; None where its own weights are spoiled for it."""
        ...

    def served_by(self, weaker: ModelCard, find: Callable[[], Path]) -> PictureModel:
        """The same model. find: checks the weaker painter's file and tells where it is; called when first needed."""
        ...


def choose_device(name: Device) -> torch.device:
    """ "auto" takes CUDA, then Apple's GPU, then the CPU. Raises DeviceError for a device that isn't here."""
    present = present_devices()
    if name == "auto":
        return torch.device(present[0])
    if name not in present:
        raise DeviceError(f"device {name!r} is not on this machine; choose auto or one of {', '.join(present)}")
    return torch.device(name)


def present_devices() -> tuple[Device, ...]:
    """What this machine has, the best first; the CPU always."""
    there: dict[Device, bool] = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return (*(kind for kind, here in there.items() if here), "cpu")


@lru_cache(maxsize=KEPT)
def _loaded(card_path: Path, states: tuple[tuple[str, int], ...], device: str) -> PictureModel:
    """states: by role, when each file was last changed; a changed file is another model."""
    del states
    card = read_card(card_path)
    try:
        return _builder(card)(card, card_path.parent, torch.device(device))
    except (NoisetteError, MemoryError, torch.OutOfMemoryError):
        raise
    except Exception as error:
        raise ModelError(
            f"model {card.id!r} can't be built from its files ({type(error).__name__}: {error}); install it again"
        ) from error


def _builder(card: ModelCard) -> Callable[[ModelCard, Path, torch.device], PictureModel]:
    entry = BUILDERS.get(card.network)
    if entry is None:
        known = ", ".join(BUILDERS)
        raise ModelError(f"model {card.id!r} has network {card.network!r}; this Noisette builds {known}")
    if card.network not in LEAN:
        complete_torch()
    module, _, name = entry.partition(":")
    return cast(
        "Callable[[ModelCard, Path, torch.device], PictureModel]", getattr(importlib.import_module(module), name)
    )
