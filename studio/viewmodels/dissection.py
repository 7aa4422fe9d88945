"""What guidance did at each step of the run on show, as lines, figures and maps of words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from core.artifacts.readings import newest
from core.dissection import Quantity, Reading, Space
from studio.viewmodels import wording
from studio.viewmodels.difference import scale
from studio.viewmodels.plot_table import UNKNOWN, Figure, PlotTable

if TYPE_CHECKING:
    import numpy as np

NO_WORD, NOTHING = -1, 0
"""Of the words: none is mapped; the token that stands for none of them. From 1 on they are the prompt's."""
MEAN = -1
"""Of the layers: all of them."""
SPACE_NAMES = ("Clean guess x̂₀", "Noise ε̂")
Row = tuple[Quantity, str, str]
"""What a line shows, its name, and a name for where there is little room."""
SIZES: tuple[Row, ...] = (
    (Quantity.PROMPTED, "with prompt", "with"),
    (Quantity.REFERENCE, "without", "without"),
    (Quantity.DIFFERENCE, "difference", "apart"),
    (Quantity.ADDED, "added", "added"),
    (Quantity.ALONG, "along", "along"),
    (Quantity.ACROSS, "across", "across"),
)
ANGLES: tuple[Row, ...] = ((Quantity.ANGLE, "apart", "apart"), (Quantity.LEAN, "leaning", "lean"))
EMPTY = "No run to look into: generate a picture."
UNWATCHED = "This run was not watched; runs that are made while this is open are."
AGAIN = "The same picture is made again from its recipe, to be watched."
WATCH, STOP = "Make it again and watch", "Stop"
WAITING = "Figures come with the next step."
Ends = tuple[float, float] | None
_ENDS: WeakKeyDictionary[Reading, dict[tuple[int, int, int], Ends]] = WeakKeyDictionary()
"""By item, word and layer; for as long as the reading is held elsewhere: its maps are large."""
NO_WORDS = "This model's network reads no words by attention, so there are no maps of them."
TABLE_HEADS = ("With", "Without", "Apart", "Added", "Along", "Across", "Angle", "Lean")
TABLE_NOTE = (
    "One row an evaluation. Sizes (root mean square) of the guess with the prompt, of the one without, of their "
    "difference, of what guidance added in the end, and of the difference's parts along and across the guess with the "
    "prompt. Angles between the two guesses, and of the difference to the one with the prompt."
)


@dataclass(frozen=True, slots=True, eq=False)
class DissectionInputs:
    """readings: of the job on show, all its pictures. step: of the view, 0 for none.

    word: NO_WORD, NOTHING or a word's number from 1. layer: MEAN or a layer's number from 0.
    band: the log-SNRs between which guidance acts, None where it is off or that is not known. coming: the job is at
    work or waits. shown: there is a job on show.
    finished: the picture on show is in the history. again: it is being made again, to be watched. problem: why that
    went wrong.
    """

    readings: tuple[Reading, ...] = ()
    item: int = 0
    step: int = 0
    space: Space = Space.CLEAN
    word: int = NO_WORD
    layer: int = MEAN
    opacity: float = 0.6
    band: tuple[float, float] | None = None
    coming: bool = False
    shown: bool = False
    finished: bool = False
    again: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """name, short: for where there is room, and where there is little. series: of the theme's.

    points: a value for each evaluation, nan where there is none. value: at the step on show, in words, "" where there
    is none. title: what it is, in a sentence.
    """

    name: str
    short: str
    series: int
    points: tuple[float, ...]
    value: str
    title: str


@dataclass(frozen=True, slots=True, eq=False)
class WordMap:
    """A word's attention laid over the picture. mapped: (h, w, 3) uint8, the scale's colours. low, top: at its ends."""

    word: str
    mapped: np.ndarray
    low: float
    top: float
    opacity: float
    key: tuple[object, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WordMap) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True, slots=True)
