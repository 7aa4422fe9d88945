"""The left panel: prompt, leave out, model, size, count, seed, and the main button at its foot."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.requests import MAX_COUNT, MAX_SEED
from studio.actions import Actions
from studio.session import Session
from studio.theme import Theme, fonts, icons, sizes
from studio.theme.tokens import MARGIN
from studio.viewmodels import wording
from studio.widgets.buttons import Button, IconButton
from studio.widgets.number_field import NumberField
from studio.widgets.prompt_editor import PromptEditor
from studio.widgets.segmented import Segmented
from studio.widgets.stepper import Stepper
from studio.widgets.text import Elided, repolish, retone, surface, text, wrapped

LABEL_WIDTH = 78
BLAMED = {"count": "Count", "width": "Size", "seed": "Seed"}
"""The fields of this panel that a failed run may blame, and their labels; other settings are named in words."""
ADVICE_MS = 500
"""Advice waits for so long a rest: half a word is always new to the model."""
HINTS = (
    ("(weight:1.2)", "acc", "Words that count more or less, 0 to 4 (Ctrl Up, Ctrl Down)"),
    ("{either|or}", "choice", "One of these, drawn by each picture's seed"),
    ("[early->late]", "change", "Changes half-way through the run; [early->late:0.3] changes at 0.3 of it"),
)
"""The prompt's marks, shown below it, each with the tone of its label and what it does."""


