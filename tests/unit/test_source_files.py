"""Files as people keep them: what of a text is a row, whatever wrote it; nothing of it is lost without a word."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from import_case import ICEWS, Act, counts, gdelt, icews, invoke, report, write

from relsim.ingest.days import read_day, time_zone
from relsim.ingest.event_table import read_events

ACTS = [
    Act("2019-01-01", "112"),
    Act("2019-01-02", "018", "ru", "us", actor="Foreign Affairs"),
    Act("2019-01-03", "0211", "ru", "us"),
    Act("2019-01-04", "112", "us", "cn"),
]
MINE = {
    ("2019-01-01", "112", "us", "ru"): 1,
    ("2019-01-02", "018", "ru", "us"): 1,
    ("2019-01-03", "0211", "ru", "us"): 1,
}
PAIR = ("--parties", "us,ru")


def quoted(lines: list[str], every: bool, **form: object) -> str:
    """Lines of tabs as a program writes them that quotes cells: all texts, or where it must."""
    out = io.StringIO()
    quoting = csv.QUOTE_ALL if every else csv.QUOTE_MINIMAL
    csv.writer(out, quoting=quoting, **({"delimiter": "\t", "lineterminator": "\n"} | form)).writerows(  # type: ignore[arg-type]
        line.split("\t") for line in lines
    )
    return out.getvalue()


# What ends a line, and what a letter is.


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False], ids=["ended", "open"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_line_ends_and_encodings(end: str, last: bool, encoding: str, tmp_path: Path) -> None:
    text = end.join(icews([*ACTS, Act("2019-01-05", "112", actor="Müller", target="外交部")])) + end * last
    mark = "\ufeff" if encoding == "utf-16-le" else ""
    (tmp_path / "x.tab").write_bytes((mark + text).encode(encoding))
    found = report(tmp_path / "x.tab", "--as", "icews", *PAIR, "--out", tmp_path / "t.csv")
    assert (found["rows"], found["repaired_lines"]) == (5, 0)
    assert counts(tmp_path / "t.csv") == MINE | {("2019-01-05", "112", "us", "ru"): 1}


@pytest.mark.parametrize(("encoding", "says"), [("utf-16-le", "--encoding utf-16-le"), ("utf-16-be", "utf-16-be")])
def test_utf_16_without_a_mark_is_named(encoding: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "x.tab").write_bytes("\n".join(icews(ACTS)).encode(encoding))
    arguments = ("import", tmp_path / "x.tab", "--as", "icews", *PAIR, "--out", tmp_path / "t.csv")
    refused = invoke(*arguments)
    assert refused.exit_code == 2
    assert "looks like UTF-16 without a byte-order mark" in refused.stderr
    assert says in refused.stderr
    assert invoke(*arguments, "--encoding", encoding).exit_code == 0
    assert counts(tmp_path / "t.csv") == MINE


def test_latin_1_is_named_and_read(tmp_path: Path) -> None:
    lines = icews([Act("2019-01-01", "112", "Côte d'Ivoire", "us")])
    (tmp_path / "x.tab").write_bytes("\n".join(lines).encode("latin-1"))
    arguments = ("import", tmp_path / "x.tab", "--as", "icews", "--parties", "ci,us", "--out", tmp_path / "t.csv")
    assert "no event is left" in invoke(*arguments).stderr
    assert invoke(*arguments, "--encoding", "latin-1").exit_code == 0
    assert sum(counts(tmp_path / "t.csv").values()) == 1
    assert "'latin-x' is unknown" in invoke(*arguments, "--force", "--encoding", "latin-x").stderr
    assert invoke(*arguments, "--force", "--encoding", "base64").exit_code == 2


@pytest.mark.parametrize(("head", "says"), [(b"\x1f\x8b\x08", "gzip"), (b"PK\3\4", "zip"), (b"PAR1", "Parquet")])
def test_what_is_no_text_is_named(head: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / "x.tab").write_bytes(head + b"\0\1\2" * 40)
    refused = invoke("import", tmp_path / "x.tab", "--as", "icews", *PAIR, "--out", tmp_path / "t.csv")
    assert refused.exit_code == 2
    assert f"holds {says} data" in refused.stderr


def test_a_nul_anywhere_is_counted(tmp_path: Path) -> None:
    lines = icews([*ACTS, *(Act("2019-01-06", "112", id=f"n{n}") for n in range(50))])
    lines[30] = lines[30].replace("\tx\t", "\t\0\t", 1)
    write(tmp_path / "x.tab", lines)
    found = report(tmp_path / "x.tab", "--as", "icews", *PAIR, "--out", tmp_path / "t.csv")
    assert found["dropped"]["a byte that no text has"] == 1  # type: ignore[index]
    assert found["unreadable"][0]["line"] == 31  # type: ignore[index]


# Quotes.


@pytest.mark.parametrize("every", [True, False])
@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_quotes_of_every_program(every: bool, delimiter: str, tmp_path: Path) -> None:
    lines = icews([*ACTS, Act("2019-01-05", "112", actor='say "x", now; or')])
    (tmp_path / "x.tab").write_text(quoted(lines, every, delimiter=delimiter), encoding="utf-8")
    found = report(tmp_path / "x.tab", "--as", "icews", *PAIR, "--out", tmp_path / "t.csv")
    assert found["rows"] == 5
    assert counts(tmp_path / "t.csv") == MINE | {("2019-01-05", "112", "us", "ru"): 1}


def test_a_cell_may_hold_tabs_and_line_breaks_within_quotes(tmp_path: Path) -> None:
    lines = quoted(icews(ACTS), every=True).split("\n")
    lines[2] = lines[2].replace('"Foreign Affairs"', '"Foreign\tAffairs\n""of"" Russia\n"')
    write(tmp_path / "x.tab", lines)
    found = report(tmp_path / "x.tab", "--as", "icews", *PAIR, "--out", tmp_path / "t.csv")
    assert (found["rows"], found["kept"]) == (5, 3)  # the last line is blank
    assert counts(tmp_path / "t.csv") == MINE


@pytest.mark.parametrize("stray", ['"Foreign Affairs', 'Foreign "Affairs', '"Foreign" Affairs', '"'])
def test_a_stray_quote_swallows_no_row_of_a_tab_file(stray: str, tmp_path: Path) -> None:
    lines = icews([*ACTS, *(Act("2019-01-05", "112", id=f"n{n}") for n in range(3000))])
    for n in (2, 700, 1900):
        lines[n] = lines[n].replace("\tForeign Affairs\t", f"\t{stray}\t").replace("\tx\t", f"\t{stray}\t", 1)
    write(tmp_path / "x.tab", lines)
    found = report(tmp_path / "x.tab", "--as", "icews", *PAIR, "--out", tmp_path / "t.csv")
    assert (found["rows"], found["kept"]) == (3004, 3003)


@pytest.mark.parametrize("stray", ['"US', 'US"', '"US" now', 'a "US'])
def test_a_stray_quote_swallows_no_row_of_a_comma_file(stray: str, tmp_path: Path) -> None:
    lines = ["date,event,by,toward,id,note", *(f"2019-01-05,112,USA,RUS,{n},x" for n in range(3000))]
    for n in (10, 700, 2990):
        lines[n] = lines[n].replace(",x", f",{stray}")
    lines[800] = lines[800].replace(",x", ',"a, b"')
    write(tmp_path / "x.csv", lines)
    columns = "date=date,event=event,by=by,toward=toward,id=id"
    found = report(tmp_path / "x.csv", "--as", "csv", "--columns", columns, *PAIR, "--out", tmp_path / "t.csv")
    broken = found["dropped"].get("a quote that does not fit", 0)  # type: ignore[attr-defined]
    assert found["rows"] == 3000
    assert broken == (3 if stray.startswith('"') else 0)


def test_records_go_on_over_the_ends_of_pieces(tmp_path: Path) -> None:
    from relsim.ingest.pieces import pieces
    from relsim.ingest.source_columns import Layout, cells_of

    draw = random.Random(4)
    rows = [
        [f"2019-01-{n % 28 + 1:02}", "112", "\n".join("ab\tc" for _ in range(draw.randint(1, 9)))] for n in range(999)
    ]
    with (tmp_path / "x.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["date", "event", "note"], *rows])

    def layout_of(line: str) -> Layout:
        cells, delimiter = cells_of(line)
        return Layout("x", 3, "own", {"date": 0, "event": 1}, tuple(cells), delimiter)

    for size in (300, 4000, 1 << 20):
        read = [piece for piece, _ in pieces(tmp_path / "x.csv", "x.csv", "x.csv", layout_of, size=size)]
        texts = [line.split("\t") for piece in read for line in piece.text.split("\n")[:-1]]
        assert [text[:2] for text in texts] == [row[:2] for row in rows]
        numbers = [piece.line(n) for piece in read for n in range(1, piece.text.count("\n") + 1)]
        starts = [2 + sum(row[2].count("\n") + 1 for row in rows[:n]) for n in (0, 1, 500, 998)]
        assert [numbers[n] for n in (0, 1, 500, 998)] == starts


# Two tables in one file.


def test_a_header_again_is_counted_and_one_of_another_table_refused(tmp_path: Path) -> None:
    lines = icews(ACTS)
    write(tmp_path / "x.tab", [*lines, *lines])
    found = report(tmp_path / "x.tab", "--as", "icews", *PAIR, "--out", tmp_path / "t.csv")
    assert (found["rows"], found["dropped"]["the header again"]) == (9, 1)  # type: ignore[index]
    assert counts(tmp_path / "t.csv") == MINE
    turned = "date,event,toward,by\n2019-01-02,112,USA,RUS\n"
    for second in (turned, "date,event,by,toward,id\n2019-01-02,112,USA,RUS,4\n"):
        (tmp_path / "y.csv").write_text(f"date,event,by,toward\n2019-01-01,112,USA,RUS\n{second}", encoding="utf-8")
        refused = invoke("import", tmp_path / "y.csv", "--as", "csv", *PAIR, "--out", tmp_path / "u.csv")
        assert refused.exit_code == 2
        assert "y.csv:3:1: a header with other columns: two tables in one file" in refused.stderr
        assert not (tmp_path / "u.csv").exists()


def test_what_a_system_adds_to_an_archive_is_passed_over(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("data/x.tab", "\n".join(icews(ACTS)))
        archive.writestr("__MACOSX/data/._x.tab", b"\0\5\x16\7" * 9)
        archive.writestr("data/.DS_Store", b"\0\0\0\1Bud1")
    found = report(tmp_path / "x.zip", "--as", "icews", *PAIR, "--out", tmp_path / "t.csv")
    assert list(found["files"]) == [f"{tmp_path / 'x.zip'}/data/x.tab"]  # type: ignore[call-overload]


# A name is a name.


@pytest.mark.parametrize("name", ["t[1]", "*", "t?", "[!a]", "it's {a,b}"])
@pytest.mark.parametrize("kind", [".csv", ".parquet"])
def test_a_name_is_no_pattern(name: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "x.tab", icews(ACTS))
    other = [Act("2018-01-01", "190", "us", "ru")] * 2
    write(tmp_path / "other.tab", icews(other))
    for near in ("t1", "tx", "b"):
        report("other.tab", "--as", "icews", *PAIR, "--out", f"{near}{kind}")
    (tmp_path / "d[1]").mkdir()
    for folder in ("", "d[1]/"):
        report("x.tab", "--as", "icews", *PAIR, "--out", f"{folder}{name}{kind}")
        table = read_events(f"{folder}{name}{kind}")
        assert table.events == ("018", "0211", "112")
        assert table.coverage is not None
        assert table.coverage.first == date(2019, 1, 1)


# Dates.


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019-01-15", date(2019, 1, 15)),
        ("2019-1-15", date(2019, 1, 15)),
        ("2019/1/5", date(2019, 1, 5)),
        ("20190115", date(2019, 1, 15)),
        ("20190115001500", date(2019, 1, 15)),
        ("2019-01-15T23:30:00Z", date(2019, 1, 15)),
        ("2019-01-15 23:30", date(2019, 1, 15)),
        (" 2019-01-15 ", date(2019, 1, 15)),
        *((text, None) for text in ("5/15/2019", "15/05/2019", "2019-13-01", "2019-02-29", "2019-1", "201915", "2019")),
        *((text, None) for text in ("2019-1/15", "2019-01-155", "2019-001-1", "43600", "190115", "15 May 2019", "")),
        *((text, None) for text in ("2019-01-15abc", "2019-01-15-3", "2019011", "٢٠١٩-٠١-١٥", "infinity")),
    ],
)
def test_days(text: str, day: date | None) -> None:
    assert read_day(text) == day


def test_time_zones() -> None:
    texts = ["2019-05-15", "2019-05-15T01:00", "2019-05-15T01:00Z", "2019-05-15 01:00:03.5+05:30", "20190515001500"]
    assert [time_zone(text) for text in texts] == [None, "none", "Z", "+05:30", None]


@pytest.mark.parametrize(
    ("form", "written"), [("%d %B %Y", "01 March 2022"), ("%m/%d/%Y", "3/1/2022"), ("%d.%m.%y", "01.03.22")]
)
def test_other_forms_of_dates_are_asked_for(form: str, written: str, tmp_path: Path) -> None:
    write(tmp_path / "x.csv", ["date,event,by,toward", f"{written},112,USA,RUS"])
    arguments = ("import", tmp_path / "x.csv", "--as", "csv", *PAIR, "--out", tmp_path / "t.csv")
    refused = invoke(*arguments)
    assert (refused.exit_code, "--date-format says how dates are written" in refused.stderr) == (2, True)
    assert invoke(*arguments, "--date-format", form).exit_code == 0
    assert counts(tmp_path / "t.csv") == {("2022-03-01", "112", "us", "ru"): 1}
    for bad in ("%Y-%m", "soon", "%d %B"):
        assert invoke(*arguments, "--force", "--date-format", bad).exit_code == 2


def test_days_beyond_belief_are_counted(tmp_path: Path) -> None:
    lines = ["date,event,by,toward", *(f"{day},112,USA,RUS" for day in ("2019-01-01", "0219-01-01", "2919-01-01"))]
    write(tmp_path / "x.csv", lines)
    found = report(tmp_path / "x.csv", "--as", "csv", *PAIR, "--out", tmp_path / "t.csv")
    assert found["dropped"] == {"a day before 1800 or after 2200": 2}
    assert "found '0219-01-01' in line 3" in found["unreadable"][0]["message"]  # type: ignore[index]


# Codes and identifiers.


def test_a_column_of_codes_that_lost_its_zeros_gets_them_back(tmp_path: Path) -> None:
    codes = ["013", "042", "051", "010", "020", "0231", "112", "190", "1122"]
    acts = [Act(f"2019-01-{n + 1:02}", code) for n, code in enumerate(codes)]
    expected = Counter({(act.day, act.code, "us", "ru"): 1 for act in acts})
    for ruin in (str, lambda n: f"{n}.0"):
        lost = [Act(act.day, ruin(int(act.code))) for act in acts]
        write(tmp_path / "x.tab", icews(lost))
        found = report(tmp_path / "x.tab", "--as", "icews", *PAIR, "--out", tmp_path / "t.csv")
        assert counts(tmp_path / "t.csv") == expected
        assert found["restored_codes"][lost[0].code] == "013"  # type: ignore[index]


def test_files_are_judged_together_where_none_has_kept_a_zero(tmp_path: Path) -> None:
    write(tmp_path / "a.tab", icews([Act("2019-01-01", "42"), Act("2019-01-01", "112")]))
    write(tmp_path / "b.tab", icews([Act("2019-01-02", "13", id="z")]))
    files = (tmp_path / "a.tab", tmp_path / "b.tab")
    report(*files, "--as", "icews", *PAIR, "--out", tmp_path / "t.csv")
    assert set(counts(tmp_path / "t.csv")) == {
        (day, code, "us", "ru") for day, code in (("2019-01-01", "042"), ("2019-01-01", "112"), ("2019-01-02", "013"))
    }


def test_a_column_that_lost_some_zeros_is_refused_where_that_leaves_a_doubt(tmp_path: Path) -> None:
    write(tmp_path / "x.tab", icews([Act("2019-01-01", code) for code in ("042", "36", "13", "112")]))
    refused = invoke("import", tmp_path / "x.tab", "--as", "icews", *PAIR, "--out", tmp_path / "t.csv")
    assert refused.exit_code == 2
    assert "have lost their leading zero ('36' in 1 rows) and some kept it ('042' in 1 rows)" in refused.stderr
    write(tmp_path / "x.tab", icews([Act("2019-01-01", code) for code in ("042", "36", "112")]))
    found = report(tmp_path / "x.tab", "--as", "icews", *PAIR, "--out", tmp_path / "t.csv")
    assert [c["meaning"] for c in found["codes"] if not c["known"]] == [  # type: ignore[attr-defined]
        "unknown; Express intent to meet or negotiate is 036: was a leading zero lost?"
    ]


def test_an_event_number_that_comes_again_for_another_event_is_no_repetition(tmp_path: Path) -> None:
    same = Act("2019-01-01", "112", id="7")
    others = [
        Act("2019-01-02", "112", id="7"),
        Act("2019-01-01", "190", id="7"),
        Act("2019-01-01", "112", "ru", "us", id="7"),
        Act("2019-01-01", "112", actor="Congress", id="7"),
    ]
    write(tmp_path / "x.tab", icews([same, *others, same]))
    found = report(tmp_path / "x.tab", "--as", "icews", *PAIR, "--out", tmp_path / "t.csv")
    assert (found["kept"], found["dropped"]) == (5, {"an event number that came before": 1})


def test_icews_without_codes_is_read_by_the_events_texts(tmp_path: Path) -> None:
    texts = ["Criticize or denounce", "make statement", "Threaten", "Dance"]
    column = ICEWS.index("CAMEO Code")
    lines = []
    for n, line in enumerate(icews([Act(f"2019-01-0{n + 1}", "x") for n in range(4)])):
        cells = line.split("\t")
        del cells[column]
        if n:
            cells[ICEWS.index("Event Text")] = texts[n - 1]
        lines.append("\t".join(cells))
    write(tmp_path / "x.tab", lines)
    found = report(tmp_path / "x.tab", "--as", "icews", *PAIR, "--out", tmp_path / "t.csv")
    assert [key[1] for key in sorted(counts(tmp_path / "t.csv"))] == ["111", "010", "130", "Dance"]
    assert [c["code"] for c in found["codes"] if not c["known"]] == ["Dance"]  # type: ignore[attr-defined]


def test_a_code_that_is_left_out_is_read_by_the_events_text(tmp_path: Path) -> None:
    lines = [
        line.split("\t") for line in icews([Act("2019-01-01", "112"), Act("2019-01-02", "NA"), Act("2019-01-03", "")])
    ]
    for cells, text in zip(lines[1:], ["Threaten", "Criticize or denounce", "Dance"], strict=True):
        cells[ICEWS.index("Event Text")] = text
    write(tmp_path / "x.tab", ["\t".join(cells) for cells in lines])
    found = report(tmp_path / "x.tab", "--as", "icews", *PAIR, "--out", tmp_path / "t.csv")
    assert [key[1] for key in sorted(counts(tmp_path / "t.csv"))] == ["112", "111"]
    assert found["dropped"] == {"no event code": 1}


def test_row_names_of_r_are_named(tmp_path: Path) -> None:
    lines = icews(ACTS)
    write(tmp_path / "x.tab", [lines[0], *(f'"{n}"\t{line}' for n, line in enumerate(lines[1:]))])
    refused = invoke("import", tmp_path / "x.tab", "--as", "icews", *PAIR, "--out", tmp_path / "t.csv")
    assert (refused.exit_code, "as with R's row names" in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    ("actor", "country"),
    [("USAGOV", "us"), ("USAGOVMIL", "us"), ("RUSMIL", "ru"), ("USA", "us"), ("Russian Federation", "ru")],
)
def test_a_code_of_an_actor_begins_with_its_country(actor: str, country: str, tmp_path: Path) -> None:
    write(tmp_path / "x.csv", ["date,event,by,toward", f"2019-01-01,112,{actor},CHN"])
    report(tmp_path / "x.csv", "--as", "csv", "--parties", f"{country},cn", "--out", tmp_path / "t.csv")
    assert counts(tmp_path / "t.csv") == {("2019-01-01", "112", country, "cn"): 1}


@pytest.mark.parametrize("actor", ["POLICE", "usagov", "XYZGOV", "GOVUSA", "USAXQZ"])
def test_a_word_is_no_code_of_an_actor(actor: str, tmp_path: Path) -> None:
    write(tmp_path / "x.csv", ["date,event,by,toward", f"2019-01-01,112,{actor},CHN", "2019-01-01,112,POL,CHN"])
    found = report(tmp_path / "x.csv", "--as", "csv", "--out", tmp_path / "t.csv")
    assert found["dropped"] == {"a country that is not known": 1}
    assert [(s["country"], s["rows"]) for s in found["unknown_actors"]] == [(actor, 1)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_a_map_is_read_as_a_source_is_or_refused_with_its_place(encoding: str, tmp_path: Path) -> None:
    write(tmp_path / "x.csv", ["date,event,by,toward", "2019-01-01,112,Müller,CHN"])
    (tmp_path / "m.csv").write_bytes("actor,country\r\nMüller,DEU\r\n".encode(encoding))
    arguments = ("--as", "csv", "--parties", "de,cn", "--map", tmp_path / "m.csv", "--out", tmp_path / "t.csv")
    done = invoke("import", tmp_path / "x.csv", *arguments)
    if encoding == "latin-1":
        assert done.exit_code == 2
        assert "m.csv:2:2: byte 0xfc is not UTF-8; the file may be in Latin-1" in done.stderr
    else:
        assert counts(tmp_path / "t.csv") == {("2019-01-01", "112", "de", "cn"): 1}


# Which days and types are covered.


def daily(first: date, rows: list[int], code: str = "112") -> list[Act]:
    """A world's rows by day, a fifth of them of the pair."""
    acts = []
    for n, number in enumerate(rows):
        day = (first + timedelta(n)).isoformat()
        acts += [
            Act(day, code, *(("us", "ru") if k % 5 == 0 else ("cn", "us")), id=f"{day}-{k}") for k in range(number)
        ]
    return acts


