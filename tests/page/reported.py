"""Reports of a small run and a small comparison whose every title tries to be markup, and a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from relsim.cli import main
from relsim.compose import LoadedScenario
from relsim.result import Forecast
from relsim.result.comparison import Comparison

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "first.yaml"
HOSTILE = """<script>window.pwned=1</script></script><img src=x onerror="window.pwned=1"> & 'q' "Q" %{x} 5 % $a$"""
"""What a title may hold and must not do."""
VARIANTS = """
  forced: {title: 'THEY <b>DO</b> MEET', interventions: {on: {force: osaka}}}
"""


def hostile(folder: Path) -> Path:
    """The example with titles, labels, notes and sources that would be markup, scripts or templates."""
    text = EXAMPLE.read_text(encoding="utf-8")
    quoted = "'" + HOSTILE.replace("'", "''") + "'"
    for old in ("Will the presidents meet in Osaka?", "The presidents meet in Osaka", "one clear case since 2014"):
        assert old in text
        text = text.replace(old, quoted)
    text = text.replace("note: Pompeo in Sochi", f"note: {quoted}")
    file = folder / "hostile.yaml"
    file.write_text(text + VARIANTS.strip("\n") + "\n", encoding="utf-8")
    return file


def relsim(*words: str) -> None:
    result = CliRunner().invoke(main, list(words), prog_name="relsim")
    assert result.exit_code == 0, result.stderr


@dataclass(frozen=True)
class RunPage:
    """A run's report, and the numbers that it tells."""

    file: Path
    forecast: Forecast
    loaded: LoadedScenario


@dataclass(frozen=True)
class ComparisonPage:
    """A comparison's report, and the numbers that it tells."""

    file: Path
    comparison: Comparison


SIZES = {1280: 900, 400: 850}
DRAWN = (
    "document.querySelector('main > section') && document.querySelectorAll('.chart').length"
    " === document.querySelectorAll('.chart .main-svg:first-of-type').length"
)


@contextmanager
def opened(chromium: Any, file: Path, width: int = 1280, *, scripts: bool = True) -> Iterator[tuple[Any, list[str]]]:
    """A page, and what went wrong on it: errors, messages, requests, dialogs."""
    view = {"width": width, "height": SIZES[width]}
    context = chromium.new_context(offline=True, viewport=view, java_script_enabled=scripts)
    page, wrong = context.new_page(), []
    page.on("console", lambda message: wrong.append(f"console: {message.type}: {message.text}"))
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("request", lambda request: wrong.append(f"request: {request.url}") if request.url != url else None)
    page.on("dialog", lambda dialog: wrong.append("dialog") or dialog.dismiss())
    url = file.as_uri()
    page.goto(url)
    if scripts:
        page.wait_for_function(DRAWN)
    yield page, wrong
    context.close()


def words(chromium: Any, file: Path) -> str:
    """All that a page says, folded or not, blanks joined; what a pointer is told of a cell stands at the end."""
    with opened(chromium, file) as (page, wrong):
        text = page.evaluate(
            "() => { const says = node => node.textContent;"
            " const parts = [...document.querySelectorAll('header, nav, main, footer')].map(part => ["
            "   ...part.querySelectorAll('h1, h2, h3, p, li, th, td, dt, dd, pre, summary, caption, figcaption, legend,"
            " label')].map(says).join('\\n'));"
            " const titles = [...document.querySelectorAll('td[title]')].map(cell => cell.title);"
            " return [...parts, ...titles].join('\\n'); }"
        )
        assert wrong == []
    return " ".join(str(text).replace("\xa0", " ").split())
