"""Make minilm.safetensors: what the transformers library reads of a few texts with MiniLM's weights, in float32.

    PYTHONPATH=. .venv/bin/python tests/golden/make_minilm.py

Its own classes read the encoder's files as they stand, so that the tokens are its own too.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from core.networks.minilm import FOLDER
from core.networks.weights import save_weights

TEXTS = ("", "a sleepy fox", "Rocket made of CHEESE, flat!", "crème-brûlée")


@torch.no_grad()
def main() -> None:
    # all-MiniLM-L6-v2's own config.json, where it differs from BERT's defaults.
    shape = BertConfig(hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536)
    network = BertModel(shape).eval()
    # A buffer that newer versions make themselves.
    tensors = {
        name: value for name, value in load_file(FOLDER / "model.safetensors").items() if "position_ids" not in name
    }
    network.load_state_dict(tensors)
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(FOLDER / "tokenizer.json"))
    golden = {
        text: network(torch.tensor([tokenizer(text, truncation=False, padding=False)["input_ids"]])).last_hidden_state[
            0
        ]
        for text in TEXTS
    }
    save_weights(Path(__file__).parent / "minilm.safetensors", golden, {"transformers": version("transformers")})


if __name__ == "__main__":
    sys.exit(main())
