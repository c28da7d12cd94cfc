"""A small scenario, an event table drawn for it, and backtests of them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from click.testing import CliRunner, Result

from relsim.cli import main

SCENARIO = """\
relsim: 1
title: Two of them
window: {start: 2019-01-01, end: 2019-02-28}
parties: {us: United States, ru: Russia}
variables: {tone: {half_life: 10 days, spread: 1, initial: 3}}
events:
  accusation: {each: party, rate: 20 to 200 per year, codes: {cameo: ["11"]}}
  threat:
    each: party
    rate: 3 to 60 per year
    excited_by: {accusation.other: {events: 0.05, half_life: 5 days}}
    codes: {cameo: ["13"]}
  talks: {rate: 10 to 60 per year, codes: {cameo: ["04"]}}
calendar: {meeting: {on: 2019-01-15, probability: 0.6, event: talks}}
interventions: {pause: {rates: {talks: 0.1}, from: 2019-01-05, to: 2019-01-20}}
outcomes:
  talk: {title: They talk within a week, happens: talks, by: 2019-01-07}
  silence: {not: talk}
  many: {happens: accusation.us, at_least: 3}
  first_then: {sequence: [threat.us, threat.ru], within: 7 days}
  late: {happens: talks, from: 2019-02-01, by: 2019-02-20}
  up: {value: tone, above: 0, on: 2019-01-05}
  met: {happens: meeting}
"""
FIRST, LAST = date(2018, 1, 1), date(2018, 9, 30)
MISSING = date(2018, 7, 30)
HOW = ("--from", "2018-06-01", "--to", "2018-08-30", "--every", "18d", "--horizon", "10d", "--refit", "45d",
       "--paths", "256", "--baselines", "climatology,weighted", "--no-figures", "--workers", "1")  # fmt: skip
ORIGINS = [date(2018, 6, 1) + timedelta(days=18 * n) for n in range(6)]
HORIZON = 10

Row = tuple[date, str, str, int]


@cache
def rows(seed: int = 1) -> list[Row]:
    """Events of 2018, Poisson at steady rates; none on the missing day."""
    rng = np.random.default_rng(seed)
    out: list[Row] = []
    for day in (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)):
        for event, by, rate in (
            ("accusation", "us", 0.25),
            ("accusation", "ru", 0.2),
            ("threat", "us", 0.07),
            ("threat", "ru", 0.05),
            ("talks", "", 0.08),
        ):
            if (count := int(rng.poisson(rate))) and day != MISSING:
                out.append((day, event, by, count))
    return out


def write_case(folder: Path, table: list[Row]) -> None:
    """``scenario.yaml``, ``us_ru.csv`` and what it covers."""
    folder.mkdir(exist_ok=True)
    (folder / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    lines = ["date,event,by,count", *(f"{day},{event},{by},{count}" for day, event, by, count in table)]
    (folder / "us_ru.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    about = {
        "scheme": None,
        "values": {"accusation": -2.0, "threat": -4.4, "talks": 3.1},
        "covers": {"from": FIRST.isoformat(), "to": LAST.isoformat()},
        "missing": [MISSING.isoformat()],
        "types": ["accusation", "threat", "talks"],
    }
    (folder / "us_ru.csv.json").write_text(json.dumps(about), encoding="utf-8")


def call(folder: Path, *more: str, how: tuple[str, ...] = HOW) -> Result:
    """A backtest of the case in a folder, into its ``out`` unless told otherwise."""
    out = () if "--out" in more else ("--out", str(folder / "out"))
    files = (str(folder / "scenario.yaml"), "--events", str(folder / "us_ru.csv"))
    return CliRunner().invoke(main, ["backtest", *files, *how, *out, *more], prog_name="relsim")


def forecasts(folder: Path) -> list[dict[str, Any]]:
    """Rows of ``forecasts.parquet``, with the members of each where it has any."""
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT * FROM '{folder}/forecasts.parquet' ORDER BY forecast")
        names = [column[0] for column in found.description or ()]
        out = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        members = connection.execute(f"SELECT forecast, value, members FROM '{folder}/members.parquet'").fetchall()
    sample: dict[int, list[float]] = {}
    for number, value, count in members:
        sample.setdefault(number, []).extend([value] * count)
    for row in out:
        row["sample"] = sorted(sample.get(row["forecast"], []))
    return out
