"""Outcomes, quantities, interventions: stated whole, told apart by the key that names the form. Floor 2."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, model_validator

from relsim.spec.base_rates import BaseRate
from relsim.spec.fields import (
    Count,
    Date,
    DateOrStart,
    Dates,
    Days,
    Each,
    Factor,
    Flag,
    Plain,
    Probability,
    Real,
    Text,
    fault,
)
from relsim.spec.items import Part

Moment = date | str


class Titled(Part):
    """Text that goes with an outcome or a quantity; ``each`` stands at the top only."""

    each: Each | None = None
    title: Text | None = None
    criteria: Text | None = None
    source: Text | None = None
    void_if: Text | None = None
    base_rate: BaseRate | None = None
    """How often such a thing came true before."""
    opened: Date | None = None
    """When others began to ask it."""
    crowd: Probability | None = None
    """What others thought of it when they did."""
    built_in: Flag | None = None
    """Whether a built-in model asks it; the resolved document says so."""


class Stretch(Titled):
    """Dates from and by, or to, inclusive; the window's where silent."""

    from_: Date | None = Field(None, alias="from")
    by: Date | None = None
    to: Date | None = None

    @property
    def last(self) -> date | None:
        """``by`` or ``to``."""
        return self.by or self.to

    @model_validator(mode="after")
    def _in_order(self) -> Stretch:
        if self.by and self.to:
            raise fault("'by' and 'to' mean the same; give one of them", ("to",), key=True)
        if self.from_ and self.last and self.last < self.from_:
            raise fault(f"runs backwards: {self.last} lies before {self.from_}", ("by" if self.by else "to",))
        return self


class Compared(Titled):
    """A level compared with a threshold, strictly."""

    above: Plain | None = None
    below: Plain | None = None

    @model_validator(mode="after")
    def _compares(self) -> Compared:
        if self.above is None and self.below is None:
            raise fault("'above' or 'below' is missing")
        if self.above is not None and self.below is not None and not self.above < self.below:
            raise fault(f"nothing lies above {self.above:g} and below {self.below:g}", ("below",))
        return self


class Over(Titled):
    """One day, or a stretch over which a level is summarised."""

    on: DateOrStart | None = None
    mean_over: Dates | None = None
    highest_over: Dates | None = None
    lowest_over: Dates | None = None

    @property
    def over(self) -> tuple[str, Moment | None, date | None]:
        """Kind, first date (or ``start``) and last date."""
        for name in ("mean", "highest", "lowest"):
            dates = getattr(self, f"{name}_over")
            if dates:
                return name, dates[0], dates[1]
        return "on", self.on, None

    @model_validator(mode="after")
    def _once(self) -> Over:
        given = [n for n in ("on", "mean_over", "highest_over", "lowest_over") if getattr(self, n) is not None]
        if not given:
            raise fault("'on' is missing (or mean_over, highest_over, lowest_over)")
        if len(given) > 1:
            raise fault(f"'{given[1]}' does not go with '{given[0]}'; one of them was expected", (given[1],), key=True)
        return self


class Happens(Stretch):
    happens: Text
    at_least: Count | None = None
    at_most: Count | None = None
    within: Days | None = None

    @model_validator(mode="after")
    def _possible(self) -> Happens:
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise fault(f"at most {self.at_most} is less than at least {self.at_least}", ("at_most",))
        return self


class InForce(Stretch):
    in_force: Text
    on: Date | None = None
    for_: Days | None = Field(None, alias="for")

    @model_validator(mode="after")
    def _when(self) -> InForce:
        if (self.on is None) == (self.for_ is None):
            raise fault("one of 'on: DATE' and 'for: DURATION' was expected")
        for key, value in (("from", self.from_), ("by", self.by), ("to", self.to)):
            if self.on is not None and value is not None:
                raise fault(f"'{key}' does not go with 'on'", (key,), key=True)
        return self


class Value(Over, Compared):
    value: Text


class Change(Compared):
    change: Text
    from_: DateOrStart | None = Field(None, alias="from")
    by: DateOrStart | None = None
    to: DateOrStart | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Change:
        if self.by and self.to:
            raise fault("'by' and 'to' mean the same; give one of them", ("to",), key=True)
        first, last = self.from_, self.by or self.to
        if isinstance(first, date) and isinstance(last, date) and last < first:
            raise fault(f"runs backwards: {last} lies before {first}", ("by" if self.by else "to",))
        return self


class InGrade(Titled):
    grade: Text
    is_: Text = Field(alias="is")
    on: DateOrStart


class Stays(Stretch, Compared):
    stays: Text
    for_: Days = Field(alias="for")


class Sequence(Stretch):
    sequence: list[Text]
    within: Days | None = None

    @model_validator(mode="after")
    def _steps(self) -> Sequence:
        if len(self.sequence) < 2:
            raise fault(f"found {len(self.sequence)} steps; at least two were expected", ("sequence",))
        return self


class All(Titled):
    all: list[Predicate] = Field(min_length=1)


class AnyOf(Titled):
    any: list[Predicate] = Field(min_length=1)


