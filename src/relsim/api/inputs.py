"""A document with all that is laid over it, and the model that it makes. Floor 7."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from relsim.errors import DocumentError, InputError, Problem

if TYPE_CHECKING:
    from relsim.api.progress import Progress
    from relsim.compose import Given, LoadedScenario
    from relsim.model import Model
    from relsim.scenario import Scenario

_OFTEN = 0.1
"""Share of the draws in which an event's sources are scaled, from which on a run says so."""
SCENARIO = "scenario"
"""Name of a file that is called after its folder, and of what is no file."""


@dataclass(frozen=True)
class Layers:
    """What a document is read from; each lies over those before it.

    Attributes
    ----------
    main : file, name of a built-in model, or a document that is no file
    settings : ``path=value`` each
    option : what messages call a setting
    others : whether the file's other variants are judged with it
    to_the_end : whether all that the histories tell of the window is read, whatever ``as_of`` says
    """

    main: str | Path | Given
    weights: tuple[str | Path | Given, ...] = ()
    variant: str | None = None
    settings: tuple[str, ...] = ()
    option: str = "--set"
    others: bool = True
    to_the_end: bool = False

    @property
    def stem(self) -> str:
        """What folders and comparisons call it: the file's name, or its folder's."""
        if not isinstance(self.main, str | Path):
            return SCENARIO
        file = Path(self.main)
        return file.stem if file.stem != SCENARIO else file.resolve().parent.name

    def set(self, values: Mapping[str, object]) -> Layers:
        """The same with values laid over it, by their paths."""
        return replace(self, settings=(*self.settings, *settings_of(values)))


def given_settings(settings: Mapping[str, object] | Sequence[str] | None) -> tuple[tuple[str, ...], str]:
    """Settings as ``path=value`` each, and what messages call them.

    Parameters
    ----------
    settings : values by their paths, or texts as ``--set`` takes them
    """
    if settings is None or isinstance(settings, Mapping):
        return settings_of(settings or {}), "settings"
    return (settings,) if isinstance(settings, str) else tuple(settings), "--set"


def settings_of(values: Mapping[str, object]) -> tuple[str, ...]:
    """Values by their paths, as ``path=value`` each; a text is read as it stands there."""
    from relsim.compose.nodes import plain_of

    return tuple(
        f"{path}={value if isinstance(value, str) else json.dumps(plain_of(value, path), ensure_ascii=False)}"
        for path, value in values.items()
    )


@dataclass(frozen=True)
class Inputs:
    """A document as read; its model is built when it is first asked for.

    Attributes
    ----------
    finished : whether it is the document of a finished run, which was judged when it was made
    """

    layers: Layers
    loaded: LoadedScenario = field(repr=False)
    finished: bool = False

    @classmethod
    def read(cls, layers: Layers, *, whole: bool = True, finished: bool = False) -> Inputs:
        """Read a document and all that it extends.

        Parameters
        ----------
        whole : whether a document without a window is an error, or a layer

        Raises
        ------
        DocumentError
        """
        from relsim.compose import load

        loaded = load(
            layers.main,
            variant=layers.variant,
            weights=layers.weights,
            settings=layers.settings,
            option=layers.option,
            whole=whole,
            others=layers.others,
            to_the_end=layers.to_the_end,
        )
        return cls(layers, loaded, finished)

    @property
    def scenario(self) -> Scenario:
        """What was read, made concrete."""
        assert self.loaded.scenario is not None
        return self.loaded.scenario

    @cached_property
    def model(self) -> Model:
        """The model, judged on many draws of the parameters unless the run is finished.

        Raises
        ------
        DocumentError
        """
        return build_model(self.loaded, judge=not self.finished)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What the document and its model give reason to warn of."""
        return (*self.loaded.warnings, *self.loaded.locate(self.model.warnings, "warning"))

    def say_warnings(self, progress: Progress) -> None:
        """Tell what there is to warn of, before the work begins."""
        for warning in self.warnings:
            progress.say(str(warning))

    def again(self, layers: Layers, *, whole: bool = False) -> Inputs:
        """The same with other layers over it.

        Raises
        ------
        InputError
            If a file has changed since it was read.
        """
        new = Inputs.read(layers, whole=whole)
        for name, digest in self.loaded.files.items():
            if new.loaded.files.get(name, digest) != digest:
                raise InputError(f"{name}: has changed since it was read; load the scenario again")
        return new


def scaled_note(model: Model) -> str:
    """In one line, that sources of events were scaled; nothing where that is rare in all of them."""
    often = sorted((s for s in model.scaled if s.share >= _OFTEN), key=lambda s: -s.share)
    if not often:
        return ""
    shown = ", ".join(s.event for s in often[:3]) + (f" and {len(often) - 3} more" if len(often) > 3 else "")
    return (
        f"note: what usually triggers {shown} would fill more than nine tenths of the stated rate, and is scaled: "
        "`relsim validate` says in how many draws, and by how much"
    )


def build_model(loaded: LoadedScenario, judge: bool = True) -> Model:
    """The model of a loaded scenario, its faults placed in the files; those of its other variants count too.

    Parameters
    ----------
    judge : whether it is judged on many draws of the weights; a finished run has been

    Raises
    ------
    DocumentError
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
        raise DocumentError(found)
    return model


def _same_model(a: Scenario, b: Scenario) -> bool:
    """Whether nothing that a model is judged by differs."""
    acts = [{name: i for name, i in s.interventions.items() if i.rates or i.shift or i.set} for s in (a, b)]
    parts = ("own_seed", "start", "end", "as_of", "variables", "correlation", "conditions", "indices", "events",
             "calendar", "history", "outcomes", "correlation_of_weights")  # fmt: skip
    return acts[0] == acts[1] and all(getattr(a, part) == getattr(b, part) for part in parts)
