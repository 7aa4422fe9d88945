"""ComfyUI's two forms of a graph as one: nodes with named inputs, each a value or a link to another node's output.

`prompt` (what was run): {id: {"class_type": ..., "inputs": {name: value | [id, slot]}}}.
`workflow` (what was drawn): nodes with `widgets_values` by position and a list of links; read for the classes in
WIDGETS alone, since positions have no names.
Source: comfyanonymous/ComfyUI, execution.py, and Comfy-Org/ComfyUI_frontend, src/schemas (workflow 0.4 and 1.0).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from core.interop.imported import ImportedError

MAX_NODES = 20_000
MUTED, BYPASSED = 2, 4

_SEED = ("seed", "control_after_generate")
WIDGETS: dict[str, tuple[str, ...]] = {
    "KSampler": (*_SEED, "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "KSamplerAdvanced": (
        *("add_noise", "noise_seed", "control_after_generate", "steps", "cfg", "sampler_name", "scheduler"),
        *("start_at_step", "end_at_step", "return_with_leftover_noise"),
    ),
    "SamplerCustom": ("add_noise", "noise_seed", "control_after_generate", "cfg"),
    "RandomNoise": ("noise_seed", "control_after_generate"),
    "KSamplerSelect": ("sampler_name",),
    "SamplerEulerAncestral": ("eta", "s_noise"),
    "BasicScheduler": ("scheduler", "steps", "denoise"),
    "KarrasScheduler": ("steps", "sigma_max", "sigma_min", "rho"),
    "ExponentialScheduler": ("steps", "sigma_max", "sigma_min"),
    "CFGGuider": ("cfg",),
    "CLIPTextEncode": ("text",),
    "CLIPTextEncodeSDXL": (
        *("width", "height", "crop_w", "crop_h", "target_width", "target_height", "text_g", "text_l"),
    ),
    "CLIPTextEncodeFlux": ("clip_l", "t5xxl", "guidance"),
    "CLIPTextEncodeSD3": ("clip_l", "clip_g", "t5xxl", "empty_padding"),
    "FluxGuidance": ("guidance",),
    "EmptyLatentImage": ("width", "height", "batch_size"),
    "EmptySD3LatentImage": ("width", "height", "batch_size"),
    "LatentUpscale": ("upscale_method", "width", "height", "crop"),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "UNETLoader": ("unet_name", "weight_dtype"),
    "LoraLoader": ("lora_name", "strength_model", "strength_clip"),
    "LoraLoaderModelOnly": ("lora_name", "strength_model"),
    "RescaleCFG": ("multiplier",),
    "PrimitiveNode": ("value",),
    "PrimitiveInt": ("value",),
    "PrimitiveFloat": ("value",),
    "PrimitiveString": ("value",),
    "PrimitiveStringMultiline": ("value",),
    "StringConcatenate": ("string_a", "string_b", "delimiter"),
    "LoadImage": ("image", "upload"),
    "VAELoader": ("vae_name",),
}
"""class -> its widgets by position."""


@dataclass(frozen=True, slots=True)
class Link:
    """To output `slot` of the node `id`."""

    id: str
    slot: int


@dataclass(frozen=True, slots=True)
class Node:
    """inputs: by name, a value or a Link."""

    id: str
    kind: str
    inputs: dict[str, Any] = field(default_factory=dict[str, Any])

    def links(self) -> Iterator[tuple[str, Link]]:
        """Input name and link, in the node's order."""
        for name, value in self.inputs.items():
            if isinstance(value, Link):
                yield name, value


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by id, as they may be found: with links to nowhere, and round in circles."""

    nodes: dict[str, Node]

    def node(self, value: object) -> Node | None:
        """The node that a link leads to, reroutes passed by; None for a value, and for one that is not there."""
        seen = set[str]()
        while isinstance(value, Link) and value.id not in seen:
            seen.add(value.id)
            found = self.nodes.get(value.id)
            if found is None or found.kind != "Reroute":
                return found
            value = next((link for _, link in found.links()), None)
        return None

    def upstream(self, start: Node) -> Iterator[Node]:
        """All nodes that it depends on, the nearest first, itself left out."""
        seen, waiting = {start.id}, deque([start])
        while waiting:
            for _, link in waiting.popleft().links():
                node = self.nodes.get(link.id)
                if node is not None and node.id not in seen:
                    seen.add(node.id)
                    yield node
                    waiting.append(node)

    def unused(self) -> Iterator[Node]:
        """Nodes that no other takes anything from, in the graph's order."""
        used = {link.id for node in self.nodes.values() for _, link in node.links()}
        return (node for node in self.nodes.values() if node.id not in used)


