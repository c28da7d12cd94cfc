"""The moves as a document: shown first, then written beside the scenario under a name that does not exist. Floor 8."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from relsim.api.comparison import compare, write_comparison
from relsim.api.saving import Making
from relsim.api.scenario import Scenario
from relsim.compose.weights import layer_text
from relsim.errors import InputError
from relsim.explore.answers import Answers
from relsim.explore.moves import ControlMoves, values_of
from relsim.files import write
from relsim.page.assumptions import numbers_of

WEIGHTS, VARIANT = "weights", "variant"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def preview(answers: Answers, moves: ControlMoves, kind: str, name: str) -> dict[str, str]:
    """What would be written.

    Parameters
    ----------
    kind : ``weights``, a layer to lay over the scenario, or ``variant``, a document that extends it by one

    Raises
    ------
    InputError
    """
    if not _NAME.fullmatch(name):
        raise InputError("a name of letters, digits, _ and - was expected, 64 at most")
    if kind not in (WEIGHTS, VARIANT):
        raise InputError("'weights' or 'variant' was expected")
    if not moves:
        raise InputError("nothing has been moved")
    if kind == WEIGHTS and moves.variant:
        raise InputError(f"the moves lie over the variant '{moves.variant}'; keep them as a variant")
    answers.inputs_of(moves)  # whatever is kept is a valid document
    under = answers.under(moves.variant)
    numbers = {path: number.quantity for path, number in numbers_of(under.scenario).items()}
    body = _nested(values_of(moves, under.loaded, numbers))
    scenario, file = Path(answers.file), f"{name}.yaml"
    place = scenario.with_name(file)
    size = f"--paths {answers.paths}"
    if kind == WEIGHTS:
        command = f"relsim run {scenario} --weights {place} {size}"
        data: dict[str, Any] = {"relsim": 1, **body}
    else:
        command = f"relsim run {place} --variant {name} {size}"
        tree = answers.base.loaded.root.plain()
        assert isinstance(tree, dict)
        chosen = dict((tree.get("variants") or {}).get(moves.variant) or {})
        title = f"{chosen.pop('title', None) or answers.base.scenario.title}, set by hand"
        whole = {"title": title, **_over(chosen, body)}
        data = {"relsim": 1, "extends": scenario.name, "variants": {name: whole}}
    return {"text": layer_text(data, heading=f"Set by hand over {scenario.name}.\n{command}"), "command": command}


def keep(answers: Answers, moves: ControlMoves, kind: str, name: str) -> dict[str, str]:
    """Write what ``preview`` shows.

    Raises
    ------
    InputError
        If a file of the name exists already.
    """
    shown = preview(answers, moves, kind, name)
    place = answers.folder / f"{name}.yaml"
    if place.exists() or place.is_symlink():
        raise InputError(f"{place.name}: exists already; another name was expected")
    write(place, shown["text"], replace=False)
    return {**shown, "file": str(place)}


def save_comparison(answers: Answers, moves: ControlMoves) -> dict[str, str]:
    """The state now against the baseline, as ``relsim compare`` saves it, with its page.

    Raises
    ------
    InputError
    """
    if not moves:
        raise InputError("nothing has been moved, so there is nothing to compare")
    title = f"{answers.base.scenario.title}, set by hand"
    inputs = answers.inputs_of(moves)
    inputs = inputs.again(inputs.layers.set({"title": title}))
    comparison = compare(Scenario(answers.base), Scenario(inputs), progress=False)
    place = Path("runs") / f"compare-{answers.base.layers.stem}-by-hand-{answers.base.scenario.seed}"
    making = Making(comparison.started, figures=False, report=True)
    return {"folder": str(write_comparison(comparison, place, making, named=False, force=False))}


def _nested(values: Mapping[str, object]) -> dict[str, Any]:
    """Values by path as nested mappings."""
    data: dict[str, Any] = {}
    for path, value in values.items():
        *keys, last = path.split("/")
        inner = data
        for key in keys:
            inner = inner.setdefault(key, {})
        inner[last] = value
    return data


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """One layer's values laid over another's."""
    merged = dict(below)
    for key, value in above.items():
        inner = merged.get(key)
        both = isinstance(inner, Mapping) and isinstance(value, Mapping) and not ({"value", "source"} & {*value})
        merged[key] = _over(inner, value) if both and inner is not None else value
    return merged
