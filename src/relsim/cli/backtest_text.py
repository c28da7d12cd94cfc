"""A backtest as tables for the terminal. Floor 8."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from relsim.cli.columns import aligned, counted, wrapped
from relsim.result.backtest import MANY, Backtest, SkillOver, TargetScore, Together, Volume

_KINDS = {
    "count": ("how many", "CRPS"),
    "value": ("mean value", "CRPS"),
    "any": ("any at all", "Brier"),
    "high": ("above the past's quartile", "Brier"),
    "question": ("questions of the file", "Brier"),
}
"""What is asked, and the score."""


def backtest_text(found: Backtest, by_volume: bool = False) -> str:
    """Everything worth reading first; ends with a newline."""
    many = len(found.tables) > MANY
    blocks = ["\n".join([found.scenario, *_about(found)])]
    if many:
        blocks.append(_tables(found))
    for one in () if many else found.together:
        what, score = _KINDS[one.kind]
        targets = [t for t in found.targets if t.kind == one.kind and t.horizon == one.horizon]
        shown = [t for t in targets if one.kind not in ("any", "high") or t.observed not in (0, 1)]
        lines = [_targets(f"{what.upper()}, {one.horizon} days", score, shown, len(found.tables) > 1)] if shown else []
        if len(shown) < len(targets):
            lines.append(f"{what}, {one.horizon} days: {counted(len(targets) - len(shown), 'target')} not shown, "
                         "always true or never")  # fmt: skip
        blocks.append("\n".join(lines))
    blocks += [_summary(found.together, found.horizons), _calibration(found.together, found.horizons)]
    if by_volume:
        blocks += [_volumes(found.by_volume, horizon) for horizon in found.horizons]
    if found.voids and any(found.voids.values()):
        voids = [(name, why, n) for name, reasons in found.voids.items() for why, n in reasons.items()]
        if many:
            voids = _of_all(voids)
        rows = [(name, why, str(n)) for name, why, n in voids]
        blocks.append(aligned([("VOID", "because", "windows"), *rows], left=(0, 1)))
    if found.not_asked:
        rows2 = [(outcome, why) for reasons in found.not_asked.values() for outcome, why in reasons.items()]
        blocks.append(aligned([("NOT ASKED", "because"), *dict.fromkeys(rows2)], left=(0, 1)))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _about(found: Backtest) -> list[str]:
    fits = f"fitted {len(found.fitted)} times" if found.fitted else "the file's own numbers, never fitted"
    if len(found.fitted) == 1:
        fits = "fitted once"
    text = (
        f"{counted(len(found.origins), 'origin')}, {found.origins[0]} to {found.origins[-1]}, every {found.every} "
        f"days; {fits}; {found.paths:,} paths each"
    )
    lines = wrapped(text, 100)
    for name, (first, last, missing) in found.tables.items() if len(found.tables) <= MANY else ():
        lines.append(f"{name}: {first} to {last}" + (f", {counted(missing, 'day')} missing" if missing else ""))
    return lines


def _tables(found: Backtest) -> str:
    """Of many tables a line for each: skill of counts over the best baseline of each target."""
    skills: dict[str, list[float]] = {name: [] for name in found.tables}
    targets, scored = Counter[str](), Counter[str]()
    for t in found.targets:
        if t.kind == "count":
            targets[t.table] += 1
            scored[t.table] += t.n
            if t.skill_vs_best is not None and t.skill_vs_best.value is not None:
                skills[t.table].append(t.skill_vs_best.value)
    head = ("HOW MANY, by table", "from", "to", "days missing", "targets", "n", "skill", "positive")
    rows = [
        (
            name,
            str(first),
            str(last),
            str(missing),
            str(targets[name]),
            str(scored[name]),
            _percent(sum(of) / len(of) if of else None),
            _share(sum(value > 0 for value in of) / len(of) if of else None),
        )
        for (name, (first, last, missing)), of in zip(found.tables.items(), skills.values())
    ]
    return aligned([head, *rows], name=36)


def _of_all(voids: Sequence[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """Void windows of many tables by reason."""
    windows, tables = Counter[str](), Counter[str]()
    for _, why, n in voids:
        windows[why] += n
        tables[why] += 1
    return [(counted(tables[why], "table"), why, n) for why, n in windows.items()]


def _targets(title: str, score: str, targets: Sequence[TargetScore], several: bool) -> str:
    head = (title, "n", "void", "observed", "forecast", score, "best other", "its score", "skill", "95 % interval")
    rows = []
    for t in targets:
        name = f"{t.table}: {t.target}" if several else t.target
        best = t.score.get(t.best) if t.best else None
        rows.append(
            (
                name,
                str(t.n),
                str(t.void),
                _figure(t.observed),
                _figure(t.forecast_mean),
                _figure(t.score.get("relsim")),
                t.best or "-",
                _figure(best),
                _percent(t.skill_vs_best.value if t.skill_vs_best else None),
                _interval(t.skill_vs_best),
            )
        )
    return aligned([head, *rows], name=36 if several else 26)


def _summary(together: Sequence[Together], horizons: Sequence[int]) -> str:
    """Skill over each reference, all targets together."""
    rows = [("ALL TARGETS", "skill over", "skill", "95 % interval", "of targets", "positive")]
    for one in together:
        what = _KINDS[one.kind][0] + (f", {one.horizon} days" if len(horizons) > 1 else "")
        if one.skill and len(one.skill) > 1:
            rows.append((what, "the best of each target", *_skill(one.skill_vs_best), _share(one.positive)))
            if one.skill_vs_single is not None:
                rows.append(
                    (what, "its best in all tables", *_skill(one.skill_vs_single), _share(one.positive_vs_single))
                )
        for name, skill in one.skill.items():
            rows.append((what, name, *_skill(skill), ""))
    return aligned(rows, left=(0, 1), name=20) if len(rows) > 1 else ""


def _volumes(found: Sequence[Volume], horizon: int) -> str:
    """Counts of one horizon by rows a month."""
    chosen = [one for one in found if one.horizon == horizon]
    title = f"BY ROWS A MONTH, {horizon} days"
    skills: list[tuple[str, ...]] = [
        (title, "targets", "n", "skill over", "mean", "95 % interval", "median", "geometric", "positive")
    ]
    forecasts: list[tuple[str, ...]] = [
        (title, "observed", "forecast", "forecast/observed", "in 50 %", "in 80 %", "in 95 %", "PIT: p")
    ]
    for one in chosen:
        name = _rows(one)
        over = [("best of each", one.skill_vs_best)]
        if one.skill_vs_single is not None:
            over.append(("best in all", one.skill_vs_single))
        for what, skill in over:
            mean, interval, _ = _skill(skill.mean)
            spread = (_percent(skill.median), _percent(skill.geometric_mean), _share(skill.positive))
            skills.append((name, str(one.targets), str(one.n), what, mean, interval, *spread))
        ratio = one.forecast_over_observed
        shares = [f"{100 * c.pit:.0f} %" for c in one.coverage]
        about = "-" if ratio.value is None else f"{ratio.value:.2f}"
        if ratio.low is not None and ratio.high is not None:
            about += f" ({ratio.low:.2f} to {ratio.high:.2f})"
        p = "-" if one.pit is None else f"{one.pit:.2g}"
        forecasts.append((name, _figure(one.observed), _figure(one.forecast_mean), about, *shares, p))
    return "\n\n".join([aligned(skills, left=(0, 3), name=20), aligned(forecasts, name=20)]) if chosen else ""


def _rows(one: Volume) -> str:
    if one.rows_to is None:
        return f"{one.rows_from:g} and more" if one.rows_from else "all"
    return f"{one.rows_from:g} to {one.rows_to:g}" if one.rows_from else f"under {one.rows_to:g}"


def _share(part: float | None) -> str:
    return "-" if part is None else f"{100 * part:.0f} %"


def _skill(skill: SkillOver) -> tuple[str, str, str]:
    return _percent(skill.value), _interval(skill), str(skill.n)


def _calibration(together: Sequence[Together], horizons: Sequence[int]) -> str:
    numbers: list[tuple[str, ...]] = [("CALIBRATION", "n", "in 50 %", "in 80 %", "in 95 %", "PIT uniform: p")]
    events: list[tuple[str, ...]] = [("CALIBRATION", "n", "Brier", "reliability", "resolution", "uncertainty")]
    for one in together:
        what = _KINDS[one.kind][0] + (f", {one.horizon} days" if len(horizons) > 1 else "")
        if one.coverage:
            inside = [f"{100 * c.pit:.0f} %" for c in one.coverage]
            numbers.append((what, str(one.n), *inside, "-" if one.pit is None else f"{one.pit:.2g}"))
        if (r := one.reliability) is not None:
            parts = (r.brier, r.reliability, r.resolution, r.uncertainty)
            events.append((what, str(r.n), *(f"{part:.3f}" for part in parts)))
    return "\n\n".join(aligned(rows) for rows in (numbers, events) if len(rows) > 1)


def _figure(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.3g}"


def _percent(value: float | None) -> str:
    if value is None:
        return "-"
    return "<−999 %" if value < -9.99 else f"{100 * value:+.0f} %".replace("-", "−")


def _interval(skill: SkillOver | None) -> str:
    if skill is None or skill.low is None or skill.high is None:
        return "-"
    return f"{_percent(skill.low)[:-2]} to {_percent(skill.high)}"
