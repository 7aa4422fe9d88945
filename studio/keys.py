"""Key sequences as they are kept ("Ctrl+Shift+L", Qt's portable form), typed, and read by users ("Ctrl Shift L")."""

from __future__ import annotations

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

MODIFIER_KEYS = (
    Qt.Key.Key_Control,
    Qt.Key.Key_Shift,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
    Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock,
    Qt.Key.Key_unknown,
)
WORDS = {"Return": "Enter", "PgUp": "Page Up", "PgDown": "Page Down", "Del": "Delete", "Ins": "Insert"}


def shown(keys: str) -> str:
    """As users read it: "Ctrl Shift L", "Ctrl ,", "?"."""
    # A plus sign is itself a key, and the last: "Ctrl++".
    parts = [*keys[:-1].split("+")[:-1], keys[:-1].split("+")[-1] + keys[-1:]]
    return " ".join(WORDS.get(part, part) for part in parts if part)


def normal(keys: str) -> str:
    """The one spelling of a sequence in Qt's portable form; "" for what names no key."""
    sequence = QKeySequence.fromString(keys, QKeySequence.SequenceFormat.PortableText)
    if sequence.count() != 1 or sequence[0].key() == Qt.Key.Key_unknown:
        return ""
    return sequence.toString(QKeySequence.SequenceFormat.PortableText)


def typed(event: QKeyEvent) -> str:
    """The keys of a press, in the portable form; "" while only modifiers are down."""
    key, modifiers, text = Qt.Key(event.key()), event.modifiers(), event.text()
    if key in MODIFIER_KEYS:
        return ""
    if key == Qt.Key.Key_Backtab:
        key = Qt.Key.Key_Tab
    sign = text[:1].isprintable() and bool(text.strip()) and not text[:1].isalnum()
    if sign and modifiers & Qt.KeyboardModifier.ShiftModifier:
        # Shift that is needed to type a sign is part of the sign.
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    modifiers &= ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier)
    return QKeySequence(QKeyCombination(modifiers, key)).toString(QKeySequence.SequenceFormat.PortableText)
