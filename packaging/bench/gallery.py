"""How a history of 100,000 pictures opens, searches and scrolls.

    .venv/bin/python packaging/bench/gallery.py [--rows 100000] [--pictures 300] [--seed 1]

Synthetic rows with prompts of the tabletop's grammar; real thumbnails, some hundreds of scenes rendered exactly, each
linked by many rows. The view is the studio's own, offscreen at 1440 x 900. Goals: open within 0.3 s, search within
50 ms, 99 of 100 frames of scrolling within 16 ms.

Opening is timed from a closed database to a drawn view whose rows are all known; the thumbnails that follow are timed
apart. A search is timed in the store, numbers and first rows. A frame is the time that the GUI thread is taken to scroll
and paint, with rows and thumbnails coming in between.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from PySide6.QtCore import QEventLoop, QTimer  # noqa: E402

from core.artifacts.image import save_thumbnail  # noqa: E402
from core.artifacts.recipe import Environment, Recipe  # noqa: E402
from core.history.database import Database  # noqa: E402
from core.history.home import HomeFolder  # noqa: E402
from core.history.query import HistoryQuery  # noqa: E402
from core.history.store import HistoryStore  # noqa: E402
from core.requests import GuidanceSettings, ImageRequest  # noqa: E402
from core.worlds.tabletop.grammar import caption  # noqa: E402
from core.worlds.tabletop.render_torch import render  # noqa: E402
from core.worlds.tabletop.scene import Scene, sample_scene  # noqa: E402
from studio.app import SWITCH_INTERVAL, application  # noqa: E402
