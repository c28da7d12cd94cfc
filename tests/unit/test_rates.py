"""``rates``: acts counted under coverage, and the gamma posterior of their rate."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from import_case import Act, icews, invoke, write
from scipy.special import gammainc

from relsim.compose import load
from relsim.rates import posterior
from relsim.scenario import Scenario

SCENARIO = """
relsim: 1
extends: [bilateral, {layer}]
window: {{start: 2019-05-01, end: 2019-12-31}}
parties: {{a: null, b: null, us: United States, ru: Russia}}
"""


def found(*arguments: object) -> dict[str, object]:
    done = invoke("rates", *arguments, "--json")
    assert done.exit_code == 0, done.stderr
    content = json.loads(done.stdout)
    assert isinstance(content, dict)
    return content


def rates(*arguments: object) -> dict[str, dict[str, float]]:
    content = found(*arguments)["rates"]
    assert isinstance(content, dict)
    return content


def table(path: Path, rows: Iterable[str], about: object = None) -> Path:
    write(path, ["date,event,by,toward,count", *rows])
    if about is not None:
        path.with_name(f"{path.name}.json").write_text(json.dumps(about))
    return path


@pytest.mark.parametrize("count", [0, 1, 7, 300])
@pytest.mark.parametrize(("years", "prior"), [(0.02, 30.0), (1.5, 0.04), (12.0, 5.0)])
def test_the_posterior_is_gamma(count: int, years: float, prior: float) -> None:
    quantiles = posterior(count, years, prior)
    shape, rate = 0.5 + count, 0.5 / prior + years
    assert np.allclose(gammainc(shape, np.array(quantiles) * rate), [0.05, 0.5, 0.95], atol=1e-12)


def test_the_prior_alone_has_the_models_median_as_mean() -> None:
    from scipy.special import gammaincinv

    low, _, high = posterior(0, 0.0, 8.0)
    # Gamma of shape ½ and mean m is m times a chi-squared of one degree of freedom.
    assert np.allclose([low, high], 8.0 * 2 * gammaincinv(0.5, [0.05, 0.95]))


@pytest.fixture(scope="module")
def bilateral(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    file = tmp_path_factory.mktemp("model") / "s.yaml"
    file.write_text(SCENARIO.format(layer="bilateral").replace("bilateral, bilateral", "bilateral"))
    scenario = load(file).scenario
    assert scenario is not None
    return scenario


ABOUT = {
    "scheme": None,
    "covers": {"from": "2018-01-01", "to": "2018-12-31"},
    "missing": ["2018-03-01", "2018-03-02"],
    "types": ["accusation", "threat", "talks"],
}


def test_named_events_count_on_covered_days_only(tmp_path: Path, bilateral: Scenario) -> None:
    rows = [
        "2018-01-05,accusation,us,ru,3",
        "2018-02-05,accusation,ru,us,",
        "2018-03-01,accusation,us,ru,5",  # a missing day
        "2017-12-31,accusation,us,ru,9",  # before the cover
        "2018-06-01,talks,,,2",
        "2018-06-01,visit,us,ru,1",  # not among the types, but it occurs
        "2018-06-02,threat,us,cn,4",
        "2018-06-02,threat,us,us,2",
        "2018-06-03,threat,,,1",
        "2018-06-03,parade,us,ru,6",
    ]
    file = table(tmp_path / "acts.csv", rows, ABOUT)
    content = found(file, "--parties", "us,ru")
    numbers = content["rates"]
    assert isinstance(numbers, dict)
    assert {event: n["count"] for event, n in numbers.items()} == {
        "accusation.us": 3,
        "accusation.ru": 1,
        "threat.us": 0,
        "threat.ru": 0,
        "talks": 2,
        "visit": 1,
    }
    assert (content["days"], content["missing"]) == (363, 2)
    assert content["left_out"] == {
        "on a day that is not covered": 14,
        "an event that the model does not have": 6,
        "a country that is no party": 4,
        "both sides are one party": 2,
        "an act of one side, and the row does not say whose": 1,
    }
    for event in ("accusation.us", "talks"):
        median = bilateral.events[event].rate.quantity.central() * 365.25
        expected = posterior(int(numbers[event]["count"]), 363 / 365.25, median)
        assert np.allclose([numbers[event][key] for key in ("low", "median", "high")], expected)
        assert numbers[event]["prior_mean"] == pytest.approx(median)


def test_days_asked_for_narrow_the_cover_and_never_widen_it(tmp_path: Path) -> None:
    rows = ["2018-01-05,accusation,us,ru,3", "2018-02-05,accusation,ru,us,1"]
    file = table(tmp_path / "acts.csv", rows, ABOUT)
    narrow = found(file, "--parties", "us,ru", "--from", "2018-02-01", "--to", "2018-03-31")
    assert (narrow["days"], narrow["missing"]) == (57, 2)
    wide = found(file, "--parties", "us,ru", "--from", "2010-01-01", "--to", "2030-01-01")
    assert wide["days"] == 363


def test_a_table_that_says_nothing_of_its_cover_is_said_to(tmp_path: Path) -> None:
    rows = ["2018-01-01,accusation,us,ru,1", "2018-01-31,threat,ru,us,1"]
    file = table(tmp_path / "acts.csv", rows)
    done = invoke("rates", file, "--parties", "us,ru")
    assert "warning: acts.csv does not say which days it covers" in done.stderr
    assert "2018-01-01 to 2018-01-31" in done.stderr
    content = found(file, "--parties", "us,ru")
    assert content["days"] == 31
    assert content["coverage_declared"] is False
    silent = content["silent"]
    assert isinstance(silent, dict)
    assert set(found(file, "--parties", "us,ru")["rates"]) == {"accusation.us", "threat.ru"}  # type: ignore[call-overload]
    assert {"accusation.ru", "threat.us", "talks", "summit"} <= set(silent)


def test_a_record_that_covers_all_counts_what_it_does_not_tell_of(tmp_path: Path) -> None:
    file = table(tmp_path / "acts.csv", ["2018-01-01,accusation,us,ru,1", "2018-12-31,threat,ru,us,1"])
    content = found(file, "--parties", "us,ru", "--covers-all")
    numbers = content["rates"]
    assert isinstance(numbers, dict)
    assert {event: n["count"] for event, n in numbers.items() if n["count"]} == {"accusation.us": 1, "threat.ru": 1}
    assert {"summit", "agreement", "shock", "sanctions_major.ru"} <= set(numbers)
    assert set(content["silent"]) == {"campaign.us", "campaign.ru"}  # type: ignore[call-overload]


def test_a_table_made_of_few_codes_tells_of_their_events_only(tmp_path: Path) -> None:
    about = ABOUT | {"scheme": "cameo", "types": []}
    rows = [f"2018-{1 + n % 12:02}-{1 + n // 12:02},{code},us,ru,2" for n in range(150) for code in ("112", "13")]
    file = table(tmp_path / "codes.csv", [*rows, "2018-01-03,112,ru,us,1"], about)
    content = found(file, "--parties", "us,ru")
    assert set(content["rates"]) == {f"{e}.{p}" for e in ("accusation", "threat") for p in ("us", "ru")}  # type: ignore[call-overload]
    whole = found(file, "--parties", "us,ru", "--covers-all")
    assert {"expulsion.us", "talks"} <= set(whole["rates"])  # type: ignore[call-overload]


def coded(tmp_path: Path, out: str) -> Path:
    """A year of ICEWS rows, the days of other countries being the source's."""
    days = [str(date(2018, 1, 1) + timedelta(days=n)) for n in range(365)]
    acts = [Act(day, f"{1 + n % 20:02}0", by="cn", toward="us") for n, day in enumerate(days)]
    # Three rows on one day make one accusation; a third day after goes on with it; two rows on a day make none.
    acts += [Act("2018-05-01", "112", actor=f"A{i}") for i in range(3)]
    acts += [Act("2018-05-03", "111", actor=f"A{i}") for i in range(4)]
    acts += [Act("2018-07-01", "112", actor=f"A{i}") for i in range(2)]
    acts += [Act("2018-09-01", "113", by="ru", toward="us", actor=f"A{i}") for i in range(3)]
    # Talks are written from both sides: four of them, eight rows.
    for by, toward in (("us", "ru"), ("ru", "us")):
        for i in range(4):
            acts.append(Act("2018-10-01", "046", by=by, toward=toward, actor=f"{by}{i}", target=f"{toward}{i}"))
    file = write(tmp_path / "icews.tab", icews(acts))
    done = invoke("import", file, "--as", "icews", "--parties", "us,ru", "--out", tmp_path / out)
    assert done.exit_code == 0, done.stderr
    return tmp_path / out


