"""One setting of the table on the page: name, help, control, reset."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.preferences import Kind, Preference, Preferences
from studio.theme import Theme, fonts, sizes
from studio.widgets.buttons import IconButton
from studio.widgets.segmented import Segmented
from studio.widgets.slider_field import SliderField
from studio.widgets.switch import Switch
from studio.widgets.text import text, wrapped

CONTROL_WIDTH = 340


class PreferenceRow(QWidget):
    """control: what takes the focus. A changed setting has a bold name and a way back."""

    def __init__(self, theme: Theme, preferences: Preferences, preference: Preference) -> None:
        super().__init__()
        self.preference, self._preferences, self._theme = preference, preferences, theme
        self._values: tuple[str, ...] = tuple(value for value, _ in preference.choices)
        self._name = text(preference.name, "tx1", fonts.value())
        self.note = wrapped("", "tx2")
        self.note.hide()
        self._reset = IconButton(theme, "reset", f"Reset {preference.name}", "Back to the default")
        policy = self._reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._reset.setSizePolicy(policy)
        self._reset.clicked.connect(lambda: preferences.reset(preference.key))
        self.control = self._make_control()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._name)
        words.addWidget(wrapped(preference.help, "tx3"))
        words.addWidget(self.note)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 7, 0, 7)
        row.setSpacing(14)
        row.addLayout(words, 1)
        row.addWidget(self._reset, 0, Qt.AlignmentFlag.AlignVCenter)
        sizes.fix(self.control, width=CONTROL_WIDTH)
        row.addWidget(self.control, 0, Qt.AlignmentFlag.AlignVCenter)
        preferences.changed.connect(self._follow)
        self._show(preferences[preference.key])

    def offer(self, values: tuple[str, ...]) -> None:
        """Of a choice, only these; the present one stays among them."""
        if isinstance(self.control, Segmented):
            present = self._preferences[self.preference.key]
            choices = [(value, words) for value, words in self.preference.choices if value in (*values, present)]
            self._values = tuple(value for value, _ in choices)
            self.control.set_choices([words for _, words in choices])
            self._show(present)

    def take_focus(self) -> None:
        """Put the focus into the control."""
        target = self.control.focusProxy() or self.control
        if isinstance(self.control, Segmented):
            target = self.control.button(max(self.control.current(), 0))
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _make_control(self) -> QWidget:
        preference = self.preference
        match preference.kind:
            case Kind.CHOICE:
                choice = Segmented(preference.name, [words for _, words in preference.choices], spread=True)
                choice.chosen.connect(lambda at: self._put(self._values[at]))
                return choice
            case Kind.SWITCH:
                switch = Switch(self._theme, preference.name)
                switch.toggled.connect(self._put)
                return switch
            case Kind.NUMBER:
                number = SliderField(
                    self._theme,
                    preference.name,
                    preference.low,
                    preference.high,
                    preference.step,
                    preference.write,
                    whole=True,
                    log=preference.log,
                    bare=True,
                    read=preference.read,
                    tip=preference.help,
                )
                number.changed.connect(lambda value: self._put(round(value)))
                return number

    def _put(self, value: Any) -> None:
        self._preferences.set(self.preference.key, value)

    def _follow(self, key: str) -> None:
        if key == self.preference.key:
            self._show(self._preferences[key])

    def _show(self, value: Any) -> None:
        changed = value != self.preference.default
        self._name.setFont(fonts.section() if changed else fonts.value())
        self._reset.setVisible(changed)
        if isinstance(self.control, Segmented):
            self.control.choose(self._values.index(value))
        elif isinstance(self.control, Switch):
            self.control.setChecked(value)
        elif isinstance(self.control, SliderField):
            self.control.set_value(value, self.preference.default)
