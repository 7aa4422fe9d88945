"""The top bar: the mark, the project, search and commands, the processor's load, the queue, the theme."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from studio.actions import Actions
from studio.panels.key_cap import KeyCap
from studio.panels.project_button import ProjectButton
from studio.theme import Theme, fonts, icons, sizes
from studio.viewmodels.projects import ProjectsInputs, ProjectsView
from studio.viewmodels.queue import QueueInputs, QueueView
from studio.viewmodels.view_model import ViewModel
from studio.widgets.buttons import IconButton
from studio.widgets.ring import Ring
from studio.widgets.text import Elided, line, repolish, text

HEIGHT, GAP, RULE = 44, 12, 18
ASKED = "Find a picture, a setting or a command"


class LoadBar(QWidget):
    """A short bar and its figure."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._part = theme, 0.0
        self.setFixedSize(36, 4)
        theme.changed.connect(self.update)

    def show_part(self, part: float) -> None:
        self._part = part
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.tokens.bg4))
            painter.drawRoundedRect(QRectF(self.rect()), 2, 2)
            painter.setBrush(QColor(self._theme.tokens.tx2))
            painter.drawRoundedRect(QRectF(0, 0, self.width() * self._part, self.height()), 2, 2)


class QueueButton(QPushButton):
    """The queue's ring and count."""

    def __init__(self, theme: Theme, model: ViewModel[QueueInputs, QueueView], actions: Actions) -> None:
        super().__init__()
        actions.explain(self, "queue")
        self.setAutoDefault(False)
        self._theme = theme
        self._ring = Ring(theme, 16, 2.5)
        self._mark = QLabel()
        self._count = text("", "tx1", fonts.section())
        self._count.setProperty("kind", "count")
        self._count.setIndent(0)
        self._count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._count.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        sizes.fix(self._count, height=16)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 10, 0)
        row.setSpacing(8)
        row.addWidget(self._mark)
        row.addWidget(self._ring)
        row.addWidget(text("Queue", "tx1", fonts.section()))
        row.addWidget(self._count)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        sizes.fix(self, height=28)
        self.clicked.connect(lambda: actions["queue"].trigger())
        model.watch("fraction", self._ring.show_progress)
        model.watch("open", self._show_count)
        theme.changed.connect(self._tint)
        self._tint()

    def sizeHint(self) -> QSize:
        return self.layout().sizeHint()

    def set_open(self, open_: bool) -> None:
        """Whether its sheet lies open below it."""
        self.setProperty("open", "true" if open_ else "false")
        for part in (self, self._count):
            repolish(part)

    def set_closed(self) -> None:
        self.set_open(False)

    def _show_count(self, count: int) -> None:
        self._count.setText(str(count))
        self._count.setVisible(count > 0)
        self._ring.setVisible(count > 0)
        self._mark.setVisible(count == 0)
        self.setAccessibleName(f"Queue, {count} open" if count else "Queue, empty")
        self.updateGeometry()

    def _tint(self) -> None:
        self._mark.setPixmap(icons.pixmap("queue", self._theme.tokens.tx2, 16, self.devicePixelRatioF()))


class TopBar(QFrame):
    """show_load(cores, part) fills in the processor's figures."""

    def __init__(
        self,
        theme: Theme,
        queue: ViewModel[QueueInputs, QueueView],
        projects: ViewModel[ProjectsInputs, ProjectsView],
        actions: Actions,
    ) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("surface", "bar")
        sizes.fix(self, height=HEIGHT)
        self.setAccessibleName("Top bar")
        self._mark = QLabel()
        self._mark.setPixmap(icons.pixmap("noisette", "#000000", 26, 2.0))
        self._chip, self._processor, self._load = QLabel(), text("", "tx2", fonts.value()), LoadBar(theme)
        self._percent = text("", "tx2", fonts.value())
        sizes.fix(self._percent, width=40)
        self._search = QPushButton()
        self._search.setAccessibleName(ASKED)
        actions.explain(self._search, "palette")
        self._search.setAutoDefault(False)
        self._search.setProperty("kind", "search")
        sizes.fix(self._search, height=28)
        self._search.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._search.clicked.connect(lambda: actions["palette"].trigger())
        self._glass = QLabel()
        inner = QHBoxLayout(self._search)
        inner.setContentsMargins(10, 0, 5, 0)
        inner.addWidget(self._glass)
        self._ask = Elided(ASKED, "tx3")
        inner.addWidget(self._ask, 1)
        inner.addWidget(KeyCap(actions, "palette"))
        for child in self._search.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.queue_button = QueueButton(theme, queue, actions)
        self._sun = IconButton(theme, "sun", "Theme").follow(actions["theme"])
        row = QHBoxLayout(self)
        row.setContentsMargins(9, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self._mark)
        row.addSpacing(2)
        self._name = text("Noisette", "tx1", fonts.card())
        row.addWidget(self._name)
        self.project = ProjectButton(theme, projects, actions)
        rule = line(vertical=True)
        rule.setFixedHeight(RULE)
        row.addSpacing(18)
        row.addWidget(rule)
        row.addSpacing(2)
        row.addWidget(self.project)
        row.addStretch(1)
        for part in (self._chip, self._processor, self._load, self._percent):
            row.addWidget(part)
        row.addSpacing(12)
        row.addWidget(self.queue_button)
        row.addWidget(self._sun)
        self._search.setParent(self)
        self._show_figures(False)
        projects.watch("name", lambda _: self._place_search())
        theme.changed.connect(self._tint)
        self._tint()

    def show_load(self, cores: int, part: float) -> None:
        """cores: that this process may use. part: of all cores, busy, 0 to 1."""
        self._processor.setText(f"CPU, {cores} core{'s' if cores != 1 else ''}")
        self._load.show_part(part)
        self._percent.setText(f"{part * 100:.0f} %")
        self._show_figures(True)
        self._place_search()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            # A neighbour has another size.
            self._place_search()
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_search()

    def _place_search(self) -> None:
        """In the middle, or as near to it as its neighbours leave room."""
        self.layout().activate()
        wide = self.width() >= 1300
        self._ask.setText(ASKED if wide else "Find anything")
        usual, height = (380 if wide else 250), self._search.height()
        left = self.project.geometry().right() + GAP
        right = (self.queue_button if self._chip.isHidden() else self._chip).geometry().left() - GAP
        width = min(usual, right - left)
        x = max(min((self.width() - width) // 2, right - width), left)
        self._search.setGeometry(x, (self.height() - height) // 2, width, height)

    def _show_figures(self, known: bool) -> None:
        for part in (self._chip, self._processor, self._load, self._percent):
            part.setVisible(known)

    def _tint(self) -> None:
        tokens = self._theme.tokens
        self._chip.setPixmap(icons.pixmap("processor", tokens.tx3, 16, 2.0))
        self._glass.setPixmap(icons.pixmap("search", tokens.tx3, 16, 2.0))
        self._place_search()
        self._sun.set_icon("sun" if tokens.name == "dark" else "moon")
