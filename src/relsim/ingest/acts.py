"""What two parties did: acts of a scenario's events on the covered days of a table or chronicle. Floor 3."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from relsim.errors import DataError, InputError, suggestion
from relsim.events import Coverage, EventTable
from relsim.files import scratch
from relsim.ingest.counting import Choices, count
from relsim.ingest.countries import PairSide, Parties, spellings
from relsim.ingest.importing import many_kinds
from relsim.ingest.rules import Rule, rules_of
from relsim.ingest.staging import ONE_SIDE, OTHERS, Staging
from relsim.scenario import Scenario

UNKNOWN_EVENT = "an event that the model does not have"
NO_SIDE = "an act of one side, and the row does not say whose"
NOT_COVERED = "on a day that is not covered"
_OTHER = "?"
"""A party that is none of the two."""
NOT_COUNTED = "an event that stands for a party and an issue"


@dataclass(frozen=True, slots=True)
class ReportedEvent:
    """One row of a table, or one event of a chronicle; empty where it does not say whose."""

    day: date
    event: str
    by: str
    toward: str
    count: int


@dataclass(frozen=True)
class Acts:
    """Acts of each event that the record can tell of."""

    counts: Mapping[str, int]
    """By event, and the party whose act it is where it is one's own: ``accusation.ir``, ``talks``; an event of each
    issue is counted over all issues."""
    silent: Mapping[str, str]
    """Why of the other events the record says nothing."""
    first: date
    last: date
    days: int
    """Days covered, the missing ones left out."""
    missing: int
    assumed: bool
    """Whether the record itself does not say which days it covers: its first and last are taken."""
    left_out: Mapping[str, int]
    """Rows that are no act of the two, by reason, the most frequent first."""


def told_by(table: EventTable) -> Iterator[ReportedEvent]:
    """Rows of an event table."""
    parties = (*table.parties, "")  # index −1 where the table is silent
    columns = (table.day, table.event, table.by, table.toward, table.count)
    for day, event, by, toward, number in zip(*(column.tolist() for column in columns), strict=True):
        yield ReportedEvent(date.fromordinal(day), table.events[event], parties[by], parties[toward], number)


def acts_of(
    told: Iterable[ReportedEvent],
    scenario: Scenario,
    sides: tuple[PairSide, PairSide],
    *,
    labels: Mapping[str, str] | None = None,
    coverage: Coverage | None = None,
    scheme: str | None = None,
    first: date | None = None,
    last: date | None = None,
    covers_all: bool = False,
) -> Acts:
    """Count the acts of two parties.

    Parameters
    ----------
    scenario : whose events are counted; its parties bear the sides' names
    labels : of the record's own parties, by name
    coverage : of the record; None where it does not say
    scheme : of the codes that stand as events; bursts of rows then become acts as the scenario's ``codes`` say
    first, last : the days that are taken of those covered
    covers_all : whether what the record does not tell of did not happen, of every event that it could tell of

    Raises
    ------
    InputError
        No day is covered, one of the two does not occur, or nothing of the record is an act of theirs.
    """
    rows = list(told)
    if not rows:
        raise DataError("the record holds no event")
    assumed = coverage is None and (first is None or last is None)
    days = [row.day for row in rows]
    whole = coverage or Coverage(first or min(days), last or max(days))
    begin, end = max(first or whole.first, whole.first), min(last or whole.last, whole.last)
    if end < begin:
        asked = f"{first or '…'} to {last or '…'}"
        raise InputError(f"{asked}: the record covers no such day, it reaches from {whole.first} to {whole.last}")
    missing = {day for day in whole.missing if begin <= day <= end}
    covered = (end - begin).days + 1 - len(missing)
    if not covered:
        raise InputError(f"every day from {begin} to {end} is missing in the record")
    left_out: Counter[str] = Counter()
    own = list(_of_the_two(rows, sides, labels or {}, left_out))
    books = _Books(scenario)
    if scheme is None:
        found = list(_named(own, books, left_out))
        looked_for = set(books.members) if covers_all else _looked_for(coverage, own, books)
        why = "it does not occur, and the record does not say that it was looked for"
    else:
        given = None if covers_all else _given(rows, scheme, coverage)
        found, looked_for = _coded(own, scenario, scheme, given, left_out)
        why = f"no code of {scheme} is this event" + ("" if given is None else ", or the table was made of other codes")
    acts: Counter[str] = Counter(dict.fromkeys((key for key in books.members if key in looked_for), 0))
    for day, key, number in found:
        if not begin <= day <= end or day in missing:
            left_out[NOT_COVERED] += number
        else:
            acts[key] += number
    if not acts:
        reasons = ", ".join(f"{n:,} ({reason})" for reason, n in left_out.most_common(3))
        near = suggestion(rows[0].event, books.generals, 8) if left_out[UNKNOWN_EVENT] else ""
        message = f"nothing is an act of {sides[0].label} and {sides[1].label}: {reasons}"
        raise InputError(message + (f"\n    {near}" if near else ""))
    silent = {key: why for key in books.members if key not in acts}
    return Acts(
        counts={key: acts[key] for key in books.members if key in acts},
        silent=silent | dict.fromkeys(books.of_both, NOT_COUNTED),
        first=begin,
        last=end,
        days=covered,
        missing=len(missing),
        assumed=assumed,
        left_out=dict(left_out.most_common()),
    )


class _Books:
    """Under which names a scenario's events are counted."""

    def __init__(self, scenario: Scenario) -> None:
        self.members: dict[str, list[str]] = {}
        """Members of the scenario's sets by the name under which they are counted."""
        self.of_both: dict[str, None] = {}
        """General names of events that stand for a party and an issue."""
        for event in scenario.events:
            general, *where = event.split(".")
            party = next((member for member in where if member in scenario.parties), None)
            if len(where) > 1:
                self.of_both[general] = None
            else:
                self.members.setdefault(general if party is None else f"{general}.{party}", []).append(event)
        self.generals = list(dict.fromkeys([*(key.split(".")[0] for key in self.members), *self.of_both]))

    def key(self, row: ReportedEvent) -> str | None:
        """The name under which a row is counted; None where it does not tell whose act it is."""
        return next((name for name in (f"{row.event}.{row.by}", row.event) if name in self.members), None)


