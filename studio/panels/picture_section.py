"""The left panel's Picture part: size, count, seed, what to start from, and blended seeds."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLayout, QMenu, QVBoxLayout, QWidget

from core.requests import MAX_COUNT, MAX_SEED, Variation
from studio.actions import Actions
from studio.session import Session
from studio.theme import Theme, fonts, sizes
from studio.viewmodels import wording
from studio.viewmodels.prompt import SIZES_SHOWN
from studio.widgets.buttons import Button, IconButton
from studio.widgets.drop_zone import DropZone
from studio.widgets.file_dialog import ask_for_picture
from studio.widgets.number_field import NumberField
from studio.widgets.segmented import Segmented
from studio.widgets.slider_field import SliderField
from studio.widgets.stepper import Stepper
from studio.widgets.text import Elided, repolish, retone, text, wrapped

LABEL_WIDTH = 78
BLAMED = {"count": "Count", "width": "Size", "seed": "Seed"}
"""The fields here that a failed run may blame, and their labels; other panels mark their own."""
BLEND_STRENGTH = 0.2
"""A blend's strength when it is first asked for."""


class PictureSection(QWidget):
    """Writes into the desk's draft, shows its prompt view model."""

    def __init__(self, theme: Theme, session: Session, actions: Actions) -> None:
        super().__init__()
        self._theme, self._session, self._actions = theme, session, actions
        self.sizes = Segmented("Size", spread=True)
        self.count = Stepper(theme, "Count", 1, MAX_COUNT)
        self.seed = NumberField("Seed", 0, MAX_SEED - MAX_COUNT, 1, lambda v: wording.whole(int(v)), whole=True)
        self.lock = IconButton(theme, "lock_open", "Keep the seed", checkable=True, checked_icon="lock")
        actions.explain(self.lock, "lock_seed")
        self.dice = IconButton(theme, "dice", "New seed").follow(actions["new_seed"])
        self.start = DropZone(theme, "Drop a picture here")
        self.start.setAccessibleName("Start from a picture")
        self.start.setToolTip("Drop a picture file or a tile of the history, or click to choose a file")
        self.started = Elided("", "tx1")
        self.drop_start = IconButton(theme, "close", "Start from noise again")
        self.strength = SliderField(
            theme,
            "Strength",
            0.05,
            1,
            0.05,
            lambda value: f"{value:.2f}",
            tip="How much of the start picture is made anew: at 1.00 nothing of it is left.",
        )
        self.turned = Elided("", "tx1")
        self.drop_turns = IconButton(theme, "close", "Back to the noise before it was turned")
        self.blend = Button(theme, "Blend seeds", "section", "chevron_right")
        self.blend.setCheckable(True)
        self.blend.setToolTip("Turn the seed's noise a part of the way towards another seed's")
        self.other = NumberField("Other seed", 0, MAX_SEED - MAX_COUNT, 1, lambda v: wording.whole(int(v)), whole=True)
        self.share = SliderField(
            theme,
            "Share",
            0,
            1,
            0.01,
            lambda value: f"{value:.2f}",
            tip="0.00 is the seed's own picture, 1.00 the other seed's; between them one turns into the other.",
        )
        self._shown_sizes: tuple[str, ...] = ()
        self.names: dict[str, QLabel] = {}
        self.blame = wrapped("", "err")
        self._build()
        self._connect()
        self._watch()

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        grid.setColumnStretch(1, 1)
        self.seed.setAlignment(Qt.AlignmentFlag.AlignLeft)
        sizes.fix(self.seed, height=28)
        seeds = QHBoxLayout()
        seeds.setSpacing(6)
        for part, stretch in ((self.seed, 1), (self.dice, 0), (self.lock, 0)):
            seeds.addWidget(part, stretch)
        chosen = QHBoxLayout()
        chosen.setSpacing(6)
        chosen.addWidget(self.started, 1)
        chosen.addWidget(self.drop_start)
        self._chosen = QWidget()
        self._chosen.setLayout(chosen)
        chosen.setContentsMargins(0, 0, 0, 0)
        starts = QVBoxLayout()
        starts.addWidget(self.start)
        starts.addWidget(self._chosen)
        rows: tuple[tuple[str, QWidget | QLayout], ...] = (
            ("Size", self.sizes),
            ("Count", self.count),
            ("Seed", seeds),
            ("Start from", starts),
        )
        for row, (name, part) in enumerate(rows):
            self.names[name] = text(name, "tx2")
            grid.addWidget(self.names[name], 2 * row, 0)
            if isinstance(part, QWidget):
                grid.addWidget(part, 2 * row, 1)
            else:
                grid.addLayout(part, 2 * row, 1)
        self.blame.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.blame.hide()
        self._grid = grid
        blended = QGridLayout()
        blended.setHorizontalSpacing(8)
        blended.setColumnMinimumWidth(0, LABEL_WIDTH)
        blended.setColumnStretch(1, 1)
        blended.setContentsMargins(0, 0, 0, 0)
        blended.addWidget(text("Other seed", "tx2"), 0, 0)
        self.other.setAlignment(Qt.AlignmentFlag.AlignLeft)
        sizes.fix(self.other, height=28)
        blended.addWidget(self.other, 0, 1)
        blended.addWidget(self.share, 1, 0, 1, 2)
        self._blended = QWidget()
        self._blended.setLayout(blended)
        self._turns = QWidget()
        way = QHBoxLayout(self._turns)
        way.setContentsMargins(0, 0, 0, 0)
        way.setSpacing(6)
        way.addWidget(self.turned, 1)
        way.addWidget(self.drop_turns)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(grid)
        column.addWidget(self.strength)
        column.addWidget(self._turns)
        column.addWidget(self.blend, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._blended)

    def _show_blame(self, _: object) -> None:
        """Mark the field that a failed run blames, and say below it what would do."""
        view = self._session.desk.prompt.view
        name = BLAMED.get(view.blamed, "")
        for label, widget in self.names.items():
            retone(widget, "err" if label == name else "tx2")
        self.count.setProperty("wrong", "true" if name == "Count" else "false")
        repolish(self.count)
        row = tuple(self.names).index(name) if name else 0
        self._grid.addWidget(self.blame, 2 * row + 1, 0, 1, 2)
        self.blame.setText(view.blame_advice if name else "")
        self.blame.setVisible(bool(name))

    def _connect(self) -> None:
        desk = self._session.desk
        self.sizes.chosen.connect(self._choose_size)
        self.count.changed.connect(lambda count: desk.change(count=count))
        self.seed.committed.connect(lambda seed: desk.change(seed=int(seed)))
        self.lock.clicked.connect(lambda locked: desk.change(seed_locked=locked))
        self.start.dropped.connect(self._session.start_from)
        self.start.clicked.connect(self._choose_start)
        self.drop_start.clicked.connect(lambda: desk.change(start=None))
        self.drop_turns.clicked.connect(lambda: desk.change(turns=(), first_turn="great_circle"))
        self.strength.changed.connect(desk.set_start_strength)
        self.blend.clicked.connect(self._fold_blend)
        self.other.committed.connect(lambda seed: self._vary(seed=int(seed)))
        self.share.changed.connect(lambda share: self._vary(strength=share))

    def _watch(self) -> None:
        model = self._session.desk.prompt
        for field in ("sizes", "size_index"):
            model.watch(field, lambda _: self._show_sizes())
        model.watch("count", self.count.set_value)
        model.watch("seed", lambda _: self.seed.set_value(self._session.desk.draft.seed))
        model.watch("seed_locked", self.lock.setChecked)
        model.watch("start_words", self._show_start)
        model.watch("strength", lambda value: self.strength.set_value(value, None))
        model.watch("variation", self._show_variation)
        model.watch("turned", self.turned.setText)
        model.watch("turned", lambda words: self._turns.setVisible(bool(words)))
        for field in ("blamed", "blame_advice"):
            model.watch(field, self._show_blame)

    def _show_sizes(self) -> None:
        view = self._session.desk.prompt.view
        shown = view.sizes[:SIZES_SHOWN]
        # A size that is not among the first takes the last one's place; the rest are behind the dots.
        if view.size_index >= SIZES_SHOWN:
            shown = (*shown[:-1], view.sizes[view.size_index])
        choices = (*shown, "…") if len(view.sizes) > SIZES_SHOWN else shown
        if choices != self._shown_sizes:
            self._shown_sizes = choices
            self.sizes.set_choices(choices)
        self.sizes.choose(min(view.size_index, SIZES_SHOWN - 1))

    def _choose_size(self, at: int) -> None:
        view = self._session.desk.prompt.view
        if self._shown_sizes[at] != "…":
            self._session.desk.choose_size(view.sizes.index(self._shown_sizes[at]))
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for index, words in enumerate(view.sizes):
            menu.addAction(words).triggered.connect(partial(self._session.desk.choose_size, index))
        menu.aboutToHide.connect(self._show_sizes)
        menu.popup(self.sizes.mapToGlobal(QPoint(0, self.sizes.height() + 4)))

    def _choose_start(self) -> None:
        ask_for_picture(self, "Start from a picture", self._session.start_from)

    def _show_start(self, words: str) -> None:
        self.started.setText(words)
        self._chosen.setVisible(bool(words))
        self.start.setVisible(not words)
        self.strength.setVisible(bool(words))

    def _fold_blend(self, open_: bool) -> None:
        desk = self._session.desk
        if not open_:
            desk.change(variation=None)
        elif desk.draft.variation is None:
            desk.change(variation=Variation(desk.draft.seed + 1, BLEND_STRENGTH))

    def _vary(self, *, seed: int | None = None, strength: float | None = None) -> None:
        now = self._session.desk.draft.variation or Variation(0, BLEND_STRENGTH)
        self._session.desk.change(
            variation=Variation(
                now.seed if seed is None else seed, now.strength if strength is None else round(strength, 4)
            )
        )

    def _show_variation(self, variation: Variation | None) -> None:
        self._blended.setVisible(variation is not None)
        self.blend.setChecked(variation is not None)
        self.blend.set_icon("chevron_down" if variation is not None else "chevron_right")
        self.blend.setFont(fonts.label())
        if variation is not None:
            self.other.set_value(variation.seed)
            self.share.set_value(variation.strength, None)
