"""Every action of the window: a name, keys that the user may change, a tooltip, a place in the command palette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from core.errors import NoisetteError
from studio import keys
from studio.settings import Settings

KEPT = "shortcuts"


@dataclass(frozen=True, slots=True)
class ActionCard:
    """keys: key sequences in Qt's portable form, the first one shown. listed: in the command palette."""

    id: str
    name: str
    keys: tuple[str, ...]
    tip: str
    listed: bool = True


CARDS: tuple[ActionCard, ...] = (
    ActionCard("generate", "Generate", ("Ctrl+Return", "Ctrl+Enter"), "Make pictures, or add them to the queue"),
    ActionCard("cancel", "Cancel", ("Esc",), "Close what is on top, else stop the running job; its pictures are kept"),
    ActionCard("pause", "Pause or resume", ("Ctrl+Shift+P",), "Hold all work within one step, or let it go on"),
    ActionCard("live", "Live", ("Ctrl+L",), "Let the picture follow the settings while they change, in few steps"),
    ActionCard("new_seed", "New seed", ("D",), "Draw another seed"),
    ActionCard("lock_seed", "Lock the seed", ("Shift+D",), "Keep the seed, or draw a new one for each picture"),
    ActionCard("guidance", "Guidance scale", ("G",), "Go to the guidance scale"),
    ActionCard("model", "Choose a model", ("M",), "See what is installed and take one"),
    ActionCard("style", "Next style", ("T",), "Draw in the model's next style; after the last comes any"),
    ActionCard("prompt", "Prompt", ("P",), "Go to the prompt"),
    ActionCard("weight_up", "Weigh the words more", ("Ctrl+Up",), "Make the words at the cursor count 0.1 more"),
    ActionCard("weight_down", "Weigh the words less", ("Ctrl+Down",), "Make the words at the cursor count 0.1 less"),
    ActionCard("step_back", "Step back", ("J",), "Show the step before"),
    ActionCard("step_on", "Step on", ("K",), "Show the step after"),
    ActionCard("step_first", "First step", ("Shift+J",), "Show the first step at hand"),
    ActionCard("step_last", "Last step", ("Shift+K",), "Show the newest step, or the finished picture"),
    ActionCard("play", "Play the steps", ("Space",), "Play the trajectory from noise to picture, or stop"),
    ActionCard("branch", "Branch from here", ("B",), "Go on from the step on show with other settings"),
    ActionCard("parent", "Go to the parent", ("O",), "Show the picture that this one goes on from, or lies around"),
    ActionCard("restart", "Restart with changes", ("Ctrl+R",), "Begin the running job again with the settings as now"),
    ActionCard("resume_run", "Go on with this run", ("Shift+R",), "Take up the cancelled run at its last step"),
    ActionCard("look", "Clean guess, noisy state, split", ("V",), "Change what is shown of a step"),
    ActionCard("fit", "Zoom to fit", ("F",), "The whole picture, as large as it goes"),
    ActionCard("real_size", "Real size", ("Ctrl+0",), "One picture pixel to one screen pixel"),
    ActionCard("smooth", "Pixels or smooth", ("Shift+F",), "Show pixels as squares, or smooth between them"),
    ActionCard("zoom_in", "Zoom in", ("Ctrl++", "Ctrl+="), "Larger, to the next whole number"),
    ActionCard("zoom_out", "Zoom out", ("Ctrl+-",), "Smaller"),
    ActionCard("pixel_grid", "Pixel grid", ("Shift+G",), "Lines between pixels, at 800 % and above"),
    ActionCard("pin", "Pin beside", ("Shift+P",), "Keep this picture at the left of those that follow"),
    ActionCard("table", "Plot as a table", ("Ctrl+Shift+T",), "The figures of a plot, row by row, to read and copy"),
    ActionCard(
        "dissection", "Guidance of each step", ("Ctrl+Shift+G",), "What guidance did, and where words are looked at"
    ),
    ActionCard("tear_off", "Second window", ("Ctrl+Alt+N",), "The canvas in a window of its own, or back again"),
    ActionCard("tear_off_steps", "Trajectory in a window", ("Ctrl+Alt+T",), "The trajectory in a window of its own"),
    ActionCard("tear_off_plot", "Schedule in a window", ("Ctrl+Alt+P",), "The noise schedule in a window of its own"),
    ActionCard("variations", "Variations", ("N",), "Nine pictures around this one, from noise near its own"),
    ActionCard("variations_nearer", "Nearer variations", ("Shift+N",), "Nine pictures around this one, half as far"),
    ActionCard("variations_wider", "Wider variations", ("Alt+N",), "Nine around this one, twice as far"),
    ActionCard("favourite", "Favourite", ("S",), "Mark this picture, or take the mark away"),
    ActionCard("plan", "Edit the plan", ("E",), "Move, change, add and remove what stands in the picture"),
    ActionCard("reuse", "Use these settings", ("U",), "Take up the settings that made this picture"),
    ActionCard("open_settings", "Open a picture's settings…", ("Ctrl+O",), "Take up the settings that made a file"),
    ActionCard("paste_settings", "Paste settings", ("Ctrl+V",), "Take up the settings on the clipboard"),
    ActionCard("export", "Export", ("Ctrl+E",), "Save a copy of this picture with its recipe"),
    ActionCard("export_clear", "Export transparent", ("Ctrl+Alt+E",), "Save copies without ground, where it can go"),
    ActionCard("copy_picture", "Copy the picture", ("Ctrl+C",), "Onto the clipboard, transparent where it can be"),
    ActionCard("sheet", "Export a sheet", ("Alt+E",), "The batch, or History's selection, in one: 2 × 2, 4 × 4"),
    ActionCard("enlarge", "Export four times as large", ("Alt+U",), "A copy enlarged by Real-ESRGAN, an extra"),
    ActionCard("clear_ground", "Show transparent", ("Shift+T",), "A chequered ground where the picture is transparent"),
    ActionCard("make_again", "Make again", ("A",), "Make this picture again from its recipe, and compare"),
    ActionCard("open_in_create", "Open in Create", ("Shift+Return",), "Put this picture on the canvas of Create"),
    ActionCard(
        "move_to_project", "Move to project…", ("Shift+M",), "Put what is selected in History into another project"
    ),
    ActionCard("delete", "Delete", ("Del",), "Move what is selected to the bin, where it stays for 30 days"),
    ActionCard("restore", "Restore", ("Shift+U",), "Take what is selected out of the bin"),
    ActionCard("purge", "Delete for good…", ("Shift+Del",), "Delete what is selected in the bin; there is no way back"),
    ActionCard("find", "Find a picture", ("Ctrl+F",), "Search everything that was made"),
    ActionCard("bin", "The bin", ("Shift+B",), "Show what was deleted in the last 30 days, or leave it"),
    ActionCard("projects", "Projects", ("Ctrl+P",), "Go to another project, or make, name and delete one"),
    ActionCard(
        "new_project", "New project…", ("Ctrl+Shift+N",), "Make a project, with pictures and settings of its own"
    ),
    ActionCard("rename_project", "Rename the project…", ("F2",), "Give the current project another name"),
    ActionCard(
        "delete_project", "Delete the project…", ("Ctrl+Shift+Del",), "Its pictures go to the bin or to another project"
    ),
    ActionCard("queue", "Queue", ("Ctrl+J",), "What runs, waits and has ended"),
    ActionCard("left_panel", "Left panel", ("Ctrl+B",), "Show or hide what to make"),
    ActionCard("right_panel", "Right panel", ("Ctrl+Alt+B",), "Show or hide how to make it"),
    ActionCard("all_panels", "All panels", ("\\",), "Show or hide all panels"),
    ActionCard("theme", "Dark or light", ("Ctrl+Shift+L",), "Change the theme"),
    ActionCard("palette", "Search", ("Ctrl+K",), "Find a picture, a setting or a command", listed=False),
    ActionCard("settings", "Settings", ("Ctrl+,",), "Look, storage, device and shortcuts"),
    ActionCard("undo", "Undo", ("Ctrl+Z",), "Take the last change of the settings back; in History, of its pictures"),
    ActionCard("redo", "Redo", ("Ctrl+Shift+Z",), "Make the change again that was taken back last"),
    ActionCard("next_region", "Next part of the window", ("F6",), "Go to the next part of the window"),
    ActionCard("last_region", "Part of the window before", ("Shift+F6",), "Go to the part of the window before"),
    ActionCard("tip", "What is this?", ("F1",), "Explain what has the focus"),
    ActionCard("shortcuts", "All shortcuts", ("?",), "Every command and its keys"),
    ActionCard("retry", "First remedy", ("R",), "Take the first remedy that the card of a failed run offers"),
    ActionCard(
        "remedy_2", "Second remedy", ("2",), "Take the second remedy of a failed run's card; in Compare, lane 2 as A"
    ),
    ActionCard(
        "remedy_3", "Third remedy", ("3",), "Take the third remedy of a failed run's card; in Compare, lane 3 as A"
    ),
    ActionCard("compare", "Send to Compare", ("C",), "Race samplers over the settings as they stand in Create"),
    ActionCard("add_lane", "Add a lane", ("L",), "One more lane in Compare, with a sampler that none has yet"),
    ActionCard("add_lane_as_create", "Add Create's settings", ("Alt+L",), "One more lane, with all settings of Create"),
    ActionCard("remove_lane", "Remove lane B", ("Shift+L",), "Take lane B out of the race"),
    ActionCard("in_plane", "In the plane", ("Alt+P",), "Compare's lanes in the plane, at the noise on show, or away"),
    ActionCard("swap_sides", "Swap A and B", ("X",), "Look closer at the same two lanes the other way round"),
    ActionCard("keep_side", "Keep B", ("Shift+S",), "Make the picture of lane B for Create and History"),
    ActionCard("open_race", "Open a race…", ("Alt+O",), "Show a race that was exported as JSON; it can be run again"),
    ActionCard("export_numbers", "Export the numbers…", ("Ctrl+Shift+E",), "Save all of the race as JSON or CSV"),
    ActionCard(
        "schedules", "Schedules", ("Shift+C",), "Time grids over one another: ours, and other tools' of the same name"
    ),
    ActionCard(
        "import_grid", "Import a time grid…", ("Ctrl+I",), "In Schedules: a list of levels from CSV, JSON or text"
    ),
    ActionCard(
        "use_grid", "Use this grid in Create", ("Alt+Return",), "In Schedules: the curve in hand as Create's grid"
    ),
    *(
        ActionCard(f"side_a_{lane}", f"Lane {lane} as A", (str(lane),), f"Look closer at lane {lane}, as A")
        for lane in (1, 4, 5, 6)
    ),
    *(
        ActionCard(f"side_b_{lane}", f"Lane {lane} as B", (f"Shift+{lane}",), f"Look closer at lane {lane}, as B")
        for lane in range(1, 7)
    ),
    ActionCard("mode_create", "Create", ("Ctrl+1",), "Make pictures from a prompt"),
    ActionCard("mode_compare", "Compare", ("Ctrl+2",), "Samplers side by side, on the same noise"),
    ActionCard("mode_video", "Video", ("Ctrl+3",), "Clips (not there yet)"),
    ActionCard("mode_scene", "3D", ("Ctrl+4",), "Meshes (not there yet)"),
    ActionCard("mode_history", "History", ("Ctrl+5",), "Everything that was made"),
    ActionCard("mode_models", "Models", ("Ctrl+6",), "What is installed (not there yet)"),
    ActionCard("mode_plane", "2D", ("Ctrl+7",), "Diffusion and flows in the plane, seen whole"),
    ActionCard(
        "draw", "Draw your own", ("Shift+E",), "In 2D what is learnt; in Schedules a curve, from the one in hand"
    ),
    ActionCard("quit", "Quit", ("Ctrl+Q",), "Close Noisette; what waits is kept for the next start"),
)