def _of_the_two(
    rows: Iterable[ReportedEvent], sides: tuple[PairSide, PairSide], labels: Mapping[str, str], left_out: Counter[str]
) -> Iterator[ReportedEvent]:
    """Rows that name no other than the two, under the names of the two."""
    codes = {code: side.name for side in sides for code in side.countries}
    party = {"": "", **dict.fromkeys(labels, _OTHER)}
    party |= {actor: _OTHER for row in rows for actor in (row.by, row.toward) if actor}
    for actor in party:
        if actor:
            known = (spellings().get(text.lower(), "") for text in (actor, labels.get(actor, "")))
            party[actor] = next((codes[code] for code in known if code in codes), _OTHER)
    party |= {side.name: side.name for side in sides if side.name in party}
    absent = [side for side in sides if side.name not in party.values()]
    if absent and any(party):
        there = ", ".join(sorted(actor for actor in party if actor)[:12])
        raise InputError(f"{absent[0].label} ('{absent[0].name}') does not occur in the record; those who do: {there}")
    for row in rows:
        by, toward = party[row.by], party[row.toward]
        if _OTHER in (by, toward):
            left_out[OTHERS] += row.count
        elif by and by == toward:
            left_out[ONE_SIDE] += row.count
        else:
            yield ReportedEvent(row.day, row.event, by, toward, row.count)


def _named(rows: Iterable[ReportedEvent], books: _Books, left_out: Counter[str]) -> Iterator[tuple[date, str, int]]:
    for row in rows:
        key = books.key(row)
        if key is not None:
            yield row.day, key, row.count
        else:
            known = NOT_COUNTED if row.event in books.of_both else NO_SIDE
            left_out[known if row.event.split(".")[0] in books.generals else UNKNOWN_EVENT] += row.count


def _looked_for(coverage: Coverage | None, rows: Iterable[ReportedEvent], books: _Books) -> set[str]:
    """Names of events that a record of named events tells of: what occurs in it, and what it says it was made for."""
    types = set(coverage.types) if coverage is not None else set[str]()
    said = {key for key in books.members if key in types or key.split(".")[0] in types}
    return said | {key for row in rows if (key := books.key(row)) is not None}


def _given(rows: Sequence[ReportedEvent], scheme: str, coverage: Coverage | None) -> set[str] | None:
    """Codes that the source could have given; None for all of the scheme."""
    if coverage is not None and coverage.types:
        return set(coverage.types)
    codes = {row.event for row in rows}
    return None if many_kinds(sum(row.count for row in rows), scheme, codes) else codes


def _coded(
    rows: Iterable[ReportedEvent], scenario: Scenario, scheme: str, given: set[str] | None, left_out: Counter[str]
) -> tuple[list[tuple[date, str, int]], set[str]]:
    """Acts that rows of codes make, and the names of events that have codes which the source could have given."""
    rules = rules_of(scenario, scheme)
    looked_for = {
        _key(rule)
        for rule in rules.rules
        if not rule.of_issue and (given is None or any(_overlap(rule.prefix, code) for code in given))
    }
    with scratch() as folder, Staging(Parties(), {}, folder) as staging:
        columns = [list(column) for column in zip(*((r.day, r.event, r.by, r.toward, r.count) for r in rows))]
        if columns:
            # A row that stands for n rows becomes n: folding pairs each row with its mirror.
            staging.connection.execute(
                'INSERT INTO kept (seq, day, code, "by", toward, n) SELECT row_number() OVER (), day, code, "by", '
                'toward, 1 FROM (SELECT day, code, "by", toward, unnest(range(n)) FROM (SELECT '
                'unnest(?::DATE[]) AS day, unnest(?::VARCHAR[]) AS code, unnest(?::VARCHAR[]) AS "by", '
                "unnest(?::VARCHAR[]) AS toward, unnest(?::BIGINT[]) AS n) WHERE \"by\" <> '' AND toward <> '')",
                columns,
            )
        count(staging, rules, scheme, Choices("keep", acts=True))
        left_out.update(staging.staged.dropped)
        found = staging.connection.execute('SELECT date, event, "by", count FROM result ORDER BY ALL').fetchall()
    return [(day, f"{event}.{by}" if by else event, number) for day, event, by, number in found], looked_for


def _key(rule: Rule) -> str:
    return rule.event if rule.by is None else f"{rule.event}.{rule.by}"


def _overlap(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
