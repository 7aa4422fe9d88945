"""A tabletop scene: a plain value, seeded, JSON in and out. No torch here.

World frame: z up, the table is z = 0, lengths in table units. The camera looks at `TARGET` from
`azimuth_rad` (0: from -y, so +x is right and +y is away), `elevation_rad` above the table, `distance`.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from core.errors import LayoutError

if TYPE_CHECKING:
    import numpy as np

Shape = Literal["sphere", "cube", "cylinder", "cone", "torus"]
Colour = Literal["red", "orange", "yellow", "green", "blue", "purple", "white", "black"]
Size = Literal["small", "large"]
Material = Literal["matte", "metal"]

SHAPES: tuple[Shape, ...] = get_args(Shape)
COLOURS: tuple[Colour, ...] = get_args(Colour)
SIZES: tuple[Size, ...] = get_args(Size)
MATERIALS: tuple[Material, ...] = get_args(Material)

MAX_ITEMS = 4
TARGET = (0.0, 0.0, 0.35)
REACH = 1.7
"""Items stand within this distance of the origin."""
EXTENT: dict[Size, float] = {"small": 0.42, "large": 0.74}
GAP = 0.10
"""Least clear distance between two items' footprints."""
SIDE_MARGIN = 0.40
"""Left/right and front/behind hold where the camera-frame offsets differ by at least this."""

AZIMUTH = (-math.pi, math.pi)
ELEVATION = (math.radians(16.0), math.radians(40.0))
DISTANCE = (7.0, 8.6)


@dataclass(frozen=True, slots=True)
class Item:
    """One solid, resting on the table at (x, y), turned by yaw_rad about its vertical axis."""

    shape: Shape
    colour: Colour
    size: Size
    material: Material
    x: float
    y: float
    yaw_rad: float = 0.0


@dataclass(frozen=True, slots=True)
class Camera:
    azimuth_rad: float = 0.0
    elevation_rad: float = math.radians(26.0)
    distance: float = 7.6


@dataclass(frozen=True, slots=True)
class Light:
    """A distant lamp. azimuth_rad is relative to the camera's own azimuth; elevation_rad above the table."""

    azimuth_rad: float = -0.7
    elevation_rad: float = 0.85


@dataclass(frozen=True, slots=True)
class Scene:
    items: tuple[Item, ...]
    camera: Camera = field(default_factory=Camera)
    light: Light = field(default_factory=Light)

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> Scene:
        """Read a scene. Raises LayoutError: value, rule, remedy."""
        try:
            data = json.loads(text)
        except json.JSONDecodeError as error:
            raise LayoutError(
                f"the layout is not JSON ({error.msg} at character {error.pos}); write a scene object"
            ) from error
        if not isinstance(data, dict):
            raise LayoutError(f"the layout is a {type(data).__name__}; write an object with 'items'")
        return _scene(cast("dict[str, Any]", data))


def half_extents(item: Item) -> tuple[float, float, float]:
    """Half-sizes (x, y, z) of the item's upright bounding box before its yaw, in table units."""
    h = EXTENT[item.size]
    match item.shape:
        case "sphere":
            return h, h, h
        case "cube":
            return 0.82 * h, 0.82 * h, 0.82 * h
        case "cylinder":
            return 0.74 * h, 0.74 * h, 0.90 * h
        case "cone":
            return 0.86 * h, 0.86 * h, 1.0 * h
        case "torus":
            return h, h, 0.30 * h


def footprint(item: Item) -> float:
    """Radius of the circle on the table that holds the item."""
    hx, hy, _ = half_extents(item)
    return math.hypot(hx, hy) if item.shape == "cube" else hx


def ground_view(item: Item, camera: Camera) -> tuple[float, float]:
    """(right, away) of the item in the camera's frame, on the table, in table units."""
    c, s = math.cos(camera.azimuth_rad), math.sin(camera.azimuth_rad)
    return item.x * c + item.y * s, -item.x * s + item.y * c


def overlap(a: Item, b: Item) -> bool:
    return math.hypot(a.x - b.x, a.y - b.y) < footprint(a) + footprint(b) + GAP


def eye(camera: Camera) -> tuple[float, float, float]:
    """Where the camera stands, table units."""
    flat = camera.distance * math.cos(camera.elevation_rad)
    return (
        TARGET[0] + flat * math.sin(camera.azimuth_rad),
        TARGET[1] - flat * math.cos(camera.azimuth_rad),
        TARGET[2] + camera.distance * math.sin(camera.elevation_rad),
    )


def sample_camera(rng: np.random.Generator) -> Camera:
    return Camera(float(rng.uniform(*AZIMUTH)), float(rng.uniform(*ELEVATION)), float(rng.uniform(*DISTANCE)))


