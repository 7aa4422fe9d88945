"""Every setting of the studio itself, declared once: page, palette and checks are all made from this table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.errors import NoisetteError
from studio.settings import Settings
from studio.theme import Look
from studio.viewmodels.arithmetic import evaluate

GROUPS = ("Look", "Storage", "Work")
MEGABYTE = 10**6


class Kind(Enum):
    CHOICE = "one of a few"
    SWITCH = "on or off"
    NUMBER = "a whole number in a range"


class PreferenceError(NoisetteError):
    """A value that a setting can't take."""


@dataclass(frozen=True, slots=True)
class Preference:
    """key: where it is kept. choices: (value, words) of a CHOICE. low, high, step, write, read: of a NUMBER.

    log: its slider is even in the logarithm. words: more words that find it.
    """

    key: str
    group: str
    name: str
    kind: Kind
    default: Any
    help: str
    choices: tuple[tuple[str, str], ...] = ()
    low: int = 0
    high: int = 1
    step: int = 1
    log: bool = False
    write: Callable[[float], str] = field(default=lambda value: str(round(value)))
    read: Callable[[str], float] = evaluate
    words: str = ""

    def check(self, value: Any) -> Any:
        """The value where the setting can take it. Raises PreferenceError."""
        match self.kind:
            case Kind.SWITCH if isinstance(value, bool):
                return value
            case Kind.CHOICE if isinstance(value, str) and value in dict(self.choices):
                return value
            case Kind.NUMBER if type(value) is int and self.low <= value <= self.high:
                return value
        raise PreferenceError(f"{self.name} can't be {value!r}; give {self.range()}")

    def range(self) -> str:
        """What it can be, in words."""
        match self.kind:
            case Kind.SWITCH:
                return "on or off"
            case Kind.CHOICE:
                return ", ".join(words for _, words in self.choices)
            case Kind.NUMBER:
                return f"{self.write(self.low)} to {self.write(self.high)}"

    def told(self, value: Any) -> str:
        """A value in words."""
        match self.kind:
            case Kind.SWITCH:
                return "On" if value else "Off"
            case Kind.CHOICE:
                return dict(self.choices)[value]
            case Kind.NUMBER:
                return self.write(value)


def _megabytes(value: float) -> str:
    return f"{value / 1000:.3g} GB" if value >= 1000 else f"{round(value)} MB"


def _read_megabytes(text: str) -> float:
    """ "2 GB", "800 MB", "800"."""
    bare = text.strip().lower()
    if bare.endswith("gb"):
        return round(1000 * evaluate(bare[:-2]))
    return evaluate(bare)


def _per_cent(value: float) -> str:
    return f"{round(value)} %"


SYSTEM = ("system", "As the system")

PREFERENCES: tuple[Preference, ...] = (
    Preference(
        "theme",
        "Look",
        "Theme",
        Kind.CHOICE,
        "dark",
        "Dark keeps the room around a picture quiet; light reads better in a bright room.",
        choices=(("dark", "Dark"), ("light", "Light"), SYSTEM),
        words="colours night day",
    ),
    Preference(
        "look/contrast",
        "Look",
        "Contrast",
        Kind.CHOICE,
        "system",
        "More contrast draws the edges of fields and the tracks of sliders as strongly as other marks.",
        choices=(("usual", "Usual"), ("more", "More"), SYSTEM),
        words="edges accessibility",
    ),
    Preference(
        "look/motion",
        "Look",
        "Motion",
        Kind.CHOICE,
        "system",
        "Reduced makes every change instant.",
        choices=(("full", "Full"), ("reduced", "Reduced"), SYSTEM),
        words="animation accessibility",
    ),
    Preference(
        "look/text_scale",
        "Look",
        "Text size",
        Kind.NUMBER,
        100,
        "Grows all text, and what holds it, at once.",
        low=100,
        high=150,
        step=5,
        write=_per_cent,
        words="scale zoom font larger accessibility",
    ),
    Preference(
        "look/surround",
        "Look",
        "Around the picture",
        Kind.CHOICE,
        "theme",
        "What lies around a picture changes how bright it looks.",
        choices=(("theme", "Theme"), ("black", "Black"), ("grey", "18 % grey"), ("white", "White")),
        words="canvas surround background",
    ),
    Preference(
        "storage/keep_trajectory",
        "Storage",
        "Keep every trajectory with its picture",
        Kind.SWITCH,
        False,
        "Each picture's steps are written to the disk beside it, so that it can be scrubbed and branched at any time.",
        words="steps save",
    ),
    Preference(
        "storage/trajectory_memory",
        "Storage",
        "Memory for trajectories",
        Kind.NUMBER,
        250,
        "Steps of this session's runs are held here; beyond it the oldest go to the disk.",
        low=100,
        high=32_000,
        step=100,
        log=True,
        write=_megabytes,
        read=_read_megabytes,
        words="budget RAM steps",
    ),
    Preference(
        "storage/trajectory_disk",
        "Storage",
        "Disk for trajectories",
        Kind.NUMBER,
        2000,
        "Beyond it the oldest steps that no picture keeps are let go. An eighth is for those of races.",
        low=100,
        high=256_000,
        step=100,
        log=True,
        write=_megabytes,
        read=_read_megabytes,
        words="budget steps",
    ),
    Preference(
        "work/device",
        "Work",
        "Device",
        Kind.CHOICE,
        "auto",
        "Where networks run. Automatic takes a graphics card where there is one.",
        choices=(("auto", "Automatic"), ("cpu", "Processor"), ("cuda", "NVIDIA"), ("mps", "Apple")),
        words="GPU CPU CUDA MPS graphics card",
    ),
)
BY_KEY = {preference.key: preference for preference in PREFERENCES}


class Preferences(QObject):
    """The settings as they stand. changed(key): one is another now. A kept value that is damaged counts as absent."""

    changed = Signal(str)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._values = {each.key: self._kept(each) for each in PREFERENCES}

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def set(self, key: str, value: Any) -> None:
        """Another value, kept at once. Raises PreferenceError for one that the setting can't take."""
        checked = BY_KEY[key].check(value)
        if checked != self._values[key]:
            self._values[key] = checked
            self._settings.keep(key, checked)
            self.changed.emit(key)

    def reset(self, key: str) -> None:
        """Back to the default."""
        self.set(key, BY_KEY[key].default)

    def look(self) -> Look:
        """What the theme wears."""
        return Look(
            self["theme"],
            self["look/contrast"],
            self["look/motion"],
            self["look/text_scale"] / 100,
            self["look/surround"],
        )

    def budgets(self) -> tuple[int, int]:
        """(memory, disk) for trajectories, in bytes."""
        return self["storage/trajectory_memory"] * MEGABYTE, self["storage/trajectory_disk"] * MEGABYTE

    def _kept(self, preference: Preference) -> Any:
        try:
            return preference.check(self._settings.value(preference.key, preference.default))
        except PreferenceError:
            return preference.default


def spoken(preference: Preference, value: Any) -> str:
    """A setting and its value: "Theme: light"."""
    told = preference.told(value)
    return f"{preference.name}: {told[:1].lower() + told[1:] if told[:2].istitle() else told}"
