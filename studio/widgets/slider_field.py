"""Label, track, reset and field in one row."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from studio.theme import Theme, fonts, sizes
from studio.viewmodels.arithmetic import evaluate
from studio.widgets.buttons import IconButton
from studio.widgets.number_field import NumberField
from studio.widgets.text import retone, text, wrapped
from studio.widgets.tip import TipCard
from studio.widgets.track import Track

LOG_STEPS = 200


class SliderField(QWidget):
    """A number between two bounds. changed(value): the user set another one.

    A changed value turns the label bold and shows the reset arrow; a double-click or Alt-click on the label resets.
    """

    changed = Signal(float)

    def __init__(
        self,
        theme: Theme,
        name: str,
        low: float,
        high: float,
        step: float,
        write: Callable[[float], str],
        *,
        tip: str = "",
        whole: bool = False,
        hard_low: float | None = None,
        hard_high: float | None = None,
        log: bool = False,
        bare: bool = False,
        read: Callable[[str], float] = evaluate,
        title: str = "",
    ) -> None:
        """hard_low, hard_high: the field accepts from and up to these, beyond the track's ends.

        log: the track is even in the logarithm. bare: without label and reset arrow, which stand elsewhere.
        read: from what is typed to a number.
        title: the whole name, where the label is short.
        """
        super().__init__()
        self._log, self._bare = log, bare
        self._low, self._high, self._step = low, high, step
        self._default: float | None = None
        self._value = low
        self._refused = self._advice = ""
        self.label = text(name, "tx2")
        sizes.bound(self.label, least_width=74)
        self.label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.track = Track(theme, title or name, LOG_STEPS if log else round((high - low) / step))
        self.reset = IconButton(theme, "reset", f"Reset {(title or name).lower()}", "Back to the default")
        self.reset.setFixedSize(24, 24)
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        least, most = low if hard_low is None else hard_low, high if hard_high is None else hard_high
        self.field = NumberField(title or name, least, most, step, write, whole=whole, read=read)
        sizes.fix(self.field, width=66 if bare else 58)
        self.problem = wrapped("", "err", fonts.caption())
        self.problem.hide()
        self._write, self._tip, self._title = write, tip, title or name
        self.shown_keys: Callable[[], str] = str
        row = QGridLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setHorizontalSpacing(4)
        row.setVerticalSpacing(0)
        row.addWidget(self.track, 0, 1)
        if bare:
            for part in (self.label, self.reset):
                part.setParent(self)
                part.hide()
        else:
            row.addWidget(self.label, 0, 0)
            row.addWidget(self.reset, 0, 2)
        row.addWidget(self.field, 0, 3)
        row.addWidget(self.problem, 1, 0, 1, 4)
        row.setRowMinimumHeight(0, 30)
        row.setColumnStretch(1, 1)
        self.setFocusProxy(self.track)
        self.track.set_scale(self._value_at, self._place_of, write)
        self.track.valueChanged.connect(lambda at: self._take(self._value_at(at), self.field))
        self.field.committed.connect(lambda value: self._take(value, self.track))
        self.field.refused.connect(self._refuse)
        self.reset.clicked.connect(self._restore)
        self.label.installEventFilter(self)
        self._mark()

    def tip_card(self) -> TipCard:
        """What the row's tip says. shown_keys: the keys that lead here, where there are some."""
        default = "" if self._default is None else self._write(self._default)
        span = f"{self._write(self._low)} – {self._write(self._high)}"
        foot = "Alt-click to reset" if default else ""
        return TipCard(self._title, self._tip, span, default, self.shown_keys(), foot)

    def set_value(self, value: float, default: float | None = None) -> None:
        """Show a value and where its default lies, without `changed`."""
        self._value, self._default = value, default
        self.field.set_value(value)
        self._set_track(value)
        self.track.set_default(-1 if default is None else self._place_of(default))
        self._mark()

    def set_bounds(self, low: float, high: float) -> None:
        """Another range for track and field, without `changed`."""
        self._low, self._high = low, high
        self.field.set_bounds(low, high)

    def blame(self, advice: str) -> None:
        """Mark it as what stopped a run, with a line of advice; "" for no longer."""
        if advice != self._advice:
            self._advice = advice
            self.field.set_blamed(bool(advice))
            self._say()
            self._mark()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.label and isinstance(event, QMouseEvent):
            alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            if event.type() == QEvent.Type.MouseButtonDblClick or (
                event.type() == QEvent.Type.MouseButtonPress and alt
            ):
                self._restore()
                return True
        return super().eventFilter(watched, event)

    def _take(self, value: float, other: QWidget) -> None:
        value = round(value, 6)
        if value == self._value:
            return
        self._value = value
        if other is self.field:
            self.field.set_value(value)
        else:
            self._set_track(value)
        self._mark()
        self.changed.emit(value)

    def _set_track(self, value: float) -> None:
        self.track.blockSignals(True)
        self.track.setValue(self._place_of(value))
        self.track.blockSignals(False)
        self.track.update()

    def _place_of(self, value: float) -> int:
        value = min(max(value, self._low), self._high)
        if self._log:
            return round(LOG_STEPS * math.log(value / self._low) / math.log(self._high / self._low))
        return round((value - self._low) / self._step)

    def _value_at(self, place: int) -> float:
        if not self._log:
            return self._low + place * self._step
        if place in (0, LOG_STEPS):
            return self._high if place else self._low
        return float(f"{self._low * (self._high / self._low) ** (place / LOG_STEPS):.3g}")

    def _restore(self) -> None:
        if self._default is not None and self._default != self._value:
            value = self._default
            self.set_value(value, value)
            self.changed.emit(value)

    def _refuse(self, sentence: str) -> None:
        self._refused = sentence
        self._say()

    def _say(self) -> None:
        words = self._refused or self._advice
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def _mark(self) -> None:
        changed = self._default is not None and abs(self._default - self._value) > 1e-9
        self.reset.setVisible(changed and not self._bare)
        self.label.setFont(fonts.section() if changed else fonts.label())
        retone(self.label, "err" if self._advice else "tx1" if changed else "tx2")
