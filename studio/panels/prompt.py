"""The left panel: prompt, leave out, model, size, count, seed, and the main button at its foot."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QScrollArea, QVBoxLayout, QWidget

from studio.actions import Actions
from studio.panels.make_foot import MakeFoot
from studio.panels.picture_section import PictureSection
from studio.session import Session
from studio.theme import Theme, fonts, icons, sizes
from studio.theme.tokens import MARGIN
from studio.viewmodels import wording
from studio.viewmodels.prompt import replaced
from studio.widgets.buttons import Button, IconButton
from studio.widgets.flow import Flow
from studio.widgets.key_words import KeyWords, show_keys
from studio.widgets.model_card_button import ModelCardButton
from studio.widgets.prompt_editor import PromptEditor
from studio.widgets.text import retone, surface, text, wrapped

if TYPE_CHECKING:
    from studio.viewmodels.prompt_examples import Example
    from studio.widgets.style_chips import StyleChips
    from studio.widgets.word_completion import WordCompletion

PAST_MOST, LOOKED_AT = 12, 40
ADVICE_MS = 500
"""Advice waits for so long a rest: half a word is always new to the model."""
HINTS = (
    ("(weight:1.2)", "acc", "Words that count more or less, 0 to 4", "weight_up", "weight_down"),
    ("{either|or}", "choice", "One of these, drawn by each picture's seed"),
    ("[early->late]", "change", "Changes half-way through the run; [early->late:0.3] changes at 0.3 of it"),
)
"""The prompt's marks, shown below it, each with the tone of its label, what it does, and actions that write it."""


