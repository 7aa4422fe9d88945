"""Look of the studio: tokens, palette, style sheet, fonts, sizes and icons."""

from studio.theme.theme import Look, Theme
from studio.theme.tokens import DARK, LIGHT, Tokens

__all__ = ["DARK", "LIGHT", "Look", "Theme", "Tokens"]
