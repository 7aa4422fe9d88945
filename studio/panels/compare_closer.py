"""Look closer: two lanes swiped, in turns, side by side or as their difference."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from studio.actions import Actions
from studio.panels.compare_bar import Chip
from studio.race import Race
from studio.theme import Theme, fonts, sizes
from studio.viewmodels.compare_views import CompareView, Look
from studio.viewmodels.difference import Difference
from studio.widgets.buttons import Button
from studio.widgets.difference_map import DifferenceMap
from studio.widgets.pair_view import PairView
from studio.widgets.segmented import Segmented
from studio.widgets.slider_field import SliderField
from studio.widgets.text import line, text

LOOKS = ("Swipe", "Blink", "Difference", "Side")
GAINS = (1.0, 64.0, 4.0)
"""Least, largest, usual."""


class CloserPanel(QFrame):
    """At the right; in a small window a drawer."""

    def __init__(self, theme: Theme, race: Race, actions: Actions) -> None:
        super().__init__()
        self._race = race
        self.setProperty("surface", "panel")
        self.setAccessibleName("Look closer")
        self.sides = {side: Chip(theme, side.upper(), gives=True) for side in "ab"}
        self._offered: tuple[str, ...] = ()
        self.looks = Segmented("Look", LOOKS, spread=True)
        self.looks.chosen.connect(lambda at: race.set_look(Look(at)))
        for at, words in enumerate(LOOKS):
            self.looks.layout().setStretch(at, len(words) + 4)
        self.pair, self.map = PairView(theme), DifferenceMap(theme)
        self.gain = SliderField(
            theme,
            "Gain",
            *GAINS[:2],
            1.0,
            lambda value: f"{value:g} ×",
            tip="How much darker differences reach the end of the scale.",
            log=True,
            read=lambda words: float(words.replace("×", "").strip() or 1),
        )
        sizes.bound(self.gain.label, least_width=34)
        self.gain.set_value(race.gain, GAINS[2])
        self.gain.changed.connect(race.set_gain)
        race.gained.connect(lambda gain: self.gain.set_value(gain, gain))
        self.psnr = text("", "tx2", fonts.value())
        self.keep = Button(theme, "Keep B", "plain", "tick")
        self.export = Button(theme, "Export sheet…", "plain", "export")
        actions.explain(self.keep, "keep_side")
        actions.explain(self.export, "export")
        self.keep.clicked.connect(lambda: race.keep_lane(race.model.view.b))
        self.export.clicked.connect(lambda: actions["export"].trigger())
        self._hint = text("", "tx3", fonts.caption())
        self._actions = actions
        actions.changed.connect(self._tell_keys)
        self._tell_keys()
        self._build()
        race.model.watch_all(self._show)
        race.differed.connect(self._differ)

    def _offer(self, names: tuple[str, ...]) -> None:
        for side, chip in self.sides.items():
            chip.menu_.clear()
            for at, name in enumerate(names):
                chip.menu_.addAction(name).triggered.connect(
                    lambda _=False, side=side, at=at: self._race.choose(side, at)
                )
        self._offered = names

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(text("Look closer", "tx1", fonts.section()))
        head.addStretch(1)
        head.addWidget(self._hint)
        sides = QHBoxLayout()
        sides.setSpacing(6)
        for box in self.sides.values():
            sides.addWidget(box, 1)
        difference = QHBoxLayout()
        difference.addWidget(text("Difference, A \u2212 B", "tx1", fonts.section()))
        difference.addStretch(1)
        difference.addWidget(self.psnr)
        foot = QHBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(self.keep, 1)
        foot.addWidget(self.export, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 9, 14, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(sides)
        column.addWidget(self.looks)
        column.addWidget(self.pair, 30)
        column.addSpacing(6)
        column.addWidget(line())
        column.addSpacing(4)
        column.addLayout(difference)
        column.addWidget(self.map, 20)
        column.addWidget(self.gain)
        column.addStretch(1)
        column.addLayout(foot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Neither gets more than a square picture fills: what is left over lies above the foot.
        self.pair.setMaximumHeight(self.pair.width())
        self.map.setMaximumHeight(self.map.square())

    def _show(self, view: CompareView) -> None:
        names = tuple(column.name for column in view.columns)
        if names != self._offered:
            self._offer(names)
        for side, at in (("a", view.a), ("b", view.b)):
            self.sides[side].show_value(names[at] if names else "")
        self.looks.choose(view.look)
        self.pair.set_look(view.look)
        pair = self._race.pair()
        if names:
            self.pair.show_pair(*pair, (names[view.a], names[view.b]))
        self.keep.setEnabled(pair[1] is not None and not view.busy)
        self.export.setEnabled(view.can_export)
        self.keep.setToolTip("Make the picture of lane B for Create and History")

    def _differ(self, difference: Difference | None) -> None:
        self.pair.show_difference(difference)
        self.map.show_difference(difference)
        self.psnr.setText("" if difference is None else difference.words)

    def _tell_keys(self) -> None:
        keys = self._actions.shown_keys("swap_sides")
        self._hint.setText(f"{keys} swaps A and B" if keys else "")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignRight)
