"""What importing and checking event data report, and their JSON. Floor 2; standard library only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from relsim.result.json_text import plain


@dataclass(frozen=True)
class Covered:
    """First and last day of which a source tells."""

    from_: date
    to: date


@dataclass(frozen=True)
class ThinDay:
    """A day with far fewer rows than usual: how many, and how many are usual."""

    date: date
    rows: int
    usual: int


@dataclass(frozen=True)
class SourceLine:
    """A line of a source's file."""

    file: str
    line: int


@dataclass(frozen=True)
class UnreadableLine:
    """A line that could not be read, and why."""

    file: str
    line: int
    message: str


@dataclass(frozen=True)
class UnknownActor:
    """An actor of whom no country is known; ``country`` as the source has it."""

    actor: str | None
    country: str | None
    rows: int


@dataclass(frozen=True)
class ImportedCode:
    """A code of the source, and what became of it.

    Attributes
    ----------
    event : None where no event of the scenario has it
    known : whether the scheme of codes has it
    """

    code: str
    rows: int
    event: str | None
    known: bool
    meaning: str


@dataclass(frozen=True)
class ImportedEvent:
    """One event of one direction.

    Attributes
    ----------
    kept : rows but for those too few on their day to make an act
    events : what these rows are counted as
    """

    event: str
    by: str | None
    toward: str | None
    rows: int
    kept: int
    events: int


@dataclass(frozen=True)
class Finding:
    """One thing that is odd.

    Attributes
    ----------
    severity : ``error``, ``warning`` or ``note``
    about : such as ``coverage``, ``duplicates``, ``codes``
    """

    severity: str
    about: str
    text: str


@dataclass(frozen=True)
class ImportedPair:
    """A pair of countries with rows enough.

    Attributes
    ----------
    pair : ``IND-PAK``, the codes in alphabetical order
    file : its table; None where no event is left of its rows
    rows, kept : of the source, in either direction; and of these, the ones behind the table's events
    events : the table's counts, summed
    missing : days between the covered ones without a row of any country
    """

    pair: str
    file: str | None
    rows: int
    kept: int
    events: int
    covers: Covered
    missing: int


@dataclass(frozen=True)
class ImportReport:
    """What was read, what was made of it, and why the rest was not used; ``rows`` = ``kept`` + all of ``dropped``.

    Attributes
    ----------
    form : forms met, such as ``GDELT 2.0 (61 columns)``
    files : rows by file
    kept : rows behind the table's events
    events : the table's counts, summed
    dropped : rows by the first reason that held against them, the most frequent first
    unreadable : the first few lines that could not be read
    repaired_lines, first_repaired : lines with bytes that are no UTF-8, and the first of them
    unknown_actors : the most frequent actors of whom no country is known
    covers, missing : days covered, and those between without a row
    empty_days : days without any row that are not taken for missing
    coverage_inferred : whether the source holds these parties only, so that ``missing`` are long silences, not every
        empty day
    thin : of the missing days, those with far fewer rows than usual
    outside_coverage : events of days before and after those that the source covers
    types : events that were looked for
    types_not_covered : events of the scenario that the source could not have recorded: none of their codes is in any
        of its rows
    restored_codes : codes that had lost their leading zero, and what they were
    findings : what is odd about the data, the worst first (``relsim doctor``)
    pairs : pairs of countries with rows enough, where each gets a table of its own
    """

    relsim: str
    form: tuple[str, ...]
    files: Mapping[str, int]
    rows: int
    kept: int
    events: int
    dropped: Mapping[str, int]
    unreadable: tuple[UnreadableLine, ...]
    repaired_lines: int
    first_repaired: SourceLine | None
    codes: tuple[ImportedCode, ...]
    unknown_actors: tuple[UnknownActor, ...]
    counts: tuple[ImportedEvent, ...]
    covers: Covered
    missing: tuple[date, ...]
    empty_days: tuple[date, ...]
    coverage_inferred: bool
    thin: tuple[ThinDay, ...]
    outside_coverage: int
    types: tuple[str, ...]
    types_not_covered: tuple[str, ...]
    restored_codes: Mapping[str, str]
    findings: tuple[Finding, ...]
    pairs: tuple[ImportedPair, ...] = ()

    def to_json(self) -> str:
        """The report for machines; ``pairs`` only where there are any."""
        content = {key: value for key, value in plain(self).items() if key != "pairs" or value}
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class LevelShift:
    """A change of how many rows a day a source has.

    Attributes
    ----------
    date : first day of the week with which the new level begins
    before, after : rows a day, geometric means of the weeks since the last shift, and from this one on
    """

    date: date
    before: float
    after: float
    p_value: float


@dataclass(frozen=True)
class CheckedSource:
    """What is odd about one table, or the files of one source; attributes as of an ``ImportReport``.

    Attributes
    ----------
    duplicates : ``by_number``: rows that repeat one of the same number; ``numbers_reused``: numbers of several events;
        ``by_story``: rows that repeat what their story reported
    unknown_codes : rows by code
    """

    name: str
    form: str
    rows: int
    covers: Covered
    missing: tuple[date, ...]
    thin: tuple[ThinDay, ...]
    outside_coverage: int
    duplicates: Mapping[str, int]
    unknown_codes: Mapping[str, int]
    unknown_actors: tuple[UnknownActor, ...]
    level_shifts: tuple[LevelShift, ...]
    time_zones: tuple[str, ...]
    encodings: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Checkup:
    """All that ``relsim doctor`` looked at."""

    relsim: str
    checked: tuple[CheckedSource, ...]
