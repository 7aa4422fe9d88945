from __future__ import annotations

import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.diffusion.level import Level
from core.diffusion.noise import DEPTH, Noise, NoiseError, pure_noise
from core.diffusion.schedule import SCHEDULES, schedule_named

FLOW = schedule_named("flow")


def bits(values: torch.Tensor) -> list[str]:
    return [float(value).hex() for value in values.flatten()]


def test_golden_bits() -> None:
    """These numbers are in every recipe ever saved: they may never change."""
    assert bits(Noise((7,), (4,)).draw("start", 0)) == GOLDEN_START
    assert bits(Noise((2**63 - 1,), (4,)).draw("step", 19)) == GOLDEN_STEP
    assert bits(Noise((7,), (3,)).between(FLOW.at_time(0.8), FLOW.at_time(0.3))) == GOLDEN_PATH


GOLDEN_START = ["-0x1.106d700000000p-3", "-0x1.c6763e0000000p-2", "-0x1.3dff8c0000000p-1", "-0x1.7577900000000p-1"]
GOLDEN_STEP = ["-0x1.b0c6800000000p-1", "0x1.031ad20000000p-1", "-0x1.6dc81e0000000p-1", "-0x1.b7c3640000000p-1"]
GOLDEN_PATH = ["0x1.3932200000000p+1", "-0x1.33a8ba0000000p-2", "-0x1.95c15a0000000p-1"]


@given(
    seeds=st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=4),
    stream=st.text(max_size=8),
    key=st.integers(0, 10_000),
)
def test_an_item_is_its_seed_stream_and_key(seeds: list[int], stream: str, key: int) -> None:
    batch = Noise(seeds, (2, 3)).draw(stream, key)
    assert batch.dtype == torch.float32
    for item, seed in enumerate(seeds):
        assert torch.equal(batch[item], Noise((seed,), (2, 3)).draw(stream, key)[0])


def test_seeds_streams_and_keys_are_independent() -> None:
    draws = torch.stack(
        [
            Noise((seed,), (4096,)).draw(stream, key)[0]
            for seed in (0, 1, 2**40)
            for stream in ("start", "step")
            for key in (0, 1)
        ]
    )
    correlation = torch.corrcoef(draws)
    torch.testing.assert_close(correlation, torch.eye(12), rtol=0.0, atol=5 / 64)


def test_draws_are_unit_normal() -> None:
    drawn = Noise(range(4), (50_000,)).draw("start", 0).double()
    for power, moment in ((1, 0.0), (2, 1.0), (3, 0.0), (4, 3.0)):
        mean = float(drawn.pow(power).mean())
        spread = math.sqrt([1, 2, 15, 96][power - 1] / drawn.numel())
        assert abs(mean - moment) < 4 * spread


def test_the_global_generators_are_left_alone() -> None:
    before = torch.get_rng_state()
    Noise((1,), (8,)).draw("start", 0)
    assert torch.equal(torch.get_rng_state(), before)


def times() -> st.SearchStrategy[float]:
    return st.floats(0.0, 1.0)


@given(st.lists(times(), min_size=3, max_size=3).filter(lambda t: len({round(2**DEPTH * x) for x in t}) == 3))
def test_increments_add_up(three: list[float]) -> None:
    """The Brownian sense: lengths add, and so do increments."""
    a, b, c = (FLOW.at_time(t) for t in sorted(three))
    noise = Noise((3, 4), (5,))
    ab, bc, ac = (round(2**DEPTH * hi.t) - round(2**DEPTH * lo.t) for lo, hi in ((a, b), (b, c), (a, c)))
    whole = math.sqrt(ac) * noise.between(a, c).double()
    parts = math.sqrt(ab) * noise.between(a, b).double() + math.sqrt(bc) * noise.between(b, c).double()
    torch.testing.assert_close(whole, parts, rtol=1e-5, atol=1e-5 * math.sqrt(ac))


@given(st.lists(st.tuples(times(), times()), min_size=2, max_size=5))
def test_order_of_calls_does_not_matter(pairs: list[tuple[float, float]]) -> None:
    pairs = [(a, b) for a, b in pairs if abs(a - b) > 1e-4]
    one = Noise((9,), (3,))
    forwards = [one.between(FLOW.at_time(a), FLOW.at_time(b)) for a, b in pairs]
    backwards = [one.between(FLOW.at_time(b), FLOW.at_time(a)) for a, b in reversed(pairs)]
    fresh = [Noise((8, 9), (3,)).between(FLOW.at_time(a), FLOW.at_time(b))[1:] for a, b in pairs]
    for here, there, alone in zip(forwards, reversed(backwards), fresh, strict=True):
        assert torch.equal(here, there)
        assert torch.equal(here, alone)


def test_increments_are_unit_normal_and_independent() -> None:
    noise = Noise((5,), (20_000,))
    levels = [FLOW.at_time(t) for t in (1.0, 0.77, 0.5, 0.1, 0.0)]
    parts = torch.stack([noise.between(a, b)[0] for a, b in itertools.pairwise(levels)])
    torch.testing.assert_close(torch.cov(parts), torch.eye(4), rtol=0.0, atol=5 * math.sqrt(2 / 20_000))


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_share_the_path(name: str) -> None:
    """The same sigma / alpha is the same place, on any schedule."""
    noise, schedule = Noise((5,), (3,)), schedule_named(name)
    here = noise.between(schedule.at_ratio(9.0), schedule.at_ratio(0.5))
    assert torch.equal(here, noise.between(FLOW.at_ratio(9.0), FLOW.at_ratio(0.5)))


def test_bad_requests_say_value_rule_and_remedy() -> None:
    with pytest.raises(NoiseError, match="0 seeds given"):
        Noise((), (2,))
    with pytest.raises(NoiseError, match=r"seed -1 is out of range; give a whole number from 0 to 2\^64 - 1"):
        Noise((-1,), (2,))
    with pytest.raises(NoiseError, match="too close to draw between"):
        Noise((0,), (2,)).between(FLOW.at_time(0.5), FLOW.at_time(0.5))


def test_a_run_begins_at_its_first_level() -> None:
    noise = Noise((0,), (4,))
    torch.testing.assert_close(pure_noise(noise, Level(1.0, 1.0, 80.0)), 80.0 * noise.draw("start", 0))
