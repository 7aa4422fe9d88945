"""Where the picture looks at a word, laid over it, with the scale as a labelled bar."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.pixels import to_image
from studio.theme import Theme, fonts, sizes
from studio.theme.tokens import PICTURE_LABEL
from studio.viewmodels.difference import CIVIDIS
from studio.viewmodels.dissection import WordMap, percent
from studio.widgets.image_view import ImageView
from studio.widgets.spoken import Part, Spoken

BAR_WIDE, BAR_TALL, INSET = 160, 8, 8


class WordOverlay(QWidget):
    """Lies on `view` and lets all of the pointer through; nothing is drawn without a map."""

    def __init__(self, theme: Theme, view: ImageView) -> None:
        super().__init__(view)
        self._theme, self._view = theme, view
        self._map: WordMap | None = None
        self._image: QImage | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Attention of a word")
        self.hide()
        view.installEventFilter(self)
        view.described.connect(lambda *_: self.update())

    def show_map(self, shown: WordMap | None) -> None:
        if shown != self._map:
            self._map = shown
            self._image = None if shown is None else to_image(shown.mapped)
            says = (
                ""
                if shown is None
                else f"“{shown.word}”: {percent(shown.low)} to {percent(shown.top)} of the attention"
            )
            self.setAccessibleDescription(says)
        self.setGeometry(self._view.rect())
        self.setVisible(shown is not None)
        self.raise_()
        self.update()

    def spoken(self) -> Spoken:
        return Spoken(Part.PICTURE, self.accessibleDescription())

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._view.rect())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        place = self._view.place()
        if self._map is None or self._image is None or place.isEmpty():
            return
        with QPainter(self) as painter:
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
            painter.setClipRect(place)
            painter.setOpacity(self._map.opacity)
            painter.drawImage(place, self._image)
            painter.setOpacity(1.0)
            seen = place.intersected(QRectF(self.rect()))
            self._paint_bar(painter, seen, self._map)

    def _paint_bar(self, painter: QPainter, seen: QRectF, shown: WordMap) -> None:
        ink, ground, opacity = PICTURE_LABEL
        tall, wide = sizes.tall(40, 2), min(sizes.wide(BAR_WIDE) + 16.0, seen.width() - 2 * INSET)
        box = QRectF(seen.left() + INSET, seen.bottom() - INSET - tall, wide, tall)
        under = QColor(ground)
        under.setAlphaF(opacity)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(under)
        painter.drawRoundedRect(box, 4, 4)
        inner = box.adjusted(8, 3, -8, -3)
        line = inner.height() / 2
        painter.setFont(fonts.caption())
        painter.setPen(QColor(ink))
        metrics = painter.fontMetrics()
        name = metrics.elidedText(f"“{shown.word}”", Qt.TextElideMode.ElideRight, round(inner.width()))
        painter.drawText(QRectF(inner.left(), inner.top(), inner.width(), line), Qt.AlignmentFlag.AlignVCenter, name)
        foot = QRectF(inner.left(), inner.top() + line, inner.width(), line)
        least, most = percent(shown.low), percent(shown.top)
        painter.drawText(foot, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, least)
        painter.drawText(foot, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, most)
        left, right = metrics.horizontalAdvance(least) + 6, metrics.horizontalAdvance(most) + 6
        bar = QRectF(foot.left() + left, foot.center().y() - BAR_TALL / 2, foot.width() - left - right, BAR_TALL)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        for at, colour in enumerate(CIVIDIS):
            gradient.setColorAt(at / (len(CIVIDIS) - 1), QColor(colour))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(bar, 2, 2)
