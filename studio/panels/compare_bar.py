"""The bar of the Compare mode: seed, evaluations, model, reference, repeats; add a lane; run."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QInputDialog, QMenu, QPushButton, QSizePolicy, QWidget

from core.requests import MAX_SEED
from core.samplers.cards import CARDS
from studio.actions import Actions
from studio.race import Race
from studio.theme import Theme, fonts, sizes
from studio.viewmodels import wording
from studio.viewmodels.compare_views import CompareView
from studio.viewmodels.race_draft import EVALUATIONS, REFERENCES, REPEATS
from studio.widgets.buttons import Button
from studio.widgets.search_menu import SearchMenu
from studio.widgets.text import Elided, text

HEIGHT = 44
EDGES, GAP = 36, 6
"""Margins of the row, and what lies between its parts, pixels."""
FOLDS = (
    (True, True, True, 5),
    (False, True, True, 5),
    (False, False, True, 5),
    *((False, False, False, count) for count in (5, 4, 3, 2)),
)
"""With the title, the chips' names, the word on the button that adds, and so many chips."""


class Chip(QPushButton):
    """A name in a quiet tone and its value; a menu of others opens below.

    gives: it takes the width that it gets, and a value that does not fit is cut; else it is as wide as its words.
    """

    def __init__(self, theme: Theme, name: str, *, gives: bool = False) -> None:
        super().__init__()
        self._gives = gives
        self._theme, self._name = theme, name
        self.setProperty("kind", "chip")
        self.setFont(fonts.label())
        self.setAutoDefault(False)
        sizes.fix(self, height=28)
        self.setSizePolicy(QSizePolicy.Policy.Ignored if gives else QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(9, 0, 8, 0)
        self._row.setSpacing(6)
        self.name, self._chevron = text(name, "tx2"), text("")
        if gives:
            self.name = text(name, "tx1", fonts.section())
        self.value = Elided("", "tx1", fonts.section()) if gives else text("", "tx1", fonts.section())
        for part in (self.name, self.value, self._chevron):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self._row.addWidget(part, int(gives and part is self.value))
        self.menu_ = QMenu(self)
        self.menu_.setAccessibleName(name)
        self.clicked.connect(lambda: self.menu_.popup(self.mapToGlobal(self.rect().bottomLeft())))
        theme.changed.connect(self._tint)
        self._tint()

    def show_value(self, words: str) -> None:
        self.value.setText(words)
        self.setAccessibleName(f"{self._name}: {words}")
        self.updateGeometry()

    def room(self, *, named: bool) -> int:
        """How wide it is with its name, or without."""
        parts = (self.name, self.value, self._chevron) if named else (self.value, self._chevron)
        return sum(part.sizeHint().width() + GAP for part in parts) - GAP + 19

    def sizeHint(self) -> QSize:
        return QSize(self.room(named=not self.name.isHidden()), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height()) if self._gives else self.sizeHint()

    def _tint(self) -> None:
        self._chevron.setPixmap(self._theme.icon("chevron_down", "tx2", 12).pixmap(12, 12))


class CompareBar(QFrame):
    """Changes the race's settings; `run` is the main button."""

    def __init__(self, theme: Theme, race: Race, actions: Actions) -> None:
        super().__init__()
        self._theme, self._race, self._actions = theme, race, actions
        self.setProperty("surface", "panel")
        self.setAccessibleName("Race")
        sizes.fix(self, height=HEIGHT)
        self.title = text("", "tx1", fonts.card())
        self.seed, self.evaluations = Chip(theme, "Seed"), Chip(theme, "Evaluations")
        self.model, self.reference, self.repeats = Chip(theme, "Model"), Chip(theme, "Reference"), Chip(theme, "Seeds")
        self.add = Button(theme, "Add sampler", "plain", "plus")
        self.run = Button(theme, "Run", "main", "run")
        sizes.fix(self.run, height=28)
        self.run.setFont(fonts.section())
        self._explain(actions)
        self.add_menu = SearchMenu(parent=self.add)
        self.add_menu.aboutToShow.connect(self._fill_add)
        self.add.clicked.connect(lambda: self.add_menu.popup(self.add.mapToGlobal(self.add.rect().bottomLeft())))
        self.run.clicked.connect(self._run_or_stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 14, 0)
        row.setSpacing(6)
        self.title.setContentsMargins(0, 0, 12, 0)
        row.addWidget(self.title)
        for chip in (self.seed, self.evaluations, self.model, self.reference, self.repeats):
            row.addWidget(chip)
        row.addStretch(1)
        row.addWidget(self.add)
        row.addWidget(self.run)
        self._fill_menus()
        race.model.watch_all(self._show)

    def choose_model(self) -> None:
        """Open the menu of models."""
        self.model.click()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fold()
        return super().event(event)

    def _fold(self) -> None:
        """Where there is no room for all words the title gives way, then the chips' names, then the word on `add`.

        The last chips give way after that: what they offer is in the first one's menu then.
        """
        chips = (self.seed, self.evaluations, self.model, self.reference, self.repeats)
        for titled, named, worded, count in FOLDS:
            needed = EDGES + self.add.room(worded=worded) + GAP + self.run.sizeHint().width() + GAP
            needed += sum(chip.room(named=named) + GAP for chip in chips[:count])
            needed += self.title.sizeHint().width() + GAP if titled else 0
            if needed <= self.width():
                break
        self.title.setVisible(titled)
        self.add.set_worded(worded)
        for place, chip in enumerate(chips):
            chip.name.setVisible(named)
            chip.setVisible(place < count)
            if place > 0:
                chip.menu_.menuAction().setVisible(place >= count)

    def _explain(self, actions: Actions) -> None:
        actions.explain(self.add, "add_lane")
        actions.explain(self.run, "generate")
        tips = {
            self.seed: "The noise that every lane begins with",
            self.evaluations: "Network evaluations of each lane: Heun, of two a step, gets half the steps",
            self.model: "The model of every lane",
            self.reference: "The fine solution that errors are measured against, in evaluations; it is kept",
            self.repeats: "Over how many seeds: with six or more, intervals are told and pictures are judged",
        }
        for chip, tip in tips.items():
            chip.setToolTip(tip)

    def _fill_menus(self) -> None:
        race = self._race
        for count in EVALUATIONS:
            self._offer(self.evaluations, f"{count} each", lambda count=count: race.change(evaluations=count))
        for steps in REFERENCES:
            words = f"Heun, {wording.whole(2 * steps)} evaluations"
            self._offer(self.reference, words, lambda steps=steps: race.set_reference(steps))
        for count in REPEATS:
            words = wording.count(count, "seed")
            self._offer(self.repeats, words, lambda count=count: race.change(repeats=count))
        self.repeats.menu_.addSeparator()
        self._slopes = self._offer(
            self.repeats, "Measure slopes too", lambda: race.change(slopes=not race.draft.slopes), checkable=True
        )
        self._offer(self.seed, "New seed", race.new_seed)
        self._offer(self.seed, "Type a seed…", self._ask_seed)
        for chip in (self.evaluations, self.model, self.reference, self.repeats):
            chip.menu_.setTitle(chip.menu_.accessibleName())
            self.seed.menu_.addMenu(chip.menu_).setVisible(False)
        self.model.menu_.aboutToShow.connect(self._fill_models)

    def _offer(self, chip: Chip, words: str, deed: object, *, checkable: bool = False) -> QAction:
        action = chip.menu_.addAction(words)
        action.setCheckable(checkable)
        action.triggered.connect(lambda _checked=False: deed())  # type: ignore[operator]
        return action

    def _fill_models(self) -> None:
        self.model.menu_.clear()
        for model_id, title in self._race.model.inputs.titles:
            self._offer(self.model, title, lambda model_id=model_id: self._race.set_model(model_id))

    def _fill_add(self) -> None:
        self.add_menu.clear()
        taken = {lane.request.sampler for lane in self._race.draft.lanes}
        for card in CARDS:
            action = self.add_menu.addAction(card.title + ("  (is in the race)" if card.name in taken else ""))
            action.triggered.connect(lambda _checked=False, name=card.name: self._race.add_lane(name))
        self.add_menu.addSeparator()
        self.add_menu.addAction("Create's settings").triggered.connect(lambda _=False: self._race.add_from_create())
        self.add_menu.addSeparator()
        self.add_menu.addAction("Open a race…").triggered.connect(lambda _=False: self._actions["open_race"].trigger())

    def _ask_seed(self) -> None:
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Seed")
        dialog.setLabelText("The seed of every lane's noise")
        dialog.setTextValue(str(self._race.draft.seed))
        dialog.textValueSelected.connect(self._take_seed)
        dialog.open()

    def _take_seed(self, words: str) -> None:
        digits = "".join(words.split())
        if digits.isdecimal() and int(digits) < MAX_SEED - 1000:
            self._race.change(seed=int(digits))
        else:
            self._race.said.emit(f"{words!r} is no seed; give a whole number")

    def _run_or_stop(self) -> None:
        self._race.cancel() if self._race.busy else self._race.run()

    def _show(self, view: CompareView) -> None:
        self.title.setText(view.title)
        self.title.setToolTip(view.prompt)
        self.seed.show_value(wording.whole(view.seed))
        self.evaluations.show_value(f"{view.evaluations} each")
        self.model.show_value(view.model_title or "several")
        self.reference.show_value(f"Heun, {wording.whole(2 * view.reference)}")
        self.repeats.show_value(str(view.repeats))
        self._slopes.setChecked(self._race.draft.slopes)
        if self.add.hasFocus() and not view.can_add:
            # It would go to wherever Qt finds a control; this is what follows.
            self.run.setFocus()
        self.add.setEnabled(view.can_add)
        self.run.setText("Stop" if view.busy else view.run_label)
        self.run.set_icon("close" if view.busy else "run")
        self.run.set_calm(view.busy)
        self.run.setEnabled(view.busy or not view.problem)


def focusable(bar: CompareBar) -> tuple[QWidget, ...]:
    """In the keyboard's order."""
    return bar.seed, bar.evaluations, bar.model, bar.reference, bar.repeats, bar.add, bar.run
