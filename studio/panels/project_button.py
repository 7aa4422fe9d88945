"""The current project in the top bar; opens the menu of projects."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from studio.actions import Actions
from studio.theme import Theme, fonts, icons, sizes
from studio.viewmodels.projects import ProjectsInputs, ProjectsView
from studio.viewmodels.view_model import ViewModel
from studio.widgets.text import Elided

MOST, EDGES = 200, 36
"""Greatest width of the name; its margins and the chevron's place."""


class ProjectButton(QPushButton):
    """As wide as the name, up to `MOST`."""

    def __init__(self, theme: Theme, model: ViewModel[ProjectsInputs, ProjectsView], actions: Actions) -> None:
        super().__init__()
        self._theme = theme
        actions.explain(self, "projects")
        self.setProperty("kind", "quiet")
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        sizes.fix(self, height=28)
        self._name, self._chevron = Elided("", "tx1", fonts.section()), QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 6, 0)
        row.setSpacing(4)
        row.addWidget(self._name, 1)
        row.addWidget(self._chevron)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.clicked.connect(lambda: actions["projects"].trigger())
        model.watch("name", self._show)
        theme.changed.connect(self._tint)
        self._tint()

    def sizeHint(self) -> QSize:
        name = min(self._name.fontMetrics().horizontalAdvance(self._name.text()) + 2, sizes.wide(MOST))
        return QSize(name + EDGES, sizes.tall(28))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), sizes.wide(60) + EDGES), sizes.tall(28))

    def _show(self, name: str) -> None:
        self._name.setText(name)
        self.setAccessibleName(f"Project: {name}")
        self.updateGeometry()

    def _tint(self) -> None:
        self._chevron.setPixmap(icons.pixmap("chevron_down", self._theme.tokens.tx2, 14, self.devicePixelRatioF()))
        self.updateGeometry()
