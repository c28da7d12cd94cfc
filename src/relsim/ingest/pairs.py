"""The rows of a source parted by pair of countries. Floor 3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relsim.errors import DataError
from relsim.ingest.staging import Staging
from relsim.result.imported import Covered, ImportedPair

FEW = "a pair of countries with too few rows"


@dataclass(frozen=True)
class Pairs:
    """How rows are parted by pair.

    Attributes
    ----------
    least : rows that a pair has at least, in either direction together
    sides : names of its two sides, in the order of their codes; none where these are the names
    """

    least: int
    sides: tuple[str, ...] = ()


def pair_up(staging: Staging, pairs: Pairs) -> dict[str, int]:
    """Name the pair of every row that counts, and drop those of pairs with too few.

    Returns
    -------
    dict
        Rows by pair, in alphabetical order.

    Raises
    ------
    DataError
        No pair has enough.
    """
    run = staging.connection.execute
    run('CREATE VIEW named_pairs AS SELECT *, least("by", toward) || \'-\' || greatest("by", toward) AS name FROM kept')
    rows = dict(run("SELECT name, count(*) FROM named_pairs GROUP BY name ORDER BY name").fetchall())
    enough = {name: number for name, number in rows.items() if number >= pairs.least}
    if rows and not enough:
        most = max(rows, key=lambda name: rows[name])
        raise DataError(
            f"--min-rows: no pair of countries has {pairs.least:,} rows; the most, {rows[most]:,}, are of {most}"
        )
    few = sum(rows.values()) - sum(enough.values())
    if few:
        staging.staged.dropped[FEW] += few
    run("CREATE TABLE enough AS SELECT unnest(?::VARCHAR[]) AS name", [list(enough)])
    run(
        f"CREATE TABLE paired AS SELECT * EXCLUDE (name) REPLACE ({_replaced(pairs.sides)}) "
        "FROM named_pairs SEMI JOIN enough USING (name)"
    )
    run("DROP VIEW named_pairs; DROP TABLE kept; ALTER TABLE paired RENAME TO kept")
    return enough


def seen(staging: Staging, rows: Mapping[str, int], covers: Covered, missing: int) -> tuple[ImportedPair, ...]:
    """What became of each pair, in the order of ``rows``."""
    found = staging.connection.execute(
        "SELECT pair, sum(kept)::BIGINT, sum(count)::BIGINT FROM bundled GROUP BY pair"
    ).fetchall()
    of = {pair: (kept, events) for pair, kept, events in found}
    made = []
    for name, number in rows.items():
        kept, events = of.get(name, (0, 0))
        made.append(ImportedPair(name, f"{name}.csv" if kept else None, number, kept, events, covers, missing))
    return tuple(made)


def _replaced(sides: Sequence[str]) -> str:
    """The columns of a row that its pair changes."""
    if not sides:
        return "name AS pair"
    first, second = sides
    one, other = (f"CASE WHEN \"by\" {sign} toward THEN '{first}' ELSE '{second}' END" for sign in "<>")
    return f'name AS pair, {one} AS "by", {other} AS toward'
