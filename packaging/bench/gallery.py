"""How a history of 100,000 pictures opens, searches and scrolls.

    .venv/bin/python packaging/bench/gallery.py [--rows 100000] [--pictures 300] [--seed 1]

Synthetic rows with prompts of the tabletop's grammar; real thumbnails, some hundreds of scenes rendered exactly, each
linked by many rows. The view is the studio's own, offscreen at 1440 x 900. Goals: open within 0.3 s, search within
50 ms, 99 of 100 frames of scrolling within 16 ms.

Opening is timed from a closed database to a drawn view whose rows are all known; the thumbnails that follow are timed
apart. A search is timed in the store, numbers and first rows. A frame is the time that the GUI thread is taken to
scroll and paint, with rows and thumbnails coming in between.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


