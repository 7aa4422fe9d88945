"""Beside the picture while its plan is edited: the selected object's looks, and what may be done with the plan."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from core.worlds.tabletop.scene import COLOURS, MATERIALS, SHAPES, SIZES
from studio.actions import Actions
from studio.plan import Plan
from studio.theme import Theme, fonts, sizes
from studio.viewmodels.plan import PlanView, hex_colour
from studio.widgets.buttons import Button, IconButton
from studio.widgets.segmented import Segmented
from studio.widgets.swatch import Swatch
from studio.widgets.text import Elided, line, surface, text, wrapped

WIDTH = 176
COLOURS_A_ROW = 4


class PlanCard(QFrame):
    """Shows a plan's view model and writes into the plan."""

    def __init__(self, theme: Theme, plan: Plan, actions: Actions) -> None:
        super().__init__()
        self._plan = plan
        self.setProperty("surface", "float")
        self.setAccessibleName("Plan")
        sizes.fix(self, width=WIDTH)
        self.title, self._place = Elided("", "tx1", fonts.card()), text("", "tx3", fonts.label())
        self.remove = IconButton(theme, "trash", "Remove this object", "Remove this object (Delete)")
        self.shapes, self._shape_group = self._shapes(theme)
        self.colours, self._colour_group = self._colours(theme)
        self.size_choice = Segmented("Size", tuple(size.capitalize() for size in SIZES), spread=True)
        self.material = Segmented("Material", tuple(each.capitalize() for each in MATERIALS), spread=True)
        self.add = Button(theme, "Add object", icon="plus")
        self.add.setToolTip("One object more, in free room; at most four (Insert)")
        self.back = Button(theme, "Back to the planner's", "quiet")
        self.back.setToolTip("Drop the edited plan; the planner's holds again")
        self.repaint_button = Button(theme, "Repaint")
        self._generate = actions["generate"]
        self._refusal, self._reason = wrapped("", "warn"), wrapped("", "tx3")
        self._build()
        self._connect()
        plan.model.watch_all(self._show)

    def sizeHint(self) -> QSize:
        width, parts = sizes.wide(WIDTH), (self._body.layout(), self._foot)
        needed = sum(
            part.heightForWidth(width - 4) if part.hasHeightForWidth() else part.sizeHint().height() for part in parts
        )
        return QSize(width, needed + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(sizes.wide(WIDTH), 120)

    def event(self, event: QEvent) -> bool:
        # Esc leaves the plan while the card has the focus; it is the window's else.
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._plan.close()
        else:
            super().keyPressEvent(event)

    def _build(self) -> None:
        self._body = surface("panel")
        self._body.setProperty("surface", "")
        column = QVBoxLayout(self._body)
        column.setContentsMargins(8, 4, 8, 5)
        column.setSpacing(5)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.title, 1)
        head.addWidget(self._place)
        head.addWidget(self.remove)
        column.addLayout(head)
        for part in (self.shapes, self.colours, self.size_choice, self.material):
            column.addWidget(part)
        column.addWidget(self._refusal)
        column.addWidget(line())
        column.addWidget(self.add)
        column.addWidget(self.back)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._body)
        # The deed stays in sight where the rest scrolls.
        self._foot = QVBoxLayout()
        self._foot.setContentsMargins(8, 0, 8, 8)
        self._foot.setSpacing(5)
        self._foot.addWidget(self._reason)
        self._foot.addWidget(self.repaint_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addWidget(scroll, 1)
        whole.addLayout(self._foot)

    def _shapes(self, theme: Theme) -> tuple[QWidget, QButtonGroup]:
        box, group = _group("Shape")
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for number, shape in enumerate(SHAPES):
            button = IconButton(theme, shape, shape.capitalize(), checkable=True)
            group.addButton(button, number)
            row.addWidget(button)
            if number < len(SHAPES) - 1:
                row.addStretch(1)
        return box, group

    def _colours(self, theme: Theme) -> tuple[QWidget, QButtonGroup]:
        box, group = _group("Colour")
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(2)
        for number, colour in enumerate(COLOURS):
            swatch = Swatch(theme, colour.capitalize(), hex_colour(colour))
            group.addButton(swatch, number)
            grid.addWidget(swatch, number // COLOURS_A_ROW, number % COLOURS_A_ROW, Qt.AlignmentFlag.AlignCenter)
        return box, group

    def _connect(self) -> None:
        plan = self._plan
        self._shape_group.idClicked.connect(lambda at: plan.set_shape(SHAPES[at]))
        self._colour_group.idClicked.connect(lambda at: plan.set_colour(COLOURS[at]))
        self.size_choice.chosen.connect(lambda at: plan.set_size(SIZES[at]))
        self.material.chosen.connect(lambda at: plan.set_material(MATERIALS[at]))
        self.remove.clicked.connect(lambda: plan.remove())
        self.add.clicked.connect(lambda: plan.add())
        self.back.clicked.connect(lambda: plan.leave_to_planner())

    def _show(self, view: PlanView) -> None:
        self.setVisible(view.open)
        if view.item is None:
            return
        self.title.setText(view.title)
        self._place.setText(view.place)
        self.remove.setEnabled(view.may_remove)
        self.remove.setToolTip("Remove this object (Delete)" if view.may_remove else "The last object stays")
        for group, number in (
            (self._shape_group, SHAPES.index(view.item.shape)),
            (self._colour_group, COLOURS.index(view.item.colour)),
        ):
            group.button(number).setChecked(True)
        self.size_choice.choose(SIZES.index(view.item.size))
        self.material.choose(MATERIALS.index(view.item.material))
        self.add.setEnabled(view.may_add)
        self.back.setVisible(view.edited)
        self.repaint_button.setEnabled(not view.repaint_reason)
        keys = self._generate.shortcut().toString(QKeySequence.SequenceFormat.NativeText).replace("+", " ")
        self.repaint_button.setToolTip(view.repaint_reason or f"This picture again under this plan, same seed ({keys})")
        for label, words in ((self._refusal, view.refusal or view.remark), (self._reason, view.repaint_reason)):
            label.setText(words)
            label.setVisible(bool(words))
        self.updateGeometry()


def _group(name: str) -> tuple[QWidget, QButtonGroup]:
    box = QWidget()
    box.setAccessibleName(name)
    group = QButtonGroup(box)
    group.setExclusive(True)
    return box, group
