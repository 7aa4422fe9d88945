"""Curves: sizes of steps, differences, where they lie in a plot, and how they are written and read again."""

from __future__ import annotations

import io
import json
import math
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.diffusion.schedule import SCHEDULES, schedule_named
from core.diffusion.time_grid import GRIDS, GridError, time_grid
from core.errors import NoisetteError
from core.grid_settings import LISTED, GridSettings, write_levels
from core.microscope.curve import GridCurve, curve_of, differences
from core.microscope.picture import HEIGHT, PNG_SCALE, WIDTH, Look, pens, png_of, svg_of
from core.microscope.plot import Across, Quantity, lay_out
from core.microscope.reading import GridFileError, GridList, Unit, read_lists, ready
from core.microscope.writing import HEADS, curves_csv, curves_json

LATENT, FLOW = schedule_named("latent_1000"), schedule_named("flow")
CURVES = tuple(curve_of(name, LATENT, 12) for name in ("karras", "beta", "comfyui:beta", "a1111:kl_optimal"))
falling = st.lists(st.floats(1e-3, 70.0), min_size=2, max_size=30, unique_by=lambda each: round(math.log(each), 3)).map(
    lambda some: sorted(some)[::-1]
)


def test_steps_are_told_in_log_snr_and_in_t() -> None:
    curve = curve_of("log_snr", LATENT, 6)
    assert curve.log_snr_steps[:-1] == pytest.approx([curve.log_snr_steps[0]] * 5)
    assert curve.log_snr_steps[-1] == math.inf
    assert sum(curve.time_steps) == pytest.approx(1.0)
    assert curve_of("uniform", FLOW, 4).time_steps == pytest.approx([0.25] * 4)
    assert curve_of("uniform", FLOW, 4).log_snr_steps[0] == math.inf


def test_a_difference_is_taken_at_the_same_part_of_the_way() -> None:
    one = curve_of(LISTED, LATENT, 4, GridSettings(levels=(8.0, 4.0, 2.0, 1.0)))
    half = curve_of(LISTED, LATENT, 2, GridSettings(levels=(8.0, 1.0)))
    assert differences(one, one)[:4] == pytest.approx([0.0] * 4)
    found = differences(one, half)
    # The base's second level is met after half the steps: σ 1 there, 2 here, so −2 log 2.
    assert found[0] == pytest.approx(0.0)
    assert found[2] == pytest.approx(-2.0 * math.log(2.0))
    assert found[4] is None


@given(
    st.lists(st.sampled_from((*GRIDS, "comfyui:beta", "a1111:kl_optimal")), min_size=1, max_size=6),
    st.sampled_from(list(Quantity)),
    st.sampled_from(list(Across)),
    st.integers(1, 40),
    st.sampled_from(SCHEDULES),
)
def test_every_mark_lies_in_the_square(
    names: list[str], quantity: Quantity, across: Across, steps: int, schedule: str
) -> None:
    curves = list[GridCurve]()
    for name in names:
        try:
            curves.append(curve_of(name, schedule_named(schedule), steps))
        except NoisetteError:
            continue
    plot = lay_out(curves, quantity, across, curves[0] if curves else None)
    for line in plot.lines:
        for mark in line:
            assert -1e-9 <= mark.x <= 1.0 + 1e-9
            assert -1e-9 <= mark.y <= 1.0 + 1e-9
    for tick in (*plot.x_ticks, *plot.y_ticks):
        assert -1e-9 <= tick.at <= 1.0 + 1e-9
    assert 1 <= len(plot.x_ticks) <= 10


def test_pure_noise_stands_at_the_axis_end() -> None:
    curves = (curve_of("uniform", FLOW, 4),)
    sigma = lay_out(curves, Quantity.SIGMA, Across.STEP).lines[0]
    assert (sigma[0].beyond, sigma[0].y, len(sigma)) == (True, 1.0, 4)
    log_snr = lay_out(curves, Quantity.LOG_SNR, Across.TIME).lines[0]
    assert (log_snr[0].beyond, log_snr[0].y, log_snr[0].x) == (True, 0.0, 0.0)
    # The first step comes from pure noise, the last goes to clean data: neither has a size.
    assert [mark.index for mark in lay_out(curves, Quantity.LOG_SNR_STEP, Across.STEP).lines[0]] == [1, 2]


def test_pictures_hold_every_curve() -> None:
    plot = lay_out(CURVES, Quantity.DIFFERENCE, Across.STEP, CURVES[0])
    root = ElementTree.fromstring(svg_of(plot, CURVES, "Grids <& others>"))
    told = "".join(root.itertext())
    assert all(curve.title in told for curve in CURVES)
    assert "Grids <& others>" in told
    drawn = Image.open(io.BytesIO(png_of(plot, CURVES, "Grids")))
    assert drawn.size == (WIDTH * PNG_SCALE, HEIGHT * PNG_SCALE)
    colours = {colour for _, colour in drawn.getcolors(1 << 24) or []}
    for pen in Look().pens[: len(CURVES)]:
        assert tuple(bytes.fromhex(pen.colour[1:])) in colours


def test_no_two_pens_are_alike() -> None:
    made = pens(Look().pens, 25)
    assert len(set(made)) == 25


def test_what_is_written_is_read_again() -> None:
    for text in (curves_csv(CURVES), curves_json(CURVES, "latent_1000")):
        lists = read_lists(text)
        assert [found.name for found in lists] == [curve.name for curve in CURVES]
        for found, curve in zip(lists, CURVES, strict=True):
            imported = ready(found, LATENT)
            again = time_grid(LISTED, LATENT, imported.steps, settings=imported.settings)
            assert not imported.guessed
            assert [level.ratio for level in again][: len(curve.levels)] == pytest.approx(
                [level.ratio for level in curve.levels], rel=1e-9
            )
    assert curves_csv(CURVES).splitlines()[0] == ",".join(HEADS)


