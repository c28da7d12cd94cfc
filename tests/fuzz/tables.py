# ruff: noqa: E501
"""Event tables and sources made wrong at random, as spreadsheets, programs and downloads change them."""

from __future__ import annotations

import csv
import io
import random
import shutil
from functools import cache
from pathlib import Path

from fuzz.asked import Ended, ended, unplaced
from unit.import_case import Act, gdelt, icews

EXAMPLES = Path(__file__).resolve().parents[2] / "docs/examples"
MODEL = EXAMPLES / "fit.yaml"
READS = """\
relsim: 1
window: {start: 2019-01-01, end: 2019-02-15}
parties: {us: United States, ru: Russia}
variables: {tone: {each: party, half_life: 2 weeks}}
events:
  accusation: {each: party, rate: 3 per month, effects: {tone.other: -0.3}}
  talks: {rate: 1 per month}
  incident: {rate: 1 per year}
history: {table: {file: FILE}}
outcomes: {talk: {happens: talks}}
"""
CELLS = ("", " ", "0", "-1", "1.5", "1e9", "999999999999999999999", "1_000", "٣", "NA", "NULL", "nan", "None", '"', "'", "=1+1", "x" * 5000, "a,b", "a;b",
         "2018-02-30", "0001-01-01", "9999-12-31", "2018-1-5", "05/01/2018", "20180105", "2018-01-05T12:00:00Z", "43105", "1514764800", "Jan 5, 2018",
         "us", "ru", "USA", "Russian Federation", "xx", "accusation", "talks", "unknown", "\x00", "\x1b[2J", "\u2028", "\ufeff", "Ünï", "010", "10", "#", "\\N")  # fmt: skip
HEADS = (
    "date",
    "event",
    "by",
    "toward",
    "count",
    "Date",
    " event",
    "CAMEO Code",
    "",
    "count",
    "x",
    "day",
    "type",
    "issue",
    "1",
)
ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1", "utf-32", "cp037")


@cache
def _sources() -> tuple[tuple[str, str], ...]:
    """Form and text of tables as they should be."""
    acts = [
        Act(f"2018-{1 + i % 12:02}-{1 + i % 28:02}", ("010", "112", "036", "190", "0231")[i % 5],
            *(("us", "ru"), ("ru", "us"), ("us", ""), ("cn", "us"))[i % 4])
        for i in range(60)
    ]  # fmt: skip
    record = (EXAMPLES / "fit.csv").read_text(encoding="utf-8").splitlines()
    short = "date,event,by,toward,count\n2018-12-01,accusation,us,ru,2\n2018-12-03,talks,,,1\n2018-12-09,accusation,ru,us,1\n"
    plain = "day,code,from,to\n" + "".join(f"{act.day},{act.code},{act.by or 'xx'},{act.toward}\n" for act in acts)
    return (
        ("table", "\n".join(record[:80]) + "\n"),
        ("table", short),
        ("csv", plain),
        ("icews", "\n".join(icews(acts)) + "\n"),
        ("icews", (EXAMPLES / "icews.tab").read_text(encoding="utf-8")),
        ("gdelt", "\n".join(gdelt(acts)) + "\n"),
    )


def mutated(seed: int) -> tuple[str, bytes]:
    """Form and bytes of a table with one to three things wrong."""
    rng = random.Random(seed)
    form, text = rng.choice(_sources())
    mark = "\t" if form in ("icews", "gdelt") else ","
    rows = [line.split(mark) for line in text.splitlines()]
    for _ in range(rng.choice((1, 1, 2, 3))):
        rng.choice((_cell, _cell, _column, _rows, _head, _dates))(rng, rows)
    mark = mark if rng.random() < 0.8 else rng.choice((";", "|", "\t", ",", " ", ", "))
    lines = [mark.join(row) for row in rows]
    if rng.random() < 0.1:
        written = io.StringIO()
        csv.writer(written, delimiter=mark[0], quoting=rng.choice((csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC))).writerows(
            rows
        )
        lines = written.getvalue().splitlines()
    return form, _written(rng, lines)


def _cell(rng: random.Random, rows: list[list[str]]) -> None:
    if row := rng.choice(rows or [[]]):
        row[rng.randrange(len(row))] = rng.choice(CELLS)


def _column(rng: random.Random, rows: list[list[str]]) -> None:
    """A column dropped, moved, doubled, added or filled with one thing, in all rows or from one on."""
    if not rows or not rows[0]:
        return
    first, at, to = (
        rng.choice((0, 0, rng.randrange(len(rows)))),
        rng.randrange(len(rows[0])),
        rng.randrange(len(rows[0])),
    )
    how, what = rng.choice(("drop", "move", "double", "add", "fill")), rng.choice(CELLS)
    for row in rows[first:]:
        if at >= len(row):
            continue
        if how == "fill":
            row[at] = what if row is not rows[0] else row[at]
        elif how == "add":
            row.insert(to, what)
        else:
            cell = row.pop(at) if how != "double" else row[at]
            if how != "drop":
                row.insert(to, cell)


