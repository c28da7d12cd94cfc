"""``new``, ``show``, ``schema``, and what every command shares: help, exit statuses, a light start."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from relsim.api.template import starting_scenario
from relsim.cli import _COMMANDS, main
from relsim.compose import load
from relsim.errors import InputError
from relsim.model import build

HEAVY = ("scipy", "matplotlib", "numba", "duckdb", "numpy")


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    return CliRunner()


@pytest.mark.parametrize(
    ("parties", "expected"),
    [
        ("us,ru", {"us": "United States", "ru": "Russia"}),
        ("in, pk", {"in": "India", "pk": "Pakistan"}),
        ("b,a", {"b": "B", "a": "A"}),
        ("xx,yy", {"xx": "XX", "yy": "YY"}),
        ("IRN,Saudi Arabia", {"ir": "Iran", "sa": "Saudi Arabia"}),
        ("no,Cote d'Ivoire", {"no": "Norway", "ci": "Ivory Coast"}),
        ('x=A "b": #c,y=null', {"x": 'A "b": #c', "y": "null"}),
    ],
)
def test_new_writes_a_scenario_that_builds(runner: CliRunner, parties: str, expected: dict[str, str]) -> None:
    done = runner.invoke(main, ["new", "s.yaml", "--parties", parties])
    assert done.exit_code == 0, done.output
    loaded = load("s.yaml", whole=True)
    assert loaded.scenario is not None
    assert loaded.scenario.parties == expected
    assert not loaded.warnings
    build(loaded.scenario).draw(1, 40)


def test_new_builds_for_every_country(runner: CliRunner) -> None:
    from relsim.ingest.countries import display_names

    names = list(display_names())
    for one, other in zip(names, names[1:] + names[:1]):
        text = starting_scenario(f"{one},{other}", date(2027, 1, 1))
        Path("s.yaml").write_text(text, encoding="utf-8")
        loaded = load("s.yaml", whole=True)
        assert loaded.scenario is not None
        assert list(loaded.scenario.parties.values()) == [display_names()[one], display_names()[other]]
        build(loaded.scenario)


def test_new_begins_with_a_line_for_editors() -> None:
    assert starting_scenario("us,ru").startswith("# yaml-language-server: $schema=relsim.schema.json\n")


@pytest.mark.parametrize(
    ("arguments", "first", "last"),
    [
        (("--from", "2023-01-15"), "2023-01-15", "2023-07-17"),
        (("--from", "2023-01-15", "--to", "2023-01-16"), "2023-01-15", "2023-01-16"),
        (("--from", "2023-01-15", "--to", "2026-12-31"), "2023-01-15", "2026-12-31"),
    ],
)
def test_new_with_a_window(runner: CliRunner, arguments: tuple[str, ...], first: str, last: str) -> None:
    done = runner.invoke(main, ["new", "s.yaml", *arguments])
    assert done.exit_code == 0, done.output
    loaded = load("s.yaml", whole=True)
    assert loaded.scenario is not None
    assert (str(loaded.scenario.start), str(loaded.scenario.end)) == (first, last)
    assert not loaded.warnings


def test_new_with_a_window_that_runs_backwards(runner: CliRunner) -> None:
    done = runner.invoke(main, ["new", "s.yaml", "--from", "2023-01-15", "--to", "2023-01-15"])
    assert done.exit_code == 2
    assert "--to" in done.stderr
    assert not Path("s.yaml").exists()


def test_new_does_not_overwrite(runner: CliRunner) -> None:
    Path("s.yaml").write_text("mine")
    done = runner.invoke(main, ["new", "s.yaml"])
    assert done.exit_code == 2
    assert "not overwritten" in done.stderr
    assert Path("s.yaml").read_text() == "mine"


@pytest.mark.parametrize("parties", ["us", "us,us", "us,ru,cn", "US,us", "self,us", "", "trade,us", "Irann,us"])
def test_new_refuses_other_than_two_parties(parties: str) -> None:
    with pytest.raises(InputError, match="--parties"):
        starting_scenario(parties)


def test_new_on_a_leap_day() -> None:
    assert "start: 2024-02-29" in starting_scenario("us,ru", date(2024, 2, 29))


def test_show_prints_what_loads_again(runner: CliRunner) -> None:
    runner.invoke(main, ["new", "s.yaml"])
    done = runner.invoke(main, ["show", "s.yaml", "--set", "run/paths=300"])
    assert done.exit_code == 0
    Path("again.yaml").write_text(done.stdout)
    first, second = load("s.yaml", settings=["run/paths=300"]), load("again.yaml")
    assert first.scenario == second.scenario


def test_show_with_origins(runner: CliRunner) -> None:
    runner.invoke(main, ["new", "s.yaml"])
    done = runner.invoke(main, ["show", "s.yaml", "--origins"])
    assert "# bilateral:" in done.stdout
    assert "# s.yaml:" in done.stdout
    Path("again.yaml").write_text(done.stdout)
    assert load("again.yaml").scenario == load("s.yaml").scenario


def test_schema_is_json_schema(runner: CliRunner) -> None:
    schema = json.loads(runner.invoke(main, ["schema"]).stdout)
    assert {"relsim", "extends", "window", "events", "variants"} <= set(schema["properties"])
    assert schema["additionalProperties"] is False


def test_faults_go_to_stderr_with_status_2(runner: CliRunner) -> None:
    Path("s.yaml").write_text("relsim: 1\nwindw: {}\nrun: {paths: 0}\n")
    done = runner.invoke(main, ["show", "s.yaml"])
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "s.yaml:2:1: windw: unknown key 'windw'" in done.stderr
    assert "s.yaml:3:14: run.paths: found 0" in done.stderr


def test_missing_file_and_unknown_command(runner: CliRunner) -> None:
    done = runner.invoke(main, ["show", "none.yaml"])
    assert (done.exit_code, done.stderr) == (2, "none.yaml: the file does not exist\n")
    done = runner.invoke(main, ["shwo"])
    assert done.exit_code == 2
    assert "did you mean 'show'?" in done.stderr


@pytest.mark.parametrize(("raised", "status"), [(KeyboardInterrupt(), 130), (RuntimeError("x"), 1)])
def test_no_traceback_ever(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch, raised: BaseException, status: int
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr("relsim.compose.load", fail)
    done = runner.invoke(main, ["show", "x.yaml"])
    assert done.exit_code == status
    assert "Traceback" not in done.output


@pytest.mark.parametrize("command", list(_COMMANDS))
def test_help_shows_an_example(runner: CliRunner, command: str) -> None:
    done = runner.invoke(main, [command, "--help"])
    assert done.exit_code == 0
    assert f"relsim {command}" in done.stdout.split("\n", 1)[1]


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["show", "s.yaml"], ["schema"]])
def test_a_light_start(runner: CliRunner, arguments: list[str]) -> None:
    runner.invoke(main, ["new", "s.yaml"])
    code = (
        "import sys\nfrom relsim.cli import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit as e:\n    assert not e.code\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip().splitlines()[-1] == "[]"


def test_new_takes_counted_rates_along(runner: CliRunner) -> None:
    rows = ["date,event,by,toward", "2018-01-01,accusation,IRN,SAU", "2018-12-31,warm_words,SAU,IRN"]
    rows += [f"2018-{month:02}-05,incident,," for month in range(1, 13)]
    Path("acts.csv").write_text("\n".join(rows) + "\n")
    window = ("--from", "2019-01-01", "--to", "2019-06-30")
    done = runner.invoke(main, ["new", "s.yaml", "--parties", "Iran,sa", *window, "--events", "acts.csv"])
    assert done.exit_code == 0, done.stderr
    assert "does not say which days it covers" in done.stderr
    scenario = load("s.yaml", whole=True).scenario
    assert scenario is not None
    assert "1 act in 365 days covered" in str(scenario.events["accusation.ir"].rate.quantity.source)
    assert "12 acts" in str(scenario.events["incident"].rate.quantity.source)
    assert scenario.events["accusation.sa"].rate.quantity.text == "25 to 60 per year"
    for command in (["validate", "s.yaml"], ["run", "s.yaml", "--paths", "300", "--no-figures", "--out", "out"]):
        done = runner.invoke(main, command)
        assert done.exit_code == 0, done.stderr


def test_new_leaves_nothing_behind_where_nothing_can_be_counted(runner: CliRunner) -> None:
    Path("acts.csv").write_text("date,event,by,toward\n2018-01-01,accusation,IRN,SAU\n")
    done = runner.invoke(main, ["new", "s.yaml", "--parties", "Iran,Iraq", "--events", "acts.csv"])
    assert done.exit_code == 2
    assert "Iraq ('iq') does not occur in the record" in done.stderr
    assert not Path("s.yaml").exists()
