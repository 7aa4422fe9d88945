"""`noisette` on the command line: one file a command."""

from core.cli.app import main

__all__ = ["main"]