@pytest.mark.parametrize("name", ["codes.csv", "codes.parquet"])
def test_codes_become_acts_as_the_model_says(tmp_path: Path, name: str) -> None:
    content = found(coded(tmp_path, name), "--parties", "us,ru")
    numbers = content["rates"]
    assert isinstance(numbers, dict)
    counts = {event: n["count"] for event, n in numbers.items() if n["count"]}
    assert counts == {"accusation.us": 1, "accusation.ru": 1, "talks": 1}
    assert content["days"] == 365
    assert numbers["threat.us"]["count"] == 0
    silent = content["silent"]
    assert isinstance(silent, dict)
    assert silent["summit"] == "no code of cameo is this event"
    assert "sanctions_major.us" in silent


def test_codes_count_as_the_import_with_the_model_counts(tmp_path: Path) -> None:
    raw = coded(tmp_path, "codes.csv")
    done = invoke(
        *("import", tmp_path / "icews.tab", "--as", "icews", "--scenario", "bilateral"),
        *("--parties", "us,ru", "--out", tmp_path / "acts.csv"),
    )
    assert done.exit_code == 0, done.stderr
    assert rates(raw, "--parties", "us,ru") == rates(tmp_path / "acts.csv", "--parties", "us,ru")


def test_the_layer_loads_over_the_model_and_as_weights(tmp_path: Path) -> None:
    raw = coded(tmp_path, "codes.parquet")
    layer = tmp_path / "rates.yaml"
    done = invoke("rates", raw, "--parties", "Russia,USA")
    assert done.exit_code == 0
    layer.write_text(done.stdout)
    assert "left as the model has them, no code of cameo is this event: summit" in done.stderr
    assert invoke("validate", layer).exit_code == 0
    file = tmp_path / "s.yaml"
    file.write_text(SCENARIO.format(layer="rates.yaml"))
    plain = tmp_path / "plain.yaml"
    plain.write_text(SCENARIO.format(layer="bilateral").replace("bilateral, bilateral", "bilateral"))
    numbers = rates(raw, "--parties", "us,ru")
    for loaded in (load(file), load(plain, weights=[layer])):
        assert loaded.scenario is not None
        for event, n in numbers.items():
            quantity = loaded.scenario.events[event].rate.quantity
            low, high = quantity.ppf(np.array([0.05, 0.95])) * 365.25
            assert low == pytest.approx(n["low"], rel=0.005)
            assert high == pytest.approx(n["high"], rel=0.005)
            assert quantity.source is not None
            assert f"{int(n['count'])} act" in quantity.source
            assert "365 days covered, 2018-01-01 to 2018-12-31" in quantity.source
        assert loaded.scenario.events["summit"].rate.quantity.text == "0.3 to 1 per year"


