"""How busy the machine is, read every two seconds off the GUI thread: for the top bar, the status bar and the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from studio.background import Background
from studio.panels.top_bar import TopBar
from studio.session import Session

if TYPE_CHECKING:
    from studio.machine import ProcessorTimes

LOAD_MS = 2000


class LoadReading(QObject):
    """Reads from `read` on, until `stop`."""

    def __init__(self, background: Background, session: Session, top: TopBar, parent: QObject) -> None:
        super().__init__(parent)
        self._background, self._session, self._top = background, session, top
        self._processor: ProcessorTimes | None = None
        self._timer = QTimer(self, interval=LOAD_MS)
        self._timer.timeout.connect(self.read)
        self._timer.start()

    def read(self) -> None:
        from studio import machine

        def read() -> tuple[ProcessorTimes | None, tuple[int, int] | None]:
            return machine.read_processor(), machine.read_memory()

        self._background.run(read, self._show)

    def stop(self) -> None:
        self._timer.stop()

    def _show(self, reading: tuple[ProcessorTimes | None, tuple[int, int] | None]) -> None:
        from studio.machine import cores

        processor, memory = reading
        if processor is not None and self._processor is not None:
            self._top.show_load(cores(), processor.load_since(self._processor))
        self._processor = processor
        if memory is not None:
            free, total = memory
            self._session.desk.set_free_memory(free)
            self._session.status.update(memory=(total - free, total))
