"""Questions of others → a document of outcomes that an analyst completes. Floor 5; imports ``compose``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relsim.compose.nodes import node_of
from relsim.compose.render import text_of
from relsim.errors import InputError
from relsim.questions.forms import AskedQuestion, rows_of
from relsim.result.asked import QuestionsReport

_WORDS = 6
"""Words of a title that make a name."""
_LONGEST = 48
_HEAD = (
    "# {kept} of {read} questions ({form}). Each outcome is to be completed with what settles it in the model:\n"
    "# 'happens', 'value' …; `relsim validate` says where that is missing. 'crowd' is what others thought when it was\n"
    "# opened; nothing of it goes into a forecast.\n"
)


@dataclass(frozen=True)
class Imported:
    """A document of outcomes to complete, and what became of each question."""

    document: str
    report: QuestionsReport


def import_questions(
    form: str,
    file: Path,
    *,
    answers: Path | None = None,
    columns: Mapping[str, str] | None = None,
    date_format: str | None = None,
) -> Imported:
    """Read a list of questions.

    Parameters
    ----------
    form : ``forecastbench``, ``gjp``, ``metaculus`` or ``csv``
    answers : of ForecastBench, the file of its resolutions
    columns : of a CSV, field to column
    date_format : of a CSV's dates, as of ``strptime``; ISO dates and times without

    Raises
    ------
    InputError
        If the file is not of the form, or holds no question that can be taken.
    """
    rows = rows_of(form, file, answers=answers, columns=columns or {}, date_format=date_format)
    kept = [row for row in rows if isinstance(row, AskedQuestion)]
    dropped: dict[str, tuple[str, ...]] = {}
    for row in rows:
        if not isinstance(row, AskedQuestion):
            dropped[row[1]] = (*dropped.get(row[1], ()), row[0])
    if not kept:
        reasons = "; ".join(f"{len(names)}: {reason}" for reason, names in dropped.items())
        raise InputError(f"{file}: no question that can be taken of {len(rows)} read{': ' * bool(reasons)}{reasons}")
    named = dict(zip(_names(kept), kept, strict=True))
    tree: dict[str, Any] = {"relsim": 1, "outcomes": {name: _outcome(one) for name, one in named.items()}}
    came = {name: _resolution(one) for name, one in named.items() if one.answer is not None}
    if came:
        tree["resolution"] = came
    report = QuestionsReport(
        form=form,
        read=len(rows),
        kept=tuple(named),
        dropped=dropped,
        with_crowd=sum(one.crowd is not None for one in kept),
        with_answer=len(came),
    )
    head = _HEAD.format(kept=len(kept), read=len(rows), form=form)
    return Imported(head + text_of(node_of(tree)), report)


def _names(questions: list[AskedQuestion]) -> list[str]:
    """Names of the outcomes, each once: the first words of the titles."""
    taken: dict[str, None] = {}
    for question in questions:
        plain = unicodedata.normalize("NFKD", question.title).encode("ascii", "ignore").decode().lower()
        words = [word for word in re.findall(r"[a-z0-9]+", plain) if word not in ("will", "the", "a", "an", "of", "be")]
        stem = "_".join(words[:_WORDS])[:_LONGEST].strip("_") or "question"
        stem = f"q_{stem}" if stem in ("self", "other") else stem
        free, number = stem, 1
        while free in taken:
            number += 1
            free = f"{stem}_{number}"
        taken[free] = None
    return list(taken)


def _outcome(question: AskedQuestion) -> dict[str, Any]:
    stub: dict[str, Any] = {"title": question.title}
    if question.criteria:
        stub["criteria"] = question.criteria
    if question.source:
        stub["source"] = question.source
    if question.opens is not None:
        stub["opened"] = question.opens.isoformat()
    stub["by"] = question.closes.isoformat()
    if question.crowd is not None:
        told = {"value": question.crowd, "source": question.crowd_source}
        stub["crowd"] = told if question.crowd_source else question.crowd
    return stub


def _resolution(question: AskedQuestion) -> dict[str, Any]:
    source = question.source or question.name
    if question.answer == "void":
        return {"void": True, "reason": "voided by those who asked it", "source": source}
    came: dict[str, Any] = {"value": question.answer}
    if question.answer and question.answered is not None:
        came["on"] = min(question.answered, question.closes).isoformat()
    return {**came, "source": source}
