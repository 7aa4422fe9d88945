"""`noisette grids`: the ways to spread a run's steps over the noise, listed, or laid over one another."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Literal

import typer

from core.artifacts.atomic import write_atomically
from core.cli.options import AsJson
from core.cli.output import remark, say, say_json, say_table
from core.diffusion.grids.cards import GRID_CARDS
from core.diffusion.schedule import schedule_named
from core.errors import RequestError
from core.grid_settings import LISTED
from core.microscope.curve import GridCurve, curve_of
from core.microscope.peers import PEER_CARDS, TOOLS
from core.microscope.picture import png_of, svg_of
from core.microscope.plot import Across, Quantity, lay_out
from core.microscope.reading import UNIT_WORDS, UNITS, Unit, read_lists, ready
from core.microscope.writing import curves_csv, curves_json, curves_plain
from core.plain import to_plain

CURVES_HELP = "With commas: our grids, others' as TOOL:NAME, or files of levels (.csv .json .txt)."
OF_HELP = "What the picture shows over the steps: sigma, log_snr, log_snr_step, time_step or difference."
UNIT_HELP = f"Of the files' numbers: {', '.join(UNITS)}.  [default: as they say, else a guess]"
SCHEDULE_HELP = "The noise schedule: flow, latent_1000, ddpm_1000, vp_linear, ..."
QUANTITIES = {each.name.lower(): each for each in Quantity}
KINDS = (".csv", ".json", ".png", ".svg")
FILES = (".csv", ".json", ".txt")


def grids(
    peers: Annotated[bool, typer.Option("--peers", help="List other tools' grids instead.")] = False,
    curves: Annotated[str | None, typer.Option(help=CURVES_HELP)] = None,
    steps: Annotated[int | None, typer.Option(help="Of each curve.  [default: 12, or a file's own]")] = None,
    schedule: Annotated[str, typer.Option(help=SCHEDULE_HELP)] = "flow",
    unit: Annotated[str | None, typer.Option(help=UNIT_HELP)] = None,
    of: Annotated[str, typer.Option(help=OF_HELP)] = "sigma",
    across: Annotated[Literal["step", "t"], typer.Option(help="What stands below: step or t.")] = "step",
    out: Annotated[Path | None, typer.Option(help="Write the curves: .csv, .json, or drawn, .png, .svg.")] = None,
    as_json: AsJson = False,
) -> int:
    """List the time grids: name, what each takes, what others call it and what differs there, source.

    With --curves their levels are told, or written with --out: sigma (noise over signal), log-SNR, t, and the sizes
    of the steps. Differences are in log-SNR from the first curve. What --json or --out writes can be read again.

    \b
    Examples:
      noisette grids
      noisette grids --peers --json
      noisette grids --curves karras,beta,comfyui:beta,a1111:beta --schedule latent_1000 --out curves.png
      noisette grids --curves uniform,my-sigmas.txt --steps 8 --of log_snr_step --out steps.svg
      noisette grids --curves kl_optimal,a1111:kl_optimal --schedule latent_1000 --json
    """
    if curves is None:
        return _list_peers(as_json=as_json) if peers else _list_ours(as_json=as_json)
    if of not in QUANTITIES:
        raise RequestError(f"--of {of!r} is not known; choose one of {', '.join(QUANTITIES)}")
    if unit is not None and unit not in UNITS:
        raise RequestError(f"unit {unit!r} is not known; choose one of {', '.join(UNITS)}")
    as_unit: Unit | None = next((each for each in UNITS if each == unit), None)
    if out is not None and out.suffix.lower() not in KINDS:
        raise RequestError(f"{out} can't be told from its name; end it with one of {', '.join(KINDS)}")
    names = [name.strip() for name in curves.split(",") if name.strip()]
    if not names:
        raise RequestError("no curves named; give for example karras,beta,comfyui:beta")
    made = tuple(curve for name in names for curve in _curves(name, schedule, steps, as_unit))
    if out is not None:
        write_atomically(out, lambda file: file.write(_octets(out, made, schedule, QUANTITIES[of], across)))
        say(str(out))
    elif as_json:
        say_json(curves_plain(made, schedule))
    else:
        _say(made)
    return 0


def _curves(name: str, schedule_name: str, steps: int | None, unit: Unit | None) -> tuple[GridCurve, ...]:
    """A name makes one curve, a file as many as it holds lists."""
    schedule = schedule_named(schedule_name)
    path = Path(name)
    if path.suffix.lower() not in FILES:
        return (curve_of(name, schedule, 12 if steps is None else steps),)
    made = list[GridCurve]()
    for found in read_lists(_text(path)):
        imported = ready(found, schedule, unit)
        if imported.guessed:
            remark(f"{name} names no unit; read as {UNIT_WORDS[imported.unit]} (--unit says otherwise)")
        if imported.turned:
            remark(f"the noise of {name} rises; it is read from its end")
        title = imported.name or path.stem
        curve = curve_of(LISTED, schedule, imported.steps if steps is None else steps, imported.settings, title)
        made.append(GridCurve(title, title, curve.levels))
    return tuple(made)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise RequestError(f"the list {path} does not exist; check the path") from error
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"the list {path} can't be read ({error}); check that it is a text file of yours") from error


def _octets(out: Path, curves: tuple[GridCurve, ...], schedule: str, quantity: Quantity, across: str) -> bytes:
    kind = out.suffix.lower()
    if kind == ".csv":
        return curves_csv(curves).encode()
    if kind == ".json":
        return curves_json(curves, schedule).encode()
    plot = lay_out(curves, quantity, Across.TIME if across == "t" else Across.STEP, base=curves[0])
    title = f"Time grids on {schedule}"
    return png_of(plot, curves, title) if kind == ".png" else svg_of(plot, curves, title).encode()


def _say(curves: tuple[GridCurve, ...]) -> None:
    rows = list[tuple[str, ...]]()
    for curve in curves:
        sizes = [*(f"{size:.4g}" for size in curve.log_snr_steps), "-"]
        for index, (level, size) in enumerate(zip(curve.levels, sizes, strict=True)):
            log_snr = f"{level.log_snr:.4f}" if math.isfinite(level.log_snr) else f"{level.log_snr:g}"
            rows.append((curve.name, str(index + 1), f"{level.t:.5f}", f"{level.ratio:.5g}", log_snr, size))
    say_table(("curve", "step", "t", "sigma", "log-SNR", "to the next"), rows)


def _list_ours(*, as_json: bool) -> int:
    if as_json:
        say_json([{**to_plain(card), "options": list(card.options)} for card in GRID_CARDS])
        return 0
    rows = [
        (card.name, card.title, " ".join(card.options) or "-", card.peers or "-", card.source) for card in GRID_CARDS
    ]
    say_table(("name", "title", "options", "elsewhere", "source"), rows)
    return 0


def _list_peers(*, as_json: bool) -> int:
    if as_json:
        named = ("tool", "name", "title", "ours", "differs", "on_table", "on_flow")
        say_json([{"id": card.id, **{each: getattr(card, each) for each in named}} for card in PEER_CARDS])
        return 0
    rows = [(card.id, f"{TOOLS[card.tool]} {card.title}", card.ours, card.differs) for card in PEER_CARDS]
    say_table(("name", "title", "ours", "what differs"), rows)
    return 0
