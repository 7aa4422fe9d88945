"""The 2D mode's left panel: the data, the model, and the button that trains one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from core.toy import MOST_TRAINING_STEPS
from studio.actions import Actions
from studio.theme import Theme, fonts
from studio.theme.tokens import MARGIN
from studio.twin import Twin
from studio.viewmodels.toy import ToyView
from studio.viewmodels.toy_inputs import PROCESS_NAMES, SHAPE_NAMES, TRAINING_STEPS
from studio.widgets.buttons import Button
from studio.widgets.choice import Choice
from studio.widgets.section import Section
from studio.widgets.segmented import Segmented
from studio.widgets.slider_field import SliderField
from studio.widgets.text import text, wrapped


class ToyLeft(QFrame):
    """draw_wanted(): a drawing is to begin or to end."""

    draw_wanted = Signal()

    def __init__(self, theme: Theme, twin: Twin, actions: Actions) -> None:
        super().__init__()
        self._twin = twin
        self.setProperty("surface", "panel")
        self.setAccessibleName("What to look at")
        self.shapes, self.processes = Choice(theme, "Data"), Choice(theme, "How noise comes in")
        for shape, name in SHAPE_NAMES.items():
            self.shapes.addItem(name, shape)
        for process, name in PROCESS_NAMES.items():
            self.processes.addItem(name, process)
        self.kind = Segmented("Model", ("Exact", "Trained"), spread=True)
        self.draw = Button(theme, "Draw your own", "plain", "rename")
        actions.explain(self.draw, "draw")
        self.steps = SliderField(
            theme,
            "Steps",
            100,
            5000,
            100,
            lambda value: str(round(value)),
            title="Training steps",
            whole=True,
            bare=True,
            hard_low=1,
            hard_high=MOST_TRAINING_STEPS,
            tip="How long the next network trains. 1500 take a few seconds.",
        )
        self.train = Button(theme, "Train", "main")
        actions.explain(self.train, "generate")
        self._reason, self._note = wrapped("", "tx2", fonts.caption()), wrapped("", "tx3", fonts.caption())
        self._build(theme)
        self.shapes.activated.connect(lambda _: self._take_shape())
        self.processes.activated.connect(lambda _: twin.change(process=self.processes.currentData()))
        self.kind.chosen.connect(lambda at: twin.change(trained=at == 1))
        self.draw.clicked.connect(self.draw_wanted)
        self.steps.changed.connect(lambda value: twin.change(training_steps=round(value)))
        self.train.clicked.connect(twin.train)

    def show_view(self, view: ToyView) -> None:
        inputs = self._twin.model.inputs
        self.shapes.take(inputs.shape)
        self.processes.take(inputs.process)
        self.kind.choose(1 if inputs.trained or not view.can_be_exact else 0)
        self.kind.button(0).setEnabled(view.can_be_exact)
        self.steps.set_value(inputs.training_steps, TRAINING_STEPS)
        self._note.setText(view.field_note)
        self._reason.setText(view.reason)
        self._reason.setVisible(bool(view.reason))
        self.train.setText(view.action or "Train")
        self.train.setEnabled(bool(view.action))
        self.draw.setText("Use this drawing" if inputs.drawing else "Draw your own")

    def _build(self, theme: Theme) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 10, MARGIN, MARGIN)
        column.setSpacing(6)
        data, model = Section(theme, "Data", first=True), Section(theme, "Model")
        training = Section(theme, "Training")
        data.body.addWidget(self.shapes)
        data.body.addSpacing(4)
        data.body.addWidget(self.draw)
        model.body.addWidget(self.processes)
        model.body.addSpacing(4)
        model.body.addWidget(self.kind)
        model.body.addSpacing(4)
        model.body.addWidget(self._note)
        training.body.addWidget(text("Steps", "tx2", fonts.caption()))
        training.body.addWidget(self.steps)
        for section in (data, model, training):
            column.addWidget(section)
        column.addStretch(1)
        column.addWidget(self._reason)
        column.addWidget(self.train)

    def _take_shape(self) -> None:
        shape = self.shapes.currentData()
        if shape == "drawn" and not self._twin.model.inputs.strokes:
            self.draw_wanted.emit()
        else:
            self._twin.change(shape=shape, drawing=False)