def sample_light(rng: np.random.Generator) -> Light:
    return Light(float(rng.uniform(-1.5, 1.5)), float(rng.uniform(0.65, 1.05)))


def sample_item(rng: np.random.Generator) -> Item:
    radius, angle = REACH * math.sqrt(float(rng.uniform())), float(rng.uniform(-math.pi, math.pi))
    return Item(
        shape=SHAPES[rng.integers(len(SHAPES))],
        colour=COLOURS[rng.integers(len(COLOURS))],
        size=SIZES[rng.integers(len(SIZES))],
        material=MATERIALS[rng.integers(len(MATERIALS))],
        x=radius * math.cos(angle),
        y=radius * math.sin(angle),
        yaw_rad=float(rng.uniform(-math.pi, math.pi)),
    )


def place(items: tuple[Item, ...], rng: np.random.Generator, tries: int = 200) -> tuple[Item, ...] | None:
    """The same items at fresh, non-overlapping places; None where none was found."""
    placed: list[Item] = []
    for item in items:
        for _ in range(tries):
            spot = sample_item(rng)
            candidate = Item(item.shape, item.colour, item.size, item.material, spot.x, spot.y, spot.yaw_rad)
            if not any(overlap(candidate, other) for other in placed):
                placed.append(candidate)
                break
        else:
            return None
    return tuple(placed)


def sample_scene(rng: np.random.Generator, count: int | None = None) -> Scene:
    """1 to 4 items (or `count`), none overlapping, under a random camera and light.

    It does not look at occlusion; `visibility.clearly_visible` does.
    """
    number = count if count is not None else int(rng.integers(1, MAX_ITEMS + 1))
    while True:
        placed = place(tuple(sample_item(rng) for _ in range(number)), rng)
        if placed is not None:
            return Scene(placed, sample_camera(rng), sample_light(rng))


def _number(data: dict[str, Any], key: str, where: str, default: float | None = None) -> float:
    value = data.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise LayoutError(f"{where} has {key} = {value!r}; give a finite number")
    return float(value)


def _choice(data: dict[str, Any], key: str, allowed: tuple[str, ...], where: str) -> Any:
    value = data.get(key)
    if value not in allowed:
        raise LayoutError(f"{where} has {key} = {value!r}; choose one of {', '.join(allowed)}")
    return value


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise LayoutError(f"{where} is {value!r}; write an object")
    return cast("dict[str, Any]", value)


def _scene(data: dict[str, Any]) -> Scene:
    raw = data.get("items")
    if not isinstance(raw, list) or not 1 <= len(cast("list[Any]", raw)) <= MAX_ITEMS:
        raise LayoutError(f"the layout has items = {raw!r}; give a list of 1 to {MAX_ITEMS} items")
    items: list[Item] = []
    for number, entry in enumerate(cast("list[Any]", raw), 1):
        where = f"item {number} of the layout"
        fields = _object(entry, where)
        item = Item(
            shape=_choice(fields, "shape", SHAPES, where),
            colour=_choice(fields, "colour", COLOURS, where),
            size=_choice(fields, "size", SIZES, where),
            material=_choice(fields, "material", MATERIALS, where),
            x=_number(fields, "x", where),
            y=_number(fields, "y", where),
            yaw_rad=_number(fields, "yaw_rad", where, 0.0),
        )
        if math.hypot(item.x, item.y) > 2.0 * REACH:
            raise LayoutError(f"{where} stands at ({item.x:g}, {item.y:g}); keep it within {2 * REACH:g} of the centre")
        items.append(item)
    camera = _object(data.get("camera", asdict(Camera())), "the layout's camera")
    light = _object(data.get("light", asdict(Light())), "the layout's light")
    view = Camera(
        _number(camera, "azimuth_rad", "the camera", 0.0),
        _number(camera, "elevation_rad", "the camera", Camera().elevation_rad),
        _number(camera, "distance", "the camera", Camera().distance),
    )
    if not 0.05 <= view.elevation_rad <= 1.5 or not 3.0 <= view.distance <= 30.0:
        raise LayoutError(
            f"the camera is at elevation {view.elevation_rad:g} rad, distance {view.distance:g}; "
            "keep 0.05 to 1.5 rad and 3 to 30"
        )
    lamp = Light(
        _number(light, "azimuth_rad", "the light", Light().azimuth_rad),
        _number(light, "elevation_rad", "the light", Light().elevation_rad),
    )
    if not 0.1 <= lamp.elevation_rad <= math.pi / 2:
        raise LayoutError(f"the light is at elevation {lamp.elevation_rad:g} rad; keep 0.1 to 1.57")
    return Scene(tuple(items), view, lamp)
