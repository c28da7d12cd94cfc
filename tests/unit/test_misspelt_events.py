"""A number set for an event whose name is misspelt makes a new event, and is warned of."""

from __future__ import annotations

from pathlib import Path

import pytest

from relsim.compose import load

TEXT = """\
relsim: 1
extends: bilateral
window: {start: 2021-01-01, end: 2021-01-31}
events:
  accusation.a: {rate: 3 per month}
  sanctions_oil: {label: Oil, rate: 1 per year}
  sanctions_gas: {rate: 1 per year}
  EVENT
outcomes: {gas: {happens: sanctions_gas}}
"""


def warned(folder: Path, event: str, settings: tuple[str, ...] = ()) -> list[str]:
    file = folder / "s.yaml"
    file.write_text(TEXT.replace("EVENT", event), encoding="utf-8")
    return [str(warning) for warning in load(file, settings=settings).warnings]


@pytest.mark.parametrize("event", ["acusation: {rate: 3 per month}", "acusation: {effects: {tone: -1}}"])
def test_in_a_file(event: str, tmp_path: Path) -> None:
    (warning,) = warned(tmp_path, event)
    assert "s.yaml:8:3: events: nothing can come of the new event 'acusation'" in warning
    assert "did you mean 'accusation'?" in warning


def test_in_a_setting(tmp_path: Path) -> None:
    (warning,) = warned(tmp_path, "threat: {rate: 3 per month}", ("events/treaty_exits/rate=1 per year",))
    assert "did you mean 'treaty_exit'?" in warning


def test_what_is_new_in_earnest(tmp_path: Path) -> None:
    assert not warned(tmp_path, "accusations: {rate: 3 per month, effects: {tone: -0.1}}")
    assert not warned(tmp_path, "zebra: {rate: 3 per month}")
