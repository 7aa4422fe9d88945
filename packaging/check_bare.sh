#!/usr/bin/env bash
# Try the README's commands on a bare Debian 12: a fresh root that holds nothing but the base system and python3.
#
#     sudo packaging/check_bare.sh [FOLDER]        (needs debootstrap; FOLDER: about 8 GB, by default under /var/tmp)
#
# The root gets this machine's apt and pip configuration, so that it reaches the same package registries, and a
# clone of the committed tree. Then, in order: an ordinary user on the bare system (must be told the exact apt
# command), root without a display, a second start, the command line, the tests, and the ordinary user again.
# Each step's output is kept in FOLDER/logs. SKIP_TESTS=1 leaves the tests out.
set -euo pipefail

repository="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
work="${1:-/var/tmp/noisette-bare}"
suite=bookworm
base="$work/base" root="$work/root" logs="$work/logs"
newcomer=4711

if [[ "${INSIDE_NAMESPACE:-}" != yes ]]; then
    [[ $EUID -eq 0 ]] || { echo "check_bare.sh: debootstrap and chroot need root; start it with sudo" >&2; exit 2; }
    command -v debootstrap >/dev/null || { echo "check_bare.sh: apt-get install debootstrap, then start again" >&2; exit 2; }
    # Mounts made below end with this script.
    exec env INSIDE_NAMESPACE=yes unshare --mount --propagation private "${BASH_SOURCE[0]}" "$@"
fi

mkdir -p "$work" "$logs"
if [[ ! -e "$base/.complete" ]]; then
    mirror="$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' | awk -v s="$suite" '$1 == s { print $2; exit }')"
    rm -rf "$base"
    debootstrap --variant=minbase --include=python3 "$suite" "$base" "${mirror:?no apt source for $suite}" >"$logs/debootstrap.log"
    touch "$base/.complete"
fi
rm -rf --one-file-system "$root"
cp -a "$base" "$root"

# This machine's way to the registries: apt's files, pip's files, and whatever paths those name.
for path in /etc/apt /usr/share/keyrings /usr/local/share/ca-certificates /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/xdg/pip; do
    [[ -e $path ]] || continue
    mkdir -p "$root$(dirname "$path")"
    rm -rf "${root:?}$path"
    cp -aL "$path" "$root$path"
done
for home in /root /home/newcomer; do
    [[ -e "$HOME/.config/pip" ]] || continue
    mkdir -p "$root$home/.config"
    cp -aL "$HOME/.config/pip" "$root$home/.config/pip"
done
variables=()
while IFS= read -r line; do variables+=("$line"); done < <(env | grep -E '^(PIP_|SSL_CERT_|REQUESTS_CA_BUNDLE|[A-Za-z]+_proxy=|[A-Z]+_PROXY=)' || true)
while IFS= read -r path; do
    if [[ $path == file://* ]]; then path="$(dirname "${path#file://}")"; fi
    if [[ $path == /etc/* && -d $path ]]; then
        mkdir -p "$root$path"
        cp -aLn "$path/." "$root$path"
    elif [[ -d $path ]]; then
        mkdir -p "$root$path"
        mount --bind -o ro "$path" "$root$path"
    elif [[ -f $path && ! "$path" -ef "$root$path" ]]; then
        mkdir -p "$root$(dirname "$path")"
        cp -L "$path" "$root$path"
    fi
done < <({ python3 -m pip config list; printf '%s\n' "${variables[@]}"; } | grep -oE '(file://)?/[^ '"'"'"]+' | sort -u)

mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"

clone() { # clone FOLDER OWNER
    mkdir -p "$root$1"
    git clone -q --no-hardlinks "$repository" "$root$1/noisette"
    chown -R "$2:$2" "$root$1"
}
clone /root 0
clone /home/newcomer "$newcomer"

inside() { # inside USER HOME COMMAND...
    local user=$1 home=$2
    shift 2
    chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME="$home" LANG=C.UTF-8 \
        "${variables[@]}" setpriv --reuid="$user" --regid="$user" --clear-groups -- "$@" </dev/null
}

failures=0
step() { # step NAME EXPECTED_EXIT TEXT USER HOME COMMAND...
    local name=$1 expected=$2 text=$3 code=0 began=$SECONDS
    shift 3
    inside "$@" >"$logs/$name.log" 2>&1 || code=$?
    local verdict=ok
    if [[ $code -ne $expected ]] || ! grep -qF -- "$text" "$logs/$name.log"; then
        verdict="FAILED (exit $code, wanted $expected and '$text'; see $logs/$name.log)"
        failures=$((failures + 1))
    fi
    printf '%-22s %4d s  %s\n' "$name" $((SECONDS - began)) "$verdict"
}

start=noisette/packaging/start.py
picture=(generate "a red cube to the left of a blue sphere" --model tabletop --sampler dpmpp_2m --steps 20 --guidance 3 --seed 7)
step newcomer-is-told 2 "sudo apt-get update && sudo apt-get install" $newcomer /home/newcomer python3 /home/newcomer/$start
step root-first-start 0 "To open the window for real" 0 /root python3 /root/$start
step root-second-start 0 "To open the window for real" 0 /root python3 /root/$start
step samplers 0 "dpmpp_2m" 0 /root python3 /root/$start samplers
step picture 0 "" 0 /root python3 /root/$start "${picture[@]}" --out /root/a.png
step picture-again 0 "" 0 /root python3 /root/$start "${picture[@]}" --out /root/b.png
step same-pixels 0 "same" 0 /root /root/noisette/.venv/bin/python -c \
    'from PIL import Image; a, b = (Image.open(f"/root/{n}.png").tobytes() for n in "ab"); print("same" if a == b else "different")'
if [[ -z "${SKIP_TESTS:-}" ]]; then
    step root-tests 0 "checks passed" 0 /root python3 /root/$start test
fi
step newcomer-first-start 0 "To open the window for real" $newcomer /home/newcomer python3 /home/newcomer/$start
echo "$failures step(s) failed; logs in $logs"
exit $((failures > 0))