def test_late_rows_stretch_no_cover_and_thin_days_are_missing(tmp_path: Path) -> None:
    draw = random.Random(2)
    first = date(2018, 9, 20)
    rows = [draw.randint(1, 3) for _ in range(14)]
    rows += [
        int((220 if (first + timedelta(n)).weekday() < 5 else 90) * draw.uniform(0.75, 1.3)) for n in range(14, 60)
    ]
    rows[30], rows[41], rows[50] = 3, 0, rows[50] // 3
    write(tmp_path / "x.tab", icews(daily(first, rows)))
    found = report(tmp_path / "x.tab", "--as", "icews", *PAIR, "--out", tmp_path / "t.csv")
    assert found["covers"] == {"from": "2018-10-04", "to": "2018-11-18"}
    assert found["missing"] == ["2018-10-20", "2018-10-31"]
    assert [day["date"] for day in found["thin"]] == ["2018-10-20"]  # type: ignore[attr-defined]
    outside = sum(n for (day, *_), n in counts(tmp_path / "t.csv").items() if day < "2018-10-04")
    assert found["outside_coverage"] == outside > 0


def test_an_import_covers_the_types_whose_codes_its_source_could_have_given(tmp_path: Path) -> None:
    lines = ["date,event,by,toward", "2019-01-01,112,USA,RUS", "2019-01-02,042,USA,RUS", "2019-01-03,130,CHN,USA"]
    write(tmp_path / "x.csv", lines)
    model = ("--scenario", "bilateral", *PAIR, "--rows")
    found = report(tmp_path / "x.csv", "--as", "csv", *model, "--out", tmp_path / "t.csv")
    assert set(found["types"]) == {"accusation", "visit", "threat"}  # type: ignore[call-overload]
    assert "expulsion" in found["types_not_covered"]  # type: ignore[operator]
    coverage = read_events(tmp_path / "t.csv").coverage
    assert coverage is not None
    assert set(coverage.types) == {"accusation", "visit", "threat"}
    every = report(tmp_path / "x.csv", "--as", "csv", *model, "--covers-all", "--out", tmp_path / "t.csv")
    assert len(every["types"]) > 15  # type: ignore[arg-type]
    assert every["types_not_covered"] == []
    said = invoke("import", tmp_path / "x.csv", "--as", "csv", *model, "--force", "--out", tmp_path / "t.csv").stdout
    assert "types: [" in said
    assert "Not covered, as no row has a code of theirs: " in said


