"""The command line. Floor 8: parse, call, print; the only room that knows click.

A command's module is imported when the command is called, so that ``--help`` and ``--version`` start at once.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

import click

from relsim.cli.terminal import guarded
from relsim.errors import InputError, Notice, RelsimError, nearest
from relsim.files import abandon, hearing, told

_COMMANDS: dict[str, tuple[str, str]] = {
    "new": ("relsim.cli.document:new", "Write a commented starting scenario."),
    "validate": ("relsim.cli.check:validate", "Check files, and print what their numbers imply."),
    "show": ("relsim.cli.document:show", "Print the resolved document."),
    "schema": ("relsim.cli.document:schema", "Print the document's JSON Schema, for editors."),
    "run": ("relsim.cli.forecast:run", "Make the forecast."),
    "explore": ("relsim.cli.explore:explore", "Move a scenario by hand in the browser, and see what follows."),
    "compare": ("relsim.cli.compare:compare", "Say what changes between scenarios, runs or variants."),
    "plot": ("relsim.cli.plot:plot", "Draw the figures of finished runs and comparisons again."),
    "export": ("relsim.cli.export:export", "Write tables and figures to paste: Excel, Word, Markdown."),
    "drivers": ("relsim.cli.drivers:drivers", "Find what a run's outcomes depend on."),
    "watch": ("relsim.cli.watch:watch", "Find what would move the forecast, seen in the next days."),
    "story": ("relsim.cli.story:story", "Show the paths behind a number."),
    "import": ("relsim.cli.importing:import_", "Make an event table of coded event data."),
    "doctor": ("relsim.cli.doctor:doctor", "Say what is odd about event data before anything is fitted."),
    "events": ("relsim.cli.events:events", "Chart an event table: counts, values, gaps."),
    "rates": ("relsim.cli.rates:rates", "Count how often a pair does what: rates with uncertainty and source."),
    "fit": ("relsim.cli.fit:fit", "Fit parameters to what happened."),
    "tune": ("relsim.cli.tuning:tune", "Shift parameters to meet stated probabilities."),
    "weights": ("relsim.cli.weights:weights", "Parameters with uncertainty and source: table, differences, gaps."),
    "backtest": ("relsim.cli.backtest:backtest", "Forecast past days again, and score it against baselines."),
    "track": ("relsim.cli.track:track", "Ask the same questions as the record grows, and say what moved them."),
    "questions": ("relsim.cli.questions:questions", "Other people's questions in, a run's own out."),
    "score": ("relsim.cli.scored:score", "Score forecasts whose questions have resolved."),
    "ledger": ("relsim.cli.scored:ledger", "The record: open, due and resolved questions, and the score so far."),
}
"""Command → where it stands, and its line in the list of commands."""


class LazyGroup(click.Group):
    """A group whose commands are imported when called; the one place where errors become exit statuses."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name][0].split(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in _COMMANDS and not name.startswith("-"):
            near = nearest(name, _COMMANDS)
            hint = f"did you mean '{near}'?" if near else f"commands: {', '.join(_COMMANDS)}"
            raise click.UsageError(f"No such command '{name}'; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def main(self, *words: Any, **how: Any) -> Any:
        _start_quickly()
        with guarded():
            return super().main(*words, **how)

    def invoke(self, ctx: click.Context) -> Any:
        with hearing(abandon), _noticing():
            try:
                done = super().invoke(ctx)
                sys.stdout.flush()
                return done
            except BaseException as error:
                # A library may say in its own words that it was interrupted.
                if told() is not None or isinstance(error, KeyboardInterrupt | click.Abort):
                    _end(ctx)
                if isinstance(error, click.ClickException | click.exceptions.Exit) or not isinstance(error, Exception):
                    raise
                ctx.exit(_say(error))


_RARELY = 20_000, 20, 100


def _start_quickly() -> None:
    """What a process made for one command can do without: together a fifth of the time of the short ones."""
    gc.set_threshold(*_RARELY)  # what is read and imported stays: looking through it for garbage finds none
    atexit.register(gc.freeze)  # nor at the end
    # Threads are our own: those of the linear algebra would wait for each other, and sum in an order of their own.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looked for among all packages installed


@contextmanager
def _noticing() -> Iterator[None]:
    """Print what is to be known of a result, each once, as warnings are printed."""
    with warnings.catch_warnings():
        show: Callable[..., Any] = warnings.showwarning
        said: set[str] = set()

        def notice(message: Warning | str, category: type[Warning], *place: Any) -> None:
            if not issubclass(category, Notice):
                show(message, category, *place)
            elif str(message) not in said:
                said.add(str(message))
                click.echo(f"warning: {message}", err=True)

        warnings.showwarning = cast(Any, notice)
        warnings.simplefilter("always", Notice)
        yield


def _end(ctx: click.Context) -> None:
    """Leave as a command that was told to."""
    number = told() or signal.SIGINT
    with suppress(OSError):
        click.echo("interrupted" if number == signal.SIGINT else "ended", err=True)
    ctx.exit(128 + number)


def _say(error: Exception) -> int:
    """Say what went wrong; the exit status."""
    if isinstance(error, InputError):
        for found in error.problems:
            click.echo(str(found), err=True)
        return 2
    if isinstance(error, RelsimError):
        click.echo(f"relsim: {error}", err=True)
    elif isinstance(error, MemoryError):
        click.echo("relsim: not enough memory", err=True)
    elif isinstance(error, BrokenPipeError):
        raise error
    elif isinstance(error, OSError):
        click.echo(f"relsim: {error.strerror or error}: {error.filename or 'in writing the output'}", err=True)
    elif os.environ.get("RELSIM_TRACEBACK"):
        raise error
    else:
        click.echo(
            f"relsim: a defect of relsim: {type(error).__name__}: {error}\n"
            "    set RELSIM_TRACEBACK=1 to see where, and please report it with the file",
            err=True,
        )
    return 1


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="relsim", prog_name="relsim")
def main() -> None:
    """Forecasts of relations between states: a readable scenario in, a probability with its doubt out.

    \b
    Example:
      relsim new scenario.yaml --parties us,ru
      relsim run scenario.yaml
    """
