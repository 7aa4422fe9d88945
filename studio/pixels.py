"""Arrays as Qt images."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage


def to_image(pixels: np.ndarray) -> QImage:
    """(H, W, 3) uint8 sRGB -> a QImage of its own, in the format that Qt paints fastest."""
    rows = np.ascontiguousarray(pixels)
    height, width, _ = rows.shape
    wrapped = QImage(rows.data, width, height, rows.strides[0], QImage.Format.Format_RGB888)
    return wrapped.convertToFormat(QImage.Format.Format_RGB32)
