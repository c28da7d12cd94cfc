"""Sensitivities in sentences. Floor 5; imports ``result.drivers``."""

from __future__ import annotations

from collections.abc import Collection

from relsim.result.drivers import TURNING, Driven, Sensitivity, WeightDoubt

_SENTENCES = 3


def sentences(
    driven: Driven, doubts: dict[str, WeightDoubt], correlated: Collection[str], *, is_outcome: bool
) -> tuple[str, ...]:
    """The first three weights in words, or why none can be named.

    Parameters
    ----------
    correlated : paths of the weights whose doubt is correlated with another's: each also stands for the other
    """
    title = f'"{driven.title}"'
    if driven.spread is None and is_outcome and driven.value in (0, 1):
        return (f"{title} came true on {'every' if driven.value else 'no'} path, whatever the parameters.",)
    if driven.spread is None:
        return (f"{title}: the {driven.draws:,} draws of the parameters differ no more than sampling noise explains.",)
    if not driven.significant:
        return (f"{title}: no single parameter is significant with {driven.draws:,} draws. {_limit(driven)}",)
    said = []
    for k, s in enumerate(driven.weights[: min(driven.significant, _SENTENCES)]):
        begin = f"{title} depends most on" if k == 0 else ("Next comes" if k == 1 else "Then")
        shared = " (in part, it may be, by what it is correlated with)" if s.weight in correlated else ""
        said.append(f"{begin} {doubts[s.weight].label}: {_ends(s, is_outcome)}{shared}.")
    if driven.significant < _SENTENCES:
        said.append(_limit(driven))
    return tuple(said)


def _limit(driven: Driven) -> str:
    if driven.detection_limit is None or driven.detection_limit > 1:
        return "More draws are needed to name one."
    return (
        f"A parameter that explains less than about {max(1.0, 100 * driven.detection_limit):.0f} % of what the "
        f"parameters do "
        "cannot be distinguished from noise with so many draws."
    )


def _ends(s: Sensitivity, is_outcome: bool) -> str:
    low, high = (amount(end.value, is_outcome) for end in (s.at_low, s.at_high))
    text = f"{low} where it is low ({s.at_low.text}), {high} where it is high ({s.at_high.text})"
    if s.shape == TURNING:
        inner = s.fifths[1:4]
        ends = (s.at_low.value, s.at_high.value)
        extreme = max(inner) if max(inner) - max(ends) > min(ends) - min(inner) else min(inner)
        text += f", but {amount(extreme, is_outcome)} between"
    return text


def amount(value: float, is_outcome: bool) -> str:
    """A target's value in words: a percentage, or a number."""
    if not is_outcome:
        return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.2f}"
    if value <= 0:
        return "0 %"
    return f"{100 * value:.0f} %" if value >= 0.095 else f"{100 * value:.1f} %"


def points(change: float, is_outcome: bool, *, bare: bool = False) -> str:
    """A change with its sign: ``+7 points``, or a number."""
    if not is_outcome:
        size = f"{change:+.1f}" if abs(change) >= 10 else f"{change:+.2f}"
    else:
        size = f"{100 * change:+.0f}" if abs(change) >= 0.095 else f"{100 * change:+.1f}"
    size = size.replace("-", "−")
    return size if bare or not is_outcome else f"{size} points"