class ShortcutError(NoisetteError):
    """Keys that an action can't have."""


class _TipFollower(QObject):
    """Lives and dies with the widget."""

    def __init__(self, widget: QWidget, action: QAction) -> None:
        super().__init__(widget)
        self._widget, self._action = widget, action
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self._widget.setToolTip(self._action.toolTip())


class _News(QObject):
    changed = Signal()


class Actions:
    """The QActions of one window, by id; they act whatever has the focus, save that fields keep their letters.

    Users may give an action other keys, or none; that is kept. changed: a signal, some keys are others now.
    """

    def __init__(self, window: QWidget, settings: Settings) -> None:
        self._settings, self._news = settings, _News(window)
        self.changed = self._news.changed
        self._actions: dict[str, QAction] = {}
        self._deeds: dict[str, dict[str, Callable[[], object]]] = {}
        self._enabled: dict[tuple[str, str], bool] = {}
        self._mode = "create"
        self._keys = _kept_keys(settings.value(KEPT, {}))
        for card in CARDS:
            action = QAction(card.name, window)
            action.setObjectName(card.id)
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.setStatusTip(card.tip)
            window.addAction(action)
            self._actions[card.id] = action
            self._equip(card)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def connect(self, name: str, slot: Callable[[], object], mode: str = "") -> None:
        """Have the action call `slot`; with a mode, there alone, in place of what it does elsewhere."""
        deeds = self._deeds.setdefault(name, {})
        if not deeds:
            self._actions[name].triggered.connect(lambda _checked=False: self._act(name))
        deeds[mode] = slot
        self._able(name)

    def enable(self, name: str, enabled: bool, mode: str = "") -> None:
        """Whether an action can act; with a mode, while one is there."""
        self._enabled[(name, mode)] = enabled
        self._able(name)

    def set_mode(self, mode: str) -> None:
        """The mode one is in now."""
        self._mode = mode
        for name in self._actions:
            self._able(name)

    def has(self, name: str) -> bool:
        return name in self._actions

    def explain(self, widget: QWidget, name: str) -> None:
        """Give a widget the action's tooltip, which follows the keys."""
        _TipFollower(widget, self._actions[name])

    def listed(self) -> tuple[tuple[ActionCard, QAction], ...]:
        """What the command palette offers, in the table's order."""
        return tuple((card, self._actions[card.id]) for card in CARDS if card.listed)

    def keys(self, name: str) -> tuple[str, ...]:
        """An action's key sequences now, in the portable form; none where it is turned off."""
        return self._keys[name]

    def shown_keys(self, name: str) -> str:
        """The first of them as users read it, "" where there is none."""
        return keys.shown(self._keys[name][0]) if self._keys[name] else ""

    def is_changed(self, name: str) -> bool:
        """Whether the user gave the action other keys than its card says."""
        return self._keys[name] != _card(name).keys

    def owner(self, sequence: str) -> str:
        """The id of the action that has these keys, "" where none has."""
        return next((name for name, mine in self._keys.items() if keys.normal(sequence) in mine), "")

    def set_keys(self, name: str, *sequences: str, take: bool = False) -> None:
        """Give an action other keys; none turns its shortcut off. take: from whatever action has them.

        Raises ShortcutError for what is no key, and for keys that another action has.
        """
        wanted = tuple(dict.fromkeys(keys.normal(sequence) for sequence in sequences))
        if "" in wanted:
            raise ShortcutError(f"{sequences!r} names no key; press the keys that you want")
        for sequence in wanted:
            owner = self.owner(sequence)
            if owner in ("", name):
                continue
            if not take:
                title = self._actions[owner].text()
                shown = keys.shown(sequence)
                raise ShortcutError(f"{shown} already does “{title}”; press other keys, or take it from there")
            self._keys[owner] = tuple(each for each in self._keys[owner] if each != sequence)
            self._equip(_card(owner))
        self._keys[name] = wanted
        self._equip(_card(name))
        self._keep()

    def reset(self, name: str) -> None:
        """Back to the card's keys, taken from whatever action has them."""
        self.set_keys(name, *_card(name).keys, take=True)

    def reset_all(self) -> None:
        """Every action back to its card's keys."""
        self._keys = _kept_keys({})
        for card in CARDS:
            self._equip(card)
        self._keep()

    def _equip(self, card: ActionCard) -> None:
        action, own = self._actions[card.id], self._keys[card.id]
        action.setShortcuts([QKeySequence(each) for each in own])
        action.setToolTip(f"{card.tip} ({keys.shown(own[0])})" if own else card.tip)

    def _keep(self) -> None:
        changed = {card.id: list(self._keys[card.id]) for card in CARDS if self.is_changed(card.id)}
        self._settings.keep(KEPT, changed)
        self.changed.emit()

    def _act(self, name: str) -> None:
        deeds = self._deeds[name]
        deed = deeds.get(self._mode, deeds.get(""))
        if deed is not None:
            deed()

    def _able(self, name: str) -> None:
        """An action that is connected in certain modes alone acts in none but those."""
        deeds = self._deeds.get(name, {})
        elsewhere = not deeds or "" in deeds
        usual = self._enabled.get((name, ""), True) if elsewhere else self._mode in deeds
        self._actions[name].setEnabled(self._enabled.get((name, self._mode), usual))


def shown_keys(card: ActionCard) -> str:
    """The first key sequence of a card as users read it: "Ctrl Shift L"."""
    return keys.shown(card.keys[0]) if card.keys else ""


def _card(name: str) -> ActionCard:
    return next(card for card in CARDS if card.id == name)


def _kept_keys(kept: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Each action's keys: the kept ones where they can be read, else its card's. No key serves two actions."""
    chosen: dict[str, tuple[str, ...]] = {}
    for card in CARDS:
        value = kept.get(card.id)
        if isinstance(value, list) and all(isinstance(each, str) and keys.normal(each) for each in value):
            chosen[card.id] = tuple(dict.fromkeys(keys.normal(each) for each in value))
    taken = {sequence for own in chosen.values() for sequence in own}
    for card in CARDS:
        if card.id not in chosen:
            chosen[card.id] = tuple(each for each in card.keys if keys.normal(each) not in taken)
    seen: set[str] = set()
    for name, own in chosen.items():
        chosen[name] = tuple(each for each in own if each not in seen)
        seen.update(own)
    return chosen