class DissectionView:
    """places: (step, log-SNR) of each evaluation. here: the log-SNR of the step on show, nan for none.

    words: the chips, "nothing" first; shares: of each, at this step. empty: why there are no lines. offer: what can be
    done about it, "" for nothing. sentence: what is seen. says: for screen readers.
    """

    places: tuple[tuple[int, float], ...]
    here: float
    sizes: tuple[Line, ...]
    angles: tuple[Line, ...]
    band: tuple[float, float] | None
    space: Space
    words: tuple[str, ...]
    shares: tuple[float, ...]
    word: int
    layers: tuple[str, ...]
    layer: int
    overlay: WordMap | None
    empty: str
    offer: str
    sentence: str
    says: str


def derive_dissection(inputs: DissectionInputs) -> DissectionView:
    """Lines over the evaluations, the figures at the step on show, the map of the word that was chosen."""
    own = newest(inputs.readings, inputs.item)
    current = next((each for each in own if each.step == inputs.step), None)
    places = tuple((each.step, log_snr) for each in own for log_snr in each.log_snr)
    sizes, angles = (_lines(own, current, inputs, rows) for rows in (SIZES, ANGLES))
    said = current.words_of(inputs.item) if current is not None and current.maps else ()
    words, shares = _words(current, inputs.item, said)
    word = inputs.word if inputs.word < len(words) else NO_WORD
    layers = current.layers if current is not None else ()
    layer = inputs.layer if inputs.layer < len(layers) else MEAN
    sentence = _sentence(current, inputs.item, shares)
    return DissectionView(
        places=places,
        here=current.log_snr[0] if current is not None else math.nan,
        sizes=sizes,
        angles=angles,
        band=inputs.band,
        space=inputs.space,
        words=words,
        shares=shares,
        word=word,
        layers=layers,
        layer=layer,
        overlay=_overlay(own, current, inputs, words, word, layer),
        empty=_empty(inputs, own),
        offer=STOP if inputs.again else WATCH if inputs.finished and not own else "",
        sentence=sentence,
        says=_says(current, (*sizes, *angles), sentence) or _empty(inputs, own),
    )


def dissection_table(inputs: DissectionInputs) -> PlotTable:
    """A row an evaluation, with every figure of the space on show."""
    own = newest(inputs.readings, inputs.item)
    rows = (*SIZES, *ANGLES)
    heads = ("Step", "log-SNR", "Scale", *TABLE_HEADS)
    table = list[tuple[Figure, ...]]()
    current = -1
    for reading in own:
        for place, log_snr in enumerate(reading.log_snr):
            if reading.step == inputs.step and not place:
                current = len(table)
            figures = (
                _figure(reading.figure(inputs.item, quantity, inputs.space, place), quantity)
                for quantity in (Quantity.SCALE, *(row[0] for row in rows))
            )
            level = Figure(wording.signed(log_snr, 2), repr(log_snr))
            table.append((Figure(str(reading.step), str(reading.step)), level, *figures))
    note = f"{SPACE_NAMES[inputs.space]}. {TABLE_NOTE}"
    return PlotTable(heads, tuple(table), current=current, note=note, empty=_empty(inputs, own))


def told(value: float, quantity: Quantity) -> str:
    """Degrees with one decimal, sizes with three digits; "" for no number."""
    if math.isnan(value):
        return ""
    if quantity in (Quantity.ANGLE, Quantity.LEAN):
        return f"{value:.1f}°"
    if quantity is Quantity.SCALE:
        return f"{value:.3g}"
    return f"{value:.3f}".replace("-", wording.MINUS)


def _figure(value: float, quantity: Quantity) -> Figure:
    return Figure(UNKNOWN, "") if math.isnan(value) else Figure(told(value, quantity), repr(value))


def _lines(
    own: tuple[Reading, ...],
    current: Reading | None,
    inputs: DissectionInputs,
    rows: tuple[Row, ...],
) -> tuple[Line, ...]:
    lines = list[Line]()
    for series, (quantity, name, short) in enumerate(rows):
        points = tuple(
            each.figure(inputs.item, quantity, inputs.space, place)
            for each in own
            for place in range(len(each.log_snr))
        )
        now = math.nan if current is None else current.figure(inputs.item, quantity, inputs.space)
        lines.append(Line(name, short, series, points, told(now, quantity), TITLES[quantity]))
    return tuple(lines)


