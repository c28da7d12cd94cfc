"""Rows that count → an event table: codes to events, repetitions, acts written from both sides, bursts. Floor 3.

Each step is a query on the tables of ``staging`` and takes rows away under a reason of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from relsim.errors import InputError
from relsim.ingest import codes as meanings
from relsim.ingest.rules import Rules
from relsim.ingest.staging import Staging
from relsim.result.imported import ImportedCode, ImportedEvent

NO_EVENT = "a code of no event in the scenario"
NO_ISSUE = "an event of one issue, which the source does not report"
SAME_ID = "an event number that came before"
SAME_STORY = "repeated in the same story"
SAME_DAY = "repeated on the same day"
OTHER_SIDE = "the same act written from the other side"
TOO_FEW = "too few rows on one day to make an act"
REPEATS = ("keep", "id", "story", "day")
"""What counts as one row: every row; every number of an event; every telling in a story; every telling on a day."""

_SAID = 'pair, code, "by", toward, by_actor, toward_actor'


@dataclass(frozen=True)
class Choices:
    """How rows are counted."""

    repeats: str = "id"
    """One of ``REPEATS``, each holding those before it."""
    fold: tuple[str, ...] = ()
    """Codes whose acts are written from both sides and count once; acts of both parties are folded in any case."""
    acts: bool = False
    """Whether bursts of rows become acts, where the event says how."""


def count(
    staging: Staging, rules: Rules | None, scheme: str, choices: Choices
) -> tuple[list[ImportedCode], list[ImportedEvent]]:
    """Fill the table ``result`` (pair, date, event, by, toward, count) and tell what became of the codes.

    Rows of different pairs have nothing to do with each other; without pairs the column is empty.

    Raises
    ------
    InputError
        A choice is unknown.
    """
    if choices.repeats not in REPEATS:
        raise InputError(f"unknown '{choices.repeats}'; one of {', '.join(REPEATS)} was expected")
    seen = _name(staging, rules, scheme)
    _drop_repeats(staging, choices)
    _fold(staging, choices)
    _acts(staging, choices)
    rows = staging.connection.execute(
        'SELECT event, "by", toward, sum(rows)::BIGINT, sum(kept)::BIGINT, sum(count)::BIGINT FROM bundled '
        'GROUP BY event, "by", toward ORDER BY event, "by", toward'
    ).fetchall()
    return seen, [ImportedEvent(*row) for row in rows]


def values(staging: Staging, scheme: str) -> dict[str | None, dict[str, float]]:
    """By pair the mean value of the rows behind each event, between conflict and cooperation; only where codes have
    one.
    """
    found = staging.connection.execute(
        "SELECT pair, event, code, sum(n)::BIGINT FROM folded GROUP BY pair, event, code ORDER BY pair, event, code"
    ).fetchall()
    sums: dict[str | None, dict[str, tuple[float, int]]] = {}
    for pair, event, code, rows in found:
        value = meanings.value(scheme, code)
        if value is not None:
            mine = sums.setdefault(pair, {})
            total, number = mine.get(event, (0.0, 0))
            mine[event] = (total + value * rows, number + rows)
    return {
        pair: {event: round(total / number, 4) for event, (total, number) in mine.items()}
        for pair, mine in sums.items()
    }


def _name(staging: Staging, rules: Rules | None, scheme: str) -> list[ImportedCode]:
    """The table ``named``: rows with their event; without rules the code is the event."""
    run = staging.connection.execute
    known = meanings.known(scheme)
    found = run('SELECT code, "by", count(*) FROM kept GROUP BY code, "by" ORDER BY code, "by"').fetchall()
    lines, seen, lost = [], dict[str, ImportedCode](), {NO_EVENT: 0, NO_ISSUE: 0}
    for code, by, rows in found:
        rule = rules.find(code, by) if rules is not None else None
        event = code if rules is None else rule.event if rule is not None else None
        before = seen[code].rows if code in seen else 0
        event_before = seen[code].event if code in seen else None
        seen[code] = ImportedCode(
            code, before + rows, event or event_before, code in known or not known, meanings.meaning(scheme, code)
        )
        if event is None:
            lost[NO_EVENT] += rows
        elif rule is not None and rule.of_issue:
            lost[NO_ISSUE] += rows
        else:
            act = rule.act if rule is not None else None
            burst = (act.rows, act.apart) if act is not None else (None, None)
            lines.append((code, by, event, rule is None or rule.by is not None, *burst))
    staging.staged.dropped.update({reason: rows for reason, rows in lost.items() if rows})
    run('CREATE TABLE meant (code VARCHAR, "by" VARCHAR, event VARCHAR, directed BOOLEAN, least BIGINT, apart BIGINT)')
    if lines:
        run("INSERT INTO meant SELECT " + ", ".join(["unnest(?)"] * 6), [list(column) for column in zip(*lines)])
    run('CREATE TABLE named AS SELECT kept.*, event, directed, least, apart FROM kept JOIN meant USING (code, "by")')
    run("DROP TABLE kept")
    return sorted(seen.values(), key=lambda code: (-code.rows, code.code))


def _drop_repeats(staging: Staging, choices: Choices) -> None:
    """The table ``single``: of rows that repeat each other the first."""
    level = REPEATS.index(choices.repeats)
    ids, stories = staging.one("SELECT count(id), count(story) FROM named")
    # An event's number may come again for another event: a row is the same only if it tells the same.
    steps = [(SAME_ID, f"id, day, {_SAID}", "id")] if level >= 1 and ids else []
    steps += [(SAME_STORY, f"day, story, {_SAID}", "story")] if level >= 2 and stories else []
    steps += [(SAME_DAY, f"day, {_SAID}", "code")] if level >= 3 else []
    table = "named"
    for number, (reason, key, needed) in enumerate(steps):
        # Where what tells repetitions is not given, every row stands for itself.
        query = (
            f"SELECT * FROM {table} QUALIFY {needed} IS NULL OR row_number() OVER (PARTITION BY {key} ORDER BY seq) = 1"
        )
        table = _step(staging, table, f"single_{number}", query, reason)
    staging.connection.execute(f"ALTER TABLE {table} RENAME TO single")


def _fold(staging: Staging, choices: Choices) -> None:
    """The table ``folded``: of an act written from both sides one row, that of a visit's guest.

    Two rows mirror each other if on one day, and in one story where stories are told apart, they have the same code
    and the actors change places; a visit (CAMEO 042) mirrors its hosting (043). Of m rows one way and n the other
    max(m, n) remain.
    """
    chosen = " OR ".join(f"starts_with(code, '{_safe(code)}')" for code in choices.fold) or "false"
    story = "story" if choices.repeats != "day" else "NULL"
    query = f"""
