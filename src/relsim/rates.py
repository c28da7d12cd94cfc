"""How often a pair does what: rates with their doubt from counted acts. Floor 5.

The number of acts in a covered time is taken as Poisson and its rate as gamma before and after: the prior has the
model's median as its mean and weighs half an act (shape ½), so that a short record says what it can and no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from relsim.compose import LoadedScenario
from relsim.compose.histories import read_chronicle
from relsim.compose.weights import weights_text
from relsim.ingest.acts import Acts, ReportedEvent
from relsim.ingest.countries import PairSide
from relsim.quantity import Kind, Quantity, parse
from relsim.result.json_text import dump

YEAR = 365.25
PRIOR_SHAPE = 0.5
"""Acts that the prior is worth."""
RANGE = (0.05, 0.95)
DATED = "the model gives it no rate: its days are set by hand"
OWN = "its members have rates of their own in the model"


@dataclass(frozen=True)
class Rate:
    """A pair's rate of one event, acts per year."""

    event: str
    count: int
    prior: float
    """The model's median, in all where the event stands for each issue."""
    low: float
    """5th percentile of the posterior."""
    median: float
    high: float
    """95th percentile."""
    in_all: bool
    """Whether the number is of all issues."""


@dataclass(frozen=True)
class PairRates:
    """The rates of a pair that a record gives, and what it is silent about."""

    record: str
    """The file's name."""
    model: str
    """That of the model, whose rates are the prior."""
    sides: tuple[PairSide, PairSide]
    acts: Acts
    rates: tuple[Rate, ...]
    silent: Mapping[str, str]
    """Why an event keeps the model's rate, by event."""

    def to_json(self) -> str:
        """The rates per year as JSON."""
        acts = self.acts
        body = {
            "record": self.record,
            "parties": {side.name: side.label for side in self.sides},
            "from": acts.first.isoformat(),
            "to": acts.last.isoformat(),
            "days": acts.days,
            "missing": acts.missing,
            "coverage_declared": not acts.assumed,
            "rates": {
                rate.event: {
                    "count": rate.count,
                    "low": rate.low,
                    "median": rate.median,
                    "high": rate.high,
                    "prior_mean": rate.prior,
                    "in_all": rate.in_all,
                }
                for rate in self.rates
            },
            "silent": dict(self.silent),
            "left_out": dict(acts.left_out),
        }
        return f"{dump(body)}\n"

    def covered(self) -> str:
        """The covered time in words."""
        gone = f", {self.acts.missing:,} more missing" if self.acts.missing else ""
        return f"{self.acts.days:,} days covered, {self.acts.first} to {self.acts.last}{gone}"


def posterior(count: int, years: float, prior: float) -> tuple[float, float, float]:
    """5th, 50th and 95th percentile of a rate per year, gamma with shape ½ + count and rate ½/prior + years.

    Parameters
    ----------
    count : acts in the covered time
    years : the covered time
    prior : mean of the prior, acts per year, above 0
    """
    from scipy.special import gammaincinv

    low, median, high = gammaincinv(PRIOR_SHAPE + count, (RANGE[0], 0.5, RANGE[1])) / (PRIOR_SHAPE / prior + years)
    return float(low), float(median), float(high)


def pair_rates(record: str, acts: Acts, model: LoadedScenario, sides: tuple[PairSide, PairSide]) -> PairRates:
    """Rates of every event that a record tells of.

    Parameters
    ----------
    record : the name of the record's file
    model : whose rates are the prior
    """
    scenario = model.scenario
    assert scenario is not None
    years = acts.days / YEAR
    rates, silent = [], dict(acts.silent)
    for event, count in acts.counts.items():
        members = {name: e for name, e in scenario.events.items() if name == event or name.startswith(f"{event}.")}
        prior = sum(e.rate.quantity.central() * e.rate.share for e in members.values()) * YEAR
        in_all = event not in members
        if in_all and any(e.rate.path != f"events/{event}/rate" for e in members.values()):
            silent[event] = OWN
        elif prior > 0:
            low, median, high = posterior(count, years, prior)
            rates.append(Rate(event, count, prior, low, median, high, in_all))
        else:
            silent[event] = DATED + (f"; {count} counted" if count else "")
    return PairRates(record, model.name, sides, acts, tuple(rates), silent)


def layer_text(found: PairRates, loaded: LoadedScenario, advice: str = "") -> str:
    """The rates as a layer of YAML, to be laid over the model that they were counted for.

    Parameters
    ----------
    loaded : that model
    advice : what to do with them; how to lay them over the model where silent
    """
    numbers = {f"events/{rate.event}/rate": _quantity(found, rate) for rate in found.rates}
    advice = advice or f"To use them: extends: [{found.model}, THIS FILE], or --weights THIS FILE."
    return weights_text(loaded.root, numbers, heading=_head(found, advice))


def _quantity(found: PairRates, rate: Rate) -> Quantity:
    number = parse(f"{_short(rate.low)} to {_short(rate.high)} per year", Kind.RATE)
    acts = "1 act" if rate.count == 1 else f"{rate.count:,} acts"
    source = (
        f"{acts} in {found.covered()} ({found.record}); "
        f"the model's median, {_short(rate.prior)} per year, counted as half an act"
    )
    return replace(number, source=source, in_all=rate.in_all)


def _head(found: PairRates, advice: str) -> str:
    a, b = found.sides
    lines = [
        f"Rates of {a.label} ({a.name}) and {b.label} ({b.name}), counted from {found.record}: {found.covered()}.",
        f"A range holds the 5th to the 95th percentile. {advice}",
    ]
    for reason, events in silent_by_reason(found).items():
        lines.append(f"Left as the model has them, {reason}: {', '.join(events)}.")
    return "\n".join(lines)


def silent_by_reason(found: PairRates) -> dict[str, list[str]]:
    """Events that keep the model's rate, by why; one of which both sides' acts do so stands once."""
    out: dict[str, dict[str, None]] = {}
    for event, reason in found.silent.items():
        general = event.split(".")[0]
        both = all(found.silent.get(f"{general}.{side.name}") == reason for side in found.sides)
        out.setdefault(reason, {})[general if both else event] = None
    return {reason: list(events) for reason, events in out.items()}


def told_by_chronicle(path: Path) -> tuple[list[ReportedEvent], Mapping[str, str]]:
    """Events of a chronicle, and its parties with their labels.

    Raises
    ------
    InputError
        With one diagnostic for each fault of the file.
    """
    chronicle = read_chronicle(str(path))
    told = [
        ReportedEvent(e.on if isinstance(e.on, date) else e.on.circa, e.event, e.by or "", e.toward or "", e.count or 1)
        for e in chronicle.events or ()
        if e.event is not None
    ]
    return told, chronicle.parties or {}


def _short(number: float) -> str:
    import numpy as np

    return np.format_float_positional(number, precision=3, fractional=False, trim="-")
