"""`python -m studio`: open the studio. `--demo --out DIR`: make a picture without a screen."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from core.errors import NoisetteError


def main(argv: Sequence[str]) -> int:
    """The exit status: 0, or 1 where the demonstration made no picture."""
    parser = argparse.ArgumentParser(prog="python -m studio", description="Open Noisette's studio.")
    parser.add_argument("--demo", action="store_true", help="make one picture in a window that nobody sees, then end")
    parser.add_argument("--out", type=Path, default=Path("noisette-demo"), help="where --demo puts its two files")
    parser.add_argument("--prompt", default="", help="what --demo makes")
    options = parser.parse_args(argv)
    if not options.demo:
        from studio.launch import main as open_studio

        return open_studio()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from studio.demonstration import PROMPT, demonstrate

    try:
        shown = demonstrate(options.out.absolute(), options.prompt or PROMPT)
    except NoisetteError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"Picture: {shown.picture}\nWindow:  {shown.screenshot}\n")
    sys.stdout.write(f"{shown.previews} live previews were drawn on the way.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
