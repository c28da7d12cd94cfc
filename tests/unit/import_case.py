"""Event data made up in the forms of the sources, and what a reader by hand makes of them."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result

from relsim.cli import main

ICEWS = (
    *("Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code"),
    *("Intensity", "Target Name", "Target Sectors", "Target Country", "Story ID", "Sentence Number", "Publisher"),
    *("City", "District", "Province", "Country", "Latitude", "Longitude"),
)
NAMES = {"us": "United States", "ru": "Russian Federation", "cn": "China", "": "NA"}
CODES = {"us": "USA", "ru": "RUS", "cn": "CHN", "": ""}


@dataclass(frozen=True)
class Act:
    """One coded event; actors are named after their country unless given."""

    day: str
    code: str
    by: str = "us"
    toward: str = "ru"
    actor: str = ""
    target: str = ""
    id: str = ""
    story: str = ""


def icews(acts: Iterable[Act], header: bool = True) -> list[str]:
    """Lines of an ICEWS file of 20 columns."""
    lines = ["\t".join(ICEWS)] if header else []
    for number, act in enumerate(acts):
        cells = dict.fromkeys(ICEWS, "x")
        cells |= {
            "Event ID": act.id or str(1000 + number),
            "Event Date": act.day,
            "Source Name": act.actor or NAMES.get(act.by, act.by),
            "Source Country": NAMES.get(act.by, act.by),
            "CAMEO Code": act.code,
            "Target Name": act.target or NAMES.get(act.toward, act.toward),
            "Target Country": NAMES.get(act.toward, act.toward),
            "Story ID": act.story or str(number),
        }
        lines.append("\t".join(cells.values()))
    return lines


def gdelt(acts: Iterable[Act], width: int = 61) -> list[str]:
    """Lines of a GDELT file, which has no header."""
    lines = []
    for number, act in enumerate(acts):
        cells = [""] * width
        day = act.day.replace("-", "")
        cells[0], cells[1], cells[26] = act.id or str(1000 + number), day, act.code
        cells[6], cells[7] = act.actor or "A", CODES.get(act.by, act.by)
        cells[16], cells[17] = act.target or "B", CODES.get(act.toward, act.toward)
        if width == 61:
            cells[59], cells[60] = f"{day}001500", f"https://example.org/{act.story or number}"
        else:
            cells[56] = day
        lines.append("\t".join(cells))
    return lines


def write(path: Path, lines: Iterable[str], end: str = "\n") -> Path:
    path.write_bytes((end.join(lines) + end).encode())
    return path


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], prog_name="relsim")


def report(*arguments: object) -> Mapping[str, object]:
    """The report of an import that must succeed."""
    done = invoke("import", *arguments, "--json", "--force")
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["rows"] == found["kept"] + sum(found["dropped"].values())
    assert isinstance(found, dict)
    return found


def counts(table: Path) -> Counter[tuple[str, ...]]:
    """A table's counts, read by the csv module."""
    with table.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return Counter({(r["date"], r["event"], r["by"], r["toward"]): int(r["count"]) for r in rows})
