"""Gathers what a reader finds: values are checked against our ranges, and none is dropped without a word."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal, cast

from core.colour import ColourSettings
from core.errors import RequestError
from core.interop.imported import Imported, Settings, Tool, Unmapped
from core.interop.prompt_writing import Reading
from core.interop.sampler_names import Known
from core.requests import (
    GRID_OPTIONS,
    MAX_COUNT,
    MAX_GUIDANCE,
    MAX_NOISE_SCALE,
    MAX_SEED,
    MAX_STEPS,
    GridSettings,
    check_grid_options,
)

SHOWN_CHARACTERS = 160
MAX_PROMPT = 20_000
"""Characters; longer ones are not taken up."""
MAX_UNMAPPED = 200
OTHER_NOISE = "The same settings give another picture here: another model, and noise drawn in another way"
_NUMBER_CHARACTERS = 40
_SURROGATE = re.compile("[\ud800-\udfff]")


class Findings:
    """What one reader has found so far. Each `take_*` either keeps a value or lists it with the reason."""

    def __init__(self, tool: Tool) -> None:
        self.tool = tool
        self.version = ""
        self.settings = Settings()
        self._unmapped: list[Unmapped] = []
        self._remarks: list[str] = []

    def imported(self) -> Imported:
        """The result, with the standing remark that seeds don't carry over."""
        if self.tool is not Tool.NOISETTE and self.settings.seed is not None:
            self.remark(OTHER_NOISE)
        unmapped = tuple(dict.fromkeys(self._unmapped))
        if len(unmapped) > MAX_UNMAPPED:
            rest = len(unmapped) - MAX_UNMAPPED
            more = Unmapped("And more", str(rest), f"only the first {MAX_UNMAPPED} are listed")
            unmapped = (*unmapped[:MAX_UNMAPPED], more)
        return Imported(self.tool, self.settings, self.version, unmapped, tuple(dict.fromkeys(self._remarks)))

    def keep(self, **settings: Any) -> None:
        """Values that are known to be right."""
        self.settings = replace(self.settings, **settings)

    def lose(self, name: str, value: object, why: str) -> None:
        """List a setting that can't be taken up."""
        self._unmapped.append(Unmapped(shown(name), shown(value), why))

    def remark(self, sentence: str) -> None:
        self._remarks.append(sentence)

    def take_version(self, value: object) -> None:
        self.version = shown(value) if isinstance(value, str) else self.version

    def take_steps(self, name: str, value: object) -> None:
        steps = self._whole(name, value, 1, MAX_STEPS)
        if steps is not None:
            self.keep(steps=steps)

    def take_seed(self, name: str, value: object) -> None:
        seed = self._whole(name, value, 0, MAX_SEED - MAX_COUNT)
        if seed is not None:
            self.keep(seed=seed)

    def take_scale(self, name: str, value: object) -> None:
        scale = self._real(name, value, 0.0, MAX_GUIDANCE)
        if scale is not None:
            self.keep(guidance_scale=scale)

    def take_rescale(self, name: str, value: object) -> None:
        rescale = self._real(name, value, 0.0, 1.0)
        if rescale is not None:
            self.keep(rescale=rescale)
            if rescale and self.tool is not Tool.NOISETTE:
                self.remark(f"{name} brings back the spread of the network's output there, of the clean guess here")

    def take_eta(self, name: str, value: object, setting: Literal["eta", "ancestral_eta"]) -> None:
        """setting: whose it is, see `EtaCard`."""
        eta = self._real(name, value, 0.0, 1.0)
        if eta is not None:
            self.keep(**{setting: eta})

    def take_noise_scale(self, name: str, value: object) -> None:
        scale = self._real(name, value, 0.0, MAX_NOISE_SCALE)
        if scale is not None:
            self.keep(noise_scale=scale)

    def take_colour(self, **told: tuple[str, object]) -> None:
        """out_of_range, exposure, contrast, saturation: (their name, value) each, of those that are told."""
        colour = self.settings.colour or ColourSettings()
        for field, (name, value) in told.items():
            read = value if field == "out_of_range" else self._real(name, value, -math.inf, math.inf)
            if read is None:
                continue
            try:
                colour = replace(colour, **{field: read})
            except RequestError as error:
                self.lose(name, value, str(error))
            else:
                self.keep(colour=colour)

    def take_size(self, name: str, width: object, height: object) -> None:
        """Both, or neither."""
        sides = [number(width), number(height)]
        if all(side is not None and side.is_integer() and 8 <= side <= 4096 for side in sides):
            self.keep(width=int(cast("float", sides[0])), height=int(cast("float", sides[1])))
        else:
            self.lose(name, f"{shown(width)} x {shown(height)}", "a size here is 8 to 4096 pixels a side")

    def take_variation(self, name: str, seed: object, strength: object) -> None:
        other = self._whole(name, seed, 0, MAX_SEED - MAX_COUNT)
        share = self._real(f"{name} strength", strength, 0.0, 1.0)
        if other is not None and share:
            self.keep(variation=(other, share))

    def take_model(self, value: object) -> None:
        """A model's name, without folders and the file's ending."""
        if isinstance(value, str) and value.strip():
            name = value.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
            self.keep(model=shown(re.sub(r"\.(safetensors|ckpt|pt|pth|gguf|sft|bin)\Z", "", name)))

    def take_sampler(self, name: str, value: object, known: Known | None) -> None:
        """known: what the tool's table has for it."""
        if known is None:
            self.lose(name, value, "this sampler is not known here; choose one yourself")
        elif known.ours:
            self.keep(sampler=known.ours)
            if known.remark:
                self.remark(known.remark)
        else:
            why = f" ({known.remark})" if known.remark else ""
            self.lose(name, value, f"there is no such sampler here; the nearest is {known.nearest}{why}")

    def take_time_grid(self, name: str, value: object, known: Known | None) -> None:
        if known is None:
            self.lose(name, value, "this schedule is not known here; choose a time grid yourself")
        elif known.ours:
            self.keep(time_grid=known.ours)
            if known.remark:
                self.remark(f"The schedule “{shown(value)}” {known.remark}")
        else:
            why = known.remark or f"there is no such time grid here yet; the nearest is {known.nearest}"
            self.lose(name, value, why)

    def take_bends(self, **bends: tuple[str, object]) -> None:
        """largest, smallest, rho: (their name, value) each. Kept where the time grid taken up takes them."""
        taken: dict[str, Any] = {}
        for field, (name, value) in bends.items():
            read = self._real(name, value, 0.0, math.inf)
            if read is None:
                continue
            try:
                replace(GridSettings(), **{field: read})
            except RequestError as error:
                self.lose(name, value, str(error))
                continue
            if field not in GRID_OPTIONS.get(self.settings.time_grid or "", ()):
                self.lose(name, value, "the time grid taken up is not bent so")
            else:
                taken[field] = read
        if not taken:
            return
        try:
            grid = GridSettings(**taken)
            check_grid_options(self.settings.time_grid or "", grid)
        except RequestError as error:
            self.lose("Bends of the schedule", taken, str(error))
        else:
            self.keep(grid=grid)

    def take_prompt(self, text: str, read: Callable[[str], Reading], *, negative: bool = False) -> None:
        """read: from the tool's marks to ours; what it could not say in them is listed."""
        side = "Leave out" if negative else "Prompt"
        text = clean_text(text).strip()
        if len(text) > MAX_PROMPT:
            self.lose(side, f"{len(text)} characters", f"up to {MAX_PROMPT} are taken up")
            return
        reading = read(text)
        self.keep(**{"negative_prompt" if negative else "prompt": reading.text.strip()})
        for mark, why in reading.lost:
            self.lose(side, mark, why)
        for sentence in reading.remarks:
            self.remark(sentence)

    def take_rest(self, values: dict[str, Any], known: frozenset[str]) -> None:
        """List what no line above read, save what says nothing (null, false, 0, empty)."""
        for name, value in values.items():
            if name not in known and value not in (None, False, 0, "", [], {}):
                self.lose(name, value, "this has no counterpart here")

    def _whole(self, name: str, value: object, low: int, high: int) -> int | None:
        if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,20}\s*", value, re.ASCII):
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            read: float | int | None = value
        else:
            read = number(value)
        if read is None or read != int(read):
            self.lose(name, value, "a whole number is needed")
            return None
        if not low <= read <= high:
            self.lose(name, value, f"a whole number from {low} to {high} is needed")
            return None
        return int(read)

    def _real(self, name: str, value: object, low: float, high: float) -> float | None:
        read = number(value)
        if read is None:
            self.lose(name, value, "a finite number is needed")
        elif not low <= read <= high:
            self.lose(name, value, f"it must lie in {low:g} to {high:g} here")
        else:
            return read
        return None