def test_out_writes_the_layer_and_prints_a_table(tmp_path: Path) -> None:
    file = table(tmp_path / "acts.csv", ["2018-01-05,accusation,us,ru,3", "2018-02-05,talks,,,1"], ABOUT)
    done = invoke("rates", file, "--parties", "us,ru", "--out", tmp_path / "r.yaml")
    assert done.exit_code == 0, done.stderr
    assert "accusation.us" in done.stdout
    printed = invoke("rates", file, "--parties", "us,ru").stdout
    assert (tmp_path / "r.yaml").read_text() == printed
    again = invoke("rates", file, "--parties", "us,ru", "--out", tmp_path / "r.yaml")
    assert again.exit_code == 2
    assert "--force replaces it" in again.stderr


CHRONICLE = """
relsim: 1
source: {title: A text}
parties: {one: United States, ru: Russia, cn: China}
events:
  - {on: 2019-04-17, event: accusation, by: one, toward: ru}
  - {on: {circa: 2019-04-20}, event: accusation, by: ru, issue: venezuela, count: 2}
  - {on: 2019-04-21, event: talks}
  - {on: 2019-04-21, event: accusation, by: cn}
  - {on: 2019-04-22, event: agreement, issue: syria}
  - {on: 2019-04-22, event: campaign, by: one}
"""


