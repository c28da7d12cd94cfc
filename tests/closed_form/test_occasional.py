"""Events that are held back now and then, and sources that would overfill a rate: what they do to the usual.

Exact where nothing is drawn; counts and means within five standard errors (``oracle.five``), for the engine and for
the oracle.
"""

from __future__ import annotations

import numpy as np
import pytest
from oracle.five import counts_agree, mean_agrees, share_agrees
from oracle.scenes import scene

from relsim.errors import DocumentError
from relsim.model import build

HEAD = """
window: {start: 2019-01-01, end: 2019-04-10}
variables: {x: {range: [0, 9], baseline: 5, half_life: 2 years}}
"""


def gated(rate: str, extra: str = "") -> str:
    return f"""{HEAD}
events:
  opening: {{rate: 0 per day}}
  deal: {{rate: {rate}, requires: [opening], effects: {{x: -1}}{extra}}}
"""


def test_a_good_event_held_back_moves_nothing_whatever_its_rate(run):
    """Without the opening no deal comes; the gap stays at its baseline on every path and day, for any rate."""
    for rate in ("0.1 per year", "5 per year", "100 per year"):
        record = run(scene(gated(rate)), 256)
        assert record.counts.sum() == 0
        np.testing.assert_allclose(record.states[:, :, 0], 5, atol=1e-5)


def test_an_event_kept_among_the_usual_drifts_the_other_way(run):
    """``usual: true``: the drift of every day is −R W, whether the event may happen or not."""
    record = run(scene(gated("36.525 per year", ", usual: true")), 1)
    rho = 2 ** (-1 / 730.5)
    expected, x = [5.0], 5.0
    for _ in range(100):
        x = 5 + rho * (x - 5) + 0.1
        x = 18 - x if x > 9 else x  # reflected at the bound
        expected.append(x)
    np.testing.assert_allclose(record.states[0, :, 0], expected, atol=1e-3)


def test_an_event_taken_out_of_the_usual_has_no_drift(run):
    """``usual: false`` on an event that nothing holds back: its effects add up, 0.2 a day at first order."""
    text = """
window: {start: 2019-01-01, end: 2019-01-10}
variables: {x: {range: [-1000, 1000], baseline: 0, half_life: 300000 days}}
events: {push: {rate: 0.2 per day, usual: false, effects: {x: 1}}}
"""
    record = run(scene(text), 40_000, 5)
    # Each of n events leaves 1000 − x times 0.999: E x = 1000 (1 − exp(−0.2 · 0.001 t)) for Poisson counts.
    mean_agrees(record.states[:, 10, 0], 1000 * (1 - np.exp(-0.002)))


def test_a_ceiling_that_never_binds_on_a_usual_event_changes_nothing():
    from relsim.engine import record

    plain = """
window: {start: 2019-01-01, end: 2019-04-10}
variables: {x: {half_life: 20 days, spread: 1}}
events:
  act:
    {rate: 0.4 per day, effects: {x: -0.5}, rate_ratio: {x: 0.9}, excited_by: {act: {events: 0.3, half_life: 3 days}}}
  echo: {rate: 0.2 per day, excited_by: {act: {share: 0.5, half_life: 2 days}}}
"""
    with_ceiling = plain.replace("{rate: 0.4", "{at_most: 1000, usual: true, rate: 0.4")
    found = [record(build(scene(text)), paths=256, seed=7) for text in (plain, with_ceiling)]
    for name in ("states", "counts"):
        assert np.array_equal(getattr(found[0], name), getattr(found[1], name))


def test_what_an_occasional_event_brings_on_comes_on_top(run):
    """Echoes: their own rate R unprompted, whatever the occasional source; a forced source adds a of them."""
    text = """
window: {start: 2019-01-01, end: 2019-04-10}
variables: {x: {half_life: 10 days}}
events:
  gate: {rate: 0 per day}
  source: {rate: 0.3 per day, requires: [gate]}
  echo: {rate: 0.2 per day, excited_by: {source: {events: 1.5, half_life: 2 days}}}
"""
    quiet = run(scene(text), 20_000, 11).counts[:, :, 2]
    counts_agree(quiet.sum(), quiet.size * 0.2)
    counts_agree(quiet[:, 0].sum(), len(quiet) * 0.2)  # no traces of a source that has not come
    forced = text + "interventions: {one: {on: 2019-01-01, event: source}}\n"
    mean_agrees(run(scene(forced), 20_000, 12).counts[:, :, 2].sum(axis=1), 100 * 0.2 + 1.5)


def test_what_an_occasional_event_brings_on_of_itself_comes_on_top(run):
    """At most one of: after the first there is none left; before it, R unprompted."""
    text = """
window: {start: 2019-01-01, end: 2019-04-10}
variables: {x: {half_life: 10 days}}
events: {act: {rate: 0.01 per day, at_most: 1, excited_by: {act: {events: 0.9, half_life: 5 days}}}}
"""
    counts = run(scene(text), 20_000, 13).counts[:, :, 0].sum(axis=1)
    assert counts.max() == 1
    share_agrees(counts.sum(), len(counts), 1 - np.exp(-1.0))


def test_what_brings_on_an_occasional_event_is_counted_in_its_rate():
    """r = R − A R of the usual sources, for a target that is held back as for any other."""
    model = build(
        scene(
            HEAD
            + """
events:
  source: {rate: 1 per day}
  target: {rate: 0.5 per day, at_most: 9, excited_by: {source: {events: 0.2, half_life: 2 days}}}
"""
        )
    )
    assert model.at_medians().weights.rates.unprompted[0].tolist() == pytest.approx([1, 0.3])


