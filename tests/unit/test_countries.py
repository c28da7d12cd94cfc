"""Countries by any spelling, and the two parties that a command line names."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest

from relsim.errors import InputError
from relsim.ingest.countries import display_names, two_sides

ROWS = list(csv.DictReader((files("relsim.ingest") / "countries.csv").read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["country"])
def test_every_spelling_of_a_country_is_the_country(row: dict[str, str]) -> None:
    other = "us" if row["country"] != "USA" else "ru"
    spellings = [row["country"], row["short"], row["name"], *row["also"].split(";")]
    for spelling in (s.strip() for s in spellings if s.strip() and "," not in s):
        for written in (spelling, spelling.upper(), spelling.lower(), spelling.replace(" ", "_")):
            side, _ = two_sides(f"{written},{other}")
            assert side.countries == (row["country"],)
            assert side.label == row["name"]
            assert side.name == (spelling.lower() if spelling.isalpha() and len(spelling) == 2 else row["short"])


def test_display_names_are_the_everyday_ones() -> None:
    names = display_names()
    everyday = {"IRN": "Iran", "KOR": "South Korea", "PRK": "North Korea", "RUS": "Russia", "SYR": "Syria"}
    everyday |= {"TWN": "Taiwan", "VNM": "Vietnam", "BOL": "Bolivia", "CIV": "Ivory Coast", "VAT": "Vatican"}
    assert {code: names[code] for code in everyday} == everyday
    assert not [name for name in names.values() if "," in name or "(" in name or name.endswith(".")]
    assert len(set(names.values())) == len(names) == len(ROWS)


@pytest.mark.parametrize(
    ("written", "names", "labels"),
    [
        ("Iran,Saudi Arabia", ("ir", "sa"), ("Iran", "Saudi Arabia")),
        ("uk,TÜRKIYE", ("uk", "tr"), ("United Kingdom", "Turkey")),
        ("eu=DEU+France,U.S.", ("eu", "us"), ("EU", "United States")),
        ("hamas=Hamas,il", ("hamas", "il"), ("Hamas", "Israel")),
        ("xx,yy", ("xx", "yy"), ("XX", "YY")),
        ("a=us,b=ru", ("a", "b"), ("United States", "Russia")),
    ],
)
def test_sides(written: str, names: tuple[str, str], labels: tuple[str, str]) -> None:
    sides = two_sides(written)
    assert tuple(side.name for side in sides) == names
    assert tuple(side.label for side in sides) == labels


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("us", "two different names"),
        ("us,ru,cn", "two different names"),
        ("us,", "two different names"),
        ("us,USA", "are the same"),
        ("eu=DEU+FRA,fr", "are the same"),
        ("Irann,us", "did you mean 'Iran'?"),
        ("Saudi Arbia,us", "did you mean 'Saudi Arabia'?"),
        ("eu=DEU+FRN,us", "did you mean 'France'?"),
        ("self,us", "reserved"),
        ("null,us", "reserved"),
        ("1,2", "no country"),
        ("a b,us", "no country"),
        ("us\n,ru", "two different names"),
    ],
)
def test_no_sides(written: str, message: str) -> None:
    with pytest.raises(InputError, match="--parties") as raised:
        two_sides(written)
    assert message in str(raised.value)
