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

from relsim.errors import DataError, Problem
from relsim.events import EARLIEST, LATEST, MOST, is_believed
from relsim.ingest import codes as meanings
from relsim.ingest.countries import LEFT_OUT, ROLES, Parties, spellings
from relsim.ingest.days import read_day, time_zone
from relsim.ingest.pieces import BROKEN, Piece
from relsim.ingest.source_columns import Layout, key
from relsim.result.imported import UnreadableLine

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "192MB"
FEW_COUNTRIES = 3
"""Countries up to which a file is taken for one of these alone, not of the whole world."""
EXAMPLES = 5
"""UnreadableLine lines that are told of one by one."""

WIDTH, DAY, COUNT = "wrong number of columns", "no readable date", "no readable count"
FAR = "a day before 1800 or after 2200"
UNREADABLE = (WIDTH, DAY, FAR, COUNT, *BROKEN)
BLANK, CODE, HEADER = "blank line", "no event code", "the header again"
LEFT, OTHERS, ONE_SIDE = "an actor left out by the map", "a country that is no party", "both sides are one party"
NO_COUNTRY, UNKNOWN = "an actor without a country", "a country that is not known"
_NOTHING = ("", "NA", "N/A", "None", "NONE", "none", "NULL", "null", "---")
"""What sources write for nothing."""


@dataclass
class Staged:
    """What has been read so far; the rows that count stand in the table ``kept``."""

    rows: int = 0
    repaired_lines: int = 0
    first_repaired: tuple[str, int] | None = None
    """File and line of the first line repaired."""
    dropped: Counter[str] = field(default_factory=Counter)
    encodings: set[str] = field(default_factory=set)
    zones: set[str] = field(default_factory=set)
    """Time zones of times of day that dates have; ``none`` where they have a time and no zone."""
    unreadable: list[UnreadableLine] = field(default_factory=list)


