"""Text for the terminal: everything within its width."""

from __future__ import annotations

from relsim.cli.columns import WIDTH, heading, stacked, wrapped

LONG = "a rather long title " * 8 + "indeed"


def test_a_number_and_its_percent_sign_stay_on_one_line() -> None:
    for width in range(10, 40):
        assert not any(line.startswith("%") for line in wrapped("so many as 12 % of 100 % and 3 % more", width))


def test_titles_are_wrapped() -> None:
    lines = heading(LONG, "quiet").splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert " ".join(lines) == f"{LONG} (quiet)"


def test_columns_that_do_not_fit_are_stacked_and_nothing_is_lost() -> None:
    narrow = [("NAME", "value", "source"), ("a", "1", "-")]
    assert stacked(narrow, prose=True) == "NAME  value  source\na     1      -"
    wide = [*narrow, ("b", "2", LONG)]
    lines = stacked(wide, prose=True).splitlines()
    assert lines[:4] == ["NAME", "    value", "    source", "a"]
    assert lines[4:7] == ["    1", "b", "    2"]
    assert max(map(len, lines)) <= WIDTH
    assert " ".join(line.strip() for line in lines[7:]) == LONG
