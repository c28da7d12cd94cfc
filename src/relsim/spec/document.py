"""The document: scenario, model and weights file alike; and the chronicle. Floor 2."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Discriminator, Field, Tag

from relsim.spec.fields import (
    Answer,
    Date,
    DateOrStart,
    Dates,
    Flag,
    Member,
    Name,
    Paths,
    Plain,
    Positive,
    Seed,
    Text,
    Version,
    fault,
)
from relsim.spec.items import (
    Condition,
    Correlation,
    CorrelationOfWeights,
    Entry,
    Event,
    Index,
    Issue,
    Names,
    Part,
    Variable,
    names_tag,
)
from relsim.spec.outcomes import Intervention, Measure, Predicate


class Window(Part):
    """First and last day, inclusive."""

    start: Date | None = None
    end: Date | None = None
    as_of: Date | None = None


def _most_per_day(value: float) -> float:
    if not 0 < value <= 500:
        raise fault(f"{value:g} is out of range; above 0 and at most 500 was expected")
    return value


class Run(Part):
    """How much is simulated."""

    paths: Paths | None = None
    seed: Seed | None = None
    draws: Paths | None = None
    max_per_day: Annotated[Plain, AfterValidator(_most_per_day)] | None = None


def _part_of_all(value: float) -> float:
    if not 0 <= value <= 1:
        raise fault(f"{value:g} is out of range; a part of all paths, 0 to 1, was expected")
    return value


PartOfAll = Annotated[Plain, AfterValidator(_part_of_all)]


class Pool(Part):
    """Of what the forecast is pooled, as parts of all paths."""

    paths: PartOfAll | None = None
    experts: PartOfAll | None = None


def _above_zero(value: float) -> float:
    if value <= 0:
        raise fault(f"{value:g} is out of range; a number above 0 was expected")
    return value


class Scale(Part):
    """Limit of the scale, and its grades by their inclusive upper bounds."""

    limit: Annotated[Plain, AfterValidator(_above_zero)] | None = None
    grades: dict[Name, Plain] | None = None


class Span(Part):
    """Dates from and to, inclusive."""

    from_: Date | None = Field(None, alias="from")
    to: Date | None = None


class Circa(Part):
    """A date known about; replayed as that date."""

    circa: Date


On = Annotated[
    Annotated[Date, Tag("<text>")] | Annotated[Circa, Tag("<mapping>")],
    Discriminator(
        lambda v: t if (t := names_tag(v)) in ("<text>", "<mapping>") else None,
        custom_error_type="expected",
        custom_error_message="a date, such as 2019-05-15, or {circa: DATE}",
    ),
]


class Observed(Part):
    """One observed event; ``by`` and ``issue`` pick the member."""

    on: On
    event: Text | None = None
    by: Text | None = None
    toward: Text | None = None
    issue: Text | None = None
    count: Positive | None = None
    entry: Text | None = None
    place: Text | None = None
    note: Text | None = None
    source: Text | None = None


class SourceText(Part):
    """The text that a chronicle codes."""

    title: Text | None = None
    publisher: Text | None = None
    author: Text | None = None
    published: Text | None = None
    language: Text | None = None
    url: Text | None = None
    note: Text | None = None


class Judgement(Part):
    """One expectation of the source itself."""

    claim: Text
    stance: Text | None = None
    about: Text | None = None
    note: Text | None = None


Positions = Annotated[
    Annotated[Text, Tag("<text>")] | Annotated[dict[str, Text], Tag("<mapping>")],
    Discriminator(
        lambda v: t if (t := names_tag(v)) in ("<text>", "<mapping>") else None,
        custom_error_type="expected",
        custom_error_message="each side's position, {us: …, ru: …}",
    ),
]


class Chronicle(Part):
    """What one source text tells, coded."""

    relsim: Version | None = None
    source: SourceText | None = None
    parties: dict[Name, Text] | None = None
    issues: dict[Name, Positions] | None = None
    events: list[Observed] | None = None
    judgements: list[Judgement] | None = None


class History(Chronicle):
    """A named history: a file, or the same content inline; and on which days it is complete."""

    file: Text | None = None
    from_: Date | None = Field(None, alias="from")
    covers: Span | None = None
    types: list[Text] | None = None
    missing: list[Date] | None = None


class Resolution(Part):
    """What came true of an outcome, or the number that a quantity came to."""

    value: Answer | None = None
    on: Date | None = None
    void: Flag | None = None
    reason: Text | None = None
    source: Text | None = None
    note: Text | None = None


class PastCalibration(Part):
    """What past forecasts say of probabilities, in log-odds."""

    shift: Plain | None = None
    scale: Annotated[Plain, AfterValidator(_above_zero)] | None = None
    questions: Positive | None = None
    source: Text | None = None


def _salience(value: Issue) -> Issue:
    if value.salience is not None and value.salience <= 0:
        raise fault(f"{value.salience:g} is out of range; a salience above 0 was expected", ("salience",))
    return value


IssueItem = Annotated[
    Annotated[Text, Tag("<text>")] | Annotated[Annotated[Issue, AfterValidator(_salience)], Tag("<mapping>")],
    Discriminator(
        lambda v: t if (t := names_tag(v)) in ("<text>", "<mapping>") else None,
        custom_error_type="expected",
        custom_error_message="a label or {label, salience}",
    ),
]


class Body(Part):
    """What a variant may state, and a document too."""

    title: Text | None = None
    window: Window | None = None
    run: Run | None = None
    pool: Pool | None = None
    parties: dict[Name, Text] | None = None
    issues: dict[Name, IssueItem] | None = None
    scale: Scale | None = None
    variables: dict[Member, Variable] | None = None
    correlation: list[Correlation] | None = None
    correlation_of_weights: list[CorrelationOfWeights] | None = None
    conditions: dict[Member, Condition] | None = None
    indices: dict[Member, Index] | None = None
    events: dict[Member, Event] | None = None
    calendar: dict[Member, Entry] | None = None
    history: dict[Name, History] | None = None
    interventions: dict[Name, Intervention] | None = None
    outcomes: dict[Member, Predicate] | None = None
    quantities: dict[Member, Measure] | None = None
    resolution: dict[Member, Resolution] | None = None


class Document(Body):
    """A relsim document."""

    relsim: Version | None = None
    """Format version; required in every file, which ``compose`` sees to, since settings are layers too."""
    extends: Names | None = None
    owner: Text | None = None
    review: Date | None = None
    recalibration: PastCalibration | None = None
    variants: dict[Name, Body] | None = None


__all__ = ["Chronicle", "DateOrStart", "Dates", "Document", "Observed", "fault"]