def _rows(rng: random.Random, rows: list[list[str]]) -> None:
    """Rows lost, repeated, emptied, cut, out of order, or those of another table."""
    at = rng.randrange(len(rows) + 1)
    how = rng.choice(("lost", "all", "repeated", "empty", "cut", "shuffled", "other", "header", "text"))
    if how == "lost":
        del rows[at : at + rng.choice((1, 5, 50))]
    elif how == "all":
        del rows[1:]
    elif how == "repeated":
        rows += [list(row) for row in rows[at:]]
    elif how == "empty":
        rows[at:at] = [rng.choice(([], [""], ["", "", ""]))] * rng.choice((1, 3))
    elif how == "cut" and at < len(rows):
        rows[at] = rows[at][: rng.randrange(len(rows[at]) + 1)]
    elif how == "shuffled":
        rng.shuffle(rows)
    elif how == "other":
        rows += [line.split(",") for line in rng.choice(_sources())[1].splitlines()]
    elif how == "header" and rows:
        rows.insert(at, list(rows[0]))
    elif how == "text":
        rows.insert(at, [rng.choice(("# a note", "sep=,", "Total", "<html>", "(3 rows)", '"', "{}", "-- "))])


def _head(rng: random.Random, rows: list[list[str]]) -> None:
    if rows and rows[0]:
        rows[0][rng.randrange(len(rows[0]))] = rng.choice(HEADS)
        if rng.random() < 0.2:
            del rows[0]


def _dates(rng: random.Random, rows: list[list[str]]) -> None:
    """All dates in another form."""
    form = rng.choice(
        (
            "{2}/{1}/{0}",
            "{1}/{2}/{0}",
            "{0}{1}{2}",
            "{0}-{1}-{2} 00:00",
            "{0}/{1}/{2}",
            "{2}.{1}.{0}",
            "0{0}-{1}-{2}",
            "{0}-{1}",
        )
    )
    for row in rows:
        for i, cell in enumerate(row):
            if len(parts := cell.split("-")) == 3 and all(part.isdigit() for part in parts):
                row[i] = form.format(*parts)


def _written(rng: random.Random, lines: list[str]) -> bytes:
    text = rng.choice(("\n", "\n", "\n", "\r\n", "\r", "\n\n")).join(lines) + rng.choice(("\n", "\n", ""))
    data = text.encode(rng.choice(ENCODINGS) if rng.random() < 0.15 else "utf-8", errors="replace")
    at = rng.randrange(len(data) + 1)
    how = rng.choice(("no", "no", "no", "no", "no", "cut", "nul", "bytes", "twice", "empty", "quote"))
    if how == "cut":
        return data[:at]
    if how == "twice":
        return data + data
    if how == "empty":
        return rng.choice((b"", b"\n", b"\0", b"\xef\xbb\xbf", b" ", b'"'))
    insert = {"no": b"", "nul": b"\0" * rng.choice((1, 400)), "bytes": rng.randbytes(4), "quote": b'"'}[how]
    return data[:at] + insert + data[at:]


def judged(seed: int, folder: Path) -> tuple[str, list[str]]:
    """A verdict, and what is wrong about how the commands met the table; such a table stays in the folder."""
    folder = folder / str(seed)
    folder.mkdir()
    form, data = mutated(seed)
    file = folder / ("t.csv" if form in ("table", "csv") else "t.tab")
    file.write_bytes(data)
    if form == "table":
        scenario = folder / "s.yaml"
        scenario.write_text(READS.replace("FILE", file.name), encoding="utf-8")
        checked = ended("validate", scenario)
        run = ended("run", scenario, "--paths", 128, "--workers", 1, "--no-figures", "--out", folder / "run")
        done = [
            *(checked, run, ended("doctor", file), ended("events", file, "--out", folder / "events", "--no-figures")),
            ended("fit", MODEL, "--events", file, "--evaluate"),
        ]
        wrong = [f"no place: {line}" for line in unplaced(checked)]
        if (checked.status, checked.errors) != (run.status, run.errors):
            wrong.append(f"validate and run differ: {checked.status}, {run.status}\n{checked.said}\n{run.said}")
    else:
        given = [file, "--as", form]
        if form == "csv":
            given += ["--columns", "date=day,event=code,by=from,toward=to"] if seed % 2 else []
        to = ["--scenario", "bilateral", "--parties", "us,ru", "--rows"] if seed % 3 else []
        out = folder / "out.csv"
        done = [ended("import", *given, *to, "--out", out), ended("doctor", *given)]
        wrong = []
        if done[0].status == 0:
            done.append(ended("events", out, "--out", folder / "events", "--no-figures"))
            if done[-1].status:
                wrong.append(f"import accepts, events refuses: {done[-1].said}")
    wrong += [problem for end in done for problem in _wrong(end, folder)]
    left = {path.name for path in folder.iterdir()} - {file.name, "s.yaml"}
    if left - {"run", "events", "out.csv", "out.csv.json"} or (left and all(end.status for end in done)):
        wrong.append(f"left behind: {sorted(left)}")
    if not wrong:
        shutil.rmtree(folder)
    return f"{form} {'refused' if done[0].status else 'taken'}", wrong


OF_ALL = ("no event is left of ", "the table holds ")
"""What is said of all files of an import together, or of the one table of a fit."""


def _wrong(end: Ended, folder: Path) -> list[str]:
    unnamed = [line for line in end.errors if str(folder) not in line and not line.startswith(OF_ALL)]
    unnamed = unnamed if end.status == 2 else []
    failed = [f"status {end.status}: {' '.join(end.words)}\n{end.said}"] if end.status not in (0, 2) else []
    return [*end.defects, *(f"names no file: {line}" for line in unnamed), *failed]