def test_a_source_of_few_kinds_in_many_rows_was_cut(tmp_path: Path) -> None:
    model = ("--scenario", "bilateral", *PAIR, "--rows", "--as", "gdelt", "--out", tmp_path / "t.csv")
    for rows, covered in ((150, 17), (250, 1)):
        write(tmp_path / "x.csv", gdelt([Act("2019-01-01", "112", id=str(n)) for n in range(rows)]))
        types = report(tmp_path / "x.csv", *model)["types"]
        assert len(types) == covered  # type: ignore[arg-type]


# Event tables: refused, with the place.


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"date,event\n2019-01-01,x\n2019-01-02\n", ":3:11: found 1 cells; 2 were expected, as in the first line"),
        (b"date,event\n2019-01-01,x,1\n", ":2:14: found 3 cells; 2 were expected"),
        (b"date,event,by\n2019-01-01,x,us\ndate,event,toward\n", ":3:1: a header again: two tables in one file"),
        (b"date,event\n2019-01-01,x\ndate,event\n", ":3:1: a header again: two tables in one file"),
        (b'date,event\n2019-01-01,"x\n2019-01-02,x\n', ":2:12: found a quote that does not fit"),
        (b"date,event\n2019-01-01,\0\n", ":2:12: found a byte that no text has"),
        (
            b"date,event\n2019-01-01,x\n2019-01-02,M\xfcll\n",
            ":3:13: byte 0xfc is not UTF-8; the file may be in Latin-1",
        ),
        (
            b"date,event\r2019-01-01,x\r2019-01-02,M\xfcll\r",
            ":3:13: byte 0xfc is not UTF-8; the file may be in Latin-1",
        ),
        (b"date,event\n0219-01-01,x\n", ":2:1: found date '0219-01-01'; a day from 1800-01-01 to 2200-12-31"),
        (b"date,event\n5/15/2019,x\n", ":2:1: found date '5/15/2019'"),
        (b'date,event\n"2019-01-01","x"\n2019-01-01,\n', ":3:12: found event ''"),
    ],
)
@pytest.mark.parametrize("command", ["events", "fit", "history"])
def test_an_event_table_is_refused_with_its_place(
    content: bytes, says: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_bytes(content)
    scenario = "relsim: 1\nwindow: {start: 2019-06-01, end: 2019-06-30}\nvariables: {tone: {half_life: 2 weeks}}\n"
    scenario += "events: {x: {rate: 1 to 2 per year, effects: {tone: -1}}}\n"
    scenario += "history: {h: {file: t.csv}}\n" if command == "history" else ""
    Path("s.yaml").write_text(scenario + "outcomes: {x: {happens: x}}\n", encoding="utf-8")
    arguments = {
        "events": ("events", "t.csv"),
        "fit": ("fit", "s.yaml", "--events", "t.csv", "--out", "w.yaml"),
        "history": ("validate", "s.yaml"),
    }[command]
    before = sorted(tmp_path.iterdir())
    refused = invoke(*arguments)
    assert refused.exit_code == 2
    assert f"t.csv{says}" in refused.stderr
    caret = refused.stderr.rstrip().splitlines()[-1]
    assert "^" in caret
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("2019-01-05,xx,us", 12),
        ("2019-01-05, xx,us", 13),
        ('"2019-01-05","xx","us"', 15),
        ('"2019-01-05","a ""q"" b","us"', 15),
        ("2019-1-5,xx,us", 10),
    ],
)
def test_a_name_in_a_table_is_placed_where_it_stands(line: str, column: int, tmp_path: Path) -> None:
    write(tmp_path / "t.csv", ["date,event,by", "2019-01-01,x,us", line])
    body = "relsim: 1\nwindow: {start: 2019-06-01, end: 2019-06-30}\nvariables: {tone: {half_life: 2 weeks}}\n"
    body += "events: {x: {rate: 1 per year, effects: {tone: -1}}}\noutcomes: {x: {happens: x}}\n"
    (tmp_path / "s.yaml").write_text(f"{body}history: {{h: {{file: t.csv}}}}\n", encoding="utf-8")
    refused = invoke("validate", tmp_path / "s.yaml")
    assert f"t.csv:3:{column}: history.h.events.1.event: unknown name" in refused.stderr


