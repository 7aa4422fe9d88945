"""Mentions bind objects of their own, and relations speak of those objects."""

from __future__ import annotations

from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from core.worlds.tabletop.constraints import (
    Absent,
    Exists,
    NothingElse,
    Observed,
    Pattern,
    Relation,
    TotalCount,
    holds,
    stands,
)
from core.worlds.tabletop.scene import COLOURS, SHAPES, SIDE_MARGIN


def thing(shape: str, colour: str, right: float = 0.0, away: float = 0.0) -> Observed:
    return Observed(shape, colour, "small", "matte", right, away)  # type: ignore[arg-type]


CUBE, RED_CUBE, RED = Pattern("cube"), Pattern("cube", "red"), Pattern(None, "red")


def test_a_broad_mention_leaves_the_object_that_a_narrow_one_needs() -> None:
    broad, narrow = Exists(CUBE, mention=0), Exists(RED_CUBE, mention=1)
    assert holds([broad, narrow], [thing("cube", "red"), thing("cube", "blue")]) == [True, True]
    assert holds([broad, narrow], [thing("cube", "red")]).count(True) == 1


def test_a_relation_binds_the_same_objects_as_its_mentions() -> None:
    a, b = Exists(CUBE, mention=0), Exists(RED, mention=1)
    asked = [a, b, Relation(a, "left-of", b)]
    cube_left = [thing("cube", "blue", -1.0), thing("cone", "red", 1.0)]
    assert holds(asked, cube_left) == [True, True, True]
    # Only the red cube is a cube, and nothing else is red: it can't be left of itself.
    assert holds(asked, [thing("cube", "red", -1.0), thing("cone", "blue", 1.0)])[2] is False


def test_a_relation_picks_the_binding_under_which_it_holds() -> None:
    a, b = Exists(CUBE, mention=0), Exists(CUBE, mention=1)
    asked = [a, b, Relation(a, "behind", b)]
    assert holds(asked, [thing("cube", "red", 0.0, -1.0), thing("cube", "red", 0.0, 1.0)]) == [True, True, True]


def test_a_relation_asks_for_the_margin() -> None:
    left, right = thing("cube", "red", 0.0), thing("cube", "red", SIDE_MARGIN)
    nearer = thing("cube", "red", SIDE_MARGIN - 0.01)
    assert stands("left-of", left, right)
    assert stands("right-of", right, left)
    assert not stands("left-of", left, nearer)


def test_a_group_is_related_as_a_whole() -> None:
    pair, cone = Exists(CUBE, 2, mention=0), Exists(Pattern("cone"), mention=1)
    asked = [pair, cone, Relation(pair, "left-of", cone)]
    assert all(holds(asked, [thing("cube", "red", -1.0), thing("cube", "red", -0.5), thing("cone", "red", 0.5)]))
    assert not all(holds(asked, [thing("cube", "red", -1.0), thing("cube", "red", 1.0), thing("cone", "red", 0.5)]))


def test_counts_and_absences() -> None:
    three = [thing("cube", "red"), thing("cube", "blue"), thing("cone", "red")]
    assert holds([TotalCount(3), TotalCount(2), TotalCount(2, at_least=True)], three) == [True, False, True]
    assert holds([Absent(Pattern("torus")), Absent(RED_CUBE), Absent(Pattern("cone", "blue"))], three) == [
        True,
        False,
        True,
    ]
    assert holds([Exists(CUBE, 2), NothingElse((CUBE,)), NothingElse((CUBE, RED))], three) == [True, False, True]


things = st.builds(
    thing,
    st.sampled_from(SHAPES),
    st.sampled_from(COLOURS[:3]),
    st.floats(-1.7, 1.7),
    st.floats(-1.7, 1.7),
)
patterns = st.builds(Pattern, st.sampled_from((None, *SHAPES)), st.sampled_from((None, *COLOURS[:3])))


@given(st.lists(patterns, min_size=1, max_size=4), st.lists(things, max_size=6))
def test_mentions_are_filled_exactly_where_a_matching_exists(asked: list[Pattern], items: list[Observed]) -> None:
    mentions = [Exists(pattern, mention=number) for number, pattern in enumerate(asked)]
    possible = any(
        all(pattern.matches(item) for pattern, item in zip(asked, chosen, strict=True))
        for chosen in permutations(items, len(asked))
    )
    assert all(holds(mentions, items)) == possible


@given(st.lists(patterns, min_size=1, max_size=3), st.lists(things, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_the_objects_does_not_matter(asked: list[Pattern], items: list[Observed], random: object) -> None:
    mentions = [Exists(pattern, mention=number) for number, pattern in enumerate(asked)]
    relations = [Relation(a, "left-of", b) for a, b in pairwise(mentions)]
    shuffled = list(items)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    constraints = [*mentions, *relations]
    assert all(holds(constraints, items)) == all(holds(constraints, shuffled))
