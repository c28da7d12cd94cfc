# ruff: noqa: E501
"""Random removals from the built-in model: what is removed is spoken of nowhere, and what is left runs."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from relsim.compose import LoadedScenario, load
from relsim.engine import simulate
from relsim.errors import InputError
from relsim.model import build

SECTIONS = ("variables", "indices", "conditions", "events", "outcomes", "quantities", "issues")
HEAD = """\
relsim: 1
extends: bilateral
window: {start: 2021-01-01, end: 2021-01-14}
variables: {mine: {half_life: 2 weeks}%s}
outcomes: {own: {value: mine, above: 0, on: 2021-01-14}%s}
"""


def document(removed: dict[str, list[str]], rest: str = "") -> str:
    def nulls(section: str) -> str:
        return "".join(f", {name}: null" for name in removed.get(section, ()))

    others = [section for section in removed if section not in ("variables", "outcomes")]
    lines = [f"{section}: {{{nulls(section)[2:]}}}\n" for section in others]
    return HEAD % (nulls("variables"), nulls("outcomes")) + "".join(lines) + rest


def drawn(seed: int) -> dict[str, list[str]]:
    rng = random.Random(seed)
    tree = load("bilateral").tree
    out: dict[str, list[str]] = {}
    for _ in range(rng.randint(1, 6)):
        section = rng.choice(SECTIONS)
        name = rng.choice(sorted(tree[section]))  # type: ignore[index]
        if name not in out.setdefault(section, []):
            out[section].append(name)
    return out


def over(folder: Path, text: str, **options: object) -> LoadedScenario:
    (folder / "top.yaml").write_text(text, encoding="utf-8")
    return load(folder / "top.yaml", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(60))
def test_what_is_removed_is_spoken_of_nowhere(tmp_path: Path, seed: int) -> None:
    removed = drawn(seed)
    loaded = over(tmp_path, document(removed))
    text = re.sub(r"(source|label|title|criteria): (\"[^\"]*\"|[^,}\n]*)", "", loaded.resolved_yaml())
    for section in ("variables", "indices", "conditions", "events"):
        for name in removed.get(section, ()):
            assert not re.search(rf"(?<![a-z_.]){name}(?![a-z_])", text), name
    (tmp_path / "alone.yaml").write_text(loaded.resolved_yaml(), encoding="utf-8")
    assert load(tmp_path / "alone.yaml").scenario == loaded.scenario
    build(loaded.scenario)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(100, 104))
def test_what_is_left_runs(tmp_path: Path, seed: int) -> None:
    loaded = over(tmp_path, document(drawn(seed)))
    assert loaded.scenario is not None
    simulate(build(loaded.scenario), paths=128, seed=1)


@pytest.mark.parametrize("seed", range(200, 220))
def test_it_is_one_where_the_removal_stands(tmp_path: Path, seed: int) -> None:
    """In the file, in a weights file, in a variant, or set: the same scenario is left."""
    removed = drawn(seed)
    here = over(tmp_path, document(removed)).scenario
    assert here is not None
    body = "".join(f"{s}: {{{', '.join(f'{n}: null' for n in names)}}}\n" for s, names in removed.items())
    (tmp_path / "w.yaml").write_text(f"relsim: 1\n{body}", encoding="utf-8")
    ways = {
        "weights": over(tmp_path, document({}), weights=[tmp_path / "w.yaml"]),
        "settings": over(
            tmp_path,
            document({}),
            settings=[f"{s}={{{', '.join(f'{n}: null' for n in ns)}}}" for s, ns in removed.items()],
        ),
        "variant": over(
            tmp_path,
            document({}, "variants:\n  less:\n" + "".join(f"    {line}\n" for line in body.splitlines())),
            variant="less",
        ),
    }
    for way, loaded in ways.items():
        found = loaded.scenario
        assert found is not None
        for part in ("variables", "indices", "conditions", "events"):
            assert getattr(found, part) == getattr(here, part), (way, part)
        assert set(found.outcomes) == set(here.outcomes), way


BASE = """\
relsim: 1
window: {start: 2021-01-01, end: 2021-03-01}
parties: {us: United States, ru: Russia, cn: China}
variables: {tone: {each: party, half_life: 2 weeks}, heat: {half_life: 1 week, pull: {tone.cn: 0.01, tone.us: 0.01}}}
correlation: [{between: [tone.us, tone.cn], value: 0.3}, {between: [tone.us, tone.ru], value: 0.2}]
correlation_of_weights: [{between: [events/spat/rate, events/talk/rate], value: 0.5}]
conditions:
  cold: {begins: [spat], while: {rates: {talk: 0.5, row: 2}}}
  warm: {begins: [spat, talk], ends: [spat]}
  held: {begins: spat, initially: true}
