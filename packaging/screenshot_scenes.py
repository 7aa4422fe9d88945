"""The scenes of `screenshots.py`, in the order in which a newcomer meets them; later ones use what earlier ones made.

Running out of memory is played, by an event that the engine would send; everything else is what the window really does.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, PngImagePlugin

from core.jobs.event import Failed, Started
from screenshot_overlays import OVERLAYS
from screenshot_studies import STUDIES
from studio.crashes import Crash

if TYPE_CHECKING:
    from screenshots import Camera

PROMPTS = (
    ("a large yellow cube and a small green torus", 3),
    ("two red spheres behind a white cylinder", 11),
    ("a blue torus in front of an orange cube", 5),
    ("three black cylinders", 8),
    ("a purple cone to the right of a yellow cylinder", 21),
    ("a shiny red ball", 4),
    ("three objects and no cubes", 17),
    ("a white cone and a red cylinder", 2),
    ("a green sphere left of a purple cube", 30),
    ("two yellow cones", 13),
    ("a small orange torus", 9),
    ("a blue cube on the right", 12),
    ("three small red cubes", 6),
    ("a large cyan cylinder", 18),
)
PROMPT = "a (large purple metal sphere:1.2), a white sphere and a small {red|orange} sphere on velvet"
LEFT_OUT, SEED, STEPS, SHOWN_AT = "cubes", 7, 24, 19
WAITING = ("a red cone beside a blue cube", "two green cylinders", "a yellow torus in front of a black sphere")
MIDDLE = 12
LANES = 4
GIGABYTE = 10**9


def first_run(camera: Camera) -> None:
    """A home without a picture."""
    camera.everywhere("first_run")


def create(camera: Camera) -> None:
    """Some pictures, then a run under way; the queue over it."""
    session = camera.window.session
    session.projects.rename("Marble studies")
    for place, (prompt, seed) in enumerate(PROMPTS):
        session.desk.change(prompt=prompt, seed=seed, seed_locked=True, steps=8)
        camera.generate()
        if place % 5 == 1:
            session.toggle_favourite()
    session.desk.change(prompt=PROMPT, negative_prompt=LEFT_OUT, seed=SEED, steps=STEPS, count=4)
    session.desk.change(sampler="dpmpp_2m", guidance_scale=4.5, interval=(0.0, 0.8))
    session.desk.choose_grid("karras")
    camera.rest(900)
    camera.leave_focus()
    for size, suffix, theme in camera.frames:
        camera.pose(size, theme)
        name = f"create{suffix}_{theme}"
        camera.generate(lambda name=name: camera.shoot(name), SHOWN_AT)


def queue(camera: Camera) -> None:
    """One job paused under way, three that wait, one failed, one cancelled."""
    session = camera.window.session
    session.clear_finished()
    session.submit(replace(session.desk.draft.request(), model_id="not-installed", prompt="three black cylinders"))
    camera.until(lambda: session.stage.canvas.view.scene.value == "error")
    session.generate()
    camera.until(lambda: session.runs.running and session.runs.running.done >= 6)
    session.runs.cancel()
    camera.until(lambda: not session.runs.busy)
    request = session.desk.draft.request()
    session.generate()
    for prompt in WAITING:
        session.submit(replace(request, prompt=prompt, negative_prompt=""))
    camera.until(lambda: session.runs.running and session.runs.running.done >= 9)
    session.set_paused(True)
    camera.everywhere("queue", lambda: camera.act("queue"))
    camera.everywhere("paused")
    for run in session.runs.all:
        session.runs.cancel(run.job_id)
    session.set_paused(False)
    camera.until(lambda: not session.runs.busy)
    camera.everywhere("cancelled")


def done(camera: Camera) -> None:
    """A finished picture, a step of its way, both halves of it, and a branch from there."""
    session = camera.window.session
    session.clear_finished()
    session.desk.change(count=1)
    camera.generate()
    camera.everywhere("done")
    session.stage.set_step(MIDDLE)
    camera.rest()
    camera.everywhere("step")
    camera.act("look")
    camera.act("look")
    camera.everywhere("split")
    camera.act("look")
    camera.act("branch")
    camera.everywhere("branch")
    session.desk.drop_branch()
    camera.act("step_last")


def plan(camera: Camera) -> None:
    """The plan of the picture on show, open."""
    camera.act("plan")
    camera.everywhere("plan")
    camera.act("plan")


def beside(camera: Camera) -> None:
    """A pinned picture beside another; nine variations."""
    session = camera.window.session
    camera.act("pin")
    session.desk.change(seed=SEED + 1)
    camera.generate()
    camera.everywhere("pinned")
    camera.act("pin")
    session.variations.around()
    camera.until(lambda: not session.runs.busy)
    camera.rest()
    camera.everywhere("variations")


def live(camera: Camera) -> None:
    """Live mode, once its picture stands."""
    session = camera.window.session
    session.desk.change(prompt="a green cube behind a yellow sphere", count=1)
    session.live.set_on(True)
    camera.rest(2500)
    camera.everywhere("live")
    session.live.set_on(False)


def sheets(camera: Camera) -> None:
    """What opens over the window."""
    window = camera.window
    camera.everywhere("palette", lambda: camera.act("palette"))
    camera.everywhere("shortcuts", lambda: camera.act("shortcuts"))
    camera.everywhere("models", lambda: camera.act("model"))
    camera.everywhere("projects", lambda: camera.act("projects"))
    camera.everywhere("table", lambda: camera.act("table"))
    with tempfile.TemporaryDirectory() as folder:
        foreign = Path(folder) / "comfy.png"
        _save_foreign(foreign)
        camera.everywhere("import", lambda: (window.restorer.read_file(foreign), camera.rest(700)))


def history(camera: Camera) -> None:
    """Everything that was made."""
    camera.act("mode_history")
    camera.rest(900)
    camera.everywhere("history")
    camera.act("mode_create")


def compare(camera: Camera) -> None:
    """A race of four lanes at its end, at a step, and two of its lanes looked at closer."""
    session, race = camera.window.session, camera.window.compare.race
    session.desk.change(prompt=PROMPT, negative_prompt="", seed=SEED, count=1, interval=(0.0, 1.0))
    camera.act("compare")
    while len(race.draft.lanes) < LANES:
        camera.act("add_lane")
    camera.act("generate")
    camera.until(lambda: race.model.inputs.steps and len(race.model.inputs.steps[-1]) >= MIDDLE)
    camera.everywhere("compare_running")
    camera.until(lambda: not race.busy)
    race.choose("a", 0)
    race.choose("b", 2)
    camera.rest()
    camera.everywhere("compare")
    for _ in range(MIDDLE):
        camera.act("step_back")
    camera.everywhere("compare_step")
    camera.act("step_last")
    camera.act("mode_create")


def settings(camera: Camera) -> None:
    """The settings' page; Create at the largest text and with more contrast."""
    preferences = camera.window.house.preferences
    camera.act("settings")
    camera.everywhere("settings")
    camera.act("mode_create")
    for key, value, usual in (("look/text_scale", 150, 100), ("look/contrast", "more", "system")):
        preferences.set(key, value)
        camera.everywhere(key.split("/")[1])
        preferences.set(key, usual)


