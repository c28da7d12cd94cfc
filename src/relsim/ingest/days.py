"""Dates as sources write them. Floor 3."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache

from relsim.errors import InputError

_ISO = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?![\d/-])(?P<rest>.*)", re.ASCII)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6}|(?!\d)(?P<rest>.*))", re.ASCII)
_TIME = re.compile(r"[T ]?\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)? ?(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?", re.ASCII)


@lru_cache(maxsize=1 << 16)
def read_day(text: str, form: str | None = None) -> date | None:
    """The day that a text names; None where it names none.

    Parameters
    ----------
    text : year, month and day as 2019-05-15, 2019-5-15, 2019/05/15 or 20190515; a time of day behind it is left out
    form : as ``strptime`` takes it, for dates written in another way
    """
    try:
        if form is not None:
            return datetime.strptime(text.strip(), form).date()
        found = _ISO.fullmatch(text.strip())
        parts = found.group(1, 3, 4) if found else None
        if found is None:
            found = _DIGITS.fullmatch(text.strip())
            parts = found.group(1, 2, 3) if found else None
        if found is None or parts is None or ((found["rest"] or "").strip() and not _TIME.fullmatch(found["rest"])):
            return None
        year, month, day = map(int, parts)
        return date(year, month, day)
    except ValueError:
        return None


def time_zone(text: str) -> str | None:
    """The time zone that a date's time of day is given in: ``none`` where it says none; None without a time."""
    found = _ISO.fullmatch(text.strip()) or _DIGITS.fullmatch(text.strip())
    time = _TIME.fullmatch(found["rest"] or "") if found else None
    return None if time is None else time["zone"] or "none"


def date_format(form: str | None) -> str | None:
    """A form of dates, checked by writing a day in it and reading that.

    Raises
    ------
    InputError
        It does not tell the day.
    """
    if form is None:
        return None
    day = date(2019, 11, 28)
    if read_day(day.strftime(form), form) != day:
        raise InputError(f"--date-format: '{form}' does not determine a day; such as '%d %B %Y' for 28 November 2019")
    return form
