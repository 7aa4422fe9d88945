"""Guidance of each step in the trajectory's place: plots, and the prompt's words to lay over the picture."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QActionGroup, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.dissection import Space
from studio.dissection import Dissection
from studio.stage import Stage
from studio.theme import Theme, fonts, sizes
from studio.viewmodels.dissection import MEAN, DissectionView, percent
from studio.widgets.buttons import Button, IconButton
from studio.widgets.flow import Flow
from studio.widgets.guidance_plot import GuidancePlot
from studio.widgets.image_view import ImageView
from studio.widgets.segmented import Segmented
from studio.widgets.text import Elided, repolish, text
from studio.widgets.word_overlay import WordOverlay

MORE_TIP = "Which layers a map shows, and how strongly; sizes or angles, where there is no room for both"
OPACITIES = (0.3, 0.6, 0.9)
CHIP, GAP, TALL, CAPTIONED = 24, 4, 165, 560
"""Of chips; how high the panel must be for two rows of them, and how wide for words before them."""


class WordChip(QPushButton):
    """A word of the prompt; Left and Right go to its neighbours."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "chip")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setFont(fonts.value())
        sizes.fix(self, height=CHIP)

    def show_word(self, word: str, share: float, *, chosen: bool) -> None:
        self.setText(word.replace("&", "&&"))
        self.setAccessibleName(f"Word {word}, {percent(share)} of the attention")
        self.setToolTip(f"Lay the attention of “{word}” over the picture; here it gets {percent(share)}")
        self.setChecked(chosen)
        if self.property("lit") is not chosen:
            self.setProperty("lit", chosen)
            repolish(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: False, Qt.Key.Key_Right: True}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.focusNextPrevChild(step)


class DissectionPanel(QWidget):
    """sentence: stands in the head of the panel that holds this one. overlay: on the picture. grown(): it has more
    chips now."""

    grown = Signal()

    def __init__(self, theme: Theme, dissection: Dissection, stage: Stage, view: ImageView) -> None:
        super().__init__()
        self.dissection, self._stage = dissection, stage
        self.setAccessibleName("Guidance of each step")
        self.plot = GuidancePlot(theme)
        self.sentence = Elided("", "tx3", fonts.caption())
        self.overlay = WordOverlay(theme, view)
        self.space = Segmented("Measured in", ("x̂₀", "ε̂"))
        for at, tip in enumerate(("Measure clean guesses", "Measure noise guesses")):
            self.space.button(at).setToolTip(tip)
        self.more = IconButton(theme, "more", "What is shown", MORE_TIP)
        self.more.setFixedSize(CHIP, CHIP)
        self.more.clicked.connect(self._ask)
        self.again = Button(theme, "", "plain")
        self.again.clicked.connect(dissection.watch_again)
        self.chips: list[WordChip] = []
        self._flow = Flow(across=4, down=4)
        self._area = QScrollArea()
        self._words = QWidget()
        self._caption = text("Looked at", "tx3", fonts.caption())
        self._build()
        self._watch()

    def _build(self) -> None:
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setAccessibleName("Words of the prompt")
        self._flow.setProperty("surface", "panel")
        self._area.setWidget(self._flow)
        sizes.fix(self._area, height=CHIP)
        foot = QHBoxLayout(self._words)
        foot.setContentsMargins(0, 2, 0, 2)
        foot.setSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        sizes.fix(self._caption, height=CHIP)
        foot.addWidget(self._caption, 0, top)
        foot.addWidget(self._area, 1, top)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.space, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.again)
        row.addWidget(self._words, 1)
        row.addStretch(0)
        row.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(4)
        column.addWidget(self.plot, 1)
        column.addLayout(row)

    def _watch(self) -> None:
        stage, model = self._stage, self.dissection.model
        self.plot.picked.connect(stage.set_step)
        self.plot.moved.connect(stage.move_step)
        self.plot.ended.connect(lambda side: stage.first_step() if side < 0 else stage.set_step(None))
        self.space.chosen.connect(lambda at: self.dissection.set_space(Space(at)))
        model.watch("space", lambda space: self.space.choose(int(space)))
        model.watch("sentence", self._tell)
        model.watch("offer", self._offer)
        model.watch("overlay", self.overlay.show_map)
        model.watch_all(self._show)

    def _offer(self, words: str) -> None:
        self.again.setText(words)
        self.again.setToolTip("Nothing of the repetition is kept but what is seen of guidance" if words else "")
        self.again.setVisible(bool(words))

    def _tell(self, sentence: str) -> None:
        self.sentence.setText(sentence)
        self.sentence.setToolTip(sentence)

    def _show(self, view: DissectionView) -> None:
        self.plot.show_view(view)
        self._words.setVisible(bool(view.words))
        self._show_more()
        before = len(self.chips)
        while len(self.chips) < len(view.words):
            chip = WordChip()
            number = len(self.chips)
            chip.clicked.connect(lambda _checked=False, number=number: self.dissection.set_word(number))
            self.chips.append(chip)
            self._flow.addWidget(chip)
        for at, chip in enumerate(self.chips):
            if at < len(view.words):
                chip.show_word(view.words[at], view.shares[at], chosen=at == view.word)
            chip.setVisible(at < len(view.words))
        if len(self.chips) > before:
            self.grown.emit()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self._show_more()

    def _show_more(self) -> None:
        """Where there is something to choose."""
        self.more.setVisible(bool(self.dissection.model.view.words) or self.plot.crowded)

    def _fit(self) -> None:
        """A second row of words where they need one and there is height for it; beyond that they scroll."""
        self._caption.setVisible(self.width() >= sizes.wide(CAPTIONED))
        needed = self._flow.heightForWidth(max(self._area.viewport().width(), 1)) > sizes.tall(CHIP)
        rows = 2 if needed and self.height() >= sizes.tall(TALL, 3) else 1
        sizes.fix(self._area, height=rows * CHIP + (rows - 1) * GAP, lines=rows)

    def _ask(self) -> None:
        """The menu: which pane, where there is room for one; layers and opacities, where there are maps."""
        menu, view = QMenu(self), self.dissection.model.view
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layers = ((MEAN, "All layers"), *enumerate(layer.capitalize() for layer in view.layers))
        strengths = tuple((part, f"Covers the picture by {percent(part)}") for part in OPACITIES)
        panes = ((False, "Sizes"), (True, "Angles"))
        groups = (
            (panes if self.plot.crowded else (), self.plot.angles, self.plot.show_angles),
            (layers if view.words else (), view.layer, self.dissection.set_layer),
            (strengths if view.words else (), self.dissection.model.inputs.opacity, self.dissection.set_opacity),
        )
        for choices, now, take in groups:
            group = QActionGroup(menu)
            for value, words in choices:
                action = menu.addAction(words)
                action.setCheckable(True)
                action.setChecked(value == now)
                action.triggered.connect(partial(_chosen, take, value))
                group.addAction(action)
            menu.addSeparator()
        menu.popup(self.more.mapToGlobal(self.more.rect().topRight()))


def _chosen(take: Callable[[Any], None], value: object, _checked: bool = False) -> None:
    take(value)
