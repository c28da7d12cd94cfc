"""The forms in which questions come: each row is a question, or is dropped for a reason that is said. Floor 5.

ForecastBench: a question set's JSON, and the resolutions beside it. Good Judgment Project: ``ifps.csv``. Metaculus: the
JSON of its API (``/api/posts/``), or ``question_data.csv`` of its data export. Any other CSV: by a map of its columns.
What a text says is never evaluated.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from relsim.errors import InputError, suggestion
from relsim.events import is_believed

MOST_LETTERS = 20_000
"""Letters of a text that a question may have."""
MOST_BYTES = 1 << 28
FIELDS = ("title", "criteria", "opens", "closes", "source", "crowd", "answer", "answered", "id")
"""What a map of a CSV's columns may name."""
_YES_NO = re.compile(r"\(a\)\s*yes,?\s*\(b\)\s*no\s*", re.IGNORECASE)
_ANSWERS = {"yes": True, "true": True, "1": True, "1.0": True, "no": False, "false": False, "0": False, "0.0": False}
_VOID = ("void", "voided", "annulled", "ambiguous", "n/a", "cancelled", "canceled")
_NOTHING = ("", "na", "n/a", "null", "none", "nan")


class DroppedError(Exception):
    """A question that is not taken; the message is the reason."""


@dataclass(frozen=True)
class AskedQuestion:
    """A question of yes or no.

    Attributes
    ----------
    name : as its file calls it
    crowd, crowd_source : what others thought when it was opened, or frozen; None where nobody did
    answer : True, False, ``void``, or None where it has none
    answered : day on which it was settled
    """

    name: str
    title: str
    criteria: str
    source: str
    opens: date | None
    closes: date
    crowd: float | None = None
    crowd_source: str = ""
    answer: bool | str | None = None
    answered: date | None = None


Row = AskedQuestion | tuple[str, str]
"""A question, or what the file calls it and why it is not taken."""


def rows_of(
    form: str, file: Path, *, answers: Path | None, columns: Mapping[str, str], date_format: str | None
) -> list[Row]:
    """Every question of a file, in its order.

    Raises
    ------
    InputError
        If the file is not of the form.
    """
    if columns and form != "csv":
        raise InputError("--map: the form has columns of its own; a map goes with --from csv")
    if answers is not None and form != "forecastbench":
        raise InputError("--answers: the form has its answers in the file itself")
    readers: dict[str, Callable[[], Iterator[Row]]] = {
        "forecastbench": lambda: _forecastbench(file, answers),
        "gjp": lambda: _table(file, _gjp, ("ifp_id", "q_text", "date_start", "date_to_close"), ("latin-1",)),
        "metaculus": lambda: _metaculus(file),
        "csv": lambda: _mapped(file, columns, date_format),
    }
    return list(readers[form]())


def _taken(name: str, read: Callable[[], AskedQuestion]) -> Row:
    try:
        found = read()
        for text in (found.title, found.criteria, found.source):
            if len(text) > MOST_LETTERS:
                raise DroppedError(f"a text of more than {MOST_LETTERS:,} letters")
        if not found.title:
            raise DroppedError("no text of the question")
        if found.opens is not None and found.closes < found.opens:
            raise DroppedError("closes before it opens")
        return found
    except DroppedError as reason:
        return name, str(reason)


def _forecastbench(file: Path, answers: Path | None) -> Iterator[Row]:
    told = _of_json(file)
    questions = told.get("questions") if isinstance(told, dict) else None
    if not isinstance(questions, list):
        raise InputError(f"{file}: no 'questions' in it; a question set of ForecastBench was expected")
    came = _resolutions(answers) if answers is not None else {}
    for number, item in enumerate(questions, 1):
        name = str(item.get("id", number)) if isinstance(item, dict) else f"number {number}"
        yield _taken(name, lambda item=item, name=name: _of_forecastbench(item, name, came))  # type: ignore[misc]


def _of_forecastbench(item: Any, name: str, came: Mapping[str, tuple[Any, str]]) -> AskedQuestion:
    if not isinstance(item, dict):
        raise DroppedError("not an object")
    if isinstance(item.get("id"), list) or item.get("combination_of", "N/A") not in (None, "N/A"):
        raise DroppedError("a combination of questions")
    if isinstance(item.get("resolution_dates"), list):
        raise DroppedError("a data series asked for several dates")
    crowd = _probability(item.get("freeze_datetime_value"))
    criteria = [item.get("background"), item.get("market_info_resolution_criteria"), item.get("resolution_criteria")]
    value, on = came.get(name, (None, ""))
    frozen = _day(item.get("freeze_datetime"))
    return AskedQuestion(
        name=name,
        title=_text(item.get("question")),
        criteria=" ".join(filter(None, map(_text, criteria))),
        source=_text(item.get("url")),
        opens=_day(item.get("market_info_open_datetime")),
        closes=_needed(_day(item.get("market_info_close_datetime")), "closing date"),
        crowd=crowd,
        crowd_source=f"the market as frozen on {frozen}" if crowd is not None and frozen else "",
        answer=_answer(value),
        answered=_day(on),
    )


