from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from core.diffusion.mixture import GaussianMixture
from core.diffusion.schedule import schedule_named
from core.diffusion.time_grid import time_grid
from core.errors import RequestError
from core.grid_settings import GridSettings
from core.requests import SolverSettings
from core.samplers.cards import CARDS
from core.toy import (
    EXTENT,
    SCHEDULE_OF,
    SHAPES,
    Process,
    ToyData,
    ToyModel,
    ToyRequest,
    ToySolver,
    strokes_from_text,
    strokes_to_text,
)
from core.worlds.toy2d.exact import PointCloud, density_at, exact_denoiser
from core.worlds.toy2d.field import FRAMES, arrows_at, look_at, true_paths
from core.worlds.toy2d.measures import even_straightness, sliced_wasserstein, straightness
from core.worlds.toy2d.shapes import draw_points
from core.worlds.toy2d.solving import errors_of, run_sampler

EXACT: tuple[Process, ...] = ("vp", "ve", "flow")
LINE = ToyData("drawn", (((-2.0, 0.0), (2.0, 0.0)),))
GAUSSIANS = ToyData("eight_gaussians")
ADAPTIVE = "dopri5"


def asked(model: ToyModel, sampler: str, grid: str, evaluations: int, particles: int) -> ToyRequest:
    return ToyRequest(model, ToySolver(sampler), grid, evaluations=evaluations, particles=particles)


def data_of(shape: str) -> ToyData:
    return LINE if shape == "drawn" else ToyData(shape)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_is_centred_lies_in_the_plane_and_depends_on_its_seed_alone(shape: str) -> None:
    data = data_of(shape)
    points = draw_points(data, 4000, 3)
    assert points.dtype == np.float32
    assert np.abs(points).max() <= EXTENT
    assert np.abs(points.mean(0)).max() < 0.2
    if shape != "drawn":
        assert ((points.std(0) > 0.8) & (points.std(0) < 1.2)).all()
    np.testing.assert_array_equal(points, draw_points(data, 4000, 3))
    assert not np.array_equal(points, draw_points(data, 4000, 4))


def test_points_of_the_checkerboard_keep_to_every_second_cell() -> None:
    points = draw_points(ToyData("checkerboard"), 5000, 0)
    cells = np.floor((points / 3.2 + 0.5) * 4).astype(int)
    assert ((cells.sum(1) % 2) == 0).all()


def test_a_drawing_is_even_along_its_lines() -> None:
    strokes = (((-2.0, 1.0), (0.0, 1.0)), ((1.0, -1.0), (1.0, -2.0)))
    points = draw_points(ToyData("drawn", strokes, brush=0.05), 6000, 0)
    assert np.mean(points[:, 1] > 0) == pytest.approx(2 / 3, abs=0.03)
    upper = points[points[:, 1] > 0]
    assert upper[:, 0].mean() == pytest.approx(-1.0, abs=0.05)
    assert upper[:, 1].std() == pytest.approx(0.05, abs=0.01)


def test_one_dot_is_a_drawing() -> None:
    points = draw_points(ToyData("drawn", (((0.5, 0.5),),), brush=0.1), 1000, 0)
    assert np.abs(points.mean(0) - 0.5).max() < 0.02


coordinates = st.floats(-EXTENT, EXTENT).map(lambda value: float(f"{value:.4g}"))


@given(st.lists(st.lists(st.tuples(coordinates, coordinates), min_size=1).map(tuple), max_size=4).map(tuple))
def test_strokes_come_back_from_their_text(strokes: tuple[tuple[tuple[float, float], ...], ...]) -> None:
    assert strokes_from_text(strokes_to_text(strokes)) == strokes


@pytest.mark.parametrize("text", ["1,2,3", "a,b", "1"])
def test_what_is_no_stroke_is_refused(text: str) -> None:
    with pytest.raises(RequestError, match="x,y"):
        strokes_from_text(text)


@pytest.mark.parametrize(
    "make",
    [
        lambda: ToyData("drawn"),
        lambda: ToyData("spirals", (((0.0, 0.0),),)),
        lambda: ToyData("drawn", (((4.0, 0.0),),)),
        lambda: ToyData("drawn", (((float("nan"), 0.0),),)),
        lambda: ToyData("drawn", ((),)),
        lambda: ToyModel(GAUSSIANS, "rectified"),
        lambda: ToyRequest(evaluations=0),
        lambda: ToyRequest(particles=0),
    ],
)
def test_what_makes_no_sense_is_refused(make: object) -> None:
    with pytest.raises(RequestError):
        make()  # type: ignore[operator]


@pytest.mark.parametrize("process", EXACT)
@pytest.mark.parametrize("t", [1.0, 0.6, 0.2, 0.02])
def test_a_cloud_of_points_is_the_mixture_it_stands_for(process: Process, t: float) -> None:
    points = torch.from_numpy(draw_points(ToyData("two_moons"), 40, 0)).double()
    level = schedule_named(SCHEDULE_OF[process]).at_time(t)
    x = level.alpha * points[:9] + level.sigma * torch.randn(9, 2, generator=torch.Generator().manual_seed(0)).double()
    mixture = GaussianMixture(torch.full((40,), 1 / 40).double(), points, torch.full((40,), 0.1).double())
    cloud = PointCloud(points, 0.1)(x, level)
    assert_close(cloud, mixture(x, level))
    assert_close(level.alpha * cloud.x0 + level.sigma * cloud.eps, x)


