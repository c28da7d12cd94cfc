"""Items of the document's sections; any field may be silent, since any layer may state any part. Floor 2."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, PlainValidator, Tag, WithJsonSchema

from relsim.errors import seen
from relsim.quantity import Quantity
from relsim.spec.fields import (
    Amount,
    Correlated,
    Date,
    Dates,
    Days,
    Drift,
    Duration,
    Each,
    Excess,
    Factor,
    Flag,
    Plain,
    Positive,
    Probability,
    Range,
    Rate,
    Ratio,
    Real,
    Text,
    fault,
)

CONFIG = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False, defer_build=True)


class Part(BaseModel):
    """Base of all mappings with fixed keys."""

    model_config = CONFIG


def names_tag(value: object) -> str:
    """Which of text, list and mapping a value is."""
    if isinstance(value, str):
        return "<text>"
    return "<list>" if isinstance(value, list) else "<mapping>" if isinstance(value, dict) else "<other>"


def _one_key(value: dict[str, Any]) -> dict[str, Any]:
    if len(value) != 1:
        raise fault(f"found {len(value)} keys; each item of the list is one name with its conditions")
    return value


class Clause(Part):
    """What must hold of an event, entry, condition, variable or index."""

    within: Days | None = None
    """Within the last so many days."""
    since: Date | None = None
    at_least: Positive | None = None
    above: Real | None = None
    below: Real | None = None
    negated: Flag | None = Field(None, alias="not")


class OddsClause(Clause):
    """A clause with the odds ratio that applies where it holds."""

    odds_ratio: Ratio | None = None


def _kinds(expected: str, *kinds: str) -> Discriminator:
    """Union by the kind of value; ``expected`` says what may stand here."""

    def tag(value: object) -> str | None:
        found = names_tag(value)
        return found if found in kinds else None

    return Discriminator(tag, custom_error_type="expected", custom_error_message=expected)


Names = Annotated[
    Annotated[Text, Tag("<text>")] | Annotated[list[Text], Tag("<list>")],
    _kinds("a name or a list of names", "<text>", "<list>"),
]
ClauseItem = Annotated[
    Annotated[Text, Tag("<text>")]
    | Annotated[Annotated[dict[str, Clause], AfterValidator(_one_key)], Tag("<mapping>")],
    _kinds("a name or {name: {…}}", "<text>", "<mapping>"),
]
Clauses = Annotated[
    Annotated[Text, Tag("<text>")]
    | Annotated[list[ClauseItem], Tag("<list>")]
    | Annotated[dict[str, Clause | None], Tag("<mapping>")],
    _kinds("a list of names or of {name: {…}}", "<text>", "<list>", "<mapping>"),
]
OddsList = Annotated[
    Annotated[list[Annotated[dict[str, OddsClause], AfterValidator(_one_key)]], Tag("<list>")]
    | Annotated[dict[str, OddsClause | None], Tag("<mapping>")],
    _kinds("{name: {odds_ratio: …}} or a list of such", "<list>", "<mapping>"),
]


class Issue(Part):
    """An issue between the parties."""

    label: Text | None = None
    salience: Plain | None = None


class Variable(Part):
    """A state variable, in points."""

    each: Each | None = None
    label: Text | None = None
    range: Range | None = None
    baseline: Real | None = None
    half_life: Duration | None = None
    spread: Amount | None = None
    initial: Real | None = None
    pull: dict[str, Real | None] | None = None
    drift: Drift | None = None


class Correlation(Part):
    """Correlation of the noises of two variables."""

    between: list[Text]
    value: Correlated


class CorrelationOfWeights(Part):
    """Correlation of the doubts about two numbers of the file."""

    between: list[Text]
    value: Correlated


class While(Part):
    """What a condition does while it is in force."""

    baseline: dict[str, Real | None] | None = None
    rates: dict[str, Factor | None] | None = None


class Since(Part):
    """Since when a condition is in force that is so before the window."""

    since: Date


Initially = Annotated[
    Annotated[Flag, Tag("<flag>")] | Annotated[Since, Tag("<mapping>")],
    Discriminator(
        lambda value: "<flag>" if isinstance(value, bool) else "<mapping>" if isinstance(value, dict) else None,
        custom_error_type="expected",
        custom_error_message="true, false or {since: DATE}",
    ),
]


class Condition(Part):
    """A standing state of the world."""

    each: Each | None = None
    label: Text | None = None
    begins: Names | None = None
    ends: Names | None = None
    lasts: Duration | None = None
    initially: Initially | None = None
    while_: While | None = Field(None, alias="while")


class Index(Part):
    """A fixed linear combination of variables."""

    each: Each | None = None
    label: Text | None = None
    weights: dict[str, Real | None] | None = None


class Excitation(Part):
    """Extra events that one event of another type brings on."""

    events: Excess | None = None
    in_all: Excess | None = None
    share: Probability | None = None
    half_life: Duration | None = None


Excitations = Annotated[
    Annotated[Excitation, Tag("<mapping>")] | Annotated[list[Excitation], Tag("<list>")],
    _kinds("{events, half_life} or {share, half_life}, or a list of such", "<mapping>", "<list>"),
]
ExcitedBy = Annotated[
    Annotated[dict[str, Excitations | None], Tag("<mapping>")]
    | Annotated[list[Annotated[dict[str, Excitations], AfterValidator(_one_key)]], Tag("<list>")],
    _kinds("{event: {events, half_life}} or a list of such", "<mapping>", "<list>"),
]


class Act(Part):
    """How rows of a source make one act."""

    rows: Positive | None = None
    apart: Days | None = None


_CAMEO = re.compile(r"(0[1-9]|1[0-9]|20)[0-9]{0,2}", re.ASCII)
_PLOVER = re.compile(r"[A-Z]+(:[a-z-]+)?", re.ASCII)


def _code_list(form: re.Pattern[str] | None, wanted: str) -> Callable[[object], tuple[str, ...]]:
    def read(value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise fault(f"found {seen(value)}; a list of codes was expected")
        if not value:
            raise fault("the list is empty; at least one code was expected")
        for i, item in enumerate(value):
            if not isinstance(item, str):
                raise fault(f"found {seen(item)}; a code is text: put it in quotes", (i,))
            if not item.strip() or (form is not None and not form.fullmatch(item)):
                raise fault(f"found {seen(item)}; {wanted} was expected", (i,))
            if item in value[:i]:
                raise fault(f"'{item}' stands twice", (i,))
        return tuple(value)

    return read


_CODES_SCHEMA = WithJsonSchema({"type": "array", "items": {"type": "string"}, "minItems": 1})
_CAMEO_WANTED = "a CAMEO code, such as 112, or the beginning of some, such as 11,"
_PLOVER_WANTED = "a type of PLOVER in capitals, a mode behind a colon, such as CONSULT:visit,"
CameoCodes = Annotated[tuple[str, ...], PlainValidator(_code_list(_CAMEO, _CAMEO_WANTED)), _CODES_SCHEMA]
PloverCodes = Annotated[tuple[str, ...], PlainValidator(_code_list(_PLOVER, _PLOVER_WANTED)), _CODES_SCHEMA]
OwnCodes = Annotated[tuple[str, ...], PlainValidator(_code_list(None, "a code")), _CODES_SCHEMA]


class Codes(Part):
    """Which coded events of a source are this event; a code stands for all that begin with it."""

    cameo: CameoCodes | None = None
    plover: PloverCodes | None = None
    own: OwnCodes | None = None
    act: Act | None = None


def _week(value: list[Quantity]) -> list[Quantity]:
    if len(value) != 7:
        raise fault(f"found {len(value)} numbers; seven were expected, Monday first")
    if all(q.certain and q.central() == 0 for q in value):
        raise fault("all seven are 0; at least one above 0 was expected")
    return value


class Event(Part):
    """An event type."""

    each: Each | None = None
    label: Text | None = None
    rate: Rate | None = None
    rate_ratio: dict[str, Ratio | None] | None = None
    excited_by: ExcitedBy | None = None
    effects: dict[str, Real | None] | None = None
    overdispersion: Amount | None = None
    weekdays: Annotated[list[Amount], AfterValidator(_week)] | None = None
    at_most: Positive | None = None
    ever: Flag | None = None
    requires: Clauses | None = None
    unless: Clauses | None = None
    usual: Flag | None = None
    """Whether it is part of the usual although held back, or is not although never held back."""
    codes: Codes | None = None


class Otherwise(Part):
    """What follows where an entry could have happened and did not."""

    effects: dict[str, Real | None] | None = None
    event: Text | None = None


class Entry(Part):
    """A calendar entry."""

    each: Each | None = None
    label: Text | None = None
    on: Date | None = None
    between: Dates | None = None
    after: Names | None = None
    delay: Duration | None = None
    probability: Probability | None = None
    at: dict[str, Real | None] | None = None
    odds_ratio: dict[str, Ratio | None] | None = None
    odds_if: OddsList | None = None
    requires: Clauses | None = None
    unless: Clauses | None = None
    event: Text | None = None
    effects: dict[str, Real | None] | None = None
    otherwise: Otherwise | None = None
