"""Lines of a source → the rows that count, each other row under its reason. Floor 3.

One piece at a time goes through an in-memory database that may use so much memory and no more; what does not fit it
lays off into a temporary folder. A line is split at its tabs, its cells are read as dates, codes and countries, and
the first reason that holds against it is its own.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relsim.events import MOST
from relsim.ingest.countries import LEFT_OUT, Parties, spellings
from relsim.ingest.layout import Layout
from relsim.ingest.pieces import Piece

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "192MB"
EXAMPLES = 5
"""Unreadable lines that are told of one by one."""

WIDTH, DAY, COUNT = "wrong number of columns", "no readable date", "no readable count"
UNREADABLE = (WIDTH, DAY, COUNT)
BLANK, CODE = "blank line", "no event code"
LEFT, OTHERS, ONE_SIDE = "an actor left out by the map", "a country that is no party", "both sides are one party"
NO_COUNTRY, UNKNOWN = "an actor without a country", "a country that is not known"
_NOTHING = "('', 'NA', 'N/A', 'None', 'NONE', 'none', 'NULL', 'null', '---')"
"""What sources write for nothing."""


@dataclass(frozen=True)
class Unreadable:
    """A line that could not be read, and why."""

    file: str
    line: int
    message: str


@dataclass
class Staged:
    """What has been read so far; the rows that count stand in the table ``kept``."""

    rows: int = 0
    mended: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    unreadable: list[Unreadable] = field(default_factory=list)


class Staging:
    """The database, and the tables of what is to be found: use within ``with``.

    Parameters
    ----------
    parties : between whom rows count
    actors : a user's map, actor → country (or party), lower-case names
    scratch : folder for what does not fit into memory
    """

    def __init__(self, parties: Parties, actors: Mapping[str, str], scratch: Path) -> None:
        self._parties, self._actors, self._scratch = parties, actors, scratch
        self.staged = Staged()

    def __enter__(self) -> Staging:
        import duckdb

        self._piece = self._scratch / "piece"
        self.connection: DuckDBPyConnection = duckdb.connect(
            config={
                "memory_limit": MEMORY,
                "temp_directory": str(self._scratch),
                "threads": str(min(4, os.cpu_count() or 1)),
                "preserve_insertion_order": "true",
            }
        )
        self.connection.execute("SET enable_progress_bar = false")  # which an interactive session would print on stdout
        self._pairs("spelt", "spelling", "country", {**spellings(), **self._actors})
        self._pairs("own", "actor", "country", self._actors)
        self._pairs("sides", "country", "party", self._parties.of or {})
        self.connection.execute(
            'CREATE TABLE kept (seq BIGINT, day DATE, code VARCHAR, "by" VARCHAR, toward VARCHAR, by_actor VARCHAR, '
            "toward_actor VARCHAR, id VARCHAR, story VARCHAR, n BIGINT);"
            "CREATE TABLE spoken (day DATE, n BIGINT);"
            "CREATE TABLE strangers (actor VARCHAR, country VARCHAR, n BIGINT)"
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def _pairs(self, table: str, left: str, right: str, content: Mapping[str, str]) -> None:
        self.connection.execute(f"CREATE TABLE {table} ({left} VARCHAR, {right} VARCHAR)")
        if content:
            columns = [list(content), list(content.values())]
            self.connection.execute(f"INSERT INTO {table} SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])", columns)

    def add(self, piece: Piece, layout: Layout, file: str, number: int) -> None:
        """Stage one piece of the ``number``-th file; a header is no part of it."""
        self._piece.write_bytes(piece.text)
        run = self.connection.execute
        run("CREATE OR REPLACE TEMP TABLE piece AS " + _cells(self._piece, layout, self._parties.of is not None))
        for reason, rows in run("SELECT reason, count(*) FROM piece GROUP BY reason").fetchall():
            self.staged.rows += rows
            if reason is not None:
                self.staged.dropped[reason] += rows
        self.staged.mended += piece.mended
        self._tell(piece, layout, file)
        run(f"INSERT INTO spoken SELECT news, count(*) FROM piece WHERE reason IS DISTINCT FROM '{BLANK}' "
            "AND news IS NOT NULL GROUP BY news")  # fmt: skip
        run(
            f"INSERT INTO strangers WITH strange AS (FROM piece WHERE reason IN ('{NO_COUNTRY}', '{UNKNOWN}')) "
            "SELECT actor, country, count(*) FROM ("
            "SELECT by_actor AS actor, by_country AS country FROM strange WHERE a IS NULL UNION ALL "
            "SELECT toward_actor, toward_country FROM strange WHERE b IS NULL) GROUP BY ALL"
        )
        run(
            f"INSERT INTO kept SELECT {number << 40} + {piece.first} + nr, day, code, side_a, side_b, by_actor, "
            "toward_actor, id, story, n FROM piece WHERE reason IS NULL"
        )

    def _tell(self, piece: Piece, layout: Layout, file: str) -> None:
        room = EXAMPLES - len(self.staged.unreadable)
        if room <= 0:
            return
        reasons = ", ".join(f"'{reason}'" for reason in UNREADABLE)
        found = self.connection.execute(
            "SELECT nr, width, reason, day_text, n_text FROM piece "
            f"WHERE reason IN ({reasons}) ORDER BY nr LIMIT {room}"
        ).fetchall()
        for nr, width, reason, day, count in found:
            line = piece.line(nr)
            if reason == WIDTH:
                message = f"expected {layout.width} columns ({layout.form}), found {width} in line {line}"
            elif reason == DAY:
                message = f"expected a date, found '{day or ''}' in line {line}"
            else:
                message = f"expected a whole count from 1 to {MOST:,}, found '{count}' in line {line}"
            self.staged.unreadable.append(Unreadable(file, line, message))

    def one(self, query: str) -> tuple[Any, ...]:
        """The only row of a query."""
        row = self.connection.execute(query).fetchone()
        assert row is not None
        return tuple(row)

    def spoken(self) -> list[tuple[date, int]]:
        """Days on which the source has rows of any countries, and how many."""
        return self.connection.execute("SELECT day, sum(n)::BIGINT FROM spoken GROUP BY day ORDER BY day").fetchall()

    def strangers(self, most: int) -> list[tuple[str | None, str | None, int]]:
        """The most frequent actors of whom no country is known: name, country as written, rows."""
        return self.connection.execute(
            "SELECT actor, country, sum(n)::BIGINT AS n FROM strangers GROUP BY actor, country "
            f"ORDER BY n DESC, actor NULLS LAST, country NULLS LAST LIMIT {most}"
        ).fetchall()


def _cells(file: Path, layout: Layout, sides: bool) -> str:
    """The query for one piece: its lines as cells, with countries, parties and the reason against each."""
    lines = (
        f"read_csv('{file}', columns = {{'line': 'VARCHAR'}}, auto_detect = false, header = false, delim = '\\x01', "
        "quote = '', escape = '', comment = '', nullstr = '\\x02', new_line = '\\n', max_line_size = 67108864)"
    )

    def cell(role: str) -> str:
        return _cell(layout.at.get(role))

    code = f"upper({cell('event')}) || coalesce(':' || lower({cell('mode')}), '')"
    if layout.scheme != "plover":
        code = cell("event")
    news = cell("news" if "news" in layout.at else "date")
    number = f"try_cast(regexp_extract(coalesce({cell('count')}, '1'), '^[0-9]{{1,9}}$') AS BIGINT)"
    if "count" not in layout.at:
        number = "1"
    party_a, party_b = ("pa.party", "pb.party") if sides else ("a", "b")
    foreign = f"(a IS NOT NULL AND {party_a} IS NULL) OR (b IS NOT NULL AND {party_b} IS NULL)" if sides else "false"
    return f"""