@pytest.mark.parametrize("process", EXACT)
def test_densities_are_whole_and_fit_the_exact_score(process: Process) -> None:
    """The score, -eps / sigma, is the slope of the log density."""
    level = schedule_named(SCHEDULE_OF[process]).at_time(0.35)
    axis = torch.linspace(-8.0, 8.0, 801, dtype=torch.float64)
    density = density_at(GAUSSIANS, level, axis)
    step = float(axis[1] - axis[0])
    assert float(density.sum()) * step**2 == pytest.approx(1.0, abs=1e-3)
    row, column = 430, 470
    x = torch.stack((axis[column], axis[row]))[None].float()
    slope = (density[row, column + 1].log() - density[row, column - 1].log()) / (2 * step)
    score = -exact_denoiser(GAUSSIANS)(x, level).eps[0, 0] / level.sigma
    assert float(score) == pytest.approx(float(slope), rel=0.01)


@pytest.mark.parametrize("process", EXACT)
@pytest.mark.parametrize("name", ["ddpm", "ddim", "euler", "euler_ancestral", "heun", "dpmpp_2m"])
def test_samplers_take_noise_to_the_data_on_every_schedule(name: str, process: Process) -> None:
    denoiser = exact_denoiser(GAUSSIANS)
    truth = true_paths(denoiser, process, 300, 0, 48)
    run = run_sampler(denoiser, asked(ToyModel(GAUSSIANS, process), name, "karras", 48, 300), truth)
    start = sliced_wasserstein(run.paths[0], draw_points(GAUSSIANS, 300, 9))
    assert run.evaluations <= 48
    assert run.distance < min(0.25, 0.75 * start)


@pytest.mark.parametrize("process", EXACT)
def test_every_sampler_there_is_runs_in_the_plane(process: Process) -> None:
    """At its cost or less; noise counts as fresh where a card says that it adds some."""
    denoiser, model = exact_denoiser(GAUSSIANS), ToyModel(GAUSSIANS, process)
    truth = true_paths(denoiser, process, 8, 0, 48)
    for card in CARDS:
        budget = 200 if card.alone else 12
        run = run_sampler(denoiser, asked(model, card.name, "karras", budget, 8), truth, alone=2)
        assert 1 <= run.evaluations <= budget, card.name
        assert np.isfinite(run.paths).all(), card.name
        # A restart that costs too much is not made; DDIM adds none untold.
        quiet = not card.stochastic or card.varies or card.name == "ddim"
        assert run.fresh_noise == (not quiet), card.name


def test_an_adaptive_sampler_takes_each_particle_alone_and_is_held_to_its_cost() -> None:
    denoiser, model = exact_denoiser(GAUSSIANS), ToyModel(GAUSSIANS, "flow")
    truth = true_paths(denoiser, "flow", 8, 0, 48)
    assert run_sampler(denoiser, asked(model, ADAPTIVE, "log_snr", 4, 8), truth, alone=2).steps == 1
    request = asked(model, ADAPTIVE, "log_snr", 40, 8)
    loose = replace(request, solver=ToySolver(ADAPTIVE, options=SolverSettings(tolerance=0.05)))
    run = run_sampler(denoiser, loose, truth, alone=3)
    assert run.paths.shape[1] == 3
    assert run.evaluations <= 40
    assert run.error < run_sampler(denoiser, asked(model, "euler", "log_snr", 8, 8), truth).error


def test_what_a_sampler_is_told_reaches_it() -> None:
    denoiser, model = exact_denoiser(GAUSSIANS), ToyModel(GAUSSIANS, "vp")
    truth = true_paths(denoiser, "vp", 8, 0, 48)
    request = asked(model, "euler_ancestral", "karras", 12, 8)
    euler = run_sampler(denoiser, asked(model, "euler", "karras", 12, 8), truth)
    still = run_sampler(denoiser, replace(request, solver=ToySolver("euler_ancestral", eta=0.0)), truth)
    assert not still.fresh_noise
    np.testing.assert_allclose(still.paths, euler.paths, atol=1e-4)
    bent = replace(request, solver=ToySolver("euler"), bends=GridSettings(rho=3.0))
    assert not np.allclose(run_sampler(denoiser, bent, truth).times, euler.times)
    first = replace(request, solver=ToySolver("lms", options=SolverSettings(order=1)))
    np.testing.assert_allclose(run_sampler(denoiser, first, truth).paths, euler.paths, atol=1e-4)


