"""The reference says what the code does: every command, every option, every key."""

from __future__ import annotations

import html
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from pages import ROOT, furnish, run

from relsim.cli import main

CONTEXT = click.Context(main, info_name="relsim")
COMMANDS: dict[str, click.Command] = {
    name: command for name in main.list_commands(CONTEXT) if (command := main.get_command(CONTEXT, name))
}
REFERENCE = ROOT / "docs" / "reference"


def options() -> Iterator[tuple[str, click.Option]]:
    for name, command in COMMANDS.items():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                yield name, parameter


def help_of(name: str) -> str:
    """What ``--help`` prints, wide enough that nothing is wrapped."""
    return CliRunner().invoke(main, [name, "--help"], terminal_width=400, max_content_width=400).output


def examples(name: str) -> list[str]:
    """Command lines under "Example:"."""
    after = help_of(name).partition("Example:")[2]
    return [line.strip() for line in after.splitlines() if line.strip().startswith("relsim ")]


def test_the_reference_is_generated_from_the_group() -> None:
    text = (REFERENCE / "cli.md").read_text(encoding="utf-8")
    assert ".. click:: relsim.cli:main" in text
    assert ":nested: full" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_what_it_does(name: str) -> None:
    assert (COMMANDS[name].help or "").split("\n")[0].strip()
    assert COMMANDS[name].get_short_help_str(200).endswith((".", ":"))


@pytest.mark.parametrize(("name", "option"), list(options()), ids=lambda x: x if isinstance(x, str) else x.name)
def test_an_option_says_what_it_does(name: str, option: click.Option) -> None:
    assert option.help, f"relsim {name} {option.opts[0]}"
    assert option.help.endswith("."), f"relsim {name} {option.opts[0]}: {option.help}"


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "explore"])  # that one ends with Ctrl-C
def test_the_example_in_help_works(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    furnish(tmp_path)
    monkeypatch.chdir(tmp_path)
    lines = examples(name)
    assert lines
    if not any(line.startswith("relsim new ") for line in lines):
        run("relsim new scenario.yaml")
    for line in lines:
        if line.startswith("relsim run ") and "--paths" not in line:
            line += " --paths 500"
        ran = run(line)
        assert ran.status == 0, f"{line}\n{ran.errors}"


def test_the_schema_page_is_up_to_date() -> None:
    """``python docs/reference/make.py`` writes it anew."""
    assert (REFERENCE / "schema.md").read_text(encoding="utf-8") == made("page()")


def made(what: str) -> str:
    """A text that ``docs/reference/make.py`` makes."""
    code = f"import sys; sys.path.insert(0, sys.argv[1]); import make; sys.stdout.buffer.write(make.{what}.encode())"
    return subprocess.run([sys.executable, "-c", code, str(REFERENCE)], capture_output=True, check=True).stdout.decode()


def test_every_public_name_has_a_page() -> None:
    """``python docs/reference/make.py`` writes it anew."""
    import relsim

    page = (REFERENCE / "python.md").read_text(encoding="utf-8")
    for name in relsim.__all__:
        assert f"\n## {name}\n" in page
    assert page == made("python_page.page()")


def test_every_section_stands_on_the_schema_page() -> None:
    from relsim.spec import json_schema

    page = (REFERENCE / "schema.md").read_text(encoding="utf-8")
    for section in json_schema()["properties"]:
        assert f"| `{section}` |" in page


def test_every_field_of_a_forecast_is_told_of() -> None:
    from dataclasses import fields

    from relsim.result.forecast import Forecast, OutcomeForecast, QuantityForecast

    page = (REFERENCE / "outputs.md").read_text(encoding="utf-8")
    for kind in (Forecast, OutcomeForecast, QuantityForecast):
        for field in fields(kind):
            assert f"`{field.name}`" in page, field.name


def test_every_field_of_a_comparison_is_told_of() -> None:
    from dataclasses import fields

    from relsim.result.comparison import (
        Comparison,
        Contrast,
        Difference,
        IndexContrast,
        OutcomeContrast,
        QuantityContrast,
    )

    page = (REFERENCE / "outputs.md").read_text(encoding="utf-8").partition("## comparison.json")[2]
    for kind in (Comparison, Contrast, Difference, OutcomeContrast, QuantityContrast, IndexContrast):
        for field in fields(kind):
            assert f"`{field.name}`" in page, field.name


def test_every_field_of_drivers_is_told_of() -> None:
    from dataclasses import fields

    from relsim.result import drivers

    page = (REFERENCE / "outputs.md").read_text(encoding="utf-8").partition("## drivers.json")[2]
    kinds = ("Drivers", "WeightDoubt", "Driven", "Sensitivity", "End", "Flip", "Design", "DesignIndex")
    for kind in (*kinds, "Attribution", "Removal", "Discovery", "DiscoveredBox", "Restriction"):
        for field in fields(getattr(drivers, kind)):
            assert f"`{field.name}`" in page, f"{kind}.{field.name}"


def test_every_field_of_a_watch_list_is_told_of() -> None:
    from dataclasses import fields

    from relsim.result import watchlist

    page = (REFERENCE / "outputs.md").read_text(encoding="utf-8").partition("## watch.json")[2]
    for kind in ("Watchlist", "WatchedOutcome", "Observation", "ProbabilityIf", "MadeChange", "DatedMovement"):
        for field in fields(getattr(watchlist, kind)):
            assert f"`{field.name}`" in page, f"{kind}.{field.name}"


def test_figures_that_pages_show_exist_and_are_used() -> None:
    figures = {p.name for p in (ROOT / "docs" / "figures").iterdir()}
    shown = set()
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        shown |= set(re.findall(r"figures/([\w-]+\.png)\)", page.read_text(encoding="utf-8")))
    assert figures == shown


def test_the_documentation_builds_without_a_warning(tmp_path: Path) -> None:
    for package in ("sphinx", "furo", "myst_parser", "sphinx_click"):
        pytest.importorskip(package, reason="the extra `docs` is not installed")
    command = [*shlex.split("-m sphinx -W --keep-going -q"), "-d", str(tmp_path / "trees"), str(ROOT / "docs")]
    made = subprocess.run(
        [sys.executable, *command, str(tmp_path / "html")], capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    page = (tmp_path / "html" / "reference" / "cli.html").read_text(encoding="utf-8")
    for name, option in options():
        assert option.opts[0] in page, f"relsim {name} {option.opts[0]}"
    for name in COMMANDS:
        assert f'id="relsim-{name}"' in page
        for line in examples(name):
            assert html.escape(line.split(" > ")[0]) in page


def test_every_field_of_an_import_report_and_of_a_record_is_told_of() -> None:
    from dataclasses import fields

    from relsim.result.imported import ImportReport
    from relsim.result.record import EventRecord

    page = (REFERENCE / "outputs.md").read_text(encoding="utf-8")
    for field in (*fields(ImportReport), *fields(EventRecord)):
        name = {"coverage": "covers"}.get(field.name, field.name)
        assert f"`{name}`" in page, field.name