class ModelCardButton(QPushButton):
    """The model's mark, name, kind and state; opens the choice."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("kind", "card")
        sizes.fix(self, height=64, lines=3)
        self.setAutoDefault(False)
        self._mark, self._more = QLabel(), QLabel()
        self.title = Elided("", "tx1", fonts.card())
        self.summary = Elided("", "tx2")
        self.state = text("", "ok", fonts.value())
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addStretch(1)
        for line in (self.title, self.summary, self.state):
            words.addWidget(line)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 8, 4)
        row.setSpacing(10)
        row.addWidget(self._mark)
        row.addLayout(words, 1)
        row.addWidget(self._more)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self._tint)
        self._tint()

    def show_state(self, words: str) -> None:
        self.state.setText(f"● {words}" if words else "")
        self.state.setVisible(bool(words))

    def _tint(self) -> None:
        self._mark.setPixmap(icons.pixmap("models", self._theme.tokens.tx2, 24, 2.0))
        self._more.setPixmap(icons.pixmap("chevron_right", self._theme.tokens.tx2, 16, 2.0))


class PromptPanel(QFrame):
    """Writes into the session's draft, shows the session's prompt view model."""

    def __init__(self, theme: Theme, session: Session, actions: Actions) -> None:
        super().__init__()
        self._theme, self._session, self._actions = theme, session, actions
        self.setProperty("surface", "panel")
        self.setAccessibleName("What to make")
        self.editor = PromptEditor(
            theme, "Prompt", "What should the picture show?\nFor example: a red cube to the left of a blue sphere", 106
        )
        self.leave_out = PromptEditor(theme, "Leave out", "Things the picture should avoid", 46)
        self.model = ModelCardButton(theme)
        self.sizes = Segmented("Size", spread=True)
        self.count = Stepper(theme, "Count", 1, MAX_COUNT)
        self.seed = NumberField("Seed", 0, MAX_SEED - MAX_COUNT, 1, lambda v: wording.whole(int(v)), whole=True)
        self.main = Button(theme, "Generate", "main", "create")
        self.estimate = wrapped("", "tx2")
        self._words = text("", "tx3", fonts.label())
        self._advice, self._advice_mark = wrapped("", "tx2"), QLabel()
        self._waiting_advice = ""
        self._advice_rest = QTimer(self, singleShot=True, interval=ADVICE_MS)
        self._names: dict[str, QLabel] = {}
        self._blame = wrapped("", "err")
        self._build()
        self._connect()
        self._watch()

    def change_weight(self, by: float) -> None:
        """Weigh words of the field that has the focus, of the prompt where neither has it."""
        (self.leave_out if self.leave_out.hasFocus() else self.editor).change_weight(by)

    def _build(self) -> None:
        scroll = self.fields = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        body = surface("panel")
        column = QVBoxLayout(body)
        column.setContentsMargins(MARGIN, 10, MARGIN, 10)
        column.setSpacing(6)
        column.addLayout(_heading("Prompt", self._words))
        column.addWidget(self.editor)
        self._advice_row = QWidget()
        row = QHBoxLayout(self._advice_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._advice_mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._advice, 1)
        column.addWidget(self._advice_row)
        column.addWidget(self._plan_row())
        column.addLayout(_hints())
        column.addSpacing(4)
        column.addLayout(_heading("Leave out", text("optional", "tx3")))
        column.addWidget(self.leave_out)
        column.addSpacing(4)
        column.addLayout(_heading("Model", text("M to change", "tx3")))
        column.addWidget(self.model)
        column.addSpacing(8)
        column.addLayout(_heading("Picture", None))
        column.addLayout(self._fields())
        column.addStretch(1)
        scroll.setWidget(body)
        foot = QVBoxLayout()
        foot.setContentsMargins(MARGIN, 6, MARGIN, 12)
        foot.setSpacing(8)
        self.estimate.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        foot.addWidget(self.estimate)
        foot.addWidget(self.main)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(scroll, 1)
        whole.addLayout(foot)

    def _plan_row(self) -> QWidget:
        """Says that a plan of one's own is in use, and lets go of it."""
        plan, holder = self._session.plan, QWidget()
        words, self.drop_plan = wrapped("", "tx2"), Button(self._theme, "Drop it", "link")
        self.drop_plan.setAccessibleName("Drop the edited plan")
        self.drop_plan.setToolTip("The planner lays out the next picture again")
        self.drop_plan.clicked.connect(lambda: plan.leave_to_planner())
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(words, 1)
        row.addWidget(self.drop_plan)
        plan.model.watch("notice", words.setText)
        plan.model.watch("notice", lambda said: holder.setVisible(bool(said)))
        return holder

    def _fields(self) -> QLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        grid.setColumnStretch(1, 1)
        self.seed.setAlignment(Qt.AlignmentFlag.AlignLeft)
        sizes.fix(self.seed, height=28)
        self.lock = IconButton(self._theme, "lock_open", "Keep the seed", checkable=True, checked_icon="lock")
        self._actions.explain(self.lock, "lock_seed")
        self.dice = IconButton(self._theme, "dice", "New seed").follow(self._actions["new_seed"])
        seeds = QHBoxLayout()
        seeds.setSpacing(6)
        seeds.addWidget(self.seed, 1)
        seeds.addWidget(self.dice)
        seeds.addWidget(self.lock)
        for row, (name, part) in enumerate((("Size", self.sizes), ("Count", self.count), ("Seed", seeds))):
            self._names[name] = text(name, "tx2")
            grid.addWidget(self._names[name], 2 * row, 0)
            if isinstance(part, QWidget):
                grid.addWidget(part, 2 * row, 1)
            else:
                grid.addLayout(part, 2 * row, 1)
        self._blame.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._blame.hide()
        self._grid = grid
        return grid

    def _show_blame(self, _: object) -> None:
        """Mark the field that a failed run blames, and say below it what would do."""
        view = self._session.desk.prompt.view
        name = BLAMED.get(view.blamed, "")
        for label, widget in self._names.items():
            retone(widget, "err" if label == name else "tx2")
        self.count.setProperty("wrong", "true" if name == "Count" else "false")
        repolish(self.count)
        self._blame.setText(view.blame_advice)
        self._blame.setVisible(bool(view.blame_advice))
        row = 2 * tuple(self._names).index(name) + 1 if name in self._names else 2 * len(self._names) + 1
        self._grid.addWidget(self._blame, row, 0, 1, 2)

    def _connect(self) -> None:
        session = self._session
        self.editor.written.connect(lambda words: session.desk.change(prompt=words))
        self.leave_out.written.connect(lambda words: session.desk.change(negative_prompt=words))
        self.count.changed.connect(lambda count: session.desk.change(count=count))
        self.seed.committed.connect(lambda seed: session.desk.change(seed=int(seed)))
        self.lock.clicked.connect(lambda locked: session.desk.change(seed_locked=locked))
        self.sizes.chosen.connect(session.desk.choose_size)
        self._actions.explain(self.main, "generate")
        self.main.clicked.connect(lambda: self._actions["generate"].trigger())
        self.model.clicked.connect(lambda: self._actions["model"].trigger())
        self._advice_rest.timeout.connect(self._place_advice)
        self._theme.changed.connect(self._tint)
        self._tint()

    def _watch(self) -> None:
        model = self._session.desk.prompt
        watchers: dict[str, Callable[..., object]] = {
            "prompt": self.editor.show_text,
            "negative_prompt": self.leave_out.show_text,
            "marked": self.editor.highlighter.show,
            "leave_out_marked": self.leave_out.highlighter.show,
            "words": self._words.setText,
            "advice": self._show_advice,
            "model_title": self.model.title.setText,
            "model_summary": self.model.summary.setText,
            "model_state": self.model.show_state,
            "sizes": lambda sizes: (self.sizes.set_choices(sizes), self.sizes.choose(model.view.size_index)),
            "size_index": self.sizes.choose,
            "count": self.count.set_value,
            "seed": lambda _: self.seed.set_value(self._session.desk.draft.seed),
            "seed_locked": self.lock.setChecked,
            "estimate": self.estimate.setText,
            "estimate_wrong": lambda wrong: retone(self.estimate, "err" if wrong else "tx2"),
            "main_label": self._show_main,
            "main_enabled": self.main.setEnabled,
            "main_calm": self.main.set_calm,
            "blamed": self._show_blame,
            "blame_advice": self._show_blame,
        }
        for field, slot in watchers.items():
            model.watch(field, slot)
        model.watch("model_title", lambda title: self.model.setAccessibleName(f"Model: {title}"))

    def _show_main(self, words: str) -> None:
        self.main.setText(words)
        self.main.set_icon({"Generate": "create", "Resume": "play"}.get(words, "plus"))

    def _show_advice(self, words: str) -> None:
        self._waiting_advice = words
        if words:
            self._advice_rest.start()
        else:
            self._advice_rest.stop()
            self._place_advice()

    def _place_advice(self) -> None:
        self._advice.setText(self._waiting_advice)
        self._advice_row.setVisible(bool(self._waiting_advice))

    def _tint(self) -> None:
        mark: QPixmap = icons.pixmap("warning", self._theme.tokens.warn, 14, 2.0)
        self._advice_mark.setPixmap(mark)


def _hints() -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(14)
    for words, tone, tip in HINTS:
        hint = text(words, tone, fonts.value())
        hint.setToolTip(tip)
        row.addWidget(hint)
    row.addStretch(1)
    return row


def _heading(words: str, beside: QLabel | None) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(text(words, "tx1", fonts.section()))
    row.addStretch(1)
    if beside is not None:
        row.addWidget(beside)
    return row
