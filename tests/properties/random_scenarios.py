"""Random scenarios that use every part of the model at once, as documents.

``document_of`` takes a ``random.Random``: one with a fixed seed, or one of hypothesis' own, which can
shrink. Thresholds carry a fourth decimal that no state has by construction, so that no comparison is a
tie.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

START = date(2019, 5, 15)
DAYS = 50


def document_of(random: Random) -> dict[str, object]:
    """A valid document with a window of fifty days."""
    return Writer(random).document()


class Writer:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.doubt = random.random() < 0.5
        self.variables = [f"v{i}" for i in range(random.randint(1, 4))]
        self.events = [f"e{i}" for i in range(random.randint(1, 4))]
        self.conditions = [f"c{i}" for i in range(random.randint(0, 3))]
        self.entries = [f"m{i}" for i in range(random.randint(0, 4))]
        self.rates = {e: random.choice([0, *[0.02, 0.1, 0.3, 1.0] * 3]) * random.uniform(0.5, 1.5) for e in self.events}
        self.ranges, self.baselines = {}, {}
        for v in self.variables:
            low, high = random.choice([(-9, 9), (-9, 9), (0, 9), (-3, 2)])
            self.ranges[v] = low, high
            self.baselines[v] = round(low + (high - low) * random.uniform(0.25, 0.75), 1)

    def chance(self, p: float) -> bool:
        return self.random.random() < p

    def some(self, names: list[str], p: float = 0.4) -> list[str]:
        return [name for name in names if self.chance(p)]

    def number(self, value: float, unit: str = "", positive: bool = False) -> object:
        """A number, in doubt now and then."""
        unit = f" {unit}" if unit else ""
        if self.doubt and self.chance(0.4):
            if positive:
                return f"{value * 0.8:.6g} to {value * 1.2:.6g}{unit}"
            return f"{value:.6g} ± {abs(value) * 0.15 + 0.001:.6g}{unit}"
        return f"{value:.6g}{unit}" if unit else float(f"{value:.6g}")

    def day(self, first: int = 1, last: int = DAYS) -> date:
        """A date of the window, day 1 the start; 0 and below lie before it."""
        return START + timedelta(days=self.random.randint(first, last) - 1)

    def document(self) -> dict[str, object]:
        sections: dict[str, object] = {
            "relsim": 1,
            "window": {"start": START, "end": START + timedelta(days=DAYS - 1)},
            "variables": {v: self.variable(v) for v in self.variables},
        }
        if self.chance(0.3):
            sections["run"] = {"max_per_day": self.random.choice([1, 2.5])}
        if len(self.variables) > 1 and self.chance(0.5):
            pairs = zip(self.variables, self.variables[1:], strict=False)
            sections["correlation"] = [
                {"between": list(pair), "value": round(self.random.uniform(-0.6, 0.6), 2)} for pair in pairs
            ]
        sections["indices"] = {"blend": {"weights": {v: self.number(0.7) for v in self.variables}}}
        sections["events"] = {e: self.event(e) for e in self.events}
        if self.conditions:
            sections["conditions"] = {c: self.condition() for c in self.conditions}
        if self.entries:
            sections["calendar"] = {m: self.entry(i) for i, m in enumerate(self.entries)}
        if self.chance(0.6):
            sections["history"] = {f"h{i}": self.history() for i in range(self.random.randint(1, 2))}
        if self.chance(0.6):
            sections["interventions"] = self.interventions()
        sections["quantities"] = {"at_end": {"value": "blend", "on": START + timedelta(days=DAYS - 1)}}
        if self.chance(0.4):
            self.look_back(sections)
        return sections

    def look_back(self, sections: dict[str, object]) -> None:
        """Let the record reach into the window."""
        random = self.random
        as_of = self.day(0, 20)
        sections["window"] = {**sections["window"], "as_of": as_of}
        days = (as_of - START).days + 1
        if days < 1:
            return
        events = [
            {"on": self.day(1, days), "event": random.choice(self.events), "count": random.randint(1, 3)}
            for _ in range(random.randint(0, 6))
        ]
        events += [{"on": self.day(1, days), "entry": name} for name in self.some(self.entries, 0.3)]
        told: dict[str, object] = {"events": events}
        if self.chance(0.7):
            told["covers"] = {"from": self.day(-5, days), "to": as_of}
            told["types"] = self.some([*self.events, *self.entries], 0.5)
            if self.chance(0.3):
                told["missing"] = [self.day(1, days)]
        sections["history"] = {**sections.get("history", {}), "told": told}

    def variable(self, name: str) -> dict[str, object]:
        random = self.random
        low, high = self.ranges[name]
        half_life = random.choice([2, 8, 40]) * random.uniform(0.7, 1.3)
        most = 0.1 / half_life  # half of what reverts, over three others
        item: dict[str, object] = {
            "range": [low, high],
            "baseline": self.baseline(name),
            "half_life": self.number(half_life, "days", True),
        }
        if self.chance(0.7):
            item["spread"] = self.number(random.uniform(0.1, 1.2), positive=True)
        if self.chance(0.2):
            item["initial"] = random.choice([f"{self.baselines[name]} ± 0.5", self.baselines[name] + 0.3])
        if self.chance(0.2):
            item["drift"] = "off"
        others = [v for v in self.some(self.variables, 0.4) if v != name]
        pull = {v: self.number(random.uniform(0.3, 1) * random.choice([-most, most])) for v in others}
        return item | ({"pull": pull} if pull else {})

    def baseline(self, name: str) -> object:
        if self.doubt and self.chance(0.4):
            return f"{self.baselines[name]} ± {0.03 * (self.ranges[name][1] - self.ranges[name][0]):.4g}"
        return self.baselines[name]

    def effects(self) -> dict[str, object]:
        found = {}
        for v in self.some(self.variables, 0.6):
            low, high = self.ranges[v]
            least = min(self.baselines[v] - low, high - self.baselines[v])
            found[v] = self.number(self.random.choice([-1, 1]) * least * self.random.uniform(0.02, 0.5))
        return found

    def event(self, name: str) -> dict[str, object]:
        random = self.random
        item: dict[str, object] = {}
        if self.rates[name]:
            item["rate"] = self.number(self.rates[name], "per day", True)
        item["effects"] = self.effects()
        item["rate_ratio"] = {
            v: self.number(random.uniform(0.75, 1.3), positive=True) for v in self.some(self.variables)
        }
        sources, excited = self.some(self.events), {}
        for j in sources:
            most = min(0.25, 0.4 * self.rates[name] / self.rates[j] if self.rates[j] else 0.25) / len(sources)
            if most == 0:
                continue
            overfilling = self.rates[name] and self.chance(0.3)  # its sources are scaled where they are many
            most = 0.25 / len(sources) if overfilling else most
            # A share of the usual number, where both come by themselves; else events each.
            unit, scale = "events", 1.0
            if self.rates[name] and self.rates[j] and not overfilling and self.chance(0.3):
                unit, scale = "share", self.rates[j] / self.rates[name]
            kernels = [
                {
                    unit: self.number(scale * most * random.uniform(0.2, 0.7) / 2, positive=True),
                    "half_life": self.number(random.choice([0.7, 3, 15]), "days", True),
                }
                for _ in range(random.randint(1, 2))
            ]
            excited[j] = kernels if len(kernels) > 1 else kernels[0]
        item["excited_by"] = excited
        if self.chance(0.3):
            item["overdispersion"] = self.number(random.uniform(0.1, 2), positive=True)
        if self.chance(0.3):
            item["weekdays"] = [self.number(random.uniform(0.3, 2), positive=True) for _ in range(7)]
        if self.chance(0.3):
            item["at_most"] = random.randint(1, 6)
            if self.chance(0.5):
                item["ever"] = True
        if self.chance(0.25):
            item["requires"] = self.terms()
        if self.chance(0.25):
            item["unless"] = self.terms()
        if self.chance(0.2):
            item["usual"] = self.chance(0.5)
        return {key: value for key, value in item.items() if value != {}}

    def terms(self) -> list[object]:
        return [self.term() for _ in range(self.random.randint(1, 2))]

    def term(self, extra: dict[str, object] | None = None) -> object:
        """A clause; ``extra`` goes beside its own keys."""
        random = self.random
        kinds = [
            "event",
            "level",
            *(["condition"] if self.conditions else []),
            *(["entry"] if self.entries else []),
        ]
        kind = random.choice(kinds)
        keys: dict[str, object] = {}
        if kind == "event":
            name = random.choice(self.events)
            match random.randint(0, 3):
                case 0:
                    keys["within"] = f"{random.randint(1, 20)} days"
                case 1:
                    keys["since"] = self.day(-20, 30)
                case 2:
                    keys["at_least"] = random.randint(1, 3)
        elif kind == "level":
            name = random.choice([*self.variables, "blend"])
            level = round(self.baselines.get(name, 1.0) + random.uniform(-1, 1), 2) + 0.0037
            keys[random.choice(["above", "below"])] = round(level, 4)
        else:
            name = random.choice(self.conditions if kind == "condition" else self.entries)
        if self.chance(0.25):
            keys["not"] = True
        keys |= extra or {}
        return {name: keys} if keys else name

    def condition(self) -> dict[str, object]:
        random = self.random
        item: dict[str, object] = {"begins": self.some([*self.events, *self.entries]) or [self.events[0]]}
        ends = self.some([*self.events, *self.entries], 0.2)
        if ends:
            item["ends"] = ends
        if not ends or self.chance(0.5):
            item["lasts"] = random.choice(["6 days", "2 to 12 days", "9.5 days", "1 to 40 days"])
        if self.chance(0.3):
            item["initially"] = self.chance(0.5) or {"since": self.day(-4 if "lasts" in item else -60, 0)}
        effects: dict[str, object] = {}
        if self.chance(0.6):
            effects["baseline"] = {self.variables[0]: self.number(random.uniform(-1.5, 1.5))}
        if self.chance(0.6):
            factor = 0 if self.chance(0.2) else self.number(random.uniform(0.4, 1.3), positive=True)
            effects["rates"] = {self.events[-1]: factor}
        return item | ({"while": effects} if effects else {})

    def entry(self, i: int) -> dict[str, object]:
        random = self.random
        item: dict[str, object] = {}
        match random.randint(0, 2):
            case 0:
                item["on"] = self.day()
            case 1:
                first = random.randint(1, DAYS - 5)
                item["between"] = [self.day(first, first), self.day(first + 4, DAYS)]
            case 2:
                item["after"] = self.some([*self.events, *self.conditions, *self.entries[:i]]) or [self.events[0]]
                item["delay"] = random.choice(["3 days", "2 to 15 days", "0.5 days"])
        item["probability"] = random.choice([0, 1, *([self.number(random.uniform(0.2, 0.8), positive=True)] * 6)])
        ratios = {v: self.number(random.uniform(0.6, 1.6), positive=True) for v in self.some(self.variables)}
        if ratios:
            item["odds_ratio"] = ratios
            at = {v: self.number(self.baselines[v] + 0.5) for v in ratios if self.chance(0.4)}
            item |= {"at": at} if at else {}
        if self.chance(0.5):
            clauses = [self.term({"odds_ratio": self.number(random.uniform(0.3, 3), positive=True)}) for _ in range(2)]
            item["odds_if"] = clauses
        if self.chance(0.3):
            item["requires"] = self.terms()
        if self.chance(0.3):
            item["unless"] = self.terms()
        if self.chance(0.6):
            item["event"] = random.choice(self.events)
        if effects := self.effects():
            item["effects"] = effects
        if self.chance(0.4):
            otherwise: dict[str, object] = {"effects": {self.variables[0]: self.number(-0.3)}}
            if self.chance(0.4):
                otherwise = {"event": random.choice(self.events)}
            item["otherwise"] = otherwise
        return item

    def history(self) -> dict[str, object]:
        random = self.random
        listed = [{"on": self.day(-30, 0), "event": random.choice(self.events)} for _ in range(random.randint(1, 8))]
        item: dict[str, object] = {"events": listed}
        if self.chance(0.6):
            item["covers"] = {"from": self.day(-40, -10), "to": self.day(-9, 0)}
            if self.chance(0.5):
                item["types"] = [random.choice(self.events)]
            if self.chance(0.5):
                item["missing"] = [self.day(-9, -5), self.day(-4, -1)]
        return item

    def interventions(self) -> dict[str, object]:
        random = self.random
        v = random.choice(self.variables)
        listed: dict[str, dict[str, object]] = {
            "forced": {"on": self.day(), "event": random.choice(self.events)},
            "shifted": {"on": self.day(), "shift": {v: self.number(random.uniform(-2, 2))}},
            "put": {"on": self.day(), "set": {v: self.baselines[v]}},
            "busy": {
                "from": self.day(1, 20),
                "to": self.day(21, DAYS),
                "rates": {self.events[0]: 0 if self.chance(0.2) else self.number(1.4)},
            },
        }
        if self.entries:
            listed["certain"] = {random.choice(["force", "cancel"]): random.choice(self.entries)}
        return {name: listed[name] for name in self.some(list(listed), 0.6)} or {"forced": listed["forced"]}
