"""Tables of plots that a sheet shows whole."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from studio.main_window import MainWindow
from studio.panels.figure_sheet import FigureSheet
from studio.viewmodels.plot_table import PlotTable

HEADS = ("step", "error")


@pytest.mark.parametrize(
    "shown", [PlotTable(HEADS, (("1", "0.5"),), note="one step"), PlotTable(HEADS, (), empty="Nothing was measured")]
)
def test_nothing_stays_of_a_sheet_that_was_closed(window: MainWindow, shown: PlotTable) -> None:
    before = len(QApplication.topLevelWidgets())
    sheet = FigureSheet(window, window.theme, "Error", shown, "error.csv")
    sheet.open_in_middle(80)
    sheet.close()
    del sheet
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert len(QApplication.topLevelWidgets()) == before
