"""A scene's objects as the two tokens a slot that the planner writes. No torch here.

A slot is (form, finish): form is shape x colour or END, finish is size x material. Slots follow the order in which the
caption mentions the objects.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.worlds.tabletop.scene import COLOURS, MATERIALS, SHAPES, SIZES, Colour, Item, Material, Shape, Size

FORMS = len(SHAPES) * len(COLOURS)
END = FORMS
FINISHES = len(SIZES) * len(MATERIALS)


@dataclass(frozen=True, slots=True)
class Kind:
    """What an object is, apart from where it stands."""

    shape: Shape
    colour: Colour
    size: Size
    material: Material

    def at(self, x: float, y: float, yaw_rad: float) -> Item:
        return Item(self.shape, self.colour, self.size, self.material, x, y, yaw_rad)


def to_tokens(item: Item) -> tuple[int, int]:
    """(form, finish) of an item."""
    form = SHAPES.index(item.shape) * len(COLOURS) + COLOURS.index(item.colour)
    return form, SIZES.index(item.size) * len(MATERIALS) + MATERIALS.index(item.material)


def from_tokens(form: int, finish: int) -> Kind:
    """The inverse of `to_tokens`; form < FORMS."""
    shape, colour = divmod(form, len(COLOURS))
    size, material = divmod(finish, len(MATERIALS))
    return Kind(SHAPES[shape], COLOURS[colour], SIZES[size], MATERIALS[material])
