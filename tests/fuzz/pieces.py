# ruff: noqa: E501
"""Pieces of the format, each of which a document may say of what it has; many are right, some are at an extreme."""

from __future__ import annotations

import random
from typing import Any

MEMBERS = ("us", "ru", "self", "other", "a")


def piece(rng: random.Random, data: dict[str, Any]) -> dict[str, Any]:
    """One piece, or a few that belong together, to be laid over the document."""
    section = {name: [str(key) for key in value] for name, value in data.items() if isinstance(value, dict)}

    def some(*kinds: str, rarely: str = "tone") -> str:
        known = [name for kind in kinds for name in section.get(kind, ())]
        name = rng.choice(known) if known and rng.random() < 0.95 else rarely
        return f"{name}.{rng.choice(MEMBERS)}" if rng.random() < 0.15 and "." not in name else name

    def event() -> str:
        return some("events", rarely="accusation")

    def variable() -> str:
        return some("variables")

    def level() -> str:
        return some("variables", "indices", rarely="relations")

    def number(*more: Any) -> Any:
        return rng.choice((0, 1, -1, 0.5, "0.1 to 0.5", "-1 to 1", "0.5 ± 0.3", "0 ± 3", "-8 to 8", 8.9, 1e-9, *CHOICES, *more))

    def positive(*more: Any) -> Any:
        return rng.choice((0, 1, 0.5, 0.01, "0.1 to 0.5", "0.3 ± 0.1", "0.001 to 0.1", 1e-9, CHOICES[0], *more))

    def rate() -> Any:
        return rng.choice(("1 per day", "0 per day", "60 per day", "3 to 300 per month", "0.001 to 100 per year", "1 per year", 0, "1 ± 5 per week",
                           {"in_all": "2 per month"}, {"choice": [{"value": 0, "weight": 1}, {"value": 2, "weight": 1}], "unit": "per week"}, "1e6 per year"))  # fmt: skip

    def lasts() -> str:
        return rng.choice(("1 day", "3 to 10 weeks", "0.2 to 900 days", "90 years", "1 ± 5 days", "2 weeks"))

    def day() -> str:
        window = data.get("window")
        edges = [str(v) for v in window.values() if v] if isinstance(window, dict) else []
        return rng.choice((*edges, *edges, "2019-05-15", "2019-05-31", "2019-06-10", "2020-02-29", "2019-05-14", "start"))

    def clause() -> Any:
        name = some("events", "calendar", "conditions", "variables", "indices", "events")
        return rng.choice((name, {name: {"within": rng.choice(("1 day", "30 days", "3 years"))}}, {name: {"since": day()}},
                           {name: {"at_least": rng.choice((1, 2, 10**6))}}, {name: {"above": rng.choice((0, -9, 9, 1e9))}},
                           {name: {"not": True}}, {name: {"since": day(), "at_least": 2, "not": True}}))  # fmt: skip

    def test() -> Any:
        return rng.choice(({"happens": some("events", "calendar")}, {"happens": event(), "at_most": 0}, {"value": level(), "above": rng.choice((0, 1, -9, 9)), "on": day()},
                           {"happens": event(), "at_least": rng.choice((1, 2, 50)), "within": lasts(), "from": day(), "by": day()},
                           {"in_force": some("conditions"), "on": day()}, {"in_force": some("conditions"), "for": lasts()},
                           {"value": level(), "below": 0, rng.choice(("mean_over", "highest_over", "lowest_over")): [day(), day()]},
                           {"change": level(), "from": day(), "to": day(), "above": rng.choice((0, 2, -20))}, {"grade": level(), "is": rng.choice(("tense", "normal", "none")), "on": day()},
                           {"stays": level(), "above": rng.choice((0, -3)), "for": lasts(), "from": day()}, {"sequence": [some("events", "calendar"), event(), event()][: rng.choice((1, 2, 3))], "within": lasts()},
                           {"not": some("outcomes")}, {"none": [some("outcomes"), {"happens": event()}]}, {"all": []}, some("outcomes")))  # fmt: skip

    a, b = event(), event()
    name = rng.choice(("one", "two"))
    pieces: tuple[Any, ...] = (
        lambda: {"events": {a: {"effects": {variable(): number(-12, "-9 to -0.1", "1 ± 9")}}}},
        lambda: {"events": {a: {"rate": rate()}}},
        lambda: {"events": {a: {"rate": rate(), "excited_by": {b: {rng.choice(("share", "events", "in_all")): positive(), "half_life": lasts()}}}}},
        lambda: {"events": {a: {"excited_by": {b: {"share": rng.choice((0, 0.5, 0.95, 1, "0 to 1", "0.5 ± 0.4")), "half_life": lasts()}}}, b: {"rate": 0}}},
        lambda: {"events": {a: {"excited_by": {a: {"events": rng.choice((0.5, 0.99, 1, "0.5 to 1.5", "0.1 to 1")), "half_life": lasts()}}, "usual": rng.choice((True, False))}}},
        lambda: {"events": {a: {"at_most": rng.choice((1, 2, 10**6)), "ever": rng.choice((True, False)), "usual": rng.choice((True, False))}}},
        lambda: {"events": {a: {rng.choice(("requires", "unless")): [clause() for _ in range(rng.choice((0, 1, 2)))]}}},
        lambda: {"events": {a: {"weekdays": [rng.choice((0, 1, 0.5, "0 to 1", "1 ± 2", 1e-300, 1e300)) for _ in range(7)]}}},
        lambda: {"events": {a: {"weekdays": [0, 0, 0, 0, 0, 0, number()]}}},
        lambda: {"events": {a: {"overdispersion": rng.choice((0, 0.3, 1e6, 1e-9, "0.1 to 100", "0.5 ± 5")), "rate_ratio": {variable(): rng.choice((1, 0.5, 1e6, 1e-6, "0.1 to 10", "1 ± 0.5"))}}}},
        lambda: {"events": {name: {"each": rng.choice(("party", "issue", ["party", "issue"])), "rate": rate(), "effects": {f"{variable()}.{rng.choice(MEMBERS)}": number()}}}},
        lambda: {"variables": {variable(): {"baseline": number(9, -9, "8 ± 2", "-20 to 20"), "spread": rng.choice((0, 1, 5, 1000, "0.1 to 50"))}}},
        lambda: {"variables": {variable(): {"range": rng.choice(([0, 9], [-1, 1], [0, 1e-9], [-1e9, 1e9], [5, 6])), "initial": number()}}},
        lambda: {"variables": {variable(): {"half_life": lasts(), "pull": {variable(): rng.choice((0.01, 0.5, 2, "-0.1 to 0.1", "0 ± 1", 1e-300))}, "drift": rng.choice((True, False, "off"))}}},
        lambda: {"correlation": [{"between": [variable(), variable()], "value": rng.choice((0.4, 0.99, -1, 1, "0.1 to 0.9"))}]},
        lambda: {"correlation_of_weights": [{"between": [f"events/{a}/rate", rng.choice((f"events/{b}/rate", f"events/{a}/effects/{variable()}", f"variables/{variable()}/baseline"))], "value": rng.choice((0.5, 0.999, -0.9, 1, 0, 2))}]},
        lambda: {"conditions": {name: {"begins": [event()], "ends": [event()], "lasts": lasts(), "initially": rng.choice((True, False, {"since": day()})), "while": {"rates": {event(): positive(3, 50)}, "baseline": {variable(): number(12, -20)}}}},
                 "outcomes": {"held": {"in_force": name, "for": lasts()}}},
        lambda: {"conditions": {name: {"initially": {"since": rng.choice(("2019-05-01", "1990-01-01", day()))}, "lasts": lasts(), "begins": some("calendar", "events")}}},
        lambda: {"calendar": {name: {"on": day(), "probability": positive("50 %", "0.5 to 0.9"), "event": event(), "effects": {variable(): number()}, "otherwise": {"event": event()}}}},
        lambda: {"calendar": {name: {"between": [day(), day()], "probability": 0.5, "odds_ratio": {level(): rng.choice((1.2, 1e6, 1e-9, "0.5 to 5"))}, "at": {level(): number()}}}},
        lambda: {"calendar": {name: {"after": some("events", "calendar", "conditions"), "delay": lasts(), "probability": 1, "requires": [clause()], "unless": [clause()]}}},
        lambda: {"calendar": {name: {"on": day(), "probability": "0.2 to 0.4", "odds_if": {some("events", "conditions", "calendar"): {"odds_ratio": positive(1e9), **rng.choice(({}, {"within": "30 days"}, {"not": True}))}}}}},
        lambda: {"interventions": {name: rng.choice(({"on": day(), "event": event()}, {"cancel": some("calendar")}, {"force": some("calendar")}, {"from": day(), "to": day(), "rates": {event(): positive(50, 1e4)}},
                                                     {"on": day(), "shift": {variable(): number(30)}}, {"on": day(), "set": {variable(): number(30)}}))}},
        lambda: {"variants": {name: piece(rng, data) if rng.random() < 0.8 else {"window": {"end": day()}}}},
        lambda: {"window": rng.choice(({"as_of": day()}, {"start": day()}, {"end": day()}, {"start": "2019-05-15", "end": "2019-05-15"}))},
        lambda: {"run": rng.choice(({"max_per_day": rng.choice((1e-9, 0.1, 1, 1000, 1e6))}, {"draws": rng.choice((1, 2, 7))}, {"seed": rng.choice((0, 2**64 - 1))}))},
        lambda: {"window": {"as_of": day()}, "history": {name: {"events": [{"on": day(), "event": event(), "count": rng.choice((1, 3, 50, 10**6))}, {"on": day(), "entry": some("calendar")}], "covers": {"from": "2019-04-01", "to": day()}}}},
        lambda: {"history": {name: {"events": [{"on": day(), "event": a, "by": rng.choice(MEMBERS)}, {"on": "2019-05-01", "event": b}], "covers": {"from": "2019-04-01", "to": rng.choice(("2019-05-14", day()))}, "missing": [day()], "types": [b]}}},
        lambda: {"indices": {name: {"weights": {variable(): number(), variable(): number()}}}, "outcomes": {"seen": {"value": name, "above": 0, "on": day()}}},
        lambda: {"scale": rng.choice(({"limit": rng.choice((1, 0.1, 1e6, 9))}, {"grades": {"low": 0, "high": 9}}, {"grades": {}}))},
        lambda: {"parties": rng.choice(({"fr": "France"}, {"us": None}, {"a": None, "b": None}, {}))},
        lambda: {"issues": {"fish": {"salience": rng.choice((1, 0, 1e-9, 1e9))}}},
        lambda: {"outcomes": {"seen": test()}},
        lambda: {"outcomes": {"seen": {rng.choice(("all", "any", "none")): [test(), test()]}}},
        lambda: {"quantities": {"seen": rng.choice(({"count": event(), "from": day(), "to": day()}, {"value": level(), "on": day()}, {"days": level(), "above": 0}, {"first": some("outcomes")}, {"value": level(), "mean_over": [day(), day()]}))}},
    )  # fmt: skip
    drawn: dict[str, Any] = rng.choice(pieces)()
    return drawn


CHOICES: tuple[Any, ...] = (
    {"choice": [{"value": 0.1, "weight": 1}, {"value": 0.4, "weight": 2}]},
    {"choice": [{"value": -2, "weight": 0.5}, {"value": 30, "weight": 1e-9}]},
    {"uniform": {"low": -3, "high": 3}},
    {"beta": {"alpha": 0.5, "beta": 0.5}},
    {"triangular": {"low": 0, "mode": 0, "high": 1}},
    {"normal": {"mean": 0, "sd": 100}},
    {"lognormal": {"median": 0.5, "sigma": 3}},
)