WITH split AS (
    SELECT row_number() OVER () AS nr, line, string_split(line, chr(9)) AS l FROM {lines}
), cells AS (
    SELECT nr, len(l) AS width, trim(line) = '' AS blank, {cell("date")} AS day_text,
        {_day(cell("date"))} AS day, {_day(news)} AS news, {code} AS code,
        {cell("by")} AS by_country, {cell("toward")} AS toward_country,
        {cell("by_actor")} AS by_actor, {cell("toward_actor")} AS toward_actor,
        {cell("id")} AS id, {cell("story")} AS story,
        {cell("count")} AS n_text, {number} AS n
    FROM split
), placed AS (
    SELECT cells.*, coalesce(oa.country, ca.country) AS a, coalesce(ob.country, cb.country) AS b
    FROM cells
    LEFT JOIN own oa ON oa.actor = lower(by_actor) LEFT JOIN spelt ca ON ca.spelling = lower(by_country)
    LEFT JOIN own ob ON ob.actor = lower(toward_actor) LEFT JOIN spelt cb ON cb.spelling = lower(toward_country)
)
SELECT placed.*, {party_a} AS side_a, {party_b} AS side_b, CASE
    WHEN blank THEN '{BLANK}'
    WHEN width <> {layout.width} THEN '{WIDTH}'
    WHEN day IS NULL THEN '{DAY}'
    WHEN NOT coalesce(n BETWEEN 1 AND {MOST}, false) THEN '{COUNT}'
    WHEN code IS NULL THEN '{CODE}'
    WHEN a = '{LEFT_OUT}' OR b = '{LEFT_OUT}' THEN '{LEFT}'
    WHEN {foreign} THEN '{OTHERS}'
    WHEN (a IS NULL AND by_country IS NULL) OR (b IS NULL AND toward_country IS NULL) THEN '{NO_COUNTRY}'
    WHEN a IS NULL OR b IS NULL THEN '{UNKNOWN}'
    WHEN {party_a} = {party_b} THEN '{ONE_SIDE}'
END AS reason
FROM placed
{"LEFT JOIN sides pa ON pa.country = a LEFT JOIN sides pb ON pb.country = b" if sides else ""}"""


def _cell(column: int | None) -> str:
    """A column's text, null where the source writes nothing."""
    if column is None:
        return "NULL::VARCHAR"
    return f"CASE WHEN trim(l[{column + 1}]) NOT IN {_NOTHING} THEN trim(l[{column + 1}]) END"


def _day(text: str) -> str:
    """A date written 2019-05-15, 2019/05/15 or 20190515, a time behind it left out."""
    return f"try_strptime(left(translate({text}, '-/', ''), 8), '%Y%m%d')::DATE"
