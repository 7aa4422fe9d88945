"""A fault of the program itself: a card in the corner that stands in nobody's way."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from studio.crashes import Crash
from studio.theme import Theme, fonts, icons, sizes
from studio.widgets.buttons import Button, IconButton
from studio.widgets.text import text, wrapped

WIDTH = 400
MARGIN, FOOT = 14, 40


class CrashCard(QFrame):
    """Lies over the lower right corner of `window` until it is closed."""

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._theme, self._crash = theme, Crash("", "", "")
        self.setProperty("surface", "error")
        self._mark, self._title = QLabel(), wrapped("", "tx1", fonts.card())
        self._words, self._times = wrapped("", "tx2"), text("", "tx3")
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setAccessibleName("Report")
        self._details.setFont(fonts.caption())
        sizes.fix(self._details, height=140, lines=8)
        self._fold = Button(theme, "Report", "quiet", "chevron_right")
        self._fold.setCheckable(True)
        self._fold.toggled.connect(self._unfold)
        self.copy = Button(theme, "Copy report", "quiet", "copy")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._crash.report))
        self.cross = IconButton(theme, "close", "Close this card")
        self.cross.clicked.connect(self.hide)
        self._build()
        window.installEventFilter(self)
        theme.changed.connect(self._tint)
        self._tint()
        self.hide()

    @property
    def report(self) -> str:
        return self._crash.report

    def show_crash(self, crash: Crash) -> None:
        """Tell of a fault; one that comes again only counts up."""
        if crash.times > 1 and crash.report != self._crash.report:
            return
        again = crash.report == self._crash.report
        self._crash = crash
        self._title.setText(crash.title)
        self._words.setText(crash.words)
        self.setAccessibleName(f"{crash.title}. {crash.words}")
        self._times.setText(f"{crash.times} times" if crash.times > 1 else "")
        self._details.setPlainText(crash.report)
        if not again:
            self._fold.setChecked(False)
            self._details.hide()
            self.show()
            self.raise_()
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._title, 1)
        head.addWidget(self.cross, 0, Qt.AlignmentFlag.AlignTop)
        foot = QHBoxLayout()
        foot.addWidget(self._fold)
        foot.addWidget(self._times)
        foot.addStretch(1)
        foot.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 10, 8)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._words)
        column.addLayout(foot)
        column.addWidget(self._details)
        self._details.hide()

    def _unfold(self, open_: bool) -> None:
        self._details.setVisible(open_)
        self._fold.set_icon("chevron_down" if open_ else "chevron_right")
        self._place()

    def _place(self) -> None:
        window = self.parentWidget()
        width = min(sizes.wide(WIDTH), window.width() - 2 * MARGIN)
        self.layout().activate()
        height = max(self.layout().heightForWidth(width), self.layout().minimumSize().height())
        self.setGeometry(window.width() - width - MARGIN, window.height() - height - FOOT, width, height)

    def _tint(self) -> None:
        self._mark.setPixmap(icons.pixmap("warning", self._theme.tokens.warn, 18, 2.0))
