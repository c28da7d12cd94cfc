"""A backtest: scores of its targets, skill over baselines, calibration. Floor 6; imports ``result``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from relsim.result.backtest import MANY, Backtest, TargetGroup, TargetScore, Volume
from relsim.scoring.skill import Skill
from relsim.show.values import (
    NONE,
    Between,
    Block,
    Cell,
    Column,
    Prose,
    Shown,
    Table,
    counted,
    day,
    number,
    share,
    table,
    whole,
    written,
)
from relsim.show.values import on as dated

_KINDS = {
    "count": ("how many", "CRPS"),
    "value": ("mean value", "CRPS"),
    "any": ("any at all", "Brier"),
    "high": ("above the past's quartile", "Brier"),
    "question": ("questions of the file", "Brier"),
}
"""What is asked, and the score."""
_SKILL = (share("skill", strong=True), share("95 % interval", ranges=True))
_INSIDE = tuple(share(f"in {level} %") for level in (50, 80, 95))


def backtest_blocks(found: Backtest, by_volume: bool = False) -> Iterator[Block]:
    """What ``relsim backtest`` prints: everything worth reading first."""
    many = len(found.tables) > MANY
    yield Prose("\n".join(_about(found)), found.scenario)
    if many:
        yield _tables(found)
    for one in () if many else found.together:
        yield from _targets(one, found)
    yield from (shown for shown in (_summary(found), *_calibration(found)) if shown.rows)
    if by_volume:
        yield from (shown for horizon in found.horizons for shown in _volumes(found.by_volume, horizon))
    if found.voids and any(found.voids.values()):
        voids = [(name, why, n) for name, reasons in found.voids.items() for why, n in reasons.items()]
        rows = [(name, why, whole(n)) for name, why, n in (_of_all(voids) if many else voids)]
        yield table("Void", [Column("Table"), Column("because"), number("windows")], rows)
    if found.not_asked:
        rows2 = [(outcome, why) for reasons in found.not_asked.values() for outcome, why in reasons.items()]
        yield table("Not asked", [Column("Outcome"), Column("because")], dict.fromkeys(rows2))


def _about(found: Backtest) -> Iterator[str]:
    fits = f"fitted {len(found.fitted)} times" if found.fitted else "the file's own numbers, never fitted"
    if len(found.fitted) == 1:
        fits = "fitted once"
    yield (
        f"{counted(len(found.origins), 'origin')}, {found.origins[0]} to {found.origins[-1]}, every {found.every} "
        f"days; {fits}; {found.paths:,} paths each"
    )
    for name, (first, last, missing) in found.tables.items() if len(found.tables) <= MANY else ():
        yield f"{name}: {first} to {last}" + (f", {counted(missing, 'day')} missing" if missing else "")


def _tables(found: Backtest) -> Table:
    """Of many tables a line for each: skill of counts over the best baseline of each target."""
    skills: dict[str, list[float]] = {name: [] for name in found.tables}
    targets, scored = Counter[str](), Counter[str]()
    for t in found.targets:
        if t.kind == "count":
            targets[t.table] += 1
            scored[t.table] += t.n
            if t.skill_vs_best is not None and t.skill_vs_best.value is not None:
                skills[t.table].append(t.skill_vs_best.value)
    columns = [
        Column("Table"),
        *map(day, ("from", "to")),
        *map(number, ("days missing", "targets", "n")),
        *map(share, ("skill", "positive")),
    ]
    rows = [
        (
            name,
            dated(first),
            dated(last),
            *map(whole, (missing, targets[name], scored[name])),
            _percent(sum(of) / len(of) if of else None),
            _share(sum(value > 0 for value in of) / len(of) if of else None),
        )
        for (name, (first, last, missing)), of in zip(found.tables.items(), skills.values())
    ]
    return table("How many, by table", columns, rows)


def _of_all(voids: Sequence[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """Void windows of many tables by reason."""
    windows, tables = Counter[str](), Counter[str]()
    for _, why, n in voids:
        windows[why] += n
        tables[why] += 1
    return [(counted(tables[why], "table"), why, n) for why, n in windows.items()]


def _targets(one: TargetGroup, found: Backtest) -> Iterator[Block]:
    """Targets of one kind and horizon; those that came true always or never are counted only."""
    what, score = _KINDS[one.kind]
    targets = [t for t in found.targets if t.kind == one.kind and t.horizon == one.horizon]
    shown = [t for t in targets if one.kind not in ("any", "high") or t.observed not in (0, 1)]
    left = counted(len(targets) - len(shown), "target")
    note = f"{what}, {one.horizon} days: {left} not shown, always true or never" * (len(shown) < len(targets))
    columns = [
        Column("Target"),
        *map(number, ("n", "void", "observed", "forecast", score)),
        Column("best other"),
        number("its score"),
        *_SKILL,
    ]
    several = len(found.tables) > 1
    rows = [_target(t, several) for t in shown]
    if rows or note:
        yield table(f"{what}, {one.horizon} days", columns, rows, [note])


def _target(t: TargetScore, several: bool) -> list[Cell]:
    return [
        f"{t.table}: {t.target}" if several else t.target,
        whole(t.n),
        whole(t.void),
        *map(_figure, (t.observed, t.forecast_mean, t.score.get("relsim"))),
        t.best or NONE,
        _figure(t.score.get(t.best) if t.best else None),
        *_skill(t.skill_vs_best),
    ]


def _named(one: TargetGroup, found: Backtest) -> str:
    return _KINDS[one.kind][0] + (f", {one.horizon} days" if len(found.horizons) > 1 else "")


def _summary(found: Backtest) -> Table:
    """Skill over each reference, all targets together."""
    rows: list[list[Cell]] = []
    for one in found.together:
        what = _named(one, found)
        over: list[tuple[str, Skill, Cell]] = []
        if one.skill and len(one.skill) > 1:
            over.append(("the best of each target", one.skill_vs_best, _share(one.positive)))
            if one.skill_vs_single is not None:
                over.append(("its best in all tables", one.skill_vs_single, _share(one.positive_vs_single)))
        over += [(name, skill, "") for name, skill in one.skill.items()]
        rows += [[what, name, *_skill(skill), whole(skill.n), positive] for name, skill, positive in over]
    columns = [Column("Targets"), Column("skill over"), *_SKILL, number("of targets"), share("positive")]
    return table("All targets", columns, rows)


def _calibration(found: Backtest) -> list[Table]:
    """Coverage of counts and values; the parts of the Brier score of events."""
    numbers: list[list[Cell]] = []
    events: list[list[Cell]] = []
    for one in found.together:
        what = _named(one, found)
        if one.coverage:
            numbers.append([what, whole(one.n), *(_share(c.pit) for c in one.coverage), written(one.pit, ".2g")])
        if (r := one.reliability) is not None:
            parts = (r.brier, r.reliability, r.resolution, r.uncertainty)
            events.append([what, whole(r.n), *(written(part, ".3f") for part in parts)])
    of = Column("Targets"), number("n")
    parted = map(number, ("Brier", "reliability", "resolution", "uncertainty"))
    return [
        table("Calibration", [*of, *_INSIDE, number("PIT uniform: p")], numbers),
        table("Calibration", [*of, *parted], events),
    ]


def _volumes(found: Sequence[Volume], horizon: int) -> list[Table]:
    """Counts of one horizon by rows a month."""
    skills: list[list[Cell]] = []
    forecasts: list[list[Cell]] = []
    for one in (one for one in found if one.horizon == horizon):
        over = [("best of each", one.skill_vs_best)]
        if one.skill_vs_single is not None:
            over.append(("best in all", one.skill_vs_single))
        for what, skill in over:
            spread = (_percent(skill.median), _percent(skill.geometric_mean), _share(skill.positive))
            skills.append([_rows(one), whole(one.targets), whole(one.n), what, *_skill(skill.mean), *spread])
        ratio = one.forecast_over_observed
        inside = "" if ratio.low is None or ratio.high is None else f"{ratio.low:.2f} to {ratio.high:.2f}"
        about: list[Cell] = [written(ratio.value, ".2f"), Between(ratio.low, ratio.high, inside)]
        means = map(_figure, (one.observed, one.forecast_mean))
        covered = (_share(c.pit) for c in one.coverage)
        forecasts.append([_rows(one), *means, *about, *covered, written(one.pit, ".2g")])
    title = f"By rows a month, {horizon} days"
    mean = (share("mean skill", strong=True), _SKILL[1])
    skill_columns = [
        Column("Rows a month"),
        number("targets"),
        number("n"),
        Column("skill over"),
        *mean,
        *map(share, ("median", "geometric", "positive")),
    ]
    forecast_columns = [
        Column("Rows a month"),
        *map(number, ("observed", "forecast", "forecast/observed")),
        number("95 % interval", ranges=True),
        *_INSIDE,
        number("PIT: p"),
    ]
    both = [table(title, skill_columns, skills), table(title, forecast_columns, forecasts)]
    return both if skills else []


def _rows(one: Volume) -> str:
    if one.rows_to is None:
        return f"{one.rows_from:g} and more" if one.rows_from else "all"
    return f"{one.rows_from:g} to {one.rows_to:g}" if one.rows_from else f"under {one.rows_to:g}"


def _share(part: float | None) -> Cell:
    return written(part, ".0%")


def _skill(skill: Skill | None) -> list[Cell]:
    """A skill and its interval."""
    if skill is None:
        return [NONE, NONE]
    if skill.low is None or skill.high is None:
        return [_percent(skill.value), NONE]
    low, high = _percent(skill.low), _percent(skill.high)
    return [_percent(skill.value), Between(skill.low, skill.high, f"{low.text.removesuffix(' %')} to {high.text}")]


def _figure(value: float | None) -> Cell:
    return written(value, ".3f" if value is not None and abs(value) < 1 else ".3g")


def _percent(value: float | None) -> Shown:
    return Shown(value, "<−999 %") if value is not None and value < -9.99 else written(value, "+.0%")
