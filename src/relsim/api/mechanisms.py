"""A document for what does not hang on its window: a scenario, a layer that has none, a built-in model. Floor 7."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from relsim.api.inputs import Inputs, Layers
from relsim.errors import InputError

_ANY_WINDOW = ("window/start=2001-01-01", "window/end=2001-12-31")
"""For a layer, which has no window of its own."""
_KEEPS_PARTIES = "record"
"""The built-in model whose parties have no other names: one file serves many pairs of states."""


def mechanisms(inputs: Inputs) -> Inputs:
    """A document with any window where it has none.

    Raises
    ------
    InputError
        If it has no variable or no event.
    """
    if inputs.loaded.scenario is not None:
        return inputs
    document = inputs.loaded.document
    for section in ("variables", "events"):
        if not getattr(document, section):
            what = f"no {section[:-1]} is defined; at least one was expected under '{section}'"
            raise InputError(f"{inputs.loaded.name}: {what}")
    needed = list(_ANY_WINDOW)
    if not document.outcomes and not document.quantities:
        needed.append(f"quantities/any={{count: {next(iter(document.events or ()))}}}")
    return inputs.again(replace(inputs.layers, settings=(*inputs.layers.settings, *needed)))


def mechanisms_of(file: str, parties: Mapping[str, str | None]) -> Inputs:
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
        return mechanisms(Inputs.read(Layers(file, settings=settings), whole=False))
    except InputError as error:
        if not any(d.path.startswith("history") for d in error.problems):
            raise
        return mechanisms(Inputs.read(Layers(file, settings=(*settings, "history=null")), whole=False))
