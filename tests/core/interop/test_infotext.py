from __future__ import annotations

from dataclasses import replace

import pytest

from core.colour import ColourSettings
from core.interop.a1111 import read_infotext
from core.interop.infotext import infotext
from core.requests import GridSettings, GuidanceSettings
from core.samplers.cards import CARDS
from core.version import VERSION
from tests.core.artifacts.recipes import recipe


def test_the_whole_text() -> None:
    whole = recipe(prompt="a red cube", negative_prompt="blue", guidance=GuidanceSettings(3.5), time_grid="karras")
    assert infotext(whole) == (
        "a red cube\n"
        "Negative prompt: blue\n"
        "Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 3.5, Seed: 7, Size: 8x10, "
        f"Model hash: 0123456789, Model: tabletop, RNG: CPU, Version: Noisette {VERSION}"
    )


def test_without_a_negative_prompt_its_line_is_left_out() -> None:
    assert "Negative prompt" not in infotext(recipe())


@pytest.mark.parametrize("model_id", ["odd, name", "odd: name", 'odd "name"', "odd\nname"])
def test_values_that_would_break_the_line_are_quoted(model_id: str) -> None:
    last = infotext(recipe(model_id=model_id)).rsplit("Model: ", 1)[1]
    assert last.startswith('"odd')
    assert "\n" not in last


def test_a_grid_that_other_tools_lack_is_left_out_and_fresh_noise_is_told() -> None:
    text = infotext(recipe(time_grid="log_snr", sampler="ddim", eta=0.5))
    assert "Schedule type" not in text
    assert "Sampler: DDIM, " in text
    assert "Noisette grid: log_snr, " in text
    assert "Eta DDIM: 0.5" in text


def test_noise_scale_has_their_name_where_the_sampler_adds_noise_and_colour_is_an_extra_of_ours() -> None:
    text = infotext(recipe(sampler="euler_ancestral", noise_scale=1.005))
    assert "Sigma noise: 1.005" in text
    assert "Sigma noise" not in infotext(recipe(sampler="dpmpp_2m", noise_scale=1.005))
    assert "Sigma noise" not in infotext(recipe(sampler="ddpm"))
    told = infotext(recipe(colour=ColourSettings("fit", -0.5, 1.0, 0.8)))
    assert "Noisette out of range: fit, Noisette exposure: -0.5, Noisette saturation: 0.8, " in told
    assert "Noisette contrast" not in told


def test_every_sampler_of_ours_has_a_name_of_theirs() -> None:
    names = {infotext(recipe(sampler=card.name)).split("Sampler: ")[1].split(",")[0] for card in CARDS}
    assert len(names) == len(CARDS)
    assert not names & {"dpmpp_2m", "euler_ancestral"}


def test_a_model_without_a_painter_is_known_by_its_first_file() -> None:
    assert "Model hash: ffffffffff" in infotext(replace(recipe(), model_sha256={"unet": "f" * 64}))
    assert "Model hash" not in infotext(replace(recipe(), model_sha256={}))


def test_bends_have_their_names_and_a_drawn_grid_is_an_extra_of_ours() -> None:
    bent = infotext(recipe(time_grid="karras", grid=GridSettings(20.0, 0.05, 5.0)))
    assert "Schedule type: Karras, Schedule min sigma: 0.05, Schedule max sigma: 20, Schedule rho: 5, " in bent
    drawn = infotext(recipe(time_grid="custom", grid=GridSettings(handles=((0.0, 1.0), (0.5, 0.4), (1.0, 0.0)))))
    assert 'Noisette handles: "0:1,0.5:0.4,1:0", ' in drawn
    assert "Schedule type" not in drawn


def test_prompts_stand_in_their_marks_and_ours_come_back() -> None:
    prompt, negative = 'a {red|green} cube, [fog->light:0.4]\nand a "sign"', "{dust|noise}"
    text = infotext(recipe(prompt=prompt, negative_prompt=negative))
    assert text.startswith(("a green cube, [fog:light:0.4]\n", "a red cube, [fog:light:0.4]\n"))
    assert "{" not in text.split("Steps: ")[0]
    settings = read_infotext(text).settings
    assert (settings.prompt, settings.negative_prompt) == (prompt, negative)
    assert "Noisette prompt" not in infotext(recipe(prompt="a (red:1.3) cube"))


def test_a_style_is_an_extra_of_ours_and_comes_back() -> None:
    text = infotext(recipe(style="3d"))
    assert "Noisette style: 3d, " in text
    assert read_infotext(text).settings.style == "3d"
    assert "style" not in infotext(recipe())
