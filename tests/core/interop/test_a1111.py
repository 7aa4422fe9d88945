"""The infotext of A1111, and of ours there and back."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.colour import ColourSettings
from core.grid_settings import LISTED
from core.guidance_settings import COURSES, METHOD_OPTIONS
from core.interop.a1111 import is_infotext, read_infotext
from core.interop.imported import ImportedError, Settings, Tool
from core.interop.infotext import infotext
from core.interop.infotext_pairs import read_pairs, take_apart
from core.requests import CUSTOM, GRID_OPTIONS, GridSettings, GuidanceSettings, SolverSettings
from core.samplers.cards import CARDS
from tests.core.artifacts.recipes import recipe
from tests.core.interop.foreign import INFOTEXT, refusal

LINE = "Steps: 20, Sampler: {sampler}, CFG scale: 7, Seed: 1, Size: 512x512"


def lost(text: str) -> dict[str, str]:
    return {each.name: each.why for each in read_infotext(text).unmapped}


def test_the_whole_of_a_usual_file() -> None:
    imported = read_infotext(INFOTEXT)
    assert imported.settings == Settings(
        prompt="a (red:1.2) cube, ((shiny:1.1):1.1), (dull:0.9091)",
        negative_prompt="blurry, (low quality:1.4)",
        model="v1-5",
        model_hash="6ce0161689",
        sampler="dpmpp_2m",
        time_grid="karras",
        steps=20,
        guidance_scale=7.0,
        seed=1,
        width=512,
        height=512,
    )
    assert {(each.name, each.value) for each in imported.unmapped} == {("Prompt", "<lora:foo:0.8>"), ("Clip skip", "2")}


@pytest.mark.parametrize(
    ("said", "sampler", "grid"),
    [
        ("DPM++ 2M Karras", "dpmpp_2m", "karras"),
        ("Euler a", "euler_ancestral", None),
        ("Heun Exponential", "heun", "exponential"),
        ("dpmpp_2m_karras", "dpmpp_2m", "karras"),
        ("DPM++ 2M SDE Karras", "dpmpp_2m_sde", "karras"),
        ("Undefined", None, None),
    ],
)
def test_fused_names_of_older_files(said: str, sampler: str | None, grid: str | None) -> None:
    settings = read_infotext("a cat\n" + LINE.format(sampler=said)).settings
    assert (settings.sampler, settings.time_grid) == (sampler, grid)


def test_a_sampler_that_is_not_here_names_the_nearest_and_is_not_taken() -> None:
    assert "nearest is Dormand-Prince 5" in lost("a\n" + LINE.format(sampler="DPM adaptive"))["Sampler"]
    assert "not known" in lost("a\n" + LINE.format(sampler="Mystery"))["Sampler"]


def test_a_schedule_that_is_not_named_is_not_guessed() -> None:
    assert "uniform" in lost("a\n" + LINE.format(sampler="Euler"))["Schedule type"]


def test_quoted_values_and_unquoted_json() -> None:
    pairs = read_pairs(
        'Steps: 4, Lora hashes: "foo: e3f9, bar: 12", Civitai resources: [{"type":"lora","weight":0.8},{"a":[1,2]}], '
        'Note: "a\\nb", Seed: 3'
    )
    assert pairs == {
        "Steps": "4",
        "Lora hashes": "foo: e3f9, bar: 12",
        "Civitai resources": '[{"type":"lora","weight":0.8},{"a":[1,2]}]',
        "Note": "a\nb",
        "Seed": "3",
    }


def test_the_last_line_needs_three_pairs() -> None:
    with pytest.raises(ImportedError, match="2 settings"):
        take_apart("a prompt\nSteps: 3, Seed: 4")
    assert not is_infotext("a cat: with this, and that: too")
    assert is_infotext(INFOTEXT)


def test_lines_of_prompts_stay_lines() -> None:
    parts = take_apart("one\ntwo\nNegative prompt: three\nfour\nSteps: 1, Sampler: Euler, Seed: 2")
    assert (parts.prompt, parts.negative_prompt) == ("one\ntwo", "three\nfour")


@pytest.mark.parametrize(
    "pair",
    [
        "Steps: 1000000000",
        "Steps: nan",
        "Steps: -3",
        "CFG scale: inf",
        "CFG scale: 1e999",
        "Seed: -1",
        "Size: 9x9x9",
        "Seed: 99999999999999999999",
        "Size: 1x1000000",
        "Variation seed: x",
        "Schedule rho: 1e300",
        "Steps: 3.5",
    ],
)
def test_values_out_of_range_are_listed_with_the_range(pair: str) -> None:
    name = pair.split(":")[0]
    line = "Sampler: DPM++ 2M, Schedule type: Karras, Token merging ratio: 0.5, " + pair
    imported = read_infotext(f"a\n{line}, Variation seed strength: 0.5")
    assert name in {each.name for each in imported.unmapped}
    assert (imported.settings.steps, imported.settings.seed, imported.settings.width) == (None, None, None)


def test_bends_and_variations_are_taken_up() -> None:
    settings = read_infotext(
        "a\nSteps: 9, Sampler: Euler, Schedule type: Karras, Schedule max sigma: 20, Schedule min sigma: 0.05, "
        "Schedule rho: 5, Variation seed: 8, Variation seed strength: 0.25, Seed: 3"
    ).settings
    assert settings.grid == GridSettings(20.0, 0.05, 5.0)
    assert settings.variation == (8, 0.25)


def test_a_hostile_line_costs_no_more_than_its_length() -> None:
    began = time.perf_counter()
    for line in ("a" * 900_000, "a: [" * 200_000, 'a: "' * 200_000, "a:" * 400_000, ", " * 400_000):
        read_pairs(line)
    assert time.perf_counter() - began < 10.0


def test_the_noise_scale_is_taken_up_where_the_sampler_adds_noise() -> None:
    said = "a\nSteps: 2, Sampler: {}, Seed: 1, Sigma noise: {}"
    assert read_infotext(said.format("Euler a", "1.004")).settings.noise_scale == 1.004
    assert "adds no noise" in lost(said.format("Euler", "1.004"))["Sigma noise"]
    assert "must lie in 0 to 2" in lost(said.format("Euler a", "7"))["Sigma noise"]


def test_colour_of_ours_out_of_range_is_listed() -> None:
    colour = "Noisette exposure: 99, Noisette contrast: 1.5"
    read = read_infotext(f"a\nSteps: 2, Sampler: Euler, Seed: 1, Version: Noisette 0.1.0, {colour}")
    assert read.settings.colour == ColourSettings(contrast=1.5)
    assert [each.name for each in read.unmapped if "exposure" in each.name] == ["Noisette exposure"]


def test_the_eta_of_ddim_and_that_of_others() -> None:
    assert read_infotext("a\nSteps: 2, Sampler: DDIM, Eta DDIM: 0.5").settings.eta == 0.5
    said = "a\nSteps: 2, Sampler: {}, Schedule type: Karras, Seed: 1, {}"
    ancestral = read_infotext(said.format("Euler a", "Eta: 0.5"))
    assert (ancestral.settings.ancestral_eta, ancestral.settings.eta, ancestral.unmapped) == (0.5, None, ())
    assert read_infotext(said.format("DPM++ SDE", "Eta: 0.5")).settings.ancestral_eta == 0.5
    assert "by nature" in lost(said.format("Heun", "Eta: 0.5"))["Eta"]
    assert "by nature" in lost(said.format("DDIM", "Eta: 0.5"))["Eta"]
    assert "only DDIM" in lost(said.format("Euler a", "Eta DDIM: 0.5"))["Eta DDIM"]
    assert "Eta" not in lost(said.format("DPM++ SDE", "Eta: 1.0"))
    assert "must lie in 0 to 1" in lost(said.format("Euler a", "Eta: 1.5"))["Eta"]


def test_early_editions_of_ours_called_the_eta_of_ddim_otherwise() -> None:
    said = "a\nSteps: 2, Sampler: DDIM, Schedule type: Karras, Seed: 1, Eta: 0.5, Version: Noisette 0.1.0"
    read = read_infotext(said)
    assert (read.settings.eta, read.settings.ancestral_eta, read.unmapped) == (0.5, None, ())


PROMPTS = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")) | st.just(" "), max_size=60)
    .map(str.strip)
    .filter(lambda text: not text.startswith("Negative prompt:"))
)
REALS = st.floats(0.0, 1.0).map(lambda value: round(value, 6))


@st.composite
def grids(draw: st.DrawFn) -> tuple[str, GridSettings]:
    name = draw(st.sampled_from(sorted(GRID_OPTIONS)))
    if name == CUSTOM:
        return name, GridSettings(handles=((0.0, 1.0), (0.5, draw(st.floats(0.01, 0.9))), (1.0, 0.0)))
    if "levels" in GRID_OPTIONS[name]:
        levels = tuple(sorted(draw(st.lists(st.floats(0.001, 1.0), min_size=1, max_size=9, unique=True)), reverse=True))
        as_time = name == LISTED and draw(st.booleans())
        return name, GridSettings(levels=levels, levels_as="time" if as_time else "sigma")
    bends = {
        "largest": st.floats(2.0, 80.0),
        "smallest": st.floats(0.01, 1.0),
        "rho": st.floats(1.0, 20.0),
        "shift": st.floats(0.1, 9.0),
        "beta_a": st.floats(0.2, 4.0),
        "beta_b": st.floats(0.2, 4.0),
        "threshold": st.floats(0.01, 0.4),
    }
    return name, GridSettings(**{key: draw(st.none() | bends[key]) for key in GRID_OPTIONS[name]})


@given(
    prompt=PROMPTS,
    negative=PROMPTS,
    sampler=st.sampled_from(CARDS),
    grid=grids(),
    steps=st.integers(1, 1000),
    scale=st.floats(0.0, 30.0),
    interval=st.tuples(REALS, REALS).map(sorted),
    rescale=REALS,
    guide=st.builds(
        GuidanceSettings,
        method=st.sampled_from(tuple(METHOD_OPTIONS)),
        course=st.sampled_from(COURSES),
        drawn=st.tuples(REALS, REALS),
        blend=REALS,
        norm=REALS,
    ),
    eta=REALS,
    noise_scale=st.floats(0.0, 2.0),
    colour=st.builds(
        ColourSettings, st.sampled_from(["clip", "fit"]), st.floats(-4, 4), st.floats(0, 3), st.floats(0, 3)
    ),
    churn=st.none() | st.floats(0.0, 100.0),
    seed=st.integers(0, 2**62),
)
def test_ours_there_and_back(
    prompt, negative, sampler, grid, steps, scale, interval, rescale, guide, eta, noise_scale, colour, churn, seed
) -> None:
    own = {} if sampler.eta is None else {sampler.eta.setting: eta}
    made = recipe(
        prompt=prompt,
        negative_prompt=negative,
        sampler=sampler.name,
        time_grid=grid[0],
        grid=grid[1],
        steps=steps,
        guidance=replace(guide, scale=scale, interval=(interval[0], interval[1]), rescale=rescale),
        noise_scale=noise_scale,
        colour=colour,
        solver=SolverSettings(churn=churn),
        seed=seed,
        **own,
    )
    imported = read_infotext(infotext(made))
    read, asked = imported.settings, made.request
    assert imported.tool is Tool.NOISETTE
    assert imported.unmapped == ()
    assert imported.remarks == ()
    assert (read.prompt, read.negative_prompt, read.sampler) == (prompt, negative, asked.sampler)
    assert (read.time_grid, read.grid or GridSettings()) == (asked.time_grid, asked.grid)
    assert (read.steps, read.guidance_scale, read.seed) == (steps, scale, seed)
    assert (read.interval or (0.0, 1.0), read.rescale or 0.0) == (asked.guidance.interval, rescale)
    assert (read.guidance or GuidanceSettings()) == guide
    assert (read.eta or 0.0) == asked.eta
    assert (1.0 if read.ancestral_eta is None else read.ancestral_eta) == asked.ancestral_eta
    assert (1.0 if read.noise_scale is None else read.noise_scale) == (noise_scale if sampler.stochastic else 1.0)
    assert (read.colour or ColourSettings()) == colour
    assert (read.solver or SolverSettings()) == asked.solver
    assert (read.width, read.height, read.model, read.model_hash) == (8, 10, "tabletop", "0123456789")


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    for whole in (text, f"{text}\n{LINE.format(sampler='Euler')}", f"{text}{LINE.format(sampler=text)}, {text}"):
        assert refusal(read_infotext, whole) != ""
