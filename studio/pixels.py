"""Arrays as Qt images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

if TYPE_CHECKING:
    import numpy as np


def to_image(pixels: np.ndarray) -> QImage:
    """(H, W, 3) uint8 sRGB, or (H, W, 4) with straight alpha -> a QImage of its own, in the format that Qt paints
    fastest."""
    # numpy comes with the engine; the window does not wait for it.
    import numpy as np

    rows = np.ascontiguousarray(pixels)
    height, width, channels = rows.shape
    if channels == 4:
        clear = QImage(rows.data, width, height, rows.strides[0], QImage.Format.Format_RGBA8888)
        return clear.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    wrapped = QImage(rows.data, width, height, rows.strides[0], QImage.Format.Format_RGB888)
    return wrapped.convertToFormat(QImage.Format.Format_RGB32)
