"""What is odd about event data, in sentences. Floor 3."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from relsim.ingest.codes import meaning
from relsim.ingest.gaps import Cover
from relsim.ingest.reading import Read
from relsim.ingest.shifts import Shift
from relsim.ingest.staging import HEADER, NO_COUNTRY, UNKNOWN, UNREADABLE, Staging
from relsim.ingest.text import CALLED
from relsim.result.imported import Finding

ERROR, WARNING, NOTE = "error", "warning", "note"
"""Counts are wrong unless something is done; look at it; good to know."""
_ORDER = (ERROR, WARNING, NOTE)
_SHOWN = 4


def worst_first(found: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda finding: _ORDER.index(finding.severity)))


def of_lines(staging: Staging, read: Read) -> list[Finding]:
    """Forms, encodings, lines that could not be read."""
    staged, found = staging.staged, []
    unreadable = sum(staged.dropped[reason] for reason in UNREADABLE)
    if unreadable:
        first = staged.unreadable[0]
        text = f"lines that cannot be read: {unreadable:,} of {staged.rows:,}; {first.file}: {first.message}"
        found.append(Finding(ERROR if unreadable > 0.01 * staged.rows else WARNING, "lines", text))
    if staged.dropped[HEADER]:
        text = f"headers in the middle of a file: {staged.dropped[HEADER]:,}; tables joined into one"
        found.append(Finding(WARNING, "lines", text))
    if staged.first_repaired is not None:
        file, line = staged.first_repaired
        text = f"lines with bytes that are no UTF-8: {staged.repaired_lines:,}, the first is line {line} of {file}; "
        found.append(Finding(WARNING, "encodings", text + "--encoding latin-1 or cp1252 may be right"))
    others = sorted(staged.encodings - {"utf-8"})
    if others:
        called = ", ".join(CALLED.get(name, name.upper()) for name in others)
        found.append(Finding(NOTE, "encodings", f"written in {called}"))
    if len(read.forms) > 1:
        found.append(Finding(NOTE, "forms", f"files of several forms: {'; '.join(read.forms)}"))
    if read.restored:
        given = few([f"{code} → {whole}" for code, whole in sorted(read.restored.items())])
        found.append(Finding(ERROR, "codes", f"codes had lost their leading zero, as numbers do; given back: {given}"))
    return found


def of_days(daily: Mapping[date, int], covered: Cover, what: str) -> list[Finding]:
    """Gaps, thin days, rows of days outside."""
    found = []
    days = (covered.last - covered.first).days + 1
    if covered.thin:
        thin = few([f"{day} ({n:,} of some {usual:,})" for day, n, usual in covered.thin])
        text = f"days with far fewer {what} than usual: {len(covered.thin):,} of {days:,}, missing: {thin}"
        found.append(Finding(ERROR, "coverage", text))
    empty = [day for day in covered.missing if day not in daily]
    if empty:
        text = f"days without {what}: {len(empty):,} of {days:,}, missing: {few(list(map(str, empty)))}"
        found.append(Finding(WARNING, "coverage", text))
    if covered.outside:
        late = sum(n for _, n in covered.outside)
        text = (
            f"{what} of days outside {covered.first} to {covered.last}: {late:,}, from {covered.outside[0][0]} to "
            f"{covered.outside[-1][0]}; reported late, and no evidence of those days"
        )
        found.append(Finding(WARNING, "coverage", text))
    if covered.empty_days:
        text = f"days without {what} that are taken for quiet, as chance explains them: {len(covered.empty_days):,}"
        found.append(Finding(NOTE, "coverage", text))
    return found


def of_dates(staging: Staging, covered: Cover) -> list[Finding]:
    """Events dated long before they were told; times of day."""
    found = []
    early = [(day, n) for day, n in staging.dated() if day < covered.first]
    told = sum(n for _, n in early) - sum(n for day, n in covered.outside if day < covered.first)
    if told > 0:
        text = f"rows dated before the files begin, though reported within them: {told:,}, back to {early[0][0]}"
        found.append(Finding(WARNING, "dates", text))
    zones = sorted(staging.staged.zones)
    if zones:
        text = f"dates have times of day, in time zones {', '.join(zones)}: the day is taken as written"
        found.append(Finding(WARNING if zones != ["none"] else NOTE, "time zones", text))
    return found


def of_duplicates(duplicates: Mapping[str, int], rows: int) -> list[Finding]:
    found = []
    if duplicates["by_number"]:
        text = f"rows that repeat another, number and all: {duplicates['by_number']:,}; counted once"
        found.append(Finding(NOTE, "duplicates", text))
    if duplicates["numbers_reused"]:
        text = f"event numbers that stand for different events: {duplicates['numbers_reused']:,}; each event is counted"
        found.append(Finding(WARNING, "duplicates", text))
    if duplicates["by_story"]:
        share = duplicates["by_story"] / max(1, rows)
        text = f"rows that repeat what their story reported: {duplicates['by_story']:,}, {share:.0%} (--repeats story)"
        found.append(Finding(WARNING if share > 0.1 else NOTE, "duplicates", text))
    return found


def of_codes(strange: Mapping[str, int], scheme: str) -> list[Finding]:
    if not strange:
        return []
    shown = few([f"{code} ({rows:,}; {meaning(scheme, code)})" for code, rows in strange.items()])
    text = f"rows with codes that {scheme.upper()} does not know: {sum(strange.values()):,}; {shown}"
    return [Finding(WARNING, "codes", text)]


def of_actors(staging: Staging, unknown_actors: Sequence[tuple[str | None, str | None, int]]) -> list[Finding]:
    found, dropped, rows = [], staging.staged.dropped, staging.staged.rows
    for reason, severity in ((UNKNOWN, WARNING), (NO_COUNTRY, NOTE)):
        if number := dropped[reason]:
            named = Counter[str]()
            for actor, country, times in unknown_actors:
                if (country is None) == (reason == NO_COUNTRY) and (name := country or actor):
                    named[name] += times
            shown = few([f"{name} ({n:,})" for name, n in named.most_common()])
            text = f"rows with {reason}: {number:,}, {number / rows:.0%}{f'; {shown}' if shown else ''}"
            found.append(Finding(severity, "actors", text))
    return found


def of_shifts(moved: Sequence[Shift], what: str) -> list[Finding]:
    return [
        Finding(
            ERROR if max(shift.ratio, 1 / shift.ratio) >= 2 else WARNING,
            "level",
            f"from {shift.on} on {shift.ratio:.1f} times as many {what} a day ({shift.before:,.1f} → "
            f"{shift.after:,.1f}, p {_p(shift.p_value)}): the source's reach, or what happened? "
            "A fit takes it for what happened",
        )
        for shift in moved
    ]


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def few(texts: Sequence[str], most: int = _SHOWN) -> str:
    """Some of many, and how many more."""
    shown = ", ".join(texts[:most])
    return f"{shown} and {len(texts) - most:,} more" if len(texts) > most else shown
