from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from torch.testing import assert_close

from core.errors import ModelError
from core.jobs.event import Event, Sketched
from core.networks.weights import load_weights
from core.requests import TrainRequest
from core.tasks.toy import ToyWorkshop
from core.toy import Process, ToyData, ToyModel, ToyRequest
from core.training.recipe import RecipeError, load_recipe
from core.training.task import train

STEPS = 400
MOONS = ToyData("two_moons")


@dataclass
class Context:
    job_id: str = "job"

    def pause_point(self) -> None: ...


def run(
    process: str, folder: Path, *options: tuple[str, str], steps: int = STEPS, watched: bool = False
) -> list[Event]:
    given = (("shape", "two_moons"), ("width", "64"), *options)
    request = TrainRequest(f"toy_{process}", str(folder), device="cpu", steps=steps, options=given, watched=watched)
    return list(train(request, Context()))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[Process, str]:
    root = tmp_path_factory.mktemp("toy")
    files: dict[Process, str] = {}
    for process in ("flow", "vp", "ve", "rectified"):
        teacher = (("teacher", files["flow"]), ("pairs", "2048")) if process == "rectified" else ()
        run(process, root / process, *teacher)
        files[process] = str(root / process / "toy.safetensors")
    return files


@pytest.mark.parametrize("process", ["flow", "vp", "ve", "rectified"])
def test_a_trained_model_comes_near_held_out_data(trained: dict[Process, str], process: Process) -> None:
    field = ToyWorkshop().field(ToyModel(MOONS, process, trained[process]), 100, 0)
    assert field.distance < field.floor + 0.15
    assert not field.exact_density


def test_reflow_makes_the_paths_straight(trained: dict[Process, str]) -> None:
    workshop = ToyWorkshop()
    flow, rectified = (
        workshop.field(ToyModel(MOONS, process, trained[process]), 100, 0) for process in ("flow", "rectified")
    )
    assert flow.straightness < 0.8
    assert rectified.straightness > 0.97
    assert rectified.even_straightness > flow.even_straightness + 0.4


def test_a_rectified_flow_needs_fewer_steps(trained: dict[Process, str]) -> None:
    workshop = ToyWorkshop()

    def error(process: Process) -> float:
        model = ToyModel(MOONS, process, trained[process])
        return workshop.run(ToyRequest(model, evaluations=2, particles=100)).error

    assert error("rectified") < 0.25 * error("flow")


def test_training_is_the_same_each_time(tmp_path: Path) -> None:
    for name in ("a", "b"):
        run("flow", tmp_path / name, steps=20)
    first, second = (load_weights(tmp_path / name / "toy.safetensors").tensors for name in ("a", "b"))
    assert_close(first, second, rtol=0.0, atol=0.0)
    run("flow", tmp_path / "c", ("shape", "spirals"), steps=20)
    other = load_weights(tmp_path / "c" / "toy.safetensors").tensors
    assert any(not torch.equal(first[name], other[name]) for name in first)


def test_a_watched_run_shows_the_plane_as_it_goes(tmp_path: Path) -> None:
    events = run("flow", tmp_path, steps=50, watched=True)
    sketches = [event for event in events if isinstance(event, Sketched)]
    assert [event.step for event in sketches] == [20, 40]
    assert sketches[-1].field.paths.shape == sketches[0].field.paths.shape
    assert not any(isinstance(event, Sketched) for event in run("flow", tmp_path / "unwatched", steps=2))


def test_a_drawing_can_be_trained_on(tmp_path: Path) -> None:
    run("flow", tmp_path, ("shape", "drawn"), ("strokes", "-1,0 1,0.5; 0,1"), steps=5)
    assert (tmp_path / "toy.safetensors").is_file()


def test_a_rectified_flow_needs_a_flow_as_teacher(tmp_path: Path, trained: dict[Process, str]) -> None:
    with pytest.raises(RecipeError, match="teacher"):
        run("rectified", tmp_path)
    with pytest.raises(RecipeError, match="no flow"):
        run("rectified", tmp_path, ("teacher", trained["vp"]))


def test_weights_of_another_process_or_none_are_refused(tmp_path: Path, trained: dict[Process, str]) -> None:
    workshop = ToyWorkshop()
    with pytest.raises(ModelError, match="trained as flow"):
        workshop.field(ToyModel(MOONS, "vp", trained["flow"]), 10, 0)
    with pytest.raises(ModelError, match="train"):
        workshop.field(ToyModel(MOONS, "flow", str(tmp_path / "none.safetensors")), 10, 0)
    other = tmp_path / "other.safetensors"
    other.write_bytes(b"nothing")
    with pytest.raises(ModelError):
        workshop.field(ToyModel(MOONS, "flow", str(other)), 10, 0)


def test_options_of_a_call_take_the_place_of_the_recipes() -> None:
    recipe = load_recipe("toy_flow").with_options((("width", "32"), ("shape", "spirals"), ("brush", "0.2")))
    assert (recipe.option("width", 8), recipe.option("shape", ""), recipe.option("brush", 0.1)) == (32, "spirals", 0.2)
    with pytest.raises(RecipeError, match="wrong type"):
        recipe.with_options((("width", "wide"),)).option("width", 8)


def test_answers_are_kept_until_the_weights_change(tmp_path: Path) -> None:
    run("flow", tmp_path, steps=3)
    model = ToyModel(MOONS, "flow", str(tmp_path / "toy.safetensors"))
    workshop = ToyWorkshop()
    first = workshop.field(model, 20, 0)
    assert workshop.field(model, 20, 0) is first
    torch.manual_seed(1)
    run("flow", tmp_path, ("shape", "spirals"), steps=9)
    assert workshop.field(model, 20, 0) is not first
