"""The foot of the left panel: where a branch continues from, the estimate, the main button and its menu."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from studio.actions import Actions
from studio.session import Session
from studio.theme import Theme, fonts
from studio.theme.tokens import MARGIN
from studio.widgets.buttons import Button, IconButton
from studio.widgets.text import Elided, retone, wrapped

MENU = ("restart", "pause", "variations", "variations_nearer")


class MakeFoot(QWidget):
    """Shows the desk's prompt view model; acts through the window's actions."""

    def __init__(self, theme: Theme, session: Session, actions: Actions) -> None:
        super().__init__()
        self._actions, self._model = actions, session.desk.prompt
        self.branch_words = Elided("", "tx1", fonts.value())
        self.drop_branch = IconButton(theme, "close", "Begin from noise again")
        self.drop_branch.clicked.connect(session.desk.drop_branch)
        self.branch_row = QWidget()
        row = QHBoxLayout(self.branch_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.branch_words, 1)
        row.addWidget(self.drop_branch)
        self.estimate = wrapped("", "tx2")
        self.estimate.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.shortage = wrapped("", "warn")
        self.shortage.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.fewer = Button(theme, "", "link")
        self.fewer.setToolTip("Fewer at once need less memory; the pictures stay the same")
        self.fewer.clicked.connect(lambda: session.desk.change(batch=session.desk.prompt.view.fewer))
        self.at_once = Elided("", "tx1", fonts.value())
        self.drop_batch = IconButton(theme, "close", "As many at a time as usual")
        self.drop_batch.clicked.connect(lambda: session.desk.change(batch=0))
        self.batch_row = QWidget()
        batch = QHBoxLayout(self.batch_row)
        batch.setContentsMargins(0, 0, 0, 0)
        batch.addWidget(self.at_once, 1)
        batch.addWidget(self.drop_batch)
        self.main = Button(theme, "Generate", "main", "create")
        actions.explain(self.main, "generate")
        self.main.clicked.connect(lambda: actions["generate"].trigger())
        self.more = IconButton(theme, "more", "More ways to make it")
        self.more.clicked.connect(self._open_menu)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.main, 1)
        buttons.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 6, MARGIN, 12)
        column.setSpacing(8)
        column.addWidget(self.branch_row)
        column.addWidget(self.batch_row)
        column.addWidget(self.estimate)
        column.addWidget(self.shortage)
        column.addWidget(self.fewer, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(buttons)
        model = session.desk.prompt
        model.watch("branch_words", self._show_branch)
        model.watch("at_once", self._show_batch)
        model.watch("estimate", self.estimate.setText)
        for field in ("shortage", "fewer"):
            model.watch(field, lambda _: self._show_shortage())
        model.watch("estimate_wrong", lambda wrong: retone(self.estimate, "err" if wrong else "tx2"))
        model.watch("main_label", self._show_main)
        model.watch("main_enabled", self.main.setEnabled)
        model.watch("main_calm", self.main.set_calm)
        session.runs.run_bar.watch("changed", lambda changed: actions.enable("restart", changed))

    def _show_main(self, words: str) -> None:
        self.main.setText(words)
        self.main.set_icon({"Generate": "create", "Resume": "play"}.get(words, "plus"))

    def _show_branch(self, words: str) -> None:
        self.branch_words.setText(words)
        self.branch_row.setVisible(bool(words))

    def _show_batch(self, words: str) -> None:
        self.at_once.setText(words)
        self.batch_row.setVisible(bool(words))

    def _show_shortage(self) -> None:
        view = self._model.view
        self.shortage.setText(view.shortage)
        self.shortage.setVisible(bool(view.shortage))
        self.fewer.setText(f"Make {view.fewer} at a time")
        self.fewer.setVisible(bool(view.shortage) and view.fewer > 0)

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in MENU:
            menu.addAction(self._actions[name])
        size = menu.sizeHint()
        menu.popup(self.more.mapToGlobal(QPoint(self.more.width() - size.width(), -size.height() - 4)))