def test_a_flow_s_pure_noise_is_read_again() -> None:
    curve = curve_of("uniform", FLOW, 5)
    for text in (curves_csv([curve]), curves_json([curve], "flow")):
        imported = ready(read_lists(text)[0], FLOW)
        levels = time_grid(LISTED, FLOW, 5, settings=imported.settings)
        assert [level.t for level in levels] == pytest.approx([level.t for level in curve.levels])
    assert json.loads(curves_json([curve], "flow"))["curves"][0]["sigma"][0] is None


@given(falling)
def test_a_list_means_the_same_however_it_is_written(levels: list[float]) -> None:
    told = repr(levels)[1:-1]
    texts = [
        write_levels(tuple(levels)),
        told + ", 0.0",
        f"sigmas: {told}",
        f"tensor([{told}, 0.0000], device='cuda:0')",
        f"# from elsewhere\nsigmas = [{told}]",
        "\n".join(map(repr, levels)),
        "sigma\n" + "\n".join(map(repr, levels)),
        "step;sigma\n" + "\n".join(f"{i};{level!r}" for i, level in enumerate(levels)),
        json.dumps(levels),
        json.dumps({"sigmas": [*levels, 0.0]}),
        json.dumps([{"name": "mine", "log_snr": [-2.0 * math.log(level) for level in levels]}]),
        json.dumps(levels[::-1]),
    ]
    for text in texts:
        (found,) = read_lists(text)
        imported = ready(found, schedule_named("ve"), found.unit or "sigma")
        grid = time_grid(LISTED, schedule_named("ve"), imported.steps, settings=imported.settings)
        assert [level.ratio for level in grid][:-1] == pytest.approx(levels, rel=1e-9), text


@given(
    st.text(max_size=80)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["sigmas", "t", "name", "curves", "x"]), inner, max_size=4)
        ),
        max_leaves=8,
    ).map(json.dumps)
)
def test_any_text_ends_in_a_grid_or_a_sentence(text: str) -> None:
    sentence = ""
    try:
        for found in read_lists(text):
            imported = ready(found, LATENT)
            time_grid(LISTED, LATENT, imported.steps, settings=imported.settings)
    except NoisetteError as error:
        sentence = str(error)
    assert "\n" not in sentence
    assert len(sentence) < 400


@pytest.mark.parametrize(
    ("values", "schedule", "unit"),
    [
        ((14.6, 3.0, 0.0), LATENT, "sigma"),
        ((999.0, 500.0, 0.0), LATENT, "timestep"),
        ((-5.0, 1.0, 7.0), LATENT, "log_snr"),
        ((1.0, 0.5, 0.0), FLOW, "time"),
        ((1.0, 0.5, 0.0), LATENT, "sigma"),
    ],
)
def test_units_that_were_not_named_are_guessed_and_that_is_told(
    values: tuple[float, ...], schedule: object, unit: Unit
) -> None:
    imported = ready(GridList("", values), schedule)  # type: ignore[arg-type]
    assert (imported.unit, imported.guessed) == (unit, True)
    assert not ready(GridList("", values, unit), schedule).guessed  # type: ignore[arg-type]


def test_timestep_0_is_a_level_and_no_clean_data() -> None:
    imported = ready(read_lists("timesteps=[999, 749, 0]")[0], LATENT)
    assert (imported.steps, imported.settings.levels) == (3, (1.0, 0.75, 0.001))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the list is empty; give for example"),
        ("14.6, many, 0", "level 'many' is not a number; give for example"),
        ("14.6, 3, 3, 0", "level 3 follows 3; levels must fall"),
        ("timesteps: 1500, 3", "timestep 1500 is out of range; timesteps lie in 0 to 999"),
        ("sigma: 99, 3", "sigma 99 of the list is off the latent_1000 schedule; give at most"),
        ("nan, 3", "a level is no number"),
        ('{"noise_levels": [3, 2]}', "the JSON names no levels .noise_levels.; name them sigmas"),
        ('{"sigmas": [3, 2', "the list is not JSON"),
        ('{"sigmas": [3, true]}', "level 'True' is not a number"),
        ("sigma,t\n3", "a row has 1 cells where the heads are 2; fill it up"),
        ("curve,sigma\n", "the table has no rows below its heads|is not a number"),
        ("log_snr: -inf, 2", "sigma/alpha inf is off the latent_1000 schedule"),
        (",".join(["1"] * 1200), "1200 levels given; a list holds at most 1000 and a 0"),
    ],
)
def test_bad_lists_say_value_rule_and_remedy(text: str, sentence: str) -> None:
    with pytest.raises(NoisetteError, match=sentence):
        ready(read_lists(text)[0], LATENT)


def test_too_much_is_not_read() -> None:
    with pytest.raises(GridFileError, match="1000001 characters given"):
        read_lists("1" * 1_000_001)
    with pytest.raises(GridFileError, match="40 lists given; at most 32 are read at once"):
        read_lists(json.dumps([{"sigmas": [2, 1]}] * 40))
    with pytest.raises(GridError):
        curve_of("nonesuch", LATENT, 3)


def test_a_list_whose_noise_rises_is_read_from_its_end_and_that_is_told() -> None:
    falling, rising = (ready(GridList("", values, "sigma"), LATENT) for values in ((9.0, 3.0, 1.0), (1.0, 3.0, 9.0)))
    assert rising.settings == falling.settings
    assert rising.turned
    assert not falling.turned
