"""The two renderers: equal to each other, exact where geometry is known, and differentiable."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.worlds.tabletop.packing import pack
from core.worlds.tabletop.render_numba import count_pixels, render_arrays
from core.worlds.tabletop.render_torch import Solids, rays, render, render_solids, surfaces
from core.worlds.tabletop.scene import (
    COLOURS,
    MATERIALS,
    SHAPES,
    SIZES,
    Camera,
    Item,
    Light,
    Scene,
    half_extents,
    sample_scene,
)
from core.worlds.tabletop.solids import hits, signed_distance


def some_scenes(count: int, seed: int = 5) -> list[Scene]:
    rng = np.random.default_rng(seed)
    return [sample_scene(rng, 1 + index % 4) for index in range(count)]


def every_kind() -> list[Scene]:
    """Each shape in each material, alone."""
    return [
        Scene(
            (Item(shape, COLOURS[number], SIZES[number % 2], material, 0.3, -0.2, 0.4),), Camera(0.5), Light(0.6, 0.8)
        )
        for number, shape in enumerate(SHAPES)
        for material in MATERIALS
    ]


def test_torch_and_compiled_code_render_the_same() -> None:
    scenes = some_scenes(8) + every_kind()
    picture, depth, ids, normal = render_arrays(pack(scenes), 40, fine=2, everywhere=True)
    ours = render(scenes, 40, fine=2, dtype=torch.float64)
    torch.testing.assert_close(ours.picture.permute(0, 2, 3, 1).float(), torch.from_numpy(picture), rtol=0, atol=1e-6)
    torch.testing.assert_close(ours.normal.permute(0, 2, 3, 1).float(), torch.from_numpy(normal), rtol=0, atol=1e-5)
    torch.testing.assert_close(ours.depth.float(), torch.from_numpy(depth), rtol=1e-5, atol=1e-4)
    assert (ours.ids.numpy() == ids).all()


def test_adaptive_sampling_stays_near_full_sampling() -> None:
    packed = pack(some_scenes(8))
    adaptive, full = (render_arrays(packed, 48, fine=3, everywhere=every)[0] for every in (False, True))
    assert np.abs(adaptive - full).max() < 0.09
    assert np.sqrt(np.square(adaptive - full).mean()) < 2e-3


def test_a_scene_renders_alike_alone_and_in_a_batch() -> None:
    scenes = some_scenes(5)
    together = render_arrays(pack(scenes), 32)[0]
    for index, scene in enumerate(scenes):
        assert (render_arrays(pack([scene]), 32)[0][0] == together[index]).all()


@pytest.mark.parametrize("shape", SHAPES)
def test_hits_lie_on_the_surface_and_normals_follow_the_distance(shape: str) -> None:
    rng = torch.Generator().manual_seed(0)
    item = Item(shape, "red", "large", "matte", 0.0, 0.0)  # pyright: ignore[reportArgumentType]
    half = torch.tensor(half_extents(item), dtype=torch.float64)[None, None]
    code = torch.tensor([[SHAPES.index(item.shape)]])
    origin = torch.nn.functional.normalize(torch.randn(1, 600, 3, generator=rng, dtype=torch.float64), dim=-1) * 4.0
    aim = (torch.rand(1, 600, 3, generator=rng, dtype=torch.float64) - 0.5) * 2.2
    direction = torch.nn.functional.normalize(aim - origin, dim=-1)
    t, normal = hits(code, half, origin, direction)
    struck = t < 1e8
    assert 100 < struck.sum() < 600
    point = (origin + t[..., None] * direction)[struck][None]
    torch.testing.assert_close(signed_distance(code, half, point), torch.zeros_like(point[..., 0]), rtol=0, atol=2e-3)
    assert ((normal * direction).sum(-1)[struck] < 0.05).all()
    outside = signed_distance(code, half, point + 1e-3 * normal[struck])
    inside = signed_distance(code, half, point - 1e-3 * normal[struck])
    assert (outside > inside).all()


def test_a_sphere_covers_the_disc_that_optics_says() -> None:
    radius, away = half_extents(Item("sphere", "red", "large", "matte", 0, 0))[0], 8.0
    scene = Scene((Item("sphere", "red", "large", "matte", 0.0, 0.0),), Camera(0.3, 0.5, away))
    ids = render([scene], 160, fine=1).ids
    # the silhouette is a cone of half angle asin(radius / distance) about the way to the centre
    solids = Solids.of(pack([scene]), "cpu", torch.float64)
    to_centre = torch.nn.functional.normalize(solids.centre[0, 0] - solids.eye[0], dim=0)
    distance = (solids.centre[0, 0] - solids.eye[0]).norm()
    angle = torch.arccos((rays(solids, 160)[0] @ to_centre).clamp(-1, 1))
    expected = (angle < torch.asin(radius / distance)).reshape(160, 160)
    assert ((ids[0] == 0) == expected).double().mean() > 0.9998


def test_boxes_frame_what_is_seen() -> None:
    scene = Scene((Item("cube", "blue", "small", "matte", 0.0, 0.0), Item("cone", "red", "large", "metal", 1.4, 0.0)))
    drawn = render([scene], 64, fine=1)
    for number in range(2):
        rows, columns = torch.nonzero(drawn.ids[0] == number, as_tuple=True)
        left, top, right, bottom = (drawn.boxes[0, number] * 64).tolist()
        assert (left, top) == (columns.min(), rows.min())
        assert (right, bottom) == (columns.max() + 1, rows.max() + 1)
    assert torch.isnan(drawn.boxes[0, 2:]).all()


def test_hidden_pixels_are_counted() -> None:
    front, back = Item("cube", "red", "large", "matte", 0.0, -1.2), Item("sphere", "blue", "small", "matte", 0.0, 1.0)
    seen, alone, inside = count_pixels(pack([Scene((front, back), Camera(0.0, 0.3, 7.6))]), 64)
    assert seen[0, 0] == alone[0, 0] == inside[0, 0] > 0
    assert seen[0, 1] < alone[0, 1]
    off = replace(back, x=3.0, y=0.0)
    seen, alone, inside = count_pixels(pack([Scene((off,), Camera(0.0, 0.3, 7.6))]), 64)
    assert inside[0, 0] < alone[0, 0]


def test_gradients_reach_colours_and_places() -> None:
    solids = Solids.of(pack(every_kind()[:6]), "cpu", torch.float64)
    albedo, centre = solids.albedo.requires_grad_(), solids.centre.requires_grad_()
    render_solids(replace(solids, albedo=albedo, centre=centre), 24, fine=1).picture.sum().backward()
    for gradient in (albedo.grad, centre.grad):
        assert gradient is not None
        assert torch.isfinite(gradient).all()
        assert (gradient[:, 0].abs().amax(dim=-1) > 0).all()


def test_every_colour_and_material_can_be_told_apart() -> None:
    looks = [
        Scene((Item("sphere", colour, "large", material, 0.0, 0.0),), Camera(), Light())
        for colour in COLOURS
        for material in MATERIALS
    ]
    picture = render(looks, 32, fine=1)
    means = torch.stack([p[:, i == 0].mean(dim=1) for p, i in zip(picture.picture, picture.ids, strict=True)])
    spread = torch.stack([p[:, i == 0].std(dim=1) for p, i in zip(picture.picture, picture.ids, strict=True)])
    signature = torch.cat([means, spread], dim=1)
    gaps = torch.cdist(signature, signature) + torch.eye(len(looks)) * 9
    assert gaps.min() > 0.03


def test_odd_sizes_and_the_sky() -> None:
    drawn = render([Scene((Item("torus", "green", "small", "metal", 0, 0),), Camera(0.0, 0.06, 7.0))], 33, fine=1)
    assert drawn.picture.shape == (1, 3, 33, 33)
    assert (drawn.ids[0, 0] == -2).all()
    assert 0.0 <= drawn.picture.min() <= drawn.picture.max() <= 1.0
    solids = Solids.of(pack([Scene((Item("cube", "red", "small", "matte", 0, 0),))]), "cpu", torch.float32)
    assert surfaces(solids, rays(solids, 9)).depth.shape == (1, 81)
