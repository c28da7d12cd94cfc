"""Lines that a message gives to paste, laid over the file, mend what the message tells of."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from relsim.cli import main

NEAR_A_BOUND = """\
relsim: 1
extends: bilateral
window: {start: 2026-01-01, end: 2026-03-31}
variables: {gap: {baseline: 1}, tone: {baseline: -8}}
calendar: {talks_of_two: {on: 2026-02-01, probability: 0.5, effects: {gap: -3}, otherwise: {effects: {tone: -2 ± 0.5}}}}
"""
QUIET_ONE_SIDE = """\
relsim: 1
extends: bilateral
window: {start: 2026-01-01, end: 2026-03-31}
events: {accusation.a: {rate: 0.5 per year}, sanctions_minor: {rate: 0, excited_by: null}}
"""
OWN_SOURCES = """\
relsim: 1
window: {start: 2026-01-01, end: 2026-03-31}
variables: {x: {half_life: 10 days}}
events:
  j: {rate: 10 per year}
  k: {rate: 5 per year, excited_by: {j: {events: 0.4 to 1, half_life: 3 days}, k: {share: 0.3, half_life: 2 days}}}
quantities: {n: {count: k}}
"""


def validate(folder: Path, text: str, *lines: str) -> Result:
    """The file with lines laid over it, each for itself."""
    (folder / "s.yaml").write_text(text, encoding="utf-8")
    options = []
    for number, line in enumerate(lines):
        layer = folder / f"layer_{number}.yaml"
        layer.write_text(f"relsim: 1\n{line}\n", encoding="utf-8")
        options += ["--weights", str(layer)]
    return CliRunner().invoke(main, ["validate", str(folder / "s.yaml"), *options])


def test_effects_past_a_bound(tmp_path: Path) -> None:
    refused = validate(tmp_path, NEAR_A_BOUND)
    assert refused.exit_code == 2
    lines = [line.partition("^ ")[2] for line in refused.stderr.splitlines() if "^ " in line]
    assert len(lines) == 6
    assert "calendar: {talks_of_two: {effects: {gap: -0.5}}}" in lines
    assert "calendar: {talks_of_two: {otherwise: {effects: {tone: -0.5 ± 0.2}}}}" in lines
    mended = validate(tmp_path, NEAR_A_BOUND, *lines)
    assert mended.exit_code == 0, mended.stderr


@pytest.mark.parametrize(("text", "event"), [(QUIET_ONE_SIDE, "accusation.a"), (OWN_SOURCES, "k")])
@pytest.mark.parametrize("which", [0, 1])
def test_sources_that_were_scaled(text: str, event: str, which: int, tmp_path: Path) -> None:
    def share_of_draws(done: Result) -> float:
        assert done.exit_code == 0, done.stderr
        rows = done.stdout.partition("SOURCES SCALED")[2].splitlines()
        return next((float(row.split()[1]) for row in rows if row.split()[:1] == [event]), 0.0)

    before = validate(tmp_path, text)
    assert share_of_draws(before) > 10
    lines = [line.strip() for line in before.stdout.splitlines() if line.startswith("    events: ")]
    assert len(lines) == 2
    assert share_of_draws(validate(tmp_path, text, lines[which])) < 10
