"""A scenario, from a file, a text or a mapping: ``load`` and ``Scenario``. Floor 7."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from relsim.api.inputs import Inputs, Layers, given_settings
from relsim.errors import DocumentError, InputError

if TYPE_CHECKING:
    from relsim.api.forecast import Forecast
    from relsim.api.progress import Progress
    from relsim.compose import Given
    from relsim.diagram.picture import Form
    from relsim.errors import Problem

Document = str | os.PathLike[str] | Mapping[str, object]
"""A file, or a document as a mapping."""


@dataclass(frozen=True, eq=False, repr=False)
class Scenario:
    """A scenario with all that is laid over it: variant, weights files, settings. Frozen; made by ``relsim.load``.

    Examples
    --------
    >>> scenario = relsim.load("docs/examples/osaka.yaml")
    >>> scenario
    <Scenario: Will the presidents meet in Osaka?, 2019-05-15 to 2019-08-31>
    >>> scenario.set("calendar/summit/probability", 0.9).run(paths=500).result.paths
    500
    """

    _inputs: Inputs

    @property
    def inputs(self) -> Inputs:
        """The document as read, and its model; for other use cases of this package."""
        return self._inputs

    @property
    def title(self) -> str:
        """The document's title, or the name of its file."""
        loaded = self._inputs.loaded
        return loaded.scenario.title if loaded.scenario is not None else loaded.name

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of the variants that the document has.

        Examples
        --------
        >>> relsim.load("docs/examples/first.yaml").variants
        ('no_meeting',)
        """
        tree = self._inputs.loaded.tree
        found = tree.get("variants") if isinstance(tree, dict) else None
        return tuple(name for name, body in (found or {}).items() if body)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, or to be thought over: file, line, column, path, message, hint and severity of each.

        Examples
        --------
        >>> relsim.load("docs/examples/osaka.yaml").problems
        ()
        """
        try:
            return self.validate()
        except DocumentError as error:
            return error.problems

    def validate(self) -> tuple[Problem, ...]:
        """Judge the whole scenario, its other variants too, as ``relsim validate`` does.

        Returns
        -------
        tuple
            The warnings, with their places.

        Raises
        ------
        relsim.DocumentError
            If it cannot be run.

        Examples
        --------
        >>> relsim.load("docs/examples/osaka.yaml").validate()
        ()
        """
        inputs = self._inputs
        if inputs.loaded.scenario is None:
            return inputs.loaded.warnings
        unopposed = inputs.loaded.locate(inputs.model.unopposed(), "warning")
        return (*inputs.warnings, *unopposed)

    def set(self, path: str, value: object) -> Scenario:
        """The scenario with one value set otherwise.

        Parameters
        ----------
        path : str
            Keys joined by ``/``: ``events/accusation.us/rate``.
        value : object
            A text is read as ``--set`` reads it (``"5 per month"``, ``"0.4 to 0.6"``); numbers, dates, lists and
            mappings stand for themselves, and None removes what is stated.

        Returns
        -------
        Scenario

        Raises
        ------
        relsim.DocumentError
            If the document is not valid with it.

        Examples
        --------
        >>> relsim.load("docs/examples/osaka.yaml").set("events/sanctions/rate", "6 per year")
        <Scenario: Will the presidents meet in Osaka?, 2019-05-15 to 2019-08-31>
        """
        return Scenario(self._inputs.again(self._inputs.layers.set({path: value})))

    def variant(self, name: str | None) -> Scenario:
        """One of the document's variants.

        Parameters
        ----------
        name : str or None
            None for the document without a variant.

        Raises
        ------
        relsim.DocumentError
            If the document has no such variant.

        Examples
        --------
        >>> relsim.load("docs/examples/first.yaml").variant("no_meeting").run(paths=500).title
        'Will the presidents meet in Osaka? (no_meeting)'
        """
        return Scenario(self._inputs.again(replace(self._inputs.layers, variant=name)))

    def run(
        self,
        *,
        paths: int | None = None,
        draws: int | None = None,
        seed: int | None = None,
        median_weights: bool = False,
        workers: int | None = None,
        scheduler: str | None = None,
        progress: bool | Progress = True,
    ) -> Forecast:
        """Simulate the scenario's futures.

        Parameters
        ----------
        paths : int, optional
            Simulated futures; the document's number, or 20,000.
        draws : int, optional
            Draws of the parameters; one per 128 paths unless given.
        seed : int, optional
            The same seed gives the same forecast; the document's, or 1.
        median_weights : bool
            Run all paths under the medians of the parameters.
        workers : int, optional
            Threads; all cores unless given. Changes no number.
        scheduler : str, optional
            A dask.distributed cluster to run on, ``tcp://HOST:PORT``, ``tls://HOST:PORT`` or ``local`` (processes of
            this machine). Changes no number.
        progress : bool
            Show a bar, on a terminal or in a notebook, if it takes a while.

        Returns
        -------
        Forecast

        Raises
        ------
        relsim.DocumentError
            If the scenario cannot be run: it is a layer without a window, or an unstable model.

        Examples
        --------
        >>> forecast = relsim.load("docs/examples/osaka.yaml").run(paths=500, seed=2)
        >>> forecast
        <Forecast: Will the presidents meet in Osaka?, 2019-05-15 to 2019-08-31, 500 paths, seed 2>
        """
        from relsim.api.running import run

        given = {"run/paths": paths, "run/draws": draws, "run/seed": seed}
        return run(
            runnable(self._inputs, {key: value for key, value in given.items() if value is not None}),
            median_weights=median_weights,
            workers=workers,
            scheduler=scheduler,
            progress=progress,
        )

    def diagram(self, form: Form = "svg", outcome: str | None = None) -> str:
        """The model as a picture: its parts, arrows between them, and its loops with sign and gain.

        Parameters
        ----------
        form : {"svg", "mermaid", "dot"}
            An SVG is laid out by Graphviz; the others are text and need nothing.
        outcome : str, optional
            Only what this outcome depends on.

        Raises
        ------
        relsim.DocumentError
            If the scenario is an unstable model.
        relsim.InputError
            If there is no such outcome, or Graphviz is not installed.

        Examples
        --------
        >>> print(relsim.load("docs/examples/osaka.yaml").diagram("mermaid").splitlines()[0])
        flowchart LR
        """
        from relsim.diagram.picture import picture

        return picture(runnable(self._inputs, {}).model, form, outcome)

    def __repr__(self) -> str:
        scenario = self._inputs.loaded.scenario
        if scenario is None:
            return f"<Scenario: {self.title}, a layer without a window>"
        variant = f" ({scenario.variant})" if scenario.variant else ""
        return f"<Scenario: {self.title}{variant}, {scenario.start} to {scenario.end}>"


