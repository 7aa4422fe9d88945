"""The layout of a branch: what the new prompt asks for, standing where the parent's objects stood."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from core.conditioning.prompt_phases import longest_phase
from core.errors import LayoutError
from core.worlds.tabletop.arrangement import arranged
from core.worlds.tabletop.grammar_read import meets, parse
from core.worlds.tabletop.scene import Scene


def standing_as(plan: str, parent: str, prompt: str) -> str:
    """The plan's objects at the parent's places, under its camera and lamp; the plan itself where that can't be.

    plan: a scene (JSON) planned for the prompt. It can't be where the counts differ, where no way of handing out the
    places keeps the objects apart and says what the prompt says, or where either is no scene of the tabletop.
    """
    try:
        fresh, old = Scene.from_json(plan), Scene.from_json(parent)
    except LayoutError:
        return plan
    if len(fresh.items) != len(old.items):
        return plan
    asked = parse(longest_phase(prompt).text)
    # In the order of mention first, so that what the prompt leaves alone stays where it is.
    for places in permutations(old.items):
        pairs = zip(fresh.items, places, strict=True)
        items = tuple(replace(item, x=place.x, y=place.y, yaw_rad=place.yaw_rad) for item, place in pairs)
        scene = Scene(items, old.camera, old.light)
        if arranged(scene) and meets(scene, asked):
            return scene.to_json()
    return plan
