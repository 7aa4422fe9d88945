"""Graphs as ComfyUI keeps them: whole, cut, going round in circles, and drawn up by chance."""

from __future__ import annotations

import copy
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.interop.comfyui import read_comfyui
from core.interop.imported import Imported, ImportedError
from core.requests import GridSettings, GuidanceSettings
from tests.core.interop.foreign import GRAPH, WORKFLOW, refusal


def graph(**changes: dict[str, Any]) -> dict[str, Any]:
    """The usual graph with inputs of its nodes changed: n3={"cfg": 1}."""
    made = copy.deepcopy(GRAPH)
    for key, inputs in changes.items():
        made.setdefault(key[1:], {"class_type": "", "inputs": {}})["inputs"].update(inputs)
    return made


def with_nodes(changes: dict[str, dict[str, Any]], **nodes: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    made = graph(**changes)
    return made | {key[1:]: {"class_type": kind, "inputs": inputs} for key, (kind, inputs) in nodes.items()}


def lost(imported: Imported) -> dict[str, str]:
    return {each.name: each.value for each in imported.unmapped}


def test_the_usual_graph() -> None:
    imported = read_comfyui(GRAPH)
    settings = imported.settings
    assert (settings.prompt, settings.negative_prompt) == ("a (red:1.2) cube", "text, watermark")
    assert (settings.sampler, settings.time_grid, settings.steps, settings.guidance_scale) == (
        "euler",
        "linspace",
        20,
        8,
    )
    assert (settings.seed, settings.width, settings.height) == (156680208700286, 512, 768)
    assert settings.model == "v1-5-pruned-emaonly"
    assert lost(imported) == {"LoRA": "foo.safetensors 0.7", "Prompt": "embedding:glow"}
    assert any("“normal” takes fractions" in remark for remark in imported.remarks)


def test_a_drawn_workflow_is_read_by_position() -> None:
    settings = read_comfyui(WORKFLOW).settings
    assert (settings.prompt, settings.negative_prompt, settings.seed) == ("two green cones", "fog", 42)
    assert (settings.sampler, settings.time_grid, settings.steps, settings.width) == ("dpmpp_2m", "karras", 25, 640)


def test_a_bypassed_node_hands_on_and_a_muted_one_is_gone() -> None:
    drawn = copy.deepcopy(WORKFLOW)
    lora = {
        "id": 12,
        "type": "LoraLoader",
        "mode": 4,
        "inputs": [{"name": "model", "link": 20}],
        "widgets_values": ["x", 1],
    }
    drawn["nodes"] += [
        lora,
        {"id": 13, "type": "KSampler", "mode": 2, "widgets_values": [9, "", 9, 9, "euler", "beta", 1]},
    ]
    drawn["links"] += [[20, 4, 0, 12, 0, "MODEL"], [1, 12, 0, 3, 0, "MODEL"]]
    imported = read_comfyui(drawn)
    assert imported.settings.model == "dream"
    assert imported.unmapped == ()


def test_comfyuis_ddim_is_euler_and_says_so() -> None:
    imported = read_comfyui(graph(n3={"sampler_name": "ddim"}))
    assert imported.settings.sampler == "euler"
    assert any("ddim is Euler" in remark for remark in imported.remarks)


def test_what_is_not_here_is_listed_and_not_taken() -> None:
    imported = read_comfyui(graph(n3={"sampler_name": "ipndm_v", "scheduler": "turbo", "denoise": 0.5}))
    assert (imported.settings.sampler, imported.settings.time_grid) == (None, None)
    assert lost(imported).items() >= {"sampler_name": "ipndm_v", "scheduler": "turbo", "denoise": "0.5"}.items()


def test_a_sampler_in_parts() -> None:
    nodes = {
        "n3": (
            "SamplerCustomAdvanced",
            {"noise": ["20", 0], "guider": ["21", 0], "sampler": ["22", 0], "sigmas": ["23", 0]},
        ),
        "n20": ("RandomNoise", {"noise_seed": 77}),
        "n21": ("CFGGuider", {"cfg": 3.5, "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0]}),
        "n22": ("KSamplerSelect", {"sampler_name": "heun"}),
        "n23": ("KarrasScheduler", {"steps": 12, "sigma_max": 14.6, "sigma_min": 0.03, "rho": 7.0}),
    }
    made = with_nodes({}, **nodes)
    made["3"]["inputs"]["latent_image"] = ["5", 0]
    imported = read_comfyui(made)
    settings = imported.settings
    assert (settings.sampler, settings.time_grid, settings.grid) == ("heun", "karras", GridSettings(14.6, 0.03, 7.0))
    assert (settings.steps, settings.seed, settings.guidance_scale, settings.width) == (12, 77, 3.5, 512)
    assert (settings.prompt, settings.model) == ("a (red:1.2) cube", "v1-5-pruned-emaonly")


def test_an_ancestral_sampler_node_and_a_guider_without_guidance() -> None:
    made = with_nodes(
        {},
        n3=(
            "SamplerCustomAdvanced",
            {"noise": ["20", 0], "guider": ["21", 0], "sampler": ["22", 0], "sigmas": ["23", 0]},
        ),
        n20=("RandomNoise", {"noise_seed": 7}),
        n21=("BasicGuider", {"model": ["4", 0], "conditioning": ["24", 0]}),
        n22=("SamplerEulerAncestral", {"eta": 0.5, "s_noise": 1.003}),
        n23=("BasicScheduler", {"scheduler": "simple", "steps": 4, "denoise": 1.0, "model": ["4", 0]}),
        n24=("FluxGuidance", {"guidance": 3.5, "conditioning": ["6", 0]}),
    )
    imported = read_comfyui(made)
    assert (imported.settings.sampler, imported.settings.guidance_scale) == ("euler_ancestral", 1.0)
    assert (imported.settings.noise_scale, imported.settings.ancestral_eta) == (1.003, 0.5)
    assert lost(imported)["FluxGuidance"] == "3.5"
    assert "eta" not in lost(imported)


def test_text_through_primitives_and_joins() -> None:
    made = with_nodes(
        {"n6": {"text": ["30", 0]}, "n3": {"seed": ["33", 0]}},
        n30=("StringConcatenate", {"string_a": ["31", 0], "string_b": "cube", "delimiter": " "}),
        n31=("Reroute", {"": ["32", 0]}),
        n32=("PrimitiveString", {"value": "a red"}),
        n33=("PrimitiveInt", {"value": 99}),
    )
    settings = read_comfyui(made).settings
    assert (settings.prompt, settings.seed) == ("a red cube", 99)


def test_text_that_is_made_when_the_graph_runs_is_not_guessed() -> None:
    made = with_nodes({"n6": {"text": ["30", 0]}}, n30=("LLM Writer", {"text": "write a prompt"}))
    imported = read_comfyui(made)
    assert imported.settings.prompt is None
    assert lost(imported)["Prompt"] == "a text of the graph"


def test_the_last_of_several_samplers_before_the_picture_is_saved() -> None:
    second = {**GRAPH["3"]["inputs"], "seed": 5, "steps": 9, "denoise": 0.4, "latent_image": ["41", 0]}
    made = with_nodes(
        {"n8": {"samples": ["40", 0]}},
        n40=("KSampler", second),
        n41=("LatentUpscaleBy", {"samples": ["3", 0], "scale_by": 1.5}),
    )
    imported = read_comfyui(made)
    assert (imported.settings.steps, imported.settings.seed, imported.settings.width) == (9, 5, None)
    assert any("the last, node 40" in remark for remark in imported.remarks)
    assert {"denoise", "LatentUpscaleBy", "Start"} <= lost(imported).keys()


def test_what_is_done_to_the_finished_picture_is_listed() -> None:
    made = with_nodes(
        {"n9": {"images": ["50", 0]}},
        n50=("ImageUpscaleWithModel", {"image": ["8", 0], "upscale_model": ["51", 0]}),
        n51=("UpscaleModelLoader", {"model_name": "4x.pth"}),
    )
    imported = read_comfyui(made)
    assert "ImageUpscaleWithModel" in lost(imported)
    assert "UpscaleModelLoader" not in lost(imported)


def test_several_texts_of_one_prompt() -> None:
    made = graph()
    made["6"] = {"class_type": "CLIPTextEncodeSDXL", "inputs": {"text_g": "a cube", "text_l": "oil paint"}}
    imported = read_comfyui(made)
    assert imported.settings.prompt == "a cube"
    assert lost(imported)["Prompt"] == "oil paint"


def test_circles_end() -> None:
    circle = with_nodes(
        {"n3": {"positive": ["60", 0], "model": ["61", 0], "latent_image": ["62", 0], "steps": ["63", 0]}},
        n60=("ControlNetApply", {"conditioning": ["60", 0]}),
        n61=("LoraLoader", {"lora_name": "x", "model": ["61", 0]}),
        n62=("LatentFlip", {"samples": ["3", 0]}),
        n63=("Reroute", {"": ["63", 0]}),
    )
    assert read_comfyui(circle).settings.prompt is None
    joined = with_nodes(
        {"n6": {"text": ["30", 0]}}, n30=("StringConcatenate", {"string_a": ["30", 0], "string_b": ["30", 0]})
    )
    assert read_comfyui(joined).settings.prompt is None


def test_a_graph_without_a_sampler_is_refused() -> None:
    with pytest.raises(ImportedError, match="no sampler"):
        read_comfyui({"1": {"class_type": "LoadImage", "inputs": {}}})
    with pytest.raises(ImportedError, match="up to 20000"):
        read_comfyui({str(i): {"class_type": "Note", "inputs": {}} for i in range(20_001)})


def test_a_large_graph_is_read_in_bounded_time() -> None:
    made: dict[str, Any] = graph()
    for index in range(15_000):
        made[f"x{index}"] = {
            "class_type": "KSampler",
            "inputs": {**GRAPH["3"]["inputs"], "images": [f"x{index + 1}", 0]},
        }
    began = time.perf_counter()
    assert read_comfyui(made).settings.steps == 20
    assert time.perf_counter() - began < 10.0


def test_a_hundred_joins_of_joins_are_not_followed_to_the_end() -> None:
    nodes = {
        f"n{i}": ("StringConcatenate", {"string_a": [str(i + 1), 0], "string_b": [str(i + 1), 0], "delimiter": ""})
        for i in range(100, 160)
    }
    made = with_nodes({"n6": {"text": ["100", 0]}}, **nodes, n160=("PrimitiveString", {"value": "x"}))
    assert read_comfyui(made).settings.prompt is None


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([["3", 0], ["6", 1]]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
PLACES = [(key, name) for key, node in GRAPH.items() for name in node["inputs"]]


@given(
    st.lists(st.tuples(st.sampled_from(PLACES), JSON), max_size=6), st.lists(st.sampled_from(sorted(GRAPH)), max_size=2)
)
def test_any_change_of_a_graph_is_read_or_refused(changes: list[tuple[tuple[str, str], Any]], gone: list[str]) -> None:
    made = copy.deepcopy(GRAPH)
    for (key, name), value in changes:
        made[key]["inputs"][name] = value
    for key in gone:
        made.pop(key, None)
    for form in (made, {"nodes": list(made.values()), "links": [made]}):
        assert refusal(read_comfyui, form) != ""


@given(JSON)
def test_any_json_is_read_or_refused(data: Any) -> None:
    for form in (
        data,
        {"nodes": data, "links": data},
        {"nodes": [data, {"id": 1, "type": "KSampler", "inputs": data}]},
    ):
        assert refusal(read_comfyui, form) != ""


NO_BOUND = {"norm_threshold": 0.0, "momentum": 0.0}
PAG = "PerturbedAttentionGuidance"


@pytest.mark.parametrize(
    ("kind", "inputs", "cfg", "scale", "settings", "unmapped"),
    [
        ("APG", {"eta": 0.5, **NO_BOUND}, 7.0, 8.0, GuidanceSettings(method="apg", parallel=0.5), {}),
        (
            "APG",
            {"eta": 1.0, "norm_threshold": 5.0, "momentum": 0.5},
            7.0,
            8.0,
            GuidanceSettings(method="apg", parallel=1.0),
            {"norm_threshold": "5.0", "momentum": "0.5"},
        ),
        ("APG", {"eta": -2.0, **NO_BOUND}, 7.0, 7.0, None, {"eta": "-2.0"}),
        (PAG, {"scale": 3.0}, 1.0, 4.0, GuidanceSettings(method="pag"), {}),
        (PAG, {"scale": 3.0}, 7.0, 7.0, None, {PAG: "3.0"}),
        (PAG, {"scale": 0.0}, 7.0, 7.0, None, {}),
        ("CFGZeroStar", {}, 4.0, 4.0, GuidanceSettings(method="cfg_zero", zero=0.0), {}),
        ("PerpNeg", {"neg_scale": 2.0}, 4.0, 4.0, GuidanceSettings(method="perp_neg", leave_out=2.0), {}),
        ("CFGNorm", {"strength": 1.0}, 4.0, 4.0, None, {"CFGNorm": "node 50"}),
    ],
)
def test_nodes_that_guide(
    kind: str,
    inputs: dict[str, Any],
    cfg: float,
    scale: float,
    settings: GuidanceSettings | None,
    unmapped: dict[str, str],
) -> None:
    drawn = with_nodes({"n3": {"model": ["50", 0], "cfg": cfg}}, n50=(kind, inputs | {"model": ["4", 0]}))
    imported = read_comfyui(drawn)
    assert (imported.settings.guidance_scale, imported.settings.guidance) == (scale, settings)
    assert {name: value for name, value in lost(imported).items() if name != "Prompt"} == unmapped
    assert imported.settings.model is not None


def test_of_two_nodes_that_guide_the_one_nearer_the_sampler_is_taken() -> None:
    drawn = with_nodes(
        {"n3": {"model": ["50", 0]}},
        n50=("CFGZeroStar", {"model": ["51", 0]}),
        n51=("APG", {"eta": 0.0, **NO_BOUND, "model": ["4", 0]}),
    )
    imported = read_comfyui(drawn)
    assert imported.settings.guidance is not None
    assert imported.settings.guidance.method == "cfg_zero"
    assert lost(imported)["APG"] == "beside another method"
