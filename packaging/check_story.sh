#!/bin/sh
# Plays the story and a race of six samplers (tests/studio/test_story.py, test_race_story.py) on a display server: the
# window as a person sees it, keys from outside the process.
#   packaging/check_story.sh [SCREENSHOT.png]
# Needs the test requirements (`start.py test` once) and, on Debian, the packages named below. With the environment
# variable DISPLAY_SIZE (default 1480x960: the window is 1440x900) on a screen of that size. Without xdotool the keys are Qt's own, and it says so.
set -eu
cd "$(dirname "$0")/.."
shot=${1:-}
python=.venv/bin/python
missing=""
command -v Xvfb >/dev/null || missing="$missing xvfb"
command -v openbox >/dev/null || missing="$missing openbox"
[ -x "$python" ] || { echo "No $python here; run: python3 packaging/start.py test" >&2; exit 2; }
libraries=$("$python" - <<'PYTHON'
import ctypes.util
wanted = {"xcb-cursor": "libxcb-cursor0", "xcb-icccm": "libxcb-icccm4", "xcb-keysyms": "libxcb-keysyms1",
          "xcb-shape": "libxcb-shape0", "xkbcommon-x11": "libxkbcommon-x11-0"}
print(*(package for name, package in wanted.items() if ctypes.util.find_library(name) is None))
PYTHON
)
missing="$missing $libraries"
if [ -n "$(echo "$missing" | tr -d ' ')" ]; then
    echo "Missing:$missing. On Debian and Ubuntu: apt-get install$missing" >&2
    exit 2
fi
command -v xdotool >/dev/null || echo "xdotool is missing: keys come from Qt, not from outside (apt-get install xdotool)"

work=$(mktemp -d)
server="" manager=""
trap 'kill $manager $server 2>/dev/null || true; rm -rf "$work"' EXIT INT TERM
Xvfb -displayfd 3 -screen 0 "${DISPLAY_SIZE:-1480x960}x24" -nolisten tcp 3>"$work/display" 2>"$work/server.log" &
server=$!
until [ -s "$work/display" ]; do
    kill -0 "$server" 2>/dev/null || { echo "Xvfb did not start:" >&2; cat "$work/server.log" >&2; exit 1; }
    sleep 0.1
done
DISPLAY=":$(cat "$work/display")"
export DISPLAY
openbox 2>"$work/manager.log" &
manager=$!

[ -z "$shot" ] || { mkdir -p "$(dirname "$shot")"; NOISETTE_STORY_SHOT=$(realpath -m "$shot"); export NOISETTE_STORY_SHOT; }
NOISETTE_TEST_PLATFORM=xcb "$python" -m pytest -q -p no:cacheprovider tests/studio/test_story.py tests/studio/test_race_story.py
[ -z "$shot" ] || echo "The screen near the end: $shot"
