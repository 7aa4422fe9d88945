#!/usr/bin/env bash
# Kill the set-up again and again, then see that it recovers by itself.
#
#     packaging/check_killed.sh [FOLDER]         (FOLDER: about 2 GB, by default under /var/tmp; is made anew)
#
# Every start is killed with SIGKILL after the next number of seconds in DELAYS. Odd ones lose pip too; after even ones
# pip lives on, and the next start has to wait for it. The last start is left to finish.
set -euo pipefail

repository="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
clone="${1:-/var/tmp/noisette-killed}"
delays="${DELAYS:-1 2 4 8 15 25 40}"
rm -rf "$clone"
git clone -q "$repository" "$clone"

number=0
for delay in $delays; do
    number=$((number + 1))
    setsid python3 "$clone/packaging/start.py" samplers >>"$clone.log" 2>&1 &
    leader=$!
    sleep "$delay"
    if ((number % 2)); then kill -KILL -- "-$leader" 2>/dev/null || true; else kill -KILL "$leader" 2>/dev/null || true; fi
    wait "$leader" 2>/dev/null || true
    echo "killed after $delay s"
done
python3 "$clone/packaging/start.py" samplers
"$clone/.venv/bin/python" -m pip check
"$clone/.venv/bin/python" -c 'import torch, PySide6.QtWidgets; print("torch", torch.__version__, "and Qt are whole")'
