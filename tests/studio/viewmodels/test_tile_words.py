from __future__ import annotations

from studio.viewmodels.tile_words import family_words, kin_words, position, tile_words
from tests.studio.viewmodels.test_archive import row

LINES = (
    ("Before", (row("grandmother", prompt="a cone", seed=1),)),
    ("Parents", (row("mother", prompt="a torus", seed=2),)),
    ("This picture", (row("me"),)),
    ("Children", (row("son", seed=4), row("daughter", seed=5))),
    ("After", tuple(row(f"grandchild {at}", seed=10 + at) for at in range(3))),
)
LINKS = (
    ("grandmother", "mother"),
    ("mother", "me"),
    ("me", "son"),
    ("me", "daughter"),
    *(("son", f"grandchild {at}") for at in range(3)),
)


def test_a_tile_says_prompt_seed_and_marks() -> None:
    assert tile_words("a red\ncube", 7) == "a red cube, seed 7"
    assert tile_words("", 7, favourite=True) == "No prompt, seed 7, favourite"
    assert tile_words("a" * 100, 7, branched=True) == f"{'a' * 79}…, seed 7, branch"
    assert position(2, 1204) == "3 of 1204"


def test_relatives_say_whose_parent_and_child_they_are() -> None:
    told = kin_words(LINES, LINKS, "me")
    assert told["grandmother"] == "Before, 1 of 1, parent of “a torus”, seed 2"
    assert told["mother"] == "Parents, 1 of 1, child of “a cone”, seed 1, parent of this picture"
    assert told["me"] == "This picture, child of “a torus”, seed 2, parent of “a cube”, seed 4 and “a cube”, seed 5"
    assert told["son"] == "Children, 1 of 2, child of this picture, parent of 3 pictures"
    assert told["daughter"] == "Children, 2 of 2, child of this picture"
    assert told["grandchild 2"] == "After, 3 of 3, child of “a cube”, seed 4"


def test_a_link_to_a_picture_that_is_not_there_is_left_out() -> None:
    assert kin_words((("This picture", (row("me"),)),), (("gone", "me"),), "me") == {"me": "This picture"}


def test_a_family_is_counted() -> None:
    assert family_words(LINES) == "Before 1, Parents 1, Children 2, After 3"
    assert family_words(LINES, 2) == "Before 1, Parents 1, Children 2, After 3, 2 of them not shown"
    assert family_words(()) == ""
