"""The commands put together, and the one place where errors become a line and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from core.cli.codecs import codecs
from core.cli.compare import compare
from core.cli.data import data
from core.cli.evaluate import evaluate
from core.cli.exits import BAD_INPUT, FAULT, INTERRUPTED
from core.cli.generate import generate
from core.cli.grids import grids
from core.cli.history import history
from core.cli.inspect import inspect
from core.cli.invert import invert
from core.cli.models import models
from core.cli.optimise import optimise
from core.cli.output import complain
from core.cli.projects import projects
from core.cli.replay import replay
from core.cli.resume import resume
from core.cli.samplers import samplers
from core.cli.sweep import sweep
from core.cli.train import train
from core.cli.upscale import upscale
from core.errors import NoisetteError

app = typer.Typer(
    name="noisette",
    help="A studio for generative models on your own machine. Without a command it opens the window.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in (
    generate,
    compare,
    sweep,
    resume,
    replay,
    models,
    codecs,
    samplers,
    grids,
    optimise,
    invert,
    history,
    inspect,
    upscale,
    train,
    evaluate,
):
    app.command()(command)
app.add_typer(projects, name="projects")
app.add_typer(data, name="data")


@app.callback(invoke_without_command=True)
def studio(context: typer.Context) -> int:
    """A studio for generative models on your own machine. Without a command it opens the window.

    \b
    Exit codes: 0 done, 1 a replay differs or a fault, 2 bad input, 130 interrupted.
    """
    if context.invoked_subcommand is not None:
        return 0
    # Qt must not be needed, nor loaded, by the other commands.
    import importlib

    return int(importlib.import_module("studio.launch").main([]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line (default: this process's) and return its exit code. Prints no traceback for bad input."""
    try:
        code = app(
            args=list(sys.argv[1:] if arguments is None else arguments), prog_name="noisette", standalone_mode=False
        )
        return int(code or 0)
    except NoisetteError as error:
        complain(str(error))
        return BAD_INPUT
    except (KeyboardInterrupt, typer.Abort):
        complain("interrupted; nothing half-made was kept")
        return INTERRUPTED
    except BrokenPipeError:
        return FAULT
    except Exception as error:
        # typer's own usage errors: their class is private to it and moved between its editions.
        message = getattr(error, "format_message", None)
        if message is None:
            raise
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "noisette"
        complain(f"{str(message()).rstrip('.')}; `{command} --help` shows what is possible")
        return BAD_INPUT