indices: {all: {weights: {tone: 1, heat: 1}}, hot: {weights: {heat: 1}}}
events:
  spat: {rate: 2 to 4 per year, effects: {heat: 1}}
  talk: {rate: 2 to 3 per year, excited_by: {spat + row: {share: 0.2, half_life: 1 week}}, unless: [cold]}
  row: {rate: 1 per year, requires: [{spat: {within: 2 weeks}}]}
  quarrel: {rate: 1 per year, requires: [{spat: {not: true}}]}
  echo: {each: party, rate: 1 per year, excited_by: [{row: {events: 0.1, half_life: 1 day}}]}
  echo.cn: {rate: 2 per year}
calendar:
  fair: {on: 2021-02-01, probability: 0.5, event: spat, odds_if: {cold: {odds_ratio: 2}}, odds_ratio: {heat: 1.1}}
  later: {after: [spat], delay: 3 days, probability: 0.5}
  after_fair: {after: [fair, spat], delay: 3 days, probability: 0.5, otherwise: {event: spat, effects: {heat: 1}}}
history: {seen: {covers: {from: 2020-01-01, to: 2020-12-31}, types: [spat, talk], events: [{on: 2020-02-01, event: spat}, {on: 2020-02-02, event: echo, by: cn}, {on: 2020-02-03, event: talk}]}}
interventions: {act: {on: 2021-01-05, event: spat}, quiet: {rates: {spat: 0.5}}, less: {rates: {spat: 0.5, talk: 2}}}
outcomes:
  spats: {happens: spat}
  both: {all: [spats, {happens: talk}]}
  then: {sequence: [talk, spat]}
  talks: {happens: talk}
  chinese: {happens: echo.cn}
quantities: {n: {count: spat}, day: {first: both}, m: {count: talk}}
variants:
  more: {title: More, events: {talk: {rate: 9 per year}}, outcomes: {x: {happens: spat}, y: {happens: talk}}}
resolution: {spats: {value: true, on: 2021-02-01}, talks: {value: true, on: 2021-02-01}}
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    return tmp_path


def tree(folder: Path, text: str, **options: object) -> dict[str, dict[str, object]]:
    return over(folder, f"relsim: 1\nextends: base.yaml\n{text}", **options).tree  # type: ignore[return-value]


def test_a_cascade(base: Path) -> None:
    left = tree(base, "events: {spat: null}\n")
    assert list(left["events"]) == ["talk", "quarrel", "echo", "echo.cn"]
    assert list(left["conditions"]) == ["warm", "held"]
    assert left["conditions"]["warm"] == {"begins": ["talk"]}
    assert left["conditions"]["held"] == {"initially": True}
    assert left["events"]["talk"] == {"rate": "2 to 3 per year"}
    assert left["events"]["quarrel"] == {"rate": "1 per year"}
    assert left["events"]["echo"] == {"each": "party", "rate": "1 per year"}
    assert list(left["calendar"]) == ["fair", "after_fair"]
    assert left["calendar"]["fair"] == {"on": "2021-02-01", "probability": 0.5, "odds_ratio": {"heat": 1.1}}
    assert left["calendar"]["after_fair"]["after"] == ["fair"]  # type: ignore[index]
    assert left["calendar"]["after_fair"]["otherwise"] == {"effects": {"heat": 1}}  # type: ignore[index]
    assert left["history"]["seen"]["types"] == ["talk"]  # type: ignore[index]
    assert [row["event"] for row in left["history"]["seen"]["events"]] == ["echo", "talk"]  # type: ignore[index]
    assert left["interventions"] == {"less": {"rates": {"talk": 2}}}
    assert list(left["outcomes"]) == ["talks", "chinese"]
    assert list(left["quantities"]) == ["m"]
    assert list(left["resolution"]) == ["talks"]
    assert left["correlation_of_weights"] == []
    assert list(left["variants"]["more"]["outcomes"]) == ["y"]  # type: ignore[index]


