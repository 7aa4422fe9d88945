"""A race on one sheet: lanes, errors, times and the finding, as PNG, PDF or SVG."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMarginsF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from core.errors import NoisetteError
from studio.pixels import to_image
from studio.theme import Theme, fonts
from studio.viewmodels.compare_views import ColumnView, CompareView
from studio.widgets.error_plot import paint_curve
from studio.widgets.series_mark import draw_series

WIDTH, HEIGHT, MARGIN, GAP = 1200, 860, 32, 16
PNG_SCALE = 2
PDF_DPI = 96


class SheetError(NoisetteError):
    """A sheet can't be written."""


def write_sheet(path: Path, theme: Theme, view: CompareView) -> None:
    """By the file's ending. Pictures keep their own pixels; all else is drawn as vectors in PDF and SVG.

    Raises SheetError: value, rule, remedy.
    """
    kind = path.suffix.lower()
    if kind not in (".png", ".pdf", ".svg"):
        raise SheetError(f"{path.name} is no sheet; end its name with .png, .pdf or .svg")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        {".png": _png, ".pdf": _pdf, ".svg": _svg}[kind](path, theme, view)
    except OSError as error:
        raise SheetError(f"{path} can't be written ({error}); choose another folder") from error


def _png(path: Path, theme: Theme, view: CompareView) -> None:
    image = QImage(WIDTH * PNG_SCALE, HEIGHT * PNG_SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(PNG_SCALE)
    with QPainter(image) as painter:
        paint_sheet(painter, theme, view)
    if not image.save(str(path), "PNG"):
        raise OSError("the disk refuses it")


def _pdf(path: Path, theme: Theme, view: CompareView) -> None:
    path.touch()
    writer = QPdfWriter(str(path))
    writer.setResolution(PDF_DPI)
    size = QSizeF(WIDTH / PDF_DPI, HEIGHT / PDF_DPI)
    writer.setPageSize(QPageSize(size, QPageSize.Unit.Inch, "race", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setTitle("A race in Noisette")
    with QPainter(writer) as painter:
        paint_sheet(painter, theme, view)


def _svg(path: Path, theme: Theme, view: CompareView) -> None:
    path.touch()
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(QSize(WIDTH, HEIGHT))
    generator.setViewBox(QRect(0, 0, WIDTH, HEIGHT))
    generator.setTitle("A race in Noisette")
    with QPainter(generator) as painter:
        paint_sheet(painter, theme, view)


def paint_sheet(painter: QPainter, theme: Theme, view: CompareView) -> None:
    """WIDTH x HEIGHT units, in the theme's colours."""
    tokens = theme.tokens
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.fillRect(QRectF(0, 0, WIDTH, HEIGHT), QColor(tokens.bg1))
    _write(painter, QRectF(MARGIN, 24, WIDTH - 2 * MARGIN, 24), view.prompt, fonts.sheet(), tokens.tx1)
    facts = f"{view.facts}, {view.curve.caption}"
    _write(painter, QRectF(MARGIN, 52, WIDTH - 2 * MARGIN, 18), facts, fonts.label(), tokens.tx2)
    count = len(view.columns)
    wide = (WIDTH - 2 * MARGIN - GAP * (count - 1)) / max(count, 1)
    tall = min(wide, 400.0)
    for place, column in enumerate(view.columns):
        _paint_lane(painter, theme, QRectF(MARGIN + place * (wide + GAP), 84, wide, tall), column)
    top = 84 + tall + 70
    plot = QRectF(MARGIN, top + 24, 0.6 * WIDTH, HEIGHT - top - 24 - MARGIN)
    _write(painter, QRectF(MARGIN, top, plot.width(), 20), "Error against reference", fonts.section(), tokens.tx1)
    paint_curve(painter, theme, plot, view.curve)
    aside = QRectF(plot.right() + 2 * GAP, top, WIDTH - MARGIN - plot.right() - 2 * GAP, 20)
    _write(painter, aside, "What was found", fonts.section(), tokens.tx1)
    times = "\n".join(
        f"{row.name}: network {row.parts[0]:.3f} s, solver {row.parts[1]:.3f} s, decode {row.parts[2]:.3f} s"
        for row in view.times
    )
    lines = [view.finding, view.curve.orders, view.truth, f"Time for one picture, {view.times_caption}", times]
    words = "\n\n".join(each for each in lines if each)
    box = QRectF(aside.left(), top + 26, aside.width(), HEIGHT - top - 26 - MARGIN)
    painter.setFont(fonts.label())
    painter.setPen(QColor(tokens.tx1))
    painter.drawText(box, int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop), words)


def _paint_lane(painter: QPainter, theme: Theme, box: QRectF, column: ColumnView) -> None:
    tokens = theme.tokens
    if column.clean is not None:
        image = to_image(column.clean)
        scale = min(box.width() / image.width(), box.height() / image.height())
        wide, tall = image.width() * scale, image.height() * scale
        painter.drawImage(QRectF(box.center().x() - wide / 2, box.center().y() - tall / 2, wide, tall), image)
    draw_series(painter, QRectF(box.left(), box.bottom() + 12, 10, 10), tokens.series[column.series])
    name = QRectF(box.left() + 18, box.bottom() + 6, box.width() - 18, 20)
    _write(painter, name, column.name + (" (closest)" if column.closest else ""), fonts.section(), tokens.tx1)
    error = f"Error {column.error}, {column.seconds}" if column.error else ""
    _write(painter, QRectF(box.left(), box.bottom() + 26, box.width(), 18), error, fonts.label(), tokens.tx1)
    _write(painter, QRectF(box.left(), box.bottom() + 43, box.width(), 18), column.facts, fonts.label(), tokens.tx2)


def _write(painter: QPainter, box: QRectF, words: str, face: object, colour: str) -> None:
    painter.setFont(face)  # type: ignore[arg-type]
    painter.setPen(QColor(colour))
    shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, round(box.width()))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)
