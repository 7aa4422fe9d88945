"""The plan of the picture on show, and every edit of it: each one is a change of the draft. No widgets here."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from core.errors import LayoutError
from core.requests import ImageRequest
from core.worlds.tabletop import arrangement
from core.worlds.tabletop.scene import COLOURS, Colour, Material, Scene, Shape, Size
from studio.desk import Desk
from studio.gallery import Gallery
from studio.stage import Stage
from studio.viewmodels.canvas import Scene as CanvasScene
from studio.viewmodels.draft import Draft
from studio.viewmodels.plan import Painted, PlanInputs, PlanView, derive_plan, read_scene, seen_alike
from studio.viewmodels.plan_drag import Drag, Grip, dragged
from studio.viewmodels.run import Run
from studio.viewmodels.view_model import ViewModel

MOST_REMEMBERED = 256
"""Plans of the planner that are remembered, for the way back to them."""


class Plan(QObject):
    """Owns the view model of the plan.

    said(sentence): a line for the user. at_once: a drag changes the draft at every move (for live mode), not only
    at its end.
    """

    said = Signal(str)

    def __init__(self, desk: Desk, stage: Stage, gallery: Gallery) -> None:
        super().__init__()
        self._desk, self._stage, self._gallery = desk, stage, gallery
        self._drag: Drag | None = None
        self._before: Draft | None = None
        self.at_once = False
        self._planner: dict[tuple[str, str, int], str] = {}
        self.model: ViewModel[PlanInputs, PlanView] = ViewModel(PlanInputs(), derive_plan)
        desk.changed.connect(self._refresh)
        stage.canvas.watch_all(lambda _: self._refresh())

    @property
    def repaints(self) -> bool:
        """Whether the next picture is this one again under the plan that is shown: its seed is kept."""
        return self.model.view.open and not self.model.view.repaint_reason

    def toggle(self) -> None:
        """Show the plan over the picture, or hide it; says why where there is none."""
        self.let_go()
        if not self.model.view.open and self.model.view.reason:
            self.said.emit(self.model.view.reason)
        else:
            self.model.update(wanted=not self.model.view.open, refusal="")

    def close(self) -> None:
        """Hide the plan."""
        self.let_go()
        self.model.update(wanted=False, refusal="")

    def select(self, index: int) -> None:
        """Take another object."""
        self.model.update(selected=index, refusal="")

    def take(self, grip: Grip, index: int, u: float, v: float) -> None:
        """Begin to drag a handle at a picture point."""
        if self.model.view.scene is not None:
            self.select(index)
            self._drag, self._before = Drag(grip, index, self.model.view.scene, (u, v)), self._desk.draft

    def pull(self, u: float, v: float) -> None:
        """The pointer moved; the plan follows where it may."""
        if self._drag is None:
            return
        try:
            scene, refusal = dragged(self._drag, u, v), ""
        except LayoutError as error:
            scene, refusal = self._drag.scene, str(error)
        moved = scene != (self.model.inputs.held or self._drag.scene)
        self.model.update(held=scene, refusal=refusal)
        if moved and self.at_once:
            self._put(scene)

    def drop(self) -> None:
        """The drag ends here."""
        drag, held = self._drag, self.model.inputs.held
        self._drag = None
        self.model.update(held=None)
        if drag is not None and held is not None and held != self.model.view.scene:
            self._put(held)

    def let_go(self) -> None:
        """Give a drag up; the plan is as it was before."""
        drag, before = self._drag, self._before
        self._drag = None
        self.model.update(held=None, refusal="")
        if drag is not None and before is not None and before != self._desk.draft:
            self._desk.put(before)

    @property
    def is_dragging(self) -> bool:
        return self._drag is not None

    def nudge(self, right: float, away: float) -> None:
        """Move the selected object over the table, in table units as one sees it."""

        def edit(scene: Scene, index: int) -> Scene:
            item, turn = scene.items[index], scene.camera.azimuth_rad
            cos, sin = math.cos(turn), math.sin(turn)
            return arrangement.moved(scene, index, item.x + right * cos - away * sin, item.y + right * sin + away * cos)

        self._edit(edit)

    def turn(self, by_rad: float) -> None:
        """Turn the selected object about its upright axis."""
        self._edit(lambda scene, index: arrangement.turned(scene, index, scene.items[index].yaw_rad + by_rad))

    def set_shape(self, shape: Shape) -> None:
        self._edit(lambda scene, index: arrangement.reshaped(scene, index, shape))

    def set_colour(self, colour: Colour) -> None:
        self._edit(lambda scene, index: arrangement.recoloured(scene, index, colour))

    def next_colour(self, by: int = 1) -> None:
        """The colour after (or before) the selected object's."""
        item = self.model.view.item
        if item is not None:
            self.set_colour(COLOURS[(COLOURS.index(item.colour) + by) % len(COLOURS)])

    def set_size(self, size: Size) -> None:
        self._edit(lambda scene, index: arrangement.resized(scene, index, size))

    def set_material(self, material: Material) -> None:
        self._edit(lambda scene, index: arrangement.finished(scene, index, material))

    def remove(self) -> None:
        """Take the selected object away; the last one stays."""
        self._edit(arrangement.removed)

    def add(self) -> None:
        """One object more, in free room; it is selected."""
        before = self.model.view.scene
        self._edit(lambda scene, _index: arrangement.added(scene))
        after = self.model.view.scene
        if before is not None and after is not None and len(after.items) > len(before.items):
            self.select(len(after.items) - 1)

    def leave_to_planner(self) -> None:
        """Drop the plan of one's own."""
        self.let_go()
        self._desk.put(self._desk.draft.with_layout(""))

    def _edit(self, edit: Callable[[Scene, int], Scene]) -> None:
        scene, index = self.model.view.scene, self.model.view.selected
        if scene is None or self._drag is not None:
            return
        try:
            edited = edit(scene, index)
        except LayoutError as error:
            self.model.update(refusal=str(error))
            return
        self.model.update(refusal="")
        if edited != scene:
            self._put(edited)

    def _put(self, scene: Scene) -> None:
        """Make an edited plan the draft's. The first edit of a picture takes up what it shows, and its seed."""
        draft, painted = self._desk.draft, self.model.inputs.painted
        if not self.model.view.edited and painted is not None:
            taken = with_subject(draft, painted.request)
            if (taken.prompt, taken.seed) != (draft.prompt, draft.seed):
                self.said.emit("Prompt and seed of this picture taken up")
            draft = taken
        self._desk.put(draft.with_layout(scene.to_json()))

    def _refresh(self) -> None:
        canvas = self._stage.canvas
        painted = None
        if canvas.view.scene in (CanvasScene.PICTURE, CanvasScene.WAITING):
            painted = self._painted()
        if self._drag is not None and not seen_alike(self._drag.scene, painted):
            self._drag = None
        self.model.update(
            draft=self._desk.draft,
            card=self._desk.card,
            painted=painted,
            held=self.model.inputs.held if self._drag is not None else None,
            pictured=canvas.view.scene is CanvasScene.PICTURE,
        )

    def _painted(self) -> Painted | None:
        """What is known of the plan of the picture on show."""
        run, recipe = self._stage.run, self._gallery.current.recipe if self._gallery.current else None
        if run is not None and run.request is not None:
            number = self._stage.item
            layout = run.plans.get(number) or run.request.layout or self._kept_layout(run)
            request = run.request.alone(number)
        elif recipe is not None and self._stage.canvas.inputs.shown is not None:
            layout, request = recipe.layout, recipe.asked()
        else:
            return None
        if not layout or read_scene(layout) is None:
            return None
        return Painted(layout, self._planner_of(request, layout), request)

    def _kept_layout(self, run: Run) -> str | None:
        """From the recipe, where the events of the run came too early to be heard."""
        current = self._gallery.current
        return current.recipe.layout if current is not None and current.id in run.produced else None

    def _planner_of(self, request: ImageRequest, layout: str) -> str:
        """What the planner made for a picture that was painted under another plan; remembers what it made."""
        key = (request.model_id, request.prompt, request.seed)
        if request.layout is None:
            self._planner[key] = layout
            while len(self._planner) > MOST_REMEMBERED:
                del self._planner[next(iter(self._planner))]
            return layout
        return self._planner.get(key, "")


def with_subject(draft: Draft, request: ImageRequest) -> Draft:
    """The draft about what a request shows: its words, model, size and seed; how to sample stays the draft's."""
    return replace(
        draft,
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        model_id=request.model_id,
        width=request.width or draft.width,
        height=request.height or draft.height,
        seed=request.seed,
    )