def test_a_chronicle_is_counted_by_its_parties_names_or_labels(tmp_path: Path) -> None:
    file = tmp_path / "chronicle.yaml"
    file.write_text(CHRONICLE)
    content = found(file, "--parties", "us,ru", "--from", "2019-04-17", "--to", "2019-05-14")
    numbers = content["rates"]
    assert isinstance(numbers, dict)
    assert {event: n["count"] for event, n in numbers.items()} == {
        "accusation.us": 1,
        "accusation.ru": 2,
        "talks": 1,
        "agreement": 1,
    }
    assert content["days"] == 28
    assert numbers["agreement"]["in_all"]
    silent = content["silent"]
    assert isinstance(silent, dict)
    assert silent["campaign.us"].endswith("1 counted")
    layer = tmp_path / "r.yaml"
    layer.write_text(invoke("rates", file, "--parties", "us,ru").stdout)
    scenario = tmp_path / "s.yaml"
    scenario.write_text(
        SCENARIO.format(layer="r.yaml") + "issues: {general: null, x: {label: X, salience: 3}, y: {label: Y}}\n"
    )
    loaded = load(scenario).scenario
    assert loaded is not None
    assert loaded.events["agreement.x"].rate.quantity.in_all
    assert loaded.events["agreement.x"].rate.share == 0.75


@pytest.mark.parametrize(
    ("rows", "arguments", "message"),
    [
        ([], ("us,ru",), "no event"),
        (["2018-01-05,accusation,us,ru,3"], ("us,de",), "Germany ('de') does not occur in the record"),
        (["2018-01-05,accusaton,us,ru,3"], ("us,ru",), "did you mean 'accusation'?"),
        (["2018-01-05,accusation,us,ru,3"], ("us,russa",), "did you mean 'Russia'?"),
        (["2018-01-05,accusation,us,ru,3"], ("us",), "two different names were expected"),
        (["2018-01-05,accusation,us,ru,3"], ("us,ru", "--from", "2020-01-01", "--to", "2019-01-01"), "no such day"),
        (["2018-01-05,accusation,us,ru,3"], ("us,ru", "--for", "record"), "--parties a=us,b=ru"),
        (["2018-01-05,accusation,us,ru,3"], ("us,ru", "--for", "bilatral"), "did you mean 'bilateral'?"),
    ],
)
def test_what_cannot_be_counted(tmp_path: Path, rows: list[str], arguments: tuple[str, ...], message: str) -> None:
    file = table(tmp_path / "acts.csv", rows)
    done = invoke("rates", file, "--parties", *arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert done.stdout == ""


def test_a_faulty_chronicle_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("relsim: 1\nevents:\n  - {on: 2019-04-31, event: talks}\n")
    done = invoke("rates", file, "--parties", "us,ru")
    assert done.exit_code == 2
    assert "c.yaml:3:10" in done.stderr
