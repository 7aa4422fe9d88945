"""Cold start of the studio: from the start of the process to the window on screen, and to the first picture.

    .venv/bin/python packaging/bench/cold_start.py [--rounds 7]

Each round is a process of its own on a fresh home. "window" is when the whole window has been drawn first; "ready" is
the engine open and the models known; "picture" is the first one by the shipped model, 8 steps, finished on the canvas,
where Generate is pressed as soon as it can be. Goals: window within 0.6 s, picture within 3 s, each beside its limit.
Between the rounds come two peers that nobody can pass: an empty window of Qt's, and `import torch` alone. It also says
whether anything heavy was imported before the window stood.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIMITS_S = {"window": 0.6, "picture": 3.0}
WORDS = {
    "window": "window on screen",
    "cpu": "processor time till then",
    "ready": "models known",
    "picture": "first picture",
}

CHILD = """
import json, sys, time
from pathlib import Path
began = float(sys.argv[1])
from studio.launch import launch
app, window = launch(home=Path(sys.argv[2]))
seen = []
def see():
    heavy = sorted({"torch", "numba", "numpy", "scipy", "diffusers", "transformers"} & set(sys.modules))
    seen.append((time.time() - began, time.process_time(), heavy))
window.seen.connect(see)
from PySide6.QtCore import QEventLoop
def rest():
    # As the studio's own loop does: asleep until something happens, the interpreter left to the other threads.
    app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
while not seen:
    rest()
shown, cpu, heavy = seen[0]
while not window.session.desk.cards:
    rest()
ready = time.time() - began
window.session.desk.change(prompt="a red cube", steps=8)
window.session.generate()
while not window.session.stage.canvas.view.finished:
    rest()
picture = time.time() - began
window.close()
print(json.dumps({"window": shown, "cpu": cpu, "ready": ready, "picture": picture, "heavy": heavy}))
"""

EMPTY = """
import time, sys
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.resize(1440, 900)
window.show()
while not window.windowHandle().isExposed():
    app.processEvents()
print(time.time() - float(sys.argv[1]))
"""
TORCH = "import sys, time, torch; print(time.time() - float(sys.argv[1]))"
PEERS = {"window": "an empty window", "picture": "an empty window and torch"}


def peer(code: str, env: dict[str, str]) -> float:
    """Seconds from the start of a process to the end of `code`."""
    command = [sys.executable, "-c", code, str(time.time())]
    return float(subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout)


def one_round(env: dict[str, str]) -> dict[str, object]:
    """Start the studio once."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-c", CHILD, str(time.time()), home]
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    env.setdefault("QT_QPA_PLATFORM", "offscreen")
    one_round(env)  # fills the file cache and the compiled bytecode
    results, empty, torch = [], [], []
    for _ in range(rounds):
        results.append(one_round(env))
        empty.append(peer(EMPTY, env))
        torch.append(peer(TORCH, env))
    print(f"{'':<24}{'median':>9}{'best':>9}{'worst':>9}   (seconds, {rounds} rounds, {env['QT_QPA_PLATFORM']})")
    medians = {}
    for name, words in WORDS.items():
        values = [float(result[name]) for result in results]  # type: ignore[arg-type]
        medians[name] = statistics.median(values)
        print(f"{words:<24}{medians[name]:>9.2f}{min(values):>9.2f}{max(values):>9.2f}")
    peers = {"window": statistics.median(empty)}
    peers["picture"] = peers["window"] + statistics.median(torch)
    heavy = sorted({module for result in results for module in result["heavy"]})  # type: ignore[attr-defined]
    print(f"heavy imports: {', '.join(heavy) or 'none'}")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores" if hasattr(os, "getloadavg") else "")
    for name, limit in LIMITS_S.items():
        beside = f"{medians[name] / peers[name]:.2f} times {PEERS[name]}, {peers[name]:.2f} s"
        print(f"{WORDS[name]}: {medians[name] / limit:.2f} of the limit of {limit:g} s; {beside}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