WITH sides AS (
    SELECT *, coalesce(by_actor, '') || chr(1) || "by" AS a, coalesce(toward_actor, '') || chr(1) || toward AS b
    FROM single WHERE NOT directed OR {chosen}
), turned AS (
    SELECT *, CASE WHEN starts_with(code, '042') THEN false WHEN starts_with(code, '043') THEN true ELSE a > b END
        AS mirrored, CASE WHEN starts_with(code, '043') THEN '042' || substr(code, 4) ELSE code END AS act FROM sides
), numbered AS (
    SELECT *, CASE WHEN mirrored THEN b ELSE a END AS one, CASE WHEN mirrored THEN a ELSE b END AS other,
        row_number() OVER (PARTITION BY pair, day, {story}, act, a, b, mirrored ORDER BY seq) AS k FROM turned
), first AS (
    FROM numbered
    QUALIFY row_number() OVER (PARTITION BY pair, day, {story}, act, one, other, k ORDER BY mirrored, seq) = 1
)
SELECT * EXCLUDE (a, b, mirrored, act, one, other, k) FROM first
UNION ALL SELECT * FROM single WHERE directed AND NOT ({chosen})
"""
    _step(staging, "single", "folded", query, OTHER_SIDE)


def _acts(staging: Staging, choices: Choices) -> None:
    """The tables ``bundled`` (rows and events of each day) and ``result``.

    A day with at least ``least`` rows is a day of an act; less than ``apart`` days after the last such day it goes on
    with the same act, which is counted on its first day.
    """
    run = staging.connection.execute
    least = "least" if choices.acts else "NULL::BIGINT"
    run(
        'CREATE TABLE daily AS SELECT pair, day, event, CASE WHEN directed THEN "by" END AS "by", '
        "CASE WHEN directed THEN toward END AS toward, "
        f"count(*) AS rows, sum(n)::BIGINT AS n, any_value({least}) AS least, "
        "any_value(apart) AS apart FROM folded GROUP BY ALL"
    )
    small = staging.one("SELECT coalesce(sum(rows), 0)::BIGINT FROM daily WHERE n < least")[0]
    if small:
        staging.staged.dropped[TOO_FEW] += small
    run(
        'CREATE TABLE bundled AS SELECT pair, day, event, "by", toward, rows, '
        "CASE WHEN n < least THEN 0 ELSE rows END AS kept, "
        "CASE WHEN least IS NULL THEN n WHEN n < least OR day - before < apart THEN 0 ELSE 1 END AS count FROM ("
        "SELECT *, lag(CASE WHEN n >= least THEN day END IGNORE NULLS) OVER "
        '(PARTITION BY pair, event, "by", toward ORDER BY day) AS before FROM daily)'
    )
    run(
        'CREATE TABLE result AS SELECT pair, day AS date, event, "by", toward, count FROM bundled WHERE count > 0 '
        'ORDER BY pair, date, event, "by", toward'
    )


def _step(staging: Staging, before: str, after: str, query: str, reason: str) -> str:
    """Make the next table, drop the one before, count the difference."""
    had = staging.one(f"SELECT count(*) FROM {before}")[0]
    staging.connection.execute(f"CREATE TABLE {after} AS {query}")
    gone = had - staging.one(f"SELECT count(*) FROM {after}")[0]
    if gone:
        staging.staged.dropped[reason] += gone
    staging.connection.execute(f"DROP TABLE {before}")
    return after


def _safe(code: str) -> str:
    if not all(letter.isalnum() or letter in ":-_" for letter in code):
        raise InputError(f"--fold: '{code}' is no code; a beginning such as 04 was expected")
    return code
