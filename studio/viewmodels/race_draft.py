"""The settings of a race as they stand: a frozen value from which its request is made."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from core.compare.record import request_from_plain, request_to_plain
from core.errors import NoisetteError
from core.requests import (
    MAX_LANES,
    MIN_LANES,
    CompareRequest,
    GridSettings,
    ImageRequest,
    Lane,
    ReferenceSettings,
)
from core.samplers.cards import CARDS

FIRST_LANES = ("euler", "heun", "dpmpp_2m", "uni_pc")
"""Of a new race, as far as they are there; a name stands for the first sampler that begins with it."""
BUDGETS = (6, 8, 12, 16, 32, 48, 64)
"""Other numbers of evaluations, where the error's slope is wanted."""
EVALUATIONS = (6, 8, 12, 16, 24, 32, 48, 64)
REFERENCES = (125, 250, 500, 1000, 3000)
"""Steps of Heun."""
REPEATS = (1, 6, 16, 32)


@dataclass(frozen=True, slots=True)
class RaceDraft:
    """lanes: each a whole request, whose seed, steps and count mean nothing. slopes: run other budgets, too."""

    lanes: tuple[Lane, ...] = ()
    evaluations: int = 24
    seed: int = 7
    reference: ReferenceSettings = field(default_factory=ReferenceSettings)
    repeats: int = 1
    slopes: bool = True

    def request(self, device: Any = "auto") -> CompareRequest:
        """Raises RequestError: value, rule, remedy."""
        budgets = tuple(each for each in BUDGETS if each != self.evaluations) if self.slopes else ()
        return CompareRequest(
            lanes=self.lanes,
            evaluations=self.evaluations,
            budgets=budgets,
            seed=self.seed,
            repeats=self.repeats,
            reference=self.reference,
            truth=self.repeats > 1,
            device=device,
        )

    @property
    def can_add(self) -> bool:
        return len(self.lanes) < MAX_LANES

    @property
    def can_remove(self) -> bool:
        return len(self.lanes) > MIN_LANES

    @property
    def next_sampler(self) -> str:
        """The first that no lane has, for a new one; those that solve the reference's equation come first."""
        taken = {lane.request.sampler for lane in self.lanes}
        ranked = sorted(CARDS, key=lambda card: card.stochastic and (card.eta is None or card.eta.default > 0.0))
        return next((card.name for card in ranked if card.name not in taken), CARDS[0].name)

    def added(self, sampler: str) -> RaceDraft:
        """One more lane, like the last but for its sampler."""
        if not self.can_add or not self.lanes:
            return self
        return replace(self, lanes=(*self.lanes, Lane(replace(self.lanes[-1].request, sampler=sampler))))

    def with_lane(self, request: ImageRequest) -> RaceDraft:
        """One more lane with settings of its own."""
        return replace(self, lanes=(*self.lanes, Lane(_alone(request)))) if self.can_add else self

    def removed(self, lane: int) -> RaceDraft:
        if not self.can_remove:
            return self
        return replace(self, lanes=(*self.lanes[:lane], *self.lanes[lane + 1 :]))

    def moved(self, lane: int, by: int) -> RaceDraft:
        """That lane changed places with the one `by` further."""
        to = lane + by
        if not 0 <= to < len(self.lanes):
            return self
        lanes = list(self.lanes)
        lanes[lane], lanes[to] = lanes[to], lanes[lane]
        return replace(self, lanes=tuple(lanes))

    def changed(self, lane: int, **changes: Any) -> RaceDraft:
        """Other settings of one lane. A grid leaves the bends of the one before."""
        if "time_grid" in changes:
            changes.setdefault("grid", GridSettings())
        own = Lane(replace(self.lanes[lane].request, **changes))
        return replace(self, lanes=(*self.lanes[:lane], own, *self.lanes[lane + 1 :]))

    def with_all(self, **changes: Any) -> RaceDraft:
        """Other settings of every lane."""
        return replace(self, lanes=tuple(Lane(replace(lane.request, **changes)) for lane in self.lanes))

    def to_dict(self) -> dict[str, Any]:
        """Plain values; none for settings that make no race yet."""
        try:
            return request_to_plain(self.request())
        except NoisetteError:
            return {}

    @staticmethod
    def from_dict(data: Any) -> RaceDraft:
        """Kept settings; an empty draft where they can't be read."""
        try:
            known = request_from_plain(data)
        except NoisetteError:
            return RaceDraft()
        return RaceDraft.of(known)

    @staticmethod
    def of(request: CompareRequest) -> RaceDraft:
        """The settings that make this race, but for its device."""
        slopes = bool(request.budgets)
        return RaceDraft(request.lanes, request.evaluations, request.seed, request.reference, request.repeats, slopes)


def race_of(request: ImageRequest) -> RaceDraft:
    """A race of the usual samplers over a picture's settings, on its seed."""
    base = _alone(request)
    samplers = dict.fromkeys(
        name for wanted in FIRST_LANES if (name := next((c.name for c in CARDS if c.name.startswith(wanted)), ""))
    )
    lanes = tuple(Lane(replace(base, sampler=sampler)) for sampler in samplers)
    return RaceDraft(lanes=lanes, seed=request.seed)


def _alone(request: ImageRequest) -> ImageRequest:
    """One picture's settings, from its beginning on."""
    return replace(
        request, count=1, branch=None, neighbours=0.0, neighbour=None, seed=0, keep_trajectory=False, batch=None
    )
