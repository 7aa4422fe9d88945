"""Look of the studio: tokens, palette, style sheet, fonts and icons."""

from studio.theme.theme import Theme
from studio.theme.tokens import DARK, LIGHT, Tokens

__all__ = ["DARK", "LIGHT", "Theme", "Tokens"]