@pytest.mark.parametrize("seed", range(4))
def test_an_event_table_is_what_the_csv_module_reads(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    names = ["talks", 'a "b"', "x,y", "l\u2028m", "é"]
    rows = [
        [
            str(date(2019, 1, draw.randint(1, 31))),
            draw.choice(names[:2] + names[2:]),
            draw.choice(["us", "ru", ""]),
            "3",
        ]
        for _ in range(200)
    ]
    text = io.StringIO()
    csv.writer(text, lineterminator=draw.choice(["\n", "\r\n"])).writerows([["date", "event", "by", "count"], *rows])
    (tmp_path / "t.csv").write_bytes(text.getvalue().encode(draw.choice(["utf-8", "utf-8-sig", "utf-16"])))
    table = read_events(tmp_path / "t.csv")
    found = Counter(
        (str(date.fromordinal(day)), table.events[event], table.parties[by] if by >= 0 else "")
        for day, event, by in zip(table.day.tolist(), table.event.tolist(), table.by.tolist())
    )
    assert found == Counter((day, event, by) for day, event, by, _ in rows)
    assert table.count.sum() == 600


def test_a_history_begins_at_most_fifty_years_before_the_window(tmp_path: Path) -> None:
    body = "relsim: 1\nwindow: {start: 2019-06-01, end: 2019-06-30}\nvariables: {tone: {half_life: 2 weeks}}\n"
    body += "events: {x: {rate: 1 per year, effects: {tone: -1}}}\noutcomes: {x: {happens: x}}\n"
    write(tmp_path / "t.csv", ["date,event", "1960-01-01,x", "2019-01-01,x"])
    for history, says in (
        ("{events: [{on: 0219-05-01, event: x}]}", "0219-05-01 is out of range; a day from 1800-01-01 to 2200-12-31"),
        ("{events: [{on: 0219-05-01, event: x}]}", "did you mean 2019-05-01?"),
        ("{events: [{on: 1910-05-01, event: x}]}", "1910-05-01 lies more than 50 years before the window"),
        ("{file: t.csv}", "1960-01-01 lies more than 50 years before the window"),
        ("{file: t.csv}", "cut the history: from: 1969-01-01"),
        ("{events: [], types: [x], covers: {from: 1900-01-01, to: 2019-01-01}}", "1900-01-01 lies more than 50 years"),
    ):
        (tmp_path / "s.yaml").write_text(f"{body}history: {{h: {history}}}\n", encoding="utf-8")
        refused = invoke("validate", tmp_path / "s.yaml")
        assert refused.exit_code == 2
        assert says in refused.stderr
    from relsim.compose import load

    (tmp_path / "s.yaml").write_text(f"{body}history: {{h: {{file: t.csv, from: 1990-01-01}}}}\n", encoding="utf-8")
    scenario = load(tmp_path / "s.yaml").scenario
    assert scenario is not None
    assert [event.on for event in scenario.history["h"].events] == [date(2019, 1, 1)]


# Lists of the command line.


def test_missing_is_a_list_first_and_a_file_behind_an_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from relsim.cli.fit import _days
    from relsim.errors import InputError

    monkeypatch.chdir(tmp_path)
    days = [date(2000, 1, 1) + timedelta(n) for n in range(3000)]
    assert _days((",".join(map(str, days)),)) == days
    assert _days(("2019-05-15 2019-05-16", "2019-05-17")) == [date(2019, 5, d) for d in (15, 16, 17)]
    write(tmp_path / "2019-05-15", ["2018-01-01"])  # a file of a date's name is not looked into
    assert _days(("2019-05-15",)) == [date(2019, 5, 15)]
    write(tmp_path / "days.txt", ["# outage", "2018-01-01, 2018-01-02", "", "2018-01-03 # late"])
    assert _days(("@days.txt", "2019-05-15")) == [*(date(2018, 1, d) for d in (1, 2, 3)), date(2019, 5, 15)]
    with pytest.raises(InputError, match=r"none\.txt: the file does not exist"):
        _days(("@none.txt",))
    with pytest.raises(InputError, match=r"'days\.txt' is neither a date"):
        _days(("days.txt",))
