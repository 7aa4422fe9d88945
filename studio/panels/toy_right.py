"""The 2D mode's right panel: what is shown, the two solvers, and what was measured."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout

from studio.panels.toy_solvers import SolverPair
from studio.settings import Settings
from studio.theme import Theme, fonts
from studio.theme.tokens import MARGIN
from studio.twin import Twin
from studio.viewmodels.toy import FIGURE_TIPS, Figures, ToyView
from studio.widgets.section import Section
from studio.widgets.switch import Switch
from studio.widgets.text import surface, text, wrapped

LAYERS = (("density", "Density"), ("arrows", "Vector field"), ("paths", "Paths"), ("particles", "Particles"))
HIDDEN = "plane/hidden"


class ToyRight(QFrame):
    """layered(frozenset of names): which layers the planes show."""

    layered = Signal(object)

    def __init__(self, theme: Theme, twin: Twin, settings: Settings) -> None:
        super().__init__()
        self._twin, self._settings = twin, settings
        self.setProperty("surface", "panel")
        self.setAccessibleName("What is shown and measured")
        self._hidden: set[str] = set(settings.value(HIDDEN, []))
        self.switches = {name: Switch(theme, words) for name, words in LAYERS}
        self.pair = SolverPair(theme, twin)
        self._figures = QGridLayout()
        self._shown: Figures | None = None
        self._build(theme)
        for name, switch in self.switches.items():
            switch.setChecked(name not in self._hidden)
            switch.toggled.connect(lambda on, name=name: self._set_layer(name, on))

    @property
    def layers(self) -> frozenset[str]:
        """Those that are shown."""
        return frozenset(name for name, _ in LAYERS if name not in self._hidden)

    def needed_width(self) -> int:
        """Pixels that what it holds takes."""
        return self._body.minimumSizeHint().width() + self._bar.sizeHint().width()

    def show_view(self, view: ToyView) -> None:
        self._solving.setVisible(self._twin.model.inputs.layout == "solvers")
        self.pair.show_view(view)
        self._show_figures(view.figures)

    def _build(self, theme: Theme) -> None:
        body = self._body = surface("panel")
        column = QVBoxLayout(body)
        column.setContentsMargins(MARGIN, 10, MARGIN, MARGIN)
        column.setSpacing(2)
        shown, figures = Section(theme, "Shown", first=True), Section(theme, "Measured")
        self._measured = figures
        self._solving = Section(theme, "Solvers at equal cost")
        for name, words in LAYERS:
            row = QHBoxLayout()
            row.addWidget(text(words, "tx2"), 1)
            row.addWidget(self.switches[name])
            shown.body.addLayout(row)
        self._solving.body.addWidget(self.pair)
        self._figures.setContentsMargins(0, 0, 0, 0)
        self._figures.setVerticalSpacing(4)
        self._figures.setColumnStretch(0, 1)
        figures.body.addLayout(self._figures)
        for section in (shown, self._solving, figures):
            column.addWidget(section)
        column.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(body)
        self._bar = area.verticalScrollBar()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def _set_layer(self, name: str, on: bool) -> None:
        (self._hidden.discard if on else self._hidden.add)(name)
        self._settings.keep(HIDDEN, sorted(self._hidden))
        self.layered.emit(self.layers)

    def _show_figures(self, figures: Figures) -> None:
        if figures == self._shown:
            return
        self._shown = figures
        self._measured.setVisible(bool(figures))
        while (item := self._figures.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                # At once: it lives on until Qt comes to delete it.
                widget.hide()
                widget.deleteLater()
        for row, (name, value) in enumerate(figures):
            if value:
                label = wrapped(name, "tx2")
                label.setToolTip(FIGURE_TIPS.get(name, ""))
                self._figures.addWidget(label, row, 0)
                self._figures.addWidget(text(value, "tx1", fonts.value()), row, 1)
            else:
                self._figures.addWidget(text(name, "tx1", fonts.section()), row, 0, 1, 2)