def error(camera: Camera) -> None:
    """A model that is not there, and (played) too little memory."""
    session, bridge = camera.window.session, camera.window.bridge
    session.submit(replace(session.desk.draft.request(), model_id="not-installed"))
    camera.until(lambda: session.stage.canvas.view.scene.value == "error")
    camera.everywhere("error")
    session.desk.change(prompt=PROMPT, negative_prompt=LEFT_OUT, count=4, steps=STEPS)
    job_id = session.submit(session.desk.draft.request())
    camera.until(lambda: session.runs.running and session.runs.running.done >= MIDDLE)
    bridge.engine.cancel(job_id)
    camera.until(lambda: not session.runs.busy)
    bridge.tell(Started(job_id))
    sentence = "four pictures at once need 6.2 GB of memory, and 4.4 GB are free; ask for fewer at once"
    needed, free = 62 * GIGABYTE // 10, 44 * GIGABYTE // 10
    memory = Failed(job_id, sentence, "torch.OutOfMemoryError", True, "memory", needed, free)
    bridge.tell(memory)
    camera.everywhere("memory")


def crash(camera: Camera) -> None:
    """The card of a fault of the program itself (played)."""
    report = "Noisette\nZeroDivisionError: played for its picture"
    told = "It goes on; what you made is kept. The report helps to mend it."
    camera.window.crash_card.show_crash(Crash("Something unexpected went wrong", told, report))
    camera.everywhere("crash")


def _save_foreign(path: Path) -> None:
    """A ComfyUI picture, with a sampler, a size and a model that are not ours."""
    graph = {
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "dreamshaper_8.safetensors"}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a red cube on a table", "clip": ["1", 1]}},
        "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "blur", "clip": ["1", 1]}},
        "4": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512, "batch_size": 1}},
        "5": {
            "class_type": "KSampler",
            "inputs": {
                "seed": 41,
                "steps": 25,
                "cfg": 6.5,
                "sampler_name": "uni_pc",
                "scheduler": "karras",
                "denoise": 1.0,
                "model": ["1", 0],
                "positive": ["2", 0],
                "negative": ["3", 0],
                "latent_image": ["4", 0],
            },
        },
        "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
        "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0], "filename_prefix": "x"}},
    }
    texts = PngImagePlugin.PngInfo()
    texts.add_text("prompt", json.dumps(graph))
    Image.new("RGB", (64, 64), "#888").save(path, pnginfo=texts)


def plane(camera: Camera) -> None:
    """The 2-D twin: the exact field of a flow half-way, then Euler and Heun at ten evaluations each."""
    camera.act("mode_plane")
    mode, twin = camera.window.plane, camera.window.plane.twin
    camera.until(lambda: not twin.model.view.at_work)
    mode.page.step(-16)
    camera.everywhere("plane")
    twin.change(layout="solvers", evaluations=10)
    camera.until(lambda: not twin.model.view.at_work and len(twin.model.view.curve.lines) == 2)
    camera.act("step_last")
    camera.everywhere("plane_solvers")
    camera.act("mode_create")


STORY = (first_run, create, queue, done, plan, beside, live, sheets, history, compare, settings, plane, error, crash)
ORDER = "first_run empty create tip queue done sections canvas plan beside live sheets found history projects"
LATE = "compare beside_race grid schedules guidance history_states settings shortcut_settings plane error crash"
_ALL = {**{scene.__name__: scene for scene in STORY}, **OVERLAYS, **STUDIES}
SCENES: dict[str, Callable[[Camera], None]] = {name: _ALL[name] for name in f"{ORDER} {LATE}".split()}
