"""The window: rail, top bar, the modes, status bar."""

from __future__ import annotations

from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHBoxLayout,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)

from core.artifacts.artifact import Artifact
from core.history.home import HomeFolder
from studio.actions import Actions
from studio.announcer import Announcer, announcement
from studio.background import Background
from studio.bridge import Bridge
from studio.collecting import Collecting
from studio.deeds import deeds_of
from studio.drops import Drops
from studio.focus_keys import FocusKeys
from studio.history_mode import HistoryMode
from studio.housekeeping import Housekeeping
from studio.load_reading import LoadReading
from studio.panels.create import CreatePage
from studio.panels.mode_rail import MODES, ModeRail
from studio.panels.modes import Modes
from studio.panels.status_bar import StatusBar
from studio.panels.top_bar import TopBar
from studio.preferences import Preferences
from studio.project_actions import Offers, ProjectActions
from studio.regions import Region, Regions
from studio.restoring import Restorer
from studio.session import Session
from studio.settings import Settings
from studio.settings_mode import MODE as SETTINGS
from studio.settings_mode import SettingsMode
from studio.sheets import Sheets
from studio.theme import Theme
from studio.widgets.text import line
from studio.widgets.tip import Tips
from studio.window_place import WindowPlace

if TYPE_CHECKING:
    from studio.compare_mode import CompareMode
    from studio.finder import Finder
    from studio.panels.crash_card import CrashCard
    from studio.toy_mode import ToyMode

SMALLEST, USUAL = (1100, 700), (1440, 900)
PRESSED_BY_SPACE = (QAbstractButton, QComboBox, QAbstractItemView)
UNSEEN_MS = 300
MODE_KEPT = "window/mode"