def _resolutions(file: Path) -> dict[str, tuple[Any, str]]:
    told = _of_json(file)
    found = told.get("resolutions") if isinstance(told, dict) else None
    if not isinstance(found, list):
        raise InputError(f"{file}: no 'resolutions' in it; a resolution set of ForecastBench was expected")
    out: dict[str, tuple[Any, str]] = {}
    for one in found:
        if isinstance(one, dict) and isinstance(one.get("id"), str) and one.get("resolved") is True:
            out[one["id"]] = one.get("resolved_to"), str(one.get("resolution_date", ""))
    return out


def _gjp(row: Mapping[str, str], name: str) -> AskedQuestion:
    if not _YES_NO.fullmatch(row.get("options", "").strip()):
        raise DroppedError("other answers than yes and no")
    void = row.get("q_status", "").strip() == "voided"
    answer = {"a": True, "b": False}.get(row.get("outcome", "").strip())
    return AskedQuestion(
        name=name,
        title=_text(row.get("q_text")),
        criteria=_text(row.get("q_desc")),
        source=f"Good Judgment Project, {name}",
        opens=_day(row.get("date_start"), "%m/%d/%y"),
        closes=_needed(_day(row.get("date_to_close"), "%m/%d/%y"), "closing date"),
        answer="void" if void else answer,
        answered=None if void else _day(row.get("date_closed"), "%m/%d/%y"),
    )


def _metaculus(file: Path) -> Iterator[Row]:
    if file.suffix.lower() == ".csv":
        yield from _table(file, _of_export, ("Question ID", "Question Title", "Scheduled Close Time"))
        return
    told = _of_json(file)
    posts = told.get("results", [told]) if isinstance(told, dict) else told
    if not isinstance(posts, list) or not all(isinstance(post, dict) and "id" in post for post in posts):
        raise InputError(f"{file}: no posts in it; the answer of the API's /api/posts/ was expected")
    for post in posts:
        asked = post.get("question")
        group = post.get("group_of_questions")
        if isinstance(asked, dict):
            yield _taken(str(post["id"]), lambda post=post, asked=asked: _of_post(post, asked))  # type: ignore[misc]
        elif isinstance(group, dict) and isinstance(group.get("questions"), list):
            for inner in group["questions"]:
                name = f"{post['id']}/{inner.get('id') if isinstance(inner, dict) else '?'}"
                yield _taken(name, lambda post=post, inner=inner: _of_post(post, inner))  # type: ignore[misc]
        else:
            yield str(post["id"]), "no question of its own (a notebook or a conditional pair)"


def _of_post(post: Mapping[str, Any], asked: Any) -> AskedQuestion:
    if not isinstance(asked, dict):
        raise DroppedError("not an object")
    if asked.get("type") != "binary":
        raise DroppedError("other answers than yes and no")
    return AskedQuestion(
        name=str(post["id"]),
        title=_text(asked.get("title") or post.get("title")),
        criteria=" ".join(filter(None, map(_text, (asked.get("resolution_criteria"), asked.get("fine_print"))))),
        source=f"https://www.metaculus.com/questions/{post['id']}/",
        opens=_day(asked.get("open_time")) or _day(post.get("published_at")),
        closes=_needed(_day(asked.get("scheduled_close_time") or post.get("scheduled_close_time")), "closing date"),
        crowd=_first_forecast(asked.get("aggregations")),
        answer=_answer(asked.get("resolution")),
        answered=_day(asked.get("actual_resolve_time")),
    )


def _first_forecast(aggregations: Any) -> float | None:
    """The community's first forecast, of the aggregation that its page shows."""
    method = aggregations.get("recency_weighted") if isinstance(aggregations, dict) else None
    history = method.get("history") if isinstance(method, dict) else None
    first = history[0] if isinstance(history, list) and history else None
    centers = first.get("centers") if isinstance(first, dict) else None
    return _probability(centers[0]) if isinstance(centers, list) and centers else None


def _of_export(row: Mapping[str, str], name: str) -> AskedQuestion:
    if row.get("Question Type", "binary").strip().lower() != "binary":
        raise DroppedError("other answers than yes and no")
    return AskedQuestion(
        name=name,
        title=" ".join(filter(None, (_text(row.get("Question Title")), _text(row.get("Label"))))),
        criteria="",
        source=_text(row.get("Question URL")),
        opens=_day(row.get("Open Time")),
        closes=_needed(_day(row.get("Scheduled Close Time")), "closing date"),
        answer=_answer(row.get("Resolution")),
        answered=_day(row.get("Resolution Known Time")),
    )