class Staging:
    """The database, and the tables of what is to be found: use within ``with``.

    Parameters
    ----------
    parties : between whom rows count
    actors : a user's map, actor → country (or party), lower-case names
    scratch : folder for what does not fit into memory
    date_format : how dates are written, as ``strptime`` takes it
    """

    def __init__(
        self, parties: Parties, actors: Mapping[str, str], scratch: Path, date_format: str | None = None
    ) -> None:
        self._parties, self._actors, self._scratch, self._date_format = parties, actors, scratch, date_format
        self.staged = Staged()

    def __enter__(self) -> Staging:
        import duckdb

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
        self._pairs("roles", "role", "meaning", dict.fromkeys(ROLES, ""))
        self._pairs("texts", "text", "code", meanings.by_name("cameo"))
        self.connection.execute(
            'CREATE TABLE kept (seq BIGINT, day DATE, code VARCHAR, "by" VARCHAR, toward VARCHAR, by_actor VARCHAR, '
            "toward_actor VARCHAR, id VARCHAR, story VARCHAR, n BIGINT, pair VARCHAR);"
            "CREATE TABLE spoken (day DATE, n BIGINT);"
            "CREATE TABLE dated (day DATE, n BIGINT);"
            "CREATE TABLE coded (file BIGINT, code VARCHAR, n BIGINT);"
            "CREATE TABLE unknown_actors (actor VARCHAR, country VARCHAR, n BIGINT)"
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
        """Stage one piece of the ``number``-th file; a header is no part of it.

        Raises
        ------
        DataError
            A line is the header of another table.
        """
        self.staged.encodings.add(piece.encoding)
        for broken in piece.broken:
            self.staged.rows += 1
            self.staged.dropped[broken.reason] += 1
            if len(self.staged.unreadable) < EXAMPLES:
                message = f"{broken.reason} in line {broken.line}, column {broken.column}"
                self.staged.unreadable.append(UnreadableLine(file, broken.line, message))
        if piece.repaired_lines:
            self.staged.repaired_lines += len(piece.repaired_lines)
            self.staged.first_repaired = self.staged.first_repaired or (file, piece.repaired_lines[0])
        if not piece.text:
            return
        run = self.connection.execute
        run("CREATE OR REPLACE TEMP TABLE cells AS " + _cells(layout), [piece.text.removesuffix("\n")])
        self._read_days()
        run("CREATE OR REPLACE TEMP TABLE piece AS " + _placed(layout, self._parties.of is not None))
        self._headers(piece, layout, file)
        for reason, rows in run("SELECT reason, count(*) FROM piece GROUP BY reason").fetchall():
            self.staged.rows += rows
            if reason is not None:
                self.staged.dropped[reason] += rows
        self._tell(piece, layout, file)
        run(f"INSERT INTO spoken SELECT news, count(*) FROM piece WHERE reason IS DISTINCT FROM '{BLANK}' "
            "AND news IS NOT NULL GROUP BY news")  # fmt: skip
        run(f"INSERT INTO dated SELECT day, count(*) FROM piece WHERE reason IS DISTINCT FROM '{BLANK}' "
            "AND day IS NOT NULL GROUP BY day")  # fmt: skip
        run(f"INSERT INTO coded SELECT {number}, code, count(*) FROM piece WHERE code IS NOT NULL "
            f"AND (reason IS NULL OR reason NOT IN ({_quoted((BLANK, HEADER, *UNREADABLE))})) "
            "GROUP BY code")  # fmt: skip
        run(
            f"INSERT INTO unknown_actors WITH strange AS (FROM piece WHERE reason IN ('{NO_COUNTRY}', '{UNKNOWN}')) "
            "SELECT actor, country, count(*) FROM ("
            "SELECT by_actor AS actor, by_country AS country FROM strange WHERE a IS NULL UNION ALL "
            "SELECT toward_actor, toward_country FROM strange WHERE b IS NULL) GROUP BY ALL"
        )
        run(
            f"INSERT INTO kept SELECT {number << 40} + {piece.first} + nr, day, code, side_a, side_b, by_actor, "
            "toward_actor, id, story, n, NULL FROM piece WHERE reason IS NULL"
        )

    def _tell(self, piece: Piece, layout: Layout, file: str) -> None:
        room = EXAMPLES - len(self.staged.unreadable)
        if room <= 0:
            return
        reasons = _quoted(UNREADABLE)
        found = self.connection.execute(
            "SELECT nr, width, reason, day_text, n_text FROM piece "
            f"WHERE reason IN ({reasons}) ORDER BY nr LIMIT {room}"
        ).fetchall()
        for nr, width, reason, day, count in found:
            line = piece.line(nr)
            if reason == WIDTH:
                message = f"expected {layout.width} columns ({layout.form}), found {width} in line {line}"
                if layout.header and width == layout.width + 1:
                    message += ", one more than the header, as with R's row names (write.table, row.names = FALSE)"
            elif reason == DAY:
                message = f"expected a date, found '{day or ''}' in line {line}"
            elif reason == FAR:
                message = f"expected a day from {EARLIEST} to {LATEST}, found '{day}' in line {line}"
            else:
                message = f"expected a whole count from 1 to {MOST:,}, found '{count}' in line {line}"
            self.staged.unreadable.append(UnreadableLine(file, line, message))

    def _read_days(self) -> None:
        """The table ``days``: of every text in a column of dates of this piece the day, if it is one."""
        found = self.connection.execute(
            "SELECT DISTINCT text FROM (SELECT day_text AS text FROM cells UNION ALL SELECT news_text FROM cells) "
            "WHERE text IS NOT NULL"
        ).fetchall()
        days = {text: read_day(text, self._date_format) for (text,) in found}
        if self._date_format is None:
            timed = (text for text in days if ":" in text)
            self.staged.zones.update(zone for text in timed if (zone := time_zone(text)) is not None)
        self.connection.execute("CREATE OR REPLACE TEMP TABLE days (text VARCHAR, day DATE, far BOOLEAN)")
        columns = list(days), list(days.values()), [day is not None and not is_believed(day) for day in days.values()]
        if days:
            self.connection.execute(
                "INSERT INTO days SELECT unnest(?::VARCHAR[]), unnest(?::DATE[]), unnest(?::BOOLEAN[])", columns
            )

    def _headers(self, piece: Piece, layout: Layout, file: str) -> None:
        """Lines that are the header again, under a reason of their own."""
        if not layout.header:
            return
        names = [key(name) for name in layout.header]
        needed = {names[layout.at[role]] for role in ("date", "event") if role in layout.at}
        found = self.connection.execute(
            f"SELECT nr, line FROM piece WHERE reason IN ('{WIDTH}', '{DAY}') AND line IS NOT NULL"
        ).fetchall()
        for nr, line in found:
            cells = [key(cell) for cell in line.split("\t")]
            if cells == names:
                self.connection.execute(f"UPDATE piece SET reason = '{HEADER}' WHERE nr = {nr}")
            elif needed <= set(cells):
                message = "a header with other columns: two tables in one file; import them one by one"
                raise DataError([Problem.at(file, piece.line(nr), 1, "", message, line)])

    def restore(self, codes: Mapping[tuple[int, str], str]) -> None:
        """Write codes otherwise, by number of the file and code."""
        if codes:
            self.connection.execute(
                "CREATE OR REPLACE TEMP TABLE right_codes (file BIGINT, code VARCHAR, whole VARCHAR)"
            )
            columns = [[file for file, _ in codes], [code for _, code in codes], list(codes.values())]
            self.connection.execute(
                "INSERT INTO right_codes SELECT unnest(?::BIGINT[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
                columns,
            )
            for table, file in (("kept", "kept.seq >> 40"), ("coded", "coded.file")):
                self.connection.execute(
                    f"UPDATE {table} SET code = r.whole FROM right_codes r "
                    f"WHERE r.file = {file} AND r.code = {table}.code"
                )

    def coded(self) -> dict[int, dict[str, int]]:
        """Rows by code, of any countries, for each file."""
        found: dict[int, dict[str, int]] = {}
        query = "SELECT file, code, sum(n)::BIGINT FROM coded GROUP BY file, code ORDER BY file, code"
        for file, code, rows in self.connection.execute(query).fetchall():
            found.setdefault(file, {})[code] = rows
        return found

    def dated(self) -> list[tuple[date, int]]:
        """Days that rows of any countries tell of, and how many do."""
        return self.connection.execute("SELECT day, sum(n)::BIGINT FROM dated GROUP BY day ORDER BY day").fetchall()

    def is_of_the_world(self, of_pairs: bool = False) -> bool:
        """Whether the rows are of more countries than the parties, or than a few where all are kept.

        Parameters
        ----------
        of_pairs : whether each pair of countries is looked at by itself, of which a third is none
        """
        if self._parties.of is not None and (not of_pairs or self.staged.dropped[OTHERS]):
            return bool(self.staged.dropped[OTHERS])
        query = 'SELECT count(*) FROM (SELECT "by" AS side FROM kept UNION SELECT toward FROM kept)'
        return int(self.one(query)[0]) > (2 if of_pairs else FEW_COUNTRIES)

    def duplicates(self) -> dict[str, int]:
        """Of the rows that count: those that repeat another by its number, numbers of several events, and those that
        tell again what their story told."""
        said = 'day, code, "by", toward, by_actor, toward_actor'
        repeated, numbers = self.one(
            "SELECT coalesce(sum(n - 1), 0)::BIGINT, (count(*) - count(DISTINCT id))::BIGINT FROM "
            f"(SELECT id, count(*) AS n FROM kept WHERE id IS NOT NULL GROUP BY id, {said})"
        )
        again = self.one(
            "SELECT coalesce(sum(n - 1), 0)::BIGINT FROM (SELECT count(DISTINCT coalesce(id, seq::VARCHAR)) AS n "
            f"FROM kept WHERE story IS NOT NULL GROUP BY story, {said})"
        )[0]
        return {"by_number": repeated, "numbers_reused": numbers, "by_story": again}

    def one(self, query: str) -> tuple[Any, ...]:
        """The only row of a query."""
        row = self.connection.execute(query).fetchone()
        assert row is not None
        return tuple(row)

    def spoken(self) -> list[tuple[date, int]]:
        """Days on which the source has rows of any countries, and how many."""
        return self.connection.execute("SELECT day, sum(n)::BIGINT FROM spoken GROUP BY day ORDER BY day").fetchall()

    def unknown_actors(self, most: int) -> list[tuple[str | None, str | None, int]]:
        """The most frequent actors of whom no country is known: name, country as written, rows."""
        return self.connection.execute(
            "SELECT actor, country, sum(n)::BIGINT AS n FROM unknown_actors GROUP BY actor, country "
            f"ORDER BY n DESC, actor NULLS LAST, country NULLS LAST LIMIT {most}"
        ).fetchall()


def _cells(layout: Layout) -> str:
    """The query for the cells of one piece, a parameter, as text."""

    def cell(role: str) -> str:
        return _cell(layout.at.get(role))

    code = cell("event")
    if layout.scheme == "plover":
        code = f"upper({cell('event')}) || coalesce(':' || lower({cell('mode')}), '')"
    number = f"try_cast(regexp_extract(coalesce({cell('count')}, '1'), '^[0-9]{{1,9}}$') AS BIGINT)"
    if "count" not in layout.at:
        number = "1"
    return f"""
WITH split AS (
    SELECT row_number() OVER () AS nr, line, string_split(line, chr(9)) AS l
    FROM (SELECT unnest(string_split(?::VARCHAR, chr(10))) AS line)
)
SELECT nr, {_may_be_header(layout)} AS line,
    len(l) AS width, trim(line) = '' AS blank, {cell("date")} AS day_text,
    {cell("news" if "news" in layout.at else "date")} AS news_text, {code} AS code,
    {cell("by")} AS by_country, {cell("toward")} AS toward_country,
    {cell("by_actor")} AS by_actor, {cell("toward_actor")} AS toward_actor,
    {cell("text")} AS text, {cell("id")} AS id, {cell("story")} AS story, {cell("count")} AS n_text, {number} AS n
FROM split"""


def _may_be_header(layout: Layout) -> str:
    """A line in which the name of the column of dates stands, null else."""
    if not layout.header:
        return "NULL::VARCHAR"
    name = layout.header[layout.at["date"]].lower().replace("'", "''")
    return f"CASE WHEN contains(lower(line), '{name}') THEN line END"


def _placed(layout: Layout, sides: bool) -> str:
    """The query for one piece: its cells with days, countries, parties and the reason against each."""
    party_a, party_b = ("pa.party", "pb.party") if sides else ("a", "b")
    foreign = f"(a IS NOT NULL AND {party_a} IS NULL) OR (b IS NOT NULL AND {party_b} IS NULL)" if sides else "false"
    by_text = "LEFT JOIN texts ON texts.text = lower(cells.text)" if "text" in layout.at else ""
    code = "coalesce(cells.code, texts.code)" if by_text else "cells.code"
    if "event" not in layout.at:
        code = "coalesce(texts.code, cells.text)"
    return f"""
WITH read AS (
    SELECT cells.* EXCLUDE (code), {code} AS code, d.day, coalesce(d.far, false) AS far,
        CASE WHEN NOT coalesce(w.far, false) THEN w.day END AS news,
        {_country("by_country", layout)} AS by_key, {_country("toward_country", layout)} AS toward_key
    FROM cells LEFT JOIN days d ON d.text = day_text LEFT JOIN days w ON w.text = news_text {by_text}
), placed AS (
    SELECT read.*, coalesce(oa.country, ca.country) AS a, coalesce(ob.country, cb.country) AS b
    FROM read
    LEFT JOIN own oa ON oa.actor = lower(by_actor) LEFT JOIN spelt ca ON ca.spelling = by_key
    LEFT JOIN own ob ON ob.actor = lower(toward_actor) LEFT JOIN spelt cb ON cb.spelling = toward_key
)
SELECT placed.*, {party_a} AS side_a, {party_b} AS side_b, CASE
    WHEN blank THEN '{BLANK}'
    WHEN width <> {layout.width} THEN '{WIDTH}'
    WHEN day IS NULL THEN '{DAY}'
    WHEN far THEN '{FAR}'
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


def _country(column: str, layout: Layout) -> str:
    """How a country's spelling is looked up: a code of CAMEO's actors (USAGOV) begins with its country's."""
    if layout.scheme != "cameo":
        return f"lower({column})"
    role = f"substr({column}, 4, 3) IN (SELECT role FROM roles)"
    return (
        f"CASE WHEN length({column}) <= 3 THEN lower({column}) "
        f"WHEN regexp_full_match({column}, '([A-Z]{{3}}){{2,5}}') AND {role} "
        f"AND lower({column}) NOT IN (SELECT spelling FROM spelt) "
        f"THEN lower(left({column}, 3)) ELSE lower({column}) END"
    )


def _quoted(texts: tuple[str, ...]) -> str:
    return ", ".join(f"'{text}'" for text in texts)


def _cell(column: int | None) -> str:
    """A column's text, null where the source writes nothing."""
    if column is None:
        return "NULL::VARCHAR"
    text = f"trim(l[{column + 1}])"
    longest = max(map(len, _NOTHING))  # a look at the length spares most cells of a large file the comparisons
    return f"CASE WHEN strlen({text}) > {longest} OR {text} NOT IN ({_quoted(_NOTHING)}) THEN {text} END"
