"""Options that several commands share. Floor 8."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from relsim.api.backtest_asked import days_in
from relsim.errors import InputError, Problem

if TYPE_CHECKING:
    pass

F = TypeVar("F", bound=Callable[..., Any])


class DaysType(click.ParamType):  # type: ignore[type-arg]
    """A number of days: 14d, 2w, 30 days."""

    name = "days"

    def __init__(self, zero: str = "") -> None:
        self._zero = zero

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return days_in(value, self._zero)
        except InputError as error:
            self.fail(str(error), param, ctx)


def scenario_options(command: F) -> F:
    """``--variant``, ``--weights`` and ``--set``."""
    for option in (
        click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Set one value: run/paths=500."),
        click.option("--weights", multiple=True, metavar="FILE", help="Overlay a weights file."),
        click.option("--variant", metavar="NAME", help="One of the scenario's variants."),
    ):
        command = option(command)
    return command


def size_options(command: F) -> F:
    """``--paths``, ``--draws``, ``--median-weights``, ``--seed`` and ``--workers``."""
    seed = click.IntRange(min=0, max=2**64 - 1)
    for option in (
        click.option(
            "--workers", type=click.IntRange(min=1), help="Threads; all cores unless given. Changes no number."
        ),
        click.option("--seed", type=seed, help="Seed; the same seed gives the same numbers."),
        click.option("--median-weights", is_flag=True, help="Run all paths under the medians of the parameters."),
        click.option(
            "--draws", type=click.IntRange(min=1), help="Draws of the parameters; one per 128 paths unless given."
        ),
        click.option("--paths", type=click.IntRange(min=1), help="Number of simulated paths (overrides the file)."),
    ):
        command = option(command)
    return command


def size_settings(paths: int | None, draws: int | None, seed: int | None) -> list[str]:
    """What ``size_options`` say, as the file would."""
    given = {"paths": paths, "draws": draws, "seed": seed}
    return [f"run/{key}={value}" for key, value in given.items() if value is not None]


def scheduler_option(command: F) -> F:
    """``--scheduler``."""
    return click.option(
        "--scheduler", metavar="ADDRESS", help="A dask cluster: tcp://HOST:PORT, tls://… or local. Changes no number."
    )(command)


def warn(diagnostics: Iterable[Problem]) -> None:
    """Print warnings on stderr."""
    for diagnostic in diagnostics:
        click.echo(str(diagnostic), err=True)


def listed(text: str | None, option: str) -> list[str]:
    """The words of a list, with commas between; ``@FILE`` stands for those of a file, there line by line too.

    Raises
    ------
    InputError
        The file does not exist or is no text.
    """
    words: list[str] = []
    for word in (word.strip() for word in (text or "").split(",")):
        words += _words_of(Path(word[1:]), option) if word.startswith("@") else [word]
    return [word for word in words if word]


def _words_of(file: Path, option: str) -> list[str]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise InputError(f"{option}: {file}: the file does not exist") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{option}: {file}: not readable: {error}") from None
    return [word.strip() for line in lines for word in line.partition("#")[0].split(",")]
