from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.artifacts.comparison import TOLERANCE, Comparison, compare, describe
from core.artifacts.image import load_picture, save_picture
from core.requests import GridSettings
from core.worlds.tabletop.scene import Camera, Item, Scene
from tests.core.artifacts.recipes import picture, recipe
from tests.core.cli.conftest import Run

MODEL = ("--model", "mixture", "--steps", 3)


def test_a_picture_is_made_copied_and_kept(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "a.png"
    ran = run("generate", "a red cube", *MODEL, "--guidance", 3, "--seed", 7, "--out", out)
    assert (ran.code, ran.lines, ran.err) == (0, [str(out)], "")
    made = load_picture(out)
    assert made.recipe.request.prompt == "a red cube"
    assert (made.recipe.seed, made.recipe.request.guidance.scale) == (7, 3.0)
    (row,) = json.loads(run("history", "--json").out)
    assert row["recipe"]["pixels_sha256"] == made.recipe.pixels_sha256
    assert Path(row["path"]).read_bytes() == out.read_bytes()


def test_the_same_command_makes_the_same_pixels(run: Run, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert run("generate", "a cube", *MODEL, "--seed", 3, "--out", tmp_path / f"{name}.png").code == 0
    np.testing.assert_array_equal(load_picture(tmp_path / "a.png").pixels, load_picture(tmp_path / "b.png").pixels)


def test_noise_scale_and_colour_reach_the_recipe(run: Run) -> None:
    colour = ("--exposure", 0.5, "--contrast", 1.2, "--saturation", 0.8, "--out-of-range", "fit")
    ran = run("generate", "a cube", *MODEL, "--sampler", "ddpm", "--noise-scale", 1.01, *colour)
    assert (ran.code, ran.err) == (0, "")
    (row,) = json.loads(run("history", "--json").out)
    asked = row["recipe"]["request"]
    assert asked["noise_scale"] == 1.01
    assert asked["colour"] == {"out_of_range": "fit", "exposure": 0.5, "contrast": 1.2, "saturation": 0.8}
    said = run("inspect", row["path"]).out
    assert "Noise scale: 1.01" in said
    assert "Colour: out of range fit, exposure 0.5, contrast 1.2, saturation 0.8" in said


def test_a_terminal_shows_progress_and_a_pipe_none(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("generate", "a cube", *MODEL).err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    ran = run("generate", "a velvet cube", *MODEL)
    assert "step 3 of 3" in ran.err
    assert "'velvet' is not in this model's vocabulary" in ran.err
    assert "\x1b" not in ran.out


def test_several_pictures_get_numbered_names_and_their_own_seeds(run: Run, tmp_path: Path) -> None:
    ran = run("generate", "a cube", *MODEL, "--count", 3, "--seed", 4, "--out", tmp_path / "a.png", "--json")
    told = json.loads(ran.out)
    assert [Path(entry["path"]).name for entry in told["pictures"]] == ["a.png", "a-2.png", "a-3.png"]
    assert [entry["seed"] for entry in told["pictures"]] == [4, 5, 6]
    for entry in told["pictures"]:
        assert load_picture(Path(entry["path"])).recipe.pixels_sha256 == entry["pixels_sha256"]


def test_what_is_not_given_comes_from_the_models_card(run: Run) -> None:
    run("generate", "a cube", "--model", "mixture")
    (row,) = json.loads(run("history", "--json").out)
    assert row["recipe"]["request"]["steps"] == 4
    assert row["recipe"]["request"]["sampler"] == "dpmpp_2m"


def test_unknown_words_are_named_and_not_fatal(run: Run) -> None:
    ran = run("generate", "a velvet cube", *MODEL)
    assert ran.code == 0
    assert ran.err == "'velvet' is not in this model's vocabulary; it will be ignored\n"


def test_a_layout_from_a_file_is_painted(run: Run, tmp_path: Path) -> None:
    layout = tmp_path / "scene.json"
    scene = Scene((Item("cube", "green", "large", "matte", 0.0, 0.0),), Camera())
    layout.write_text(json.dumps(json.loads(scene.to_json()), indent=4))
    ran = run("generate", "a red cube", "--model", "planner-mixture", "--steps", 3, "--layout", layout, "--json")
    (made,) = json.loads(ran.out)["pictures"]
    assert made["layout"] == scene.to_json()
    assert int(np.argmax(load_picture(Path(made["path"])).pixels.mean(axis=(0, 1)))) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--steps", "0"], "0 steps requested; ask for 1 to 1000"),
        (["--steps", "many"], "Invalid value for '--steps'"),
        (["--count", "65"], "65 pictures requested; ask for 1 to 64"),
        (["--seed", "-1"], "seed -1 is out of range"),
        (["--noise-scale", "3"], "noise scale 3 is out of range; it must lie in 0 to 2"),
        (["--saturation", "-1"], "saturation -1 is out of range; give 0 to 3"),
        (["--guidance", "99"], "guidance scale 99.0 is out of range"),
        (["--guidance-interval", "0.5"], "guidance interval '0.5' is not START:END; give for example 0.1:0.8"),
        (["--guidance-interval", "0.9:0.1"], "guidance interval 0.9 to 0.1"),
        (["--size", "large"], "size 'large' is not WIDTHxHEIGHT; give for example 128x128"),
        (["--size", "24x24"], "can't make 24x24 pictures; choose one of 16x16"),
        (["--sampler", "eulr"], "'eulr' is not a sampler; choose one of ddpm, ddim, euler"),
        (["--time-grid", "log"], "'log' is not a time grid; choose one of uniform"),
        (["--time-grid", "custom"], "no handles given; the custom grid needs at least 2, for example 0:1,0.5:0.4,1:0"),
        (["--handles", "0:1,0.5"], "handle '0.5' is not FRACTION:PLACE; give for example 0:1,0.5:0.4,1:0"),
        (["--handles", "0:1,1:0", "--time-grid", "karras"], "the karras grid takes no handles"),
        (["--time-grid", "uniform", "--rho", "5"], "the uniform grid takes no rho; leave that out, or choose karras"),
        (["--time-grid", "karras", "--sigma-largest", "0"], "sigma largest 0 is out of range"),
        (["--model", "sd9"], "model 'sd9' is not installed; installed are: "),
        (["--layout", "nowhere.json"], "nowhere.json can't be read"),
        (["--device", "abacus"], "abacus"),
        (["--out", "a.jpg"], "a.jpg is not a name for a picture; end it with .png"),
        (["--out", "/dev/null/a.png"], "can't be written"),
        (["--colour", "red"], "No such option"),
        (["second prompt"], "unexpected extra argument"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(run: Run, arguments: list[str], sentence: str) -> None:
    ran = run("generate", "a cube", "--model", "mixture", *arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.count("\n") == 1
    assert ran.err.startswith("noisette: ")
    assert sentence in ran.err


def test_a_layout_that_is_no_scene_is_refused(run: Run, tmp_path: Path) -> None:
    layout = tmp_path / "scene.json"
    for text in ('{"items": []}', "[" * 100_000, "\x00"):
        layout.write_text(text)
        ran = run("generate", "a cube", *MODEL, "--layout", layout)
        assert ran.code == 2
        assert ran.err.count("\n") == 1


def test_a_fault_of_the_program_is_told_apart_and_its_details_kept(
    run: Run, monkeypatch: pytest.MonkeyPatch, noisette_home: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("core.tasks.preparing.own_levels", fail)
    ran = run("generate", "a cube", *MODEL)
    assert ran.code == 1
    assert "unexpected" in ran.err
    assert "Traceback" not in ran.err
    assert "ZeroDivisionError: a bug" in (noisette_home / "failure.txt").read_text()


def test_a_replay_is_identical_and_saves_its_copy(run: Run, tmp_path: Path) -> None:
    first, again = tmp_path / "a.png", tmp_path / "again.png"
    made = run(
        "generate", "a cube", "--model", "planner-mixture", "--steps", 3, "--seed", 9, "--count", 2, "--out", first
    )
    assert made.code == 0
    for source in (first, tmp_path / "a-2.png"):
        ran = run("replay", source, "--out", again)
        assert (ran.code, ran.out) == (0, "identical: 256 pixels, 3 steps; same machine and editions\n")
        np.testing.assert_array_equal(load_picture(again).pixels, load_picture(source).pixels)
    assert json.loads(run("replay", first, "--json").out)["identical"] is True
    assert len(json.loads(run("history", "--json").out)) == 2


def test_a_drawn_grid_makes_its_own_picture_and_is_replayed(run: Run, tmp_path: Path) -> None:
    drawn, bent, plain = (tmp_path / f"{name}.png" for name in ("drawn", "bent", "plain"))
    assert run("generate", "a cube", *MODEL, "--out", plain).code == 0
    assert run("generate", "a cube", *MODEL, "--handles", "0:1,0.5:0.8,1:0.2", "--out", drawn).code == 0
    ramp = ("--time-grid", "karras", "--sigma-largest", 20, "--sigma-smallest", 0.1, "--rho", 3)
    assert run("generate", "a cube", *MODEL, *ramp, "--out", bent).code == 0
    request = load_picture(drawn).recipe.request
    assert (request.time_grid, request.grid.handles) == ("custom", ((0.0, 1.0), (0.5, 0.8), (1.0, 0.2)))
    assert load_picture(bent).recipe.request.grid == GridSettings(20.0, 0.1, 3.0)
    assert len({load_picture(path).recipe.pixels_sha256 for path in (drawn, bent, plain)}) == 3
    for path in (drawn, bent):
        assert json.loads(run("replay", path, "--json").out)["identical"] is True


def test_a_replay_tells_of_pixels_and_models_that_were_changed(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    run("generate", "a cube", *MODEL, "--out", path)
    made = load_picture(path)
    painted = made.pixels.copy()
    painted[3, 5] ^= 255
    save_picture(path, painted, made.recipe)
    ran = run("replay", path)
    assert ran.code == 1
    assert "its pixels are not those that its recipe names" in ran.err
    assert ran.out.startswith("different: 1 of 256 pixels differ, by at most ")

    foreign = json.loads(made.recipe.to_json())
    foreign["model_sha256"]["painter"] = "f" * 64
    save_picture(path, made.pixels, type(made.recipe).from_json(json.dumps(foreign)))
    ran = run("replay", path)
    assert ran.code == 0
    assert "model mixture is not the one that made this" in ran.err


def test_only_another_environment_excuses_a_difference() -> None:
    near = Comparison(100, 3, TOLERANCE, {"torch": ("2.6", "2.13")})
    assert near.within_tolerance
    assert describe(near).startswith(f"within the tolerance of {TOLERANCE}: 3 of 100 pixels differ")
    assert "torch 2.6 then, 2.13 now" in describe(near)
    assert not Comparison(100, 3, TOLERANCE, {}).within_tolerance
    assert not Comparison(100, 3, TOLERANCE + 1, {"torch": ("2.6", "2.13")}).within_tolerance


def test_pictures_are_compared_pixel_by_pixel() -> None:
    one, told = picture(0), recipe()
    other_pixels = one.copy()
    other_pixels[0, 0, 0] ^= 1
    other_pixels[1, 2, 1] ^= 128
    found = compare(one, other_pixels, told, told)
    assert (found.different_pixels, found.largest_difference) == (2, 128)
    assert compare(one, picture(0, 9, 9), told, told).different_pixels == found.pixels


def test_what_is_no_picture_of_ours_can_not_be_replayed(run: Run, tmp_path: Path) -> None:
    ran = run("replay", tmp_path / "none.png")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    save_picture(tmp_path / "a.png", picture(), recipe(picture(), model_id="sd9"))
    ran = run("replay", tmp_path / "a.png")
    assert ran.code == 2
    assert "'sd9' is not installed" in ran.err


def test_styles_and_clear_grounds_are_refused_where_there_are_none(run: Run, tmp_path: Path) -> None:
    ran = run("generate", "a red cube", *MODEL, "--style", "3d")
    assert ran.code != 0
    assert "mixture has no style '3d'" in ran.err
    assert "name one with --out" in run("generate", "a red cube", *MODEL, "--transparent").err
    ran = run("generate", "a red cube", *MODEL, "--transparent", "--out", tmp_path / "a.png")
    assert "no clear ground: mixture draws none" in ran.err


def test_a_batch_goes_on_a_sheet(run: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.png"
    ran = run("generate", "a cube", *MODEL, "--count", 4, "--sheet", sheet, "--transparent")
    assert (ran.code, ran.lines[-1]) == (0, str(sheet))
    with Image.open(sheet) as image:
        assert (image.mode, image.size) == ("RGBA", (1 + 2 * 17, 1 + 2 * 17))
    one = run("generate", "a cube", *MODEL, "--sheet", sheet)
    assert (one.code, one.err) == (2, "noisette: 1 picture asked for on a sheet; give a count of 2 to 64\n")
    alone = run("generate", "a cube", *MODEL, "--transparent")
    assert (alone.code, "--transparent is about copies and sheets" in alone.err) == (2, True)
