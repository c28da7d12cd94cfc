"""A file says who answers for it and when it is to be looked at again; a later forecast is warned of."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from relsim.cli import main
from relsim.compose import load

FILE = """\
relsim: 1
owner: Desk West
review: 2026-03-01
window: {start: 2026-02-01, end: 2026-06-30}
run: {paths: 50}
variables: {mood: {half_life: 10 days}}
events: {act: {rate: 1 per month}}
outcomes: {acts: {happens: act}}
variants: {later: {window: {start: 2026-04-01}}}
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("s.yaml").write_text(FILE, encoding="utf-8")
    return "s.yaml"


@pytest.mark.parametrize(
    ("settings", "variant", "warned"),
    [
        ((), None, False),
        (("window/start=2026-03-01",), None, False),
        (("window/start=2026-03-02",), None, True),
        (("window/as_of=2026-02-28",), None, False),
        (("window/as_of=2026-03-01",), None, True),
        (("window/start=2026-03-02", "review=2026-06-30"), None, False),
        ((), "later", True),
    ],
)
def test_a_forecast_after_the_day_of_review_is_warned_of(
    file: str, settings: tuple[str, ...], variant: str | None, warned: bool
) -> None:
    warnings = load(file, settings=settings, variant=variant).warnings
    assert [(d.path, d.line) for d in warnings] == ([("review", 3)] if warned else [])
    assert all("by its owner, Desk West, by 2026-03-01" in d.message for d in warnings)


def test_run_warns_and_the_forecast_is_the_same(file: str) -> None:
    for command in ("run", "validate"):
        more = ["--no-figures", "--json", "--out", "one"] if command == "run" else []
        done = CliRunner().invoke(main, [command, file, "--set", "window/start=2026-03-02", *more])
        assert done.exit_code == 0, done.output
        assert "s.yaml:3:" in done.stderr + done.stdout
        assert "looked at again" in done.stderr + done.stdout
    settings = ["--set", "window/start=2026-03-02", "--set", "review=2026-09-01"]
    done = CliRunner().invoke(main, ["run", file, *settings, "--no-figures", "--json", "--out", "two"])
    assert "looked at again" not in done.stderr
    assert Path("one/forecast.json").read_bytes() == Path("two/forecast.json").read_bytes()


def test_both_stand_in_the_resolved_document(file: str, tmp_path: Path) -> None:
    upper = tmp_path / "upper.yaml"
    upper.write_text("relsim: 1\nextends: s.yaml\nreview: 2026-05-01\n", encoding="utf-8")
    text = load(str(upper)).resolved_yaml()
    assert "owner: Desk West\n" in text
    assert "review: 2026-05-01\n" in text
