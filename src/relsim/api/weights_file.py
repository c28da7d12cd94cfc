"""New values of a scenario's parameters, to be laid over it: ``WeightsFile``. Floor 7."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from relsim.api.answers import Answer, R_co
from relsim.api.inputs import Inputs
from relsim.api.scenario import Scenario
from relsim.errors import DocumentError, InputError

NAME = "<weights file>"
"""What messages call one that is no file yet."""


@dataclass(frozen=True, eq=False, repr=False)
class WeightsFile(Answer[R_co]):
    """A layer of parameters that ``fit``, ``tune`` or ``rates`` found, with what there is to be said of it.

    Attributes
    ----------
    text
        The weights file: YAML, empty where nothing could be found.
    result
        The report, as its JSON has it.

    Examples
    --------
    >>> scenario = relsim.load("docs/examples/osaka.yaml")
    >>> tuned = relsim.tune(scenario, {"summit": 0.6}, paths=8192)
    >>> file = tuned.save("tuned.yaml")
    >>> again = relsim.load("docs/examples/osaka.yaml", weights=[file]).run(paths=500)
    >>> again.to_json() == tuned.scenario.run(paths=500).to_json()
    True
    """

    text: str = ""
    _below: Callable[[], Inputs] | None = None

    @property
    def scenario(self) -> Scenario:
        """The scenario with it laid over.

        Raises
        ------
        relsim.InputError
            If it is for a model, not for a scenario: lay it over one with ``relsim.load(…, weights=[…])``.
        """
        if self._below is None:
            raise InputError("it belongs to no scenario: relsim.load(FILE, weights=[…]) lays it over one")
        return Scenario(laid_over(self._below(), self.text) if self.text else self._below())

    @property
    def files(self) -> dict[str, str]:
        """SHA-256 of every file that the scenario was read from; for other use cases of this package."""
        return {} if self._below is None else self._below().loaded.files

    def save(self, file: str | os.PathLike[str], *, force: bool = False) -> Path:
        """Write the weights file.

        Parameters
        ----------
        file : path
            Where it is written.
        force : bool
            Whether a file that is there is replaced.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        relsim.InputError
            If the file exists, or there is nothing to write.
        """
        from relsim.files import write

        if not self.text:
            raise InputError(f"{file}: nothing was found that could be written")
        if Path(file).exists() and not force:
            raise InputError(f"{file}: exists already; force replaces it")
        write(Path(file), self.text, replace=force)
        return Path(file)


def laid_over(inputs: Inputs, text: str, name: str = NAME) -> Inputs:
    """A scenario with the text of a weights file over it, and what it was read from unchanged."""
    from dataclasses import replace

    from relsim.compose import Given

    layers = inputs.layers
    return inputs.again(replace(layers, weights=(*layers.weights, Given(name, text))))


def check_draws(inputs: Inputs) -> None:
    """Draw from a scenario all that a run of it would.

    Raises
    ------
    DocumentError
        If it is an unstable model, or too many draws of it are none.
    """
    from relsim.engine import parameters_of

    scenario, model = inputs.scenario, inputs.model
    try:
        parameters_of(model, paths=scenario.paths, seed=scenario.seed, draws=scenario.draws, median_weights=False)
    except DocumentError as error:
        raise DocumentError(inputs.loaded.locate(error.problems)) from None
