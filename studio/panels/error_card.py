"""What went wrong, what was kept, and what to do: on the canvas, not in a dialog."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from studio import report
from studio.actions import Actions
from studio.session import Session
from studio.theme import Theme, fonts, icons, sizes
from studio.viewmodels.remedies import KEYED, FailureView
from studio.widgets.buttons import Button
from studio.widgets.evidence_bar import EvidenceBar
from studio.widgets.remedy_button import RemedyButton
from studio.widgets.text import line, surface, text, wrapped

WIDTH, NARROW = 560, 280


class ErrorCard(QScrollArea):
    """Shown for a failed run; scrolls where the centre is lower than the card."""

    def __init__(self, theme: Theme, session: Session, actions: Actions) -> None:
        super().__init__()
        self._theme, self._session = theme, session
        self._title = wrapped("", "tx1", fonts.sheet())
        self._reason, self._kept = wrapped("", "tx2"), wrapped("", "tx2")
        self._mark = QLabel()
        self.evidence = EvidenceBar(theme)
        self._offer = text("Try one of these", "tx1", fonts.section())
        self.remedies = tuple(RemedyButton(first=place == 0) for place in range(len(KEYED)))
        for place, button in enumerate(self.remedies):
            button.company = self.remedies
            button.clicked.connect(partial(self._take, place))
        self._actions = actions
        actions.changed.connect(self._show_keys)
        self._show_keys()
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setAccessibleName("Technical details")
        self._details.setFont(fonts.caption())
        sizes.fix(self._details, height=120, lines=6)
        self._fold = Button(theme, "Technical details", "quiet", "chevron_right")
        self._fold.setAccessibleName("Technical details")
        self._fold.setCheckable(True)
        self._fold.toggled.connect(self._unfold)
        self._copy = Button(theme, "Copy report", "quiet", "copy")
        self._copy.setAccessibleName("Copy report")
        self._copy.clicked.connect(self._copy_report)
        self._build()
        theme.changed.connect(self._tint)
        self._tint()
        session.failure.watch_all(self._show)

    def report(self) -> str:
        """What happened, versions and the trace, as text for a report."""
        view = self._session.failure.view
        happened = "\n".join(words for words in (view.title, view.reason, view.kept) if words)
        failure = self._session.failure.inputs.run
        sentence = failure.sentence if failure else ""
        return report.compose(happened, f"{sentence}\n\n{view.details}".strip())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.viewport().width() < sizes.wide(NARROW)
        self._copy.setText("Copy" if narrow else "Copy report")
        self._fold.setText("Details" if narrow else "Technical details")
        side = 14 if narrow else 22
        self._top.setContentsMargins(side, 20, side, 18)

    def _show(self, view: FailureView) -> None:
        if not view.title:
            return
        self._title.setText(view.title)
        self._reason.setText(view.reason)
        self._reason.setVisible(bool(view.reason))
        self._kept.setText(view.kept)
        self.setAccessibleName(f"{view.title}. {view.reason} {view.kept}")
        self.evidence.show_figures(view.needed, view.free, view.part)
        self.evidence.setVisible(view.part > 0)
        self._offer.setText("Try one of these" if len(view.remedies) > 1 else "Try this")
        self._offer.setVisible(bool(view.remedies))
        for place, button in enumerate(self.remedies):
            button.setVisible(place < len(view.remedies))
            if place < len(view.remedies):
                button.show_remedy(view.remedies[place].name, view.remedies[place].cost)
        for button in self.remedies:
            button.arrange()
        self._details.setPlainText(report.impersonal(view.details))
        self._fold.setChecked(False)
        self._fold.setVisible(bool(view.details))
        self._details.hide()

    def _show_keys(self) -> None:
        for name, button in zip(KEYED, self.remedies, strict=True):
            button.show_key(self._actions.shown_keys(name))

    def _take(self, place: int, _checked: bool = False) -> None:
        self._session.take_remedy(place)

    def _build(self) -> None:
        card = surface("error")
        sizes.bound(card, most_width=WIDTH)
        tile = surface("errTint")
        tile.setFixedSize(40, 40)
        inside = QHBoxLayout(tile)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignCenter)
        words = QVBoxLayout()
        words.setSpacing(4)
        for part in (self._title, self._reason, self._kept):
            words.addWidget(part)
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(tile, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        offers = QVBoxLayout()
        offers.setSpacing(6)
        offers.addWidget(self._offer)
        for button in self.remedies:
            offers.addWidget(button)
        self._top = top = QVBoxLayout()
        top.setSpacing(18)
        top.addLayout(head)
        top.addWidget(self.evidence)
        top.addLayout(offers)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 8, 12, 8)
        foot.addWidget(self._fold)
        foot.addStretch(1)
        foot.addWidget(self._copy)
        column = QVBoxLayout(card)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(line())
        column.addLayout(foot)
        self._holder = QWidget()
        holder = QVBoxLayout(self._holder)
        holder.setContentsMargins(14, 0, 14, 12)
        holder.addWidget(self._details)
        self._holder.hide()
        column.addWidget(self._holder)
        ground = surface("canvas")
        whole = QVBoxLayout(ground)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addStretch(1)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(card, 1000)
        middle.addStretch(1)
        whole.addLayout(middle)
        whole.addStretch(2)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(ground)

    def _unfold(self, open_: bool) -> None:
        self._details.setVisible(open_)
        self._holder.setVisible(open_)
        self._fold.set_icon("chevron_down" if open_ else "chevron_right")

    def _copy_report(self) -> None:
        QGuiApplication.clipboard().setText(self.report())
        self._session.said.emit("Report copied")

    def _tint(self) -> None:
        self._mark.setPixmap(icons.pixmap("error", self._theme.tokens.err, 20, 2.0))
