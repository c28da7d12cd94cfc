"""Tables as values: what terminal, CSV, Markdown and HTML make of one."""

from __future__ import annotations

import csv
import re
from io import StringIO

import pytest
from rich.cells import cell_len

from relsim.show.console import console_text
from relsim.show.hypertext import hypertext
from relsim.show.markdown import markdown_text
from relsim.show.separated import csv_text
from relsim.show.values import (
    NONE,
    Between,
    Column,
    Heading,
    Items,
    Prose,
    Shown,
    Table,
    day,
    number,
    on,
    share,
    table,
    whole,
    written,
)

LONG = "New sanctions follow within sixty days of the meeting, by the end of August"
WIDE = "首脳会談は大阪で開かれますか"
COMBINED = "re\u0301union a\u0300 Osaka"
HOSTILE = "[red]title[/red] :smile: \x1b[31mred\x07 \u202eltr <b> | *x*"


def forecast(*titles: str) -> Table:
    return table(
        "Outcomes",
        [Column("Outcome"), share("probability", strong=True), share("95 % interval", ranges=True), day("median date")],
        [(title, Shown(0.551, "55 %"), Between(0.54, 0.562, "54 to 56 %"), Shown(None, NONE)) for title in titles],
        ["Quote the parameter range of 5 to 95 %."],
    )


BLOCKS = [
    Heading("No meeting"),
    Prose("A title that is\non two lines"),
    forecast("They meet", LONG, WIDE, COMBINED, HOSTILE),
    Items("NOT COMPARED", (LONG, WIDE)),
]


@pytest.mark.parametrize("width", [16, 40, 57, 80, 100, 120, 200])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    lines = console_text(BLOCKS, width).splitlines()
    assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize("width", [24, 41, 200])
def test_nothing_is_lost(width: int) -> None:
    """Below its name or in cards a title is broken over lines of its own; on a wide terminal it stands whole."""
    letters = "".join(console_text(BLOCKS, width).split())
    for title in ("They meet", LONG, WIDE, COMBINED):
        assert "".join(title.split()) in letters
    assert letters.count("54to56%") == 5


@pytest.mark.parametrize("width", [40, 80, 120])
def test_numbers_end_in_one_column_whatever_the_script_of_the_label(width: int) -> None:
    rows = [line for line in console_text(BLOCKS, width).splitlines() if "54 to 56 %" in line]
    ends = {cell_len(row[: row.index("54 to 56 %") + 10]) for row in rows}
    assert len(rows) == 5
    assert len(ends) == 1
    assert len({cell_len(row[: row.index("55 %") + 4]) for row in rows}) == 1


def test_rows_that_do_not_fit_stand_below_their_names() -> None:
    assert console_text([forecast("They meet", LONG)], 41).splitlines() == [
        "OUTCOMES",
        "  probability  95 % interval  median date",
        "They meet",
        "         55 %     54 to 56 %            -",
        "New sanctions follow within sixty days of",
        "the meeting, by the end of August",
        "         55 %     54 to 56 %            -",
        "Quote the parameter range of 5 to 95 %.",
    ]


def test_on_a_narrow_terminal_rows_are_cards() -> None:
    assert console_text([forecast("They meet")], 30).splitlines() == [
        "OUTCOMES",
        "They meet",
        "    probability    55 %",
        "    95 % interval  54 to 56 %",
        "    median date    -",
        "Quote the parameter range of 5",
        "to 95 %.",
    ]


def test_a_number_and_its_percent_sign_stay_on_one_line() -> None:
    for width in range(10, 40):
        text = console_text([Prose("so many as 12 % of 100 % and 3 % more")], width)
        assert not any(line.startswith("%") for line in text.splitlines())


def test_escape_codes_are_written_only_where_colours_are_wanted() -> None:
    assert "\x1b" not in console_text(BLOCKS)
    coloured = console_text(BLOCKS, colour=True)
    assert "\x1b[1m" in coloured
    assert set(re.findall(r"\x1b\[(\d+)m", coloured)) <= {"0", "1"}
    assert re.sub(r"\x1b\[\d+m", "", coloured).split() == console_text(BLOCKS).split()


def test_control_characters_and_markup_are_shown_and_not_obeyed() -> None:
    text = console_text([forecast(HOSTILE)], 200)
    assert "[red]title[/red] :smile: �[31mred� �ltr <b> | *x*" in text


def test_text_is_text_in_markdown() -> None:
    line = markdown_text([forecast(HOSTILE)]).splitlines()[2]
    assert line.startswith(r"| \[red\]title\[/red\] :smile: �\[31mred� �ltr \<b\> \| \*x\* | 55 % |")
    assert markdown_text([Items("", ("- a", "1. b", "# c", "a_b _c_"))]) == (
        "- \\- a\n- 1\\. b\n- \\# c\n- a_b \\_c\\_\n"
    )


def test_csv_holds_whole_numbers_and_both_ends_of_a_range() -> None:
    rows = list(csv.reader(StringIO(csv_text(forecast("=1+1", "a, b")))))
    assert rows == [
        ["Outcome", "probability", "95 % interval, low", "95 % interval, high", "median date"],
        ["=1+1", "0.551", "0.54", "0.562", ""],
        ["a, b", "0.551", "0.54", "0.562", ""],
    ]


def test_text_is_text_in_html_and_numbers_stand_to_the_right() -> None:
    page = hypertext([forecast(HOSTILE)])
    assert "&lt;b&gt; | *x*" in page
    assert '<td style="text-align:right">54 to 56\u00a0%</td>' in page
    assert '<td style="text-align:right"><b>55\u00a0%</b></td>' in page


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0.123, ".0%", "12 %"),
        (-0.123, "+.0%", "−12 %"),
        (-0.001, ".2f", "0.00"),
        (-0.004, ".2f", "0.00"),
        (None, ".2f", "-"),
        (1234.5, ",.1f", "1,234.5"),
    ],
)
def test_numbers_are_written_with_a_true_minus_and_none_before_zero(value: float | None, form: str, text: str) -> None:
    assert written(value, form) == Shown(value, text)


def test_columns_in_which_nothing_stands_are_left_out() -> None:
    shown = table("T", [Column("a"), number("b"), Column("c")], [("x", whole(2), ""), ("y", on(None), "")])
    assert [column.title for column in shown.without_empty().columns] == ["a", "b"]
    assert shown.without_empty().rows == (("x", whole(2)), ("y", on(None)))
