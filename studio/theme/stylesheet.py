"""The targeted style sheet over Fusion. Widgets ask for a look by the properties `kind`, `tone` and `surface`."""

from __future__ import annotations

from dataclasses import asdict
from string import Template

from studio.theme import fonts, icons
from studio.theme.tokens import Tokens

_SURFACES = """
QFrame[surface="bar"] { background: $bg0; border: 0; }
QFrame[surface="panel"] { background: $bg1; border: 0; }
QFrame[surface="canvas"] { background: $canvas; border: 0; }
QFrame[surface="surround"] { background: $surround; border: 0; }
QFrame[surface="card"] { background: $bg2; border: 1px solid $line2; border-radius: 8px; }
QFrame[surface="panelCard"] { background: $bg1; border: 1px solid $line2; border-radius: 8px; }
QFrame[surface="well"] { background: transparent; border: 1px solid $line2; border-radius: 8px; }
QFrame[surface="float"] { background: $bg2; border: 1px solid $line2; border-radius: 10px; }
QFrame[surface="float"] QFrame[surface="panel"] { background: $bg2; }
QFrame[surface="float"] QPushButton[kind="plain"]:enabled { background: $bg3; }
QFrame[surface="float"] QPushButton[kind="plain"]:hover:enabled { background: $bg4; }
QFrame[surface="stepper"] { background: $bg2; border: 1px solid $line2; border-radius: 6px; }
QFrame[surface="stepper"][wrong="true"] { border-color: $err; }
QFrame[surface="error"] { background: $bg1; border: 1px solid $line2; border-radius: 12px; }
QFrame[surface="errTint"] { background: $err_bg; border: 0; border-radius: 8px; }
QFrame[surface="mark"] { background: $acc; border: 0; border-radius: 1px; }
QFrame[surface="tile"] { background: $bg4; border: 0; border-radius: 6px; }
QFrame[surface="line"] { background: $line; border: 0; }
QScrollArea { background: transparent; border: 0; }
QScrollArea > QWidget > QFrame[surface="panel"] { background: $bg1; }
QSplitter::handle { background: $line; }
QToolTip { background: $bg2; color: $tx1; border: 1px solid $line2; padding: 8px 10px; }
QMenu { background: $bg1; color: $tx1; border: 1px solid $line2; border-radius: 6px; padding: 4px; }
QMenu::item { padding: 6px 14px; border-radius: 5px; }
QMenu::item:selected { background: $bg3; color: $tx1; }
QMenu::item:disabled { color: $tx3; }
"""

_TEXT = """
QLabel { background: transparent; border: 0; }
QLabel[tone="tx1"] { color: $tx1; } QLabel[tone="tx2"] { color: $tx2; } QLabel[tone="tx3"] { color: $tx3; }
QLabel[tone="surround"] { color: $surround_tx; }
QLabel[tone="acc"] { color: $acc_tx; } QLabel[tone="err"] { color: $err; }
QLabel[tone="ok"] { color: $ok; } QLabel[tone="warn"] { color: $warn; }
QLabel[tone="choice"] { color: $prompt_choice; } QLabel[tone="change"] { color: $prompt_change; }
QLabel[kind="key"] {
    background: $cap; color: $tx2; border: 1px solid $cap_line; border-radius: 4px; padding: 0 4px; }
QLabel[kind="count"] { background: $badge; color: $tx1; border-radius: 8px; padding: 0 6px; }
"""