def _mapped(file: Path, columns: Mapping[str, str], date_format: str | None) -> Iterator[Row]:
    for field in columns:
        if field not in FIELDS:
            raise InputError(f"--map: unknown field '{field}'; {suggestion(field, FIELDS)}")
    for field in ("title", "closes"):
        if field not in columns:
            raise InputError(f"--map: '{field}' is missing; as in --map title=Question,closes=Deadline")

    def read(row: Mapping[str, str], name: str) -> AskedQuestion:
        cell = {field: row.get(column, "") for field, column in columns.items()}
        return AskedQuestion(
            name=name,
            title=_text(cell["title"]),
            criteria=_text(cell.get("criteria")),
            source=_text(cell.get("source")),
            opens=_day(cell.get("opens"), date_format),
            closes=_needed(_day(cell["closes"], date_format), "closing date"),
            crowd=_probability(cell.get("crowd")),
            answer=_answer(cell.get("answer")),
            answered=_day(cell.get("answered"), date_format),
        )

    yield from _table(file, read, tuple(columns.values()), name=columns.get("id"))


def _table(
    file: Path,
    read: Callable[[Mapping[str, str], str], AskedQuestion],
    needed: Sequence[str],
    encodings: Sequence[str] = ("utf-8-sig", "latin-1"),
    name: str | None = None,
) -> Iterator[Row]:
    """Questions of a CSV file; those of a line that is too short or too long are dropped."""
    text = _decoded(file, ("utf-8-sig", *encodings))
    with _cells_of_any_size():
        rows = csv.reader(text.splitlines(keepends=True))
        header = [cell.strip() for cell in next(rows, [])]
        for column in needed:
            if column not in header:
                hint = suggestion(column, header)
                raise InputError(f"{file}:1: the column '{column}' is missing; {hint}".rstrip("; "))
        called = name or needed[0]
        found = [(rows.line_num, cells) for cells in rows if any(cell.strip() for cell in cells)]
    for line, cells in found:
        if len(cells) != len(header):
            yield f"line {line}", f"not the {len(header)} cells of the first line"
            continue
        row = dict(zip(header, cells))
        own = row[called].strip()[:80] if called in ("ifp_id", "Question ID") or name else f"line {line}"
        yield _taken(own or f"line {line}", lambda row=row, own=own: read(row, own))  # type: ignore[misc]


@contextmanager
def _cells_of_any_size() -> Iterator[None]:
    before = csv.field_size_limit(MOST_BYTES)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _decoded(file: Path, encodings: Sequence[str]) -> str:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise InputError(f"{file}: more than {MOST_BYTES >> 20} MiB; is this a list of questions?")
        data = file.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{file}: the file does not exist") from None
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from None
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(f"{file}: not readable as text")


def _of_json(file: Path) -> Any:
    try:
        return json.loads(_decoded(file, ("utf-8-sig",)))
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{file}: not readable as JSON: {error}") from None


def _text(value: Any) -> str:
    """Text in one line: line ends and tabs are blanks, control characters go."""
    if not isinstance(value, str) or value.strip().lower() in _NOTHING:
        return ""
    return " ".join("".join(c if c.isprintable() or c.isspace() else " " for c in value).split())


def _day(value: Any, form: str | None = None) -> date | None:
    """The day of a date or a time; None where there is none."""
    text = value.strip() if isinstance(value, str) else ""
    if text.lower() in _NOTHING:
        return None
    try:
        day = datetime.strptime(text.split()[0] if form and " " not in form else text, form).date() if form else None
        day = day or datetime.fromisoformat(text.replace("Z", "+00:00")).date()
    except ValueError:
        raise DroppedError("a date that cannot be read") from None
    if not is_believed(day):
        raise DroppedError("a date that cannot be meant")
    return day


def _needed(day: date | None, what: str) -> date:
    if day is None:
        raise DroppedError(f"no {what}")
    return day


def _probability(value: Any) -> float | None:
    """0.24, ``0.24`` or ``24 %``; None where there is none."""
    text = str(value).strip() if value is not None else ""
    if text.lower() in _NOTHING:
        return None
    percent = text.endswith("%")
    try:
        number = float(text.rstrip("% ")) / (100 if percent else 1)
    except ValueError:
        raise DroppedError("a crowd's probability that is none") from None
    if not math.isfinite(number) or not 0 <= number <= 1:
        raise DroppedError("a crowd's probability that is none")
    return number


def _answer(value: Any) -> bool | str | None:
    text = str(value).strip().lower() if value is not None else ""
    if text in _VOID and text != "n/a":
        return "void"
    if text in _NOTHING:
        return None
    if text not in _ANSWERS:
        raise DroppedError("an answer that is neither yes nor no")
    return _ANSWERS[text]
