"""A scenario with one of each thing that can be moved, and ``relsim explore`` on it as a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlparse

ROOT = Path(__file__).resolve().parents[2]
SCENARIO = """\
relsim: 1
title: Will the <script>window.pwned=1</script> summit hold?
window: {start: 2021-03-01, end: 2021-08-31}
run: {seed: 11}
variables: {tone: {baseline: -2 ± 0.4, half_life: 2 to 5 weeks, label: Tone}}
indices: {relations: {label: Relations, weights: {tone: 1}}}
events:
  sanctions:
    label: New sanctions
    rate: {value: 3 to 8 per year, source: own list}
    effects: {tone: -1 ± 0.4}
    rate_ratio: {tone: 0.8}
  visit: {label: A visit, rate: 6 per year, effects: {tone: 0.5}}
calendar:
  summit:
    label: The summit
    on: 2021-06-28
    probability: 0.5 to 0.7
    effects: {tone: 2}
    odds_if: {sanctions: {within: 30 days, odds_ratio: 0.3 to 0.8}}
  round: {on: 2021-05-10, probability: 0.3}
history:
  mine: {events: [{on: 2021-02-10, event: sanctions}, {on: 2021-02-20, event: visit, note: a dinner}]}
interventions:
  calm: {from: 2021-05-01, to: 2021-05-31, rates: {sanctions: 0.5}}
correlation_of_weights:
  - {between: [events/sanctions/rate, calendar/summit/probability], value: -0.6}
outcomes:
  summit: {title: The leaders meet, happens: summit}
  sanctions: {title: New sanctions by the end of June, happens: sanctions, by: 2021-06-30}
  warmer: {title: Warmer than at start, value: relations, above: -2, on: 2021-08-31}
quantities: {sanctions_in_all: {count: sanctions}}
variants:
  harsh: {title: A harsh spring, events: {sanctions: {rate: 9 to 15 per year}}}
"""
"""A scenario from outside the repository: labels that would be markup, and one of each thing that can be moved."""


@dataclass(frozen=True)
class Served:
    """A running ``relsim explore``.

    Attributes
    ----------
    handing : the file that hands the token over
    """

    process: subprocess.Popen[str]
    handing: Path
    port: int
    token: str
    folder: Path
    paths: int

    @property
    def cookie(self) -> str:
        return f"relsim-{self.port}={self.token}"


@contextmanager
def serving(folder: Path, *options: str, file: str = "s.yaml", paths: int = 512) -> Iterator[Served]:
    code = "from relsim.cli import main; main(prog_name='relsim')"
    words = [sys.executable, "-c", code, "explore", file, "--no-browser", "--paths", str(paths), *options]
    process = subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    line = process.stdout.readline()
    if not line.startswith("Open file://"):
        process.kill()
        raise AssertionError(process.stderr.read())
    handing = Path(unquote(urlparse(line.split()[1]).path))
    found = re.search(r"http://127\.0\.0\.1:(\d+)/enter\?token=([\w-]+)", handing.read_text(encoding="utf-8"))
    assert found is not None
    try:
        yield Served(process, handing, int(found[1]), found[2], folder, paths)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(20)
        process.stdout.close()
        process.stderr.close()


def mode(file: Path) -> int:
    return os.stat(file).st_mode & 0o777