OVERFULL = """
events:
  source: {rate: 10 per day}
  held: {rate: 1 per day, at_most: 3}
  target:
    rate: 2 per day
    excited_by:
      source: [{events: 0.3, half_life: 2 days}, {events: 0.1, half_life: 9 days}]
      held: {events: 0.7, half_life: 2 days}
  shared: {rate: 1 per day, excited_by: {source: {share: 0.95, half_life: 2 days}}}
  full: {rate: 1 per day, excited_by: {source: {share: 0.9, half_life: 2 days}}}
"""


def test_usual_sources_are_scaled_alike_to_nine_tenths_of_the_rate():
    """4 a day would be brought on of a rate of 2: 0.45 times; the occasional source keeps its numbers."""
    model = build(scene(HEAD + OVERFULL))
    rates = model.at_medians().weights.rates
    np.testing.assert_allclose(rates.excite[0], [0.3 * 0.45, 0.1 * 0.45, 0.7, 0.09, 0.09], rtol=1e-12)
    np.testing.assert_allclose(rates.unprompted[0], [10, 1, 0.2, 0.1, 0.1], rtol=1e-12)
    scaled = {s.event: (s.share, s.factor) for s in model.scaled}
    assert set(scaled) == {"target", "shared"}  # exactly nine tenths are not scaled
    assert scaled["target"] == pytest.approx((1, 0.45))
    assert scaled["shared"] == pytest.approx((1, 0.9 / 0.95))


def test_an_overfilled_rate_stands(run):
    """The target comes at its rate of 2 a day, though its usual source would bring on 4."""
    text = HEAD + OVERFULL.replace("      held: {events: 0.7, half_life: 2 days}\n", "")
    counts = run(scene(text), 4_000, 14).counts[:, :, 2].sum(axis=1)
    mean_agrees(counts, 200)


def test_in_how_many_draws_and_by_how_much_sources_are_scaled():
    """A rate uniform on 1 … 3 a day and 1.8 brought on: scaled where 0.9 R < 1.8, in half of the draws."""
    model = build(
        scene(
            HEAD
            + """
events:
  source: {rate: 6 per day}
  target:
    rate: {uniform: {low: 1, high: 3}, unit: per day}
    excited_by: {source: {events: 0.3, half_life: 2 days}}
"""
        )
    )
    (scaled,) = model.scaled
    assert scaled.event == "target"
    assert abs(scaled.share - 0.5) < 5 * np.sqrt(0.25 / 1000)
    assert abs(scaled.factor - 0.75) < 0.03  # R/2 at its median 1.5 over the scaled half
    drawn = model.draw(3, 500)
    assert (drawn.weights.rates.unprompted[:, 1] >= 0.1 * drawn.rate[:, 1] - 1e-12).all()


@pytest.mark.parametrize(
    ("events", "told"),
    [
        (
            "a: {rate: 1 per day}, b: {rate: 1 per day, excited_by: {a: {share: 0.7, half_life: 2 days}, "
            "b: {share: 0.4, half_life: 1 day}}}",
            "the shares of b that a, b trigger add up to 1.1",
        ),
        (
            "a: {rate: 1 per day}, b: {excited_by: {a: {events: 0.5, half_life: 2 days}}}",
            "b is given a rate of 0, but a would by themselves trigger 183 a year",
        ),
        (
            "a: {rate: 1 per day, excited_by: {a: {events: 1.1, half_life: 2 days}}}",
            "the loop a → a has branching ratio 1.10",
        ),
    ],
)
def test_what_stays_an_error(events, told):
    with pytest.raises(DocumentError) as error:
        build(scene(f"{HEAD}events: {{{events}}}\n"))
    assert told in error.value.problems[0].message


def test_a_loop_is_judged_as_written_though_its_sources_would_be_scaled():
    """Branching ratio 1.5 as stated is an error, whatever scaling would make of it."""
    text = "events: {a: {rate: 1 per day, excited_by: {a: {events: 1.5, half_life: 2 days}}}}\n"
    with pytest.raises(DocumentError, match=r"branching ratio 1\.50"):
        build(scene(HEAD + text))


def test_all_events_at_fault_are_told_at_once():
    """Three events of rate 0 that others bring on, and shares of more than all: four faults, each with lines."""
    silent = ", ".join(f"s{i}: {{excited_by: {{a: {{events: 0.1, half_life: 2 days}}}}}}" for i in range(3))
    text = f"events: {{a: {{rate: 1 per day}}, {silent}, b: {{rate: 1 per day, excited_by: {{a: [{{share: 0.6, "
    text += "half_life: 2 days}, {share: 0.6, half_life: 9 days}]}}}\n"
    with pytest.raises(DocumentError) as error:
        build(scene(HEAD + text))
    assert [f.message.split()[0] for f in error.value.problems] == ["the", "s0", "s1", "s2"]
    assert all("events: {s" in f.hint for f in error.value.problems[1:])


def test_multipliers_of_the_scenario_are_judged_on_the_scaled_numbers():
    """0.9 of its own rate at most: doubled it is 1.2 as written and as scaled, an error; as scaled to 0.45, none."""
    busy = "interventions: {busy: {from: 2019-01-01, to: 2019-02-01, rates: {a: 2}}}\n"
    own = "events: {a: {rate: 1 per day, excited_by: {a: {events: 0.6, half_life: 2 days}}}}\n"
    with pytest.raises(DocumentError, match=r"with the scenario's rate multipliers .* has branching ratio 1\.20"):
        build(scene(HEAD + own + busy))
    loop = """events:
  a: {rate: 0.1 per day, excited_by: {b: {events: 0.9, half_life: 2 days}}}
  b: {rate: 10 per day, excited_by: {a: {events: 0.9, half_life: 2 days}}}
"""
    build(scene(HEAD + loop + busy))  # 2 · 0.009 · 0.9 once scaled, 2 · 0.81 as written