class PromptPanel(QFrame):
    """Writes into the session's draft, shows the session's prompt view model. grown(): it has widgets that are new."""

    grown = Signal()

    def __init__(self, theme: Theme, session: Session, actions: Actions) -> None:
        super().__init__()
        self._theme, self._session, self._actions = theme, session, actions
        self.setProperty("surface", "panel")
        self.setAccessibleName("What to make")
        self.editor = PromptEditor(theme, "Prompt", "", 124)
        self.leave_out = PromptEditor(theme, "Leave out", "Things the picture should avoid", 48)
        self.model = ModelCardButton(theme)
        self.picture = PictureSection(theme, session, actions)
        self.foot = MakeFoot(theme, session, actions)
        self.lock, self.seed, self.count, self.sizes = (
            self.picture.lock,
            self.picture.seed,
            self.picture.count,
            self.picture.sizes,
        )
        self.main, self.estimate = self.foot.main, self.foot.estimate
        self.branch_row, self.branch_words = self.foot.branch_row, self.foot.branch_words
        self.drop_branch = self.foot.drop_branch
        self.past = IconButton(theme, "history", "Recent prompts")
        self.past.setFixedSize(24, 24)
        self.suggest = Button(theme, "Suggest", "link")
        sizes.fix(self.suggest, height=24)
        self.suggest.setToolTip("Words near it that this model knows")
        self._words = text("", "tx3", fonts.caption())
        self._advice, self._advice_mark = wrapped("", "tx2"), QLabel()
        self._waiting_advice = ""
        self.styles: StyleChips | None = None
        self._advice_rest = QTimer(self, singleShot=True, interval=ADVICE_MS)
        self.model_blame = wrapped("", "err")
        self.model_blame.hide()
        self._model_name = text("Model", "tx1", fonts.section())
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
        column.setContentsMargins(MARGIN, 9, MARGIN, 10)
        column.setSpacing(5)
        head = _heading("Prompt", self._words)
        head.addWidget(self.past)
        head.setContentsMargins(0, 0, -4, 0)
        column.addLayout(head)
        column.addWidget(self.editor)
        self._advice_row = QWidget()
        row = QHBoxLayout(self._advice_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._advice_mark, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._advice, 1)
        row.addWidget(self.suggest, 0, Qt.AlignmentFlag.AlignVCenter)
        column.addWidget(self._advice_row)
        self._plan_row = QWidget()
        self._plan_row.hide()
        column.addWidget(self._plan_row)
        column.addWidget(self._hints())
        self._style_row = QWidget()
        self._style_row.hide()
        column.addWidget(self._style_row)
        column.addSpacing(7)
        column.addLayout(_heading("Leave out", text("optional", "tx3", fonts.caption())))
        column.addWidget(self.leave_out)
        column.addSpacing(9)
        column.addLayout(_heading(self._model_name, KeyWords(self._actions, "model", "{} to change")))
        column.addWidget(self.model)
        column.addWidget(self.model_blame)
        column.addSpacing(8)
        column.addLayout(_heading("Picture", None))
        column.addWidget(self.picture)
        column.addStretch(1)
        scroll.setWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(scroll, 1)
        whole.addWidget(self.foot)

    def _hints(self) -> QWidget:
        row = Flow()
        for words, tone, tip, *names in HINTS:
            hint = text(words, tone, fonts.caption())
            show_keys(self._actions, hint, tip, *names)
            row.addWidget(hint)
        return row

    def complete(self) -> None:
        """Make what a first look at the window doesn't need: what says that a plan of one's own is in use."""
        self.editor.complete()
        self.leave_out.complete()
        plan, holder = self._session.plan, self._plan_row
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

    @cached_property
    def completion(self) -> WordCompletion:
        """Offers words at the prompt's cursor; made with the first letter that is written."""
        from studio.vocabulary import Vocabulary
        from studio.widgets.word_completion import WordCompletion

        vocabulary = Vocabulary(self._session.background, self._session.said.emit)
        return WordCompletion(self.editor, lambda: vocabulary.of(self._session.desk.card))

    def _show_examples(self, examples: tuple[Example, ...]) -> None:
        self.editor.setPlaceholderText(f"What should the picture show?\nFor example: {examples[0].prompt}")

    def _show_styles(self, styles: tuple[str, ...]) -> None:
        """Chips for a model that has styles; made for the first such."""
        self._actions.enable("style", bool(styles))
        if styles and self.styles is None:
            from studio.widgets.style_chips import StyleChips

            chips = self.styles = StyleChips(self._actions)
            column = QVBoxLayout(self._style_row)
            column.setContentsMargins(0, 7, 0, 0)
            column.setSpacing(5)
            column.addLayout(_heading("Style", KeyWords(self._actions, "style", "{} for the next")))
            column.addWidget(chips)
            chips.chosen.connect(self._session.desk.choose_style)
            self._session.desk.prompt.watch("style", chips.choose)
        if self.styles is not None and styles:
            self.styles.set_styles(styles)
            self.styles.choose(self._session.desk.draft.style)
            self.grown.emit()
        self._style_row.setVisible(bool(styles))

    def _connect(self) -> None:
        session = self._session
        self.editor.written.connect(lambda words: session.desk.change(prompt=words))
        self.editor.written.connect(lambda _: self.completion.offer())
        self.leave_out.written.connect(lambda words: session.desk.change(negative_prompt=words))
        self.past.clicked.connect(self._open_past)
        self.suggest.clicked.connect(self._open_suggestions)
        self.model.clicked.connect(lambda: self._actions["model"].trigger())
        self._advice_rest.timeout.connect(self._place_advice)
        self._theme.changed.connect(self._tint)
        self._tint()

    def _watch(self) -> None:
        model = self._session.desk.prompt
        watchers: dict[str, Callable[..., object]] = {
            "prompt": self.editor.show_text,
            "examples": self._show_examples,
            "negative_prompt": self.leave_out.show_text,
            "marked": self.editor.highlighter.show,
            "leave_out_marked": self.leave_out.highlighter.show,
            "words": self._words.setText,
            "advice": self._show_advice,
            "model_title": self.model.title.setText,
            "model_summary": self.model.summary.setText,
            "model_state": lambda words: self.model.show_state(words, ready=model.view.model_ready),
            "model_figures": self.model.show_figures,
            "words_tone": lambda tone: retone(self._words, tone),
            "styles": self._show_styles,
            "suggestions": lambda found: self.suggest.setVisible(bool(found)),
        }
        for field in ("blamed", "blame_advice"):
            model.watch(field, lambda _: self._show_blame())
        for field, slot in watchers.items():
            model.watch(field, slot)
        model.watch("model_title", lambda title: self.model.setAccessibleName(f"Model: {title}"))
        model.watch("model_title", lambda _: self.show_thumbnail())
        self._session.gallery.list.dataChanged.connect(lambda first, *_: self._note_thumbnail(first.row()))

    def _note_thumbnail(self, row: int) -> None:
        """The tile of a running job changes at each step, and is none of the model's pictures yet."""
        if self._session.gallery.list.tile(row).artifact is not None:
            self.show_thumbnail()

    def show_thumbnail(self) -> None:
        """The newest picture that the chosen model made, as far as thumbnails are at hand."""
        tiles, model_id = self._session.gallery.list, self._session.desk.draft.model_id
        found = (tiles.image_of(model_id, row) for row in range(min(tiles.rowCount(), LOOKED_AT)))
        self.model.show_thumbnail(next((image for image in found if image is not None), None))

    def _show_blame(self) -> None:
        view = self._session.desk.prompt.view
        blamed = view.blamed == "model_id"
        self.model_blame.setText(view.blame_advice if blamed else "")
        self.model_blame.setVisible(blamed)
        retone(self._model_name, "err" if blamed else "tx1")

    def _open_past(self) -> None:
        """The prompts of the newest pictures, each once."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for prompt in self._session.gallery.recent_prompts(PAST_MOST):
            menu.addAction(wording.shortened(prompt, 60)).triggered.connect(
                partial(self._session.desk.change, prompt=prompt)
            )
        if menu.isEmpty():
            menu.addAction("No prompt yet").setEnabled(False)
        menu.addSeparator()
        menu.addAction("To try").setEnabled(False)
        for example in self._session.desk.prompt.view.examples:
            style = f", {wording.style(example.style)}" if example.style else ""
            menu.addAction(example.prompt + style).triggered.connect(
                lambda _checked=False, example=example: self._session.desk.try_example(example)
            )
        menu.popup(self.past.mapToGlobal(QPoint(0, self.past.height() + 4)))

    def _open_suggestions(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for word, known in self._session.desk.prompt.view.suggestions:
            # A section's title is not drawn under a style sheet.
            menu.addAction(f"Instead of “{word}”").setEnabled(False)
            for other in known:
                menu.addAction(other).triggered.connect(partial(self._replace, word, other))
        menu.popup(self.suggest.mapToGlobal(QPoint(0, self.suggest.height() + 4)))

    def _replace(self, word: str, other: str) -> None:
        desk = self._session.desk
        desk.change(prompt=replaced(desk.draft.prompt, word, other))

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


def _heading(words: str | QLabel, beside: QLabel | None) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(text(words, "tx1", fonts.section()) if isinstance(words, str) else words)
    row.addStretch(1)
    if beside is not None:
        row.addWidget(beside)
    return row
