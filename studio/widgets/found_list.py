"""The palette's answers: sections with titles, thumbnails, notes and key caps, drawn line by line."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.theme import Theme, fonts, icons, sizes
from studio.theme.tokens import RADIUS_FIELD, RADIUS_PICTURE
from studio.viewmodels.finding import Found

LINES = 12
ROW, HEAD, PICTURE = 30, 28, 46
THUMBNAIL = 36
Index = QModelIndex | QPersistentModelIndex
Line = str | Found
"""A section's title, or an answer."""


class FoundModel(QAbstractListModel):
    """Titles can't be chosen."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.lines: tuple[Line, ...] = ()

    def show(self, lines: tuple[Line, ...]) -> None:
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            if isinstance(line, str):
                return line
            return ", ".join(part for part in (line.title, line.note, line.keys, "now" if line.now else "") if part)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if isinstance(self.lines[index.row()], str):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class FoundDelegate(QStyledItemDelegate):
    """Draws a title or an answer."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self.pictures: dict[str, QPixmap] = {}

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        line: Line = index.data(Qt.ItemDataRole.UserRole)
        if isinstance(line, str):
            return QSize(0, sizes.tall(HEAD))
        return QSize(0, PICTURE if line.artifact else sizes.tall(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: Line = index.data(Qt.ItemDataRole.UserRole)
        box = QRectF(option.rect)  # type: ignore[attr-defined]
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(line, str):
            painter.setFont(fonts.caption())
            painter.setPen(QColor(self._theme.tokens.tx3))
            painter.drawText(box.adjusted(8, 4, -8, -2), Qt.AlignmentFlag.AlignVCenter, line)
        else:
            self._paint_answer(painter, box, line, chosen=chosen)
        painter.restore()

    def _paint_answer(self, painter: QPainter, box: QRectF, line: Found, *, chosen: bool) -> None:
        tokens = self._theme.tokens
        if chosen:
            shape = QPainterPath()
            shape.addRoundedRect(box.adjusted(0, 1, 0, -1), RADIUS_FIELD, RADIUS_FIELD)
            painter.fillPath(shape, QColor(tokens.bg3))
            painter.fillRect(QRectF(box.left(), box.top() + 7, 3, box.height() - 14), QColor(tokens.acc))
        left = box.left() + 10
        if line.artifact is not None:
            self._paint_picture(painter, QRectF(left, box.center().y() - THUMBNAIL / 2, THUMBNAIL, THUMBNAIL), line)
            left += THUMBNAIL + 10
        right = box.right() - 10
        if line.now:
            icons.paint(painter, "tick", tokens.tx2, QRectF(right - 14, box.center().y() - 7, 14, 14))
            right -= 22
        if line.keys:
            right = self._paint_keys(painter, line.keys, right, box)
        elif line.note:
            painter.setFont(fonts.label())
            painter.setPen(QColor(tokens.tx3 if not chosen else tokens.tx2))
            width = painter.fontMetrics().horizontalAdvance(line.note)
            place = QRectF(right - width, box.top(), width, box.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, line.note)
            right -= width + 12
        painter.setFont(fonts.value())
        painter.setPen(QColor(tokens.tx1))
        room = QRectF(left, box.top(), max(right - left, 0.0), box.height())
        words = painter.fontMetrics().elidedText(line.title, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_keys(self, painter: QPainter, keys: str, right: float, box: QRectF) -> float:
        tokens = self._theme.tokens
        painter.setFont(fonts.caption())
        metrics = painter.fontMetrics()
        width, height = metrics.horizontalAdvance(keys) + 10, metrics.height() + 2
        cap = QRectF(right - width, box.center().y() - height / 2, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.bg4))
        painter.drawRoundedRect(cap, 4, 4)
        painter.setPen(QColor(tokens.tx2))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, keys)
        return right - width - 12

    def _paint_picture(self, painter: QPainter, box: QRectF, line: Found) -> None:
        assert line.artifact is not None
        shape = QPainterPath()
        shape.addRoundedRect(box, RADIUS_PICTURE, RADIUS_PICTURE)
        painter.fillPath(shape, QColor(self._theme.tokens.bg2))
        pixmap = self.pictures.get(line.artifact.id)
        if pixmap is not None:
            painter.setClipPath(shape)
            painter.drawPixmap(box, pixmap, QRectF(pixmap.rect()))
            painter.setClipping(False)


class FoundList(QListView):
    """taken(Found): one was clicked. chosen: the one that Enter takes."""

    taken = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._model, self._delegate = FoundModel(self), FoundDelegate(theme, self)
        self.setModel(self._model)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName("Answers")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        sizes.fix(self, height=LINES * ROW + 8, lines=LINES // 2)
        self.clicked.connect(lambda index: self._take(index))
        self.entered.connect(self._point)

    @property
    def chosen(self) -> Found | None:
        line = self.currentIndex().data(Qt.ItemDataRole.UserRole) if self.currentIndex().isValid() else None
        return line if isinstance(line, Found) else None

    def show_sections(self, sections: tuple[tuple[Found, ...], ...]) -> None:
        """Show the answers; the first one is chosen."""
        lines: list[Line] = []
        for section in sections:
            lines += [section[0].section]
            for at, found in enumerate(section):
                if at and found.section != section[at - 1].section:
                    lines.append(found.section)
                lines.append(found)
        self._model.show(tuple(lines))
        self.move(1)
        self.scrollToTop()

    def show_picture(self, artifact_id: str, image: QImage) -> None:
        """A thumbnail has come."""
        ratio = self.devicePixelRatioF()
        side = round(THUMBNAIL * ratio)
        mode = Qt.AspectRatioMode.KeepAspectRatioByExpanding
        scaled = image.scaled(side, side, mode, Qt.TransformationMode.SmoothTransformation)
        left, top = (scaled.width() - side) // 2, (scaled.height() - side) // 2
        self._delegate.pictures[artifact_id] = QPixmap.fromImage(scaled.copy(left, top, side, side))
        self.viewport().update()

    def move(self, step: int) -> None:
        """Choose the answer so many further on; titles are passed over."""
        rows = [row for row, line in enumerate(self._model.lines) if isinstance(line, Found)]
        if rows:
            here = self.currentIndex().row()
            at = rows.index(here) + step if here in rows else 0
            row = rows[min(max(at, 0), len(rows) - 1)]
            self.setCurrentIndex(self._model.index(row))
            if row == rows[0]:
                self.scrollToTop()

    def _take(self, index: QModelIndex) -> None:
        line = index.data(Qt.ItemDataRole.UserRole)
        if isinstance(line, Found):
            self.taken.emit(line)

    def _point(self, index: QModelIndex) -> None:
        if isinstance(index.data(Qt.ItemDataRole.UserRole), Found):
            self.setCurrentIndex(index)
