"""A large file is read within a few hundred MB, whatever its size."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from relsim.ingest.event_table import read_events

MOST = 400e6
"""Bytes of resident memory, interpreter and libraries included."""
LINES = 1_200_000
"""About 330 MB of GDELT 2.0."""
CODE = (
    "import sys\n"
    "from relsim.cli import main\n"
    "main(sys.argv[1:], standalone_mode=False)\n"
    "status = dict(line.split(':', 1) for line in open('/proc/self/status'))\n"
    "print(int(status['VmHWM'].split()[0]) * 1024, file=sys.stderr)\n"
)
"""Linux's own peak of this program; that of getrusage begins with the peak of the process that started it."""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from Linux's /proc")
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    draw = random.Random(1)
    countries = ["USA", "RUS", "CHN", "GBR", "DEU", "FRA", "TUR", "IRN"]
    codes = ["010", "042", "043", "112", "051", "190", "0211", "036", "040"]
    days = [f"{date(2018, 1, 1) + timedelta(n):%Y%m%d}" for n in range(500)]
    place = "\t".join(["1", "United States", "US", "US", "", "38", "-97", "US"])
    expected: Counter[tuple[str, str, str]] = Counter()
    path = tmp_path / "large.export.CSV"
    with path.open("w", encoding="utf-8") as stream:
        for n in range(LINES):
            day, a, b, code = days[n * 500 // LINES], draw.choice(countries), draw.choice(countries), draw.choice(codes)
            actors = "\t".join([f"{a}GOV", f"{a} OFFICE", a, *[""] * 7, f"{b}GOV", f"{b} OFFICE", b, *[""] * 7])
            numbers = "\t".join(["1", code, code[:3], code[:2], "1", "-2.0", "10", "1", "10", "-3.3"])
            source = f"{day}001500\thttps://www.example.org/news/a-story-{n // 3}"
            first = "\t".join([str(900_000_000 + n), day, day[:6], day[:4], f"{day[:4]}.5"])
            stream.write("\t".join([first, actors, numbers, place, place, place, source]) + "\n")
            if a != b:
                expected[(a, b, code)] += 1
    assert path.stat().st_size > 300e6
    for options in ([], ["--repeats", "story", "--fold", "04"], ["--parties", "us,ru"]):
        out = tmp_path / "t.parquet"
        command = ["import", str(path), "--as", "gdelt", "--out", str(out), "--force", "--json", *options]
        ran = subprocess.run([sys.executable, "-c", CODE, *command], capture_output=True, text=True, check=True)
        found = json.loads(ran.stdout)
        assert found["rows"] == LINES == found["kept"] + sum(found["dropped"].values())
        assert int(ran.stderr.splitlines()[-1]) < MOST
        if not options:
            table = read_events(out)
            mine: Counter[tuple[str, str, str]] = Counter()
            for by, toward, event, n in zip(table.by, table.toward, table.event, table.count):
                mine[(table.parties[by], table.parties[toward], table.events[event])] += int(n)
            assert mine == expected
