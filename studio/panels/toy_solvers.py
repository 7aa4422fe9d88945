"""Two solvers to be set side by side: their samplers with what these can be told, and the grid that both follow."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.diffusion.grids.cards import GRID_CARDS
from core.diffusion.time_grid import GRIDS
from core.grid_settings import GridSettings
from core.samplers.cards import CARDS
from studio.focus_keys import OWN_KEYS
from studio.panels.solver_options import SolverOptions
from studio.theme import Theme, fonts
from studio.theme.tokens import SAMPLER_SERIES
from studio.twin import Twin
from studio.viewmodels.toy import Side, ToyView
from studio.widgets.choice import Choice
from studio.widgets.markers import marker_icon
from studio.widgets.slider_field import SliderField
from studio.widgets.text import text

SIDES = ("Left", "Right")
CREATE = "As in Create"


class SamplerChoice(Choice):
    """Finds a sampler by the letters that are typed; only those that move time stay the window's."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name)
        self.setProperty(OWN_KEYS, True)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
            letter = event.key() == Qt.Key.Key_Space or Qt.Key.Key_0 <= event.key() <= Qt.Key.Key_Z
            if plain and letter and event.key() not in (Qt.Key.Key_J, Qt.Key.Key_K):
                event.accept()
                return True
        return super().event(event)


class SolverSide(QWidget):
    """One of the two. chosen(sampler), noised(eta), told(setting, value)."""

    chosen = Signal(str)
    noised = Signal(float)
    told = Signal(str, float)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.samplers = SamplerChoice(theme, f"{name} sampler")
        for card in CARDS:
            self.samplers.addItem(card.title, card.name)
            tip = f"{card.family}, order {card.order}\n{card.source}"
            self.samplers.setItemData(self.samplers.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.eta = SliderField(
            theme,
            "Amount η",
            0,
            1,
            0.01,
            lambda value: f"{value:.2f}",
            title="Fresh noise η",
            tip="How much fresh noise each step adds: 0 is deterministic, 1 ancestral.",
        )
        self.options = SolverOptions(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(2)
        column.addWidget(text(name, "tx2", fonts.caption()))
        for part in (self.samplers, self.eta, self.options):
            column.addWidget(part)
        self.samplers.activated.connect(lambda at: self.chosen.emit(self.samplers.itemData(at)))
        self.eta.changed.connect(self.noised)
        self.options.changed.connect(self.told)
        theme.changed.connect(self._tint)
        self._tint()

    def show_side(self, side: Side) -> None:
        card = side.card
        self.samplers.take(card.name)
        self.samplers.set_note(f"{card.evaluations_per_step} a step{' or more' if card.varies else ''}")
        self.eta.setVisible(card.eta is not None)
        if card.eta is not None:
            self.eta.set_bounds(card.eta.low, card.eta.high)
            self.eta.set_value(side.eta, card.eta.default)
        self.options.show_options(side.options)

    def _tint(self) -> None:
        for at in range(self.samplers.count()):
            self.samplers.setItemIcon(at, self._marker(self.samplers.itemData(at)))

    def _marker(self, sampler: str) -> QIcon:
        series = self._theme.tokens.series[SAMPLER_SERIES.get(sampler, 0)]
        return marker_icon(series.marker, QColor(series.colour))


class SolverPair(QWidget):
    """Writes into the twin, shows its view."""

    def __init__(self, theme: Theme, twin: Twin) -> None:
        super().__init__()
        self._twin = twin
        self.evaluations = SliderField(
            theme,
            "Evaluations",
            2,
            64,
            1,
            lambda value: str(round(value)),
            whole=True,
            tip="How often each solver may ask the model. One that asks twice a step makes about half the steps.",
        )
        self.grids = Choice(theme, "Time grid")
        for card in GRID_CARDS:
            if card.name in GRIDS:
                self.grids.addItem(card.title, card.name)
                self.grids.setItemData(self.grids.count() - 1, card.summary, Qt.ItemDataRole.ToolTipRole)
        self.grids.insertSeparator(self.grids.count())
        self.grids.addItem(CREATE, "")
        tip = "The grid of Create as it stands there, with its bends, its handles or its list"
        self.grids.setItemData(self.grids.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.sides = tuple(SolverSide(theme, name) for name in SIDES)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.evaluations)
        column.addWidget(text("Time grid of both", "tx2", fonts.caption()))
        column.addWidget(self.grids)
        for at, side in enumerate(self.sides):
            column.addWidget(side)
            side.chosen.connect(lambda name, at=at: twin.set_sampler(at, name))
            side.noised.connect(lambda eta, at=at: twin.set_eta(at, eta))
            side.told.connect(lambda name, value, at=at: self._tell(at, name, value))
        self.evaluations.changed.connect(lambda value: twin.change(evaluations=round(value)))
        self.grids.activated.connect(lambda at: twin.set_grid(self.grids.itemData(at)))

    def show_view(self, view: ToyView) -> None:
        inputs = self._twin.model.inputs
        self.evaluations.set_value(inputs.evaluations, 16)
        plain = inputs.grid in GRIDS and inputs.bends == GridSettings()
        with QSignalBlocker(self.grids):
            self.grids.setCurrentIndex(self.grids.findData(inputs.grid if plain else ""))
        title = next((card.title for card in GRID_CARDS if card.name == inputs.grid), inputs.grid)
        self.grids.set_note("" if plain else title)
        for side, shown in zip(self.sides, view.sides, strict=True):
            side.show_side(shown)

    def _tell(self, at: int, setting: str, value: float) -> None:
        if not self._twin.set_option(at, setting, value):
            # The slider goes back to where it was.
            self.sides[at].show_side(self._twin.model.view.sides[at])
