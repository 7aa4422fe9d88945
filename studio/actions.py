"""Every action of the window: a name, a shortcut, a tooltip, and a place in the command palette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget


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
    ActionCard("new_seed", "New seed", ("D",), "Draw another seed"),
    ActionCard("lock_seed", "Lock the seed", ("Shift+D",), "Keep the seed, or draw a new one for each picture"),
    ActionCard("guidance", "Guidance scale", ("G",), "Go to the guidance scale"),
    ActionCard("model", "Choose a model", ("M",), "See what is installed and take one"),
    ActionCard("prompt", "Prompt", ("P",), "Go to the prompt"),
    ActionCard("weight_up", "Weigh the words more", ("Ctrl+Up",), "Make the words at the cursor count 0.1 more"),
    ActionCard("weight_down", "Weigh the words less", ("Ctrl+Down",), "Make the words at the cursor count 0.1 less"),
    ActionCard("step_back", "Step back", ("J",), "Show the step before"),
    ActionCard("step_on", "Step on", ("K",), "Show the step after"),
    ActionCard("step_first", "First step", ("Shift+J",), "Show the first step at hand"),
    ActionCard("step_last", "Last step", ("Shift+K",), "Show the newest step, or the finished picture"),
    ActionCard("play", "Play the steps", ("Space",), "Play the trajectory from noise to picture, or stop"),
    ActionCard("branch", "Branch from here", ("B",), "Go on from the step on show with other settings"),
    ActionCard("resume_run", "Go on with this run", ("Shift+R",), "Take up the cancelled run at its last step"),
    ActionCard("look", "Clean guess, noisy state, split", ("V",), "Change what is shown of a step"),
    ActionCard("fit", "Zoom to fit", ("F",), "The whole picture, as large as it goes"),
    ActionCard("real_size", "Real size", ("Ctrl+0",), "One picture pixel to one screen pixel"),
    ActionCard("smooth", "Pixels or smooth", ("Shift+F",), "Show pixels as squares, or smooth between them"),
    ActionCard("zoom_in", "Zoom in", ("Ctrl++", "Ctrl+="), "Larger, to the next whole number"),
    ActionCard("zoom_out", "Zoom out", ("Ctrl+-",), "Smaller"),
    ActionCard("pixel_grid", "Pixel grid", ("Shift+G",), "Lines between pixels, at 800 % and above"),
    ActionCard("pin", "Pin beside", ("Shift+P",), "Keep this picture at the left of those that follow"),
    ActionCard("tear_off", "Second window", ("Ctrl+Alt+N",), "The canvas in a window of its own, or back again"),
    ActionCard("tear_off_steps", "Trajectory in a window", ("Ctrl+Alt+T",), "The trajectory in a window of its own"),
    ActionCard("tear_off_plot", "Schedule in a window", ("Ctrl+Alt+P",), "The noise schedule in a window of its own"),
    ActionCard("variations", "Variations", ("N",), "Nine pictures around this one, from noise near its own"),
    ActionCard("favourite", "Favourite", ("S",), "Mark this picture, or take the mark away"),
    ActionCard("reuse", "Use these settings", ("U",), "Take up the settings that made this picture"),
    ActionCard("export", "Export", ("Ctrl+E",), "Save a copy of this picture with its recipe"),
    ActionCard("queue", "Queue", ("Ctrl+J",), "What runs, waits and has ended"),
    ActionCard("left_panel", "Left panel", ("Ctrl+B",), "Show or hide what to make"),
    ActionCard("right_panel", "Right panel", ("Ctrl+Alt+B",), "Show or hide how to make it"),
    ActionCard("all_panels", "All panels", ("\\",), "Show or hide all panels"),
    ActionCard("theme", "Dark or light", ("Ctrl+Shift+L",), "Change the theme"),
    ActionCard("palette", "Search commands", ("Ctrl+K",), "Find a command by its name", listed=False),
    ActionCard("shortcuts", "All shortcuts", ("?",), "Every command and its key"),
    ActionCard("retry", "Try again", ("R",), "Make the failed picture again with the same settings"),
    ActionCard("mode_create", "Create", ("Ctrl+1",), "Make pictures from a prompt"),
    ActionCard("mode_compare", "Compare", ("Ctrl+2",), "Samplers side by side (not there yet)"),
    ActionCard("mode_video", "Video", ("Ctrl+3",), "Clips (not there yet)"),
    ActionCard("mode_scene", "3D", ("Ctrl+4",), "Meshes (not there yet)"),
    ActionCard("mode_history", "History", ("Ctrl+5",), "Everything that was made (not there yet)"),
    ActionCard("mode_models", "Models", ("Ctrl+6",), "What is installed (not there yet)"),
    ActionCard("quit", "Quit", ("Ctrl+Q",), "Close Noisette; what waits is kept for the next start"),
)


class Actions:
    """The QActions of one window, by id; they act whatever has the focus, save that fields keep their letters."""

    def __init__(self, window: QWidget) -> None:
        self._actions: dict[str, QAction] = {}
        for card in CARDS:
            action = QAction(card.name, window)
            action.setObjectName(card.id)
            action.setShortcuts([QKeySequence(keys) for keys in card.keys])
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.setToolTip(f"{card.tip} ({shown_keys(card)})")
            action.setStatusTip(card.tip)
            window.addAction(action)
            self._actions[card.id] = action

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def connect(self, name: str, slot: Callable[[], object]) -> None:
        """Have the action call `slot`."""
        self._actions[name].triggered.connect(lambda _checked=False: slot())

    def listed(self) -> tuple[tuple[ActionCard, QAction], ...]:
        """What the command palette offers, in the table's order."""
        return tuple((card, self._actions[card.id]) for card in CARDS if card.listed)


def shown_keys(card: ActionCard) -> str:
    """The first key sequence as users read it: "Ctrl Shift L"."""
    words = card.keys[0].replace("Return", "Enter")
    return words if words in ("\\", "?") else words.replace("+", " ")
