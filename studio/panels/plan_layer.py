"""The plan on the canvas: overlay over the picture, card beside it, button in the header; wired to the plan."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from studio.actions import Actions
from studio.panels.plan_card import PlanCard
from studio.plan import Plan
from studio.theme import Theme
from studio.viewmodels.plan import PlanView
from studio.widgets.buttons import IconButton
from studio.widgets.image_view import ImageView
from studio.widgets.plan_overlay import PlanOverlay


class PlanLayer(QObject):
    """button: the one of the canvas' header. `lie_on` puts the rest on the stage."""

    def __init__(
        self, theme: Theme, plan: Plan, view: ImageView, stage: QFrame, button: IconButton, actions: Actions
    ) -> None:
        super().__init__(stage)
        self._plan, self._view, self.button, self._actions = plan, view, button, actions
        self.overlay = PlanOverlay(theme, view, stage)
        self.card = PlanCard(theme, plan, actions)
        self._was_open = False
        self._connect()
        view.described.connect(lambda *_: self._follow())
        view.installEventFilter(self)
        plan.model.watch_all(self._show)

    def lie_on(self, row: QHBoxLayout) -> None:
        """Put the card first into the stage's row, the overlay over its picture."""
        row.insertWidget(0, self.card, 0, Qt.AlignmentFlag.AlignTop)
        self.overlay.raise_()
        handles: list[QWidget] = [self._view, *self.overlay.handles, self.card.remove]
        for before, after in pairwise(handles):
            QWidget.setTabOrder(before, after)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show):
            self._follow()
        return False

    def _connect(self) -> None:
        plan, overlay = self._plan, self.overlay
        overlay.taken.connect(plan.take)
        overlay.pulled.connect(plan.pull)
        overlay.dropped.connect(plan.drop)
        overlay.chosen.connect(plan.select)
        for handle in overlay.handles:
            handle.nudged.connect(plan.nudge)
            handle.turned.connect(plan.turn)
            handle.sized.connect(plan.set_size)
            handle.coloured.connect(plan.next_colour)
            handle.removed.connect(plan.remove)
            handle.added.connect(self._add)
            handle.left.connect(self._leave)
        self.card.repaint_button.clicked.connect(lambda: self._actions["generate"].trigger())

    def _add(self) -> None:
        self._plan.add()
        self.overlay.focus_selected()

    def _leave(self) -> None:
        """Esc gives up a drag; without one it leaves the plan."""
        if self._plan.is_dragging:
            self._plan.let_go()
        else:
            self._plan.close()

    def _show(self, view: PlanView) -> None:
        had_focus = self.overlay.has_focus()
        self.button.setChecked(view.open)
        self.button.setEnabled(not view.reason)
        self.button.setToolTip(view.reason or self._actions["plan"].toolTip())
        self.button.setAccessibleDescription(view.reason)
        self.overlay.show_plan(view)
        if view.open != self._was_open:
            self._was_open = view.open
            self._follow()
            if view.open:
                self.overlay.focus_selected()
        if had_focus and not self.overlay.has_focus():
            self._hand_on_focus(view)

    def _hand_on_focus(self, view: PlanView) -> None:
        """The object that had the focus is gone."""
        if view.open:
            self.overlay.focus_selected()
        else:
            self._view.setFocus()

    def _follow(self) -> None:
        self.overlay.setGeometry(self._view.geometry())
        self.overlay.set_place(self._view.place())