def number(value: object) -> float | None:
    """A finite number, or one written as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and len(value) > _NUMBER_CHARACTERS:
        return None
    try:
        read = float(value)
    except (ValueError, OverflowError):
        return None
    return read if math.isfinite(read) else None


def shown(value: object) -> str:
    """One short line of any value."""
    text = value[: 4 * SHOWN_CHARACTERS] if isinstance(value, str) else _plain_line(value)
    text = " ".join(clean_text(text).split())
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 1]}…"


def clean_text(text: str) -> str:
    """Without what no text may hold: lone surrogates become U+FFFD, control characters save line ends go."""
    text = _SURROGATE.sub("\ufffd", text)
    return "".join(mark for mark in text if mark in "\n\t" or mark.isprintable() or not _is_control(mark))


def _is_control(mark: str) -> bool:
    return ord(mark) < 32 or 0x7F <= ord(mark) < 0xA0


def _plain_line(value: object) -> str:
    # A bounded look into what may be large: its first entries.
    if isinstance(value, dict):
        value = dict(list(cast("dict[str, Any]", value).items())[:8])
    elif isinstance(value, list):
        value = cast("list[Any]", value)[:8]
    elif isinstance(value, int) and abs(value) > 10**SHOWN_CHARACTERS:
        return "a number of very many digits"
    try:
        return json.dumps(value, ensure_ascii=False, default=str)[: 4 * SHOWN_CHARACTERS]
    except (ValueError, RecursionError, TypeError):
        return "a value that can't be shown"