def test_a_variable_and_a_party(base: Path) -> None:
    left = tree(base, "variables: {heat: null}\nparties: {cn: null}\n")
    assert list(left["indices"]) == ["all"]
    assert left["indices"]["all"] == {"weights": {"tone": 1}}
    assert left["correlation"] == [{"between": ["tone.us", "tone.ru"], "value": 0.2}]
    assert "echo.cn" not in left["events"]
    assert list(left["outcomes"]) == ["spats", "both", "then", "talks"]
    assert len(left["history"]["seen"]["events"]) == 2  # type: ignore[index]


def test_one_note_lists_what_went(base: Path) -> None:
    loaded = over(base, "relsim: 1\nextends: base.yaml\nevents: {spat: null}\n")
    notes = [w for w in loaded.warnings if w.severity == "note"]
    assert len(notes) == 1
    assert notes[0].line == 3
    for name in ("conditions.cold", "events.row", "calendar.later", "outcomes.both", "quantities.day"):
        assert name in notes[0].message
    assert "talks" not in notes[0].message


def test_a_null_for_what_has_so_gone_is_no_error(base: Path) -> None:
    text = (
        "events: {spat: null, row: null}\nconditions: {cold: null}\noutcomes: {spats: null}\nquantities: {day: null}\n"
    )
    assert "cold" not in tree(base, text)["conditions"]
    tree(base, "events: {spat: null, row: {effects: {heat: null}}}\n")
    tree(base, "events: {spat: null}\n", settings=["outcomes/both=null"])


def test_what_the_layer_says_anew_stays(base: Path) -> None:
    text = "events: {spat: null, row: {requires: null}}\nconditions: {cold: {begins: [talk]}}\noutcomes: {spats: {happens: row}}\n"
    left = tree(base, text)
    assert left["events"]["row"] == {"rate": "1 per year"}
    assert left["conditions"]["cold"]["begins"] == ["talk"]  # type: ignore[index]
    assert left["outcomes"]["both"] == {"all": ["spats", {"happens": "talk"}]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("events: {spat: null}\noutcomes: {own: {happens: spat}}\n", "unknown name 'spat'"),
        ("events: {spat: null, talk: {excited_by: {spat: {events: 0.1, half_life: 1 day}}}}\n", "unknown name 'spat'"),
        ("events: {spat: null, row: {rate: 2 per year}}\n", "'row' goes with what is removed"),
        ("events: {spatt: null}\n", "no 'spatt' is inherited here"),
        ("parties: {cn: null}\nevents: {echo.cn: {rate: 1 per year}}\n", "'echo' has no member 'echo.cn'"),
    ],
)
def test_errors(base: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)) as caught:
        over(base, f"relsim: 1\nextends: base.yaml\n{text}")
    assert len(caught.value.problems) == 1


def test_odds_of_what_has_not_happened_are_an_error(base: Path) -> None:
    text = BASE.replace("odds_if: {cold: {odds_ratio: 2}}", "odds_if: {spat: {not: true, odds_ratio: 2}}")
    (base / "base.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="would always count"):
        tree(base, "events: {spat: null}\n")
    assert "fair" in tree(base, "events: {spat: null}\ncalendar: {fair: {odds_if: null}}\n")["calendar"]


def test_rows_of_a_file_that_speak_of_what_went(base: Path) -> None:
    (base / "rows.csv").write_text("date,event,by\n2020-05-01,spat,\n2020-05-02,echo,us\n", encoding="utf-8")
    text = BASE.replace("history: {seen: {", "history: {file: {file: rows.csv}, seen: {")
    (base / "base.yaml").write_text(text, encoding="utf-8")
    left = tree(base, "events: {spat: null}\n")
    assert [row["event"] for row in left["history"]["file"]["events"]] == ["echo"]  # type: ignore[index]
    with pytest.raises(InputError, match="unknown name 'spat'"):
        tree(base, "events: {spat: null}\nhistory: {again: {file: rows.csv}}\n")
