"""The scenes of `screenshots.py` that study a run: grids of settings, schedules over one another, guidance apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from studio.panels.microscope import MicroscopePage
from studio.panels.sweep import SweepPage

if TYPE_CHECKING:
    from screenshots import Camera

PLAIN = {"prompt": "a purple metal sphere and a small red cube", "negative_prompt": "", "seed": 7, "count": 1}
PLAIN |= {"sampler": "euler", "time_grid": "uniform"}
"""Settings of their own, whatever the scenes before left."""
STEPS, BACK = 16, 8


def grid(camera: Camera) -> None:
    """Three samplers by three numbers of evaluations: half-way, then whole."""
    window = camera.window
    window.session.desk.change(**PLAIN, guidance_scale=2.0)
    camera.act("mode_compare")
    window.compare.pages.go("grid")
    page = window.findChild(SweepPage)
    assert isinstance(page, SweepPage)
    camera.until(lambda: page.sweep.model.inputs.planned is not None)
    camera.act("generate")
    camera.until(lambda: len(page.sweep.model.inputs.made) >= 4)
    camera.everywhere("grid_running")
    camera.until(lambda: page.sweep.model.inputs.complete and not page.sweep.busy)
    camera.everywhere("grid")
    camera.act("mode_create")


def schedules(camera: Camera) -> None:
    """Time grids of ours and of other tools over one another."""
    camera.act("schedules")
    page = camera.window.compare.pages.body("schedules")
    assert isinstance(page, MicroscopePage)
    camera.until(lambda: page.microscope.settled)
    camera.everywhere("schedules")
    camera.window.compare.pages.go("race")
    camera.act("mode_create")


def guidance(camera: Camera) -> None:
    """What guidance did in each step, and where a word was looked at."""
    window = camera.window
    window.session.desk.change(**PLAIN, steps=STEPS, guidance_scale=3.0, interval=(0.1, 0.9))
    camera.act("dissection")
    camera.generate()
    camera.everywhere("guidance")
    for _ in range(BACK):
        camera.act("step_back")
    window.session.dissection.set_word(2)
    camera.everywhere("guidance_words")
    camera.act("dissection")


def beside_race(camera: Camera) -> None:
    """The lanes of a race in the plane, beside them."""
    window = camera.window
    camera.act("mode_compare")
    camera.act("in_plane")
    camera.until(lambda: not window.plane.bench.busy and bool(window.plane.drawer.planes))
    camera.everywhere("compare_plane")
    camera.act("in_plane")
    camera.act("mode_create")


STUDIES: dict[str, Callable[[Camera], None]] = {
    scene.__name__: scene for scene in (grid, schedules, guidance, beside_race)
}
