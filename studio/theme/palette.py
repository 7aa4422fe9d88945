"""The QPalette of a theme: what Fusion draws follows the tokens."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from studio.theme.tokens import Tokens


def palette(tokens: Tokens) -> QPalette:
    """Every role that Fusion reads, for the enabled and the disabled state."""
    role = QPalette.ColorRole
    colours = {
        role.Window: tokens.bg1,
        role.WindowText: tokens.tx1,
        role.Base: tokens.bg2,
        role.AlternateBase: tokens.bg3,
        role.Text: tokens.tx1,
        role.PlaceholderText: tokens.tx3,
        role.Button: tokens.bg2,
        role.ButtonText: tokens.tx1,
        role.BrightText: tokens.err,
        role.ToolTipBase: tokens.bg2,
        role.ToolTipText: tokens.tx1,
        role.Highlight: tokens.bg4,
        role.HighlightedText: tokens.tx1,
        role.Accent: tokens.acc,
        role.Link: tokens.info,
        role.LinkVisited: tokens.info,
        role.Light: tokens.line2,
        role.Midlight: tokens.line,
        role.Mid: tokens.line,
        role.Dark: tokens.bg0,
        role.Shadow: tokens.canvas,
    }
    made = QPalette()
    for key, colour in colours.items():
        made.setColor(key, QColor(colour))
    for key in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, key, QColor(tokens.tx3))
    return made
