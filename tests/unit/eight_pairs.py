"""Eight pairs of states from near-friends to near-war, busy and quiet: what is the pair's own of the built-in model.

Rates are acts per year, first side | second side. Five pairs are counted by the built-in model's codes from ICEWS
(doi:10.7910/DVN/28075; distinct rows, 2018-01-01 to 2019-03, Japan and China 2005 to 2015), an event that does not
occur being given one act in ten years; the other three, and all baselines, are judgement.
"""

from __future__ import annotations

from datetime import date, timedelta

PAIRS: dict[str, tuple[float, float, dict[str, str]]] = {
    "neighbours and friends, quiet": (3, 1.5, {
        "warm_words": "8", "offer": "3", "announcement": "4", "accusation": "1", "refusal": "1", "threat": "0.05",
        "talks": "15", "call": "4", "visit": "8", "summit": "0.8", "agreement": "1.5", "cooperation": "5",
        "concession": "0.3", "snub": "0.05", "sanctions_minor": "0.02", "sanctions_major": "0.005", "arrest": "0.1",
        "expulsion": "0.02", "show_of_force": "0.02", "opponent_aid": "0.02", "treaty_exit": "0.02", "incident": "0.02",
    }),
    "allies, busy": (3, 2, {
        "warm_words": "45", "offer": "20", "announcement": "20", "accusation": "8", "refusal": "6", "threat": "0.5",
        "talks": "45", "call": "25", "visit": "20", "summit": "2", "agreement": "3", "cooperation": "12",
        "concession": "2", "snub": "0.3", "sanctions_minor": "0.1", "sanctions_major": "0.02", "arrest": "0.5",
        "expulsion": "0.05", "show_of_force": "0.1", "opponent_aid": "0.1", "treaty_exit": "0.1", "incident": "0.05",
    }),
    "far apart and indifferent": (0.5, 2, {
        "warm_words": "1.5", "offer": "0.5", "announcement": "0.7", "accusation": "0.4", "refusal": "0.3",
        "threat": "0.03", "talks": "1.5", "call": "0.3", "visit": "0.6", "summit": "0.1", "agreement": "0.2",
        "cooperation": "0.4", "concession": "0.05", "snub": "0.03", "sanctions_minor": "0.01",
        "sanctions_major": "0.005", "arrest": "0.05", "expulsion": "0.01", "show_of_force": "0.01",
        "opponent_aid": "0.01", "treaty_exit": "0.01", "incident": "0.01",
    }),
    "United States and China": (-2, 5, {
        "warm_words": "11.4|24.5", "offer": "19.6|16.3", "announcement": "12.2|9.8", "accusation": "32.6|27.7",
        "refusal": "10.6|22", "threat": "4.1|4.9", "talks": "13", "call": "5.7", "visit": "12.2", "cooperation": "6.5",
        "concession": "0.8|0.8", "snub": "3.3|0.8", "sanctions_minor": "2.4|0.1", "arrest": "0.8|0.1",
        "expulsion": "0.1", "show_of_force": "4.9|0.1", "incident": "0.1",
    }),
    "Japan and China": (-2, 5, {
        "warm_words": "0.8|1.5", "offer": "8.8|9.7", "announcement": "0.1|0.1", "accusation": "0.3|1.2",
        "refusal": "0.9|1.6", "threat": "0.1|0.2", "talks": "0.4", "call": "0.1", "visit": "0.8", "cooperation": "0.4",
        "concession": "0.1", "snub": "0.1|0.2", "sanctions_minor": "0.1", "arrest": "0.1", "expulsion": "0.1",
        "show_of_force": "0.3|1.1", "incident": "0.1",
    }),
    "Russia and the United Kingdom": (-4, 6, {
        "warm_words": "4.1|0.8", "offer": "3.3|0.1", "announcement": "0.1", "accusation": "7.4|12.3",
        "refusal": "4.1|3.3", "threat": "2.5|1.6", "talks": "0.8", "call": "0.1", "visit": "0.8", "cooperation": "1.6",
        "concession": "0.1", "snub": "2.5|3.3", "sanctions_minor": "0.1", "arrest": "0.8|0.8", "expulsion": "0.1",
        "show_of_force": "0.1", "incident": "1.6",
    }),
    "India and Pakistan": (-5, 7, {
        "warm_words": "9.8|6.5", "offer": "5.7|12.2", "announcement": "0.1|1.6", "accusation": "11.4|7.3",
        "refusal": "7.3|5.7", "threat": "4.1|2.4", "talks": "3.3", "call": "0.1", "visit": "4.1", "cooperation": "5.7",
        "concession": "0.8|2.4", "snub": "1.6|0.8", "sanctions_minor": "0.1", "arrest": "0.8|1.6", "expulsion": "0.1",
        "show_of_force": "1.6|1.6", "incident": "16.3",
    }),
    "Russia and Ukraine": (-6, 7, {
        "warm_words": "2.5|0.8", "offer": "2.5|0.8", "announcement": "0.8|0.8", "accusation": "3.3|2.5",
        "refusal": "3.3|3.3", "threat": "1.6|0.8", "talks": "1.6", "call": "0.8", "visit": "1.6", "cooperation": "1.6",
        "concession": "4.1|0.1", "snub": "0.1|0.8", "sanctions_minor": "0.8|4.1", "arrest": "5.7|0.1",
        "expulsion": "0.1", "show_of_force": "8.2|4.1", "incident": "3.3",
    }),
}  # fmt: skip
"""Baseline of tone, baseline of the gap, rates."""
START = date(2024, 1, 1)


def pair_text(name: str, days: int = 180) -> str:
    """A scenario of a pair on the built-in model, without interventions."""
    tone, gap, rates = PAIRS[name]
    lines = [
        "relsim: 1",
        "extends: bilateral",
        f"window: {{start: {START}, end: {START + timedelta(days=days - 1)}}}",
        "parties: {a: null, b: null, one: The first, two: The second}",
        f"variables: {{tone: {{baseline: {tone}}}, gap: {{baseline: {gap}}}}}",
        "quantities: {calls: {count: call}}",
        "events:",
    ]
    for event, rate in rates.items():
        if event == "agreement":
            lines.append(f"  agreement: {{rate: {{in_all: {rate} per year}}}}")
        elif "|" in rate:
            lines += [f"  {event}.{p}: {{rate: {r} per year}}" for p, r in zip(("one", "two"), rate.split("|"))]
        else:
            lines.append(f"  {event}: {{rate: {rate} per year}}")
    return "\n".join(lines) + "\n"