TITLES = {
    Quantity.PROMPTED: "Size of the guess with the prompt",
    Quantity.REFERENCE: "Size of the guess that guidance leads away from",
    Quantity.DIFFERENCE: "Size of what the prompt changes",
    Quantity.ADDED: "Size of what guidance added in the end",
    Quantity.ALONG: "The difference's part along the guess with the prompt: it moves contrast and colour",
    Quantity.ACROSS: "The difference's part across it: it moves what is shown",
    Quantity.ANGLE: "Angle between the guesses with and without the prompt",
    Quantity.LEAN: "Angle of the difference to the guess with the prompt",
}


def _words(current: Reading | None, item: int, said: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[float, ...]]:
    mean = current.mean_map(item) if current is not None and said else None
    if mean is None:
        return (), ()
    return ("nothing", *said), tuple(float(share) for share in mean.mean(axis=(1, 2)))


def _overlay(
    own: tuple[Reading, ...],
    current: Reading | None,
    inputs: DissectionInputs,
    words: tuple[str, ...],
    word: int,
    layer: int,
) -> WordMap | None:
    """The scale goes from the least to the most that the word gets anywhere in the run, so that steps compare."""
    import numpy as np

    if current is None or word == NO_WORD:
        return None
    here = _map(current, inputs.item, word, layer)
    if here is None:
        return None
    ends = [ends for reading in own if (ends := _ends(reading, inputs.item, word, layer)) is not None]
    low, top = min(low for low, _ in ends), max(top for _, top in ends)
    places = np.clip((here - low) / ((top - low) or 1.0) * 255.0, 0.0, 255.0).astype(np.uint8)
    key = (id(current), inputs.item, word, layer, low, top, inputs.opacity)
    return WordMap(words[word], np.array(scale(), dtype=np.uint8)[places], low, top, inputs.opacity, key)


def _ends(reading: Reading, item: int, word: int, layer: int) -> Ends:
    """Least and largest share in a step's map of the word; remembered, as all steps are asked at each."""
    known = _ENDS.setdefault(reading, {})
    key = item, word, layer
    if key not in known:
        found = _map(reading, item, word, layer)
        known[key] = None if found is None else (float(found.min()), float(found.max()))
    return known[key]


def _map(reading: Reading, item: int, word: int, layer: int) -> np.ndarray | None:
    """(h, w); None where the prompt had fewer words then."""
    if not reading.maps:
        return None
    maps = reading.mean_map(item) if layer == MEAN else reading.maps_of(item)[layer]
    return maps[word].astype("float32") if maps is not None and word < len(maps) else None


def _empty(inputs: DissectionInputs, own: tuple[Reading, ...]) -> str:
    if own:
        return ""
    if not inputs.shown:
        return EMPTY
    if inputs.problem or inputs.again:
        return inputs.problem or AGAIN
    return WAITING if inputs.coming else UNWATCHED


def _sentence(current: Reading | None, item: int, shares: tuple[float, ...]) -> str:
    """How much the words count here."""
    if current is None:
        return ""
    if not shares or current.stir is None:
        return NO_WORDS
    moved = float(current.stir[:, current.items.index(item)].max())
    return f"Words get {percent(1.0 - shares[0])} of the attention and move the state by {percent(moved)}"


def percent(share: float) -> str:
    """0.73 %, 3.2 %, 97 %."""
    return f"{100 * share:.2g} %" if share < 0.095 else f"{100 * share:.3g} %"


def _says(current: Reading | None, lines: tuple[Line, ...], sentence: str) -> str:
    if current is None:
        return ""
    figures = ", ".join(f"{line.title.partition(':')[0].lower()} {line.value}" for line in lines if line.value)
    return f"Step {current.step}, log-SNR {wording.signed(current.log_snr[0])}: {figures}. {sentence}"
