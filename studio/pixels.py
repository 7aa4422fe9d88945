"""Arrays as Qt images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

if TYPE_CHECKING:
    import numpy as np


def to_image(pixels: np.ndarray) -> QImage:
    """(H, W, 3) uint8 sRGB -> a QImage of its own, in the format that Qt paints fastest."""
    # numpy comes with the engine; the window does not wait for it.
    import numpy as np

    rows = np.ascontiguousarray(pixels)
    height, width, _ = rows.shape
    wrapped = QImage(rows.data, width, height, rows.strides[0], QImage.Format.Format_RGB888)
    return wrapped.convertToFormat(QImage.Format.Format_RGB32)
