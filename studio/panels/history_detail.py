"""The History view's side panel: the picture, its relatives, and everything that made it."""

from __future__ import annotations

from collections.abc import Generator

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from studio.actions import Actions
from studio.archive import Archive
from studio.settings import Settings
from studio.theme import Theme, fonts
from studio.theme.tokens import MARGIN, RADIUS_PICTURE
from studio.viewmodels.detail import DetailView
from studio.viewmodels.recipe_rows import FactSection, as_text
from studio.widgets.buttons import Button, IconButton
from studio.widgets.fact_list import FactList
from studio.widgets.lineage_tree import LineageTree
from studio.widgets.section import INSET, Section
from studio.widgets.text import line, text, wrapped

SECTIONS = ("Words", "Settings", "Plan", "Model", "Made")
FOLDED_AT_FIRST = ("Model", "Made")
LARGEST_PICTURE = 276


class PictureBox(QWidget):
    """The picture, as wide as the room it is told of and never cut.

    A height that followed the box's own width would have a scroll bar come and go without end: with it the box is
    narrower, so lower, and the bar is not needed, until it is gone.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._image, self._room = theme, QImage(), 0
        self.setAccessibleName("Selected picture")
        theme.changed.connect(self.update)

    def show_image(self, image: QImage) -> None:
        """A null image shows an empty box."""
        self._image = image
        self._fit()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(LARGEST_PICTURE, LARGEST_PICTURE)

    def set_room(self, width: int) -> None:
        """How wide it is at least, whether a scroll bar stands beside it or not."""
        self._room = width
        self._fit()

    def _fit(self) -> None:
        part = self._image.height() / self._image.width() if not self._image.isNull() else 1.0
        self.setFixedHeight(round(min(self._room * min(part, 1.3), 1.3 * LARGEST_PICTURE)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            whole = QRectF(self.rect())
            if self._image.isNull():
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(self._theme.tokens.bg2))
                painter.drawRoundedRect(whole, RADIUS_PICTURE, RADIUS_PICTURE)
                return
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            box = QRectF((whole.width() - size.width()) / 2, 0, size.width(), size.height())
            shape = QPainterPath()
            shape.addRoundedRect(box, RADIUS_PICTURE, RADIUS_PICTURE)
            painter.setClipPath(shape)
            painter.drawImage(box, self._image)


class HistoryDetail(QFrame):
    """Shows the archive's detail; what can be done stands at its foot."""

    def __init__(self, theme: Theme, archive: Archive, settings: Settings, actions: Actions, parent: QWidget) -> None:
        """An empty panel; `filling` puts on it what it shows."""
        super().__init__(parent)
        self._theme, self._archive, self._settings, self._actions = theme, archive, settings, actions
        self.setProperty("surface", "panel")
        self.setAccessibleName("Selected picture and its settings")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._scroll, self._content, self._foot = QScrollArea(self), QFrame(), QWidget(self)

    def filling(self) -> Generator[None]:
        """Make what is on the panel, a part at each step."""
        yield from self._build()
        yield
        self._archive.pictured.connect(self.picture.show_image)
        self._archive.detail.watch_all(self._show)

    def _section(self, title: str, content: QWidget) -> Section:
        section = Section(self._theme, title, self._content)
        section.body.addWidget(content)
        key = f"history/folded/{title}"
        section.set_folded(self._settings.value(key, title in FOLDED_AT_FIRST))
        section.folded.connect(lambda folded: self._settings.keep(key, folded))
        return section

    def _build(self) -> Generator[None]:
        scroll = self._scroll
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._content)
        self._hint = wrapped("", "tx2")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(scroll, 1)
        whole.addWidget(self._hint, 1)
        whole.addWidget(self._foot)
        self._content.setProperty("surface", "panel")
        column = QVBoxLayout(self._content)
        column.setContentsMargins(MARGIN - INSET, 12, MARGIN, 8)
        column.setSpacing(8)
        above, sections = QVBoxLayout(), QVBoxLayout()
        column.addLayout(above)
        column.addLayout(sections)
        column.addStretch(1)
        above.setContentsMargins(INSET, 0, 0, 0)
        above.setSpacing(8)
        self.picture = PictureBox(self._theme)
        self.prompt = wrapped("", "tx1", fonts.prompt())
        self.prompt.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.chosen = text("", "tx2", fonts.value())
        for part in (self.chosen, self.picture, self.prompt):
            above.addWidget(part)
        above.addLayout(self._icons())
        yield
        sections.setSpacing(0)
        self._lists = {title: FactList() for title in SECTIONS}
        self._sections: dict[str, Section] = {}
        self.tree = LineageTree(self._theme, self._archive.kin_thumbnails)
        self.tree.reached.connect(scroll.ensureWidgetVisible)
        for title, facts in self._lists.items():
            self._sections[title] = self._section(title, facts)
            sections.addWidget(self._sections[title])
            yield
            if title == "Settings":
                self._lineage = self._section("Lineage", self.tree)
                sections.addWidget(self._lineage)
                yield
        self._build_foot()

    def _icons(self) -> QHBoxLayout:
        self.star = IconButton(self._theme, "star", "Favourite", checkable=True, checked_icon="star_filled")
        self.star.setToolTip(self._actions["favourite"].toolTip())
        self.star.clicked.connect(lambda: self._actions["favourite"].trigger())
        self.export = IconButton(self._theme, "export", "Export…").follow(self._actions["export"])
        self.delete = IconButton(self._theme, "trash", "Delete").follow(self._actions["delete"])
        self.to_project = IconButton(self._theme, "folder_move", "Move to project…")
        self.to_project.follow(self._actions["move_to_project"])
        self.copy = IconButton(self._theme, "copy", "Copy all settings", "Copy all settings as text")
        self.copy.clicked.connect(self._copy)
        row = QHBoxLayout()
        row.setSpacing(4)
        for button in (self.star, self.export, self.copy, self.to_project, self.delete):
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _build_foot(self) -> None:
        self.again = Button(self._theme, "Make again", "main", "reset")
        self.reuse = Button(self._theme, "Use these settings", "tight")
        self.open = Button(self._theme, "Open in Create", "tight")
        self.verdict = wrapped("", "tx1", fonts.value())
        self.restore = Button(self._theme, "Restore", "main", "restore")
        self.purge = Button(self._theme, "Delete for good…", "danger")
        for button, name in (
            (self.again, "make_again"),
            (self.reuse, "reuse"),
            (self.open, "open_in_create"),
            (self.restore, "restore"),
            (self.purge, "purge"),
        ):
            action = self._actions[name]
            button.setToolTip(action.toolTip())
            button.clicked.connect(lambda _=False, action=action: action.trigger())
            button.setEnabled(action.isEnabled())
            action.enabledChanged.connect(button.setEnabled)
        self._pair = QHBoxLayout()
        self._pair.setSpacing(6)
        self._pair.addWidget(self.reuse, 6)
        self._pair.addWidget(self.open, 5)
        column = QVBoxLayout(self._foot)
        column.setContentsMargins(0, 0, 0, 12)
        column.setSpacing(8)
        column.addWidget(line())
        inner = QVBoxLayout()
        inner.setContentsMargins(MARGIN, 0, MARGIN, 0)
        inner.setSpacing(8)
        inner.addWidget(self.verdict)
        for button in (self.again, self.restore, self.purge):
            inner.addWidget(button)
        inner.addLayout(self._pair)
        column.addLayout(inner)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.picture.set_room(self.width() - 2 * MARGIN - self._scroll.verticalScrollBar().sizeHint().width())
        # One below the other where two do not fit side by side: large text, or a narrow panel.
        room = self.width() - 2 * MARGIN - self._pair.spacing()
        fits = self.reuse.sizeHint().width() + self.open.sizeHint().width() <= room
        self._pair.setDirection(QHBoxLayout.Direction.LeftToRight if fits else QHBoxLayout.Direction.TopToBottom)

    def _show(self, view: DetailView) -> None:
        self._hint.setText(view.hint)
        if view.shown:
            self._fill(view)
        # Last: what is put on something that is shown already is laid out label by label.
        self._hint.setVisible(not view.shown)
        self._scroll.setVisible(view.shown)
        self._foot.setVisible(view.shown)

    def _fill(self, view: DetailView) -> None:
        self.prompt.setText(view.prompt)
        self.chosen.setText(view.chosen)
        self.chosen.setVisible(bool(view.chosen))
        self.star.setChecked(view.favourite)
        self.star.setVisible(not view.binned)
        for button in (self.to_project, self.delete):
            button.setVisible(not view.binned)
        for button in (self.again, self.reuse, self.open):
            button.setVisible(not view.binned)
        for button in (self.restore, self.purge):
            button.setVisible(view.binned)
        self.verdict.setText(view.verdict)
        self.verdict.setVisible(bool(view.verdict))
        self._lineage.setVisible(bool(view.lines))
        current = self._archive.current
        self.tree.show_lines(view.lines, view.links, current.id if current else "")
        told: dict[str, FactSection] = {section.title: section for section in view.sections}
        for title, section in self._sections.items():
            section.setVisible(title in told)
            if title in told:
                self._lists[title].show_facts(told[title].facts)

    def _copy(self) -> None:
        if self._archive.current is not None:
            QApplication.clipboard().setText(as_text(self._archive.current))
            self._archive.said.emit("All settings copied")
