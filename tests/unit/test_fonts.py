"""Names in any script: what no font has is said once, and in words; what is installed is used."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pytest
from click.testing import CliRunner

from relsim.cli import main
from relsim.errors import Notice
from relsim.plots import fonts, style
from relsim.plots.fonts import FIRST, missing_text
from relsim.plots.style import house_style, sheet, width_of

SCENARIO = """\
relsim: 1
title: "{title}"
window: {{start: 2021-01-01, end: 2021-06-30}}
parties: {{jp: "{party}", ir: "جمهوری اسلامی ایران"}}
variables: {{tone: {{each: party, baseline: 0, half_life: 14 days, spread: 1.5}}}}
events: {{clash: {{each: party, label: "Clash of $a_1$ and \\\\frac", rate: 10 per year}}}}
outcomes: {{c: {{title: "{outcome}", happens: clash.jp}}}}
"""


JAPANESE = ["Japanese (", "): install Noto Sans CJK JP"]


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where nothing but matplotlib's own fonts is installed."""
    monkeypatch.setattr(style, "families", lambda: [FIRST])


@pytest.mark.filterwarnings("ignore:Matplotlib currently does not support:UserWarning")  # of joined letters, by 3.10
@pytest.mark.parametrize(
    ("text", "script", "font"),
    [
        ("日本と韓国", "Japanese", "Noto Sans CJK JP"),
        ("대한민국", "Korean", "Noto Sans CJK KR"),
        ("中华人民共和国", "Chinese", "Noto Sans CJK SC"),
        ("भारत", "Devanagari", "Noto Sans Devanagari"),
        ("ประเทศไทย", "Thai", "Noto Sans Thai"),
        ("🙂🇯🇵", "emoji and symbols", "Noto Emoji"),
        ("བོད", "Tibetan", "Noto Serif Tibetan"),
    ],
)
def test_a_script_without_a_font_is_named_with_the_font_that_has_it(text: str, script: str, font: str) -> None:
    def draw() -> None:
        with house_style():
            figure = sheet(2)
            figure.text(0.1, 0.5, f"Latin {text}")
            figure.text(0.1, 0.7, f"again {text}", fontweight="bold")
            figure.canvas.draw()

    with pytest.warns(Notice) as found:
        draw()
    (only,) = [warning for warning in found if issubclass(warning.category, Notice)]
    said = re.fullmatch(rf".*, which show as boxes: {script} \(([^)]*)\): install {font}", str(only.message))
    assert said, only.message
    # Of letters that are joined, matplotlib names the first.
    assert set(said[1]) <= set(text)
    assert said[1]


@pytest.mark.parametrize(
    "text", ["قمة بين البلدين", "Выборы в Киеве", "Ελλάδα", "Zażółć $5 and $7, $a_1$ \\frac{1}{2}"]
)
def test_what_the_first_font_has_is_no_news(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with house_style():
            figure = sheet(2)
            figure.text(0.1, 0.5, text)
            figure.canvas.draw()


def test_dollars_and_backslashes_are_text() -> None:
    """As wide as its letters: a formula would be another width, or none."""
    text = r"$a_1$ \frac"
    assert width_of(text, 10) == pytest.approx(sum(width_of(c, 10) for c in text), rel=0.05)


def test_many_characters_are_shortened_and_scripts_told_apart() -> None:
    said = missing_text("一二三四五六七八九十百千万億" + "가" + "ก")
    assert "Korean (" in said
    assert "一丁" not in said
    assert " …): install" in said
    assert "Thai (ก): install Noto Sans Thai" in said


def test_installed_fonts_of_other_scripts_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    class Installed:
        def __init__(self, name: str) -> None:
            self.name = name

    installed = [Installed(name) for name in ("Noto Emoji", "Comic Sans", FIRST, "Noto Sans Thai", "Noto Sans CJK KR")]
    monkeypatch.setattr(fonts.font_manager.fontManager, "ttflist", installed)
    fonts.families.cache_clear()
    try:
        assert fonts.families() == [FIRST, "Noto Sans CJK KR", "Noto Sans Thai", "Noto Emoji"]
    finally:
        fonts.families.cache_clear()


@pytest.mark.parametrize(
    ("title", "outcome", "party", "told_of"),
    [
        ("Trade of $5bn — 日本と韓国", "首脳会談 🙂", "日本", [*JAPANESE, "symbols (🙂): install Noto Emoji"]),
        ("$5bn & $3bn", "قمة قبل نهاية العام", "ニッポン", JAPANESE),
        ("$5bn & $3bn", "قمة قبل نهاية العام", "Japan", []),
    ],
)
def test_a_run_says_it_once_on_stderr(tmp_path: Path, title: str, outcome: str, party: str, told_of: list[str]) -> None:
    (tmp_path / "s.yaml").write_text(SCENARIO.format(title=title, outcome=outcome, party=party), encoding="utf-8")
    words = ["run", str(tmp_path / "s.yaml"), "--paths", "300", "--out", str(tmp_path / "r"), "--json"]
    ran = CliRunner().invoke(main, words)
    assert ran.exit_code == 0, ran.stderr
    told = [line for line in ran.stderr.splitlines() if "no installed font" in line]
    assert len(told) == bool(told_of)
    assert "no installed font" not in ran.stdout
    assert "Glyph" not in ran.stderr
    if told:
        assert told[0].startswith("warning: ")
        assert all(part in told[0] for part in told_of)
    again = CliRunner().invoke(main, ["plot", str(tmp_path / "r"), "--format", "svg"])
    assert again.exit_code == 0, again.stderr
    assert again.stderr.count("no installed font") == bool(told_of)