class NoneOf(Titled):
    none: list[Predicate] = Field(min_length=1)


class Not(Titled):
    not_: Predicate = Field(alias="not")


class Formless(Titled):
    """Takes what names no form, to say what is missing or misspelt."""

    above: Any = None
    below: Any = None
    on: Any = None
    from_: Any = Field(None, alias="from")
    by: Any = None
    to: Any = None
    for_: Any = Field(None, alias="for")
    within: Any = None
    at_least: Any = None
    at_most: Any = None
    is_: Any = Field(None, alias="is")
    mean_over: Any = None
    highest_over: Any = None
    lowest_over: Any = None


class NoPredicate(Formless):
    @model_validator(mode="after")
    def _says(self) -> NoPredicate:
        raise fault(f"says no outcome; one of {', '.join(PREDICATES)} was expected")


class NoMeasure(Formless):
    @model_validator(mode="after")
    def _says(self) -> NoMeasure:
        raise fault(f"says no quantity; one of {', '.join(MEASURES)} was expected")


class CountOf(Stretch):
    count: Text


class Reading(Over):
    value: Text


class DaysOf(Stretch, Compared):
    days: Text


class First(Titled):
    first: Text


class OneDay(Part):
    """An intervention on one day."""

    on: Date
    event: Text | None = None
    shift: dict[str, Real] | None = None
    set: dict[str, Real] | None = None

    @model_validator(mode="after")
    def _one(self) -> OneDay:
        given = [n for n in ("event", "shift", "set") if getattr(self, n) is not None]
        if not given:
            raise fault("'event', 'shift' or 'set' is missing")
        if len(given) > 1:
            raise fault(f"'{given[1]}' does not go with '{given[0]}'; one of them was expected", (given[1],), key=True)
        return self


class Cancel(Part):
    cancel: Text


class Force(Part):
    force: Text


class Multiply(Part):
    """Rates multiplied from one date to another."""

    from_: Date | None = Field(None, alias="from")
    to: Date | None = None
    rates: dict[str, Factor]

    @model_validator(mode="after")
    def _in_order(self) -> Multiply:
        if self.from_ and self.to and self.to < self.from_:
            raise fault(f"runs backwards: {self.to} lies before {self.from_}", ("to",))
        return self


class NoIntervention(Part):
    event: Any = None
    shift: Any = None
    set: Any = None
    from_: Any = Field(None, alias="from")
    to: Any = None

    @model_validator(mode="after")
    def _says(self) -> NoIntervention:
        if self.event is not None or self.shift is not None or self.set is not None:
            raise fault("'on', the date, is missing")
        raise fault("says no intervention; {on, event}, {cancel}, {force} or {from, to, rates} was expected")


PREDICATES = (
    "happens",
    "in_force",
    "value",
    "change",
    "grade",
    "stays",
    "sequence",
    "all",
    "any",
    "none",
    "not",
)
MEASURES = ("count", "value", "days", "first")
ACTS = ("cancel", "force", "rates", "on")


def _forms(expected: str, forms: tuple[str, ...], text: bool = False) -> Discriminator:
    """Union by the key that names the form."""

    def tag(value: object) -> str | None:
        if isinstance(value, str) and text:
            return "<text>"
        if not isinstance(value, dict):
            return None
        return next((f"<{form}>" for form in forms if form in value), "<formless>")

    return Discriminator(tag, custom_error_type="expected", custom_error_message=expected)


Predicate = Annotated[
    Annotated[Text, Tag("<text>")]
    | Annotated[Happens, Tag("<happens>")]
    | Annotated[InForce, Tag("<in_force>")]
    | Annotated[Value, Tag("<value>")]
    | Annotated[Change, Tag("<change>")]
    | Annotated[InGrade, Tag("<grade>")]
    | Annotated[Stays, Tag("<stays>")]
    | Annotated[Sequence, Tag("<sequence>")]
    | Annotated[All, Tag("<all>")]
    | Annotated[AnyOf, Tag("<any>")]
    | Annotated[NoneOf, Tag("<none>")]
    | Annotated[Not, Tag("<not>")]
    | Annotated[NoPredicate, Tag("<formless>")],
    _forms("an outcome or the name of one", PREDICATES, text=True),
]
Measure = Annotated[
    Annotated[CountOf, Tag("<count>")]
    | Annotated[Reading, Tag("<value>")]
    | Annotated[DaysOf, Tag("<days>")]
    | Annotated[First, Tag("<first>")]
    | Annotated[NoMeasure, Tag("<formless>")],
    _forms("{count: …}, {value: …}, {days: …} or {first: …}", MEASURES),
]
Intervention = Annotated[
    Annotated[OneDay, Tag("<on>")]
    | Annotated[Cancel, Tag("<cancel>")]
    | Annotated[Force, Tag("<force>")]
    | Annotated[Multiply, Tag("<rates>")]
    | Annotated[NoIntervention, Tag("<formless>")],
    _forms("{on, event}, {cancel}, {force} or {from, to, rates}", ACTS),
]