_FIELDS = """
QPlainTextEdit, QLineEdit {
    background: $bg2; color: $tx1; border: 1px solid $line2; border-radius: 5px;
    selection-background-color: $bg4; selection-color: $tx1; }
QPlainTextEdit { padding: 3px 2px; } QLineEdit { padding: 0 7px; }
QPlainTextEdit:focus { border: 2px solid $focus; padding: 2px 1px; }
QLineEdit:focus { border: 2px solid $focus; padding: 0 6px; }
QLineEdit[wrong="true"] { border: 1px solid $err; padding: 0 7px; }
QLineEdit:disabled { color: $tx3; border-style: dashed; }
QLineEdit[kind="bare"] { background: transparent; border: 0; }
QLineEdit[kind="bare"]:focus { border: 2px solid $focus; }
QComboBox {
    background: $bg2; color: $tx1; border: 1px solid $line2; border-radius: 6px; padding: 0 30px 0 9px; }
QComboBox:hover { background: $bg3; }
QComboBox:focus { border: 2px solid $focus; padding: 0 29px 0 8px; }
QComboBox::drop-down { border: 0; width: 30px; }
QComboBox::down-arrow { image: url("$chevron"); width: 14px; height: 14px; }
QComboBox QAbstractItemView {
    background: $bg1; color: $tx1; border: 1px solid $line2; outline: 0; padding: 3px;
    selection-background-color: $bg3; selection-color: $tx1; }
QComboBox QAbstractItemView::item { min-height: $row; padding: 0 6px; border-radius: 5px; }
QComboBox QAbstractItemView::item:selected { background: $bg3; color: $tx1; }
QTableView { background: transparent; border: 2px solid transparent; border-radius: 6px; outline: 0; color: $tx1;
    selection-background-color: $bg4; selection-color: $tx1; }
QTableView:focus { border-color: $focus; }
QTableView::item { border: 0; border-bottom: 1px solid $line; padding: 0 10px; }
QTableView::item:selected { background: $bg4; }
QHeaderView { background: transparent; border: 0; }
QHeaderView::section {
    background: transparent; color: $tx2; border: 0; border-bottom: 1px solid $line2; padding: 4px 13px; }
QListView { background: transparent; border: 0; outline: 0; }
QListWidget::item { border-radius: 5px; }
QListWidget::item:selected { background: $bg3; }
"""

