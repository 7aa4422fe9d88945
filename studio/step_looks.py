"""Looks at steps that were kept: asked of the engine off the GUI thread, and held for a while."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from studio.background import Background
from studio.bridge import Bridge
from studio.viewmodels.steps import Place, StepLook

if TYPE_CHECKING:
    from core.artifacts.trajectory import TrajectoryInfo
    from core.jobs.event import Preview

HELD_OCTETS = 128 * 2**20
"""Looks at pictures that were not on show for longest are let go beyond so many bytes."""
HELD = 256
"""Pictures, and jobs, that anything is remembered of; what was forgotten is asked for again."""
AT_ONCE = 8
"""Steps fetched together: the first of them are wanted soon."""
REST_MS, AT_REST = 400, 2
"""While a job is at work: between two fetches, and steps a fetch, so that the work is not held up."""
Key = tuple[str, int]


class StepLooks(QObject):
    """learnt(job_id): whether its steps are kept, and where they stand, is known now. came(job_id, item): new looks."""

    learnt = Signal(str)
    came = Signal(str, int)

    def __init__(self, bridge: Bridge, background: Background) -> None:
        super().__init__()
        self._bridge, self._background = bridge, background
        self._infos: OrderedDict[str, TrajectoryInfo] = OrderedDict()
        self._looks: OrderedDict[Key, dict[int, StepLook]] = OrderedDict()
        self._gone: dict[Key, set[int]] = {}
        self._waiting: tuple[Key, tuple[int, ...]] | None = None
        self._flying: tuple[int, ...] = ()
        self._flying_of: Key = ("", 0)
        self._hurried = True
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._fetch)

    def kept(self, job_id: str, item: int) -> int:
        """How many steps of a picture can be fetched, as far as was learnt."""
        info = self._infos.get(job_id)
        return info.steps.get(item, 0) if info is not None else 0

    def exact(self, job_id: str) -> bool:
        """Whether a run can go on from the steps of a job."""
        info = self._infos.get(job_id)
        return info is not None and info.exact

    def places(self, job_id: str) -> tuple[Place, ...]:
        """Where its steps stand; () before that was learnt."""
        info = self._infos.get(job_id)
        return () if info is None else tuple(zip(info.sigma, info.log_snr, strict=True))

    def of(self, job_id: str, item: int) -> tuple[StepLook, ...]:
        """What was fetched of one picture, by rising number."""
        looks = self._looks.get((job_id, item), {})
        return tuple(looks[number] for number in sorted(looks))

    def learn(self, job_id: str) -> None:
        """Ask whether the steps of a job are kept; `learnt` follows."""
        if self._bridge.is_open:
            self._background.run(lambda: self._bridge.trajectory(job_id), lambda info: self._take_info(job_id, info))

    def want(self, job_id: str, item: int, numbers: tuple[int, ...], *, hurried: bool = True) -> None:
        """Fetch those steps, in that order; what was wanted before and is not fetched yet is forgotten.

        hurried: someone waits for them, or nothing else is at work; else a few now and then.
        """
        key = (job_id, item)
        past = {*self._gone.get(key, ()), *self._looks.get(key, ()), *(self._flying if key == self._flying_of else ())}
        numbers = tuple(number for number in numbers if number not in past)
        self._waiting = (key, numbers) if numbers else None
        self._hurried = hurried
        if numbers and not self._flying and (hurried or not self._rest.isActive()):
            self._fetch()

    def forget_but(self, job_id: str) -> None:
        """Let go what is held of all jobs but one; it is asked for again when it is wanted."""
        for other in [other for other in self._infos if other != job_id]:
            del self._infos[other]
        for key in [key for key in (*self._looks, *self._gone) if key[0] != job_id]:
            self._looks.pop(key, None)
            self._gone.pop(key, None)

    def _take_info(self, job_id: str, info: TrajectoryInfo | None) -> None:
        if info is None:
            self._infos.pop(job_id, None)
        else:
            self._infos[job_id] = info
            self._infos.move_to_end(job_id)
            if len(self._infos) > HELD:
                self._infos.popitem(last=False)
        self.learnt.emit(job_id)

    def _fetch(self) -> None:
        if self._waiting is None or not self._bridge.is_open:
            return
        key, numbers = self._waiting
        most = AT_ONCE if self._hurried else AT_REST
        now, later = numbers[:most], numbers[most:]
        self._waiting = (key, later) if later else None
        self._flying_of, self._flying = key, now
        self._background.run(
            lambda: self._bridge.step_looks(*key, now),
            lambda previews: self._take(key, now, previews),
            lambda _sentence: self._take(key, now, ()),
        )

    def _take(self, key: Key, numbers: tuple[int, ...], previews: tuple[Preview, ...]) -> None:
        self._flying = ()
        looks = self._looks.setdefault(key, {})
        self._looks.move_to_end(key)
        for preview in previews:
            noisy = None if preview.noisy is None else preview.noisy[0]
            number = preview.index + 1
            looks[number] = StepLook(number, preview.clean[0], noisy, (*key, number))
        self._gone.setdefault(key, set()).update(number for number in numbers if number not in looks)
        self._let_go()
        if previews:
            self.came.emit(*key)
        if not self._hurried:
            self._rest.start()
        elif not self._flying:
            self._fetch()

    def _let_go(self) -> None:
        total = sum(_octets(look) for looks in self._looks.values() for look in looks.values())
        while (total > HELD_OCTETS and len(self._looks) > 1) or len(self._looks) > HELD:
            key, looks = self._looks.popitem(last=False)
            self._gone.pop(key, None)
            total -= sum(_octets(look) for look in looks.values())


def _octets(look: StepLook) -> int:
    return look.clean.nbytes + (look.noisy.nbytes if look.noisy is not None else 0)
