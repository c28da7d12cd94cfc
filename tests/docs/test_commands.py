"""Every command that README and docs show runs, and prints what the page says it prints."""

from __future__ import annotations

import doctest
import re
import subprocess
from pathlib import Path

import pytest
from pages import PAGES, ROOT, agrees, commands, furnish, run, session

WITH_COMMANDS = [page for page in PAGES if commands(page.read_text(encoding="utf-8"))]
EXAMPLES = {
    "README.md": "osaka.yaml",
    "docs/tutorial/line-by-line.md": "first.yaml",
    **{f"docs/explanation/{name}.md": f"{name}.yaml" for name in ("names", "questions")},
    "docs/explanation/records.md": "record.yaml",
}
"""Page → the scenario that it shows whole."""


def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_commands_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    furnish(tmp_path)
    monkeypatch.chdir(tmp_path)
    for shown in commands(page.read_text(encoding="utf-8")):
        ran = run(shown.line)
        assert ran.status == shown.status, f"$ {shown.line}\n{ran.errors}{ran.output}"
        if shown.output:
            assert agrees(shown.output, ran.output), f"$ {shown.line}\n{ran.output}"


WITH_PYTHON = [page for page in PAGES if page.name != "python.md" and session(page.read_text(encoding="utf-8"))]
"""The reference of the Python door is made of docstrings, whose examples are run where they stand."""


@pytest.mark.parametrize("page", WITH_PYTHON, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_the_python_of_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pandas")
    furnish(tmp_path)
    monkeypatch.chdir(tmp_path)
    shown = session(page.read_text(encoding="utf-8"))
    assert shown is not None
    said: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(shown, out=said.append)
    assert not said, "".join(said)


def test_pages_were_found() -> None:
    names = {page.relative_to(ROOT).as_posix() for page in WITH_COMMANDS}
    assert {"README.md", "docs/tutorial/first-forecast.md", "docs/how-to/read-a-forecast.md"} <= names


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_commands_stand_in_console_blocks(page: Path) -> None:
    """No command hides from these tests in a block of another kind."""
    text = page.read_text(encoding="utf-8")
    for language, block in re.findall(r"^```(\S*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        if language != "console":
            assert not re.search(r"^(\$ )?relsim \w", block, re.MULTILINE), block


def test_what_is_shown_must_agree() -> None:
    assert agrees(("a", "…", "d"), "a\nb\nc\nd\n")
    assert agrees(("a", "…"), "a\nb\n")
    assert not agrees(("a", "c"), "a\nb\n")
    assert not agrees(("a",), "a\nb\n")


@pytest.mark.parametrize(("page", "example"), EXAMPLES.items())
def test_a_page_shows_its_example_as_it_stands(page: str, example: str) -> None:
    scenario = (ROOT / "docs" / "examples" / example).read_text(encoding="utf-8")
    assert f"```yaml\n{scenario}```" in (ROOT / page).read_text(encoding="utf-8")


def test_the_first_screen_is_a_scenario_its_output_and_a_figure() -> None:
    first_screen = readme().partition("\n## ")[0]
    scenario, output = re.findall(r"^```\w+\n(.*?)^```$", first_screen, re.MULTILINE | re.DOTALL)
    assert len(scenario.splitlines()) <= 12
    assert output.startswith(f"$ relsim run docs/examples/{EXAMPLES['README.md']}\n")
    assert len(re.findall(r"!\[", first_screen)) == 1


def shell_commands() -> list[str]:
    return re.findall(r"^\$ (python3 -m venv .*)$", readme(), re.MULTILINE)


def test_the_readme_sets_up_with_two_commands() -> None:
    forecast, tests = shell_commands()
    assert forecast.endswith(".venv/bin/relsim run scenarios/osaka_2019/scenario.yaml")
    assert "-m pytest" in tests


def test_the_readme_and_continuous_integration_run_the_same_tests() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert shell_commands()[1] in script.splitlines()
    subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")], check=True)


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:|#", target):
                assert (page.parent / target.split("#")[0]).exists(), f"{page.name}: {target}"