def read_graph(data: Any) -> Graph:
    """Either form, from parsed JSON. Raises ImportedError where it is neither."""
    if isinstance(data, dict):
        record = cast("dict[str, Any]", data)
        if isinstance(record.get("nodes"), list):
            return _drawn(record)
        if isinstance(record.get("prompt"), dict):
            record = cast("dict[str, Any]", record["prompt"])
        nodes = {key: node for key, value in record.items() if (node := _run_node(key, value)) is not None}
        if nodes:
            _check_count(len(record))
            return Graph(nodes)
    raise ImportedError("the graph holds no nodes; ComfyUI's own have a class_type each")


def _run_node(key: str, value: Any) -> Node | None:
    if not isinstance(value, dict):
        return None
    record = cast("dict[str, Any]", value)
    kind, inputs = record.get("class_type"), record.get("inputs")
    if not isinstance(kind, str):
        return None
    named = cast("dict[str, Any]", inputs) if isinstance(inputs, dict) else {}
    return Node(key, kind, {name: _link(entry) for name, entry in named.items()})


def _link(entry: Any) -> Any:
    """[id, slot] as a Link, anything else as it is."""
    pair = cast("list[Any]", entry) if isinstance(entry, list) else []
    if len(pair) == 2 and isinstance(pair[0], str | int) and type(pair[1]) is int:
        return Link(str(pair[0]), pair[1])
    return cast("Any", entry)


def _drawn(record: dict[str, Any]) -> Graph:
    entries = [cast("dict[str, Any]", entry) for entry in cast("list[Any]", record["nodes"]) if isinstance(entry, dict)]
    _check_count(len(entries))
    links = _drawn_links(record.get("links"))
    nodes: dict[str, Node] = {}
    for entry in entries:
        key, kind = entry.get("id"), entry.get("type")
        if not isinstance(key, str | int) or not isinstance(kind, str) or entry.get("mode") == MUTED:
            continue
        # One that is bypassed hands on what it is given.
        kind = "Reroute" if entry.get("mode") == BYPASSED else kind
        nodes[str(key)] = Node(str(key), kind, {**_widgets(kind, entry), **_drawn_inputs(entry, links)})
    if not nodes:
        raise ImportedError("the graph holds no nodes; ComfyUI's own have a type each")
    return Graph(nodes)


def _drawn_links(data: Any) -> dict[Any, Link]:
    """By the link's id: [id, from, slot, to, slot, type], or the same as an object."""
    found: dict[Any, Link] = {}
    for entry in cast("list[Any]", data) if isinstance(data, list) else []:
        if isinstance(entry, dict):
            record = cast("dict[str, Any]", entry)
            row = [record.get("id"), record.get("origin_id"), record.get("origin_slot")]
        elif isinstance(entry, list):
            row = cast("list[Any]", entry)[:3]
        else:
            continue
        if len(row) == 3 and type(row[0]) is int and isinstance(row[1], str | int) and type(row[2]) is int:
            found[row[0]] = Link(str(row[1]), row[2])
    return found


def _drawn_inputs(entry: dict[str, Any], links: dict[Any, Link]) -> dict[str, Any]:
    inputs = entry.get("inputs")
    named: dict[str, Any] = {}
    for each in cast("list[Any]", inputs) if isinstance(inputs, list) else []:
        if isinstance(each, dict):
            record = cast("dict[str, Any]", each)
            name, link = record.get("name"), record.get("link")
            if isinstance(name, str) and type(link) is int and link in links:
                named[name] = links[link]
    return named


def _widgets(kind: str, entry: dict[str, Any]) -> dict[str, Any]:
    values = entry.get("widgets_values")
    if isinstance(values, dict):
        return dict(cast("dict[str, Any]", values))
    if not isinstance(values, list):
        return {}
    return dict(zip(WIDGETS.get(kind, ()), cast("list[Any]", values), strict=False))


def _check_count(nodes: int) -> None:
    if nodes > MAX_NODES:
        raise ImportedError(f"the graph has {nodes} nodes; up to {MAX_NODES} are read")