class MainWindow(QMainWindow):
    """Owns nothing that lives longer than itself: closing it closes the engine.

    seen(): the window has been drawn for the first time, and nothing has been done since.
    """

    seen = Signal()

    def __init__(
        self,
        theme: Theme,
        bridge: Bridge,
        background: Background,
        settings: Settings,
        preferences: Preferences,
        home: Path,
    ) -> None:
        super().__init__()
        self._collecting = Collecting(self)
        self.theme, self.bridge, self._background, self._settings = theme, bridge, background, settings
        self._home, self._preferences = home, preferences
        self._unseen: QTimer | None = None
        self._foreshown = ""
        self.setWindowTitle("Noisette")
        self.setWindowIcon(theme.icon("noisette", "tx1", 64))
        self.setMinimumSize(*SMALLEST)
        self.session = Session(bridge, background, settings, preferences)
        self.session.stage.calm = lambda: theme.duration(1) == 0
        self.house = Housekeeping(preferences, theme, bridge, background)
        self.actions_ = Actions(self, settings)
        self.rail = ModeRail(theme, self.actions_)
        self.top = TopBar(theme, self.session.runs.queue, self.session.projects.model, self.actions_)
        self.create_page = CreatePage(theme, self.session, settings, self.actions_)
        self.history = HistoryMode(
            *(theme, bridge, background, settings, self.session, self.actions_, self.show_mode_named),
            lambda: self.sheets.exporting,
        )
        self.status = StatusBar(theme, self.session.status, self.actions_)
        self.settings_mode = SettingsMode(
            theme, preferences, self.actions_, self.house, HomeFolder(home), self._show_settings
        )
        makers = [partial(self._make_page, mode) for mode, _, _ in MODES]
        self.modes = Modes([*makers, lambda: self.settings_mode.page])
        self.tips = Tips(theme, self)
        FocusKeys(self)
        self.sheets = Sheets(self, background, settings)
        self.restorer = Restorer(self.session.desk, background, self)
        self._build()
        self.regions = Regions(self._region_list())
        self._connect()
        self.drops = Drops(theme, self, self.restorer.read_file)
        self.modes.made.connect(self._adopt)
        self._load = LoadReading(background, self.session, self.top, self)
        self._place = WindowPlace(self, settings, USUAL)
        self.create_page.prompt.editor.setFocus()
        self._foreshow(settings.value(MODE_KEPT, "create"))
        self.installEventFilter(self)

    @cached_property
    def compare(self) -> CompareMode:
        """The Compare mode; made once the window is seen."""
        from studio.compare_mode import CompareMode

        kept = self._background, self._settings, self._preferences
        return CompareMode(self.theme, self.bridge, *kept, self.session, self.actions_, self.show_mode_named)

    @cached_property
    def plane(self) -> ToyMode:
        """The 2D mode; made once the window is seen."""
        from studio.toy_mode import ToyMode

        kept = self._background, self._settings
        own = self.session, self.actions_, self._home
        return ToyMode(self.theme, self.bridge, *kept, *own, self.show_mode_named, lambda: self.compare)

    @cached_property
    def crash_card(self) -> CrashCard:
        """What tells of a fault of the program itself; made when first asked for."""
        from studio.panels.crash_card import CrashCard

        return CrashCard(self, self.theme)

    @cached_property
    def finder(self) -> Finder:
        """What looks for actions, settings and pictures by words; made when first asked for."""
        from studio.finder import Finder

        return Finder(
            self.actions_,
            self.session,
            self._preferences,
            self.settings_mode.show,
            self._open_picture,
            self.bridge,
            self._background,
        )

    def open_engine_when_seen(self) -> None:
        """Start what works in the background once the window has been drawn, or after `UNSEEN_MS` if it is not."""
        self._unseen = QTimer(self, singleShot=True, interval=UNSEEN_MS)
        self._unseen.timeout.connect(self.seen)
        self._unseen.timeout.connect(self._open_engine)
        self._unseen.start()

    def focusNextPrevChild(self, on: bool) -> bool:
        return self.regions.tab(QApplication.focusWidget(), 1 if on else -1) or super().focusNextPrevChild(on)

    def _region_list(self) -> tuple[Region, ...]:
        create = self.create_page

        def on_create(part: QWidget) -> Region:
            return lambda: part if self.modes.currentWidget() is create else None

        def page() -> QWidget | None:
            return self.modes.currentWidget() if self.modes.currentWidget() is not create else None

        parts = (*create.regions(),)
        return (lambda: self.rail, lambda: self.top, page, *map(on_create, parts), lambda: self.status)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Not `event`: Python would be asked for each of the four hundred that come while the window is built.
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride:
            # Space presses what has the focus, where that can be pressed; only else is it a shortcut.
            if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
                pressed = isinstance(self.focusWidget(), PRESSED_BY_SPACE)
                if pressed:
                    event.accept()
                return pressed
        elif kind == QEvent.Type.DevicePixelRatioChange:
            # Icons are drawn at device pixels.
            QTimer.singleShot(0, self, self.theme.changed.emit)
        elif kind == QEvent.Type.Paint and self._unseen is not None and self._unseen.isActive():
            self._unseen.start(0)
        return super().eventFilter(watched, event)

    def _open_engine(self) -> None:
        from studio import machine

        self.create_page.prompt.complete()
        self.create_page.canvas.complete()
        self.create_page.sampler.complete()
        self.compare.attend()
        self.plane.attend()
        self.tips.adopt(self)
        self.drops.adopt(self)
        self._make_readable()
        if self._foreshown:
            name, self._foreshown = self._foreshown, ""
            self.settings_mode.show() if name == SETTINGS else self.show_mode_named(name)
        self.bridge.open()
        self._background.run(lambda: machine.read_machine(self._home), self.create_page.canvas.welcome.show_machine)
        self._load.read()

    def _make_readable(self) -> None:
        # Qt's long lists of roles and events come with it: the window opens sooner without them.
        from studio.accessible import install

        install()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._load.stop()
        self.session.desk.keep()
        self._place.keep()
        # What is still being opened is waited for out of sight.
        self.hide()
        self._settings.close()
        self.sheets.close()
        self._background.close()
        if "plane" in vars(self):
            self.plane.close()
        self.bridge.close()
        self._collecting.close()
        super().closeEvent(event)

    def _build(self) -> None:
        centre = QVBoxLayout()
        centre.setContentsMargins(0, 0, 0, 0)
        centre.setSpacing(0)
        centre.addWidget(self.modes, 1)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(line(vertical=True))
        row.addLayout(centre, 1)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addWidget(line())
        column.addLayout(row, 1)
        column.addWidget(line())
        column.addWidget(self.status)
        self.setCentralWidget(whole)

    def _connect(self) -> None:
        session = self.session
        tell = announcement(self)
        self._announcer = Announcer(session.runs.run_bar, session.status, tell)
        session.said.connect(tell)
        self.house.said.connect(session.said)
        self.restorer.said.connect(session.said)
        self.create_page.prompt.grown.connect(lambda: self.tips.adopt(self.create_page.prompt))
        self.restorer.restored.connect(self.sheets.restored)
        session.model_wanted.connect(self.actions_["model"].trigger)
        session.failure.watch("remedies", self._allow_remedies)
        for name, deed in deeds_of(self).items():
            self.actions_.connect(name, deed)
        self._projects = ProjectActions(
            self, self.theme, session.projects, self.actions_, self.top.project, self._page_with_toast, tell
        )
        self.actions_.connect("parent", session.open_parent, "create")
        self.actions_.connect("dissection", self.toggle_guidance, "create")

    def _allow_remedies(self, remedies: tuple[object, ...]) -> None:
        """Their keys are free for other things while no card offers them."""
        for place, name in enumerate(("retry", "remedy_2", "remedy_3")):
            self.actions_.enable(name, place < len(remedies))

    def show_mode(self, index: int) -> None:
        """Go to a mode; each keeps its own state."""
        mode = MODES[index][0]
        self._foreshown = ""
        self._settings.keep(MODE_KEPT, mode)
        self.modes.go(index)
        self.rail.show_mode(index)
        self.actions_.set_mode(mode)
        self.session.status.update(mode=mode)
        self.session.refresh()
        if mode == "history":
            self.history.enter()
        elif mode == "compare":
            self.compare.enter()
        elif mode == "plane":
            self.plane.enter()

    def _foreshow(self, name: str) -> None:
        """The mode of the last session: named on the rail at once; its page is made when the window is seen."""
        names = [mode for mode, _, _ in MODES]
        if name == SETTINGS:
            self._foreshown = name
            self.modes.foreshow(len(names))
            self.rail.show_mode(self.rail.SETTINGS)
        elif name in names[1:]:
            self._foreshown = name
            self.modes.foreshow(names.index(name))
            self.rail.show_mode(names.index(name))

    def show_mode_named(self, name: str) -> None:
        """Go to the mode of that name."""
        self.show_mode(next(index for index, (mode, _, _) in enumerate(MODES) if mode == name))

    def _open_picture(self, artifact: Artifact) -> None:
        self.show_mode(0)
        self.session.open_artifact(artifact)

    def explain(self) -> None:
        """Show the tip of what has the focus, or say that there is none."""
        if not self.tips.show_for_focus():
            keys = self.actions_.shown_keys("shortcuts")
            more = f"; press {keys} for all shortcuts" if keys else ""
            self.session.said.emit(f"Nothing more is known of what has the focus{more}")

    def _page_with_toast(self) -> Offers:
        """The page on show where it has a toast, else Create, which comes on show."""
        if self.history.is_shown:
            return self.history.page
        self.show_mode(0)
        return self.create_page

    def _show_settings(self) -> None:
        self._foreshown = ""
        self._settings.keep(MODE_KEPT, SETTINGS)
        self.modes.go(len(MODES))
        self.rail.show_mode(self.rail.SETTINGS)
        self.actions_.set_mode(SETTINGS)
        self.session.status.update(mode=SETTINGS)

    def _make_page(self, mode: str) -> QWidget:
        match mode:
            case "create":
                return self.create_page
            case "history":
                return self.history.page_on(self.modes)
            case "compare":
                self.compare.pages.made.connect(self._adopt)
                return self.compare.pages
            case "plane":
                return self.plane.page
            case _:
                from studio.panels.coming import Coming

                return Coming(self.theme, mode)

    def _adopt(self, page: QWidget) -> None:
        """A page that was made after the window."""
        self.tips.adopt(page)
        self.drops.adopt(page)

    def focus_on(self, widget: QWidget, panel: str) -> None:
        """Go to Create, show that panel, and give a field of it the focus."""
        self.show_mode(0)
        self.create_page.set_panel(panel, True)
        widget.setFocus()

    def toggle_guidance(self) -> None:
        """Guidance of each step in place of the filmstrip, or the filmstrip again."""
        trajectory = self.create_page.trajectory
        new = not trajectory.has_guidance
        trajectory.toggle_guidance(self.create_page.canvas.view)
        if new:
            panel = trajectory.guidance
            self.tips.adopt(panel)
            panel.grown.connect(lambda: self.tips.adopt(panel))

    def focus_guidance(self) -> None:
        field = self.create_page.sampler.scale.field
        self.focus_on(field, "right")
        field.selectAll()
