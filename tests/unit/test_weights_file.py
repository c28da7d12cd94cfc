"""A weights file gives exactly the numbers that it was written from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsim.compose import load
from relsim.compose.weights import weights_text
from relsim.model import build
from relsim.quantity import Kind, Quantity, parse, written

ROOT = Path(__file__).resolve().parents[2]

UNITS = {
    Kind.RATE: ("per day", "per week", "per month", "per year", ""),
    Kind.DURATION: ("days", "week", "months", "years", ""),
}
SCALE = {"per week": 1 / 7, "per month": 1 / (365.25 / 12), "week": 7.0, "years": 365.25}
"""What one of a unit is in base units."""
POSITIVE = st.floats(1e-6, 1e6)


@st.composite
def quantities(draw: st.DrawFn) -> Quantity:
    """Any family in any unit, with any parameters that are no error."""
    kind = draw(st.sampled_from(list(Kind)))
    unit = draw(st.sampled_from(UNITS.get(kind, ("",))))
    probability = kind is Kind.PROBABILITY
    number = st.floats(0.01, 0.99) if probability else POSITIVE
    families = ["certain", "normal", "uniform", "triangular", "choice", "beta"]
    family = draw(st.sampled_from([*families, "logit_normal" if probability else "lognormal"]))
    if family in ("lognormal", "logit_normal"):
        parameters: tuple[float, ...] = (draw(number), draw(st.floats(0.01, 3)))
    elif family == "beta":
        parameters = (draw(st.floats(0.1, 50)), draw(st.floats(0.1, 50)), SCALE.get(unit, 1.0))
    elif family == "choice":
        values = sorted(draw(st.lists(number, min_size=2, max_size=4, unique=True)))
        weights = [draw(st.floats(0.1, 5)) for _ in values]
        total = sum(weights)
        parameters = tuple(x for v, w in zip(values, weights, strict=True) for x in (v, w / total))
    elif family == "normal":
        mean = draw(st.floats(0.01, 0.9) if probability else number)  # at least half lies below 1
        parameters = (mean, mean * draw(st.floats(0.01, 0.5)))
    else:
        count = {"certain": 1, "uniform": 2, "triangular": 3}[family]
        parameters = tuple(sorted(draw(st.lists(number, min_size=count, max_size=count, unique=True))))
    text = st.none() | st.sampled_from(["own list", "fitted to ICEWS: 3 | 4", '‘quoted’ "so" #1', "1.5", "no"])
    in_all = kind is Kind.RATE and draw(st.booleans())
    return Quantity(family, parameters, kind, "", unit, draw(text), draw(text), in_all)


@settings(max_examples=500, deadline=None)
@given(quantities())
def test_written_reads_back_bit_for_bit(quantity: Quantity) -> None:
    again = parse(written(quantity), quantity.kind, in_all=quantity.kind is Kind.RATE)
    for field in ("family", "parameters", "kind", "source", "note", "in_all"):
        assert getattr(again, field) == getattr(quantity, field), field


@pytest.mark.parametrize(
    ("text", "kind", "plain"),
    [
        ("3 per month", Kind.RATE, "3 per month"),
        ("3 to 6 per month", Kind.RATE, "3 to 6 per month"),
        ("0.45 per year", Kind.RATE, "0.45 per year"),
        ("2 weeks", Kind.DURATION, "2 weeks"),
        (0.25, Kind.PROBABILITY, 0.25),
        (0, Kind.RATE, 0),
        ({"value": "0.5 ± 0.1", "source": "guess"}, Kind.REAL, {"value": "0.5 ± 0.1", "source": "guess"}),
        ({"in_all": "1 per year"}, Kind.RATE, {"in_all": "1 per year"}),
    ],
)
def test_an_unchanged_number_is_written_as_it_was(text: object, kind: Kind, plain: object) -> None:
    assert written(parse(text, kind, in_all=kind is Kind.RATE)) == plain


def test_a_changed_number_stays_in_its_unit() -> None:
    q = replace(parse("3 to 6 per month", Kind.RATE), parameters=(4.8 / 30.4375, 0.25))
    assert written(q, digits=4) == {"lognormal": {"median": 4.8, "sigma": 0.25}, "unit": "per month"}


def shifted(quantity: Quantity, note: str) -> Quantity:
    """Another number of the same family, with bits that no short decimal has."""
    if quantity.family in ("normal", "lognormal"):
        first, second = quantity.parameters
        return replace(quantity, parameters=(first * (1 + 1 / 300), second / 1.1), note=note)
    return replace(quantity, note=note)


@pytest.mark.parametrize(
    "file", ["scenarios/osaka_2019/scenario.yaml", "tests/documents/valid/everything.yaml"], ids=["osaka", "everything"]
)
def test_a_file_of_all_weights_gives_them_exactly(file: str, tmp_path: Path) -> None:
    """Lists and interventions, which no layer merges into, included."""
    loaded = load(ROOT / file, whole=True)
    assert loaded.scenario is not None
    before = build(loaded.scenario)
    numbers = {w.path: shifted(w.quantity, f"fitted: no. {i}") for i, w in enumerate(before.weights)}
    path = tmp_path / "weights.yaml"
    path.write_text(weights_text(loaded.root, numbers, heading="Two lines\nof heading"), encoding="utf-8")
    assert path.read_text(encoding="utf-8").startswith("# Two lines\n# of heading\nrelsim: 1\n")
    assert load(path).scenario is None
    again = load(ROOT / file, weights=[path], whole=True)
    assert again.scenario is not None
    after = build(again.scenario)
    assert [w.path for w in after.weights] == list(numbers)
    for w in after.weights:
        wanted = numbers[w.path]
        found = (w.quantity.family, w.quantity.parameters, w.quantity.note, w.quantity.source, w.quantity.in_all)
        assert found == (wanted.family, wanted.parameters, wanted.note, wanted.source, wanted.in_all), w.path
    assert again.scenario.outcomes == loaded.scenario.outcomes


def test_pairs_not_both_written_are_carried_over(tmp_path: Path) -> None:
    base = """relsim: 1
window: {start: 2019-01-01, end: 2019-01-02}
variables: {x: {half_life: 5 to 9 days, spread: 0.1 to 0.2, baseline: 0 ± 1}}
correlation_of_weights:
- {between: [variables/x/half_life, variables/x/spread], value: 0.5}
- {between: [variables/x/half_life, variables/x/baseline], value: 0.25}
quantities: {q: {value: x, on: 2019-01-02}}
"""
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    loaded = load(tmp_path / "base.yaml", whole=True)
    assert loaded.scenario is not None
    numbers = {w.path: w.quantity for w in build(loaded.scenario).weights if not w.path.endswith("baseline")}
    pair = ("variables/x/half_life", "variables/x/spread")
    (tmp_path / "w.yaml").write_text(weights_text(loaded.root, numbers, {pair: -0.125}), encoding="utf-8")
    after = load(tmp_path / "base.yaml", weights=[tmp_path / "w.yaml"], whole=True).scenario
    assert after is not None
    assert {p.between: p.value for p in after.correlation_of_weights} == {
        pair: -0.125,
        ("variables/x/half_life", "variables/x/baseline"): 0.25,
    }


def test_a_path_into_a_list_that_is_not_there() -> None:
    loaded = load(ROOT / "tests/documents/valid/everything.yaml")
    quantity = parse(0.5, Kind.NONNEGATIVE)
    with pytest.raises(KeyError, match="the document has no 'interventions/quiet/rates/accusation'"):
        weights_text(loaded.root, {"interventions/quiet/rates/accusation": quantity})