def test_euler_and_heun_get_the_same_number_of_evaluations() -> None:
    denoiser, model = exact_denoiser(GAUSSIANS), ToyModel(GAUSSIANS, "flow")
    truth = true_paths(denoiser, "flow", 100, 0)
    euler, heun = (run_sampler(denoiser, asked(model, name, "uniform", 20, 100), truth) for name in ("euler", "heun"))
    assert (euler.steps, euler.evaluations) == (20, 20)
    # out of pure noise and into clean data Heun looks once
    assert (heun.steps, heun.evaluations) == (11, 20)
    np.testing.assert_array_equal(euler.paths[0], heun.paths[0])


def test_errors_fall_with_each_samplers_order() -> None:
    """On one Gaussian, whose flow is smooth all the way."""
    blob = ToyData("drawn", (((0.5, 0.3),),), brush=0.8)
    cloud = PointCloud(torch.tensor([[0.5, 0.3]]), 0.8)
    truth = true_paths(cloud, "flow", 100, 0)
    slopes = dict[str, float]()
    for name in ("euler", "heun"):
        found = errors_of(cloud, asked(ToyModel(blob, "flow"), name, "uniform", 8, 100), truth, (16, 32, 64))
        slopes[name] = float(np.polyfit(np.log(found.evaluations), np.log(found.errors), 1)[0])
    assert slopes["euler"] == pytest.approx(-1.0, abs=0.25)
    assert slopes["heun"] == pytest.approx(-2.0, abs=0.4)


def test_too_few_evaluations_for_a_step_are_refused() -> None:
    """Heun's one step from a flow's noise to data costs one; two steps of a diffusion cost three."""
    denoiser = exact_denoiser(GAUSSIANS)
    truth = true_paths(denoiser, "vp", 10, 0, 48)
    run = run_sampler(denoiser, asked(ToyModel(GAUSSIANS, "vp"), "heun", "uniform", 2, 10), truth)
    assert (run.steps, run.evaluations) == (1, 1)


@pytest.mark.parametrize("process", EXACT)
def test_a_look_at_an_exact_model(process: Process) -> None:
    denoiser = exact_denoiser(GAUSSIANS)
    truth = true_paths(denoiser, process, 50, 0, 48)
    field = look_at(denoiser, GAUSSIANS, process, exact=True, truth=truth)
    assert field.times[0] == 1.0
    assert field.times[-1] == 0.0
    assert field.paths.shape == (FRAMES, 50, 2)
    assert len(field.density) == len(field.arrows) == FRAMES
    # all of it lies where it is drawn, from a round cloud of noise to eight spots
    assert np.percentile(np.abs(field.paths[0]), 99) < EXTENT
    assert field.density[-1].max() == 255
    assert field.distance < field.floor + 0.05
    # the highest row comes first: the spot at the top stands in the upper half
    middle = field.density[-1].shape[0] // 2
    assert field.density[-1][:middle, middle].max() > 200


@pytest.mark.parametrize("process", EXACT)
def test_arrows_are_the_way_that_particles_go(process: Process) -> None:
    denoiser = exact_denoiser(GAUSSIANS)
    schedule = schedule_named(SCHEDULE_OF[process])
    arrows = arrows_at(denoiser, process, schedule, 0.5)
    # where all is drawn to the middle of the ring or out to a spot, the far edge moves inwards
    assert arrows[arrows.shape[0] // 2, -1, 0] < 0.0
    assert arrows[0, arrows.shape[1] // 2, 1] < 0.0


def test_straightness_of_known_paths() -> None:
    straight = np.linspace([[0.0, 0.0], [1.0, 1.0]], [[1.0, 0.0], [1.0, 3.0]], 9)
    assert straightness(straight) == pytest.approx(1.0)
    assert even_straightness(straight) == pytest.approx(1.0)
    hurried = straight[[0, 1, 8]]
    assert straightness(hurried) == pytest.approx(1.0)
    assert even_straightness(hurried) == pytest.approx(1 / (2 * (1 / 64 + 49 / 64)))
    angle = np.linspace(0.0, np.pi, 400)
    circle = np.stack((np.cos(angle), np.sin(angle)), axis=1)[:, None]
    assert straightness(circle) == pytest.approx(2 / np.pi, abs=1e-4)
    assert straightness(np.zeros((3, 2, 2))) == even_straightness(np.zeros((3, 2, 2))) == 1.0


def test_sliced_wasserstein_of_a_shift_is_its_length_over_root_two() -> None:
    points = draw_points(GAUSSIANS, 500, 0)
    assert sliced_wasserstein(points, points[::-1]) == 0.0
    assert sliced_wasserstein(points, points + np.array([0.6, 0.8])) == pytest.approx(np.sqrt(0.5), rel=1e-5)


def test_grids_are_those_of_pictures() -> None:
    denoiser = exact_denoiser(GAUSSIANS)
    truth = true_paths(denoiser, "flow", 20, 0, 48)
    run = run_sampler(denoiser, asked(ToyModel(GAUSSIANS, "flow"), "euler", "karras", 6, 20), truth)
    expected = [level.t for level in time_grid("karras", schedule_named("flow"), 6)]
    assert_close(torch.from_numpy(run.times), torch.tensor(expected, dtype=torch.float32))
