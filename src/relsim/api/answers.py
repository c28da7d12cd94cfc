"""What a use case found. Floor 7."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    import pandas as pd

    from relsim.show.values import Block


class Saved(Protocol):
    """A result that is saved as JSON."""

    def to_json(self) -> str: ...


R_co = TypeVar("R_co", bound=Saved, covariant=True)


@dataclass(frozen=True, eq=False, repr=False)
class Answer(Generic[R_co]):
    """What ``drivers``, ``stories``, ``rates``, ``backtest`` and ``score`` find: numbers, a table, the same as text.

    Attributes
    ----------
    result
        The numbers by name, as the JSON has them: frozen, and typed.

    Examples
    --------
    >>> forecast = relsim.load("docs/examples/osaka.yaml").run(paths=4096)
    >>> answer = relsim.drivers(forecast, outcomes="summit")
    >>> answer.table.loc["summit", "parameter"].iloc[0]
    'calendar/summit/probability'
    >>> answer.to_dict()["threshold"]
    0.5
    """

    result: R_co
    _rows: Callable[[], Iterable[Mapping[str, Any]]] = field(default=tuple)
    _blocks: Callable[[], Iterable[Block]] = field(default=tuple)

    @property
    def table(self) -> pd.DataFrame:
        """The most wanted numbers.

        Returns
        -------
        pandas.DataFrame
            Index ``name``; what the columns are is said by the function that answers.

        Raises
        ------
        relsim.InputError
            If pandas is not installed.
        """
        from relsim.api.frames import listed

        return listed(self._rows())

    def to_json(self) -> str:
        """All numbers as JSON, byte for byte what the command of the same name prints with ``--json``."""
        return self.result.to_json()

    def to_dict(self) -> dict[str, Any]:
        """All numbers as plain data."""
        found: dict[str, Any] = json.loads(self.to_json())
        return found

    def __str__(self) -> str:
        from relsim.show.console import console_text

        return console_text(list(self._blocks())).rstrip("\n") or repr(self)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {type(self.result).__name__}>"

    def _repr_html_(self) -> str:
        from relsim.show.hypertext import hypertext

        return hypertext(self._blocks())


def flat(value: Any, leave: Sequence[str] = ()) -> dict[str, Any]:
    """A frozen value as one row: what is within a value in it by ``NAME.FIELD``.

    Parameters
    ----------
    leave : fields that are left out
    """
    out: dict[str, Any] = {}
    for one in fields(value):
        inner = getattr(value, one.name)
        if one.name in leave:
            continue
        if is_dataclass(inner):
            out |= {f"{one.name}.{key}": content for key, content in flat(inner).items()}
        else:
            out[one.name] = inner
    return out
