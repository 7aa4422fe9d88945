"""ComfyUI's nodes that guide, as settings of guidance.

Source: comfyanonymous/ComfyUI, comfy_extras/nodes_apg.py, nodes_pag.py, nodes_cfg.py, nodes_perpneg.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.errors import RequestError
from core.guidance_settings import GuidanceSettings, Method
from core.interop.findings import Findings, number, shown

Read = Callable[[str], object]
"""The value of a node's input by its name; what is computed is listed and None."""


def take_guidance(findings: Findings, kind: str, read: Read) -> bool:
    """Take up what a node of that kind does to guidance; the scale must have been taken before. False: it is none."""
    node = _NODES.get(kind)
    if node is None:
        return False
    already = findings.settings.guidance
    if already is not None:
        findings.lose(kind, "beside another method", f"one method guides at a time here, and that is {already.method}")
        return True
    node(findings, read)
    return True


def _apg(findings: Findings, read: Read) -> None:
    """Theirs is cond + cfg * g with g the difference as projected, ours cond + (scale - 1) * g."""
    _take(findings, "eta", "apg", parallel=read("eta"))
    if findings.settings.guidance is None:
        return
    norm, momentum = read("norm_threshold"), read("momentum")
    if number(norm):
        findings.lose("norm_threshold", norm, "it bounds a whole latent there; set a bound of the mean square here")
    if number(momentum):
        findings.lose("momentum", momentum, "no step depends on those before it here, so that runs can go on")
    _one_more(findings, "APG adds cfg times the difference to the prompted guess")


def _pag(findings: Findings, read: Read) -> None:
    """Theirs adds scale * (cond - perturbed) to what cfg gives; ours leads from the perturbed guess, without cfg."""
    strength, cfg = read("scale"), findings.settings.guidance_scale
    told = number(strength)
    if not told:
        return
    if cfg is not None and cfg != 1.0:
        why = "it guides beside cfg there; one method guides at a time here, and cfg was taken"
        findings.lose("PerturbedAttentionGuidance", strength, why)
        return
    _take(findings, "scale", "pag")
    findings.take_scale("scale", told + 1.0)
    findings.remark("PerturbedAttentionGuidance's scale is one less than the scale here, which was raised by 1")


def _cfg_zero(findings: Findings, read: Read) -> None:  # noqa: ARG001 - it has no inputs
    _take(findings, "CFGZeroStar", "cfg_zero", zero=0.0)
    findings.remark("CFGZeroStar scales the clean guess there, the velocity here, as the paper does")


def _perp_neg(findings: Findings, read: Read) -> None:
    _take(findings, "neg_scale", "perp_neg", leave_out=read("neg_scale"))


def _one_more(findings: Findings, why: str) -> None:
    scale = findings.settings.guidance_scale
    if scale is not None and scale != 1.0:
        findings.take_scale("cfg", scale + 1.0)
        findings.remark(f"{why}; a scale here counts one more, so it was raised by 1")


def _take(findings: Findings, name: str, method: Method, **told: object) -> None:
    """told: fields of GuidanceSettings; nothing is taken where one of them is out of range."""
    try:
        values = {field: _finite(value) for field, value in told.items()}
        findings.keep(guidance=replace(GuidanceSettings(method=method), **values))
    except RequestError as error:
        findings.lose(name, ", ".join(shown(value) for value in told.values()), str(error))


def _finite(value: object) -> float:
    read = number(value)
    if read is None:
        raise RequestError("a finite number is needed")
    return read


_NODES: dict[str, Callable[[Findings, Read], None]] = {
    "APG": _apg,
    "PerturbedAttentionGuidance": _pag,
    "CFGZeroStar": _cfg_zero,
    "PerpNeg": _perp_neg,
    "PerpNegGuider": _perp_neg,
}