def runnable(inputs: Inputs, values: Mapping[str, object]) -> Inputs:
    """The same with values over it, if it has a window.

    Raises
    ------
    DocumentError
    """
    if not values and inputs.loaded.scenario is not None:
        return inputs
    return inputs.again(inputs.layers.set(values), whole=True)


def load(
    path: Document | None = None,
    *,
    text: str | Mapping[str, object] | None = None,
    variant: str | None = None,
    weights: Document | Sequence[Document] = (),
    settings: Mapping[str, object] | Sequence[str] | None = None,
) -> Scenario:
    """Read a scenario from a file, a text or a mapping.

    Parameters
    ----------
    path : path or mapping
        A file, the name of a built-in model, or the document as a mapping.
    text : str or mapping
        The document itself in place of a file: YAML, or a mapping. Files that it names are looked for in the working
        folder.
    variant : str, optional
        One of its variants.
    weights : path or mapping, or a sequence of them
        Weights files laid over it, later over earlier.
    settings : mapping, or sequence of str, optional
        Values laid over all, by their paths: ``{"events/incident/rate": "1 per year"}``; or ``path=value`` each.

    Returns
    -------
    Scenario
        A document without a window is a layer: it can be fitted and laid over others, not run.

    Raises
    ------
    relsim.DocumentError
        With a place for each thing that is wrong. What follows from the numbers alone is found by ``Scenario.validate``
        and by every use of the scenario.
    relsim.InputError
        If not just one of ``path`` and ``text`` is given.

    Examples
    --------
    >>> relsim.load("docs/examples/osaka.yaml", settings={"run/paths": 1000})
    <Scenario: Will the presidents meet in Osaka?, 2019-05-15 to 2019-08-31>
    >>> relsim.load(text={
    ...     "relsim": 1, "title": "New sanctions", "window": {"start": "2019-06-01", "end": "2019-12-31"},
    ...     "variables": {"tone": {"baseline": -2, "half_life": "2 to 5 weeks"}},
    ...     "events": {"sanctions": {"rate": "3 to 8 per year"}}, "outcomes": {"any": {"happens": "sanctions"}},
    ... })
    <Scenario: New sanctions, 2019-06-01 to 2019-12-31>
    """
    if (path is None) == (text is None):
        raise InputError("load: a path or a text was expected, one of the two")
    if isinstance(weights, str | os.PathLike | Mapping):
        weights = (weights,)
    set_by, option = given_settings(settings)
    layers = Layers(
        main=as_document(path, "<mapping>") if path is not None else _given(text),
        weights=tuple(as_document(layer, f"<weights {i}>") for i, layer in enumerate(weights, 1)),
        variant=variant,
        settings=set_by,
        option=option,
    )
    return Scenario(Inputs.read(layers, whole=False))


def as_document(document: Document, name: str) -> str | Path | Given:
    """A file, or what a mapping stands for.

    Parameters
    ----------
    name : what messages call a mapping
    """
    from relsim.compose import Given

    if isinstance(document, Mapping):
        return Given.of(name, document)
    return document if isinstance(document, str) else Path(document)


def _given(text: str | Mapping[str, object] | None) -> str | Path | Given:
    from relsim.compose import Given

    if isinstance(text, str):
        return Given("<text>", text)
    return as_document(text or {}, "<mapping>")
