"""What the studio remembers: an ini file in the user's Noisette folder, written off the GUI thread."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings

from core.history.home import default_home
from studio.background import Background

FILE = "studio.ini"


class Settings:
    """Plain JSON values by key ("theme", "create/draft"). Read once when made; each `keep` is written behind it.

    An unreadable file or value counts as absent: settings are never worth refusing to start for.
    """

    def __init__(self, background: Background, home: Path | None = None) -> None:
        self._path = (home or default_home()) / FILE
        self._writer = background
        stored = QSettings(str(self._path), QSettings.Format.IniFormat)
        self._values: dict[str, Any] = {}
        for key in stored.allKeys():
            try:
                self._values[key] = json.loads(str(stored.value(key)))
            except ValueError:
                continue

    def value(self, key: str, default: Any) -> Any:
        """The kept value where it is of the default's type, else the default."""
        kept = self._values.get(key, default)
        return kept if isinstance(kept, type(default)) else default

    def keep(self, key: str, value: Any) -> None:
        """Remember a JSON value."""
        if self._values.get(key) == value:
            return
        self._values[key] = value
        text, path = json.dumps(value), str(self._path)

        def write() -> None:
            store = QSettings(path, QSettings.Format.IniFormat)
            store.setValue(key, text)
            store.sync()

        self._writer.run(write)

    def close(self) -> None:
        """Wait until all is written."""
        self._writer.close()
