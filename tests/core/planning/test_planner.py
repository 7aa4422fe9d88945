"""The shipped planner: pure, varied, valid, and faithful on captions that training never saw."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
import torch

from core.errors import ModelError
from core.planning.accuracy import plan_accuracy
from core.planning.network import PlannerNetwork
from core.planning.planner import Planner
from core.planning.sight import clearly_visible
from core.planning.slot_model import SlotModelConfig
from core.planning.weights import load_planner, save_planner
from core.worlds.tabletop.grammar import meets, parse
from core.worlds.tabletop.scene import Scene, overlap
from core.worlds.tabletop.words import vocabulary

SHIPPED = Path(__file__).resolve().parents[3] / "assets" / "models" / "tabletop-planner.safetensors"
PROMPT = "a shiny red ball to the left of a big blue box"


@pytest.fixture(scope="module")
def planner() -> Planner:
    return Planner.load(SHIPPED)


def test_a_plan_is_a_pure_function_of_prompt_and_seed(planner: Planner) -> None:
    first = planner.plan(PROMPT, 7)
    torch.manual_seed(123)
    planner.plan("three cones", 7)
    assert planner.plan(PROMPT, 7) == first
    assert Planner.load(SHIPPED).plan(PROMPT, 7) == first


def test_seeds_vary_it(planner: Planner) -> None:
    scenes = [planner.plan("two objects", seed) for seed in range(6)]
    assert len({item.colour for scene in scenes for item in scene.items}) > 2
    assert len({(scene.items[0].x, scene.camera, scene.light) for scene in scenes}) == 6


def test_synonyms_plan_alike(planner: Planner) -> None:
    assert planner.plan(PROMPT, 3) == planner.plan("A metallic red sphere left of a huge blue cube.", 3)
    assert meets(planner.plan(PROMPT, 3), parse(PROMPT))


@pytest.mark.parametrize(
    "prompt",
    ["", "velvet cats", "a red cube", "four large cubes", "four objects, no spheres", "nine balls", "!?", "no objects"],
)
def test_any_prompt_plans_a_valid_scene(planner: Planner, prompt: str) -> None:
    for seed in range(4):
        scene = planner.plan(prompt, seed)
        assert 1 <= len(scene.items) <= 4
        assert not any(overlap(a, b) for a, b in combinations(scene.items, 2))
        assert clearly_visible(scene)
        assert Scene.from_json(scene.to_json()) == scene


def test_more_than_four_are_planned_as_four(planner: Planner) -> None:
    scene = planner.plan("nine balls", 1)
    assert [item.shape for item in scene.items] == ["sphere"] * 4


def test_unknown_words_are_read_past(planner: Planner) -> None:
    plans = [planner.plan("a velvet red cube and a blue sphere", seed) for seed in range(5)]
    assert all(meets(scene, parse("a red cube and a blue sphere")) for scene in plans)


def test_held_out_captions_are_met(planner: Planner) -> None:
    accuracies = plan_accuracy(planner.plan, 120, seed=41)
    assert sum(accuracy.captions for accuracy in accuracies) == 120
    exact = sum(accuracy.exact for accuracy in accuracies)
    assert exact >= 114, [accuracy.failed for accuracy in accuracies]


def test_an_untrained_planner_is_valid_and_unfaithful() -> None:
    torch.manual_seed(0)
    untrained = Planner(PlannerNetwork(SlotModelConfig(len(vocabulary()), width=32, layers=1, heads=2)))
    accuracies = plan_accuracy(untrained.plan, 36, seed=2)
    assert sum(accuracy.exact for accuracy in accuracies) < 18


def test_weights_survive_the_file_as_half_precision(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = PlannerNetwork(SlotModelConfig(len(vocabulary()), width=32, layers=1, heads=2))
    save_planner(network, tmp_path / "deep" / "p.safetensors", {"steps": "3"})
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["p.safetensors"]
    loaded = load_planner(tmp_path / "deep" / "p.safetensors").state_dict()
    for name, value in network.state_dict().items():
        torch.testing.assert_close(loaded[name], value.half().float())


def test_bad_files_are_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="does not exist"):
        Planner.load(tmp_path / "none.safetensors")
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(SHIPPED.read_bytes()[:5000])
    with pytest.raises(ModelError, match="can't be read"):
        Planner.load(broken)
    other = tmp_path / "other.safetensors"
    network = PlannerNetwork(SlotModelConfig(len(vocabulary()), width=32, layers=1, heads=2))
    save_planner(network, other, {})
    data = other.read_bytes()
    other.write_bytes(data.replace(b"noisette-planner-1", b"noisette-sketcher1"))
    with pytest.raises(ModelError, match="choose another file"):
        Planner.load(other)
    other.write_bytes(data.replace(b"sphere cube", b"cubes spher"))
    with pytest.raises(ModelError, match="other words"):
        Planner.load(other)


def test_the_shipped_file_is_small() -> None:
    assert SHIPPED.stat().st_size < 4 * 2**20