_BUTTONS = """
QPushButton, QToolButton {
    background: $bg2; color: $tx1; border: 1px solid $line2; border-radius: 6px; padding: 0 10px; }
QPushButton:hover, QToolButton:hover { background: $bg3; }
QPushButton:pressed, QToolButton:pressed { background: $bg4; }
QPushButton:focus, QToolButton:focus { border: 2px solid $focus; padding: 0 9px; }
QPushButton[kind="main"] {
    background: $acc; color: $on_acc; border: 1px solid $acc; }
QPushButton[kind="main"]:hover { border-color: $acc_tx; background: $acc_tx; }
QPushButton[kind="main"]:pressed { background: $acc; }
QPushButton[kind="main"]:focus { border: 2px solid $focus; }
QPushButton[kind="main"]:disabled, QPushButton:disabled {
    background: transparent; color: $tx3; border: 1px dashed $line2; }
QPushButton[kind="main"][calm="true"] { background: $bg2; color: $tx1; border: 1px solid $line2; }
QPushButton[kind="main"][calm="true"]:hover { background: $bg3; }
QPushButton[kind="drop"] { background: transparent; border: 1px solid transparent; color: $tx2; padding: 0 6px; }
QPushButton[kind="drop"]:hover, QPushButton[kind="drop"][over="true"] { background: $bg3; color: $tx1; }
QPushButton[kind="drop"]:focus { border: 2px solid $focus; padding: 0 5px; }
QPushButton[kind="search"] { background: $search; }
QPushButton[kind="search"]:hover { background: $bg3; }
QPushButton[open="true"] { background: $bg4; }
QPushButton[open="true"] QLabel[kind="count"] { background: $bg2; }
QPushButton[kind="keyed"] { background: $bg3; text-align: left; padding: 0 12px; }
QPushButton[kind="keyed"]:hover { background: $bg4; }
QPushButton[kind="keyed"]:focus { border: 2px solid $focus; padding: 0 11px; }
QPushButton[kind="quiet"], QToolButton[kind="quiet"] {
    background: transparent; border: 1px solid transparent; }
QPushButton[kind="quiet"]:hover, QToolButton[kind="quiet"]:hover { background: $bg3; }
QPushButton[kind="quiet"]:focus, QToolButton[kind="quiet"]:focus { border: 2px solid $focus; }
QPushButton[kind="tight"] { padding: 0 6px; } QPushButton[kind="tight"]:focus { padding: 0 5px; }
QPushButton[kind="chip"] { padding: 0 8px; text-align: right; color: $tx2; }
QPushButton[kind="chip"]:focus { padding: 0 7px; }
QPushButton[kind="chip"][tight="true"] { padding: 0 6px; }
QPushButton[kind="chip"][tight="true"]:focus { padding: 0 5px; }
QPushButton[kind="chip"][lit="true"] { background: $bg4; color: $tx1; }
QPushButton[kind="kin"] { background: transparent; border: 2px solid transparent; border-radius: 7px; padding: 0; }
QPushButton[kind="kin"]:hover { border-color: $line2; }
QPushButton[kind="kin"]:checked { border-color: $acc; }
QPushButton[kind="kin"]:focus { border-color: $focus; }
QPushButton[kind="danger"] { background: transparent; color: $err; border: 1px solid $err; }
QPushButton[kind="danger"]:hover { background: $err_bg; }
QPushButton[kind="danger"]:focus { border: 2px solid $focus; }
QPushButton[kind="link"] { background: transparent; border: 0; color: $acc_tx; padding: 0 4px; text-align: left; }
QPushButton[kind="link"]:hover { background: $bg3; }
QPushButton[kind="link"]:focus { border: 2px solid $focus; padding: 0 2px; }
QPushButton[kind="section"] { background: transparent; border: 0; text-align: left; padding: 0; color: $tx1; }
QPushButton[kind="section"]:focus { border: 2px solid $focus; }
QPushButton[kind="card"] { background: $bg2; border: 1px solid $line2; border-radius: 8px; text-align: left; }
QPushButton[kind="card"]:hover { background: $bg3; }
QPushButton[kind="card"]:focus { border: 2px solid $focus; }
QPushButton[kind="remedy"] {
    background: $acc; color: $on_acc; border: 1px solid $acc; text-align: left; padding: 0 14px; }
QPushButton[kind="remedy"]:focus { border: 2px solid $focus; padding: 0 13px; }
QToolButton[kind="icon"] {
    background: transparent; border: 1px solid transparent; padding: 0; }
QToolButton[kind="icon"]:hover { background: $bg3; }
QToolButton[kind="icon"]:checked { background: $bg3; }
QToolButton[kind="icon"]:focus { border: 2px solid $focus; }
QToolButton[kind="icon"][lit="true"]:checked { background: $acc_bg; }
QToolButton[kind="rail"] {
    background: transparent; color: $tx2; border: 1px solid transparent; border-radius: 8px; padding: 3px 0; }
QToolButton[kind="rail"]:hover { background: $bg3; }
QToolButton[kind="rail"]:checked { background: $acc_bg; color: $acc_tx; }
QToolButton[kind="rail"]:focus { border: 2px solid $focus; padding: 2px 0; }
QPushButton[kind="tile"] { background: transparent; border: 2px solid transparent; border-radius: 7px;
    padding: 0; }
QPushButton[kind="tile"] { color: $surround_tx; }
QPushButton[kind="surround"] { background: transparent; border: 1px solid transparent; color: $surround_tx; }
QPushButton[kind="surround"]:focus { border: 2px solid $surround_focus; padding: 0 9px; }
QPushButton[kind="tile"]:checked { border-color: $surround_acc; }
QPushButton[kind="tile"]:focus { border-color: $surround_focus; }
QPushButton[kind="keys"] { padding: 0 6px; border-radius: 5px; }
QPushButton[kind="keys"][recording="true"] { background: $acc_bg; color: $acc_tx; border-color: $acc; }
QPushButton[kind="keys"]:focus { border: 2px solid $focus; padding: 0 5px; }
QLabel[kind="onAcc"] { color: $on_acc; }
QPushButton[kind="segment"] {
    background: transparent; color: $tx2; border: 0; border-radius: 5px; padding: 0 10px; }
QPushButton[kind="segment"]:hover { color: $tx1; }
QPushButton[kind="segment"]:checked { background: $segment; color: $tx1; }
QPushButton[kind="segment"]:focus { border: 2px solid $focus; padding: 0 8px; }
QFrame[surface="segments"] { background: $segments; border: 1px solid $line2; border-radius: 6px; }
QFrame[surface="segments"][wrong="true"] { border-color: $err; }
"""

_BARS = """
QScrollBar:vertical { background: transparent; width: 8px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 8px; margin: 0; }
QScrollBar::handle { background: $bg4; border-radius: 3px; min-width: 28px; margin: 1px; }
QScrollBar::handle:hover { background: $ctl; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""


def stylesheet(tokens: Tokens) -> str:
    """The application's style sheet in the colours of `tokens`."""
    dark = tokens.name == "dark"
    values = {key: value for key, value in asdict(tokens).items() if isinstance(value, str)}
    values["segments"] = tokens.bg0 if dark else tokens.bg3
    values["segment"] = tokens.bg4 if dark else tokens.bg2
    values["search"] = tokens.bg1 if dark else tokens.bg2
    values["cap"] = tokens.bg3 if dark else tokens.bg2
    values["cap_line"] = tokens.bg3 if dark else tokens.line2
    values["badge"] = tokens.bg4 if dark else tokens.bg2
    values["row"] = f"{fonts.scaled(28)}px"
    values["chevron"] = icons.file("chevron_down_" + tokens.name).as_posix()
    return Template(_SURFACES + _TEXT + _FIELDS + _BUTTONS + _BARS).substitute(values)
