"""Options that several commands share, and how a scenario becomes a model. Floor 8."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from relsim.errors import DocumentError, InputError, Problem

if TYPE_CHECKING:
    from relsim.compose import LoadedScenario
    from relsim.model import Model
    from relsim.scenario import Scenario

_OFTEN = 0.1
"""Share of the draws in which an event's sources are scaled, from which on a run says so."""

F = TypeVar("F", bound=Callable[..., Any])
_IN_DAYS = {"": 1, "d": 1, "day": 1, "days": 1, "w": 7, "week": 7, "weeks": 7}


class DaysType(click.ParamType):  # type: ignore[type-arg]
    """A number of days: 14d, 2w, 30 days."""

    name = "days"

    def __init__(self, zero: str = "") -> None:
        self._zero = zero

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        if self._zero and value == self._zero:
            return 0
        found = re.fullmatch(r"(\d+)\s*([a-z]*)", str(value).strip())
        if found is None or found[2] not in _IN_DAYS or int(found[1]) == 0:
            more = f", or {self._zero}" if self._zero else ""
            self.fail(f"'{value}' is no number of days; 14d, 2w or '30 days' were expected{more}", param, ctx)
        return int(found[1]) * _IN_DAYS[found[2]]


def scenario_options(command: F) -> F:
    """``--variant``, ``--weights`` and ``--set``."""
    for option in (
        click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Set one value: run/paths=500."),
        click.option("--weights", multiple=True, metavar="FILE", help="Overlay a weights file."),
        click.option("--variant", metavar="NAME", help="One of the scenario's variants."),
    ):
        command = option(command)
    return command


def build_model(loaded: LoadedScenario, judge: bool = True) -> Model:
    """The model of a loaded scenario, its faults placed in the files; those of its other variants count too.

    Parameters
    ----------
    judge : whether it is judged on many draws of the weights; a finished run has been

    Raises
    ------
    InputError
    """
    from relsim.compose.validator import placed
    from relsim.model import build

    assert loaded.scenario is not None
    found: list[Problem] = []
    try:
        model = build(loaded.scenario, judge)
    except DocumentError as error:
        found = loaded.locate(error.problems)
    known = {(d.file, d.line, d.column, d.message) for d in found}
    for sibling in loaded.siblings:
        if _same_model(loaded.scenario, sibling.scenario):
            continue
        try:
            build(sibling.scenario)
        except DocumentError as error:
            of = f"with variant '{sibling.variant}'" if sibling.variant else "without a variant"
            for d in placed(sibling.root, error.problems):
                if (d.file, d.line, d.column, d.message) not in known:
                    found.append(replace(d, message=f"{d.message} ({of})"))
    if found:
        raise InputError(found)
    return model


def _same_model(a: Scenario, b: Scenario) -> bool:
    """Whether nothing that a model is judged by differs."""
    acts = [{name: i for name, i in s.interventions.items() if i.rates or i.shift or i.set} for s in (a, b)]
    parts = ("own_seed", "start", "end", "as_of", "variables", "correlation", "conditions", "indices", "events",
             "calendar", "history", "outcomes", "correlation_of_weights")  # fmt: skip
    return acts[0] == acts[1] and all(getattr(a, part) == getattr(b, part) for part in parts)


def warn(diagnostics: Iterable[Problem]) -> None:
    """Print warnings on stderr."""
    for diagnostic in diagnostics:
        click.echo(str(diagnostic), err=True)


_ANY_WINDOW = ("window/start=2001-01-01", "window/end=2001-12-31")
"""For a layer, which has no window of its own."""


def load_mechanisms(
    file: str, *, variant: str | None = None, weights: Sequence[str | Path] = (), settings: Sequence[str] = ()
) -> LoadedScenario:
    """Read a file for what does not hang on its window: a scenario, a layer that has none, a built-in model."""
    from relsim.compose import load

    loaded = load(file, variant=variant, weights=weights, settings=settings)
    if loaded.scenario is not None:
        return loaded
    document = loaded.document
    for section in ("variables", "events"):
        if not getattr(document, section):
            what = f"no {section[:-1]} is defined; at least one was expected under '{section}'"
            raise InputError(f"{loaded.name}: {what}")
    needed = list(_ANY_WINDOW)
    if not document.outcomes and not document.quantities:
        needed.append(f"quantities/any={{count: {next(iter(document.events or ()))}}}")
    return load(file, variant=variant, weights=weights, settings=(*settings, *needed))


_KEEPS_PARTIES = "record"
"""The built-in model whose parties have no other names: one file serves many pairs of states."""


def mechanisms_of(file: str, parties: Mapping[str, str | None]) -> LoadedScenario:
    """A file's events, without its histories where these cannot be read: they may be what is about to be made.

    Parameters
    ----------
    parties : of a built-in model, the two that take the places of its own: label by name, None for the name

    Raises
    ------
    InputError
    """
    from relsim.compose.layers import BUILT_IN

    settings: tuple[str, ...] = ()
    if file == _KEEPS_PARTIES:
        if set(parties) != {"a", "b"}:
            renamed = ",".join(f"{name}={of}" for name, of in zip("ab", parties))
            raise InputError(f"'{file}' keeps its parties a and b: --parties {renamed}")
    elif file in BUILT_IN:
        gone = [f"parties/{name}=null" for name in ("a", "b") if name not in parties]
        named = [f"parties/{name}={json.dumps(label or name)}" for name, label in parties.items()]
        settings = (*named, *gone)  # an empty set would take all that stands for each party with it
    try:
        loaded = load_mechanisms(file, settings=settings)
    except InputError as error:
        if not any(d.path.startswith("history") for d in error.problems):
            raise
        loaded = load_mechanisms(file, settings=(*settings, "history=null"))
    return loaded


def load_model(
    file: str, *, variant: str | None, weights: Sequence[str], settings: Sequence[str]
) -> tuple[LoadedScenario, Model]:
    """Read a scenario that can be run, and print its warnings."""
    from relsim.compose import load

    loaded = load(file, variant=variant, weights=weights, settings=settings, whole=True)
    model = build_model(loaded)
    warn(loaded.warnings)
    warn(loaded.locate(model.warnings, "warning"))
    if note := scaled_note(model):
        click.echo(note, err=True)
    return loaded, model


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


def scaled_note(model: Model) -> str:
    """In one line, that sources of events were scaled; nothing where that is rare in all of them."""
    often = sorted((s for s in model.scaled if s.share >= _OFTEN), key=lambda s: -s.share)
    if not often:
        return ""
    shown = ", ".join(s.event for s in often[:3]) + (f" and {len(often) - 3} more" if len(often) > 3 else "")
    return (
        f"note: what usually brings on {shown} would fill more than nine tenths of the stated rate, and is scaled: "
        "`relsim validate` says in how many draws, and by how much"
    )
