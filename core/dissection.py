"""What guidance did at each evaluation of a run, and what of the picture looked at which word. No torch here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


class Space(IntEnum):
    """In which terms guesses are measured. CLEAN: the clean guess x0. NOISE: the noise guess eps.

    At one state the two differ by x = alpha * x0 + sigma * eps: differences by the factor -alpha / sigma.
    """

    CLEAN = 0
    NOISE = 1


class Quantity(IntEnum):
    """What is measured of one evaluation, of each picture by itself.

    c is the guess with the prompt, u the reference that guidance leads away from (without the prompt, with what is to
    be left out, a weaker network's, or with self-attention put out; of perp_neg the one without words), d = c - u, and
    g the guess that the sampler gets. Ordinary guidance is g = u + w * d, so g - c = (w - 1) * d: Ho and Salimans 2022
    (arXiv:2207.12598), eq. 6, where their w is one less. |v| is the root mean square of the elements of v: the
    Euclidean norm over the square root of their number.

    PROMPTED: |c|. REFERENCE: |u|. DIFFERENCE: |d|.
    ANGLE: between c and u, in degrees, 0 to 180. LEAN: between d and c.
    ALONG: the part of d along c, <d, c> / (|c| n) for n elements; below 0 where it points back. ACROSS: |d - its part
    along c|, never below 0. Sadat et al. 2024 (arXiv:2410.02416), eqs. 6 and 7; ALONG^2 + ACROSS^2 = DIFFERENCE^2.
    ADDED: |g - c|, what guidance changed in the end, after method, scale, threshold, rescale and interval.
    SCALE: w, as it was in force there; 1 where guidance did not act.

    Not a number where there is no such guess: outside the interval no reference is made, and ADDED is 0.
    """

    PROMPTED = 0
    REFERENCE = 1
    DIFFERENCE = 2
    ANGLE = 3
    LEAN = 4
    ALONG = 5
    ACROSS = 6
    ADDED = 7
    SCALE = 8


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Reading:
    """What was seen in one step of the pictures that are denoised together. Arrays are never written to.

    step: from 1. items: numbers of the pictures, in the order of the arrays' B.
    log_snr: of each evaluation of the step, -inf at pure noise. figures: (E, 2, Q, B) float32, by evaluation, Space,
    Quantity and picture.
    words: of each picture, those that its prompt was read as, at the step's first evaluation; () where the network
    reads none. layers: their names, in the order in which the network runs them.
    maps: one a layer, (B, 1 + T, h, w) float16: how much of each cell's attention falls on "nothing" and on each word,
    the mean over the layer's heads, with the prompt. They add up to 1 in each cell; words beyond a picture's own are 0.
    Source of the idea: Tang et al. 2022 (arXiv:2210.04885), section 2.2, and Hertz et al. 2022 (arXiv:2208.01626).
    stir: (layers, B): how much the words moved the layer's tokens, root mean square against that of the tokens.
    """

    step: int
    items: tuple[int, ...]
    log_snr: tuple[float, ...]
    figures: np.ndarray
    words: tuple[tuple[str, ...], ...] = ()
    layers: tuple[str, ...] = ()
    maps: tuple[np.ndarray, ...] = ()
    stir: np.ndarray | None = None

    def figure(self, item: int, quantity: Quantity, space: Space = Space.CLEAN, evaluation: int = 0) -> float:
        """One number of a picture, by its number in the job."""
        return float(self.figures[evaluation, space, quantity, self.items.index(item)])

    def words_of(self, item: int) -> tuple[str, ...]:
        """The words of a picture."""
        return self.words[self.items.index(item)] if self.words else ()

    def maps_of(self, item: int) -> tuple[np.ndarray, ...]:
        """Of a picture, one a layer: (1 + T, h, w), its own words alone."""
        row = self.items.index(item)
        return tuple(layer[row, : 1 + len(self.words[row])] for layer in self.maps)

    def alone(self, item: int) -> Reading:
        """Of this picture only."""
        row, words = self.items.index(item), self.words_of(item)
        return replace(
            self,
            items=(item,),
            figures=self.figures[..., row : row + 1],
            words=(words,) if self.words else (),
            maps=tuple(layer[None] for layer in self.maps_of(item)),
            stir=None if self.stir is None else self.stir[:, row : row + 1],
        )

    def mean_map(self, item: int) -> np.ndarray | None:
        """(1 + T, h, w) float32: the mean over the layers, each repeated to the finest; None without maps.

        Each cell of a coarse layer stands for the cells that it covers, so cells still add up to 1.
        """
        import numpy as np

        maps = self.maps_of(item)
        if not maps:
            return None
        height, width = (max(each.shape[axis] for each in maps) for axis in (1, 2))
        rows: list[np.ndarray] = [np.arange(height) * each.shape[1] // height for each in maps]
        columns: list[np.ndarray] = [np.arange(width) * each.shape[2] // width for each in maps]
        fine = (m[:, r][:, :, c].astype(np.float32) for m, r, c in zip(maps, rows, columns, strict=True))
        return sum(fine) / np.float32(len(maps))  # pyright: ignore[reportReturnType]
