"""Reads what made a picture out of a ComfyUI graph, from the sampler before the picture was saved backwards.

Source: comfyanonymous/ComfyUI, nodes.py and comfy_extras/nodes_custom_sampler.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any

from core.interop.comfyui_graph import Graph, Link, Node, read_graph
from core.interop.comfyui_guidance import take_guidance
from core.interop.comfyui_text import read_comfyui_prompt, value_of
from core.interop.findings import Findings, number, shown
from core.interop.imported import Imported, ImportedError, Tool
from core.interop.sampler_names import COMFYUI_SAMPLERS, COMFYUI_SCHEDULES, EXPONENTIAL, KARRAS, Known
from core.samplers.cards import eta_card

MOST_LOOKED_AT = 32
"""So many saving nodes, or samplers where nothing saves, are followed."""

_COMPUTED = "it is made only when the graph runs"
_PASSED_ON = "what this node does has no counterpart here"
_PLAIN_SAMPLER = frozenset({"steps", "cfg", "sampler_name", "scheduler"})
_CUSTOM = ("SamplerCustom", "SamplerCustomAdvanced")
_SAMPLER_NODES = {
    "SamplerEulerAncestral": "euler_ancestral",
    "SamplerDPMPP_2M_SDE": "dpmpp_2m_sde",
    "SamplerDPMPP_2S_Ancestral": "dpmpp_2s_ancestral",
    "SamplerDPMPP_3M_SDE": "dpmpp_3m_sde",
    "SamplerDPMPP_SDE": "dpmpp_sde",
    "SamplerER_SDE": "er_sde",
    "SamplerLCMUpscale": "lcm",
    "SamplerLMS": "lms",
}
_TEXTS: dict[str, tuple[str, ...]] = {
    "CLIPTextEncodeSDXL": ("text_g", "text_l"),
    "CLIPTextEncodeFlux": ("t5xxl", "clip_l"),
    "CLIPTextEncodeSD3": ("t5xxl", "clip_g", "clip_l"),
    "CLIPTextEncodeHunyuanDiT": ("mt5xl", "bert"),
    "CLIPTextEncodeLumina2": ("user_prompt",),
}
_FIRST_OF_TWO = {
    "ConditioningCombine": ("conditioning_1", "conditioning_2"),
    "ConditioningConcat": ("conditioning_to", "conditioning_from"),
    "ConditioningAverage": ("conditioning_to", "conditioning_from"),
}
_LOADERS = ("ckpt_name", "unet_name", "model_path", "model_name")
_LATENTS = ("samples", "latent_image", "latent", "latents")
_DECODERS = ("VAEDecode", "VAEDecodeTiled")


def read_comfyui(data: Any) -> Imported:
    """data: parsed JSON of `prompt` or `workflow`. Raises ImportedError where no sampler is found."""
    graph = read_graph(data)
    walk = _Walk(graph)
    walk.read()
    return walk.findings.imported()


class _Walk:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.findings = Findings(Tool.COMFYUI)

    def read(self) -> None:
        """From the sampler to what it was given."""
        sampler = self._sampler()
        if sampler.kind in _CUSTOM:
            self._custom(sampler)
        else:
            self._plain(sampler)
        self._size(sampler.inputs.get("latent_image"))

    def _sampler(self) -> Node:
        """The last sampler before a picture is saved."""
        ends = [node for node in self._graph.unused() if "images" in node.inputs or "image" in node.inputs]
        ends.sort(key=lambda node: "save" not in node.kind.lower())
        found: list[tuple[Node, Node, int]] = []
        for end in ends[:MOST_LOOKED_AT]:
            before = [node for node in self._graph.upstream(end) if _samples(node)]
            if before:
                found.append((end, before[0], len(before)))
        if found:
            end, sampler, count = found[0]
            if len({node.id for _, node, _ in found}) > 1:
                self.findings.remark(f"The graph shows pictures of several samplers; that of “{end.kind}” was read")
            if count > 1:
                self.findings.remark(f"{count} samplers work one after another; the last, node {sampler.id}, was read")
            self._afterwards(end, sampler)
            return sampler
        return self._last_sampler()

    def _last_sampler(self) -> Node:
        samplers = list(islice(filter(_samples, self._graph.nodes.values()), MOST_LOOKED_AT))
        if not samplers:
            raise ImportedError("the graph holds no sampler that is known here; give a picture that a KSampler made")
        earlier = {node.id for sampler in samplers for node in self._graph.upstream(sampler)}
        last = [sampler for sampler in samplers if sampler.id not in earlier] or samplers
        if len(samplers) > 1:
            self.findings.remark(f"{len(samplers)} samplers stand in the graph; the last, node {last[0].id}, was read")
        return last[0]

    def _afterwards(self, end: Node, sampler: Node) -> None:
        """List what was done to the picture once it was sampled."""
        before = {sampler.id, *(node.id for node in self._graph.upstream(sampler))}
        for node in self._graph.upstream(end):
            if node.id in before:
                continue
            if node.kind in _DECODERS:
                vae = self._graph.node(node.inputs.get("vae"))
                if vae is not None and vae.kind == "VAELoader":
                    self.findings.lose("VAE", vae.inputs.get("vae_name", ""), "the decoder belongs to the model here")
            elif any(isinstance(node.inputs.get(name), Link) for name in ("image", "images", "pixels", *_LATENTS)):
                self.findings.lose(node.kind, f"node {node.id}", "it changes the picture afterwards; nothing here does")

    def _plain(self, node: Node) -> None:
        """KSampler, KSamplerAdvanced, and others with their inputs."""
        findings = self.findings
        self._number(node, "steps", findings.take_steps)
        self._number(node, "noise_seed" if "noise_seed" in node.inputs else "seed", findings.take_seed)
        self._number(node, "cfg", findings.take_scale)
        self._sampler_name(self._value(node, "sampler_name"))
        self._schedule(self._value(node, "scheduler"))
        self._part_of_run(node)
        self._texts(node.inputs.get("positive"), "positive")
        self._texts(node.inputs.get("negative"), "negative")
        self._model(node.inputs.get("model"))

    def _part_of_run(self, node: Node) -> None:
        """List a run that is not whole: from a picture, or only some of the steps."""
        denoise = number(self._value(node, "denoise", optional=True))
        if denoise is not None and denoise < 1.0:
            self.findings.lose("denoise", denoise, "the run began from a picture, which is not in the file")
        steps, start, end = (
            number(self._value(node, n, optional=True)) for n in ("steps", "start_at_step", "end_at_step")
        )
        if start or (end is not None and steps is not None and end < steps):
            value = f"{shown(start or 0)} to {shown(end)} of {shown(steps)}"
            self.findings.lose("Steps done", value, "a run here makes all of its steps")
        for name, usual in (("add_noise", ("enable", True)), ("return_with_leftover_noise", ("disable", False))):
            if name in node.inputs and node.inputs[name] not in usual:
                self.findings.lose(name, node.inputs[name], "a run here goes from noise to a clean picture")

    def _custom(self, node: Node) -> None:
        """SamplerCustom and SamplerCustomAdvanced, with the nodes that are their parts."""
        sampler, sigmas = self._graph.node(node.inputs.get("sampler")), self._graph.node(node.inputs.get("sigmas"))
        self._custom_sampler(sampler)
        self._sigmas(sigmas)
        guider = self._graph.node(node.inputs.get("guider")) if node.kind == "SamplerCustomAdvanced" else node
        noise = self._graph.node(node.inputs.get("noise")) if node.kind == "SamplerCustomAdvanced" else node
        if noise is not None and "noise_seed" in noise.inputs:
            self._number(noise, "noise_seed", self.findings.take_seed)
        else:
            self.findings.lose("Noise", noise.kind if noise else "missing", "the node that draws it is not known here")
        self._part_of_run(node)
        if guider is None:
            self.findings.lose("Guidance", "missing", "the node that guides is not in the graph")
            return
        if "cfg" in guider.inputs:
            self._number(guider, "cfg", self.findings.take_scale)
            take_guidance(self.findings, guider.kind, partial(self._value, guider))
        elif guider.kind == "BasicGuider":
            self.findings.keep(guidance_scale=1.0)
        else:
            self.findings.lose("Guidance", guider.kind, _PASSED_ON)
        self._texts(guider.inputs.get("positive", guider.inputs.get("conditioning")), "positive")
        if "negative" in guider.inputs:
            self._texts(guider.inputs["negative"], "negative")
        self._model(guider.inputs.get("model"))

    def _custom_sampler(self, node: Node | None) -> None:
        if node is None:
            self.findings.lose("Sampler", "missing", "the node that names it is not in the graph")
        elif "sampler_name" in node.inputs:
            self._sampler_name(self._value(node, "sampler_name"))
        else:
            self._sampler_name(_SAMPLER_NODES.get(node.kind, node.kind))
            eta, scale = (self._value(node, name, optional=True) for name in ("eta", "s_noise"))
            card = eta_card(self.findings.settings.sampler or "")
            if eta is not None and card is not None:
                self.findings.take_eta("eta", eta, card.setting)
            elif eta is not None and number(eta) != 1.0:
                self.findings.lose("eta", eta, "this sampler takes no such setting here")
            if scale is not None:
                self.findings.take_noise_scale("s_noise", scale)

    def _sigmas(self, node: Node | None) -> None:
        if node is None:
            self.findings.lose("Schedule", "missing", "the node that lays it is not in the graph")
            return
        if "steps" in node.inputs:
            self._number(node, "steps", self.findings.take_steps)
        if "scheduler" in node.inputs:
            self._schedule(self._value(node, "scheduler"))
            self._part_of_run(Node(node.id, node.kind, {"denoise": node.inputs.get("denoise", 1.0)}))
            return
        known = {"KarrasScheduler": KARRAS, "ExponentialScheduler": EXPONENTIAL}.get(node.kind, Known("", "uniform"))
        self.findings.take_time_grid("Schedule", node.kind, known)
        if known.ours:
            names = {"largest": "sigma_max", "smallest": "sigma_min", "rho": "rho"}
            bends = {ours: (name, self._value(node, name)) for ours, name in names.items() if name in node.inputs}
            self.findings.take_bends(**bends)

    def _sampler_name(self, name: object) -> None:
        known = COMFYUI_SAMPLERS.get(name) if isinstance(name, str) else None
        self.findings.take_sampler("sampler_name", name, known)

    def _schedule(self, name: object) -> None:
        known = COMFYUI_SCHEDULES.get(name) if isinstance(name, str) else None
        self.findings.take_time_grid("scheduler", name, known)

    def _texts(self, value: object, role: str) -> None:
        """Follow a conditioning to the text that it was made of."""
        side = "Leave out" if role == "negative" else "Prompt"
        seen = set[str]()
        while True:
            node = self._graph.node(value)
            if node is None or node.id in seen:
                self.findings.lose(side, "missing", "the node that holds it is not in the graph")
                return
            seen.add(node.id)
            texts = self._texts_of(node, role)
            if texts is not None:
                self._take_texts(side, texts, role)
                return
            if node.kind == "ConditioningZeroOut":
                self.findings.lose(side, "zeroed", "an empty text stands for it here")
                self.findings.take_prompt("", read_comfyui_prompt, negative=role == "negative")
                return
            slot = value.slot if isinstance(value, Link) else 0
            value = self._behind(node, role, slot)

    def _texts_of(self, node: Node, role: str) -> list[object] | None:
        """Its texts (None for one that is computed), None where it is no node of texts."""
        names = _TEXTS.get(node.kind)
        if names is None and "TextEncode" in node.kind:
            names = ("text",) if "text" in node.inputs else ("prompt",)
        if names is None and isinstance(node.inputs.get(role), str):
            names = (role,)
        return None if names is None else [value_of(self._graph, node.inputs.get(n)) for n in names if n in node.inputs]

    def _take_texts(self, side: str, texts: list[object], role: str) -> None:
        read = [text for text in texts if isinstance(text, str)]
        if len(read) < len(texts) or not texts:
            self.findings.lose(side, "a text of the graph", _COMPUTED)
        if not read:
            return
        # Models with several text encoders are often given one text for all; the others are listed.
        chosen = next((text for text in read if text.strip()), read[0])
        self.findings.take_prompt(chosen, read_comfyui_prompt, negative=role == "negative")
        for text in dict.fromkeys(read):
            if text.strip() and text != chosen:
                self.findings.lose(side, text, "it went to a second text encoder; there is one here")

    def _behind(self, node: Node, role: str, slot: int) -> object:
        """What a node that changes a conditioning was given."""
        if node.kind in _FIRST_OF_TWO:
            first, second = _FIRST_OF_TWO[node.kind]
            other = self._graph.node(node.inputs.get(second))
            text = value_of(self._graph, other.inputs.get("text")) if other else None
            self.findings.lose(
                node.kind, text or "a second prompt", "two prompts are not mixed here; the first was taken"
            )
            return node.inputs.get(first)
        guidance = self._value(node, "guidance", optional=True)
        self.findings.lose(node.kind, "" if guidance is None else guidance, _PASSED_ON)
        if "negative" in node.inputs and "positive" in node.inputs:
            return node.inputs["negative" if slot == 1 else "positive"]
        return node.inputs.get("conditioning", node.inputs.get(role))

    def _model(self, value: object) -> None:
        """Follow a model to its file, listing what changes it on the way."""
        seen = set[str]()
        while (node := self._graph.node(value)) is not None and node.id not in seen:
            seen.add(node.id)
            name = next((self._value(node, n) for n in _LOADERS if n in node.inputs), None)
            if name is not None and not isinstance(node.inputs.get("model"), Link):
                self.findings.take_model(name)
                return
            if node.kind == "RescaleCFG":
                self._number(node, "multiplier", self.findings.take_rescale)
            elif take_guidance(self.findings, node.kind, partial(self._value, node)):
                pass
            elif "lora_name" in node.inputs:
                strength = shown(self._value(node, "strength_model", optional=True) or "")
                why = "a LoRA changes the model's weights; models here take none"
                self.findings.lose("LoRA", f"{shown(node.inputs['lora_name'])} {strength}", why)
            else:
                self.findings.lose(node.kind, f"node {node.id}", "it changes the model; nothing of the kind is here")
            value = node.inputs.get("model")
        self.findings.lose("Model", "missing", "the node that loads it is not in the graph")

    def _size(self, value: object) -> None:
        node = next(self._latents(value), None)
        if node is None:
            self.findings.lose("Size", "missing", "the node that sets it is not in the graph")
        elif node.kind.startswith("Empty") and "width" in node.inputs:
            self.findings.take_size("Size", self._value(node, "width"), self._value(node, "height"))
            if (number(self._value(node, "batch_size", optional=True)) or 1) > 1:
                why = "which picture of the batch this is, the file does not say; the seed is the first one's"
                self.findings.lose("batch_size", node.inputs["batch_size"], why)
        else:
            image = self._graph.node(node.inputs.get("pixels"))
            name = image.inputs.get("image", node.kind) if image is not None else node.kind
            self.findings.lose("Start", name, "the run began from a picture, which is not in the file")

    def _latents(self, value: object) -> Iterator[Node]:
        """Nodes that a latent comes from, those that only hand it on left out."""
        seen = set[str]()
        while (node := self._graph.node(value)) is not None and node.id not in seen:
            seen.add(node.id)
            behind = next((node.inputs[name] for name in _LATENTS if isinstance(node.inputs.get(name), Link)), None)
            if behind is None or _samples(node):
                yield node
                return
            self.findings.lose(node.kind, f"node {node.id}", "it changes what the run begins with; nothing here does")
            value = behind

    def _number(self, node: Node, name: str, take: Any) -> None:
        value = self._value(node, name)
        if value is not None:
            take(name, value)

    def _value(self, node: Node, name: str, *, optional: bool = False) -> object:
        """A literal of the node; what is computed is listed, unless it is optional."""
        value = value_of(self._graph, node.inputs.get(name))
        if value is None and not optional:
            link = node.inputs.get(name)
            made_by = self._graph.node(link)
            self.findings.lose(name, f"by “{made_by.kind}”" if made_by else "missing", _COMPUTED)
        return value


def _samples(node: Node) -> bool:
    return node.kind in _CUSTOM or node.inputs.keys() >= _PLAIN_SAMPLER
