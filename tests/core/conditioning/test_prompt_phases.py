"""What stands when in a run."""

from __future__ import annotations

from core.conditioning.prompt_phases import Phase, Piece, longest_phase, phases, readings
from core.conditioning.prompt_syntax import DEFAULT_AT


def test_changes_come_at_their_fraction() -> None:
    assert phases("a [fog->light:0.4]") == (
        Phase(0.0, (Piece("a fog", 1.0),)),
        Phase(0.4, (Piece("a light", 1.0),)),
    )
    assert phases("a [fog→light:0.4]") == phases("a [fog->light:0.4]")
    assert phases("[a->b]")[1].start == DEFAULT_AT
    assert [phase.text for phase in phases("[[a->b:0.2]->c:0.6]")] == ["a", "b", "c"]
    assert [phase.text for phase in phases("[->now:0.5]")] == ["", "now"]
    assert [phase.text for phase in phases("[a->b:0] [c->d:1]")] == ["b c"]


def test_the_longest_phase_is_the_first_of_equals() -> None:
    assert longest_phase("[a->b:0.4]").text == "b"
    assert longest_phase("[a->b:0.6]").text == "a"
    assert longest_phase("[a->b]").text == "a"
    assert longest_phase("[[a->b:0.1]->c:0.9]").text == "b"


def test_every_option_occurs_in_some_reading() -> None:
    assert readings("{a|{b|c}} [x->{y|z}]") == ("a x", "a y", "b x", "b z", "c x", "c y")
