"""Pictures as other tools save them, written here by Pillow after the tools' own sources; each says which.

A1111: modules/images.py (PNG `parameters`; JPEG and WebP UserComment by piexif, "UNICODE" and big-endian UTF-16).
ComfyUI: nodes.py SaveImage (PNG `prompt`, `workflow`); SaveAnimatedWEBP (EXIF Model, Make as "name:{...}").
InvokeAI: app/services/image_files (PNG `invokeai_metadata`); 2.3's ldm/invoke/pngwriter.py (`sd-metadata`, `Dream`).
NovelAI: what its site gives out (PNG `Software`, `Source`, `Description`, `Comment`; WebP UserComment, as JSON).
SwarmUI: docs/Image Metadata Format.md. Fooocus: modules/meta_parser.py.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.interop.imported import ImportedError

USER_COMMENT, EXIF_IFD = 0x9286, 0x8769
MAKE, MODEL, SOFTWARE = 0x010F, 0x0110, 0x0131

INFOTEXT = """a (red:1.2) cube, ((shiny)), [dull] <lora:foo:0.8>
Negative prompt: blurry, (low quality:1.4)
Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 1, Size: 512x512, Model hash: 6ce0161689, \
Model: v1-5, Clip skip: 2, Lora hashes: "foo: e3f9c2b1a8d7", Version: v1.10.1"""

GRAPH: dict[str, Any] = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 156680208700286,
            "steps": 20,
            "cfg": 8,
            "sampler_name": "euler",
            "scheduler": "normal",
            "denoise": 1,
            "model": ["10", 0],
            "positive": ["6", 0],
            "negative": ["7", 0],
            "latent_image": ["5", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd15/v1-5-pruned-emaonly.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 768, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a (red:1.2) cube embedding:glow", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "text, watermark", "clip": ["4", 1]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "ComfyUI", "images": ["8", 0]}},
    "10": {
        "class_type": "LoraLoader",
        "inputs": {"lora_name": "foo.safetensors", "strength_model": 0.7, "strength_clip": 1, "model": ["4", 0]},
    },
}

WORKFLOW: dict[str, Any] = {
    "version": 0.4,
    "nodes": [
        {
            "id": 3,
            "type": "KSampler",
            "widgets_values": [42, "randomize", 25, 6.5, "dpmpp_2m", "karras", 1],
            "inputs": [
                {"name": "model", "type": "MODEL", "link": 1},
                {"name": "positive", "type": "CONDITIONING", "link": 4},
                {"name": "negative", "type": "CONDITIONING", "link": 6},
                {"name": "latent_image", "type": "LATENT", "link": 2},
            ],
        },
        {"id": 4, "type": "CheckpointLoaderSimple", "widgets_values": ["dream.safetensors"]},
        {"id": 5, "type": "EmptyLatentImage", "widgets_values": [640, 640, 1]},
        {"id": 6, "type": "CLIPTextEncode", "widgets_values": ["two green cones"]},
        {"id": 7, "type": "CLIPTextEncode", "widgets_values": ["fog"]},
        {"id": 8, "type": "VAEDecode", "inputs": [{"name": "samples", "link": 7}]},
        {"id": 9, "type": "SaveImage", "inputs": [{"name": "images", "link": 9}], "widgets_values": ["ComfyUI"]},
    ],
    "links": [
        [1, 4, 0, 3, 0, "MODEL"],
        [2, 5, 0, 3, 3, "LATENT"],
        [4, 6, 0, 3, 1, "CONDITIONING"],
        [6, 7, 0, 3, 2, "CONDITIONING"],
        [7, 3, 0, 8, 0, "LATENT"],
        [9, 8, 0, 9, 0, "IMAGE"],
    ],
}

INVOKEAI: dict[str, Any] = {
    "app_version": "5.6.0",
    "generation_mode": "sdxl_txt2img",
    "positive_prompt": "a red++ cube",
    "steps": 30,
    "negative_prompt": "fog",
    "positive_style_prompt": "oil paint",
    "width": 1024,
    "height": 768,
    "seed": 2087722435,
    "rand_device": "cpu",
    "cfg_scale": 7.5,
    "cfg_rescale_multiplier": 0.25,
    "scheduler": "dpmpp_2m_k",
    "model": {"key": "k", "hash": "blake3:00", "name": "Juggernaut XL v9", "base": "sdxl", "type": "main"},
    "loras": [{"model": {"name": "foo"}, "weight": 0.5}],
    "controlnets": [],
    "seamless_x": False,
}

SD_METADATA: dict[str, Any] = {
    "model": "stable diffusion",
    "model_weights": "stable-diffusion-1.5",
    "app_version": "v2.2.4",
    "image": {
        "prompt": [{"prompt": "a red cube [fog] on a table", "weight": 1.0}],
        "steps": 50,
        "cfg_scale": 7.5,
        "height": 512,
        "width": 512,
        "seed": 4242,
        "seamless": False,
        "type": "txt2img",
        "postprocessing": None,
        "sampler": "k_euler_a",
        "variations": [{"seed": 99, "weight": 0.2}],
    },
}

DREAM = '"a red cube [fog]" -s 50 -S 4242 -W 512 -H 448 -C 7.5 -A k_lms'

NOVELAI_COMMENT: dict[str, Any] = {
    "prompt": "{red} cube, [dull]",
    "steps": 28,
    "height": 1216,
    "width": 832,
    "scale": 5.0,
    "uncond_scale": 1.0,
    "cfg_rescale": 0.0,
    "seed": 3742041462,
    "n_samples": 1,
    "noise_schedule": "karras",
    "sampler": "k_euler_ancestral",
    "uc": "lowres",
    "sm": True,
    "dynamic_thresholding": False,
    "request_type": "PromptGenerateRequest",
}
NOVELAI = {
    "Title": "AI generated image",
    "Description": "{red} cube, [dull]",
    "Software": "NovelAI",
    "Source": "Stable Diffusion XL C1E1DE52",
    "Comment": json.dumps(NOVELAI_COMMENT),
}

SWARMUI: dict[str, Any] = {
    "sui_image_params": {
        "prompt": "a red cube",
        "negativeprompt": "fog",
        "model": "Flux/flux1-dev-fp8",
        "seed": 2042464333,
        "steps": 25,
        "cfgscale": 1.0,
        "width": 512,
        "height": 768,
        "sampler": "euler",
        "scheduler": "simple",
        "swarm_version": "0.9.1.1",
        "loras": ["foo"],
    }
}
FOOOCUS: dict[str, Any] = {
    "prompt": "a red cube",
    "negative_prompt": "",
    "steps": 30,
    "guidance_scale": 4.0,
    "seed": "77",
    "sharpness": 2.0,
    "resolution": "(1152, 896)",
    "base_model": "juggernautXL",
    "sampler": "dpmpp_2m_sde_gpu",
    "scheduler": "karras",
    "version": "Fooocus v2.5.0",
    "metadata_scheme": "fooocus",
}


def refusal(read: Callable[[Any], object], data: Any) -> str | None:
    """The sentence with which it is refused, None where it is read. Other errors pass."""
    try:
        read(data)
    except ImportedError as error:
        return str(error)
    return None


def blank() -> Image.Image:
    return Image.new("RGB", (16, 12), (90, 60, 30))


def png(*, compressed: bool = False, **texts: str) -> bytes:
    """tEXt chunks (iTXt for what Latin-1 lacks), as `PngInfo.add_text` of the tools does; zTXt where compressed."""
    info = PngInfo()
    for key, text in texts.items():
        info.add_text("sd-metadata" if key == "sd_metadata" else key, text, zip=compressed)
    return _saved(format="PNG", pnginfo=info)


def with_comment(container: str, comment: bytes) -> bytes:
    """EXIF UserComment, eight bytes of code and all."""
    exif = Image.Exif()
    exif.get_ifd(EXIF_IFD)[USER_COMMENT] = comment
    return _saved(format=container, exif=exif)


def with_tags(container: str, tags: dict[int, str]) -> bytes:
    exif = Image.Exif()
    for tag, text in tags.items():
        exif[tag] = text
    return _saved(format=container, exif=exif)


def unicode_comment(text: str, encoding: str = "utf-16-be") -> bytes:
    return b"UNICODE\0" + text.encode(encoding)


def ascii_comment(text: str) -> bytes:
    return b"ASCII\0\0\0" + text.encode()


def comfyui_tags(container: str) -> bytes:
    return with_tags(container, {MODEL: f"prompt:{json.dumps(GRAPH)}", MAKE: f"workflow:{json.dumps(WORKFLOW)}"})


FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a1111-png": ("A1111", lambda: png(parameters=INFOTEXT)),
    "a1111-png-compressed": ("A1111", lambda: png(parameters=INFOTEXT, compressed=True)),
    "a1111-jpeg": ("A1111", lambda: with_comment("JPEG", unicode_comment(INFOTEXT))),
    "a1111-jpeg-little-endian": ("A1111", lambda: with_comment("JPEG", unicode_comment(INFOTEXT, "utf-16-le"))),
    "a1111-jpeg-marked": ("A1111", lambda: with_comment("JPEG", b"UNICODE\0" + INFOTEXT.encode("utf-16"))),
    "a1111-jpeg-ascii": ("A1111", lambda: with_comment("JPEG", ascii_comment(INFOTEXT))),
    "a1111-webp": ("A1111", lambda: with_comment("WEBP", unicode_comment(INFOTEXT))),
    "a1111-webp-uncoded": ("A1111", lambda: with_comment("WEBP", b"\0" * 8 + INFOTEXT.encode())),
    "comfyui-png": ("ComfyUI", lambda: png(prompt=json.dumps(GRAPH), workflow=json.dumps(WORKFLOW))),
    "comfyui-webp": ("ComfyUI", lambda: comfyui_tags("WEBP")),
    "comfyui-jpeg": ("ComfyUI", lambda: comfyui_tags("JPEG")),
    "comfyui-png-workflow": ("ComfyUI", lambda: png(workflow=json.dumps(WORKFLOW))),
    "invokeai-png": ("InvokeAI", lambda: png(invokeai_metadata=json.dumps(INVOKEAI))),
    "invokeai-jpeg": (
        "InvokeAI",
        lambda: with_comment("JPEG", ascii_comment("invokeai_metadata: " + json.dumps(INVOKEAI))),
    ),
    "invokeai-webp": ("InvokeAI", lambda: with_comment("WEBP", unicode_comment(json.dumps(INVOKEAI)))),
    "invokeai-2-png": ("InvokeAI", lambda: png(Dream=DREAM, sd_metadata=json.dumps(SD_METADATA))),
    "invokeai-1-png": ("InvokeAI", lambda: png(Dream=DREAM)),
    "novelai-png": ("NovelAI", lambda: png(**NOVELAI)),
    "novelai-webp": ("NovelAI", lambda: with_comment("WEBP", ascii_comment(json.dumps(NOVELAI)))),
    "novelai-jpeg": ("NovelAI", lambda: with_comment("JPEG", unicode_comment(json.dumps(NOVELAI)))),
    "swarmui-png": ("SwarmUI", lambda: png(parameters=json.dumps(SWARMUI))),
    "swarmui-jpeg": ("SwarmUI", lambda: with_comment("JPEG", unicode_comment(json.dumps(SWARMUI)))),
    "fooocus-png": ("Fooocus", lambda: png(parameters=json.dumps(FOOOCUS), fooocus_scheme="fooocus")),
}
"""name -> the tool that its settings are of, and the file's octets."""


def _saved(**options: Any) -> bytes:
    octets = io.BytesIO()
    blank().save(octets, **options)
    return octets.getvalue()
